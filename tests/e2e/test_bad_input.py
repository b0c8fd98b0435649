"""Whatever is wrong with credentials, configuration or PIM, a person is told in one message and nothing is left behind.

Every case runs the whole job on the embedded AWS.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.demo_pim.faults import Fault
from local.demo_pim.server import DemoPim
from tests.e2e.stack import LOGIN, Ended, Stack

API = "/api/rest/v1"
PRODUCTS = f"{API}/products-uuid"
WRONG_SECRET, WRONG_PASSWORD = "wr0ng-s3cret-of-a-test", "wr0ng-passw0rd-of-a-test"


@dataclass(frozen=True)
class Case:
    """What is wrong, and what must be said. code: exit code. path: what follows the PIM's address."""

    code: int
    says: tuple[str, ...]
    sections: dict[str, Any] = field(default_factory=dict)
    login: dict[str, str] = field(default_factory=lambda: LOGIN)
    faults: tuple[Fault, ...] = ()
    path: str = ""
    stage: str | None = "read_structure"


def of_the_configuration(*says: str, **sections: Any) -> Case:
    return Case(2, says, sections=sections)


def of_the_pim(code: int, *says: str, stage: str | None = "read_structure", **fault: Any) -> Case:
    return Case(code, says, faults=(Fault(**fault),), stage=stage)


def refused(message: str, status: int = 403) -> dict[str, Any]:
    return {"action": "status", "status": status, "body": f'{{"code": {status}, "message": "{message}"}}'}


FAILING = {
    "a wrong client secret": Case(
        2, ("client id or secret is wrong", "AKENEO_CLIENT_SECRET"), login={**LOGIN, "client_secret": WRONG_SECRET}
    ),
    "a wrong client id": Case(2, ("client id or secret is wrong",), login={**LOGIN, "client_id": "nobody"}),
    "a wrong password": Case(
        2, ("username or password is wrong", "AKENEO_PASSWORD"), login={**LOGIN, "password": WRONG_PASSWORD}
    ),
    "an address with a path": Case(2, ("pim.base_url", "is not the address of an Akeneo PIM"), path="/shop"),
    "an unknown channel": of_the_configuration(
        'pim.channel: is no channel of the PIM: value "webshop"; allowed: ecommerce, print', pim={"channel": "webshop"}
    ),
    "an unknown locale": of_the_configuration(
        'pim.locales: is not a locale of the channel ecommerce: value "es_ES"', pim={"locales": ["en_US", "es_ES"]}
    ),
    "unknown attributes": of_the_configuration(
        'attributes.system_mapping.nmae: is not an attribute of the PIM: value "nmae"',
        'attributes.exclude: is no attribute: value "sise"',
        attributes={"system_mapping": {"nmae": "name"}, "exclude": ["sise"]},
    ),
    "an unknown family": of_the_configuration(
        'associations.product_set.family: is no family: value "outfits"',
        associations={"product_set": {"family": "outfits", "association_type": "LOOK"}},
    ),
    "an unknown category tree": of_the_configuration(
        '.category_trees: is no category tree: value "mster"',
        master_catalogs=[{"id": "products-of-an-unknown-tree", "category_trees": ["mster"]}],
    ),
    "a filter of products the PIM refuses": Case(
        2,
        ("pim.product_filter.search: the PIM answered GET /products-uuid with 422", '"NEAR"'),
        sections={"pim": {"product_filter": {"search": {"name": [{"operator": "NEAR", "value": "x"}]}}}},
        stage="plan_pages",
    ),
    "a filter of models the PIM refuses": Case(
        2,
        ("pim.product_model_filter.search: the PIM answered GET /product-models with 422", '"nothing"'),
        sections={"pim": {"product_model_filter": {"search": {"nothing": [{"operator": "=", "value": "x"}]}}}},
        stage="plan_pages",
    ),
    "no permission for families": of_the_pim(
        2, 'Web API permission "List families"', path=f"{API}/families", **refused("Access forbidden.")
    ),
    "no permission for products": of_the_pim(
        2,
        'Web API permission "List products"',
        path=PRODUCTS,
        stage="plan_pages",
        **refused("Access forbidden. You are not allowed to list products."),
    ),
    "categories that are not there": of_the_pim(
        1, "GET /categories with 404", path=f"{API}/categories", **refused("Not found", 404)
    ),
    "answers 500 for ever": of_the_pim(
        1,
        "gave no usable answer to GET /api/rest/v1/products-uuid in 7 tries",
        "500",
        stage="plan_pages",
        path=PRODUCTS,
        action="status",
        status=500,
    ),
    "a login that answers 503 for ever": of_the_pim(
        1, "no usable answer to POST /api/oauth/v1/token", path="/api/oauth/v1/token", action="status", status=503
    ),
    "too many calls for ever": of_the_pim(
        1, "429, too many calls", stage="plan_pages", path=PRODUCTS, action="status", status=429
    ),
    "a proxy's error page": of_the_pim(1, "502", stage="plan_pages", path=PRODUCTS, action="html"),
    "a web page instead of JSON": of_the_pim(
        1, "200 with a body that is no JSON (text/html", path=f"{API}/attributes", action="html", status=200
    ),
    "bodies cut off": of_the_pim(1, "the body was cut off", stage="plan_pages", path=PRODUCTS, action="truncated"),
    "JSON cut off": of_the_pim(1, "a body that is no JSON", path=f"{API}/families", action="garbage"),
    "JSON of another kind": of_the_pim(
        1, "GET /families", "_embedded.items", path=f"{API}/families", action="garbage", body="[1, 2]"
    ),
    "products without a key": of_the_pim(
        1,
        "products-uuid",
        stage="import_pages",
        path=PRODUCTS,
        query="limit=100",
        action="garbage",
        body='{"_embedded": {"items": [{"identifier": "x"}]}}',
    ),
    "a cursor standing still": of_the_pim(
        1, "the keys do not rise", stage="import_pages", path=PRODUCTS, query="search_after", action="standing_cursor"
    ),
}


@pytest.mark.parametrize("case", FAILING.values(), ids=FAILING.keys())
def test_a_run_that_cannot_go_on_says_why_and_leaves_nothing_behind(case: Case, stack: Stack, own_pim: DemoPim) -> None:
    own_pim.faults.set(case.faults)
    ended = stack.run(stack.document(own_pim.url + case.path, **case.sections), login=case.login)
    says_why(ended, case)
    reports_why(ended, case)
    leaves_nothing_behind(stack)
    assert all(done for done in own_pim.faults.done())


def says_why(ended: Ended, case: Case) -> None:
    assert ended.code == case.code, ended.said
    for words in case.says:
        assert words in ended.said
    assert ended.said.count("akeneo-sfcc: run ") == 1
    assert "Traceback" not in ended.said
    assert 'File "' not in ended.said


def reports_why(ended: Ended, case: Case) -> None:
    report = ended.report
    assert report is not None
    assert report["status"] == "FAILED"
    for words in case.says:
        assert words in report["failure"]["cause"]
    assert "stackTrace" not in report["failure"]["cause"]
    assert report["failure"]["stage"] == case.stage
    assert "catalogs" not in {path.split("/")[0] for path in ended.files}


def leaves_nothing_behind(stack: Stack) -> None:
    assert stack.committed is None
    assert stack.lock_is_free
    everything = stack.log + stack.rows
    for secret in (WRONG_SECRET, WRONG_PASSWORD, LOGIN["client_secret"]):
        assert secret not in everything


def test_a_pim_that_is_down_is_named(stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    ended = stack.run(stack.document(f"http://127.0.0.1:{port}"))
    case = Case(1, (f"the PIM at http://127.0.0.1:{port} gave no usable answer", "Connection refused"))
    says_why(ended, case)
    reports_why(ended, case)
    leaves_nothing_behind(stack)


SURVIVED = {
    "500s at first": Fault(f"{API}/*", "status", status=500, times=6),
    "throttled without Retry-After": Fault(f"{API}/*", "status", status=429, times=6),
    "throttled with Retry-After": Fault(f"{API}/*", "status", status=429, times=6, headers={"Retry-After": "2"}),
    "web pages at first": Fault(f"{API}/*", "html", status=200, times=3),
    "bodies cut off at first": Fault(f"{API}/*", "truncated", times=3),
    "slow answers": Fault(PRODUCTS, "slow", seconds=0.2),
}


@pytest.mark.parametrize("fault", SURVIVED.values(), ids=SURVIVED.keys())
def test_a_pim_with_passing_trouble_is_imported(fault: Fault, stack: Stack, own_pim: DemoPim) -> None:
    own_pim.faults.set([fault])
    ended = stack.run(stack.document(own_pim))
    assert ended.code == 0, ended.said
    report = ended.report
    assert report is not None
    assert own_pim.faults.done()[0] >= (fault.times or 3)
    assert report["api"]["retries"] >= (fault.times or 0)
    assert report["api"]["throttled"] == (6 if fault.status == 429 else 0)
    assert report["counts"]["product"]["read"] == len(own_pim.store.products)


NEXT = ("a wrong password", "an unknown channel", "answers 500 for ever", "a cursor standing still")


@pytest.mark.parametrize("name", NEXT)
def test_the_next_run_starts_as_if_the_failed_one_had_not_been(name: str, stack: Stack, own_pim: DemoPim) -> None:
    case = FAILING[name]
    own_pim.faults.set(case.faults)
    failed = stack.run(stack.document(own_pim.url, **case.sections), login=case.login)
    own_pim.faults.set([])
    ended = stack.run(stack.document(own_pim))
    assert (failed.code, ended.code) == (case.code, 0), ended.said
    assert stack.committed.manifest
    names = {path.rpartition("/")[2].rpartition("-")[0] for path in ended.export.xml_files}
    # Nothing of a state: nothing is unlinked, removed or switched off.
    assert names == {"10-categories", "20-products", "30-masters", "40-assignments"}


def test_too_many_rejects_fail_the_run_with_the_report_written_all_the_same(stack: Stack, own_pim: DemoPim) -> None:
    document = stack.document(own_pim, products={"max_reject_ratio": 0.01})
    ended = stack.run(document)
    rejected = [one for one in ended.records if one["severity"] == "reject" and one["kind"] in ("product", "model")]
    says = (f"products.max_reject_ratio: {len(rejected)} of 111 products and models were rejected", "allowed: 1.00%")
    case = Case(1, says, stage="write_manifest")
    says_why(ended, case)
    reports_why(ended, case)
    leaves_nothing_behind(stack)
    report = ended.report
    assert report is not None
    assert report["counts"]["product"]["read"] == 91
    assert report["counts"]["product"]["rejected"] + report["counts"]["model"]["rejected"] == len(rejected)
