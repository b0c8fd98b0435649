"""The token endpoint: who may call the API."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.demo_pim.replies import ApiError, unprocessable

WRONG_CLIENT = 'Parameter "client_id" is missing or does not match any client, or secret is invalid'
WRONG_USER = "No user found for the given username and password"
MISSING_USER = 'Missing parameters. "username" and "password" required'
WRONG_REFRESH = "Invalid refresh token"
WRONG_GRANT = 'Invalid grant_type parameter or parameter missing, "password" or "refresh_token" expected'


@dataclass(frozen=True, slots=True)
class Login:
    """The one connection and user a demo PIM knows."""

    client_id: str = "demo_client"
    secret: str = field(default="demo_secret", repr=False)
    username: str = "demo"
    password: str = field(default="demo", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Login:
        """Take AKENEO_CLIENT_ID, AKENEO_CLIENT_SECRET, AKENEO_USERNAME and AKENEO_PASSWORD where they are set."""
        given = {
            "client_id": environment.get("AKENEO_CLIENT_ID"),
            "secret": environment.get("AKENEO_CLIENT_SECRET"),
            "username": environment.get("AKENEO_USERNAME"),
            "password": environment.get("AKENEO_PASSWORD"),
        }
        return cls(**{name: value for name, value in given.items() if value})


class Tokens:
    """Gives out and checks access tokens; refresh tokens work once."""

    def __init__(self, login: Login, *, expires_in: int = 3600, clock: Callable[[], float]) -> None:
        """Accept this login; `clock` gives seconds since the epoch."""
        self.expires_in = expires_in
        self._login = login
        self._clock = clock
        self._lock = threading.Lock()
        self._access: dict[str, float] = {}
        self._refresh: set[str] = set()

    def give(self, authorization: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a token request; raise ApiError 422 for a wrong client, user, refresh token or grant."""
        client = _basic(authorization) or (str(body.get("client_id", "")), str(body.get("client_secret", "")))
        if client != (self._login.client_id, self._login.secret):
            raise unprocessable(WRONG_CLIENT)
        grant = body.get("grant_type")
        if grant == "password":
            if not body.get("username") or not body.get("password"):
                raise unprocessable(MISSING_USER)
            if (body["username"], body["password"]) != (self._login.username, self._login.password):
                raise unprocessable(WRONG_USER)
        elif grant == "refresh_token":
            with self._lock:
                if body.get("refresh_token") not in self._refresh:
                    raise unprocessable(WRONG_REFRESH)
                self._refresh.discard(str(body["refresh_token"]))
        else:
            raise unprocessable(WRONG_GRANT)
        access, refresh = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
        with self._lock:
            self._access[access] = self._clock() + self.expires_in
            self._refresh.add(refresh)
        return {
            "access_token": access,
            "expires_in": self.expires_in,
            "token_type": "bearer",
            "scope": None,
            "refresh_token": refresh,
        }

    def connection(self, authorization: str | None) -> str:
        """Return the connection a call is made by; raise ApiError 401 if its token is missing, wrong or old."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise ApiError(401, "Authentication is required")
        with self._lock:
            until = self._access.get(token.strip())
        if until is None:
            raise ApiError(401, "The access token provided is invalid.")
        if until <= self._clock():
            raise ApiError(401, "The access token provided has expired.")
        return self._login.client_id

    def revoke(self, *, refresh_too: bool = False) -> None:
        """Let every access token given so far be expired."""
        with self._lock:
            self._access = dict.fromkeys(self._access, 0.0)
            if refresh_too:
                self._refresh.clear()


def _basic(authorization: str | None) -> tuple[str, str] | None:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return client_id, secret
