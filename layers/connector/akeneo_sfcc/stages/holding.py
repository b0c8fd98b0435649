"""Holds a run's lock through all its stages, also when a redrive continues it after Fail Run gave the lock back."""

from __future__ import annotations

from datetime import UTC

from pydantic import BaseModel

from akeneo_sfcc.stages.contracts import RunContext
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.work import state_layout


def hold_run(task: BaseModel, services: Services) -> None:
    """Take or keep the lock of the task's run before its stage begins; a task without a run needs none.

    Raises RunLockedError when the run was overtaken: it could not commit, so it is spared the rest.
    """
    run = getattr(task, "run", None)
    if not isinstance(run, RunContext):
        return
    services.ledger.hold(
        run.family,
        run.scope,
        owner=run.execution_arn,
        at=services.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        base=run.base,
        attempted=run.delivering,
        manifest=state_layout(run).manifest(run.run_id),
    )
