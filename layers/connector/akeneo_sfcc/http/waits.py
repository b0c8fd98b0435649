"""How often a call is tried again, and how long is waited before."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Waits:
    """How long and how often; times in seconds.

    The wait before retry n is a random part (full jitter) of `first_delay` × 2^(n-1), at most `longest_delay`. An
    answer's Retry-After counts instead, at most `longest_retry_after`. Until the other side has answered once,
    whatever it said, only `first_retries` count: a wrong address or a system that is down is told soon, and the state
    machine's own retries bridge the minutes.
    """

    retries: int = 6
    first_retries: int = 2
    first_delay: float = 1.0
    longest_delay: float = 16.0
    longest_retry_after: float = 300.0
    connect_timeout: float = 10.0
    read_timeout: float = 60.0

    def delay(self, retry: int, asked: float | None, jitter: float) -> float:
        """Return the wait before a retry (1, 2, …); asked: the Retry-After, jitter: 0..1."""
        if asked:
            return min(asked, self.longest_retry_after)
        return jitter * min(self.longest_delay, self.first_delay * 2.0 ** (retry - 1))


def retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds a Retry-After header asks for, None if it is absent or says nothing of use.

    It is a number of seconds or an HTTP date (RFC 9110, 10.2.3); `now` is seconds since the epoch.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text)
    else:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except (ValueError, OverflowError):
            return None
    return seconds if seconds > 0 else None
