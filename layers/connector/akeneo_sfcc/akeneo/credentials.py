"""Who the connector is to the PIM."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """A connection's client and its user; nothing of it shows in `repr`."""

    client_id: str = field(repr=False)
    secret: str = field(repr=False)
    username: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def basic(self) -> str:
        """The value of the Authorization header of a login."""
        return "Basic " + b64encode(f"{self.client_id}:{self.secret}".encode()).decode("ascii")
