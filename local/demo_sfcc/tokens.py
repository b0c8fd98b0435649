"""Account Manager: tokens for one API client, with the scopes it may have."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ApiClient:
    """The one API client a demo instance knows."""

    client_id: str = "demo_client"
    secret: str = field(default="demo_secret", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> ApiClient:
        """Take SFCC_CLIENT_ID and SFCC_CLIENT_SECRET where they are set."""
        given = {"client_id": environment.get("SFCC_CLIENT_ID"), "secret": environment.get("SFCC_CLIENT_SECRET")}
        return cls(**{name: value for name, value in given.items() if value})


class LoginRefusedError(Exception):
    """A login that fails. status: HTTP; error: as OAuth names it."""

    def __init__(self, status: int, error: str, description: str) -> None:
        """Take what the answer says."""
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description}


class Tokens:
    """Gives out and checks access tokens."""

    def __init__(
        self, client: ApiClient, *, scopes: Iterable[str], expires_in: int, clock: Callable[[], float]
    ) -> None:
        """Accept this client for these scopes; clock: seconds since the epoch."""
        self.given = 0
        self._client = client
        self._scopes = frozenset(scopes)
        self._expires_in = expires_in
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[str, tuple[float, frozenset[str]]] = {}

    def give(self, authorization: str | None, form: Mapping[str, str]) -> dict[str, Any]:
        """Answer a login by client credentials, in the header or the form; raise LoginRefusedError."""
        client = _basic(authorization) or (form.get("client_id", ""), form.get("client_secret", ""))
        if client != (self._client.client_id, self._client.secret):
            raise LoginRefusedError(401, "invalid_client", "Client authentication failed")
        if form.get("grant_type") != "client_credentials":
            raise LoginRefusedError(400, "unsupported_grant_type", "Grant type is not supported")
        asked = frozenset(form.get("scope", "").split())
        if not asked <= self._scopes:
            raise LoginRefusedError(400, "invalid_scope", f"Unknown/invalid scope(s): {sorted(asked - self._scopes)}")
        token = secrets.token_urlsafe(48)
        with self._lock:
            self.given += 1
            self._tokens[token] = (self._clock() + self._expires_in, asked)
        return {
            "access_token": token,
            "expires_in": self._expires_in,
            "token_type": "Bearer",
            "scope": " ".join(sorted(asked)),
        }

    def scopes(self, authorization: str | None) -> frozenset[str] | None:
        """Return the scopes of a valid token, None for any other."""
        scheme, _, token = (authorization or "").partition(" ")
        with self._lock:
            until, scopes = self._tokens.get(token.strip(), (0.0, frozenset()))
        return scopes if scheme.lower() == "bearer" and until > self._clock() else None

    def expire(self) -> None:
        """Let every token given so far be worth nothing."""
        with self._lock:
            self._tokens.clear()


def _basic(authorization: str | None) -> tuple[str, str] | None:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return client_id, secret
