"""Every sample event runs through its real handler, every sample input through its job."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

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


def test_the_run_the_events_are_tried_in_succeeded(finished: Finished) -> None:
    assert (finished.outcome.status, finished.outcome.cause) == ("SUCCEEDED", None)


@pytest.mark.parametrize("stage", STAGES)
def test_a_sample_event_runs_through_its_handler(finished: Finished, stage: str) -> None:
    event = sample(stage)
    if "run" in event:
        assert set(event["run"]) == set(finished.run), "the sample's run has other keys than a real one"
        event["run"] = finished.run
    answer = finished.aws.invoke(logical_id(stage), event)
    assert "payload" in answer, answer


@pytest.mark.parametrize("path", sorted((ROOT / "events" / "jobs").glob("*.json")), ids=lambda path: path.stem)
def test_a_sample_input_starts_its_job(finished: Finished, path: Path) -> None:
    (job,) = [each for each in finished.aws.jobs if each.lower() == path.stem]
    outcome = finished.aws.run(job, json.loads(path.read_text()))
    assert (outcome.status, outcome.cause) == ("SUCCEEDED", None)


def test_an_unknown_key_in_the_input_is_refused_by_name(finished: Finished) -> None:
    outcome = finished.aws.run(JOB, {"confg": "default"})
    assert (outcome.status, outcome.error) == ("FAILED", "ConfigurationError")
    cause = json.loads(outcome.cause or "{}")["errorMessage"]
    assert cause == "input.confg: unknown key; allowed: config, force_full, dry_run, only"
