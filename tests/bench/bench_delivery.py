"""Measures the memory that delivery takes: packing, uploading and importing 1 GB of catalogue files.

Run it with `python -m tests.bench.bench_delivery`, or with `--quick` for a fifth of the size. The store (S3 by moto)
and the demo SFCC are processes of their own. Memory is the largest resident size of the process that packs archives
from the store into the store, sends them to WebDAV, starts their imports, waits for them and reads their logs. The
files hold texts that hardly compress, so that the archives have to be split.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import multiprocessing
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import boto3
import requests

from akeneo_sfcc.delivery.archive import manifest_files, pack
from akeneo_sfcc.delivery.auth import SfccCredentials
from akeneo_sfcc.delivery.client import Addresses, SfccClient
from akeneo_sfcc.delivery.executions import site_import
from akeneo_sfcc.delivery.log import judge
from akeneo_sfcc.delivery.transport import Upload
from akeneo_sfcc.storage.s3 import S3Store
from local.embedded.server import aws_server
from tests.bench.bench_full_import import COMMAND

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MEMORY_BUDGET = 256
SIZE = 1_000_000_000
FILE = 12_000_000
TEXT = 6_000
BUCKET = "exports"
PREFIX = "exports/run/"
NAMESPACE = "http://www.demandware.com/xml/impex/catalog/2006-10-31"


def main() -> int:
    """Print what was measured; 1 if a budget is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fifth of the size")
    size = SIZE // (5 if parser.parse_args().quick else 1)
    with aws_server() as store, demo_sfcc() as sfcc:
        s3_client(store).create_bucket(Bucket=BUCKET)
        written = write_export(S3Store(s3_client(store), BUCKET), size)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            memory, seconds, archives, sent = pool.apply(deliver, (store, sfcc))
        page = requests.get(f"{sfcc}/__page?q=none", timeout=60).text
    held = re.search(r"(\d+) products", page)
    assert held is not None, "the demo SFCC holds no products"
    assert int(held[1]) == FILE // TEXT, f"the demo SFCC holds {held[1]} products, {FILE // TEXT} were sent"
    sys.stdout.write(
        f"delivery: {written / 1e6:.0f} MB of catalogue files as {archives} archives of {sent / 1e6:.0f} MB in "
        f"{seconds:.0f} s: {memory:.0f} MiB (budget {MEMORY_BUDGET})\n"
    )
    return 0 if memory <= MEMORY_BUDGET else 1


def s3_client(url: str) -> S3Client:
    """Return a client of the store."""
    client: S3Client = boto3.client(
        "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="bench", aws_secret_access_key="bench"
    )
    return client


@contextmanager
def demo_sfcc() -> Iterator[str]:
    """Serve a demo SFCC in a process of its own; yields its address."""
    command = [*map(str, (COMMAND, "sfcc", "serve", "--port", "0"))]
    command += ["--client-id", "bench", "--client-secret", "bench"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None, "the demo SFCC did not start"
            yield found[0]
        finally:
            process.terminate()


def write_export(store: S3Store, size: int) -> int:
    """Write catalogue files of about so many bytes and their manifest; the same products in each, with other texts."""
    chance = random.Random(1)
    listed: list[dict[str, Any]] = []
    written = 0
    while written < size:
        products = "".join(_product(number, chance) for number in range(FILE // TEXT))
        body = f'<catalog xmlns="{NAMESPACE}" catalog-id="bench">{products}</catalog>'.encode()
        path = f"catalogs/bench/20-products-{len(listed):04d}.xml"
        store.put(PREFIX + path, body)
        listed.append({"path": path, "size": len(body), "sha256": hashlib.sha256(body).hexdigest()})
        written += len(body)
    store.put(f"{PREFIX}manifest.json", json.dumps({"files": listed}).encode())
    return written


def _product(number: int, chance: random.Random) -> str:
    text = base64.b64encode(chance.randbytes(TEXT * 3 // 4)).decode()
    return (
        f'<product product-id="p{number}"><long-description xml:lang="x-default">{text}</long-description>'
        "<online-flag>true</online-flag></product>"
    )


def deliver(store_url: str, sfcc_url: str) -> tuple[float, float, int, int]:
    """Deliver the export; returns this process's peak in MiB, the seconds, the archives and their bytes."""
    start = time.perf_counter()
    store = S3Store(s3_client(store_url), BUCKET)
    client = SfccClient(Addresses.all_at(sfcc_url), SfccCredentials("bench", "bench"))
    files = manifest_files(store.get(f"{PREFIX}manifest.json"), PREFIX)
    archives = sent = 0
    for archive in pack(files, store, prefix="bench", key=lambda name: f"work/{name}"):

        def source(key: str = archive.key) -> AbstractContextManager[BinaryIO]:
            return store.open(key)

        client.put_archive(archive.file_name, Upload(archive.size, source))
        _import(client, archive.file_name)
        client.delete_archive(archive.file_name)
        archives, sent = archives + 1, sent + archive.size
    return peak(), time.perf_counter() - start, archives, sent


def peak() -> float:
    """Return the largest resident size of this process so far in MiB.

    From /proc where it is: the kernel's `ru_maxrss` of a new process counts the size of the one that started it.
    """
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s*(\d+) kB", status.read_text())):
        return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _import(client: SfccClient, file_name: str) -> None:
    begun = client.begin(site_import(file_name)).execution
    assert begun is not None, "the job is busy"
    while not (found := client.jobs.poll(begun.job_id, begun.id)).ended:
        time.sleep(1)
    verdict = judge(found, client.findings(found), file_name)
    assert verdict.good, verdict.problems


if __name__ == "__main__":
    sys.exit(main())
