"""The HTTP policy of the PIM client, as tables: what each status and each failed exchange means.

Statuses and advice on retries: https://api.akeneo.com/documentation/responses.html and
https://api.akeneo.com/documentation/good-practices.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

import requests
import urllib3

from akeneo_sfcc.http.waits import Waits, retry_after

__all__ = [
    "FAILURES",
    "STATUSES",
    "Action",
    "RetryPolicy",
    "Rule",
    "failure_rule",
    "retry_after",
    "status_rule",
]


class Action(Enum):
    """What the client does about an answer."""

    ACCEPT = "use the body"
    RETRY = "try again later; TransientError in the end"
    REFRESH = "get another access token and replay once; ConfigurationError if that is refused too"
    FORBIDDEN = "ConfigurationError that names the permission"
    BAD_PARAMETER = "ConfigurationError that names the setting"
    BAD_ADDRESS = "ConfigurationError about pim.base_url"
    MISSING = "NotFoundError, a DataError: the caller may know what to do"
    UNEXPECTED = "DataError"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: what to do, and what happened in words."""

    action: Action
    says: str


STATUSES: Mapping[int, Rule] = MappingProxyType(
    {
        301: Rule(Action.BAD_ADDRESS, "a redirect"),
        302: Rule(Action.BAD_ADDRESS, "a redirect"),
        303: Rule(Action.BAD_ADDRESS, "a redirect"),
        307: Rule(Action.BAD_ADDRESS, "a redirect"),
        308: Rule(Action.BAD_ADDRESS, "a redirect"),
        400: Rule(Action.BAD_PARAMETER, "a request it does not understand"),
        401: Rule(Action.REFRESH, "no valid access token"),
        403: Rule(Action.FORBIDDEN, "no permission"),
        404: Rule(Action.MISSING, "no such resource"),
        405: Rule(Action.BAD_ADDRESS, "a method it does not know"),
        406: Rule(Action.BAD_ADDRESS, "a content type it does not offer"),
        408: Rule(Action.RETRY, "it timed out"),
        413: Rule(Action.BAD_PARAMETER, "a request that is too large"),
        414: Rule(Action.BAD_PARAMETER, "an address that is too long"),
        415: Rule(Action.BAD_ADDRESS, "a content type it does not know"),
        422: Rule(Action.BAD_PARAMETER, "a value it does not accept"),
        425: Rule(Action.RETRY, "too early"),
        429: Rule(Action.RETRY, "too many calls"),
    }
)
"""HTTP status → what to do; the other statuses go by their hundreds (`status_rule`)."""

_CLASSES: Mapping[int, Rule] = MappingProxyType(
    {
        2: Rule(Action.ACCEPT, "an answer"),
        4: Rule(Action.UNEXPECTED, "a refusal"),
        5: Rule(Action.RETRY, "it failed"),
    }
)

FAILURES: tuple[tuple[type[Exception], Rule], ...] = (
    (requests.exceptions.InvalidProxyURL, Rule(Action.UNEXPECTED, "the address of the proxy is malformed")),
    (requests.exceptions.InvalidURL, Rule(Action.BAD_ADDRESS, "the address is malformed")),
    (requests.exceptions.MissingSchema, Rule(Action.BAD_ADDRESS, "the address is malformed")),
    (requests.exceptions.InvalidSchema, Rule(Action.BAD_ADDRESS, "the address is malformed")),
    (requests.exceptions.TooManyRedirects, Rule(Action.BAD_ADDRESS, "it redirects in a circle")),
    (requests.exceptions.ConnectTimeout, Rule(Action.RETRY, "connecting took too long")),
    (requests.exceptions.ReadTimeout, Rule(Action.RETRY, "the answer took too long")),
    (requests.exceptions.ProxyError, Rule(Action.RETRY, "the proxy could not connect")),
    (requests.exceptions.SSLError, Rule(Action.RETRY, "no trusted TLS connection")),
    (requests.exceptions.ConnectionError, Rule(Action.RETRY, "no connection, or it broke")),
    (requests.exceptions.ChunkedEncodingError, Rule(Action.RETRY, "the body was cut off")),
    (requests.exceptions.ContentDecodingError, Rule(Action.RETRY, "the body could not be decompressed")),
    (requests.exceptions.RequestException, Rule(Action.RETRY, "the exchange failed")),
    # Raised as it is when a body that is read as a stream breaks off.
    (urllib3.exceptions.HTTPError, Rule(Action.RETRY, "the body was cut off")),
    (OSError, Rule(Action.RETRY, "the connection broke")),
)
"""Exception → what to do; the first row that fits counts, so a special case stands above the general one."""

NOT_JSON = Rule(Action.RETRY, "a body that is no JSON")
"""A gateway's HTML page, or a body cut short without notice, under status 200."""


def status_rule(status: int) -> Rule:
    """Return the rule for an HTTP status."""
    return STATUSES.get(status) or _CLASSES.get(status // 100) or Rule(Action.UNEXPECTED, "an unknown status")


def failure_rule(error: Exception) -> Rule:
    """Return the rule for an exchange that ended in an exception; what is not listed is re-raised."""
    for kind, rule in FAILURES:
        if isinstance(error, kind):
            return rule
    raise error


@dataclass(frozen=True, slots=True)
class RetryPolicy(Waits):
    """Waits for a PIM."""
