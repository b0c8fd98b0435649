"""The Lambda shell around a stage: parse the event, hand over the services, answer with plain JSON."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from akeneo_sfcc.runtime.environment import Environment
from akeneo_sfcc.runtime.failures import as_one_of_four, wrong_event
from akeneo_sfcc.runtime.log import process_logger
from akeneo_sfcc.runtime.metrics import measure_stage
from akeneo_sfcc.runtime.wiring import AwsClients, Wiring
from akeneo_sfcc.stages.holding import hold_run
from akeneo_sfcc.stages.services import Services

Task = TypeVar("Task", bound=BaseModel)
Handler = Callable[[dict[str, Any], "LambdaContext"], dict[str, Any]]

_JOB_OF_MACHINE = re.compile(r"\d(?:-\d)?-Akeneo-[A-Za-z-]+$")


class LambdaContext(Protocol):
    """What is used of the context Lambda passes."""

    @property
    def aws_request_id(self) -> str:
        """The invocation's id."""
        ...

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function is stopped."""
        ...


def stage_handler(
    stage: Callable[[Task, Services], BaseModel],
    task_model: type[Task],
    wiring: Callable[[], Wiring] | None = None,
) -> Handler:
    """Return the Lambda handler of a stage.

    wiring: where the services come from; by default the process's own, made at the first event. Exceptions
    leave as exactly TransientError, ConfigurationError, DataError or RunLockedError, caused by the original.
    """
    name = stage.__name__

    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        log = process_logger()
        log.clear_state()
        identity = _identity(event)
        log.append_keys(stage=name, request_id=context.aws_request_id, **identity)
        try:
            task = _parse(task_model, event)
            made = (wiring or process_wiring)()
            services = made.services(_run_id(event), lambda: _seconds(context))
            log.info("stage started")
            with _measured(made, identity.get("job", ""), name):
                hold_run(task, services)
                result = stage(task, services).model_dump(mode="json")
        except Exception as error:
            failure = as_one_of_four(error)
            log.exception("stage failed", error_name=type(failure).__name__)
            if failure is error:
                raise
            # With the original's frames: Lambda reports those of what is raised alone, and Fail Run looks there for
            # the stage.
            raise failure.with_traceback(error.__traceback__) from error
        log.info("stage ended", counts=result.get("counts", {}))
        return result

    return handler


@cache
def process_wiring() -> Wiring:
    """Return the process's wiring; ConfigurationError when the environment is not as it should be."""
    return Wiring(Environment.read(os.environ), AwsClients())


@contextmanager
def _measured(wiring: Wiring, job: str, stage: str) -> Iterator[None]:
    """Measure an invocation, also one that fails: how often the PIM refused is of interest then above all."""
    before, start = wiring.usage(), time.monotonic()
    try:
        yield
    finally:
        if job:
            measure_stage(job, stage, time.monotonic() - start, wiring.usage() - before)


def _parse(model: type[Task], event: Any) -> Task:
    try:
        return model.model_validate(event)
    except ValidationError as error:
        raise wrong_event(error, event, model) from error


def _seconds(context: LambdaContext) -> float:
    return context.get_remaining_time_in_millis() / 1000


def _run_id(event: Any) -> str | None:
    run = event.get("run") if isinstance(event, dict) else None
    found = run.get("run_id") if isinstance(run, dict) else None
    return str(found) if found else None


def _job_of(machine: Any) -> str | None:
    """Return the job of a state machine, whose name is the job's behind the stack's."""
    found = _JOB_OF_MACHINE.search(machine) if isinstance(machine, str) else None
    return found[0] if found else None


def _identity(event: Any) -> dict[str, Any]:
    """Return what tells a line's run and item apart; nothing here may fail on a bad event."""
    if not isinstance(event, dict):
        return {}
    run, detail = ({**found} if isinstance(found := event.get(key), dict) else {} for key in ("run", "detail"))
    item = event.get("range") or event.get("shard") or event.get("batch") or event.get("place")
    found = {
        "run_id": run.get("run_id") or event.get("execution_name") or detail.get("name"),
        "job": run.get("job") or event.get("job") or _job_of(detail.get("stateMachineArn")),
        "item": item if isinstance(item, dict) else None,
    }
    return {key: value for key, value in found.items() if value is not None}
