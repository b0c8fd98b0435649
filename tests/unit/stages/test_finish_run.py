"""Finishing a run: the accounts, the commit, the report; twice is as good as once."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from akeneo_sfcc.errors import DataError, RunLockedError
from akeneo_sfcc.runs.ledger import Commit
from akeneo_sfcc.stages.contracts import RunContext, StageTask
from akeneo_sfcc.stages.finish_run import finish_run
from akeneo_sfcc.storage.layout import RunLayout
from tests.fakes.services import FakeWorld, world
from tests.unit.stages.runs import EXECUTION, FULL, started, tallied


def report(made: FakeWorld, run: RunContext) -> dict[str, Any]:
    return orjson.loads(made.store.get(RunLayout(run.job, run.run_id).report))


def test_a_run_that_adds_up_is_committed_and_reported() -> None:
    made = world()
    run = started(made)
    tallied(made, run, "import_pages", "a", read=3, rejected=1)
    tallied(made, run, "build_catalogs", "0", written=2)
    made.wait(600)
    result = finish_run(StageTask(run=run), made.services)
    assert result.counts == {"product_read": 3, "product_written": 2, "product_rejected": 1}
    assert made.ledger.committed("products", "default") == Commit(
        run.run_id, "2026-11-23T02:00:00Z", f"state/default/manifest/{run.run_id}.json"
    )
    assert made.ledger.scopes["products", "default"].lock_owner is None
    record = made.ledger.get_run(FULL, run.run_id)
    assert record is not None
    assert (record.status, record.finished_at, record.report) == (
        "succeeded",
        "2026-11-23T02:10:00Z",
        result.report_key,
    )
    assert report(made, run)["status"] == "SUCCEEDED"


def test_finishing_again_changes_nothing() -> None:
    made = world()
    run = started(made)
    tallied(made, run, "import_pages", "a", read=1, rejected=1)
    first = finish_run(StageTask(run=run), made.services)
    before = dict(made.store.objects)
    assert finish_run(StageTask(run=run), made.services) == first
    assert made.store.objects == before


def test_items_that_are_lost_fail_the_run() -> None:
    made = world()
    run = started(made)
    tallied(made, run, "import_pages", "a", read=3)
    tallied(made, run, "build_catalogs", "0", written=2)
    with pytest.raises(DataError, match="product: 3 read, but 2 accounted for"):
        finish_run(StageTask(run=run), made.services)
    assert made.ledger.committed("products", "default") is None
    assert made.ledger.scopes["products", "default"].lock_owner == EXECUTION


@pytest.mark.parametrize("input_", [{"dry_run": True}, {"only": {"identifiers": ["a"]}}])
def test_a_run_that_commits_nothing_gives_the_lock_back(input_: dict[str, Any]) -> None:
    made = world()
    run = started(made, **input_)
    finish_run(StageTask(run=run), made.services)
    assert made.ledger.committed("products", "default") is None
    assert made.ledger.scopes["products", "default"].lock_owner is None
    assert report(made, run)["status"] == "SUCCEEDED"


def test_an_overtaken_run_cannot_commit_and_reports_no_success() -> None:
    made = world()
    run = started(made)
    made.ledger.take_over("products", "default", dead_owner=EXECUTION, owner="another", at="2026-11-23T03:00:00Z")
    with pytest.raises(RunLockedError):
        finish_run(StageTask(run=run), made.services)
    assert not made.store.exists(RunLayout(run.job, run.run_id).report)
    assert made.ledger.scopes["products", "default"].lock_owner == "another"
