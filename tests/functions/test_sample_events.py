"""Every sample event runs through its real handler, every sample input through its job."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from akeneo_sfcc.runtime.failures import input_keys
from akeneo_sfcc.stages.contracts import StartInput
from tests.functions.conftest import JOB, Finished

ROOT = Path(__file__).resolve().parent.parent.parent
STAGES = sorted(path.parent.name for path in (ROOT / "functions").rglob("app.py"))


def logical_id(stage: str) -> str:
    return "".join(word.capitalize() for word in stage.split("_")) + "Function"


def sample(stage: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "events" / "functions" / f"{stage}.json").read_text())
    return event


def test_every_function_has_a_sample_event() -> None:
    assert sorted(path.stem for path in (ROOT / "events" / "functions").glob("*.json")) == STAGES


def test_every_sample_event_runs_through_its_handler(finished: Finished) -> None:
    assert (finished.outcome.status, finished.outcome.cause) == ("SUCCEEDED", None)
    errors = {}
    # A started run takes the lock from the one whose stages are called, so it comes last.
    for stage in sorted(STAGES, key=lambda name: name == "start_run"):
        event = sample(stage)
        if "run" in event:
            event["run"] = finished.run_of(logical_id(stage))
        answer = finished.aws.invoke(logical_id(stage), event)
        if "payload" not in answer:
            errors[stage] = answer["error"]
    assert errors == {}


def test_every_sample_input_starts_its_job(finished: Finished) -> None:
    inputs = sorted((ROOT / "events" / "jobs").glob("*.json"))
    assert [path.stem for path in inputs] == [job.lower() for job in finished.aws.jobs]
    for path, job in zip(inputs, finished.aws.jobs, strict=True):
        outcome = finished.aws.run(job, json.loads(path.read_text()))
        assert (outcome.status, outcome.cause) == ("SUCCEEDED", None)


def test_an_unknown_key_in_the_input_is_refused_by_name(finished: Finished) -> None:
    outcome = finished.aws.run(JOB, {"confg": "default"})
    assert (outcome.status, outcome.error) == ("FAILED", "ConfigurationError")
    cause = json.loads(outcome.cause or "{}")["errorMessage"]
    assert cause == f"input.confg: unknown key; allowed: {', '.join(input_keys(StartInput))}"
