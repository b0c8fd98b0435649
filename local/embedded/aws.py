"""The embedded AWS as its users see it: start it, run a job, take the files."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from botocore.config import Config

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.runtime.configuration import split_document
from akeneo_sfcc.storage.layout import RunLayout
from local.embedded.engine import ChildFailure, Step, Watch, execution_engine
from local.embedded.resources import create_resources
from local.embedded.server import aws_server
from local.embedded.state import StateDirectory
from local.embedded.template import ACCOUNT, REGION, STACK, Machine, load_template, local_session
from local.embedded.workers import Workers

WORKERS = 6
"""Four of them wait for the PIM at most times; two more keep two cores busy."""

RETRY_SCALE = 0.1
"""A local run waits a tenth of what the state machines wait: somebody is looking on."""

PIM_SECRET, SFCC_SECRET = "PimSecret", "SfccSecret"
"""Logical ids."""

_POLL_SECONDS, _LONGEST_POLL_SECONDS = 0.02, 0.25
_ENDED_BADLY = ("FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an execution ended.

    run_id: of its run; the execution's name where it has none. error, cause: of the execution, or of the map's item or
    the job it started that made it fail, which says more. seconds: wall clock. failures: the item that made its map
    fail. fail_run: what Fail Run answered, or why it could not. jobs: how the jobs it started ended, in order.
    """

    status: str
    run_id: str
    error: str | None = None
    cause: str | None = None
    output: Any = None
    seconds: float = 0.0
    failures: tuple[ChildFailure, ...] = ()
    fail_run: Mapping[str, Any] | None = field(default=None)
    job: str = ""
    jobs: tuple[Outcome, ...] = ()


class EmbeddedAws:
    """The stack of a template on this machine, for the time of a `with` block.

    settings: the configuration's document, or none for a template that needs none. credentials, sfcc_credentials: the
    contents of the PIM's and of SFCC's secret. name: the configuration's name, which is its scope. state_dir: where
    bucket and table survive; without it they are gone afterwards. retry_attempts: the most retries of a state, instead
    of the definition's. log: the file for the functions' log lines.
    """

    def __init__(
        self,
        template: Path,
        settings: Mapping[str, Any] | None = None,
        credentials: Mapping[str, str] | None = None,
        state_dir: Path | None = None,
        *,
        sfcc_credentials: Mapping[str, str] | None = None,
        name: str = "default",
        workers: int = WORKERS,
        retry_scale: float = RETRY_SCALE,
        retry_attempts: int | None = None,
        log: Path | None = None,
    ) -> None:
        """Take what to run; nothing happens before the block is entered."""
        self._template_path = template
        self._settings = settings
        self._secrets = {PIM_SECRET: credentials, SFCC_SECRET: sfcc_credentials}
        self._state = StateDirectory(state_dir) if state_dir else None
        self._name = name
        self._worker_limit = workers
        self._retry_scale = retry_scale
        self._retry_attempts = retry_attempts
        self._log = log
        self._watch = Watch()
        self._stack = ExitStack()
        self._run_ids: dict[str, str] = {}
        self.endpoint = ""

    def __enter__(self) -> Self:
        """Start server and engine, create the stack, load the state."""
        with ExitStack() as stack:
            if self._state:
                stack.enter_context(self._state.lock())
            self._template = load_template(self._template_path)
            _allow_open_files()
            self.endpoint = stack.enter_context(aws_server())
            log = self._log or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "functions.log"
            self._workers = stack.enter_context(
                Workers(
                    self._worker_limit,
                    endpoint=self.endpoint,
                    code=self._template.layer_folders(),
                    log=log,
                )
            )
            self._created = create_resources(self._template, self.client, self._secrets)
            self._functions = {function.arn: function for function in self._template.functions()}
            # One process warms up while the rest is prepared here.
            self._workers.warm(list(self._functions.values()))
            self._put_settings()
            if self._state:
                self._state.load(
                    self.client("dynamodb"), self._created.buckets, self._created.tables, self._created.expire
                )
            stack.enter_context(execution_engine(self._invoke_arn, self.client, self._watch, self._retry_scale))
            self._machines = {machine.name: machine for machine in self._template.machines()}
            self._rules = self._template.rules()
            for machine in self._machines.values():
                self.client("stepfunctions").create_state_machine(
                    name=machine.name,
                    definition=json.dumps(_fewer_retries(machine.definition, self._retry_attempts)),
                    roleArn=machine.role,
                )
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything."""
        self._stack.close()

    @property
    def jobs(self) -> tuple[str, ...]:
        """The jobs of the stack, by the names people use."""
        return tuple(sorted(name.removeprefix(f"{STACK}-") for name in self._machines))

    def jobs_of(self, job: str) -> tuple[str, ...]:
        """Return the jobs that a job starts, in order; none for one that does its work itself."""
        states = self._machine(job).definition["States"]
        names = {machine.arn: name.removeprefix(f"{STACK}-") for name, machine in self._machines.items()}
        started = (state.get("Parameters", {}).get("StateMachineArn") for state in states.values())
        return tuple(names[arn] for arn in started if arn in names)

    @property
    def bucket(self) -> str:
        """The name of the stack's bucket."""
        return self._created.buckets[0]

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    def client(self, service: str) -> Any:
        """Return a client of the embedded AWS, the same one every time."""
        if service not in self._clients:
            self._clients[service] = local_session().client(service, endpoint_url=self.endpoint, config=self._config)
        return self._clients[service]

    def run(
        self,
        job: str,
        run_input: Mapping[str, Any] | None = None,
        on_step: Callable[[Step], None] | None = None,
    ) -> Outcome:
        """Run a job to its end; ConfigurationError for a job the template has not.

        An interrupt aborts the execution, has Fail Run record it, and is raised again.
        """
        machine = self._machine(job)
        name = uuid.uuid4().hex[:8]
        self._watch.begin(on_step)
        self._run_ids = {}
        started = time.monotonic()
        arn = self.client("stepfunctions").start_execution(
            stateMachineArn=machine.arn, name=name, input=json.dumps(dict(run_input or {}))
        )["executionArn"]
        interrupt: KeyboardInterrupt | None = None
        stopped: dict[str, dict[str, str]] = {}
        try:
            ended = self._wait(arn)
        except KeyboardInterrupt as error:
            interrupt = error
            stopped = self._abort(arn, *self._watch.started)
            ended = self._wait(arn) | stopped.get(arn, {})
        jobs = tuple(self._outcome(self._wait(each) | stopped.get(each, {})) for each in self._watch.started)
        outcome = replace(self._outcome(ended, jobs), seconds=time.monotonic() - started)
        if self._state:
            self._state.save(self.client("dynamodb"), self._created.buckets, self._created.tables)
        if interrupt is not None:
            raise interrupt
        return outcome

    def invoke(self, logical_id: str, event: Any) -> dict[str, Any]:
        """Invoke a function by its logical id: {"payload": …} or {"error": …}."""
        function = next(each for each in self._functions.values() if each.logical_id == logical_id)
        return self._workers.invoke(function, event)

    def export(self, job: str, run_id: str, folder: Path, *, files: bool = True) -> None:
        """Put a run's export tree, its report and its records into a folder, replacing it in one step.

        files: without it only the report and the records, as for a run that failed.
        """
        layout = RunLayout(self._job_name(job), run_id)
        s3 = self.client("s3")
        folder = folder.absolute()
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            wanted = {
                layout.report: "report.json",
                layout.report_html: "report.html",
                layout.records: "records.jsonl",
            }
            if files:
                pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=layout.exports)
                for page in pages:
                    for each in page.get("Contents", ()):
                        wanted[each["Key"]] = each["Key"].removeprefix(layout.exports)
            for key, place in wanted.items():
                self._download(key, new / place)
            new.chmod(0o755)
            _replace_folder(new, folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _download(self, key: str, path: Path) -> None:
        s3 = self.client("s3")
        try:
            body = s3.get_object(Bucket=self.bucket, Key=key)["Body"]
        except s3.exceptions.NoSuchKey:  # a run that failed early has no report
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            shutil.copyfileobj(body, target, 1 << 20)

    @cached_property
    def _config(self) -> Config:
        # Never through a proxy: this is our own process.
        return Config(retries={"max_attempts": 0}, proxies={}, max_pool_connections=16, read_timeout=300)

    def _put_settings(self) -> None:
        for name, value in split_document(self._settings or {}).items():
            self.client("ssm").put_parameter(
                Name=f"/{STACK}/config/{self._name}/{name}", Value=value, Type="String", Tier="Advanced"
            )

    def _job_name(self, job: str) -> str:
        return self._machine(job).name.removeprefix(f"{STACK}-")

    def _machine(self, job: str) -> Machine:
        machine = self._machines.get(f"{STACK}-{job}")
        if machine is None:
            raise ConfigurationError(f"job {job!r}: unknown; allowed: {', '.join(self.jobs)}")
        return machine

    def _wait(self, arn: str) -> dict[str, Any]:
        states = self.client("stepfunctions")
        pause, seconds = threading.Event(), _POLL_SECONDS
        while True:
            found: dict[str, Any] = states.describe_execution(executionArn=arn)
            if found["status"] != "RUNNING":
                return found
            pause.wait(seconds)
            # Asking costs this process time that S3 needs; a long run is asked less often than a short one.
            seconds = min(seconds * 1.02, _LONGEST_POLL_SECONDS)

    def _abort(self, *arns: str) -> dict[str, dict[str, str]]:
        """Stop executions that run; returns how each of them ends, whatever it makes of its stopped functions."""
        states = self.client("stepfunctions")
        running = [arn for arn in arns if states.describe_execution(executionArn=arn)["status"] == "RUNNING"]
        why = {"error": "Interrupted", "cause": "stopped at the terminal"}
        for arn in running:
            states.stop_execution(executionArn=arn, **why)
        # What is under way would go on for minutes: Lambda's own stages are stopped with their execution here.
        self._workers.stop()
        for arn in running:
            self._wait(arn)
        self._workers.revive()
        return {arn: why | {"status": "ABORTED"} for arn in running}

    def _outcome(self, ended: dict[str, Any], jobs: tuple[Outcome, ...] = ()) -> Outcome:
        """Tell the rules of an execution's end, and return it."""
        machine = next(each for each in self._machines.values() if each.arn == ended["stateMachineArn"])
        job = machine.name.removeprefix(f"{STACK}-")
        error, cause = ended.get("error"), ended.get("cause")
        failed = [each for each in jobs if each.status in _ENDED_BADLY]
        if ended["status"] == "FAILED" and failed:
            error, cause = failed[-1].error, failed[-1].cause
        elif ended["status"] == "FAILED" and self._watch.failures:
            error, cause = self._watch.failures[0].error, self._watch.failures[0].cause
        return Outcome(
            status=ended["status"],
            run_id=self._run_ids.get(job, ended["name"]),
            error=error,
            cause=cause,
            output=json.loads(ended["output"]) if "output" in ended else None,
            seconds=(ended.get("stopDate", ended["startDate"]) - ended["startDate"]).total_seconds(),
            failures=tuple(self._watch.failures),
            fail_run=self._tell_rules(machine, ended) if ended["status"] in _ENDED_BADLY else None,
            job=job,
            jobs=jobs,
        )

    def _tell_rules(self, machine: Machine, ended: dict[str, Any]) -> dict[str, Any] | None:
        """Invoke the targets of every rule that matches the end of an execution, as EventBridge does."""
        event = status_change(machine, ended, self._watch.failures)
        answer = None
        for rule in self._rules:
            if rule.matches(event):
                for target in rule.targets:
                    answer = self._workers.invoke(self._functions[target], event)
        return answer

    def _invoke_arn(self, arn: str, payload: bytes) -> dict[str, Any]:
        event = json.loads(payload)
        # The run's id is made by Start Run; every later task has it.
        if isinstance(event, dict) and isinstance(event.get("run"), dict):
            self._run_ids[event["run"].get("job", "")] = event["run"].get("run_id", "")
        return self._workers.invoke(self._functions[arn], event)


def status_change(machine: Machine, ended: Mapping[str, Any], failures: list[ChildFailure]) -> dict[str, Any]:
    """Return the event EventBridge gets when an execution ends.

    https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html. A failed map's cause does
    not say which item failed and why; here, where no child can be looked up later, the first one is added to it.
    """
    cause = ended.get("cause")
    if failures and ended.get("error") == "States.ExceedToleratedFailureThreshold":
        cause = _with_item(str(cause), failures[0])
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "account": ACCOUNT,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": REGION,
        "resources": [ended["executionArn"]],
        "detail": {
            "executionArn": ended["executionArn"],
            "stateMachineArn": machine.arn,
            "name": ended["name"],
            "status": ended["status"],
            "startDate": int(ended["startDate"].timestamp() * 1000),
            "stopDate": int(ended["stopDate"].timestamp() * 1000) if "stopDate" in ended else None,
            "input": ended.get("input"),
            "output": None,
            "error": ended.get("error"),
            "cause": cause,
        },
    }


def _with_item(cause: str, failure: ChildFailure) -> str:
    """Return a function's error as JSON, its message telling map, item and the item's own message."""
    try:
        found = json.loads(failure.cause)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        found = {"errorMessage": failure.cause}
    message = f"{cause}: {failure.state} item {failure.index}: {failure.error}: {found.get('errorMessage')}"
    return json.dumps({**found, "errorMessage": message})


def _fewer_retries(value: Any, most: int | None) -> Any:
    """Return a definition whose retriers try at most so often."""
    if most is None:
        return value
    if isinstance(value, list):
        return [_fewer_retries(each, most) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: min(each, most) if key == "MaxAttempts" else _fewer_retries(each, most) for key, each in value.items()}


def _replace_folder(new: Path, folder: Path) -> None:
    if not folder.exists():
        new.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    folder.rename(old / "old")
    new.rename(folder)
    shutil.rmtree(old)


def _allow_open_files() -> None:
    """Raise the limit of open files: moto keeps one for every object over 5 MiB."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else hard
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
