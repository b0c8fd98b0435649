"""Builders of runs and their work files for the tests of stages."""

from __future__ import annotations

from typing import Any

from akeneo_sfcc.stages.committed import CommittedState
from akeneo_sfcc.stages.contracts import RunContext, StageTask, StartRunTask
from akeneo_sfcc.stages.index import IDS, KEYS, MISSING, MODELS
from akeneo_sfcc.stages.read_structure import read_structure
from akeneo_sfcc.stages.start_run import start_run
from akeneo_sfcc.stages.tally import Tally
from tests.fakes.services import FakeWorld

FULL = "3-2-Akeneo-Full-Import-Products"
EXECUTION = f"arn:aws:states:eu-central-1:123456789012:execution:akeneo-sfcc-{FULL}:nightly"


def run_context(**changes: Any) -> RunContext:
    """A full run of the products."""
    made: dict[str, Any] = {
        "job": FULL,
        "family": "products",
        "scope": "default",
        "run_id": "20261123T020000Z-nightly",
        "execution_arn": EXECUTION,
        "mode": "full",
        "started_at": "2026-11-23T02:00:00Z",
    }
    return RunContext.model_validate(made | changes)


def with_structure(made: FakeWorld, run: RunContext) -> FakeWorld:
    """Let the run read its PIM's structure first."""
    read_structure(StageTask(run=run), made.services)
    return made


def committed(made: FakeWorld, key: str = "state/default/manifest/before.json", **changes: Any) -> str:
    """Put a committed state's manifest into the store and return its key."""
    shards = changes.pop("shards", 1)
    state = CommittedState(
        shards=shards,
        run_id="before",
        objects=changes.pop("objects", (None,) * shards),
        indexes={name: [None] * shards for name in (MODELS, IDS, KEYS, MISSING)},
        **changes,
    )
    made.store.put(key, state.dump())
    return key


def tallied(made: FakeWorld, run: RunContext, stage: str, item: str, **outcomes: int) -> None:
    """Let a stage have counted products."""
    with Tally(made.services, run, stage, item) as tally:
        for outcome, n in outcomes.items():
            tally.count("product", outcome, n)  # type: ignore[arg-type]


def started(made: FakeWorld, **input_: Any) -> RunContext:
    """Start a run, with this input."""
    task = {
        "job": FULL,
        "execution_arn": EXECUTION,
        "execution_name": "nightly",
        "started_at": "2026-11-23T02:00:00Z",
        "input": input_,
    }
    run = start_run(StartRunTask.model_validate(task), made.services).run
    assert run is not None
    return run
