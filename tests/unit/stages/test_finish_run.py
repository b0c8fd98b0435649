"""Finishing a run: the accounts, the commit, the report; twice is as good as once."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from akeneo_sfcc.errors import DataError, RunLockedError
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.runs.ledger import Commit
from akeneo_sfcc.stages.contracts import RunContext, StageTask
from akeneo_sfcc.stages.finish_run import finish_run
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.storage.layout import RunLayout
from tests.fakes.services import FakeWorld, world
from tests.unit.stages.runs import EXECUTION, FULL, started, tallied


def report(made: FakeWorld, run: RunContext) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(made.store.get(RunLayout(run.job, run.run_id).report))
    return found


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


def finished(made: FakeWorld, *, rejects: int = 0, **input_: Any) -> RunContext:
    """Finish a run that read four products."""
    run = started(made, **input_)
    with Tally(made.services, run, "import_pages", "a") as tally:
        tally.count("product", "read", 4)
        tally.count("product", "written", 4 - rejects)
        for number in range(rejects):
            tally.count("product", "rejected")
            tally.issue(Issue("reject", "product", "bad_id", f"id {number}"))
    made.wait(90)
    finish_run(StageTask(run=run), made.services)
    return run


def test_the_page_stands_beside_the_report() -> None:
    made = world()
    run = finished(made, rejects=1)
    page = made.store.get(RunLayout(run.job, run.run_id).report_html).decode()
    assert "Succeeded with rejects" in page
    assert "id 0" in page


@pytest.mark.parametrize(
    ("tell_success", "rejects", "told"),
    [("never", 1, 0), ("rejects", 0, 0), ("rejects", 1, 1), ("always", 0, 1)],
)
def test_people_hear_of_a_success_as_they_wish(tell_success: Any, rejects: int, told: int) -> None:
    made = world()
    made.tell_success = tell_success
    run = finished(made, rejects=rejects)
    assert len(made.published) == told
    for _, text in made.published:
        assert RunLayout(run.job, run.run_id).report_html in text


def test_a_success_is_counted_with_its_numbers() -> None:
    made = world()
    finished(made, rejects=1)
    [(job, numbers)] = made.measured
    assert job == FULL
    assert {name: numbers[name] for name in ("RunSucceeded", "RunFailed", "ItemsRead", "ItemsWritten")} == {
        "RunSucceeded": 1,
        "RunFailed": 0,
        "ItemsRead": 4,
        "ItemsWritten": 3,
    }
    assert (numbers["RejectedPercent"], numbers["RunSeconds"]) == (25, 90)


@pytest.mark.parametrize("input_", [{"dry_run": True}, {"only": {"identifiers": ["1"]}}])
def test_a_run_that_moves_no_watermark_is_no_success_an_alarm_may_rely_on(input_: dict[str, Any]) -> None:
    made = world()
    finished(made, **input_)
    assert made.measured[0][1]["RunSucceeded"] == 0
    assert made.measured[0][1]["ItemsRead"] == 4


def test_what_did_not_come_over_is_logged_by_reason_with_examples() -> None:
    made = world()
    finished(made, rejects=2)
    [(_, fields)] = made.logged
    assert (fields["reason"], fields["number"], fields["examples"]) == ("bad_id", 2, "id 0, id 1")
