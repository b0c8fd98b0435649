"""The XML of a shard's records, kept out of memory until it is written."""

from __future__ import annotations

import tempfile
from types import TracebackType
from typing import Self

_SEPARATOR = "\0"  # no XML document can contain it
_SPOOL_BYTES = 16 << 20


class XmlSpool:
    """The XML pieces of records, on disk beyond 16 MiB."""

    def __init__(self) -> None:
        """Start empty."""
        self._file = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115
        self._end = 0

    def __enter__(self) -> Self:
        """Use as a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the file."""
        self._file.close()

    def add(self, pieces: list[str]) -> tuple[int, int]:
        """Keep the pieces; return their place."""
        data = _SEPARATOR.join(pieces).encode()
        place = (self._end, len(data))
        self._file.seek(self._end)
        self._file.write(data)
        self._end += len(data)
        return place

    def bytes(self, place: tuple[int, int]) -> bytes:
        """Return the pieces at a place as they were joined: the element itself where there is only one piece."""
        self._file.seek(place[0])
        return self._file.read(place[1])

    def pieces(self, place: tuple[int, int]) -> list[str]:
        """Return the pieces at a place."""
        return self.bytes(place).decode().split(_SEPARATOR)
