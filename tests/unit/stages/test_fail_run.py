"""What is left of an execution that ended badly: the record, the report, the lock given back, a message."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

from akeneo_sfcc.errors import ConfigurationError, DataError
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.runs.ledger import RunRecord
from akeneo_sfcc.stages.contracts import FailRunTask, RunContext, StageTask
from akeneo_sfcc.stages.fail_run import fail_run
from akeneo_sfcc.stages.finish_run import finish_run
from akeneo_sfcc.stages.services import FailedItem
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.storage.layout import RunLayout
from tests.fakes.services import FakeWorld, world
from tests.unit.stages.runs import EXECUTION, FULL, started, tallied

CAUSE = json.dumps({"errorMessage": "the PIM is down", "errorType": "TransientError", "stackTrace": []})


def fail(made: FakeWorld, **detail: Any) -> None:
    event = {
        "executionArn": EXECUTION,
        "stateMachineArn": f"arn:aws:states:eu-central-1:123456789012:stateMachine:akeneo-sfcc-{FULL}",
        "name": "nightly",
        "status": "FAILED",
        "error": "TransientError",
        "cause": CAUSE,
        "input": "{}",
        "startDate": 1767578400123,
    }
    fail_run(FailRunTask.model_validate({"detail": event | detail, "source": "aws.states"}), made.services)


def record(made: FakeWorld, run: RunContext) -> RunRecord:
    found = made.ledger.get_run(FULL, run.run_id)
    assert found is not None
    return found


def report(made: FakeWorld, run: RunContext) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(made.store.get(RunLayout(run.job, run.run_id).report))
    return found


def test_a_failed_run_is_recorded_reported_unlocked_and_told() -> None:
    made = world()
    run = started(made)
    with Tally(made.services, run, "import_pages", "a") as tally:
        tally.count("product", "read", 5)
        tally.issue(Issue("reject", "product", "bad_id"))
    made.wait(60)
    fail(made)
    failed = record(made, run)
    assert (failed.status, failed.error, failed.stage) == (
        "failed",
        "TransientError: the PIM is down",
        "after import_pages",
    )
    assert failed.finished_at == "2026-11-23T02:01:00Z"
    written = report(made, run)
    assert (written["status"], written["failure"]["cause"]) == ("FAILED", "the PIM is down")
    assert written["counts"]["product"]["read"] == 5
    assert len(made.store.get(RunLayout(run.job, run.run_id).records).splitlines()) == 1
    assert made.ledger.scopes["products", "default"].lock_owner is None
    assert made.ledger.committed("products", "default") is None
    [(subject, text)] = made.published
    assert subject == f"Failed: {FULL} (default)"
    assert "the PIM is down" in text
    assert failed.report == RunLayout(run.job, run.run_id).report
    assert RunLayout(run.job, run.run_id).report_html in text
    assert b"the PIM is down" in made.store.get(RunLayout(run.job, run.run_id).report_html)


@pytest.mark.parametrize("status", ["TIMED_OUT", "ABORTED"])
def test_a_run_that_was_stopped_has_no_error_but_its_status(status: str) -> None:
    made = world()
    run = started(made)
    fail(made, status=status, error=None, cause=None)
    assert record(made, run).error == status
    assert record(made, run).stage == "before any stage had ended"
    assert report(made, run)["status"] == status


@pytest.mark.parametrize(
    "cause",
    [
        json.dumps({"errorMessage": "read_structure: no such channel", "errorType": "ConfigurationError"}),
        json.dumps({"errorMessage": "x", "stackTrace": ['File "/opt/python/akeneo_sfcc/stages/read_structure.py"']}),
    ],
)
def test_the_stage_is_named_where_the_cause_tells(cause: str) -> None:
    made = world()
    run = started(made)
    fail(made, cause=cause)
    assert record(made, run).stage == "read_structure"


def test_the_lock_of_another_execution_is_left_alone() -> None:
    made = world()
    started(made)
    made.ledger.take_over("products", "default", dead_owner=EXECUTION, owner="another", at="2026-11-23T03:00:00Z")
    fail(made)
    assert made.ledger.scopes["products", "default"].lock_owner == "another"


def test_an_execution_that_failed_before_it_had_a_run_gives_its_lock_back() -> None:
    made = world()
    made.ledger.acquire("products", "b2b", EXECUTION, "2026-11-23T02:00:00Z")
    fail(made, input='{"config": "b2b"}', cause="not JSON")
    assert made.ledger.scopes["products", "b2b"].lock_owner is None
    assert made.ledger.runs == {}
    assert made.store.objects == {}
    assert "not JSON" in made.published[0][1]


@pytest.mark.parametrize("input_", ['{"unknown": 1}', "nonsense", "", None])
def test_input_that_was_refused_is_no_second_failure(input_: str | None) -> None:
    made = world()
    fail(made, input=input_)
    assert len(made.published) == 1


def test_a_machine_that_is_no_job_of_ours_is_only_told() -> None:
    made = world()
    fail(made, stateMachineArn="arn:aws:states:eu-central-1:123456789012:stateMachine:another")
    assert made.published[0][0] == "Failed: another (default)"


def test_of_a_catalogue_import_people_are_told_which_job_failed_and_why() -> None:
    made = world()
    run = started(made)
    prefix = "arn:aws:states:eu-central-1:123456789012:stateMachine:akeneo-sfcc"
    child = {"StateMachineArn": f"{prefix}-{FULL}", "Status": "FAILED", "Error": "TransientError", "Cause": CAUSE}
    fail(
        made,
        executionArn="arn:of:the:catalogue",
        stateMachineArn=f"{prefix}-0-Akeneo-Import-Catalog",
        error="States.TaskFailed",
        cause=json.dumps(child),
    )
    [(subject, text)] = made.published
    assert subject == "Failed: akeneo-sfcc-0-Akeneo-Import-Catalog (default)"
    assert f"akeneo-sfcc-{FULL} FAILED: TransientError: the PIM is down" in text
    assert "redrive this execution: it starts that job again" in text
    assert "Nothing was read or changed" not in text
    assert made.ledger.scopes["products", "default"].lock_owner == run.execution_arn


def test_a_run_that_ended_badly_after_its_commit_stays_a_success() -> None:
    made = world()
    run = started(made)
    tallied(made, run, "import_pages", "a", read=1, rejected=1)
    finish_run(StageTask(run=run), made.services)
    fail(made, status="ABORTED", error=None, cause=None)
    assert record(made, run).status == "succeeded"
    assert report(made, run)["status"] == "SUCCEEDED"
    assert "already committed" in made.published[0][1]


def test_failing_twice_is_as_good_as_once() -> None:
    made = world()
    run = started(made)
    fail(made)
    first = (record(made, run), report(made, run))
    fail(made)
    assert (record(made, run), report(made, run)) == first


MAP_FAILED = {"error": "States.ExceedToleratedFailureThreshold", "cause": "The threshold was exceeded"}


def test_the_item_that_made_a_map_fail_is_looked_up() -> None:
    made = world()
    run = started(made)
    item = json.dumps({"run": {"scope": "default"}, "range": {"kind": "product", "index": 7}, "progress": None})
    cause = json.dumps({"errorMessage": "import_pages: keys do not rise", "errorType": "DataError"})
    made.failed_items[EXECUTION] = FailedItem("DataError", cause, item)
    fail(made, **MAP_FAILED)
    assert report(made, run)["failure"] == {
        "status": "FAILED",
        "error": "DataError",
        "cause": "import_pages: keys do not rise",
        "stage": "import_pages",
        "item": '{"range": {"kind": "product", "index": 7}}',
    }
    assert record(made, run).error == "DataError: import_pages: keys do not rise"
    assert "keys do not rise" in made.published[0][1]


def test_an_event_that_carries_the_items_error_needs_no_look_up() -> None:
    made = world()
    run = started(made)
    made.failed_items[EXECUTION] = DataError("not to be asked for")
    fail(made, error=MAP_FAILED["error"], cause=json.dumps({"errorMessage": "a gap", "errorType": "DataError"}))
    assert (report(made, run)["failure"]["error"], report(made, run)["failure"]["cause"]) == ("DataError", "a gap")


def test_a_look_up_that_fails_is_told_and_does_not_cost_the_report() -> None:
    made = world()
    run = started(made)
    made.failed_items[EXECUTION] = ConfigurationError("ListMapRuns: AccessDenied")
    fail(made, **MAP_FAILED)
    failure = report(made, run)["failure"]
    assert failure["error"] == MAP_FAILED["error"]
    assert failure["cause"].startswith(MAP_FAILED["cause"])
    assert "could not be looked up: ListMapRuns: AccessDenied" in failure["cause"]


def test_a_map_without_a_failed_child_keeps_its_own_words() -> None:
    made = world()
    run = started(made)
    fail(made, **MAP_FAILED)
    assert report(made, run)["failure"]["cause"] == MAP_FAILED["cause"]


def test_a_failed_run_is_counted_and_its_rejects_are_logged() -> None:
    made = world()
    run = started(made)
    with Tally(made.services, run, "import_pages", "a") as tally:
        tally.count("product", "read", 4)
        tally.count("product", "rejected", 1)
        tally.issue(Issue("reject", "product", "bad_id", "a b"))
    made.wait(60)
    fail(made)
    [(job, numbers)] = made.measured
    assert job == FULL
    assert numbers == {
        "RunSucceeded": 0,
        "RunFailed": 1,
        "ItemsRead": 4,
        "ItemsWritten": 0,
        "ItemsRejected": 1,
        "RejectedPercent": 25,
        "ApiCalls": 0,
        "ApiThrottles": 0,
        "ApiBytes": 0,
        "RunSeconds": 60,
    }
    [(message, fields)] = made.logged
    assert message == "did not come over"
    assert fields == {
        "run_id": run.run_id,
        "job": FULL,
        "configuration": "default",
        "severity": "reject",
        "kind": "product",
        "reason": "bad_id",
        "number": 1,
        "examples": "a b",
    }
