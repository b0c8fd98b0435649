"""Account Manager: access tokens by client credentials, kept until they run out, renewed once when refused."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from urllib.parse import urlencode

from akeneo_sfcc.delivery.errors import LoginError, ScopeError, WrongHostError
from akeneo_sfcc.delivery.transport import Answer, Call, Transport
from akeneo_sfcc.errors import DataError

TOKEN_PATH = "/dwsso/oauth2/access_token"  # noqa: S105 - an address
_EARLY = 60.0
"""A token is renewed this many seconds before it runs out, so that it lasts for the call it is taken for."""


@dataclass(frozen=True, slots=True)
class SfccCredentials:
    """The API client of Account Manager; nothing of its secret shows in `repr`."""

    client_id: str
    secret: str = field(repr=False)

    @property
    def basic(self) -> str:
        """The value of the Authorization header of a login."""
        return "Basic " + b64encode(f"{self.client_id}:{self.secret}".encode()).decode("ascii")


@dataclass(frozen=True, slots=True)
class _Token:
    access: str = field(repr=False)
    until: float


class AccountManager:
    """Gives access tokens, one per set of scopes; one login at a time."""

    def __init__(self, url: str, credentials: SfccCredentials, transport: Transport) -> None:
        """Keep the address (without a path) and the client; nothing is sent before a token is asked for."""
        self._url = url
        self._credentials = credentials
        self._transport = transport
        self._tokens: dict[str, _Token] = {}
        self._lock = Lock()
        transport.secrets = self._secrets

    def token(self, scope: str = "") -> str:
        """Return a token that lasts a while; scope: names separated by spaces."""
        with self._lock:
            found = self._tokens.get(scope)
            if found is None or found.until - _EARLY <= self._transport.now():
                found = self._tokens[scope] = self._login(scope)
            return found.access

    def renew(self, stale: str, scope: str = "") -> str:
        """Return another token than `stale`, which was refused."""
        with self._lock:
            found = self._tokens.get(scope)
            if found is None or found.access == stale:
                found = self._tokens[scope] = self._login(scope)
            return found.access

    def _secrets(self) -> tuple[str, ...]:
        known = [self._credentials.secret, *(token.access for token in self._tokens.values())]
        return tuple(text for text in known if text)

    def _login(self, scope: str) -> _Token:
        form = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
        call = Call(
            "POST",
            self._url + TOKEN_PATH,
            "the login at Account Manager",
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            urlencode(form).encode(),
            setting="Account Manager's address",
        )
        answer = self._transport.send(call, self._credentials.basic)
        if answer.status != 200:
            raise self._refused(answer, scope)
        reply = answer.json()
        access, lifetime = reply.get("access_token"), reply.get("expires_in")
        if not isinstance(access, str) or not access:
            raise DataError("Account Manager's answer holds no access_token")
        seconds = float(lifetime) if isinstance(lifetime, int | float | str) else 0.0
        return _Token(access, self._transport.now() + max(seconds, _EARLY + 1))

    def _refused(self, answer: Answer, scope: str) -> LoginError | WrongHostError | DataError:
        said = self._transport.clean(f"{answer.status}: {answer.message}")
        if answer.status == 400 and "invalid_scope" in answer.message:
            return ScopeError(f"Account Manager does not grant the API client the scopes {scope!r} ({said})")
        if answer.status in (400, 401, 403):
            return LoginError(
                "Account Manager refused the API client: SFCC_CLIENT_ID or SFCC_CLIENT_SECRET is wrong, or the client "
                f"is not active or not allowed to log in by client_secret_basic ({said})"
            )
        if answer.status == 404:
            return WrongHostError(f"what answers at {self._url} is not Account Manager ({said})")
        return DataError(f"the login at Account Manager was answered with {said}")


class Authorised:
    """Sends calls with a token of one set of scopes; a refused token is replaced once per call."""

    def __init__(self, transport: Transport, manager: AccountManager, scope: str = "") -> None:
        """Send through this transport."""
        self._transport = transport
        self._manager = manager
        self._scope = scope

    def send(self, call: Call) -> Answer:
        """Return the answer; it has status 401 only if a fresh token was refused as well."""
        token = self._manager.token(self._scope)
        answer = self._transport.send(call, f"Bearer {token}")
        if answer.status == 401:
            answer = self._transport.send(call, f"Bearer {self._manager.renew(token, self._scope)}")
        return self._cleaned(answer)

    @contextmanager
    def open(self, call: Call) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """Open the answer's body as chunks; see `Transport.open`."""
        token = self._manager.token(self._scope)
        with self._transport.open(call, f"Bearer {token}") as (answer, chunks):
            if answer.status != 401:
                yield self._cleaned(answer), chunks
                return
        renewed = self._manager.renew(token, self._scope)
        with self._transport.open(call, f"Bearer {renewed}") as (answer, chunks):
            yield self._cleaned(answer), chunks

    def _cleaned(self, answer: Answer) -> Answer:
        if answer.status < 400:
            return answer
        text = answer.body.decode("utf-8", "replace")
        return replace(answer, body=self._transport.clean(text).encode())
