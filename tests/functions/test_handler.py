"""The shell around a stage: what goes in, what comes out, which errors leave it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import EndpointConnectionError

from akeneo_sfcc.akeneo.client import Usage
from akeneo_sfcc.akeneo.errors import PimUnavailableError, UnauthorizedError
from akeneo_sfcc.errors import ConfigurationError, DataError, RunLockedError, TransientError
from akeneo_sfcc.runtime import handler
from akeneo_sfcc.runtime.handler import process_wiring, stage_handler
from akeneo_sfcc.runtime.metrics import RUN_METRICS, measure_run
from akeneo_sfcc.runtime.wiring import Wiring
from akeneo_sfcc.stages.contracts import FailRunTask, StageResult, StageTask, StartRunResult, StartRunTask
from akeneo_sfcc.stages.services import Services
from tests.fakes.ledger import InMemoryLedger
from tests.fakes.service_errors import service_error

RUN = {
    "job": "3-2-Akeneo-Full-Import-Products",
    "family": "products",
    "scope": "default",
    "run_id": "run-1",
    "execution_arn": "arn:e",
    "mode": "full",
    "started_at": "2026-01-05T02:00:00Z",
}
START = {"job": RUN["job"], "execution_arn": "arn:e", "execution_name": "e", "started_at": "2026-01-05T02:00:00Z"}
CONTEXT = SimpleNamespace(aws_request_id="request-1", get_remaining_time_in_millis=lambda: 90_000)


class FakeWiring:
    """Gives a ledger and a clock, and remembers for which run it was asked."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []
        self.ledger = InMemoryLedger()
        self.used = Usage()

    def services(self, run_id: str | None, remaining: Callable[[], float]) -> Services:
        self.asked.append(run_id)
        now = datetime(2026, 1, 5, 2, 30, tzinfo=UTC)
        return cast("Services", SimpleNamespace(remaining=remaining, ledger=self.ledger, now=lambda: now))

    def usage(self) -> Usage:
        return self.used


def call(stage: Callable[[Any, Any], Any], event: Any, model: Any = StageTask, wiring: FakeWiring | None = None) -> Any:
    made = wiring or FakeWiring()
    return stage_handler(stage, model, lambda: cast("Wiring", made))(event, CONTEXT)


def count_stage(task: StageTask, services: Services) -> StageResult:
    return StageResult(counts={"seconds": int(services.remaining())})


def raising(error: Exception) -> Callable[[StageTask, Services], StageResult]:
    def a_stage(task: StageTask, services: Services) -> StageResult:
        raise error

    return a_stage


def test_a_stage_gets_its_task_and_the_time_left_and_answers_in_json() -> None:
    assert call(count_stage, {"run": RUN}) == {"counts": {"seconds": 90}}


def test_services_are_asked_for_by_run() -> None:
    wiring = FakeWiring()
    call(count_stage, {"run": RUN}, wiring=wiring)
    call(start_stage, {**START, "input": {}}, StartRunTask, wiring)
    assert wiring.asked == ["run-1", None]


def test_a_stage_holds_its_runs_lock() -> None:
    wiring = FakeWiring()
    call(count_stage, {"run": RUN}, wiring=wiring)
    assert wiring.ledger.scopes["products", "default"].lock_owner == "arn:e"


def test_a_stage_of_an_overtaken_run_does_not_begin() -> None:
    wiring = FakeWiring()
    wiring.ledger.acquire("products", "default", "arn:other", "2026-01-05T02:10:00Z")
    with pytest.raises(RunLockedError, match=r"this run cannot go on with products of default.*held by arn:other"):
        call(raising(AssertionError("called")), {"run": RUN}, wiring=wiring)


def start_stage(task: StartRunTask, services: Services) -> StartRunResult:
    return StartRunResult(status="already_running", held_by="arn:other")


@pytest.mark.parametrize(
    ("raised", "leaving", "text"),
    [
        (PimUnavailableError("no answer"), TransientError, "no answer"),
        (UnauthorizedError("wrong password"), ConfigurationError, "wrong password"),
        (DataError("a gap"), DataError, "a gap"),
        (RunLockedError("overtaken"), RunLockedError, "overtaken"),
        (KeyError("sku"), DataError, "unexpected KeyError: 'sku'"),
        (service_error("ThrottlingException", 400), TransientError, "ThrottlingException"),
        (service_error("Whatever", 503), TransientError, "Whatever"),
        (service_error("AccessDeniedException", 400, "GetThing"), ConfigurationError, "GetThing"),
        (service_error("ValidationException", 400), DataError, "unexpected ClientError"),
        (EndpointConnectionError(endpoint_url="http://aws"), TransientError, "http://aws"),
    ],
)
def test_only_four_names_leave_a_handler(raised: Exception, leaving: type[Exception], text: str) -> None:
    with pytest.raises(leaving) as caught:
        call(raising(raised), {"run": RUN})
    assert type(caught.value) is leaving
    assert text in str(caught.value)
    assert caught.value is raised or caught.value.__cause__ is raised


def test_all_problems_of_a_configuration_survive() -> None:
    class WrongFileError(ConfigurationError):
        pass

    with pytest.raises(ConfigurationError) as caught:
        call(raising(WrongFileError(["one", "two"])), {"run": RUN})
    assert caught.value.problems == ("one", "two")


def test_an_event_that_is_no_task_is_a_data_error_that_names_what_is_missing() -> None:
    with pytest.raises(DataError, match=r"the event is no StageTask \(keys: rum\): run: Field required"):
        call(count_stage, {"rum": RUN})


@pytest.mark.parametrize("event", [None, [], "text", 7])
def test_an_event_of_another_shape_is_a_data_error(event: Any) -> None:
    with pytest.raises(DataError, match="the event is no StageTask"):
        call(count_stage, event)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"full": True},
            r"input\.full: unknown key; allowed: config, .*force_full",
        ),
        ({"config": "a b"}, r"input\.config: String should match pattern .*: value 'a b'"),
        ({"only": {"identifiers": []}}, r"input\.only\.identifiers: .*at least 1 item.*: value \[\]"),
        ({"only": {"ids": ["x"], "identifiers": ["x"]}}, r"input\.only\.ids: unknown key"),
        ([], r"input: .*: value \[\]"),
    ],
)
def test_wrong_input_of_a_person_is_a_configuration_error(given: Any, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        call(start_stage, {**START, "input": given}, StartRunTask)


def test_every_line_of_the_log_names_run_job_and_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(handler, "process_logger", lambda: Logger(service="lines", stream=stream))
    call(count_stage, {"run": RUN})
    with pytest.raises(DataError):
        call(raising(DataError("a gap")), {"run": RUN})
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["message"] for line in lines] == ["stage started", "stage ended", "stage started", "stage failed"]
    assert {(line["run_id"], line["job"]) for line in lines} == {("run-1", RUN["job"])}
    assert [line["stage"] for line in lines] == ["count_stage", "count_stage", "a_stage", "a_stage"]
    assert lines[-1]["error_name"] == "DataError"


def test_an_incomplete_environment_is_told_at_the_first_event(monkeypatch: pytest.MonkeyPatch) -> None:
    process_wiring.cache_clear()
    for name in ("BUCKET_NAME", "TABLE_NAME", "CONFIG_PATH", "PIM_SECRET_ARN", "SFCC_SECRET_ARN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOPIC_ARN", "not an arn")
    with pytest.raises(ConfigurationError) as caught:
        stage_handler(count_stage, StageTask)({"run": RUN}, CONTEXT)
    assert len(caught.value.problems) == 6
    assert caught.value.problems[0] == "environment variable BUCKET_NAME: Field required"


def metrics(printed: str) -> list[dict[str, Any]]:
    """The lines in CloudWatch's embedded metric format."""
    lines = [json.loads(line) for line in printed.splitlines()]
    return [line for line in lines if "_aws" in line]


def test_an_invocation_is_measured_by_job_and_stage(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "my-stack")
    wiring = FakeWiring()

    def calling(task: StageTask, services: Services) -> StageResult:
        wiring.used += Usage(calls=3, throttled=1, bytes=500)
        return StageResult()

    wiring.used = Usage(calls=100)
    call(calling, {"run": RUN}, wiring=wiring)
    [line] = metrics(capsys.readouterr().out)
    [declared] = line["_aws"]["CloudWatchMetrics"]
    assert declared["Namespace"] == "AkeneoToSfcc"
    assert sorted(declared["Dimensions"][0]) == ["job", "service", "stage"]
    assert (line["service"], line["job"], line["stage"]) == ("my-stack", RUN["job"], "calling")
    assert {each["Name"] for each in declared["Metrics"]} == {"StageSeconds", "ApiCalls", "ApiThrottles", "ApiBytes"}
    assert (line["ApiCalls"], line["ApiThrottles"], line["ApiBytes"]) == ([3], [1], [500])


def test_an_invocation_that_fails_is_measured_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(TransientError):
        call(raising(PimUnavailableError("no answer")), {"run": RUN})
    [line] = metrics(capsys.readouterr().out)
    assert "StageSeconds" in line
    assert "ApiCalls" not in line


def test_fail_runs_lines_name_the_job_of_the_state_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(handler, "process_logger", lambda: Logger(service="fail-run", stream=stream))
    detail = {
        "executionArn": "arn:e",
        "stateMachineArn": f"arn:aws:states:eu-central-1:1:stateMachine:shop-{RUN['job']}",
        "name": "nightly",
        "status": "FAILED",
    }
    call(lambda task, services: StageResult(), {"detail": detail}, FailRunTask)
    assert {json.loads(line)["job"] for line in stream.getvalue().splitlines()} == {RUN["job"]}


def test_numbers_of_a_run_have_units_and_no_stage(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "my-stack")
    measure_run("the job", dict.fromkeys(RUN_METRICS, 1.5))
    [line] = metrics(capsys.readouterr().out)
    [declared] = line["_aws"]["CloudWatchMetrics"]
    assert sorted(declared["Dimensions"][0]) == ["job", "service"]
    units = {each["Name"]: each["Unit"] for each in declared["Metrics"]}
    assert (units["RunSeconds"], units["RejectedPercent"], units["ApiBytes"]) == ("Seconds", "Percent", "Bytes")
    assert set(units) == set(RUN_METRICS)
