"""Measures what a run uses of AWS, and says what that costs at list prices.

Run it with `python -m tests.bench.bench_cost`, or with `--quick` for a tenth of the size, which is compared with no
goal; every price is an option. A full and a differential import run on the embedded AWS against a PIM that takes 400 ms
a page. Counted are the seconds of every invocation, state transitions, and requests by class where they arrive;
measured are bytes of logs and files.

Seconds are those of this machine's cores. A function with less memory than a whole virtual CPU has is taken to compute
all the time, so its seconds are stretched by what it lacks: more than it will cost, not less. Each function starts as
many cold processes as ran at once.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import requests
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

from akeneo_sfcc.storage.layout import RunLayout
from local.embedded.aws import EmbeddedAws
from local.embedded.template import Function
from tests.bench.bench_full_import import CONFIGURATION, LATENCY_MS, demo_pim
from tests.bench.prices import FULL_CPU_MB, REGION, TAKEN, Prices, add_prices, prices_from

GOAL = 0.10
"""US dollars of a full import of 100,000 products, files left in S3."""

PRODUCTS = 100_000
CHANGES = 100
FULL = "3-2-Akeneo-Full-Import-Products"
DIFFERENTIAL = "3-1-Akeneo-Differential-Import-Products"
ROOT = Path(__file__).resolve().parents[2]
LOGIN = {"client_id": "demo_client", "client_secret": "demo_secret", "username": "demo", "password": "demo"}

PLATFORM_LOG_BYTES = 1_000
"""Lambda's own lines of an invocation (start, report), which only AWS writes: assumed, not measured."""

HOURS_OF_A_MONTH = 730
_READS = {"GetItem", "Query", "Scan", "BatchGetItem"}


@dataclass
class Used:
    """What a run used. functions: logical id → (memory in MB, seconds of each invocation, most at once)."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    memory: dict[str, int] = field(default_factory=dict)
    at_once: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    transitions: int = 0
    executions: int = 0
    log_bytes: int = 0
    metrics: int = 0
    work_bytes: int = 0
    export_bytes: int = 0
    state_bytes: int = 0
    wall: float = 0.0


class Meter:
    """Counts what passes through the embedded AWS while a run lasts."""

    def __init__(self) -> None:
        self.used = Used()
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()

    @contextmanager
    def attached(self, aws: EmbeddedAws) -> Iterator[None]:
        """Stand between the embedded AWS and those who use it."""
        memory = {name: found["MemorySize"] for name, found in aws._template.of_type("AWS::Lambda::Function")}
        self.used.memory = memory
        with (
            patch.object(aws._workers, "invoke", self._invoking(aws._workers.invoke)),
            patch.object(DomainDispatcherApplication, "__call__", self._serving(DomainDispatcherApplication.__call__)),
            patch.object(EventManager, "add_event", self._noting(EventManager.add_event)),
        ):
            yield

    def _invoking(self, invoke: Callable[[Function, Any], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def measured(function: Function, event: Any) -> dict[str, Any]:
            name = function.logical_id
            with self._lock:
                self._running[name] += 1
                self.used.at_once[name] = max(self.used.at_once[name], self._running[name])
            start = time.perf_counter()
            try:
                return invoke(function, event)
            finally:
                with self._lock:
                    self.used.seconds[name].append(time.perf_counter() - start)
                    self._running[name] -= 1

        return measured

    def _serving(self, serve: Callable[..., Any]) -> Callable[..., Any]:
        def counted(application: Any, environ: dict[str, Any], start_response: Any) -> Any:
            with self._lock:
                self.used.requests[_class_of(environ)] += 1
            return serve(application, environ, start_response)

        return counted

    def _noting(self, add: Callable[..., int]) -> Callable[..., int]:
        def noted(manager: Any, *args: Any, **kwargs: Any) -> int:
            kind = str(getattr(kwargs.get("event_type"), "value", kwargs.get("event_type")))
            with self._lock:
                self.used.transitions += kind.endswith("StateEntered")
                self.used.executions += kind == "ExecutionStarted"
            return add(manager, *args, **kwargs)

        return noted


def _class_of(environ: dict[str, Any]) -> str:
    """Return what a request is billed as; the name of its service where that is not billed by request here."""
    service = environ.get("HTTP_AUTHORIZATION", "////").split("/")[3]
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if service == "dynamodb":
        return "dynamodb read" if target in _READS else "dynamodb write"
    if service == "s3":
        method = environ["REQUEST_METHOD"]
        if method == "DELETE":
            return "s3 delete"
        listing = method == "GET" and "list-type" in environ.get("QUERY_STRING", "")
        return "s3 write" if listing or method in ("PUT", "POST") else "s3 read"
    return f"{service} {target}"


def measure(aws: EmbeddedAws, job: str, log: Path) -> Used:
    """Run a job and return what it used."""
    meter = Meter()
    before = log.stat().st_size if log.exists() else 0
    with meter.attached(aws):
        outcome = aws.run(job)
    if outcome.status != "SUCCEEDED":
        raise SystemExit(f"{job}: {outcome.status}: {outcome.cause}")
    used = meter.used
    lines = log.read_bytes()[before:]
    used.log_bytes, used.metrics, used.wall = len(lines), _metrics(lines), outcome.seconds
    layout = RunLayout(job, outcome.run_id)
    used.work_bytes, used.export_bytes = _size(aws, layout.work), _size(aws, layout.exports)
    used.state_bytes = _size(aws, "state/")
    return used


def _metrics(lines: bytes) -> int:
    """Return how many different metrics the lines carry: name and dimensions make one."""
    found = set()
    for line in lines.splitlines():
        if line.startswith(b'{"_aws"'):
            read = json.loads(line)
            for declared in read["_aws"]["CloudWatchMetrics"]:
                place = tuple((name, read[name]) for name in declared["Dimensions"][0])
                found |= {(each["Name"], place) for each in declared["Metrics"]}
    return len(found)


def _size(aws: EmbeddedAws, prefix: str) -> int:
    pages = aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=aws.bucket, Prefix=prefix)
    return sum(each["Size"] for page in pages for each in page.get("Contents", ()))


def cold_start_seconds() -> float:
    """Return the CPU seconds a fresh process needs to import a handler, the least of a few."""
    code = (
        "import akeneo_sfcc.runtime.handler, akeneo_sfcc.stages.import_pages; import time; print(time.process_time())"
    )
    path = os.pathsep.join([str(ROOT / "layers" / "connector"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, "-c", code]
    return min(float(subprocess.check_output(command, env=environment, text=True)) for _ in range(3))


def bill(used: Used, prices: Prices, cold: float, run_days: int, export_days: int) -> list[tuple[str, str, float]]:
    """Return the lines of the bill: what, how much of it, US dollars."""
    gb_seconds = cold_gb = 0.0
    for name, seconds in used.seconds.items():
        memory = used.memory[name]
        stretch = max(1.0, FULL_CPU_MB / memory)
        gb_seconds += memory / 1024 * sum(seconds) * stretch
        cold_gb += memory / 1024 * cold * stretch * used.at_once[name]
    invocations = sum(map(len, used.seconds.values()))
    logs = used.log_bytes + invocations * PLATFORM_LOG_BYTES
    writes, reads = used.requests["s3 write"], used.requests["s3 read"]
    # A write of a run's record is written to the index too; items are below 1 KB, or counted as if they were.
    table_writes, table_reads = 2 * used.requests["dynamodb write"], used.requests["dynamodb read"]
    metric_hours = used.metrics * (1 + int(used.wall / 3600))
    kept = used.work_bytes * run_days / 30 + used.export_bytes * export_days / 30
    # What the state holds is kept until later runs replace it: a month of it is counted.
    state = used.state_bytes / 1e9
    secrets = used.requests["secretsmanager GetSecretValue"]
    return [
        ("Lambda, computing and waiting", f"{gb_seconds:,.0f} GB-s", gb_seconds * prices.lambda_gb_second),
        ("Lambda, cold starts", f"{cold_gb:,.0f} GB-s", cold_gb * prices.lambda_gb_second),
        ("Lambda, requests", f"{invocations:,}", invocations * prices.lambda_request),
        ("Step Functions, transitions", f"{used.transitions:,}", used.transitions * prices.state_transition),
        ("S3, writes and lists", f"{writes:,}", writes * prices.s3_write),
        ("S3, reads", f"{reads:,}", reads * prices.s3_read),
        ("DynamoDB, writes", f"{table_writes:,}", table_writes * prices.dynamodb_write),
        ("DynamoDB, reads", f"{table_reads:,}", table_reads * prices.dynamodb_read),
        ("CloudWatch, logs", f"{logs / 1e6:,.2f} MB", logs / 1e9 * prices.log_gb),
        ("CloudWatch, metrics", f"{metric_hours:,} hours", metric_hours * prices.metric_month / HOURS_OF_A_MONTH),
        ("X-Ray, traces", f"{invocations + used.executions:,}", (invocations + used.executions) * prices.trace),
        ("Secrets Manager, reads", f"{secrets:,}", secrets * prices.secret_read),
        ("S3, committed state, a month", f"{state:,.3f} GB-months", state * prices.s3_gb_month),
        ("S3, files until they expire", f"{kept / 1e9:,.3f} GB-months", kept / 1e9 * prices.s3_gb_month),
    ]


def main() -> int:
    """Print the bills; 1 if the full import's is over the goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    parser.add_argument("--run-days", type=int, default=30, help="days work files are kept (RunFilesDays)")
    parser.add_argument("--export-days", type=int, default=90, help="days exports are kept (ExportFilesDays)")
    add_prices(parser)
    parsed = parser.parse_args()
    products = PRODUCTS // 10 if parsed.quick else PRODUCTS
    cold = cold_start_seconds()
    print(f"{platform.machine()}, {os.cpu_count()} cores; a cold start imports for {cold:.2f} s of CPU", flush=True)
    with demo_pim(products, LATENCY_MS) as url, tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "functions.log"
        document = {**CONFIGURATION, "pim": {**CONFIGURATION["pim"], "base_url": url}}
        with EmbeddedAws(ROOT / "template.yaml", document, LOGIN, log=log) as aws:
            full = measure(aws, FULL, log)
            _change(url, CHANGES)
            differential = measure(aws, DIFFERENTIAL, log)
    prices = prices_from(parsed)
    print(f"prices: {REGION}, {TAKEN}")
    total = _print(
        f"full import of {products:,} products", full, bill(full, prices, cold, parsed.run_days, parsed.export_days)
    )
    _print(
        f"differential import, {CHANGES} of {products:,} products changed",
        differential,
        bill(differential, prices, cold, parsed.run_days, parsed.export_days),
    )
    print(f"full import of {products:,} products: {total:.4f} USD (goal for {PRODUCTS:,}: {GOAL:.2f})")
    return 0 if parsed.quick or total <= GOAL else 1


def _change(url: str, number: int) -> None:
    """Change so many products of the served catalogue."""
    login = {"grant_type": "password", "username": "demo", "password": "demo"}
    token = requests.post(
        f"{url}/api/oauth/v1/token", json=login, auth=(LOGIN["client_id"], LOGIN["client_secret"]), timeout=60
    ).json()["access_token"]
    page = requests.get(
        f"{url}/api/rest/v1/products-uuid?pagination_type=search_after&limit={number}",
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    ).json()["_embedded"]["items"]
    edits = [
        {"op": "patch", "kind": "product", "key": item["uuid"], "set": {"enabled": not item["enabled"]}}
        for item in page
    ]
    requests.post(f"{url}/__control/edit", json=edits, timeout=60).raise_for_status()


def _print(title: str, used: Used, lines: list[tuple[str, str, float]]) -> float:
    total = sum(amount for _, _, amount in lines)
    print(f"\n{title}, {used.wall:.0f} s, {len(used.seconds)} functions")
    for name, seconds in sorted(used.seconds.items(), key=lambda entry: -sum(entry[1])):
        print(f"    {name:<26} {used.memory[name]:>5} MB {len(seconds):>5} × {sum(seconds):>8.1f} s")
    for what, amount, dollars in lines:
        print(f"  {what:<32} {amount:>18}  {dollars:.5f} USD")
    print(f"  {'total':<32} {'':>18}  {total:.5f} USD", flush=True)
    return total


if __name__ == "__main__":
    sys.exit(main())
