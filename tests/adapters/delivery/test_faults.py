"""Every fault that can be asked of a demo SFCC from outside, and what becomes of a delivery that meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests

from akeneo_sfcc.delivery.client import SfccClient
from akeneo_sfcc.delivery.errors import NotGrantedError, RefusedUploadError
from akeneo_sfcc.delivery.executions import site_import
from akeneo_sfcc.delivery.log import Verdict, judge
from akeneo_sfcc.delivery.transport import Upload
from akeneo_sfcc.errors import TransientError
from local.demo_sfcc.server import DemoSfcc
from tests.adapters.delivery.archives import one_product
from tests.adapters.delivery.conftest import Clock

ARCHIVE = "shop.zip"
PUT = {"path": "*/Impex/src/instance/*", "query": "PUT"}
START = {"path": "*/executions", "query": "POST"}
POLL = {"path": "*/executions/*", "query": "GET"}


@pytest.fixture
def slept() -> list[float]:
    """The seconds the server would have slept."""
    return []


@pytest.fixture
def sfcc(tmp_path: Path, clock: Clock, slept: list[float]) -> Iterator[DemoSfcc]:
    with DemoSfcc(tmp_path / "instance", clock=clock, sleep=slept.append) as server:
        yield server


@pytest.fixture
def ask(sfcc: DemoSfcc) -> Callable[..., None]:
    """Ask for faults as somebody outside the process does."""

    def post(what: str, *rules: dict[str, Any]) -> None:
        answer = requests.post(f"{sfcc.url}/__control/{what}", json=list(rules), timeout=10)
        assert answer.status_code == 200, answer.text

    return post


def deliver(sfcc: DemoSfcc, client: SfccClient) -> tuple[Verdict, int]:
    """Upload and import an archive; returns the verdict and how often the job was busy."""
    content = one_product()
    client.put_archive(ARCHIVE, Upload(len(content), lambda: BytesIO(content)))
    busy = 0
    while (begun := client.begin(site_import(ARCHIVE))).execution is None:
        busy += 1
        assert busy < 10
    sfcc.jobs.settle()
    while not (ended := client.jobs.poll(begun.execution.job_id, begun.execution.id)).ended:
        pass
    return judge(ended, client.findings(ended), ARCHIVE), busy


@pytest.mark.parametrize("call", [PUT, START, POLL, {"path": "*/access_token"}])
@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        ({"action": "status", "status": 429, "headers": {"Retry-After": "7"}}, [7.0]),
        ({"action": "status", "status": 503}, None),
        ({"action": "html"}, None),
    ],
)
def test_what_passes_is_waited_for(
    sfcc: DemoSfcc,
    client: SfccClient,
    ask: Callable[..., None],
    waits: list[float],
    call: dict[str, str],
    fault: dict[str, Any],
    waited: list[float] | None,
) -> None:
    ask("faults", {**call, **fault, "nth": 1})
    assert deliver(sfcc, client)[0].good
    assert waits
    assert waited is None or waits == waited
    assert list(sfcc.state()["products"]) == ["A1"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_stays_is_transient(
    sfcc: DemoSfcc, client: SfccClient, ask: Callable[..., None], waits: list[float], status: int
) -> None:
    ask("faults", {**PUT, "action": "status", "status": status})
    with pytest.raises(TransientError, match=str(status)):
        deliver(sfcc, client)
    assert waits


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (401, NotGrantedError, "no WebDAV permission"),
        (403, NotGrantedError, "no WebDAV permission"),
        (413, RefusedUploadError, "the sandbox is stopped"),
    ],
)
def test_what_is_refused_is_told_at_once(
    sfcc: DemoSfcc,
    client: SfccClient,
    ask: Callable[..., None],
    waits: list[float],
    status: int,
    error: type[Exception],
    says: str,
) -> None:
    ask("faults", {**PUT, "action": "status", "status": status})
    with pytest.raises(error, match=says):
        deliver(sfcc, client)
    assert waits == []


def test_a_token_that_is_worth_nothing_is_replaced(
    sfcc: DemoSfcc, client: SfccClient, ask: Callable[..., None]
) -> None:
    assert deliver(sfcc, client)[0].good
    ask("expire")
    assert deliver(sfcc, client)[0].good
    assert sfcc.tokens.given == 2


def test_a_slow_instance_is_waited_for(
    sfcc: DemoSfcc, client: SfccClient, ask: Callable[..., None], slept: list[float]
) -> None:
    ask("faults", {"path": "*", "action": "slow", "seconds": 3, "nth": [1, 2]})
    assert deliver(sfcc, client)[0].good
    assert slept == [3, 3]


def test_a_job_that_runs_for_somebody_else_is_seen_as_busy(
    sfcc: DemoSfcc, client: SfccClient, ask: Callable[..., None]
) -> None:
    ask("jobs", {"action": "already_running", "polls": 3})
    verdict, busy = deliver(sfcc, client)
    assert verdict.good
    assert busy == 3


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"action": "aborted"}, "was aborted"),
        ({"action": "error", "message": "Disk full"}, "exit status ERROR: Disk full"),
        ({"action": "data_error", "message": "price is wrong"}, "price is wrong"),
        ({"action": "no_log"}, "left no log"),
    ],
)
def test_a_job_that_ends_badly_is_told_and_done_right_the_next_time(
    sfcc: DemoSfcc, client: SfccClient, ask: Callable[..., None], rule: dict[str, Any], says: str
) -> None:
    ask("jobs", {**rule, "job": "sfcc-site-*"})
    assert says in " ".join(deliver(sfcc, client)[0].problems)
    assert deliver(sfcc, client)[0].good


def test_a_fault_that_would_be_ignored_is_refused(sfcc: DemoSfcc) -> None:
    rule = {"path": "*", "action": "standing_cursor"}
    answer = requests.post(f"{sfcc.url}/__control/faults", json=[rule], timeout=10)
    assert (answer.status_code, "not one of a demo SFCC" in answer.text) == (400, True)
