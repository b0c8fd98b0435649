"""What the command line does with the demo PIM: serve one, record a real one."""

from __future__ import annotations

from pathlib import Path

from local.demo_pim.demo_catalogue import demo_store
from local.demo_pim.generator import generate
from local.demo_pim.recorder import record
from local.demo_pim.server import DemoPim
from local.demo_pim.snapshot import load_snapshot
from local.demo_pim.store import Store
from local.demo_pim.tokens import Login

__all__ = ["open_store", "record", "serve", "start"]


def open_store(snapshot: Path | None, products: int | None, seed: int) -> Store:
    """Open a snapshot, else generate a catalogue of so many products, else make the demo shop.

    Raises SnapshotError for a directory that is no snapshot, ValueError if both are given.
    """
    if snapshot is not None and products is not None:
        raise ValueError("give a snapshot or a number of products to generate, not both")
    if snapshot is not None:
        return load_snapshot(snapshot)
    return demo_store(seed) if products is None else generate(products, seed, images=True)


def start(
    snapshot: Path | None, products: int | None, seed: int, port: int, latency_ms: int, version: str = "7.0"
) -> DemoPim:
    """Start a demo PIM and print its address and login in one line; port 0 takes a free one."""
    store = open_store(snapshot, products, seed)
    pim = DemoPim(store, port=port, version=version, latency_ms=latency_ms, login=Login.from_environment()).start()
    login = pim.login
    print(
        f"demo PIM at {pim.url} (client id {login.client_id}, secret {login.secret}, "
        f"user {login.username}, password {login.password})",
        flush=True,
    )
    return pim


def serve(
    snapshot: Path | None, products: int | None, seed: int, port: int, latency_ms: int, version: str = "7.0"
) -> None:
    """Serve a demo PIM until interrupted."""
    start(snapshot, products, seed, port, latency_ms, version).wait()
