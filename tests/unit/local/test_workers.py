"""Worker processes stand for Lambda."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.embedded.template import Function
from local.embedded.workers import Workers

CODE = """
import os, sys, time

def handler(event, context):
    print("printed by the handler")
    if event == "exit":
        os._exit(3)
    if event == "hang":
        while True: time.sleep(1)
    if event == "unserialisable":
        return object()
    if event == "raise":
        raise KeyError("secret sauce")
    left = context.get_remaining_time_in_millis()
    return {"pid": os.getpid(), "left": left, "event": event, "environment": dict(os.environ)}
"""


@pytest.fixture
def function(tmp_path: Path) -> Function:
    (tmp_path / "fn").mkdir()
    (tmp_path / "fn" / "app.py").write_text(CODE)
    return Function("Fn", "fn", "arn:aws:lambda:x:1:function:fn", tmp_path / "fn", "app.handler", 30, {"A": "1"})


@pytest.fixture
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AKENEO_CLIENT_SECRET", "hidden")
    with Workers(2, endpoint="http://127.0.0.1:1", code=[], log=tmp_path / "log") as pool:
        yield pool


def with_timeout(function: Function, seconds: int) -> Function:
    return Function(
        function.logical_id, function.name, function.arn, function.folder, function.handler, seconds, {"A": "1"}
    )


def test_a_handler_runs_in_a_process_that_is_kept(workers: Workers, function: Function) -> None:
    first, second = (workers.invoke(function, {"n": n})["payload"] for n in (1, 2))
    assert first["event"] == {"n": 1}
    assert first["pid"] == second["pid"] != os.getpid()
    assert 25_000 < first["left"] <= 30_000


def test_a_worker_has_the_functions_environment_and_no_real_account(workers: Workers, function: Function) -> None:
    found = workers.invoke(function, {})["payload"]["environment"]
    assert found["A"] == "1"
    assert found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert "AWS_PROFILE" not in found
    assert "AKENEO_CLIENT_SECRET" not in found


def test_what_a_handler_prints_goes_to_the_log(workers: Workers, function: Function, tmp_path: Path) -> None:
    assert "payload" in workers.invoke(function, {})
    workers.stop()
    assert "printed by the handler" in (tmp_path / "log").read_text()


def test_an_exception_is_told_by_its_class_name(workers: Workers, function: Function) -> None:
    error = workers.invoke(function, "raise")["error"]
    assert error["errorType"] == "KeyError"
    assert "secret sauce" in error["errorMessage"]


def test_an_answer_that_is_no_json_is_an_error(workers: Workers, function: Function) -> None:
    assert workers.invoke(function, "unserialisable")["error"]["errorType"] == "TypeError"


def test_a_process_that_ends_is_told_and_replaced(workers: Workers, function: Function) -> None:
    assert workers.invoke(function, "exit")["error"]["errorType"] == "Runtime.ExitError"
    assert workers.invoke(function, {})["payload"]["event"] == {}


def test_a_function_that_takes_too_long_is_stopped(workers: Workers, function: Function) -> None:
    assert workers.invoke(with_timeout(function, 1), "hang")["error"]["errorType"] == "Sandbox.Timedout"
    assert workers.invoke(function, {})["payload"]["event"] == {}


def test_functions_with_another_environment_get_another_process(workers: Workers, function: Function) -> None:
    other = Function("G", "g", function.arn, function.folder, "app.handler", 30, {"A": "2"})
    pids = {workers.invoke(each, {})["payload"]["pid"] for each in (function, other, function)}
    assert len(pids) == 2


def test_there_are_never_more_processes_than_allowed(workers: Workers, function: Function) -> None:
    for number in range(5):
        other = Function("G", "g", function.arn, function.folder, "app.handler", 30, {"A": str(number)})
        workers.invoke(other, {})
    assert sum(map(len, workers._idle.values())) <= 2
