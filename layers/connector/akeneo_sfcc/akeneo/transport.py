"""Sends one call to the PIM by the policy's tables: bounded in time and number, retried, counted."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import orjson
import requests

from akeneo_sfcc.akeneo.errors import PimUnavailableError, WrongAddressError
from akeneo_sfcc.akeneo.policy import (
    NOT_JSON,
    Action,
    RetryPolicy,
    Rule,
    failure_rule,
    retry_after,
    status_rule,
)
from akeneo_sfcc.akeneo.refusals import message_of
from akeneo_sfcc.errors import ConnectorError, DataError
from akeneo_sfcc.http.exchange import as_it_is, root_cause

USER_AGENT = "akeneo-sfcc/0.1.0"
_CHUNK = 64 << 10

_log = logging.getLogger(__name__)
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a client has used so far; the difference of two is what was used in between.

    calls: requests sent, whatever became of them. retries: those of them that repeated a failed one.
    throttled: answers 429. bytes: of bodies as they came over the wire.
    """

    calls: int = 0
    retries: int = 0
    throttled: int = 0
    bytes: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.retries + other.retries,
            self.throttled + other.throttled,
            self.bytes + other.bytes,
        )

    def __sub__(self, other: Usage) -> Usage:
        return Usage(
            self.calls - other.calls,
            self.retries - other.retries,
            self.throttled - other.throttled,
            self.bytes - other.bytes,
        )


@dataclass(frozen=True, slots=True)
class Call:
    """One request. path: below `base_url`, percent-encoded. refuse: status and message → the error to raise."""

    method: str
    path: str
    refuse: Callable[[int, str], ConnectorError]
    parameters: Mapping[str, str] = field(default_factory=dict)
    authorization: str = field(default="", repr=False)
    body: bytes | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class _AgainError(Exception):
    """This try failed; another may succeed."""

    def __init__(self, reason: str, asked: float | None = None, throttled: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.asked = asked
        self.throttled = throttled


class Transport:
    """Sends calls to one PIM, at most `max_concurrency` at once; safe to use from several threads."""

    def __init__(
        self,
        base_url: str,
        *,
        session: requests.Session,
        max_concurrency: int,
        policy: RetryPolicy,
        sleep: Callable[[float], None],
        jitter: Callable[[], float],
        now: Callable[[], float],
        secrets: Callable[[], tuple[str, ...]],
    ) -> None:
        """Take everything from outside; secrets: what to keep out of messages."""
        self.base_url = checked_base_url(base_url)
        self._session = session
        self._slots = BoundedSemaphore(max_concurrency)
        self._policy = policy
        self._sleep = sleep
        self._jitter = jitter
        self._now = now
        self._secrets = secrets
        self._usage = Usage()
        self._usage_lock = Lock()
        self._reached = False

    @property
    def usage(self) -> Usage:
        """What was used so far."""
        with self._usage_lock:
            return self._usage

    def json(self, call: Call) -> Any:
        """Return the parsed body of the answer.

        Raises PimUnavailableError after the last try, else what the call's `refuse` makes of the status.
        """
        return self._persist(call, self._try_json)

    def open(self, call: Call) -> Body:
        """Return the body of the answer as a stream; until it is closed the call counts as under way.

        Opening is retried; a body that breaks off while it is read raises PimUnavailableError.
        """
        return self._persist(call, self._try_open)

    def _persist(self, call: Call, attempt: Callable[[Call], Read]) -> Read:
        last = ""
        number = 0
        while True:
            number += 1
            self._count(Usage(calls=1, retries=int(number > 1)))
            try:
                return attempt(call)
            except _AgainError as again:
                self._count(Usage(throttled=int(again.throttled)))
                last = self._clean(again.reason)
                tries = 1 + (self._policy.retries if self._reached else self._policy.first_retries)
                if number >= tries:
                    raise PimUnavailableError(
                        f"the PIM at {self.base_url} gave no usable answer to {call} in {number} tries; "
                        f"the last: {last}"
                    ) from None
                pause = self._policy.delay(number, again.asked, self._jitter())
                _log.warning("%s: %s; try %d of %d in %.1f s", call, last, number + 1, tries, pause)
                self._sleep(pause)

    def _try_json(self, call: Call) -> Any:
        with self._slots:
            response = self._send(call, stream=False)
            body = response.content
        self._count(Usage(bytes=_wire_bytes(response)))
        self._judge(call, response, body)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            kind = response.headers.get("Content-Type", "no content type")
            raise _AgainError(f"{response.status_code} with {NOT_JSON.says} ({kind}, {len(body)} bytes)") from None

    def _try_open(self, call: Call) -> Body:
        with ExitStack() as stack:
            stack.enter_context(self._slots)
            response = self._send(call, stream=True)
            stack.callback(response.close)
            if status_rule(response.status_code).action is not Action.ACCEPT:
                try:
                    error_body = response.content
                except Exception as error:
                    self._failed(failure_rule(error), error)
                self._judge(call, response, error_body)
            stack.callback(lambda: self._count(Usage(bytes=_wire_bytes(response))))
            return Body(call, response, self._broken, stack.pop_all())

    def _send(self, call: Call, *, stream: bool) -> requests.Response:
        headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip"}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if not stream:
            headers["Accept"] = "application/json"
        headers["Authorization"] = call.authorization
        try:
            response = self._session.request(
                call.method,
                self.base_url + call.path,
                params=call.parameters,
                data=call.body,
                headers=headers,
                auth=as_it_is,
                timeout=(self._policy.connect_timeout, self._policy.read_timeout),
                # A binary may be kept elsewhere; the token is not sent on to another host.
                allow_redirects=stream,
                stream=stream,
                verify=True,
            )
        except Exception as error:
            self._failed(failure_rule(error), error)
        self._reached = True
        return response

    def _judge(self, call: Call, response: requests.Response, body: bytes) -> None:
        status = response.status_code
        rule = status_rule(status)
        if rule.action is Action.ACCEPT:
            return
        message = self._clean(message_of(body))
        if rule.action is Action.RETRY:
            asked = retry_after(response.headers.get("Retry-After"), self._now())
            raise _AgainError(f"{status}, {rule.says}: {message}", asked, throttled=status == 429)
        raise call.refuse(status, message)

    def _failed(self, rule: Rule, error: Exception) -> NoReturn:
        # `from None`: the exceptions of the HTTP library carry the whole request, and with it the secrets.
        cause = self._clean(root_cause(error))
        if rule.action is Action.RETRY:
            raise _AgainError(f"{rule.says} ({cause})") from None
        if rule.action is Action.BAD_ADDRESS:
            raise WrongAddressError(f"pim.base_url: {self.base_url}: {rule.says} ({cause})") from None
        raise DataError(f"{rule.says} ({cause})") from None

    def _broken(self, call: Call, error: Exception) -> NoReturn:
        cause = self._clean(root_cause(error))
        raise PimUnavailableError(f"the PIM at {self.base_url} broke off its answer to {call} ({cause})") from None

    def _count(self, used: Usage) -> None:
        with self._usage_lock:
            self._usage = self._usage + used

    def _clean(self, text: str) -> str:
        for secret in self._secrets():
            text = text.replace(secret, "***")
        return text


class Body(io.RawIOBase):
    """The body of an open answer; closing it frees the connection and the call's slot."""

    def __init__(
        self,
        call: Call,
        response: requests.Response,
        broken: Callable[[Call, Exception], NoReturn],
        stack: ExitStack,
    ) -> None:
        """Take an open answer; broken: raises the error of a body that breaks off."""
        super().__init__()
        self._call = call
        self._response = response
        self._chunks = response.iter_content(_CHUNK)
        self._rest = memoryview(b"")
        self._broken = broken
        self._stack = stack

    @property
    def content_type(self) -> str:
        """The media type the answer states, lower-case and without parameters; empty if it states none."""
        return str(self._response.headers.get("Content-Type") or "").partition(";")[0].strip().lower()

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what there is, at most a chunk; 0 at the end."""
        try:
            while not self._rest:
                chunk = next(self._chunks, None)
                if chunk is None:
                    return 0
                self._rest = memoryview(chunk)
        except Exception as error:
            failure_rule(error)
            self._broken(self._call, error)
        taken = min(len(buffer), len(self._rest))
        buffer[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        return taken

    def close(self) -> None:
        """Free connection and slot."""
        if not self.closed:
            self._stack.close()
        super().close()


def checked_base_url(base_url: str) -> str:
    """Return the PIM's address without a trailing slash; raise WrongAddressError when it cannot be one."""
    allowed = "allowed: http(s)://host[:port][/path], without user, query or fragment"
    try:
        parts = urlsplit(base_url.strip())
        port = parts.port
    except ValueError as error:
        raise WrongAddressError(f"pim.base_url: not an address ({error}); {allowed}") from None
    if parts.username is not None or parts.password is not None:
        raise WrongAddressError(f"pim.base_url: it holds a user or a password; {allowed}")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or port == 0:
        raise WrongAddressError(f"pim.base_url: {base_url!r} is not an address of a PIM; {allowed}")
    return base_url.strip().rstrip("/").removesuffix("/api/rest/v1")


def _wire_bytes(response: requests.Response) -> int:
    tell = getattr(response.raw, "tell", None)
    return int(tell()) if tell is not None else len(response.content)
