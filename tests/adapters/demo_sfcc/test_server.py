"""The demo SFCC answers as the documented APIs do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import requests

from local.demo_sfcc.jobs import JobFault
from local.demo_sfcc.server import DemoSfcc
from local.demo_sfcc.tokens import ApiClient
from tests.adapters.delivery.archives import catalog, one_product, product, site_archive
from tests.adapters.demo_sfcc.conftest import OCAPI, SITE_IMPORT, Caller

EXECUTIONS = f"{OCAPI}/jobs/{SITE_IMPORT}/executions"


def test_a_login_states_how_long_its_token_lasts(caller: Caller) -> None:
    reply = caller.token().json()
    assert (reply["expires_in"], reply["token_type"]) == (1800, "Bearer")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "sfcc.jobs.rw sfcc.catalogs.rw"}, 400, "invalid_scope"),
    ],
)
def test_a_login_it_does_not_grant_says_why(caller: Caller, form: dict[str, Any], status: int, error: str) -> None:
    reply = caller.token(**form)
    assert (reply.status_code, reply.json()["error"]) == (status, error)


def test_a_wrong_secret_is_refused(caller: Caller) -> None:
    assert caller.token(("demo_client", "wrong")).json()["error"] == "invalid_client"


@pytest.mark.parametrize("path", ["/on/demandware.servlet/webdav/Sites/Impex", EXECUTIONS, "/operation/jobs/v1/x"])
def test_nothing_answers_without_a_token(sfcc: DemoSfcc, path: str) -> None:
    assert requests.get(sfcc.url + path, timeout=10).status_code == 401


def test_folders_are_not_made_by_an_upload(caller: Caller) -> None:
    assert caller.dav("PUT", "Impex/src/new/a.xml", data=b"a").status_code == 409
    assert caller.dav("MKCOL", "Impex/src/new").status_code == 201
    assert caller.dav("MKCOL", "Impex/src/new").status_code == 405
    assert caller.dav("PUT", "Impex/src/new/a.xml", data=b"a").status_code == 201


def test_roots_cannot_be_made_or_deleted(caller: Caller) -> None:
    assert caller.dav("MKCOL", "Mine").status_code == 403
    assert caller.dav("DELETE", "Impex").status_code == 403


def test_an_unknown_job_is_not_found(caller: Caller) -> None:
    reply = caller.call("POST", f"{OCAPI}/jobs/none/executions", json={})
    assert (reply.status_code, reply.json()["fault"]["type"]) == (404, "JobNotFoundException")
    assert reply.json()["_v"] == "19.5"


def test_an_unknown_property_is_refused(caller: Caller) -> None:
    reply = caller.call("POST", EXECUTIONS, json={"filename": "a.zip"})
    assert (reply.status_code, reply.json()["fault"]["type"]) == (400, "UnknownPropertyException")


def test_scapi_wants_its_scopes(caller: Caller) -> None:
    root = "/operation/jobs/v1/organizations/f_ecom_demo_001"
    assert caller.call("POST", f"{root}/job-execution-search", json={}).status_code == 403
    reply = caller.token(scope="SALESFORCE_COMMERCE_API:demo_001 sfcc.jobs.rw").json()
    caller.session.headers["Authorization"] = f"Bearer {reply['access_token']}"
    found = caller.call("POST", f"{root}/job-execution-search", json={})
    assert (found.status_code, found.json()["hits"]) == (200, [])


def test_scapi_speaks_in_problems_and_camel_case(caller: Caller, sfcc: DemoSfcc) -> None:
    reply = caller.token(scope="SALESFORCE_COMMERCE_API:demo_001 sfcc.jobs.rw").json()
    caller.session.headers["Authorization"] = f"Bearer {reply['access_token']}"
    path = f"/operation/jobs/v1/organizations/f_ecom_demo_001/jobs/{SITE_IMPORT}/executions"
    sfcc.jobs.fail(JobFault("hold", polls=1))
    started = caller.call("POST", path, json={"file_name": "none.zip"}).json()
    problem = caller.call("POST", path, json={"file_name": "none.zip"})
    assert (problem.status_code, problem.json()["title"]) == (400, "Job Already Running")
    assert problem.json()["type"].endswith("job-already-running")
    sfcc.jobs.settle()
    address = f"{path}/{started['id']}"
    assert caller.call("GET", address).json()["executionStatus"] == "running"
    assert caller.call("GET", address).json()["exitStatus"]["code"] == "ERROR"


def test_an_archive_changes_what_the_instance_holds(caller: Caller) -> None:
    ended = caller.run("shop", one_product())
    assert ended["exit_status"]["code"] == "OK"
    state = requests.get(f"{caller.sfcc.url}/__state", timeout=10).json()
    assert list(state["products"]) == ["A1"]
    assert state["executions"][0]["execution_status"] == "finished"


def test_files_are_imported_in_the_order_of_their_paths_not_of_the_archive(caller: Caller) -> None:
    relation = '<product product-id="A1"><product-links><product-link product-id="B1" type="other"/></product-links>'
    files = {
        "catalogs/2/b.xml": catalog("main", f"{product('A1')}{relation}</product>"),
        "catalogs/1/a.xml": catalog("main", product("B1")),
    }
    ended = caller.run("shop", site_archive("shop", files))
    assert "DATA" not in caller.log(ended)


def test_what_was_ignored_is_in_the_log(caller: Caller) -> None:
    assignment = '<category-assignment category-id="root" product-id="none"/>'
    ended = caller.run("shop", site_archive("shop", {"catalogs/a/a.xml": catalog("a", assignment)}))
    assert ended["exit_status"]["code"] == "OK"
    assert "WARN DATAWARNING catalogs/a/a.xml [none]" in caller.log(ended)


@pytest.mark.parametrize(
    ("archive", "says"),
    [
        (b"no zip", "is no zip file"),
        (site_archive("other", {"meta/a.xml": b"<metadata/>"}), "folder must be called shop"),
        (site_archive("shop", {"../a.xml": b"<metadata/>"}), "a path that leaves it"),
    ],
)
def test_an_archive_sfcc_would_refuse_fails_the_job(caller: Caller, archive: bytes, says: str) -> None:
    ended = caller.run("shop", archive)
    assert ended["exit_status"]["code"] == "ERROR"
    assert says in ended["exit_status"]["message"]


def test_images_lie_where_webdav_shows_them(caller: Caller) -> None:
    caller.run("shop", site_archive("shop", {"catalogs/main/static/default/akeneo/a.jpg": b"picture"}))
    assert caller.dav("GET", "Catalogs/main/default/akeneo/a.jpg").content == b"picture"
    assert caller.sfcc.state()["files"] == ["Catalogs/main/default/akeneo/a.jpg"]


def test_the_page_shows_names_in_all_languages_images_and_categories(caller: Caller) -> None:
    shirt = (
        '<product product-id="A1"><display-name xml:lang="x-default">Shirt</display-name>'
        '<display-name xml:lang="de-DE">Hemd &amp; Hose</display-name><images><image-group view-type="large">'
        '<image path="a b.jpg"/></image-group></images></product>'
    )
    category = '<category category-id="tops"><display-name>Tops</display-name><parent>root</parent></category>'
    assignment = '<category-assignment category-id="tops" product-id="A1"/>'
    files = {
        "catalogs/1/a.xml": catalog("main", shirt),
        "catalogs/2/b.xml": catalog("shop", category + assignment),
        "catalogs/main/static/default/akeneo/a b.jpg": b"picture",
    }
    caller.run("shop", site_archive("shop", files))
    shown = requests.get(f"{caller.sfcc.url}/__page", timeout=10).text
    for expected in (
        "Shirt",
        "Hemd &amp; Hose",
        'title="tops">Tops</a> <span class="number">1</span>',
        'src="/__files/Catalogs/main/default/akeneo/a%20b.jpg"',
    ):
        assert expected in shown
    image = requests.get(f"{caller.sfcc.url}/__files/Catalogs/main/default/akeneo/a b.jpg", timeout=10)
    assert (image.content, image.headers["Content-Type"]) == (b"picture", "image/jpeg")


def test_the_page_gives_out_files_of_catalogues_alone(caller: Caller) -> None:
    caller.run("shop", one_product())
    for path in ("Impex/src/instance/shop.zip", "Catalogs/../Impex/src/instance/shop.zip", "Catalogs/none.jpg"):
        assert requests.get(f"{caller.sfcc.url}/__files/{path.replace('..', '%2e%2e')}", timeout=10).status_code == 404


def test_metadata_price_books_and_libraries_are_held(caller: Caller) -> None:
    root = "http://www.demandware.com/xml/impex"
    files = {
        "meta/a.xml": f'<metadata xmlns="{root}/metadata/2006-10-31"><type-extension type-id="Product">'
        '<custom-attribute-definitions><attribute-definition attribute-id="size"><type>enum-of-string</type>'
        "<value-definitions><value-definition><value>xl</value></value-definition></value-definitions>"
        "</attribute-definition></custom-attribute-definitions></type-extension></metadata>",
        "pricebooks/eur.xml": f'<pricebooks xmlns="{root}/pricebook/2006-10-31"><pricebook>'
        '<header pricebook-id="eur"><currency>EUR</currency></header><price-tables>'
        '<price-table product-id="A1"><amount quantity="1">9.99</amount></price-table></price-tables>'
        "</pricebook></pricebooks>",
        "libraries/shared/library.xml": f'<library xmlns="{root}/library/2006-10-31" library-id="shared">'
        '<content content-id="c1"><display-name>One</display-name><online-flag>true</online-flag></content></library>',
    }
    ended = caller.run("shop", site_archive("shop", {path: text.encode() for path, text in files.items()}))
    assert "DATA" not in caller.log(ended)
    state = caller.sfcc.state()
    assert state["definitions"]["Product"]["size"]["values"] == ["xl"]
    assert state["pricebooks"] == {"eur": {"currency": "EUR", "prices": {"A1": {"1": "9.99"}}}}
    assert state["libraries"] == {"shared": {"c1": {"name": "One", "online": "true"}}}


def test_faults_can_be_asked_for_from_outside(caller: Caller) -> None:
    control = f"{caller.sfcc.url}/__control"
    requests.post(f"{control}/faults", json=[{"path": "*/Impex*", "action": "status", "status": 503}], timeout=10)
    assert caller.dav("PROPFIND", "Impex").status_code == 503
    requests.post(f"{control}/faults", json=[], timeout=10)
    requests.post(f"{control}/jobs", json=[{"action": "error", "message": "Because"}], timeout=10)
    assert caller.run("shop", one_product())["exit_status"]["message"] == "Because"
    requests.post(f"{control}/expire", timeout=10)
    assert caller.dav("PROPFIND", "Impex").status_code == 401
    wrong = requests.post(f"{control}/jobs", json=[{"action": "explode"}], timeout=10)
    assert (wrong.status_code, "explode" in wrong.text) == (400, True)


def test_slow_answers_wait_as_asked(tmp_path: Path) -> None:
    waits: list[float] = []
    with DemoSfcc(tmp_path, sleep=waits.append) as sfcc:
        rule = [{"path": "*", "action": "slow", "seconds": 30}]
        requests.post(f"{sfcc.url}/__control/faults", json=rule, timeout=10)
        Caller(sfcc).session.close()
    assert waits == [30]


def test_it_speaks_tls_with_a_certificate_of_its_own() -> None:
    with DemoSfcc(tls=True) as sfcc:
        assert sfcc.url.startswith("https://127.0.0.1:")
        found = requests.get(f"{sfcc.url}/__state", verify=str(sfcc.certificate), timeout=10)
        assert found.json()["products"] == {}


def test_the_client_comes_from_the_environment() -> None:
    found = ApiClient.from_environment({"SFCC_CLIENT_ID": "mine", "SFCC_CLIENT_SECRET": "own"})
    assert (found.client_id, found.secret) == ("mine", "own")
    assert "own" not in repr(found)
    assert ApiClient.from_environment({}) == ApiClient()


def test_temporary_files_are_removed() -> None:
    with DemoSfcc() as sfcc:
        folder = sfcc.instance.share.folder
        assert folder.is_dir()
    assert not os.path.lexists(folder)


def test_the_reference_site_imports_without_data_errors(caller: Caller, shared_data: Path) -> None:
    folder = shared_data / "refarch"
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.xml"))}
    ended = caller.run("refarch", site_archive("refarch", files))
    assert ended["exit_status"]["code"] == "OK"
    assert [line for line in caller.log(ended).splitlines() if "DATAERROR" in line] == []
    state = caller.sfcc.state()
    assert state["products"]
    assert len(state["products"]) == 159
    assert sum(len(product.get("variants", ())) for product in state["products"].values()) == 32
    assert len(state["pricebooks"]["usd-m-list-prices"]["prices"]) > 1_000
    assert state["definitions"]["Product"]
    assert list(state["jobs"]) == ["RebuildURLs", "Reindex"]
    warnings = [line for line in caller.log(ended).splitlines() if "DATAWARNING" in line]
    missing = [line for line in warnings if "does not exist" in line]
    assert missing, "assignments and recommendations of products that are not in the folder"
    # The reference site has a value that its own metadata do not define.
    (other,) = [line for line in warnings if line not in missing]
    assert other.endswith("[sony-xel-1M] value 'OLED' of attribute 'tvType' is not defined")
