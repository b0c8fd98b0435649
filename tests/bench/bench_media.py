"""Measures the transfer of binaries: rate against a plain downloader, memory against the size of a file.

Run it with `python -m tests.bench.bench_media`, or with `--quick` for a fifth of the size. The PIM takes 100 ms for a
download. Both sides fetch the same 2,000 pictures over four connections in the same run; the job's time is from its
first download to its last as the PIM sees it, pauses between batches included. Memory is the largest resident size of a
process that transfers one file, a small and a large one.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import requests

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.akeneo.credentials import Credentials
from akeneo_sfcc.stages.media_lines import PRODUCT_MEDIA, WantedBinary
from akeneo_sfcc.stages.media_transfer import MediaTransfer
from akeneo_sfcc.storage.objects import ObjectStore
from local.demo_pim.generator import generate
from local.demo_pim.server import DemoPim
from local.demo_pim.store import MemoryBinaries, Store
from tests.bench.bench_full_import import COMMAND, demo_pim
from tests.fakes.object_store import InMemoryStore

RATE_BUDGET = 0.80
MEMORY_GROWTH_BUDGET = 1.15
SECONDS = 0.1
CONNECTIONS = 4
PICTURES = 2_000
PRODUCTS_PER_PICTURE = 40 / 18
JOB = "2-Akeneo-Import-Media-Assets-Pricebook"
DOWNLOADS = "/api/rest/v1/media-files/{code}/download"
CONFIGURATION = {
    "pim": {"base_url": "http://127.0.0.1", "channel": "ecommerce"},
    "master_catalogs": [{"id": "products"}],
}


def main() -> int:
    """Print what was measured; 1 if a budget is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fifth of the size")
    scale = 5 if parser.parse_args().quick else 1
    kept = [_rate(PICTURES // scale), _memory(4_000_000, 400_000_000 // scale)]
    return 0 if all(kept) else 1


def _rate(pictures: int) -> bool:
    with demo_pim(round(pictures * PRODUCTS_PER_PICTURE), 0) as url, tempfile.TemporaryDirectory() as folder:
        slow = [{"path": "*/download", "action": "slow", "seconds": SECONDS}]
        requests.post(f"{url}/__control/faults", json=slow, timeout=60).raise_for_status()
        number, least = download(url)
        requests.post(f"{url}/__control/reset", timeout=60).raise_for_status()
        fetched, seconds = run_job(url, Path(folder))
    assert fetched == number, f"the job fetched {fetched} pictures, the downloader {number}"
    ratio = least / seconds
    _print(
        f"rate: {number} pictures in {seconds:.1f} s; a plain downloader takes {least:.1f} s: "
        f"{ratio:.2f} of its rate (budget {RATE_BUDGET})"
    )
    return ratio >= RATE_BUDGET


def download(url: str) -> tuple[int, float]:
    """Download every picture over four connections and do nothing with it; returns (number, seconds)."""
    login = {"grant_type": "password", "username": "demo", "password": "demo"}
    answer = requests.post(f"{url}/api/oauth/v1/token", json=login, auth=("demo_client", "demo_secret"), timeout=60)
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    codes: list[str] = []
    with requests.Session() as session:
        while True:
            place = f"{url}/api/rest/v1/media-files?limit=100&page={len(codes) // 100 + 1}"
            items = session.get(place, headers=headers, timeout=60).json()["_embedded"]["items"]
            codes += [item["code"] for item in items]
            if len(items) < 100:
                break

    def fetch(part: int) -> None:
        with requests.Session() as session:
            for code in codes[part::CONNECTIONS]:
                place = f"{url}/api/rest/v1/media-files/{code}/download"
                session.get(place, headers=headers, timeout=60).raise_for_status()

    start = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(fetch, range(CONNECTIONS)))
    return len(codes), time.perf_counter() - start


def run_job(url: str, folder: Path) -> tuple[int, float]:
    """Run the media job in a process of its own; returns pictures fetched and the seconds from first to last."""
    configuration = folder / "bench.json"
    configuration.write_text(json.dumps(CONFIGURATION))
    command = [COMMAND, "run", JOB, "--config", configuration, "--pim-url", url]
    with subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        first = last = 0.0
        seen = 0
        while process.poll() is None:
            calls = requests.get(f"{url}/__control/stats", timeout=60).json()["calls"].get(DOWNLOADS, 0)
            now = time.perf_counter()
            if calls and not first:
                first = now
            if calls > seen:
                seen, last = calls, now
            time.sleep(0.05)
        if process.returncode != 0:
            raise SystemExit(f"the job failed:\n{process.communicate()[1][-2000:]}")
    return seen, last - first


class Discarding(InMemoryStore):
    """A store that keeps nothing: what is measured is the way there."""

    def put(self, key: str, body: bytes) -> None:
        """Forget the body."""

    def copy(self, source: str, target: str) -> None:
        """Copy nothing."""

    @contextmanager
    def write(self, key: str) -> Iterator[BinaryIO]:
        """Open a writer that leads nowhere."""
        with Path("/dev/null").open("wb") as target:
            yield cast("BinaryIO", target)


def _memory(small: int, large: int) -> bool:
    peaks = []
    for size in (small, large):
        source = generate(0, images=True)
        binaries = MemoryBinaries({"media-files/big.bin": bytes(size)})
        about: dict[str, Any] = {"code": "big.bin", "mime_type": "application/octet-stream", "size": size}
        lists = {"attributes": [], "media-files": [about]}
        store = Store(source.products.source, source.models.source, lists, binaries=binaries)
        with DemoPim(store) as pim, multiprocessing.get_context("spawn").Pool(1) as pool:
            peaks.append(pool.apply(_transferred, (pim.url, size)))
        _print(f"memory: a file of {size / 1e6:.0f} MB: {peaks[-1]:.0f} MiB")
    growth = peaks[1] / peaks[0]
    _print(f"memory: {growth:.2f} x from {small / 1e6:.0f} to {large / 1e6:.0f} MB (budget {MEMORY_GROWTH_BUDGET})")
    return growth <= MEMORY_GROWTH_BUDGET


def _transferred(url: str, size: int) -> float:
    """Transfer the file; returns this process's peak in MiB."""
    client = AkeneoClient(url, Credentials("demo_client", "demo_secret", "demo", "demo"))
    binary = WantedBinary("big.bin", PRODUCT_MEDIA, ["products"], size, "application/octet-stream")
    store = cast("ObjectStore", Discarding())
    with MediaTransfer(client, store, [binary]) as transfer:
        transfer.bring(binary, ["exports/big.bin"])
        (fate,) = transfer.finish()
    assert fate.stored is not None, fate.says
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
