"""A scripted PIM and clients of it that never really wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests

from akeneo_sfcc.akeneo.client import AkeneoClient, RetryPolicy
from akeneo_sfcc.akeneo.credentials import Credentials
from tests.fakes.pim_http import PimHttp

CREDENTIALS = Credentials("the-client-id", "the-client-secret", "the-user", "the-password")


@pytest.fixture
def pim() -> Iterator[PimHttp]:
    with PimHttp() as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    """The seconds the client would have slept."""
    return []


@pytest.fixture
def make_client(pim: PimHttp, waits: list[float]) -> Iterator[Callable[..., AkeneoClient]]:
    sessions: list[requests.Session] = []

    def make(base_url: str | None = None, jitter: float = 1.0, **options: object) -> AkeneoClient:
        session = requests.Session()
        sessions.append(session)
        settings = {"policy": RetryPolicy(read_timeout=5.0), "now": lambda: 1_000_000_000.0, **options}
        return AkeneoClient(
            base_url or pim.url,
            CREDENTIALS,
            session=session,
            sleep=waits.append,
            jitter=lambda: jitter,
            **settings,  # type: ignore[arg-type]
        )

    yield make
    for session in sessions:
        session.close()


@pytest.fixture
def client(make_client: Callable[..., AkeneoClient]) -> AkeneoClient:
    return make_client()
