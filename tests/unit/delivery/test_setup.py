"""The set-up: jobs SFCC can import, and the permissions Business Manager takes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import orjson
import pytest
from lxml import etree

from akeneo_sfcc.delivery.permissions import ocapi_permissions, scapi_scopes, webdav_permissions
from akeneo_sfcc.delivery.setup import SETUP_NAME, setup_archive
from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.sfcc.jobs import JOBS_NAMESPACE, import_jobs, jobs_file

NAMES = {"j": JOBS_NAMESPACE}


def jobs_of(archive: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return etree.fromstring(opened.read(f"{SETUP_NAME}/jobs.xml"))


def test_the_jobs_are_valid(sfcc_xsd: Callable[..., None]) -> None:
    sfcc_xsd(jobs_file(import_jobs("RefArch", "shared", "akeneo")), "jobs")


def test_the_archive_brings_jobs_that_fail_on_errors() -> None:
    root = jobs_of(setup_archive("RefArch"))
    types = root.xpath("j:job/j:flow/j:step/@type", namespaces=NAMES)
    assert types == ["ImportCatalog", "ImportPriceBook", "ImportContent", "SearchReindex"]
    handling = root.xpath("//j:parameter[@name='ImportFailedHandling']/text()", namespaces=NAMES)
    assert handling == ["ERROR"] * 3


def test_content_and_index_belong_to_the_site_and_the_rest_to_the_organisation() -> None:
    root = jobs_of(setup_archive("RefArch"))
    assert root.xpath("//j:context/@site-id", namespaces=NAMES) == ["Sites", "Sites", "RefArch", "RefArch"]


def test_whoever_starts_a_job_may_name_the_folder() -> None:
    root = jobs_of(setup_archive("RefArch", folder="pim"))
    assert root.xpath("j:job/j:parameters/j:parameter[@name='WorkingFolder']/text()", namespaces=NAMES) == [
        "pim",
        "pim/pricebooks",
        "pim/libraries",
    ]
    assert len(root.findall(".//j:step//j:parameter[@job-parameter-ref='WorkingFolder']", NAMES)) == 3


def test_the_archive_is_the_same_every_time() -> None:
    assert setup_archive("RefArch", "shared") == setup_archive("RefArch", "shared")


def test_ids_sfcc_cannot_have_are_refused_all_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        setup_archive("x" * 33, " shared")
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["--site", "--library"]


def test_ocapi_permissions_name_client_version_and_resources() -> None:
    found = orjson.loads(ocapi_permissions("the-client", "v25_6"))
    assert found["_v"] == "25.6"
    (client,) = found["clients"]
    assert client["client_id"] == "the-client"
    assert [(one["resource_id"], one["methods"]) for one in client["resources"]] == [
        ("/jobs/*/executions", ["post"]),
        ("/jobs/*/executions/*", ["get"]),
        ("/job_execution_search", ["post"]),
    ]


def test_webdav_permissions_do_not_overlap() -> None:
    (client,) = orjson.loads(webdav_permissions("the-client", ["shared"]))["clients"]
    paths = [one["path"] for one in client["permissions"]]
    assert paths == ["/impex", "/logs", "/libraries/shared"]
    assert not [(a, b) for a in paths for b in paths if a != b and b.startswith(f"{a}/")]


@pytest.mark.parametrize("tenant", ["zzxy_prd", "f_ecom_zzxy_prd"])
def test_scopes_name_the_tenant(tenant: str) -> None:
    assert scapi_scopes(tenant) == "SALESFORCE_COMMERCE_API:zzxy_prd sfcc.jobs.rw"
