"""The pool of worker processes that stands for Lambda."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
import uuid
from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.embedded.template import REGION, Function
from local.embedded.worker import work

_OURS = ("AWS_", "AKENEO_", "SFCC_", "MOTO_", "POWERTOOLS_")
"""Variables a worker must not inherit: real AWS accounts and credentials are none of its business."""


_PRELOADED = [
    "local.embedded.worker",
    "akeneo_sfcc.runtime.handler",
    "akeneo_sfcc.runtime.wiring",
    "akeneo_sfcc.stages.build_catalogs",
]
"""Imported once by the process that workers are forked from: a new worker costs milliseconds, not a second."""


class Worker:
    """One process; it serves one invocation at a time."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        """Start the process."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_PRELOADED)
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(theirs, environment, str(log)), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any] | None:
        """Return the answer, or None when the process ended or had to be ended; it is of no use then."""
        try:
            self._connection.send(request)
            if not self._connection.poll(seconds):
                self._process.kill()
                return None
            answer: dict[str, Any] = self._connection.recv()
        except (EOFError, OSError):
            return None
        return answer

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()

    def close(self) -> None:
        """End the process and free its pipe."""
        self._process.kill()
        self._process.join()
        self._connection.close()


class Workers:
    """At most `limit` processes, started when needed and kept; each has one environment for good."""

    def __init__(self, limit: int, *, endpoint: str, code: list[Path], log: Path) -> None:
        """Take the AWS endpoint for the workers, the folders of the layers' code, the file for their log."""
        self.limit = limit
        self._places = threading.BoundedSemaphore(limit)
        self._lock = threading.Lock()
        self._idle: defaultdict[tuple[tuple[str, str], ...], list[Worker]] = defaultdict(list)
        self._busy: set[Worker] = set()
        self._is_closed = False
        self._log = log
        self._environment = _worker_environment(endpoint, code)
        self.invocations = 0

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every process."""
        self.stop()

    def warm(self, functions: list[Function]) -> None:
        """Start the first process for these functions, and what it is forked from, while others still prepare."""
        if functions:
            key = tuple(sorted(functions[0].environment.items()))
            self._idle[key].append(Worker(self._environment | dict(key), self._log))

    def invoke(self, function: Function, event: Any) -> dict[str, Any]:
        """Run a function: {"payload": …} or {"error": …} with the error types Lambda reports."""
        key = tuple(sorted(function.environment.items()))
        with self._places:
            worker = self._take(key)
            request = {
                "folder": str(function.folder),
                "handler": function.handler,
                "name": function.name,
                "arn": function.arn,
                "request_id": str(uuid.uuid4()),
                "deadline": time.time() + function.timeout,
                "event": event,
            }
            started = time.monotonic()
            answer = worker.ask(request, function.timeout)
            with self._lock:
                self.invocations += 1
                self._busy.discard(worker)
                if answer is not None and not self._is_closed:
                    self._idle[key].append(worker)
                    return answer
            worker.close()
        if answer is not None:
            return answer
        if time.monotonic() - started >= function.timeout:
            return _failure("Sandbox.Timedout", f"{request['request_id']} timed out after {function.timeout} seconds")
        return _failure("Runtime.ExitError", f"{function.name}: its process ended during the invocation")

    def stop(self) -> None:
        """End every process, also those at work: their invocations fail."""
        with self._lock:
            self._is_closed = True
            idle = [worker for workers in self._idle.values() for worker in workers]
            self._idle.clear()
            for worker in self._busy:
                worker.kill()
        for worker in idle:
            worker.close()

    def revive(self) -> None:
        """Take invocations again after `stop`."""
        self._is_closed = False

    def _take(self, key: tuple[tuple[str, str], ...]) -> Worker:
        with self._lock:
            # The one used last has the warmest caches.
            worker = self._idle[key].pop() if self._idle[key] else self._start(key)
            self._busy.add(worker)
            return worker

    def _start(self, key: tuple[tuple[str, str], ...]) -> Worker:
        # An idle process with another environment makes room, so that there are never more than the limit.
        others = [workers for workers in self._idle.values() if workers]
        if others and len(self._busy) + sum(map(len, others)) >= self.limit:
            others[0].pop(0).close()
        return Worker(self._environment | dict(key), self._log)


def _failure(error_type: str, message: str) -> dict[str, Any]:
    return {"error": {"errorType": error_type, "errorMessage": message, "stackTrace": []}}


def _worker_environment(endpoint: str, code: list[Path]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    no_proxy = ",".join(filter(None, (inherited.get("NO_PROXY") or inherited.get("no_proxy"), "127.0.0.1,localhost")))
    root = Path(__file__).resolve().parent.parent.parent
    return inherited | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # Nothing gets lost on the way to this machine's own memory.
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "PYTHONPATH": os.pathsep.join(map(str, (*code, root))),
    }
