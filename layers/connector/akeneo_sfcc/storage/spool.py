"""Partitions on local disk: lines that must be regrouped without holding them in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

_BUFFER = 1 << 16


class Partitions:
    """Append lines to numbered partitions, then read each back; memory is one small buffer a partition.

    What does not fit the buffers lives in the function's /tmp and is gone after the block.
    """

    def __init__(self, count: int) -> None:
        """Make room for partitions 0 to count - 1."""
        self._folder = tempfile.TemporaryDirectory(prefix="partitions-")
        self._buffers = [bytearray() for _ in range(count)]
        self._on_disk: set[int] = set()

    def __enter__(self) -> Self:
        """Use as a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the files."""
        self._folder.cleanup()

    def add(self, number: int, line: bytes) -> None:
        """Append one line (without its line end)."""
        buffer = self._buffers[number]
        buffer += line
        buffer += b"\n"
        if len(buffer) >= _BUFFER:
            self._flush(number)

    def lines(self, number: int) -> Iterator[bytes]:
        """Yield a partition's lines in the order they came."""
        if number in self._on_disk:
            with self._path(number).open("rb") as stream:
                for line in stream:
                    yield line[:-1]
        # Lines may hold any other line break of Unicode or ASCII.
        yield from bytes(self._buffers[number]).split(b"\n")[:-1]

    def touched(self) -> list[int]:
        """Return the numbers of the partitions that have lines."""
        return [number for number, buffer in enumerate(self._buffers) if buffer or number in self._on_disk]

    def _path(self, number: int) -> Path:
        return Path(self._folder.name) / f"{number:05d}"

    def _flush(self, number: int) -> None:
        buffer = self._buffers[number]
        with self._path(number).open("ab") as stream:
            stream.write(buffer)
        self._on_disk.add(number)
        buffer.clear()
