"""Measures a whole full import on the embedded AWS: speed against a plain downloader, API calls, memory.

Run it with `python -m tests.bench.bench_full_import`, or with `--quick` for a tenth of the size. The demo PIM and the
import run in processes of their own. The downloader asks for the same pages over the same four connections and does
nothing with them but find the next cursor; both are timed in the same run against a PIM that takes 400 ms a page. The
import's time is the job's, from its first state to its last. Memory is the largest resident size of any worker process,
sampled, for a small and a big catalogue.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import psutil
import requests

from akeneo_sfcc.akeneo.ranges import uuid_ranges

SPEED_BUDGET = 0.80
CALLS_BUDGET = 1.05
MEMORY_GROWTH_BUDGET = 1.20
MEMORY_BUDGET_MIB = 512
LATENCY_MS = 400
CONNECTIONS = 4
JOB = "3-2-Akeneo-Full-Import-Products"
COMMAND = Path(sys.executable).parent / "akeneo-sfcc"
CONFIGURATION: dict[str, Any] = {
    "pim": {"base_url": "http://127.0.0.1", "channel": "ecommerce"},
    "master_catalogs": [{"id": "products"}],
    "storefront_catalogs": [{"id": "shop"}],
    "associations": {"recommendation_types": {"X_SELL": 1}},
}


@dataclass(frozen=True)
class Imported:
    """One import: wall-clock seconds of the job and of the whole command, the PIM's counters, the report, the peak.

    peak_mib: the largest resident size of a worker.
    """

    seconds: float
    command_seconds: float
    stats: dict[str, Any]
    report: dict[str, Any]
    peak_mib: float


@contextmanager
def demo_pim(products: int, latency_ms: int) -> Iterator[str]:
    """Serve a generated catalogue from a process of its own; yields its address."""
    command = [COMMAND, "pim", "serve", "--products", str(products), "--latency-ms", str(latency_ms), "--port", "0"]
    with subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield line.split(" at ")[1].split()[0]
        finally:
            process.terminate()


def download(url: str) -> tuple[int, float]:
    """Download all pages of models and products over four connections; returns (pages, seconds)."""
    login = {"grant_type": "password", "username": "demo", "password": "demo"}
    answer = requests.post(f"{url}/api/oauth/v1/token", json=login, auth=("demo_client", "demo_secret"), timeout=60)
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    counted = requests.get(
        f"{url}/api/rest/v1/product-models?with_count=true&limit=1", headers=headers, timeout=60
    ).json()["items_count"]
    model_pages = ceil(counted / 100)
    per_connection = ceil(model_pages / CONNECTIONS)

    def models(number: int) -> int:
        with requests.Session() as session:
            first = number * per_connection + 1
            pages = range(first, min(first + per_connection, model_pages + 1))
            for page in pages:
                place = f"{url}/api/rest/v1/product-models?limit=100&page={page}"
                session.get(place, headers=headers, timeout=60).raise_for_status()
            return len(pages)

    def products(range_: tuple[str | None, str | None]) -> int:
        after, until = range_
        pages = 0
        with requests.Session() as session:
            while True:
                cursor = f"&search_after={after}" if after else ""
                place = f"{url}/api/rest/v1/products-uuid?pagination_type=search_after&limit=100{cursor}"
                items = session.get(place, headers=headers, timeout=60).json()["_embedded"]["items"]
                pages += 1
                if len(items) < 100 or (until and items[-1]["uuid"] >= until):
                    return pages
                after = items[-1]["uuid"]

    start = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        pages = sum(pool.map(models, range(CONNECTIONS))) + sum(pool.map(products, uuid_ranges(CONNECTIONS)))
    return pages, time.perf_counter() - start


def full_import(url: str, folder: Path) -> Imported:
    """Run the job in a process of its own."""
    configuration = folder / "bench.json"
    configuration.write_text(json.dumps(CONFIGURATION))
    out = folder / "out"
    requests.post(f"{url}/__control/reset", timeout=60).raise_for_status()
    command = [COMMAND, "run", JOB, "--config", configuration, "--pim-url", url, "--out", out]
    with subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        peak = _Peak(process.pid)
        start = time.perf_counter()
        told, errors = process.communicate()
        command_seconds = time.perf_counter() - start
        peak.stop()
        if process.returncode != 0:
            raise SystemExit(f"the import failed:\n{errors[-2000:]}")
    stats = requests.get(f"{url}/__control/stats", timeout=60).json()
    done = re.search(r"done in ([0-9.]+) s", told + errors)
    assert done, told + errors
    return Imported(float(done[1]), command_seconds, stats, json.loads((out / "report.json").read_text()), peak.mib)


class _Peak:
    """Samples the resident size of a process's descendants, the workers; keeps the largest of one."""

    def __init__(self, pid: int) -> None:
        self.mib = 0.0
        self._process = psutil.Process(pid)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(0.05):
            try:
                for child in self._process.children(recursive=True):
                    self.mib = max(self.mib, child.memory_info().rss / (1 << 20))
            except psutil.Error:
                continue


def main() -> int:
    """Print what was measured; 1 if a budget is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    scale = 10 if parser.parse_args().quick else 1
    kept = [_speed(50_000 // scale), _memory(5_000 // scale, 100_000 // scale)]
    return 0 if all(kept) else 1


def _speed(products: int) -> bool:
    with demo_pim(products, LATENCY_MS) as url, tempfile.TemporaryDirectory() as folder:
        pages, least = download(url)
        imported = full_import(url, Path(folder))
    counts = imported.report["counts"]
    read, models = counts["product"]["read"], counts["model"]["read"]
    ratio = least / imported.seconds
    calls = _calls(imported)
    allowed = CALLS_BUDGET * (read / 100 + models / 100)
    _print(
        f"speed: {read} products and {models} models imported in {imported.seconds:.1f} s "
        f"({imported.command_seconds:.1f} s with starting the embedded AWS and copying the files out), "
        f"{os.cpu_count()} cores; downloading their {pages} pages alone takes {least:.1f} s: "
        f"{ratio:.2f} of the downloader's rate (budget {SPEED_BUDGET})"
    )
    _print(
        f"API calls: {calls} for products and models (count, probe and cuts included); "
        f"allowed {allowed:.0f}; structure calls besides: {imported.report['stages']['read_structure']['calls']}"
    )
    return ratio >= SPEED_BUDGET and calls <= allowed


def _calls(imported: Imported) -> int:
    stages = imported.report["stages"]
    counted = sum(stages[name]["calls"] for name in ("plan_pages", "import_pages"))
    total = counted + stages["read_structure"]["calls"]
    served = imported.stats["calls"]
    by_pim = sum(served.values()) if isinstance(served, dict) else served
    assert by_pim == total, f"the PIM counted {by_pim} calls, the report {total}"
    return int(counted)


def _memory(small: int, big: int) -> bool:
    peaks = []
    for products in (small, big):
        with demo_pim(products, 0) as url, tempfile.TemporaryDirectory() as folder:
            peaks.append(full_import(url, Path(folder)).peak_mib)
        _print(f"memory: {products} products: the largest worker had {peaks[-1]:.0f} MiB")
    growth = peaks[1] / peaks[0]
    _print(
        f"memory: {growth:.2f} x from {small} to {big} products (budget {MEMORY_GROWTH_BUDGET}); "
        f"budget of a worker {MEMORY_BUDGET_MIB} MiB"
    )
    return growth <= MEMORY_GROWTH_BUDGET and peaks[1] <= MEMORY_BUDGET_MIB


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
