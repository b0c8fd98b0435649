"""Sectioned objects: many small compressed files in one object, each readable on its own.

A part of a page range holds lines for every shard. One object per shard and part would cost a request each; here the
sections stand one behind the other as gzip members and a table `{section: [offset, length, lines]}` says where.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from akeneo_sfcc.storage.objects import ObjectStore

SectionTable = dict[str, list[int]]

_WINDOW = 31  # gzip container, 32 KiB window; zlib writes no time stamp, so equal lines give equal bytes
_LEVEL = 1  # work files live for hours: speed counts
_MEMORY = 6
_CHUNK = 1 << 16


class SectionWriter:
    """Collect lines per section, compressed as they come.

    Memory: the compressed size of what was added plus about 100 kB per open section.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._open: dict[int, tuple[zlib._Compress, list[bytes]]] = {}
        self._lines: dict[int, int] = {}
        self.size = 0

    def add(self, section: int, line: bytes) -> None:
        """Append one line (without its line end) to a section."""
        if section not in self._open:
            self._open[section] = (zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY), [])
            self._lines[section] = 0
        compressor, chunks = self._open[section]
        for piece in (line, b"\n"):
            chunk = compressor.compress(piece)
            if chunk:
                chunks.append(chunk)
                self.size += len(chunk)
        self._lines[section] += 1

    def finish(self) -> tuple[bytes, SectionTable]:
        """Return the object's bytes and its table, sections in ascending order."""
        body = bytearray()
        table: SectionTable = {}
        for section in sorted(self._open):
            compressor, chunks = self._open[section]
            chunks.append(compressor.flush())
            data = b"".join(chunks)
            table[str(section)] = [len(body), len(data), self._lines[section]]
            body += data
        return bytes(body), table


def read_section(store: ObjectStore, key: str, table: Mapping[str, list[int]], section: int) -> Iterator[bytes]:
    """Yield the lines of one section, without line ends; nothing when the object has no such section."""
    place = table.get(str(section))
    if place is None:
        return
    yield from _inflated(store.get_range(key, place[0], place[1]))


def _inflated(data: bytes) -> Iterator[bytes]:
    """Yield the lines of gzip data; what is unpacked at any time is a chunk, not the whole."""
    inflate = zlib.decompressobj(_WINDOW)
    rest = b""
    for start in range(0, len(data), _CHUNK):
        lines = (rest + inflate.decompress(data[start : start + _CHUNK])).split(b"\n")
        rest = lines.pop()
        yield from lines
    yield from (rest + inflate.flush()).splitlines()


def pack_lines(lines: list[bytes]) -> bytes:
    """Return lines as one gzip file; equal lines give equal bytes."""
    return gzip.compress(b"\n".join(lines) + b"\n" if lines else b"", compresslevel=_LEVEL, mtime=0)


def unpack_lines(body: bytes) -> list[bytes]:
    """Undo `pack_lines`."""
    return gzip.decompress(body).splitlines()


@contextmanager
def write_lines(store: ObjectStore, key: str) -> Iterator[Callable[[bytes], None]]:
    """Write one gzip file line by line (given without line ends); memory does not grow with it.

    The object appears when the block ends without an error. Equal lines give equal bytes.
    """
    with store.write(key) as target, gzip.GzipFile("", "wb", _LEVEL, target, mtime=0) as packed:

        def write(line: bytes) -> None:
            packed.write(line + b"\n")

        yield write


def read_lines(store: ObjectStore, key: str) -> Iterator[bytes]:
    """Yield the lines of a gzip file without their line ends; memory does not grow with it."""
    with store.open(key) as source, gzip.GzipFile(fileobj=source) as packed:
        for line in packed:
            yield line[:-1]
