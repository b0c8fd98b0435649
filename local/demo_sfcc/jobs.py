"""Jobs of a demo instance: started, one execution at a time each, logged as SFCC logs."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

from local.demo_sfcc.importer import Entry
from local.demo_sfcc.importer.holdings import JobStep
from local.demo_sfcc.instance import IMPORT_STEPS, ImportFailedError, Instance

SITE_IMPORT = "sfcc-site-archive-import"
_INDEX = "sfcc-search-index-"

Action = Literal[
    "already_running",  # somebody else's execution is in the way for `polls` looks at it
    "hold",  # it takes `polls` looks until it is seen to be over
    "aborted",  # it ends aborted, nothing imported
    "error",  # it ends with exit status ERROR, nothing imported
    "data_error",  # it imports, ends OK and has a DATAERROR in its log
    "no_log",  # it imports, ends OK and leaves no log
    "lost_reply",  # it starts, and the reply is an error 503
]


@dataclass(frozen=True, slots=True)
class JobFault:
    """What happens to the next `times` starts of jobs whose id fits the pattern."""

    action: Action
    job: str = "*"
    times: int = 1
    polls: int = 1
    message: str = "A fault was asked for"

    def __post_init__(self) -> None:
        if self.action not in get_args(Action):
            raise ValueError(f"job fault {self.action!r} is unknown; known are: {', '.join(get_args(Action))}")


class JobRefusedError(Exception):
    """A call of the jobs API that is refused. type: as OCAPI names it."""

    def __init__(self, status: int, type_: str, message: str) -> None:
        """Take what the answer says."""
        super().__init__(message)
        self.status = status
        self.type = type_


@dataclass(slots=True)
class Execution:
    """One execution. polls_left: how often it is still seen as running once its work is done."""

    id: str
    job_id: str
    parameters: dict[str, str]
    started: datetime
    polls_left: int = 0
    status: str = "pending"
    exit_code: str = ""
    message: str = ""
    log_path: str = ""
    work: Future[None] | None = None

    @property
    def is_over(self) -> bool:
        """Tell whether it is over as seen from outside."""
        return self.polls_left <= 0 and (self.work is None or self.work.done())

    def look(self) -> None:
        """Count one look at it."""
        if self.work is None or self.work.done():
            self.polls_left -= 1


class Jobs:
    """Starts jobs of an instance and remembers their executions."""

    def __init__(self, instance: Instance, clock: Callable[[], float]) -> None:
        """Run jobs on this instance, one import at a time; clock: seconds since the epoch."""
        self.executions: dict[str, Execution] = {}
        self._instance = instance
        self._clock = clock
        self._faults: list[JobFault] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="demo-sfcc-job")

    def fail(self, *faults: JobFault) -> None:
        """Let the next starts go wrong; a second call adds."""
        with self._lock:
            self._faults += faults

    def start(self, job_id: str, parameters: Mapping[str, str]) -> Execution:
        """Start a job; raise JobRefusedError for one that is unknown or running."""
        steps = self._steps(job_id, parameters)
        with self._lock:
            fault = self._take(job_id)
            if fault is not None and fault.action == "already_running":
                other = self._new(job_id, {})
                other.polls_left, other.status, other.exit_code = fault.polls, "finished", "OK"
            if any(not one.is_over for one in self.executions.values() if one.job_id == job_id):
                raise JobRefusedError(400, "JobAlreadyRunningException", f"Job '{job_id}' is already running.")
            found = self._new(job_id, dict(parameters))
            if fault is not None and fault.action == "hold":
                found.polls_left = fault.polls
            found.work = self._pool.submit(self._run, found, steps, fault)
        if fault is not None and fault.action == "lost_reply":
            raise JobRefusedError(503, "ServiceUnavailable", fault.message)
        return found

    def look(self, job_id: str, execution_id: str) -> tuple[Execution, bool]:
        """Return an execution and whether it is seen to be over, counting the look."""
        with self._lock:
            found = self.executions.get(execution_id)
            if found is None or found.job_id != job_id:
                raise JobRefusedError(404, "JobExecutionNotFoundException", f"No execution '{execution_id}'.")
            is_over = found.is_over
            found.look()
            return found, is_over

    def running(self, job_id: str | None) -> list[Execution]:
        """Return the executions that are not over, of one job or all, counting a look at each."""
        with self._lock:
            found = [one for one in self.executions.values() if job_id in (None, one.job_id) and not one.is_over]
            for one in found:
                one.look()
            return found

    def settle(self, seconds: float = 60.0) -> None:
        """Wait until the work of all executions is done."""
        for one in list(self.executions.values()):
            if one.work is not None:
                one.work.result(seconds)

    def close(self) -> None:
        """Finish what is under way and start nothing more."""
        self._pool.shutdown(wait=True)

    def _steps(self, job_id: str, parameters: Mapping[str, str]) -> list[JobStep]:
        if job_id == SITE_IMPORT:
            return [JobStep("ImportSiteArchive", "Sites", dict(parameters), {})]
        if job_id.startswith(_INDEX):
            return [JobStep("SearchReindex", "", dict(parameters), {})]
        found = self._instance.importer.holdings.jobs.get(job_id)
        if found is None:
            raise JobRefusedError(404, "JobNotFoundException", f"No job with ID '{job_id}' was found.")
        given = dict(parameters)
        return [
            JobStep(
                step.type,
                step.site,
                {**step.parameters, **{name: given[ref] for name, ref in step.references.items() if ref in given}},
                step.references,
            )
            for step in found
        ]

    def _new(self, job_id: str, parameters: dict[str, str]) -> Execution:
        number = str(next(self._numbers))
        self.executions[number] = Execution(number, job_id, parameters, self._now())
        return self.executions[number]

    def _take(self, job_id: str) -> JobFault | None:
        for at, fault in enumerate(self._faults):
            if fnmatchcase(job_id, fault.job):
                if fault.times > 1:
                    self._faults[at] = JobFault(fault.action, fault.job, fault.times - 1, fault.polls, fault.message)
                else:
                    del self._faults[at]
                return fault
        return None

    def _run(self, execution: Execution, steps: list[JobStep], fault: JobFault | None) -> None:
        execution.status = "running"
        action = fault.action if fault is not None else None
        noted = self._instance.importer.log.lines
        before = len(noted)
        exit_code, status, message = "OK", "finished", ""
        try:
            if action in ("aborted", "error"):
                raise ImportFailedError(fault.message if fault is not None else "")
            for step in steps:
                self._step(step)
        except ImportFailedError as error:
            exit_code, message = "ERROR", str(error)
            status = "aborted" if action == "aborted" else "finished"
        entries = noted[before:]
        if action == "data_error" and fault is not None:
            entries = [*entries, Entry("DATAERROR", "a-file.xml", "an-object", fault.message)]
        if action != "no_log":
            execution.log_path = self._write_logs(execution, entries, exit_code, message)
        execution.exit_code, execution.message, execution.status = exit_code, message, status

    def _step(self, step: JobStep) -> None:
        if step.type == "ImportSiteArchive":
            self._instance.import_archive(step.parameters.get("ImportFile", ""))
        elif step.type in IMPORT_STEPS:
            self._instance.import_folder(step.type, step.parameters)
        elif step.type != "SearchReindex":
            raise ImportFailedError(f"Step type {step.type} is not known to this demo")

    def _write_logs(self, execution: Execution, entries: list[Entry], exit_code: str, message: str) -> str:
        """Write the log of the import to Impex, and the job's own, which names it; return the latter's path."""
        stamp = f"[{self._now():%Y-%m-%d %H:%M:%S}.000 GMT]"
        share = self._instance.share
        import_log = f"Impex/log/Import-{execution.job_id}-{execution.id}.log"
        levels = {"DATAERROR": "ERROR", "DATAWARNING": "WARN", "INFO": "INFO"}
        lines = [f"{stamp} {levels[entry.severity]} {entry}" for entry in entries]
        share.path(import_log).write_text("".join(f"{line}\n" for line in lines), "utf-8")
        folder = f"Logs/jobs/{execution.job_id}"
        share.path(folder).mkdir(parents=True, exist_ok=True)
        job_log = f"{folder}/Job-{execution.job_id}-{execution.id}.log"
        own = [
            f"{stamp} INFO Execution of job '{execution.job_id}' started with {execution.parameters}",
            f"{stamp} INFO Log of the import: /Sites/IMPEX/{import_log.partition('/')[2]}",
            *([f"{stamp} ERROR {message}"] if message else []),
            f"{stamp} INFO Execution of job '{execution.job_id}' finished with status {exit_code}",
        ]
        share.path(job_log).write_text("".join(f"{line}\n" for line in own), "utf-8")
        return f"/Sites/LOGS/{job_log.partition('/')[2]}"

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), tz=UTC)


def described(execution: Execution, is_over: bool) -> dict[str, Any]:
    """Return an execution as OCAPI's document; SCAPI's has the same names in camelCase."""
    status = execution.status if is_over else "running"
    found: dict[str, Any] = {
        "id": execution.id,
        "job_id": execution.job_id,
        "execution_status": status,
        "status": execution.exit_code if is_over else status.upper(),
        "start_time": f"{execution.started:%Y-%m-%dT%H:%M:%S}.000Z",
        "parameters": [{"name": name, "value": value} for name, value in execution.parameters.items()],
        "step_executions": [],
    }
    if is_over:
        level = "ok" if execution.exit_code == "OK" else "error"
        found["exit_status"] = {"code": execution.exit_code, "message": execution.message, "status": level}
        found["is_log_file_existing"] = bool(execution.log_path)
        if execution.log_path:
            found["log_file_path"] = execution.log_path
            found["log_file_name"] = execution.log_path.rpartition("/")[2]
    return found
