"""The catalogue import's state machine: three jobs, each waited for; their functions are stand-ins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.embedded.aws import EmbeddedAws
from local.embedded.engine import Step
from tests.project.rules.machines import load_yaml
from tests.workflows.interrupts import interrupt_at
from tests.workflows.stand_ins import StandIns

JOB = "0-Akeneo-Import-Catalog"
ATTRIBUTES = "1-Akeneo-Import-Attributes"
MEDIA = "2-Akeneo-Import-Media-Assets-Pricebook"
PRODUCTS = "3-2-Akeneo-Full-Import-Products"
JOBS = [ATTRIBUTES, MEDIA, PRODUCTS]


def test_the_jobs_run_one_after_the_other(aws: EmbeddedAws, stack: StandIns) -> None:
    outcome = aws.run(JOB, {"config": "default", "dry_run": True})
    assert (outcome.status, outcome.cause) == ("SUCCEEDED", None)
    started = stack.calls("start_run")
    assert [call["job"] for call in started] == JOBS == list(aws.jobs_of(JOB))
    assert [(each.job, each.status) for each in outcome.jobs] == [(job, "SUCCEEDED") for job in JOBS]
    runs = [call["run"]["job"] for call in stack.calls() if "run" in call]
    assert [job for at, job in enumerate(runs) if at == 0 or runs[at - 1] != job] == JOBS, "one at a time"
    assert "fail_run" not in stack.stages()


def test_every_job_gets_the_input_and_the_name_of_who_waits(aws: EmbeddedAws, stack: StandIns) -> None:
    aws.run(JOB, {"config": "b2b", "force_full": True})
    given = [call["input"] for call in stack.calls("start_run")]
    (parent,) = {call.pop("AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID") for call in given}
    assert f":execution:akeneo-sfcc-{JOB}:" in parent
    assert given == [{"config": "b2b", "force_full": True}] * 3


def test_the_output_names_the_executions_and_their_reports(aws: EmbeddedAws) -> None:
    outcome = aws.run(JOB)
    for part, job in zip(("attributes", "media", "products"), outcome.jobs, strict=True):
        found = outcome.output[part]
        assert f":execution:akeneo-sfcc-{job.job}:" in found["execution"]
        assert found["report_key"] == "runs/report.json"
        assert job.run_id == f"run-{found['execution'].rpartition(':')[2]}"
    assert len(json.dumps(outcome.output)) < 2000


@pytest.mark.parametrize(("failing", "before"), [(ATTRIBUTES, []), (MEDIA, [ATTRIBUTES]), (PRODUCTS, JOBS[:2])])
def test_a_job_that_fails_stops_the_rest(aws: EmbeddedAws, stack: StandIns, failing: str, before: list[str]) -> None:
    trouble = {"job": failing, "error": "DataError", "times": 99, "message": "too many rejects"}
    stack.behave(trouble={"write_manifest": trouble})
    outcome = aws.run(JOB)
    assert (outcome.status, outcome.error) == ("FAILED", "DataError")
    assert "too many rejects" in str(outcome.cause)
    assert [(each.job, each.status) for each in outcome.jobs] == [
        *((job, "SUCCEEDED") for job in before),
        (failing, "FAILED"),
    ]


def test_fail_run_hears_of_the_job_and_then_of_who_waited(aws: EmbeddedAws, stack: StandIns) -> None:
    trouble = {"job": MEDIA, "error": "DataError", "times": 99, "message": "a gap", "index": 0}
    stack.behave(trouble={"read_media_pages": trouble})
    aws.run(JOB)
    child, parent = (call["detail"] for call in stack.calls("fail_run"))
    assert child["stateMachineArn"].endswith(MEDIA)
    assert (child["status"], child["error"]) == ("FAILED", "States.ExceedToleratedFailureThreshold")
    assert parent["stateMachineArn"].endswith(JOB)
    assert (parent["status"], parent["error"]) == ("FAILED", "States.TaskFailed")
    cause = json.loads(parent["cause"])
    assert (cause["ExecutionArn"], cause["Status"]) == (child["executionArn"], "FAILED")


def test_a_job_that_did_nothing_does_not_pass_for_done(aws: EmbeddedAws, stack: StandIns) -> None:
    # Start Run fails when somebody waits; this shows that the machine does not rely on it.
    stack.behave(already_running=True)
    outcome = aws.run(JOB)
    assert outcome.status == "FAILED"
    assert [(each.job, each.status) for each in outcome.jobs] == [(ATTRIBUTES, "SUCCEEDED")]


def test_a_transient_error_of_a_job_is_the_jobs_to_retry(aws: EmbeddedAws, stack: StandIns) -> None:
    trouble = {"job": PRODUCTS, "error": "TransientError", "times": 99, "message": "PIM is down"}
    stack.behave(trouble={"read_structure": trouble})
    outcome = aws.run(JOB)
    assert (outcome.status, outcome.error) == ("FAILED", "TransientError")
    assert [call["job"] for call in stack.calls("start_run")] == JOBS, "and no job is started twice"


def test_steps_of_the_jobs_are_told(aws: EmbeddedAws) -> None:
    steps: list[Step] = []
    aws.run(JOB, {}, steps.append)
    names = [step.state for step in steps if step.kind == "task"]
    assert names[:2] == ["Run Attributes Job", "Start Run"]
    assert [name for name in names if name.endswith("Job")] == [
        "Run Attributes Job",
        "Run Media Job",
        "Run Products Job",
    ]


def test_an_interrupt_stops_the_job_that_runs_too(
    aws: EmbeddedAws, stack: StandIns, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_at("Plan Media", aws, JOB, monkeypatch)
    told = [call["detail"] for call in stack.calls("fail_run")]
    assert [detail["status"] for detail in told] == ["ABORTED", "ABORTED"]
    assert [detail["stateMachineArn"].partition("akeneo-sfcc-")[2] for detail in told] == [MEDIA, JOB]
    assert aws.run(JOB).status == "SUCCEEDED"


def test_the_machine_redrives_at_the_job_that_failed(repo_root: Path) -> None:
    # moto cannot redrive. What it takes: the state that fails starts the job itself, and gives it no name.
    definition = load_yaml(repo_root / "statemachines" / "0-akeneo-import-catalog.asl.yaml")
    starts = [state for state in definition["States"].values() if state["Type"] == "Task"]
    assert len(starts) == 3
    for state in starts:
        assert state["Resource"].endswith(":states:startExecution.sync:2")
        assert state["Parameters"].keys() == {"StateMachineArn", "Input.$"}
