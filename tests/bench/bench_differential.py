"""Measures what a differential import costs: by what changed, not by how much there is.

Run it with `python -m tests.bench.bench_differential`, or with `--quick` for a tenth of the sizes. Two generated
catalogues, one ten times the other, get the same number of changes; the stages run in this process one after the other,
against a store in memory and a PIM that takes 400 ms a call, as real ones do. Printed are API calls, shards built, and
two ratios: of the times on the clock, which is what a run takes and what the budget is about, and of the CPU time of
all functions alone, without the PIM's, which shows what shards cost.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, BinaryIO

from akeneo_sfcc.storage.layout import RunLayout
from local.demo_pim.edits import Editor
from local.demo_pim.generator import generate
from local.demo_pim.store import Store
from tests.fakes.in_process import DIFFERENTIAL, FULL, Finished, run_job
from tests.fakes.object_store import InMemoryStore
from tests.fakes.services import FakeWorld, document
from tests.fakes.store_pim import StorePim

SIZES = (20_000, 200_000)
CHANGES = (10, 1_000)
RATIO_BUDGET = 1.3
ROUNDS = 3
LATENCY = 0.4
"""Seconds of a call, as in the full import's benchmark."""
PROBES = 2
"""Calls a plan may make per kind beside its pages: the count and a probe."""


@dataclass(frozen=True)
class Measured:
    """One differential: CPU seconds, seconds on the clock, calls by purpose, shards built, products written."""

    seconds: float
    wall: float
    structure_calls: int
    item_calls: int
    pages: int
    shards: int
    written: int


class SortedStore(InMemoryStore):
    """Lists a prefix without a look at every other key, as S3 does; the catalogue's size must not show in that."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[str] = []

    def put(self, key: str, body: bytes) -> None:
        self._note(key)
        super().put(key, body)

    @contextmanager
    def write(self, key: str) -> Iterator[BinaryIO]:
        with super().write(key) as target:
            yield target
        self._note(key)

    def list(self, prefix: str) -> Iterator[str]:
        keys = self._keys[bisect_left(self._keys, prefix) : bisect_left(self._keys, prefix + chr(0x10FFFF))]
        yield from keys

    def delete(self, keys: Iterable[str]) -> None:
        gone = set(keys)
        super().delete(gone)
        self._keys = [key for key in self._keys if key not in gone]

    def _note(self, key: str) -> None:
        at = bisect_left(self._keys, key)
        if at == len(self._keys) or self._keys[at] != key:
            self._keys.insert(at, key)


class MeteredPim(StorePim):
    """Takes `latency` seconds for a call, its own work included, and keeps apart what that was; `seconds` of CPU."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        super().__init__(store, clock)
        self.seconds = 0.0
        self.latency = 0.0
        self._metered = Lock()

    def _get(self, path: str, sent: Mapping[str, str]) -> Any:
        started, clock = time.thread_time(), time.perf_counter()
        try:
            return super()._get(path, sent)
        finally:
            with self._metered:
                self.seconds += time.thread_time() - started
            time.sleep(max(0.0, self.latency - (time.perf_counter() - clock)))


class Catalogue:
    """A generated catalogue of `products`, imported once."""

    def __init__(self, products: int) -> None:
        self.store: Store = generate(products, seed=1, values=8)
        documents = {"default": document(associations={"recommendation_types": {"X_SELL": 1}})}
        self.world = FakeWorld(documents=documents, store=SortedStore())
        self.pim = MeteredPim(self.store, lambda: self.world.now)
        self.world.pim = self.pim  # type: ignore[assignment]
        self._editor = Editor(self.store, lambda: self.world.now)
        self._runs = 0
        self._edits = 0
        started = time.perf_counter()
        self._run(FULL)
        self.seconds = time.perf_counter() - started
        # The PIM's catalogue is in this process: the collector must not walk through all of it again and again.
        gc.collect()
        gc.freeze()

    def change(self, number: int) -> None:
        """Change so many products, spread over the catalogue."""
        self.world.wait(3600)
        keys = self.store.products.keys
        step = len(keys) // number
        for position in range(number):
            self._edits += 1
            key = keys[position * step + self._edits % step]
            enabled = self.store.products.doc(key)["enabled"]
            self._editor.edit({"op": "patch", "kind": "product", "key": key, "set": {"enabled": not enabled}})

    def measure(self, changes: int) -> Measured:
        """Change products and import the difference, a few times; return the fastest."""
        return min((self._differential(changes) for _ in range(ROUNDS)), key=lambda one: one.wall)

    def _differential(self, changes: int) -> Measured:
        self.change(changes)
        self.world.wait(3600)
        self.pim.asked.clear()
        self.pim.seconds, self.pim.latency = 0.0, LATENCY
        started, wall = time.process_time(), time.perf_counter()
        finished = self._run(DIFFERENTIAL)
        seconds, wall = time.process_time() - started - self.pim.seconds, time.perf_counter() - wall
        self.pim.latency = 0.0
        items = [sent for path, sent in self.pim.asked if path in ("products-uuid", "product-models")]
        report = finished.report()
        assert report["mode"] == "differential", report["notes"]
        counts = report["counts"]
        read = counts.get("product", {}).get("read", 0)
        return Measured(
            seconds=seconds,
            wall=wall,
            structure_calls=len(self.pim.asked) - len(items),
            item_calls=len(items),
            pages=-(-read // 100) + -(-counts.get("model", {}).get("read", 0) // 100),
            shards=report["stages"].get("build_catalogs", {}).get("items", 0),
            written=counts.get("product", {}).get("written", 0),
        )

    def _run(self, job: str) -> Finished:
        self.world.wait(3600)
        self._runs += 1
        finished = run_job(self.world.services, job, f"run-{self._runs}")
        layout = RunLayout(finished.run.job, finished.run.run_id)
        # What is not needed any more would fill the memory.
        for prefix in (layout.exports, f"{layout.work}parts/"):
            self.world.store.delete(list(self.world.store.list(prefix)))
        return finished


def main() -> int:
    """Print the measurements; 1 if a budget is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the sizes, and of most changes")
    parsed = parser.parse_args()
    found: dict[tuple[int, int], Measured] = {}
    failed: list[str] = []
    sizes = [size // 10 for size in SIZES] if parsed.quick else list(SIZES)
    numbers = (10, 100) if parsed.quick else CHANGES
    for size in sizes:
        catalogue = Catalogue(size)
        print(f"{size:>9,} products: imported in {catalogue.seconds:.1f} s", flush=True)
        for changes in numbers:
            one = found[size, changes] = catalogue.measure(changes)
            allowed = one.pages + 2 * PROBES + 2
            print(
                f"  {changes:>5,} changes: {one.wall:.2f} s, {one.seconds:.3f} s CPU of the functions, "
                f"{one.structure_calls} structure calls, {one.item_calls} item calls (allowed {allowed}), "
                f"{one.shards} shards, {one.written} written",
                flush=True,
            )
            if one.item_calls > allowed:
                failed.append(f"{one.item_calls} item calls for {changes} changes in {size}; allowed: {allowed}")
            if one.shards > changes:
                failed.append(f"{one.shards} shards for {changes} changes in {size}")
    small, big = sizes
    for changes in numbers:
        ratio = found[big, changes].wall / found[small, changes].wall
        cpu = found[big, changes].seconds / found[small, changes].seconds
        print(
            f"{changes:>5,} changes: {big:,} / {small:,} products = {ratio:.2f} of the time (budget {RATIO_BUDGET}), "
            f"{cpu:.2f} of the functions' CPU"
        )
        if ratio > RATIO_BUDGET:
            failed.append(f"ratio {ratio:.2f} for {changes} changes; allowed: {RATIO_BUDGET}")
    for line in failed:
        print(f"FAILED: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
