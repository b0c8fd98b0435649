"""Whole jobs that deliver into a demo SFCC: what it holds afterwards, and how each failure ends and is repaired."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from akeneo_sfcc.delivery.setup import SETUP_NAME, setup_archive
from akeneo_sfcc.stages.check_import import check_import
from akeneo_sfcc.stages.package_files import package_files
from akeneo_sfcc.stages.start_import import start_import
from local.demo_pim.faults import Fault
from local.demo_pim.generator import generate
from local.demo_pim.server import DemoPim
from local.demo_sfcc.jobs import JobFault
from local.demo_sfcc.server import DemoSfcc
from tests.e2e.stack import Ended, Stack
from tests.fakes.in_process import DIFFERENTIAL, FULL
from tests.fakes.in_process_attributes import ATTRIBUTES
from tests.fakes.in_process_media import MEDIA

STAGES = {stage.__name__ for stage in (package_files, start_import, check_import)}
SITE = "Shop"


@pytest.fixture
def sfcc(tmp_path: Path) -> Iterator[DemoSfcc]:
    with DemoSfcc(tmp_path / "instance", locales=["en-US", "fr-FR", "de-DE"]) as server:
        yield server


@pytest.fixture(scope="module")
def small_pim() -> Iterator[DemoPim]:
    """A PIM with a handful of products, which no test may change."""
    with DemoPim(generate(products=30, seed=3)) as pim:
        yield pim


def delivering(stack: Stack, pim: DemoPim, sfcc: DemoSfcc, **more: Any) -> dict[str, Any]:
    """A configuration that delivers into the demo SFCC by archives."""
    mode = {"mode": "site_archive", "host": sfcc.url, "sites": [SITE], **more.pop("delivery", {})}
    return stack.document(pim, delivery=mode, pricebooks={"attribute": "price"}, images={"source": "both"}, **more)


def errors(sfcc: DemoSfcc) -> list[str]:
    return [line for line in sfcc.state()["log"] if line.startswith("DATAERROR")]


def held(sfcc: DemoSfcc) -> dict[str, Any]:
    state = sfcc.state()
    return {name: state[name] for name in ("products", "catalogs", "definitions", "pricebooks", "files")}


def steps(ended: Ended) -> list[dict[str, Any]]:
    assert ended.report is not None
    return list(ended.report["delivery"]["steps"])


def binaries(ended: Ended) -> set[str]:
    return {path for path in ended.files if "/static/" in path}


def run_all(stack: Stack, document: dict[str, Any]) -> list[Ended]:
    ended = [stack.run(document, job=job) for job in (ATTRIBUTES, MEDIA, FULL)]
    assert [one.code for one in ended] == [0, 0, 0], [one.said for one in ended]
    return ended


def test_all_jobs_deliver_what_they_export(stack: Stack, own_pim: DemoPim, sfcc: DemoSfcc) -> None:
    document = delivering(stack, own_pim, sfcc)
    _, media, products = run_all(stack, document)
    assert errors(sfcc) == []
    state = sfcc.state()
    master = document["master_catalogs"][0]["id"]
    written = {id_ for id_, one in state["products"].items() if one["catalog"] == master}
    assert written == set(products.export.products(master))
    arrived = {path.removeprefix(f"Catalogs/{master}/default/") for path in state["files"]}
    sent = {path.partition("/static/default/")[2] for path in media.files if "/static/" in path}
    assert arrived == sent != set()
    names = [step["name"] for step in steps(products)]
    assert len(names) == len(set(names)) > 3
    assert names[-1] == SITE, "the search index comes last"
    assert all(step["status"] == "imported" and step["execution"] for step in steps(products))
    assert sfcc.instance.share.path("Impex/src/instance").exists()
    assert not list(sfcc.instance.share.path("Impex/src/instance").iterdir()), "archives are removed"

    product = next(doc for doc in own_pim.store.products.docs() if doc["parent"])
    own_pim.edit({"op": "patch", "kind": "product", "key": product["uuid"], "set": {"enabled": not product["enabled"]}})
    changed = stack.run(document, job=DIFFERENTIAL)
    assert changed.code == 0, changed.said
    id_ = own_pim.store.identifier(product)
    online = {name: one["values"].get("online-flag") for name, one in sfcc.state()["products"].items()}
    assert online[id_] == ("false" if product["enabled"] else "true")


def test_file_by_file_the_instance_holds_the_same(
    stack: Stack, own_pim: DemoPim, sfcc: DemoSfcc, tmp_path: Path
) -> None:
    run_all(stack, delivering(stack, own_pim, sfcc))
    with DemoSfcc(tmp_path / "other", locales=["en-US", "fr-FR", "de-DE"]) as other:
        other.instance.share.path(f"Impex/src/instance/{SETUP_NAME}.zip").write_bytes(setup_archive(SITE))
        other.instance.import_archive(f"{SETUP_NAME}.zip")
        document = delivering(stack, own_pim, other, delivery={"mode": "impex"})
        again = [stack.run(document, job=job, run_input={"force_full": True}) for job in (ATTRIBUTES, MEDIA, FULL)]
        assert [one.code for one in again] == [0, 0, 0], [one.said for one in again]
        assert {step["kind"] for step in steps(again[2])} == {"job", "reindex"}
        assert held(other) == held(sfcc)
        assert not list(other.instance.share.path("Impex/src/akeneo").rglob("*.xml")), "files are removed"


def test_a_binary_is_delivered_once_unless_everything_is_asked_for(
    stack: Stack, own_pim: DemoPim, sfcc: DemoSfcc, tmp_path: Path
) -> None:
    document = delivering(stack, own_pim, sfcc)
    first = stack.run(document, job=MEDIA)
    pictures = sfcc.state()["files"]
    assert pictures
    again = stack.run(document, job=MEDIA)
    assert binaries(again) == binaries(first), "the export is complete all the same"
    assert sum(step["bytes"] for step in steps(again)) < sum(step["bytes"] for step in steps(first))
    catalogs = sfcc.instance.share.path("Catalogs")
    shutil.rmtree(catalogs)
    catalogs.mkdir()
    assert stack.run(document, job=MEDIA).code == 0
    assert sfcc.state()["files"] == []
    assert stack.run(document, job=MEDIA, run_input={"force_full": True}).code == 0
    assert sfcc.state()["files"] == pictures
    with DemoSfcc(tmp_path / "other") as other:
        assert stack.run(delivering(stack, own_pim, other), job=MEDIA).code == 0
        assert other.state()["files"] == pictures, "another instance has none of them yet"


def test_an_instance_that_is_delivered_to_for_the_first_time_gets_everything(
    stack: Stack, small_pim: DemoPim, sfcc: DemoSfcc
) -> None:
    kept_in_s3 = delivering(stack, small_pim, sfcc, delivery={"mode": "none"})
    assert stack.run(kept_in_s3).code == 0
    document = delivering(stack, small_pim, sfcc)
    assert stack.run(document, job=ATTRIBUTES).code == 0
    ended = stack.run(document, job=DIFFERENTIAL)
    assert ended.code == 0, ended.said
    assert ended.report is not None
    assert any("instance changed" in note for note in ended.report["notes"])
    master = document["master_catalogs"][0]["id"]
    assert len(sfcc.state()["products"]) == len(ended.export.products(master)) > 20


def test_a_dry_run_delivers_nothing(stack: Stack, small_pim: DemoPim, sfcc: DemoSfcc) -> None:
    ended = stack.run(delivering(stack, small_pim, sfcc), run_input={"dry_run": True})
    assert ended.code == 0, ended.said
    assert ended.report is not None
    assert ended.report["delivery"] == {"mode": "none", "planned": 0, "steps": []}
    assert sfcc.state()["calls"] == {}


@dataclass(frozen=True)
class Trouble:
    """What goes wrong and how a run of the attribute job ends: its exit code, and what the report says."""

    name: str
    calls: tuple[Fault, ...] = ()
    jobs: tuple[JobFault, ...] = ()
    code: int = 0
    error: str = ""
    says: tuple[str, ...] = ()
    login: dict[str, str] = field(default_factory=lambda: {"client_id": "demo_client", "client_secret": "demo_secret"})


def status(code: int, path: str, times: int, **more: Any) -> Fault:
    return Fault(path=path, action="status", status=code, times=times, **more)


UPLOAD, JOBS_API = "*/Impex/src/instance/*", "*/jobs/*"
TROUBLES = (
    Trouble("a wrong secret", login={"client_id": "demo_client", "client_secret": "wr0ng"}, code=2,
            error="ConfigurationError", says=("SFCC_CLIENT_ID or SFCC_CLIENT_SECRET is wrong",)),
    Trouble("no permission to upload", (status(401, UPLOAD, 99),), code=2, error="ConfigurationError",
            says=("has no WebDAV permission", '"/impex"', "read_write")),
    Trouble("no permission to start jobs", (status(403, JOBS_API, 99),), code=2, error="ConfigurationError",
            says=("Open Commerce API Settings", "/jobs/*/executions")),
    Trouble("too large for the instance", (status(413, UPLOAD, 99, query="PUT"),), code=2, error="ConfigurationError",
            says=("too large, or the sandbox is stopped",)),
    Trouble("throttled for a while", (status(429, "*", 2, headers={"Retry-After": "1"}),)),
    Trouble("down for a moment", (status(503, UPLOAD, 2), status(500, JOBS_API, 1))),
    Trouble("down for good", (status(503, "*", 999),), code=1, error="TransientError", says=("gave no usable answer",)),
    Trouble("slow", (Fault(path=UPLOAD, action="slow", seconds=0.2, times=3),)),
    Trouble("busy with somebody else's import", jobs=(JobFault("already_running", polls=4),)),
    Trouble("an import that takes its time", jobs=(JobFault("hold", polls=5),)),
    Trouble("an aborted import", jobs=(JobFault("aborted"),), code=1, error="DataError", says=("was aborted",)),
    Trouble("a failed import", jobs=(JobFault("error", message="Disk is full"),), code=1, error="DataError",
            says=("exit status ERROR", "Disk is full")),
    Trouble("refused data behind an exit OK", jobs=(JobFault("data_error", message="Price is not a number"),), code=1,
            error="DataError", says=("SFCC refused data", "Price is not a number")),
    Trouble("an import without a log", jobs=(JobFault("no_log"),), code=1, error="DataError", says=("left no log",)),
    Trouble("a lost reply", jobs=(JobFault("lost_reply"),)),
)  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name.replace(" ", "-"))
def test_trouble_ends_as_it_should_and_the_next_run_repairs_it(
    stack: Stack, small_pim: DemoPim, sfcc: DemoSfcc, trouble: Trouble
) -> None:
    document = delivering(stack, small_pim, sfcc)
    sfcc.faults.set(list(trouble.calls))
    sfcc.jobs.fail(*trouble.jobs)
    ended = stack.run(document, job=ATTRIBUTES, sfcc_login=trouble.login)
    assert (ended.code, ended.outcome.error or "") == (trouble.code, trouble.error), ended.said
    assert ended.report is not None
    if trouble.code:
        failure = ended.report["failure"]
        assert failure["stage"] in STAGES
        assert all(word in failure["cause"] for word in trouble.says), failure["cause"]
        assert all(word in ended.said for word in trouble.says), ended.said
        assert stack.ledger.committed("attributes", stack.name) is None
    for secret in ("wr0ng", "demo_secret"):
        assert secret not in stack.log
        assert secret not in str(ended.report)
    sfcc.faults.set([])
    repaired = stack.run(document, job=ATTRIBUTES)
    assert repaired.code == 0, repaired.said
    assert [step["status"] for step in steps(repaired)] == ["imported"]
    assert "akeneo_assetsData" in sfcc.state()["definitions"]["Product"]


@pytest.mark.parametrize("action", ["aborted", "data_error"])
def test_a_product_run_that_broke_off_between_two_imports_is_made_good_by_the_next(
    stack: Stack, small_pim: DemoPim, sfcc: DemoSfcc, tmp_path: Path, action: Any
) -> None:
    document = delivering(stack, small_pim, sfcc)
    assert stack.run(document, job=ATTRIBUTES).code == 0
    with_one_imported = JobFault("hold", polls=0), JobFault(action)
    sfcc.jobs.fail(*with_one_imported)
    broken = stack.run(document)
    assert (broken.code, broken.outcome.error) == (1, "DataError"), broken.said
    assert [step["status"] for step in steps(broken)] == ["imported", "failed"]
    assert stack.committed is None
    assert stack.run(document).code == 0
    with DemoSfcc(tmp_path / "other", locales=["en-US", "fr-FR", "de-DE"]) as fresh:
        again = delivering(stack, small_pim, fresh)
        assert stack.run(again, job=ATTRIBUTES).code == 0
        assert stack.run(again, run_input={"force_full": True}).code == 0
        assert held(fresh) == held(sfcc)
