"""What a demo PIM counts: calls, items, slots in use; and the limit of concurrent calls per connection."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.demo_pim.replies import ApiError


class TooManyCallsError(ApiError):
    """The connection has as many calls in flight as it may have."""

    def __init__(self, retry_after: int | None) -> None:
        """Take the seconds of the `Retry-After` header, None to send no such header."""
        super().__init__(429, "Too many requests")
        self.retry_after = retry_after


class Traffic:
    """Counters and the concurrency limit; safe to use from many threads."""

    def __init__(self, limit: int = 4, retry_after: int | None = 1) -> None:
        """Allow `limit` calls at once per connection."""
        self.limit = limit
        self.retry_after = retry_after
        self._lock = threading.Lock()
        self._in_flight: Counter[str] = Counter()
        self.reset()

    def reset(self) -> None:
        """Start counting again; calls in flight stay counted as such."""
        with self._lock:
            self._calls: Counter[str] = Counter()
            self._statuses: Counter[int] = Counter()
            self._addresses: Counter[str] = Counter()
            self._items = 0
            self._bytes = 0
            self._throttled = 0
            self._tokens = 0
            self._most = 0

    @contextmanager
    def slot(self, connection: str) -> Iterator[None]:
        """Hold one of the connection's slots; raise TooManyCallsError if none is free."""
        with self._lock:
            if self._in_flight[connection] >= self.limit:
                self._throttled += 1
                raise TooManyCallsError(self.retry_after)
            self._in_flight[connection] += 1
            self._most = max(self._most, self._in_flight[connection])
        try:
            yield
        finally:
            with self._lock:
                self._in_flight[connection] -= 1

    def called(self, endpoint: str, address: str) -> None:
        """Count a call of an endpoint (a path template) at an address (path and query)."""
        with self._lock:
            self._calls[endpoint] += 1
            self._addresses[address] += 1

    def served(self, status: int, items: int, size: int) -> None:
        """Count an answer."""
        with self._lock:
            self._statuses[status] += 1
            self._items += items
            self._bytes += size

    def token_given(self) -> None:
        """Count a call of the token endpoint."""
        with self._lock:
            self._tokens += 1

    def stats(self) -> dict[str, Any]:
        """Return all counters; `repeated` lists the addresses that were called more than once."""
        with self._lock:
            return {
                "calls": dict(sorted(self._calls.items())),
                "total_calls": self._calls.total(),
                "statuses": {str(status): count for status, count in sorted(self._statuses.items())},
                "items": self._items,
                "bytes": self._bytes,
                "throttled": self._throttled,
                "token_calls": self._tokens,
                "max_concurrent": self._most,
                "repeated": {address: count for address, count in self._addresses.items() if count > 1},
            }
