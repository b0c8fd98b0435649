"""The category files of a run, and what is left for its manifest."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
import pytest
from lxml import etree

from akeneo_sfcc.stages.build_categories import build_categories, read_categories
from akeneo_sfcc.stages.contracts import RunContext, StageTask
from akeneo_sfcc.storage.layout import RunLayout
from tests.fakes.services import FakeWorld, small_pim, world
from tests.unit.stages.runs import committed, run_context, with_structure

CATALOG = "{http://www.demandware.com/xml/impex/catalog/2006-10-31}"
RUN = run_context()


def build(made: FakeWorld, run: RunContext = RUN) -> dict[str, int]:
    return build_categories(StageTask(run=run), with_structure(made, run).services).counts


def file(made: FakeWorld, catalogue: str = "shop", run: RunContext = RUN) -> bytes:
    return made.store.get(RunLayout(run.job, run.run_id).catalog_file(catalogue, "10-categories", 0))


def ids(made: FakeWorld, catalogue: str = "shop", run: RunContext = RUN) -> list[tuple[str, str | None]]:
    root = etree.fromstring(file(made, catalogue, run))
    return [(str(e.attrib["category-id"]), e.get("mode")) for e in root.iter(f"{CATALOG}category")]


def test_each_storefront_catalogue_gets_its_file(sfcc_xsd: Any) -> None:
    made = world(storefront_catalogs=[{"id": "shop"}, {"id": "b2b", "root_category": "shoes"}])
    assert build(made) == {"category_read": 3, "category_written": 3}
    assert [i for i, _ in ids(made)] == ["root", "master", "shoes", "boots"]
    assert [i for i, _ in ids(made, "b2b")] == ["root", "boots"]
    for catalogue in ("shop", "b2b"):
        sfcc_xsd(file(made, catalogue))


def test_the_manifest_learns_of_every_file_and_category() -> None:
    made = world()
    build(made)
    built = read_categories(made.services, RUN)
    assert built.categories == {"shop": [["master", 1], ["shoes", 2], ["boots", 3]]}
    assert built.files == [
        {
            "path": "catalogs/shop/10-categories-000.xml",
            "size": len(file(made)),
            "sha256": hashlib.sha256(file(made)).hexdigest(),
            "items": {"category": 4},
        }
    ]


def test_rejected_categories_are_recorded_and_counted() -> None:
    categories = small_pim().lists["categories"]
    made = world(
        small_pim(categories=[*categories, {"code": "root", "parent": "master"}, {"code": "below", "parent": "root"}])
    )
    assert build(made) == {"category_read": 5, "category_rejected": 2, "category_written": 3}
    body = made.store.get(RunLayout(RUN.job, RUN.run_id).rejects("build_categories", "all"))
    assert [(r["id"], r["reason"]) for r in map(orjson.loads, body.splitlines())] == [
        ("root", "bad_id"),
        ("below", "bad_id"),
    ]


def test_assignments_only_writes_no_file_and_keeps_what_was_known() -> None:
    made = world(storefront_catalogs=[{"id": "shop", "write_categories": False}], deletions={"categories": "delete"})
    run = run_context(committed=committed(made, categories={"shop": [["old", 1]]}))
    assert build(made, run) == {}
    built = read_categories(made.services, run)
    assert (built.files, built.categories) == ([], {"shop": [["old", 1]]})


@pytest.mark.parametrize(
    ("setting", "deleted"), [("ignore", []), ("delete", [("old_leaf", "delete"), ("old", "delete")])]
)
def test_categories_that_are_gone_are_deleted_only_on_request(
    setting: str, deleted: list[tuple[str, str]], sfcc_xsd: Any
) -> None:
    made = world(deletions={"categories": setting})
    key = committed(made, categories={"shop": [["master", 1], ["old", 2], ["old_leaf", 3]]})
    run = run_context(committed=key)
    build(made, run)
    assert ids(made, run=run)[4:] == deleted
    assert read_categories(made.services, run).categories["shop"] == [["master", 1], ["shoes", 2], ["boots", 3]]
    sfcc_xsd(file(made, run=run))


def test_building_twice_gives_the_same_bytes() -> None:
    made = world()
    build(made)
    first = file(made)
    build(made)
    assert file(made) == first
