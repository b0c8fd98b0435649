"""Access tokens: login by password, renewal by refresh token.

https://api.akeneo.com/documentation/authentication.html; a refresh token works once, its reply holds the
next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from akeneo_sfcc.akeneo.credentials import Credentials
from akeneo_sfcc.akeneo.errors import LoginError, WrongAddressError
from akeneo_sfcc.akeneo.policy import Action, status_rule
from akeneo_sfcc.errors import ConnectorError, DataError

TOKEN_PATH = "/api/oauth/v1/token"  # noqa: S105 - an address
_REFUSALS = frozenset({400, 401, 403, 422})

PostToken = Callable[[Mapping[str, str], str], Any]
"""Posts a grant (JSON body, Authorization header) and returns the parsed reply."""


@dataclass(frozen=True, slots=True)
class _Tokens:
    access: str = field(repr=False)
    refresh: str | None = field(repr=False)


class Auth:
    """Gives the current access token and gets another one when the PIM refuses it.

    One login or renewal at a time: who comes while one is under way waits for it and takes its result.
    """

    def __init__(self, credentials: Credentials, post: PostToken) -> None:
        """Keep the credentials; nothing is sent before a token is asked for."""
        self._credentials = credentials
        self._post = post
        self._tokens: _Tokens | None = None
        self._failures: list[ConnectorError] = []
        self._lock = Lock()

    def token(self) -> str:
        """Return the access token, logging in if there is none yet."""
        failed_before = len(self._failures)
        with self._lock:
            if self._tokens is None:
                if len(self._failures) > failed_before:
                    # The login this call waited for took all its tries; it would not go better at once.
                    raise self._failures[-1]
                try:
                    self._tokens = self._login()
                except ConnectorError as error:
                    self._failures.append(error)
                    raise
            return self._tokens.access

    def renew(self, stale: str) -> str:
        """Return another token than `stale`, which the PIM refused.

        Refreshes; when the refresh token is refused as well, logs in again, once. Raises LoginError when that
        fails.
        """
        with self._lock:
            if self._tokens is None or self._tokens.access == stale:
                self._tokens = self._refresh(self._tokens) or self._login()
            return self._tokens.access

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that must not show in a message."""
        known = [self._credentials.secret, self._credentials.password]
        tokens = self._tokens
        if tokens is not None:
            known += [tokens.access, tokens.refresh or ""]
        return tuple(text for text in known if text)

    def _login(self) -> _Tokens:
        user = self._credentials
        grant = {"grant_type": "password", "username": user.username, "password": user.password}
        return _tokens(self._post(grant, user.basic))

    def _refresh(self, tokens: _Tokens | None) -> _Tokens | None:
        if tokens is None or tokens.refresh is None:
            return None
        grant = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
        try:
            return _tokens(self._post(grant, self._credentials.basic))
        except LoginError:
            return None  # expired, revoked, or used by a reply that never arrived: the password still counts


def _tokens(reply: Any) -> _Tokens:
    access = reply.get("access_token") if isinstance(reply, dict) else None
    if not isinstance(access, str) or not access:
        raise DataError(f"the PIM's answer to POST {TOKEN_PATH} holds no access_token")
    refresh = reply.get("refresh_token")
    return _Tokens(access, refresh if isinstance(refresh, str) and refresh else None)


def login_refusal(status: int, message: str, base_url: str) -> ConnectorError:
    """Return the error for a token request that was refused, naming the credential at fault."""
    said = f"POST {TOKEN_PATH} was answered with {status}: {message}"
    if status in _REFUSALS:
        return LoginError(f"{_fault(message)}; {said}")
    if status == 404 or status_rule(status).action is Action.BAD_ADDRESS:
        return WrongAddressError(
            f"pim.base_url: {base_url} is not the address of an Akeneo PIM ({said}); "
            "allowed: the address at which the PIM itself answers, without /api/rest/v1"
        )
    return DataError(said)


def _fault(message: str) -> str:
    text = message.lower()
    client = "the PIM connection's client id or secret is wrong (AKENEO_CLIENT_ID, AKENEO_CLIENT_SECRET)"
    user = "the PIM connection's username or password is wrong (AKENEO_USERNAME, AKENEO_PASSWORD)"
    if "client" in text or "secret" in text:
        return f"{client}, or a web server strips the Authorization header"
    if "user" in text or "password" in text:
        return user
    return f"the PIM refused to log in: {client}, or {user}"
