"""The life of a run: one at a time, stopped anywhere, taken up again, overtaken."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from akeneo_sfcc.errors import DataError, RunLockedError
from tests.e2e.convergence.edits import Edit
from tests.e2e.convergence.shop import Shop, differences, small_shards, without
from tests.fakes.in_process import DIFFERENTIAL, FULL, Execution

__all__ = ["small_shards"]

STAGES = (
    "start_run",
    "read_structure",
    "build_categories",
    "plan_pages",
    "import_models",
    "index_models",
    "import_products",
    "index_products",
    "build_catalogs",
    "write_manifest",
    "finish_run",
)
FIRST = [Edit("model", n, 0, n) for n in range(3)] + [Edit("insert", n, n, n) for n in range(9)]
LATER = [
    Edit("update", 1, 2, 3),
    Edit("empty", 2, 1, 1),
    Edit("move", 0, 1, 2),
    Edit("rename", 3, 1, 1),
    Edit("edit_model", 0, 1, 2),
    Edit("associate", 2, 5, 2),
]


def a_shop(**sections: Any) -> Shop:
    """A shop whose first import has succeeded, and whose people have edited since."""
    shop = Shop(associations={"recommendation_types": {"X_SELL": 1}}, **sections)
    shop.edit(*FIRST)
    shop.run(FULL)
    shop.edit(*LATER)
    return shop


@pytest.mark.parametrize("job", [FULL, DIFFERENTIAL])
@pytest.mark.parametrize("before", STAGES[1:])
def test_a_run_that_was_stopped_anywhere_is_taken_up_there_by_calling_the_stage_twice(before: str, job: str) -> None:
    smooth, stopped = a_shop(), a_shop()
    wanted = smooth.run(job)
    execution = stopped.start(job)
    for stage in execution:
        if stage == before:
            stopped.fail(execution)
            stopped.world.statuses[execution.arn] = "RUNNING"  # redriven
            execution.again = 1
        else:
            execution.again = 0
    assert execution.finished is not None
    stopped.deliver(execution.finished)
    assert execution.finished.files() == wanted.files()
    assert not differences(stopped.sfcc.snapshot(), smooth.sfcc.snapshot())
    assert stopped.world.ledger.scopes["products", "default"].lock_owner is None


def test_every_stage_called_twice_writes_what_it_wrote_the_first_time() -> None:
    once, twice = a_shop(), a_shop()
    assert once.run(DIFFERENTIAL).files() == twice.run(DIFFERENTIAL, again=1).files()


@pytest.mark.parametrize("told", [True, False], ids=["Fail Run was invoked", "nobody was told"])
def test_an_aborted_execution_blocks_nobody_and_leaves_nothing(told: bool) -> None:
    shop, other = a_shop(), a_shop()
    shop.kill(DIFFERENTIAL, "finish_run", told=told)
    before = shop.world.ledger.committed("products", "default")
    shop.run(DIFFERENTIAL)
    other.world.wait(3600)
    other.run(DIFFERENTIAL)
    assert before is not None
    assert before.run_id.endswith("run-1")
    assert not differences(shop.sfcc.snapshot(), other.sfcc.snapshot())


@pytest.mark.parametrize("before", STAGES[1:])
def test_a_run_that_was_overtaken_cannot_go_on_wherever_it_is_redriven(before: str) -> None:
    shop = a_shop()
    old = shop.start(FULL)
    stages = iter(old)
    for stage in stages:
        if stage == before:
            break
    shop.fail(old)
    newer = shop.run(DIFFERENTIAL)
    with pytest.raises(RunLockedError, match=r"overtaken; the lock is held by nobody, committed is .*run-3"):
        next(stages)
    commit = shop.world.ledger.committed("products", "default")
    assert commit is not None
    assert commit.run_id == newer.run.run_id


def test_a_run_whose_lock_was_taken_over_while_it_went_on_cannot_commit() -> None:
    shop = a_shop()
    old = shop.start(FULL)  # its status is not known: to others it looks dead
    stages = iter(old)
    for stage in stages:
        if stage == "write_manifest":
            break
    newer = shop.start(DIFFERENTIAL)
    others = iter(newer)
    for stage in others:
        if stage == "read_structure":
            break
    next(others)
    with pytest.raises(RunLockedError, match=f"overtaken; the lock is held by {newer.arn}"):
        next(stages)


@pytest.mark.parametrize("starters", [2, 20])
def test_of_many_starters_one_runs_and_the_others_say_who(starters: int) -> None:
    shop = a_shop()
    executions = [Execution(shop.world.services, (FULL, DIFFERENTIAL)[n % 2], f"race-{n}") for n in range(starters)]
    for execution in executions:
        shop.world.statuses[execution.arn] = "RUNNING"
    together = threading.Barrier(starters)

    def begin(execution: Execution) -> None:
        stages = iter(execution)
        next(stages)
        together.wait()
        for stage in stages:
            if stage == "read_structure":
                break

    with ThreadPoolExecutor(starters) as pool:
        list(pool.map(begin, executions))
    results = [execution.started for execution in executions if execution.started is not None]
    winners = [result.run for result in results if result.run is not None]
    assert len(results) == starters
    assert len(winners) == 1
    assert {result.held_by for result in results if result.run is None} == {winners[0].execution_arn}


def test_a_dry_run_writes_everything_and_remembers_nothing() -> None:
    dry, real = a_shop(), a_shop()
    before = dry.world.ledger.committed("products", "default")
    files = dry.run(DIFFERENTIAL, dry_run=True).files()
    assert dry.world.ledger.committed("products", "default") == before
    assert files == real.run(DIFFERENTIAL).files()


def test_chosen_items_come_with_their_models_and_move_no_watermark() -> None:
    shop = a_shop()
    before = shop.world.ledger.committed("products", "default")
    finished = shop.run(DIFFERENTIAL, only={"identifiers": ["M0", "P8", "nobody"]})
    after = shop.world.ledger.committed("products", "default")
    assert before is not None
    assert after is not None
    assert (after.watermark, after.run_id) == (before.watermark, finished.run.run_id)
    assert finished.report()["notes"] == [
        "only: the PIM has no product and no model (or the filter leaves it out): nobody"
    ]
    written = b"".join(finished.files().values())
    assert b'product-id="M0"' in written
    assert b'product-id="P8"' in written
    shop.run(DIFFERENTIAL)
    held, wanted = shop.sfcc.snapshot(), shop.afresh().snapshot()
    renamed = held["products"].keys() - wanted["products"].keys()
    assert not differences(without(held, renamed, set()), without(wanted, set(), set()))


def test_what_left_by_the_filter_is_told_apart_from_what_was_deleted() -> None:
    shop = Shop()
    shop.edit(*(Edit("insert", n, 11, 1) for n in range(6)))
    shop.run(FULL)
    shop.edit(Edit("delete", 0), Edit("disable", 0), Edit("disable", 1))
    shop.settings["pim"]["product_filter"] = {"search": {"enabled": [{"operator": "=", "value": True}]}}
    report = shop.run(FULL).report()
    assert report["left"] == {"filter": 2, "deleted": 1, "renamed": 0, "not_asked": 0, "models": 0}


def test_too_many_departures_stop_the_run_before_delivery_and_say_why() -> None:
    shop = Shop(deletions={"max_ratio": 0.1})
    shop.edit(*(Edit("insert", n, 11, 1) for n in range(6)))
    shop.run(FULL)
    shop.edit(Edit("delete", 0), Edit("delete", 0))
    with pytest.raises(DataError, match=r"deletions\.max_ratio: 2 of 6 .*\nof those that left: deleted 2"):
        shop.run(FULL)


@pytest.mark.parametrize("job", [FULL, DIFFERENTIAL])
def test_a_state_object_that_is_lost_is_named_and_force_full_does_without(job: str) -> None:
    shop = a_shop()
    lost = [key for key in shop.world.store.objects if key.startswith("state/default/0") and key.endswith(".data")]
    shop.world.store.delete(lost)
    with pytest.raises(DataError, match=r"object state/default/0.* is missing"):
        shop.run(FULL)
    finished = shop.run(job, force_full=True)
    assert "the committed state is lost (state/default/0" in finished.report()["notes"][-1]
    assert finished.run.mode == "full"
