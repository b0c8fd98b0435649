"""What the PIM says of its media files: size and type of each, to check what it sends against.

There is no filter to ask for some media files only. Asking for each is one call a file, which would halve the rate of a
first run; listing all is one call a hundred. So the list is read when that takes fewer calls; what it does not tell,
because time was short, is asked for where the file is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from akeneo_sfcc.akeneo.client import LIST_LIMIT, AkeneoClient
from akeneo_sfcc.stages.media_lines import PIECES, PRODUCT_MEDIA, WantedBinary, piece_of
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.storage.spool import Partitions

_RESERVE_SECONDS = 300.0
_PAGES_AHEAD = 16


@dataclass(slots=True)
class MediaEntities:
    """Media files by piece; one piece is in memory at a time."""

    _spool: Partitions
    _piece: int = -1
    _known: dict[str, tuple[int | None, str | None]] = field(default_factory=dict)

    def add(self, raw: dict[str, Any]) -> None:
        """Take a media file as the PIM lists it."""
        size, mime_type = description(raw)
        code = raw.get("code")
        if isinstance(code, str):
            self._spool.add(piece_of(code), orjson.dumps([code, size, mime_type]))

    def described(self, piece: int, binary: WantedBinary) -> WantedBinary:
        """Return the binary with size and type, if they are known; pieces are asked for one after the other."""
        if binary.sha256 is not None or binary.source != PRODUCT_MEDIA:
            return binary
        if piece != self._piece:
            lines = (orjson.loads(line) for line in self._spool.lines(piece))
            self._piece, self._known = piece, {code: (size, mime_type) for code, size, mime_type in lines}
        size, mime_type = self._known.get(binary.code, (None, None))
        return binary._replace(size=size, mime_type=mime_type)


def description(raw: dict[str, Any]) -> tuple[int | None, str | None]:
    """Return size and media type of a media file, None where it does not tell."""
    size, mime_type = raw.get("size"), raw.get("mime_type")
    is_size = isinstance(size, int) and not isinstance(size, bool) and size >= 0
    return size if is_size else None, mime_type if isinstance(mime_type, str) and mime_type else None


@contextmanager
def find_entities(services: Services, client: AkeneoClient, wanted: int, concurrency: int) -> Iterator[MediaEntities]:
    """List the PIM's media files, if fewer calls do for it than for `wanted` single ones and while there is time."""
    with Partitions(PIECES) as spool:
        entities = MediaEntities(spool)
        if wanted > 1:
            pages = -(-client.list_count(PRODUCT_MEDIA) // LIST_LIMIT)
            if pages < wanted:
                _list(services, client, entities, pages, concurrency)
        yield entities


def _list(services: Services, client: AkeneoClient, entities: MediaEntities, pages: int, concurrency: int) -> None:
    with ThreadPoolExecutor(concurrency) as pool:
        for start in range(1, pages + 1, _PAGES_AHEAD):
            if services.remaining() < _RESERVE_SECONDS:
                return
            numbers = range(start, min(start + _PAGES_AHEAD, pages + 1))
            for items in pool.map(lambda number: client.list_page(PRODUCT_MEDIA, number), numbers):
                for raw in items:
                    entities.add(raw)
