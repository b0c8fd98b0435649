"""What the media job found out about binaries and assets, as far as products depend on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownMedia:
    """The committed state of the media job, read by product jobs; empty before it ever ran.

    gone: media codes without a binary that can be used. Images and values that name one are left out.
    """

    gone: frozenset[str] = frozenset()


NOTHING_KNOWN = KnownMedia()
