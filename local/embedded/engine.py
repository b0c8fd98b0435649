"""moto's Step Functions engine, made to run real work.

The definitions are executed by moto 5.2 itself. What it does otherwise than AWS, or too slowly, is put right
here, for the time of one `with` block:

- a task's Lambda call goes straight to the worker processes, without a client and an HTTP request;
- a child that fails inside a Distributed Map fails the map (moto counts it and goes on);
- an execution that another one starts is given a name, and parameters and answers are spelt as AWS spells them;
- a map's worker takes its items in a loop (moto recurses, and breaks off after about 1,000 items);
- waits, before a retry or of a Wait state, can be scaled down; AWS allows whole seconds only;
- the server does not list its own package's folders at every request (a third of a small S3 call).
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Literal, cast
from unittest.mock import patch

import moto.backends
from botocore.client import BaseClient
from moto.core.config import default_user_config
from moto.s3.models import S3Backend
from moto.stepfunctions.parser.api import HistoryEventType, MapRunFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_map.item_reader.eval import resource_eval_s3
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor import (
    distributed_item_processor as processor,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor import (
    distributed_item_processor_worker as map_worker,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback,
    state_task_service_sfn,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (
    StateTaskServiceSfn,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task_lambda import StateTaskLambda
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded, ProgramError, ProgramStopped

Invoke = Callable[[str, bytes], dict[str, Any]]
"""Function ARN, payload → {"payload": …} or {"error": …}."""

THRESHOLD = StatesErrorNameType.StatesExceedToleratedFailureThreshold
_CHILD_POLL_SECONDS = 0.05
THRESHOLD_CAUSE = "The specified tolerated failure threshold was exceeded"


@dataclass(frozen=True, slots=True)
class Step:
    """Something an execution did: entered a task, read a map's items, finished one of them.

    total: how many items the map has, 0 for a task.
    """

    kind: Literal["task", "map", "item"]
    state: str
    total: int = 0


@dataclass(frozen=True, slots=True)
class ChildFailure:
    """Why an item of a map failed, which the map's own error does not say."""

    state: str
    index: int
    error: str
    cause: str


class Watch:
    """What the running execution tells: steps to a listener, the rest to whoever asks afterwards.

    failures: the item that made its map fail. started: ARNs of the executions it has started, in order.
    """

    def __init__(self) -> None:
        """Start with no listener."""
        self.begin(None)
        self.is_in_map = False
        self._lock = threading.Lock()

    def begin(self, listener: Callable[[Step], None] | None) -> None:
        """Forget the execution before."""
        self.listener = listener
        self.failures: list[ChildFailure] = []
        self.started: list[str] = []

    def tell(self, step: Step) -> None:
        """Pass a step on."""
        with self._lock:
            if self.listener is not None:
                self.listener(step)

    def failed(self, failure: ChildFailure) -> None:
        """Keep the failure that ends the map.

        Items under way at that moment may fail because moto takes their ground away: that is no news.
        """
        with self._lock:
            if not self.failures:
                self.failures.append(failure)


@contextmanager
def execution_engine(
    invoke: Invoke, client: Callable[[str], BaseClient], watch: Watch, retry_scale: float
) -> Iterator[None]:
    """Make moto execute state machines until the block ends; client: service → a client of the embedded AWS."""
    log = logging.getLogger("moto")
    level = log.level
    # Failures are ours to tell; moto's log would tell each of them three times.
    log.setLevel(logging.CRITICAL)
    with ExitStack() as changes:
        changes.callback(log.setLevel, level)
        changes.enter_context(patch.dict(default_user_config["stepfunctions"], execute_state_machine=True))
        modules = tuple(moto.backends.list_of_moto_modules())
        for target, name, replacement in (
            (moto.backends, "list_of_moto_modules", lambda: modules),
            (retrier_decl, "time", _ScaledTime(retry_scale)),
            (WaitFunction, "_wait_interval", _scaled_wait(retry_scale)),
            (lambda_eval_utils, "_invoke_lambda_function", _lambda_call(invoke)),
            (resource_eval_s3, "boto_client_for", lambda **_: client("s3")),
            (state_task_service_sfn, "boto_client_for", lambda **_: client("stepfunctions")),
            (state_task_service_sfn, "select_from_typed_dict", _known_keys),
            (state_task_service_callback, "_DELAY_SECONDS_SYNC_CONDITION_CHECK", _CHILD_POLL_SECONDS),
            (StateTaskServiceSfn, "_eval_service_task", _child_starter(watch)),
            (StateTaskServiceSfn, "_normalise_response", _capitalise_keys),
            (map_worker.DistributedItemProcessorWorker, "eval", _work_through_items),
            (map_worker.DistributedItemProcessorWorker, "_eval_job", _item_runner(watch)),
            (processor.DistributedItemProcessor, "_map_run", _map_starter(watch)),
            (StateTaskLambda, "_eval_execution", _task_starter(watch)),
            (S3Backend, "complete_multipart_upload", _upload_completer()),
        ):
            changes.enter_context(patch.object(target, name, replacement))
        yield


class _ScaledTime:
    """Stands for the module `time` where moto waits before a retry."""

    def __init__(self, scale: float) -> None:
        self._scale = scale

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds * self._scale)


def _scaled_wait(scale: float) -> Callable[..., None]:
    def wait(self: Any, env: Any, wait_seconds: int) -> None:
        end = time.monotonic() + wait_seconds * scale
        while env.is_running() and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))

    return wait


def _lambda_call(invoke: Invoke) -> Callable[..., dict[str, Any]]:
    def call(parameters: dict[str, Any], region: str, state_credentials: Any) -> dict[str, Any]:
        answer = invoke(parameters["FunctionName"], parameters["Payload"])
        if "error" in answer:
            return {"FunctionError": "Unhandled", "Payload": answer["error"], "StatusCode": 200}
        return {"Payload": answer["payload"], "StatusCode": 200, "ExecutedVersion": "$LATEST"}

    return call


def _item_runner(watch: Watch) -> Callable[..., None]:
    run_item = map_worker.DistributedItemProcessorWorker._eval_job

    def run(self: Any, env: Any, job: Any) -> None:
        run_item(self, env, job)
        end = env.program_state()
        if isinstance(end, ProgramEnded):
            watch.tell(Step("item", self._work_name))
            return
        if isinstance(end, ProgramStopped):
            return
        # A state that cannot even read its input leaves no ProgramError behind.
        details = (end.error or {}) if isinstance(end, ProgramError) else {}
        error = str(details.get("error", "States.Runtime"))
        cause = str(details.get("cause", "the item's input could not be made"))
        if error == "Exception" and any(failure.state == self._work_name for failure in watch.failures):
            # The engine's own stumble: a failed map is taken down while its other items are under way.
            return
        watch.failed(ChildFailure(self._work_name, job.job_index, error, cause))
        details_of_map = MapRunFailedEventDetails(error=THRESHOLD.to_name(), cause=THRESHOLD_CAUSE)
        job.job_output = FailureEventException(
            FailureEvent(
                env=env,
                error_name=StatesErrorName(typ=THRESHOLD),
                event_type=HistoryEventType.MapRunFailed,
                event_details=cast("EventDetails", {"mapRunFailedEventDetails": details_of_map}),
            )
        )

    return run


def _work_through_items(self: Any) -> None:
    while (job := self._job_pool.next_job()) is not None:
        frame = self._env.open_inner_frame()
        try:
            self._eval_job(env=frame, job=job)
        except Exception as error:  # a map whose worker ends without an outcome waits for ever
            job.job_output = error
        # The frame goes before the job is closed: the map goes on when the last job is.
        self._env.delete_frame(frame)
        self._job_pool.close_job(job)
        if isinstance(job.job_output, Exception) or self.stopped():
            return


def _map_starter(watch: Watch) -> Callable[..., None]:
    run_map = processor.DistributedItemProcessor._map_run

    def run(self: Any, env: Any, eval_input: Any) -> None:
        watch.tell(Step("map", eval_input.state_name, len(env.stack[-1])))
        watch.is_in_map = True
        try:
            run_map(self, env, eval_input)
        finally:
            watch.is_in_map = False

    return run


def _task_starter(watch: Watch) -> Callable[..., None]:
    run_task = StateTaskLambda._eval_execution

    def run(self: Any, env: Any) -> None:
        if not watch.is_in_map:
            watch.tell(Step("task", self.name))
        run_task(self, env)

    return run


def _known_keys(typed_dict: Any, found: dict[str, Any]) -> dict[str, Any]:
    """Stand for moto's own, which wants all keys of a description, also those that are only there when set."""
    return {key: value for key, value in found.items() if key in typed_dict.__annotations__}


def _capitalise_keys(self: Any, response: dict[str, Any], **_: Any) -> None:
    """Write an answer's keys as state machines see them: `ExecutionArn`, where the API says `executionArn`."""
    for key in list(response):
        response[f"{key[:1].upper()}{key[1:]}"] = response.pop(key)


def _child_starter(watch: Watch) -> Callable[..., None]:
    start = StateTaskServiceSfn._eval_service_task

    def run(self: Any, env: Any, normalised_parameters: dict[str, Any], **rest: Any) -> None:
        watch.tell(Step("task", self.name))
        parameters = {f"{key[:1].lower()}{key[1:]}": value for key, value in normalised_parameters.items()}
        start(self, env, normalised_parameters={"name": uuid.uuid4().hex[:8], **parameters}, **rest)
        watch.started.append(env.stack[-1]["executionArn"])

    return run


def _upload_completer() -> Callable[..., Any]:
    complete = S3Backend.complete_multipart_upload

    def finish(self: Any, *args: Any, **kwargs: Any) -> Any:
        key = complete(self, *args, **kwargs)
        # The parts stay beside the object and double it; nobody asks for them any more.
        if key is not None and key.multipart is not None:
            key.multipart.dispose()
        return key

    return finish
