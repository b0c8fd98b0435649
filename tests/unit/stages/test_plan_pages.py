"""Planning: ranges for both maps, and the number of shards."""

from __future__ import annotations

from typing import Any

import orjson

from akeneo_sfcc.runs.ledger import RunRecord
from akeneo_sfcc.stages.contracts import PageRange, PlanResult, RunContext, StageTask
from akeneo_sfcc.stages.plan_pages import plan_pages
from akeneo_sfcc.stages.work import Summary, read_summary
from akeneo_sfcc.storage.layout import StateLayout
from tests.fakes.services import FakePim, FakeWorld, small_pim, world
from tests.unit.stages.runs import committed, run_context, with_structure

RUN = run_context()


def products(number: int) -> list[dict[str, Any]]:
    return [{"uuid": f"{n:08x}-0000-4000-8000-000000000000"} for n in range(number)]


class Counted(FakePim):
    """A PIM that says it holds more products than it serves."""

    def __init__(self, number: int) -> None:
        super().__init__(small_pim(products_uuid=products(1)).lists)
        self.number = number

    def count(self, kind: Any, query: Any) -> int:
        return self.number if kind == "product" else super().count(kind, query)


def plan(made: FakeWorld, run: RunContext = RUN) -> tuple[PlanResult, Summary]:
    return plan_pages(StageTask(run=run), with_structure(made, run).services), read_summary(made.services, run)


def ranges(made: FakeWorld, key: str) -> list[PageRange]:
    return [PageRange.model_validate(item) for item in orjson.loads(made.store.get(key))]


def test_an_empty_catalogue_gives_empty_maps_and_one_shard() -> None:
    made = world()
    result, summary = plan(made)
    assert orjson.loads(made.store.get(result.models_key)) == []
    assert orjson.loads(made.store.get(result.products_key)) == []
    assert (summary.shards, summary.products, summary.models) == (1, 0, 0)


def test_ranges_cover_all_keys_one_behind_the_other() -> None:
    made = world(small_pim(products_uuid=products(9_000), product_models=[{"code": "m1"}]))
    result, summary = plan(made)
    found = ranges(made, result.products_key)
    assert [range_.index for range_ in found] == list(range(len(found)))
    assert len(found) == summary.product_ranges == 4
    assert (found[0].after, found[-1].until) == (None, None)
    assert [range_.until for range_ in found[:-1]] == [range_.after for range_ in found[1:]]
    assert {range_.kind for range_ in found} == {"product"}
    assert [range_.kind for range_ in ranges(made, result.models_key)] == ["model"]
    assert result.counts == {"products": 9_000, "models": 1, "product_ranges": 4, "model_ranges": 1, "shards": 1}


def test_a_full_run_takes_as_many_shards_as_its_products_need() -> None:
    assert plan(world(Counted(45_000)))[1].shards == 8


def test_a_full_run_may_change_the_committed_number() -> None:
    made = world()
    key = committed(made, shards=8)
    assert plan(made, run_context(committed=key))[1].shards == 1


def test_a_differential_run_keeps_the_committed_number() -> None:
    made = world()
    plan(made)
    key = committed(made, shards=8, fingerprints=StateLayout("default").fingerprints(run_context().run_id))
    run = run_context(committed=key, mode="differential", since="2026-11-22T02:00:00Z")
    result, summary = plan(made, run)
    assert (result.run, summary.shards) == (run, 8)


def test_a_differential_run_that_finds_an_attribute_changed_reads_everything_and_says_why() -> None:
    made = world()
    plan(made)
    key = committed(made, shards=8, fingerprints=StateLayout("default").fingerprints(run_context().run_id))
    made.documents["default"]["products"] = {"online": "always"}
    made.pim.lists["attributes"][1]["localizable"] = False
    run = run_context(run_id="later", committed=key, mode="differential", since="2026-11-22T02:00:00Z")
    made.ledger.put_run(RunRecord(run.job, "later", "products", "default", run.execution_arn, "differential", "x"))
    result, summary = plan(made, run)
    assert (result.run.mode, result.run.since, summary.shards) == ("full", None, 1)
    assert result.run.notes == ("everything is read: settings changed; attributes changed or gone: name",)
    assert made.ledger.runs[run.job, "later"].mode == "full"


def test_a_run_over_chosen_items_keeps_the_committed_number() -> None:
    made = world()
    key = committed(made, shards=8)
    assert plan(made, run_context(committed=key, only={"identifiers": ["a"]}))[1].shards == 8


def test_planning_twice_gives_the_same_bytes() -> None:
    made = world(small_pim(products_uuid=products(5_000)))
    result, _ = plan(made)
    first = made.store.get(result.products_key)
    plan(made)
    assert made.store.get(result.products_key) == first
