"""A worker process: runs handlers as the Lambda runtime does, one invocation after the other.

Takes requests from a pipe and answers on it. Whatever a handler prints goes to the log.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

Handler = Callable[[Any, "Context"], Any]


@dataclass(frozen=True, slots=True)
class Context:
    """The context a Lambda handler is given."""

    function_name: str
    invoked_function_arn: str
    aws_request_id: str
    deadline: float
    memory_limit_in_mb: int = 1769
    function_version: str = "$LATEST"
    log_group_name: str = "local"
    log_stream_name: str = "local"

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function is stopped."""
        return max(0, int((self.deadline - time.time()) * 1000))


def load_handler(folder: Path, handler: str) -> Handler:
    """Import a function's code: `app.handler` is the name `handler` in app.py of its folder."""
    module_name, _, attribute = handler.rpartition(".")
    path = folder / f"{module_name}.py"
    # Every function's module is called app: each is imported under a name of its own.
    spec = importlib.util.spec_from_file_location(f"function_{folder.name}_{module_name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no code at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Handler = getattr(module, attribute)
    return found


def answer(request: dict[str, Any], handlers: dict[tuple[str, str], Handler]) -> dict[str, Any]:
    """Run one invocation: {"payload": …}, or {"error": {errorType, errorMessage, stackTrace}} as Lambda has it."""
    # Lambda sets this for the process; here one process serves all functions.
    os.environ["AWS_LAMBDA_FUNCTION_NAME"] = request["name"]
    context = Context(request["name"], request["arn"], request["request_id"], request["deadline"])
    place = (request["folder"], request["handler"])
    try:
        if place not in handlers:
            handlers[place] = load_handler(Path(request["folder"]), request["handler"])
        return {"payload": json.loads(json.dumps(handlers[place](request["event"], context)))}
    except Exception as error:
        return {
            "error": {
                "errorMessage": str(error),
                "errorType": type(error).__name__,
                "stackTrace": traceback.format_tb(error.__traceback__),
            }
        }


def work(connection: Connection, environment: dict[str, str], log: str) -> None:
    """Answer requests until there are no more; the target of a worker process."""
    os.setsid()  # an interrupt at the terminal is for the parent to handle
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.clear()
    os.environ.update(environment)
    # The code of the layers comes first, as in Lambda.
    sys.path[:0] = environment.get("PYTHONPATH", "").split(os.pathsep)
    handlers: dict[tuple[str, str], Handler] = {}
    try:
        while True:
            given = connection.recv()
            reply = answer(given, handlers)
            sys.stdout.flush()
            connection.send(reply)
    except EOFError:
        return
