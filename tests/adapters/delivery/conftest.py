"""A demo SFCC on a real socket, and clients of it that never really wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests

from akeneo_sfcc.delivery.auth import SfccCredentials
from akeneo_sfcc.delivery.client import Addresses, SfccClient
from akeneo_sfcc.delivery.policy import RetryPolicy
from akeneo_sfcc.delivery.transport import Upload
from local.demo_sfcc.server import TENANT, DemoSfcc

CREDENTIALS = SfccCredentials("demo_client", "demo_secret")
NOW = 1_800_000_000.0


class Clock:
    """Seconds since the epoch, moved by hand."""

    def __init__(self) -> None:
        self.seconds = NOW

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sfcc(tmp_path: Path, clock: Clock) -> Iterator[DemoSfcc]:
    with DemoSfcc(tmp_path / "instance", clock=clock) as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    """The seconds the client would have slept."""
    return []


@pytest.fixture
def make_client(sfcc: DemoSfcc, waits: list[float], clock: Clock) -> Iterator[Callable[..., SfccClient]]:
    sessions: list[requests.Session] = []

    def make(
        *, with_scapi: bool = False, tenant: str = TENANT, credentials: SfccCredentials = CREDENTIALS, **options: Any
    ) -> SfccClient:
        sessions.append(requests.Session())
        return SfccClient(
            Addresses.all_at(sfcc.url, with_scapi=with_scapi),
            credentials,
            tenant_id=tenant if with_scapi else None,
            session=sessions[-1],
            sleep=waits.append,
            jitter=lambda: 1.0,
            now=clock,
            **{"policy": RetryPolicy(read_timeout=5.0, upload_timeout=20.0), **options},
        )

    yield make
    for session in sessions:
        session.close()


@pytest.fixture
def client(make_client: Callable[..., SfccClient]) -> SfccClient:
    return make_client()


@pytest.fixture
def upload() -> Callable[[bytes], Upload]:
    """Make an upload of bytes."""

    def make(content: bytes) -> Upload:
        return Upload(len(content), lambda: BytesIO(content))

    return make
