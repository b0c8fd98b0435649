"""What is put right in moto's engine, piece by piece; tests/workflows runs it as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from local.embedded.engine import _lambda_call, _ScaledTime, _work_through_items


@dataclass
class Pool:
    jobs: list[SimpleNamespace]
    closed: list[SimpleNamespace] = field(default_factory=list)

    def next_job(self) -> SimpleNamespace | None:
        return self.jobs.pop() if self.jobs else None

    def close_job(self, job: SimpleNamespace) -> None:
        self.closed.append(job)


@dataclass
class MapWorker:
    _job_pool: Pool
    fails: bool = False
    _env: Any = field(default_factory=lambda: SimpleNamespace(open_inner_frame=lambda: 0, delete_frame=lambda _: 0))

    def _eval_job(self, env: Any, job: SimpleNamespace) -> None:
        if self.fails:
            raise RuntimeError("no outcome")

    def stopped(self) -> bool:
        return False


def jobs(count: int) -> list[SimpleNamespace]:
    return [SimpleNamespace(job_output=None) for _ in range(count)]


def test_more_items_than_python_recurses_are_worked_through() -> None:
    worker = MapWorker(Pool(jobs(5000)))
    _work_through_items(worker)
    assert len(worker._job_pool.closed) == 5000


def test_an_item_whose_worker_breaks_ends_the_map_instead_of_waiting_for_ever() -> None:
    worker = MapWorker(Pool(jobs(3)), fails=True)
    _work_through_items(worker)
    (job,) = worker._job_pool.closed
    assert isinstance(job.job_output, RuntimeError)


def test_a_handlers_error_is_told_as_lambda_tells_it() -> None:
    call = _lambda_call(lambda arn, payload: {"error": {"errorType": "DataError", "errorMessage": arn}})
    answer = call({"FunctionName": "arn:f", "Payload": b"{}"}, "eu-central-1", None)
    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"] == {"errorType": "DataError", "errorMessage": "arn:f"}


def test_waits_are_scaled(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("local.embedded.engine.time", SimpleNamespace(sleep=waited.append))
    _ScaledTime(0.1).sleep(20)
    assert waited == [2.0]
