"""Measures the attribute job on 1,000 and on 40,000 options over 300 select attributes: memory and API calls.

Run it with `python -m tests.bench.bench_options`. The demo PIM and each import run in processes of their own, the
stages one after the other with the real client and a bucket on disk. Memory is the process's largest resident size
after the interpreter and all modules are there; it must not grow with the options. Calls must equal pages.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.akeneo.credentials import Credentials
from akeneo_sfcc.stages.build_metadata import build_metadata
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.stages.report import read_totals
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.objects import MissingObjectError
from local.demo_pim import structures as make
from tests.fakes.in_process_attributes import read_pim
from tests.fakes.services import FakeWorld, document

SIZES = (1_000, 40_000)
ATTRIBUTES = 300
LOCALES = ("en_US", "fr_FR", "de_DE")
PAGE = 100
GROWTH_BUDGET = 1.10
COMMAND = Path(sys.executable).parent / "akeneo-sfcc"


class DiskStore:
    """Objects as files, so that what is stored is not memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> bytes:
        try:
            return (self._folder / key).read_bytes()
        except FileNotFoundError:
            raise MissingObjectError(key) from None

    def open(self, key: str) -> BinaryIO:
        return (self._folder / key).open("rb")

    def put(self, key: str, body: bytes) -> None:
        with self.write(key) as target:
            target.write(body)

    @contextmanager
    def write(self, key: str) -> Iterator[BinaryIO]:
        path = self._folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            yield target

    def list(self, prefix: str) -> Iterator[str]:
        found = (path.relative_to(self._folder).as_posix() for path in self._folder.rglob("*") if path.is_file())
        yield from sorted(key for key in found if key.startswith(prefix))


def counts(options: int) -> list[int]:
    """How many options each attribute has."""
    return [options // ATTRIBUTES + (number < options % ATTRIBUTES) for number in range(ATTRIBUTES)]


def write_snapshot(folder: Path, options: int) -> None:
    """Write a PIM of 300 selects with so many options in all."""
    codes = [f"select_{number:03d}" for number in range(ATTRIBUTES)]
    labels = {locale: f"A label in {locale}" for locale in LOCALES}
    lists: dict[str, list[dict[str, Any]]] = {
        "attributes": [make.attribute("sku", "identifier", {})]
        + [make.attribute(code, "simpleselect", labels) for code in codes],
        "attribute-groups": [make.group("other", 0, codes, labels)],
        "channels": [make.channel("ecommerce", LOCALES, ("EUR",), "master", labels)],
        "categories": [make.category("master", None, labels)],
        "families": [],
        "association-types": [],
        "products-uuid": [],
        "product-models": [],
    }
    for code, count in zip(codes, counts(options), strict=True):
        lists[f"attributes/{code}/options"] = [
            make.option(code, f"option_{number:05d}", number, labels) for number in range(count)
        ]
    for path, docs in lists.items():
        file = folder / f"{path}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(json.dumps(doc) + "\n" for doc in docs))
    (folder / "measurement-families.json").write_text("[]")


@contextmanager
def demo_pim(snapshot: Path) -> Iterator[str]:
    """Serve a snapshot from a process of its own; yields its address."""
    command = [str(COMMAND), "pim", "serve", "--snapshot", str(snapshot), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield line.split(" at ")[1].split()[0]
        finally:
            process.terminate()


def measure(url: str) -> dict[str, float]:
    """Run the stages in this process; returns resident sizes in MiB, seconds, calls and bytes written."""
    before = resident_mib()
    with tempfile.TemporaryDirectory() as folder:
        made = FakeWorld(documents={"default": document(pim={"base_url": url})})
        made.store = DiskStore(Path(folder))  # type: ignore[assignment]  # the methods the stages use
        client = AkeneoClient(url, Credentials("demo_client", "demo_secret", "demo", "demo"))
        made.pim = client  # type: ignore[assignment]  # the real client instead of the fake
        start = time.monotonic()
        run = read_pim(made.services)
        build_metadata(StageTask(run=run), made.services)
        totals = read_totals(made.services.store, RunLayout(run.job, run.run_id))
    return {
        "before": before,
        "peak": resident_mib(),
        "seconds": time.monotonic() - start,
        "calls": totals.stages["read_options"].api["calls"],
        "options": totals.counts["option"]["written"],
        "bytes": totals.stages["build_metadata"].bytes_written,
    }


def resident_mib() -> float:
    """Return the largest resident size of this process so far.

    The kernel's `ru_maxrss` counts the parent's size at the fork too, so Linux is asked about this program alone.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def import_options(options: int) -> dict[str, float]:
    """Import so many options in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        write_snapshot(Path(folder), options)
        with demo_pim(Path(folder)) as url:
            command = [sys.executable, "-m", "tests.bench.bench_options", "--measure", url]
            found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            return found


def main() -> int:
    """Print what both sizes need; 1 if memory grows or a call is wasted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--measure", metavar="URL", help="measure in this process")
    parsed = parser.parse_args()
    if parsed.measure:
        print(json.dumps(measure(parsed.measure)))
        return 0
    failed = False
    peaks = []
    for options in SIZES:
        found = import_options(options)
        pages = sum(max(1, -(-count // PAGE)) for count in counts(options))
        failed = failed or found["calls"] != pages or found["options"] != options
        peaks.append(found["peak"])
        print(
            f"{options:,} options of {ATTRIBUTES} attributes: {found['calls']:.0f} calls for {pages} pages, "
            f"peak {found['peak']:.1f} MiB ({found['before']:.1f} before), {found['seconds']:.1f} s, "
            f"file {found['bytes'] / 2**20:.1f} MiB"
        )
    growth = peaks[1] / peaks[0]
    print(f"memory: {growth:.3f} x from {SIZES[0]:,} to {SIZES[1]:,} options (budget {GROWTH_BUDGET})")
    return 1 if failed or growth > GROWTH_BUDGET else 0


if __name__ == "__main__":
    sys.exit(main())
