"""What is asked of Step Functions about an execution; the answers have the service's shapes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from akeneo_sfcc.errors import ConfigurationError, TransientError
from akeneo_sfcc.runtime.executions import execution_status, failed_item
from akeneo_sfcc.stages.services import FailedItem

PREFIX = "arn:aws:states:eu-central-1:123456789012"
PARENT = f"{PREFIX}:execution:shop-3-2:nightly"
EARLIER_RUN = f"{PREFIX}:mapRun:shop-3-2/ImportModels:1"
LAST_RUN = f"{PREFIX}:mapRun:shop-3-2/ImportProducts:2"


def at(minute: int) -> datetime:
    return datetime(2026, 11, 23, 2, minute, tzinfo=UTC)


@pytest.fixture
def machines() -> Any:
    return boto3.client(
        "stepfunctions", region_name="eu-central-1", aws_access_key_id="none", aws_secret_access_key="none"
    )


@pytest.fixture
def answers(machines: Any) -> Iterator[Stubber]:
    """The answers in the order of the calls; every one of them has to be asked for."""
    with Stubber(machines) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def map_run(arn: str, minute: int) -> dict[str, Any]:
    return {
        "executionArn": PARENT,
        "mapRunArn": arn,
        "stateMachineArn": f"{PREFIX}:stateMachine:shop-3-2",
        "startDate": at(minute),
    }


def child(name: str, minute: int) -> dict[str, Any]:
    return {
        "executionArn": f"{PREFIX}:execution:shop-3-2/ImportProducts:{name}",
        "stateMachineArn": f"{PREFIX}:stateMachine:shop-3-2/ImportProducts",
        "name": name,
        "status": "FAILED",
        "startDate": at(0),
        "stopDate": at(minute),
    }


def map_runs(stubber: Stubber, *runs: dict[str, Any]) -> None:
    stubber.add_response("list_map_runs", {"mapRuns": list(runs)}, {"executionArn": PARENT})


def children(stubber: Stubber, run: str, status: str, *found: dict[str, Any]) -> None:
    stubber.add_response("list_executions", {"executions": list(found)}, {"mapRunArn": run, "statusFilter": status})


def described(stubber: Stubber, one: dict[str, Any], **more: Any) -> None:
    stubber.add_response("describe_execution", {**one, **more}, {"executionArn": one["executionArn"]})


def test_the_child_that_failed_first_in_the_last_map_is_described(machines: Any, answers: Stubber) -> None:
    first = child("first", 3)
    map_runs(answers, map_run(EARLIER_RUN, 1), map_run(LAST_RUN, 2))
    children(answers, LAST_RUN, "FAILED", child("second", 4), first)
    children(answers, LAST_RUN, "TIMED_OUT")
    described(answers, first, error="DataError", cause="why", input='{"range": {}}')
    assert failed_item(machines, PARENT) == FailedItem("DataError", "why", '{"range": {}}')


def test_a_child_that_timed_out_has_its_status_for_an_error(machines: Any, answers: Stubber) -> None:
    late = {**child("late", 9), "status": "TIMED_OUT"}
    map_runs(answers, map_run(LAST_RUN, 2))
    children(answers, LAST_RUN, "FAILED")
    children(answers, LAST_RUN, "TIMED_OUT", late)
    described(answers, late)
    assert failed_item(machines, PARENT) == FailedItem("TIMED_OUT", "", "")


def test_a_last_map_without_failed_children_leads_to_the_one_before(machines: Any, answers: Stubber) -> None:
    failed = child("failed", 1)
    map_runs(answers, map_run(EARLIER_RUN, 1), map_run(LAST_RUN, 2))
    children(answers, LAST_RUN, "FAILED")
    children(answers, LAST_RUN, "TIMED_OUT")
    children(answers, EARLIER_RUN, "FAILED", failed)
    children(answers, EARLIER_RUN, "TIMED_OUT")
    described(answers, failed, error="TransientError", cause="why")
    assert failed_item(machines, PARENT) == FailedItem("TransientError", "why", "")


def test_an_execution_without_maps_has_no_failed_item(machines: Any, answers: Stubber) -> None:
    map_runs(answers)
    assert failed_item(machines, PARENT) is None


@pytest.mark.parametrize(
    ("code", "error"), [("AccessDeniedException", ConfigurationError), ("ThrottlingException", TransientError)]
)
def test_a_refusal_is_one_of_our_errors(machines: Any, answers: Stubber, code: str, error: type[Exception]) -> None:
    answers.add_client_error("list_map_runs", code, "no", 400)
    with pytest.raises(error):
        failed_item(machines, PARENT)


def test_the_status_of_an_execution_that_never_was_is_none(machines: Any, answers: Stubber) -> None:
    described(answers, child("one", 1))
    answers.add_client_error("describe_execution", "ExecutionDoesNotExist", "no", 400)
    assert execution_status(machines, child("one", 1)["executionArn"]) == "FAILED"
    assert execution_status(machines, PARENT) is None
