"""Sends one call to SFCC: bounded in time and number, retried, streamed where it is large."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NoReturn, TypeVar

import orjson
import requests

from akeneo_sfcc.delivery.errors import InstanceUnavailableError, WrongHostError
from akeneo_sfcc.delivery.policy import RetryPolicy, failure, retried, retry_after
from akeneo_sfcc.errors import DataError
from akeneo_sfcc.http.exchange import as_it_is, root_cause

USER_AGENT = "akeneo-sfcc/0.1.0"
_CHUNK = 64 << 10
_LONGEST_MESSAGE = 500

_log = logging.getLogger(__name__)
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that is read while it is sent, again from its start for every try. size: in bytes, at least 1."""

    size: int
    open: Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, slots=True)
class Call:
    """One request. setting: which setting to blame for its address; what: how messages name it."""

    method: str
    url: str
    what: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Upload | None = field(default=None, repr=False)
    setting: str = "delivery.host"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object; an empty one if it is none."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def message(self) -> str:
        """What an error body says in the words of OCAPI, SCAPI or Account Manager, cut short."""
        found = self.json()
        fault = found.get("fault")
        said = fault if isinstance(fault, dict) else found
        texts = [said.get(name) for name in ("type", "error", "title", "message", "detail", "error_description")]
        kept = [text.strip() for text in texts if isinstance(text, str) and text.strip()]
        return ": ".join(dict.fromkeys(kept))[:_LONGEST_MESSAGE] or "(no message)"


class _AgainError(Exception):
    """This try failed; another may succeed."""

    def __init__(self, reason: str, asked: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.asked = asked


class _Body:
    """An upload's bytes as requests wants them: a length and `read`, never `tell` or `seek`."""

    def __init__(self, source: BinaryIO, size: int) -> None:
        self._source = source
        self._size = size
        self._left = size

    def __len__(self) -> int:
        return self._size

    def read(self, wanted: int = -1) -> bytes:
        """Return the next chunk, of a size that suits us better than the caller's small one."""
        if not self._left:
            return b""
        chunk = self._source.read(min(self._left, max(wanted, _CHUNK)))
        if not chunk:
            raise DataError(f"the file to upload ends {self._left} bytes before the size stated")
        self._left -= len(chunk)
        return chunk

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read():
            yield chunk


class Transport:
    """Sends calls to an instance and its Account Manager."""

    def __init__(
        self,
        *,
        session: requests.Session,
        policy: RetryPolicy,
        sleep: Callable[[float], None],
        jitter: Callable[[], float],
        now: Callable[[], float],
    ) -> None:
        """Take everything from outside; now: seconds since the epoch."""
        self._session = session
        self._policy = policy
        self._sleep = sleep
        self._jitter = jitter
        self.now = now
        self._reached: set[str] = set()
        self.secrets: Callable[[], tuple[str, ...]] = tuple

    def send(self, call: Call, authorization: str) -> Answer:
        """Return the answer of any status that is not worth another try.

        Raises InstanceUnavailableError after the last try, WrongHostError for a redirect or a malformed address.
        """
        return self._persist(call, lambda: self._try(call, authorization))

    @contextmanager
    def open(self, call: Call, authorization: str) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """Open the body of the answer as chunks (status 200), or give the answer alone (any other).

        Opening is retried; a body that breaks off raises InstanceUnavailableError.
        """
        with ExitStack() as stack:
            response = self._persist(call, lambda: self._try_open(call, authorization))
            stack.callback(response.close)
            if response.status_code == 200:
                yield Answer(200, b"", response.headers), self._chunks(call, response)
            else:
                yield self._answer(response), iter(())

    def clean(self, text: str) -> str:
        """Return a text without any secret."""
        for secret in self.secrets():
            text = text.replace(secret, "***")
        return text

    def _persist(self, call: Call, attempt: Callable[[], Read]) -> Read:
        number = 0
        host = call.url.split("/")[2] if call.url.count("/") > 2 else call.url
        while True:
            number += 1
            try:
                found = attempt()
                self._reached.add(host)
                return found
            except _AgainError as again:
                last = self.clean(again.reason)
                tries = 1 + (self._policy.retries if host in self._reached else self._policy.first_retries)
                if number >= tries:
                    raise InstanceUnavailableError(
                        f"{host} gave no usable answer to {call.what} in {number} tries; the last: {last}"
                    ) from None
                pause = self._policy.delay(number, again.asked, self._jitter())
                _log.warning("%s: %s; try %d of %d in %.1f s", call.what, last, number + 1, tries, pause)
                self._sleep(pause)

    def _try(self, call: Call, authorization: str) -> Answer:
        upload = call.body
        if isinstance(upload, Upload):
            with upload.open() as source:
                response = self._request(call, authorization, _Body(source, upload.size), stream=False)
        else:
            response = self._request(call, authorization, upload, stream=False)
        self._judge(call, response)
        return self._answer(response)

    def _try_open(self, call: Call, authorization: str) -> requests.Response:
        response = self._request(call, authorization, None, stream=True)
        try:
            self._judge(call, response)
            if response.status_code != 200:
                _ = response.content
        except BaseException:
            response.close()
            raise
        return response

    def _request(
        self, call: Call, authorization: str, body: bytes | _Body | None, *, stream: bool
    ) -> requests.Response:
        wait = self._policy.upload_timeout if isinstance(body, _Body) else self._policy.read_timeout
        try:
            return self._session.request(
                call.method,
                call.url,
                data=body,
                headers={"User-Agent": USER_AGENT, "Authorization": authorization, **call.headers},
                auth=as_it_is,
                timeout=(self._policy.connect_timeout, wait),
                allow_redirects=False,
                stream=stream,
            )
        except Exception as error:
            self._failed(call, error)

    def _judge(self, call: Call, response: requests.Response) -> None:
        status = response.status_code
        if 300 <= status < 400:
            raise WrongHostError(
                f"{call.setting}: {call.what} was answered with a redirect ({status}); "
                "allowed: the instance's own host name, not a storefront's"
            )
        said = retried(status)
        if said is not None:
            asked = retry_after(response.headers.get("Retry-After"), self.now())
            raise _AgainError(f"{status}, {said}", asked)

    def _answer(self, response: requests.Response) -> Answer:
        return Answer(response.status_code, response.content, response.headers)

    def _chunks(self, call: Call, response: requests.Response) -> Iterator[bytes]:
        try:
            yield from response.iter_content(_CHUNK)
        except Exception as error:
            _, says = failure(error)
            raise InstanceUnavailableError(f"the answer to {call.what} broke off: {says}") from None

    def _failed(self, call: Call, error: Exception) -> NoReturn:
        # `from None`: the exceptions of the HTTP library carry the whole request, and with it the secrets.
        again, says = failure(error)
        cause = self.clean(root_cause(error))
        if again:
            raise _AgainError(f"{says} ({cause})") from None
        raise WrongHostError(f"{call.setting}: {says} ({cause})") from None
