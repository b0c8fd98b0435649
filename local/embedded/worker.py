"""A worker process: runs handlers as the Lambda runtime does, one invocation after the other.

Reads one JSON object a line from standard input and answers one a line on standard output. Whatever a handler
prints goes to standard error, so that it cannot be taken for an answer.
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
from pathlib import Path
from typing import Any, TextIO

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


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answer requests until there are no more."""
    handlers: dict[tuple[str, str], Handler] = {}
    for line in requests:
        answers.write(json.dumps(answer(json.loads(line), handlers)) + "\n")
        answers.flush()


def main() -> None:
    """Serve over the process's own standard streams."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    serve(sys.stdin, answers)


if __name__ == "__main__":
    main()
