"""The lines the media job passes on about binaries: what is wanted, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from akeneo_sfcc.mapping.media_paths import media_path
from akeneo_sfcc.mapping.shards import shard_of
from akeneo_sfcc.settings import Settings

PIECES = 32
"""Pieces of the index of binaries: 30,000 lines each for a million, few enough for a small shop."""

PRODUCT_MEDIA = "media-files"
ASSET_MEDIA = "asset-media-files"


class WantedBinary(NamedTuple):
    """A binary that products name.

    source: the endpoint it comes from. catalogues: where in the export it goes. size, mime_type: as the PIM describes
    it, None where that is not known yet. sha256: of a binary that is stored already, else None. delivered: its paths in
    the export that SFCC has from an earlier run.
    """

    code: str
    source: str
    catalogues: list[str]
    size: int | None = None
    mime_type: str | None = None
    sha256: str | None = None
    delivered: Sequence[str] = ()

    def dump(self) -> bytes:
        """Return the line."""
        return orjson.dumps(list(self))

    @classmethod
    def parse(cls, line: bytes) -> WantedBinary:
        """Undo `dump`."""
        return cls(*orjson.loads(line))


class StoredBinary(NamedTuple):
    """A binary in the store, as the index keeps it. host: the instance that was given it; delivered: at these paths."""

    code: str
    size: int
    sha256: str
    mime_type: str
    host: str | None = None
    delivered: Sequence[str] = ()

    def dump(self) -> bytes:
        """Return the line."""
        return orjson.dumps(list(self))

    @classmethod
    def parse(cls, line: bytes) -> StoredBinary:
        """Undo `dump`."""
        return cls(*orjson.loads(line))


def piece_of(code: str) -> int:
    """Return the piece of a media code; codes that have one path in SFCC meet in one."""
    return shard_of(media_path("", code), PIECES)


def export_path(settings: Settings, catalogue: str, code: str) -> str:
    """Return a binary's path in the export: where `image/@path` and the custom attribute lead to."""
    folder = settings.images.catalog_base_path
    path = media_path(settings.images.base_path, code)
    return f"catalogs/{catalogue}/static/default/{folder + '/' if folder else ''}{path}"


def kind_of(source: str) -> str:
    """Return what reports call a binary."""
    return "image" if source == PRODUCT_MEDIA else "asset"
