"""Calls that wait for one login share how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock, Semaphore
from typing import Any

import pytest

from akeneo_sfcc.akeneo.auth import Auth
from akeneo_sfcc.akeneo.credentials import Credentials
from akeneo_sfcc.akeneo.errors import LoginError

USER = Credentials("id", "secret", "user", "password")


class WatchedLock:
    """A lock that tells when somebody comes to it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.came = Semaphore(0)

    def __enter__(self) -> None:
        self.came.release()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_a_login_that_fails_is_not_tried_again_by_those_who_waited_for_it() -> None:
    lock = WatchedLock()
    logins: list[Mapping[str, str]] = []

    def refuse(grant: Mapping[str, str], _basic: str) -> Any:
        logins.append(grant)
        for _ in range(4):  # this call itself, and the three that wait
            assert lock.came.acquire(timeout=10)
        raise LoginError("no")

    auth = Auth(USER, refuse)
    auth._lock = lock  # type: ignore[assignment]  # no other way to know that the others wait
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(auth.token) for _ in range(4)]
        for one in calls:
            with pytest.raises(LoginError):
                one.result(10)
    assert len(logins) == 1


def test_a_later_call_logs_in_again() -> None:
    replies: list[Any] = [LoginError("not yet"), {"access_token": "t", "refresh_token": "r"}]

    def answer(_grant: Mapping[str, str], _basic: str) -> Any:
        reply = replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    auth = Auth(USER, answer)
    with pytest.raises(LoginError):
        auth.token()
    assert auth.token() == "t"
