"""The HTTP policy towards SFCC, as tables: which answers and failures are worth another try, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import requests
import urllib3

from akeneo_sfcc.http.waits import Waits, retry_after

__all__ = ["FAILURES", "FINAL", "RETRIED", "RetryPolicy", "failure", "retried", "retry_after"]

RETRIED: Mapping[int, str] = MappingProxyType(
    {408: "it timed out", 423: "the file is locked", 425: "too early", 429: "too many calls"}
)
"""Statuses below 500 that may pass."""

FINAL: frozenset[int] = frozenset({501, 505, 507})
"""Statuses from 500 on that do not pass: not implemented, HTTP version, no space left."""

FAILURES: tuple[tuple[type[Exception], bool, str], ...] = (
    (requests.exceptions.InvalidURL, False, "the address is malformed"),
    (requests.exceptions.ConnectTimeout, True, "connecting took too long"),
    (requests.exceptions.ReadTimeout, True, "the answer took too long"),
    (requests.exceptions.ProxyError, True, "the proxy could not connect"),
    (requests.exceptions.SSLError, True, "no trusted TLS connection"),
    (requests.exceptions.ConnectionError, True, "no connection, or it broke"),
    (requests.exceptions.RequestException, True, "the exchange failed"),
    # Raised as it is when a body that is read as a stream breaks off.
    (urllib3.exceptions.HTTPError, True, "the body was cut off"),
)
"""Exception → whether another try may help, and what happened; the first row that fits counts.

An OSError is not among them: an upload reads its file from S3 meanwhile, and those errors are not the instance's.
"""


def retried(status: int) -> str | None:
    """Return what happened in words if the same call may succeed later, else None."""
    if status >= 500 and status not in FINAL:
        return "it failed"
    return RETRIED.get(status)


def failure(error: Exception) -> tuple[bool, str]:
    """Return whether another try may help and what happened; what is not listed is re-raised."""
    for kind, again, says in FAILURES:
        if isinstance(error, kind):
            return again, says
    raise error


@dataclass(frozen=True, slots=True)
class RetryPolicy(Waits):
    """Waits for an instance; `upload_timeout`: it answers an upload when it has stored it."""

    retries: int = 5
    longest_delay: float = 30.0
    longest_retry_after: float = 120.0
    upload_timeout: float = 300.0
