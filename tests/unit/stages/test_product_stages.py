"""The stages between planning and the manifest, each for what only it can get wrong."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.stages.build_catalogs import build_catalogs
from akeneo_sfcc.stages.chosen_items import ChosenItems, choose_items
from akeneo_sfcc.stages.clock_probe import probe_clock
from akeneo_sfcc.stages.contracts import BuildCatalogsTask, ImportPagesTask, PageRange, RunContext, ShardItem, StageTask
from akeneo_sfcc.stages.import_pages import RESERVE_SECONDS, import_pages
from akeneo_sfcc.stages.index_models import index_models
from akeneo_sfcc.stages.index_products import index_products
from akeneo_sfcc.stages.item_query import just_before
from akeneo_sfcc.stages.plan_pages import plan_pages
from akeneo_sfcc.stages.work import index_list_key
from akeneo_sfcc.storage.layout import RunLayout
from local.demo_pim.edits import Editor
from tests.e2e.convergence.catalogue import empty_store
from tests.fakes.services import FakeWorld, document
from tests.fakes.store_pim import StorePim
from tests.unit.stages.runs import run_context, with_structure

RUN = run_context()
LAYOUT = RunLayout(RUN.job, RUN.run_id)


def a_world(products: int = 0, **sections: Any) -> FakeWorld:
    """A PIM with two levels of models, a variant below them and some simple products."""
    world = FakeWorld(documents={"default": document(**sections)})
    store = empty_store()
    world.pim = StorePim(store, lambda: world.now)  # type: ignore[assignment]
    editor = Editor(store, lambda: world.now)
    for code, parent in (("root", None), ("ROOT-red", "root"), ("other", None)):
        item: dict[str, Any] = {
            "code": code,
            "parent": parent,
            "family": "shoes",
            "family_variant": "by_both",
            "values": {},
        }
        editor.edit({"op": "upsert", "kind": "model", "item": item})
    names = [("variant", "ROOT-red"), *((f"simple{n}", None) for n in range(products))]
    for number, (name, parent) in enumerate(names):
        values = {"sku": [{"locale": None, "scope": None, "data": name}]}
        uuid = f"{number:08x}-0000-4000-8000-000000000000"
        item = {"uuid": uuid, "family": "shoes", "parent": parent, "values": values}
        editor.edit({"op": "upsert", "kind": "product", "item": item})
    return with_structure(world, RUN)


def imported(world: FakeWorld, run: RunContext = RUN) -> FakeWorld:
    """Plan, and import everything."""
    plan = plan_pages(StageTask(run=run), world.services)
    for key in (plan.models_key, plan.products_key):
        for item in orjson.loads(world.store.get(key)):
            import_pages(ImportPagesTask(run=run, range=PageRange(**item)), world.services)
        if key == plan.models_key:
            index_models(StageTask(run=run), world.services)
    return world


def test_a_range_is_left_where_it_stands_when_time_is_short() -> None:
    world = a_world(250, pim={"page_size": 100})
    plan_pages(StageTask(run=RUN), world.services)
    world.seconds_left = RESERVE_SECONDS
    task = ImportPagesTask(run=RUN, range=PageRange(kind="model", index=0, method="cursor"))
    assert import_pages(task, world.services).done
    index_models(StageTask(run=RUN), world.services)
    task = ImportPagesTask(run=RUN, range=PageRange(kind="product", index=0, method="cursor"))
    parts = []
    while True:
        result = import_pages(task, world.services)
        parts.append(result.counts["product_read"])
        if result.progress is None:
            break
        task = task.model_copy(update={"progress": result.progress})
    assert parts == [100, 100, 51]


def test_a_range_without_its_last_part_stops_the_run() -> None:
    world = a_world()
    plan_pages(StageTask(run=RUN), world.services)
    with pytest.raises(DataError, match="range 0 of the models is not complete"):
        index_models(StageTask(run=RUN), world.services)


def test_shards_are_built_only_where_there_is_something_to_build() -> None:
    world = imported(a_world(3))
    result = index_products(StageTask(run=RUN), world.services)
    assert orjson.loads(world.store.get(result.shards_key)) == [{"shard": 0}]
    assert orjson.loads(world.store.get(index_list_key(LAYOUT, "keys"))) == [
        f"state/default/index/keys/0000/{RUN.run_id}.gz"
    ]


def test_a_shard_built_again_gives_the_same_bytes() -> None:
    world = imported(a_world(3))
    index_products(StageTask(run=RUN), world.services)
    task = BuildCatalogsTask(run=RUN, shard=ShardItem(shard=0))
    build_catalogs(task, world.services)
    first = {key: body for key, body in world.store.objects.items() if "/stats/" not in key}
    build_catalogs(task, world.services)
    assert {key: body for key, body in world.store.objects.items() if "/stats/" not in key} == first


@pytest.mark.parametrize(
    ("names", "models", "products", "unknown"),
    [
        (["VARIANT"], ("ROOT-red", "root"), ("00000000-0000-4000-8000-000000000000",), ()),
        (["Root"], ("ROOT-red", "root"), ("00000000-0000-4000-8000-000000000000",), ()),
        (["root-RED"], ("ROOT-red", "root"), ("00000000-0000-4000-8000-000000000000",), ()),
        (["simple0", "nobody"], (), ("00000001-0000-4000-8000-000000000000",), ("nobody",)),
        (["other"], ("other",), (), ()),
    ],
)
def test_chosen_items_come_with_what_shows_them_and_what_they_show(
    names: list[str], models: tuple[str, ...], products: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    pim: Any = a_world(2).pim
    from akeneo_sfcc.akeneo.client import ItemQuery

    found = choose_items(pim, ItemQuery(by_uuid=True), ItemQuery(), names, "sku")
    assert found == ChosenItems(models, products, unknown)


@pytest.mark.parametrize("code", ["a", "ab", "Ab-1", "ä"])
def test_nothing_stands_between_a_code_and_the_cursor_before_it(code: str) -> None:
    before = just_before(code)
    assert before < code.lower()
    assert before > code.lower()[:-1]


def probe(world: FakeWorld, time_zone: str = "UTC") -> list[str]:
    pim: Any = world.pim
    return probe_clock(pim, by_uuid=True, now=world.now, time_zone=time_zone)


def test_a_clock_that_agrees_needs_no_word() -> None:
    assert probe(a_world(1)) == []


def test_a_clock_that_is_ahead_is_told() -> None:
    world = a_world(1)
    world.wait(-3600)
    (note,) = probe(world)
    assert note.startswith("the PIM has products changed after 2026-11-23 01:05:00 (UTC), which is still to come")


def test_a_zone_that_is_not_the_pims_is_told() -> None:
    notes = probe(a_world(1), "America/New_York")
    assert notes[0].startswith("pim.time_zone is America/New_York, but the PIM writes its times with +00:00")
