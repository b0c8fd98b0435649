"""Bucketed files: a file of lines in many small parts, of which a small change reads and writes only a few.

The committed state of a shard holds 10,000 records; a run that changes ten of them must not read and write them all.
Lines are in buckets by hash, about ten each; every bucket is a gzip member inside some object, and a directory says
where. A change writes one new object with the
buckets it touched, and a new directory that names the old objects for the rest; nothing is ever overwritten.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import orjson

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.storage.objects import ObjectStore

BUCKETS = 1024
"""Buckets of one file; a power of two."""

DATA_SUFFIX = ".data"
"""Added to a directory's key for the object of the buckets written with it."""

_MOST_OBJECTS = 12
"""A directory that names more is written whole again: each object may cost a request."""

_MOST_RANGES = 8
"""More buckets of one object than this are not asked for one by one: the object is read whole."""

_LEVEL = 1
_GZIP = 31  # the window that means a gzip container
_NUMBERS = struct.Struct(f"<{2 * BUCKETS}I")


def bucket_of(key: str) -> int:
    """Return the bucket of a key, without regard to case; independent of which file (shard) the key is in."""
    return (zlib.crc32(key.lower().encode("utf-8", "surrogatepass")) >> 8) % BUCKETS


_NONE = 255
"""The place of an empty bucket."""


@dataclass(slots=True)
class _Directory:
    """Where every bucket is: in which object (by position), from which byte, how long.

    Its form is binary, because every shard and piece that a small run touches reads and writes one: a line of JSON with
    the objects' keys, a byte a bucket for its object, then its offset and its length in four bytes each.
    """

    objects: list[str]
    places: bytearray
    offsets: list[int]
    lengths: list[int]

    @classmethod
    def empty(cls) -> _Directory:
        return cls([], bytearray([_NONE]) * BUCKETS, [0] * BUCKETS, [0] * BUCKETS)

    @classmethod
    def parse(cls, body: bytes) -> _Directory:
        """Undo `dump`; ValueError when it cannot be one."""
        head = body.index(b"\n") + 1
        if len(body) != head + BUCKETS * 9:
            raise ValueError(f"not a directory of {BUCKETS} buckets")
        places, numbers = bytearray(body[head : head + BUCKETS]), _NUMBERS.unpack_from(body, head + BUCKETS)
        found = cls(orjson.loads(body[:head]), places, list(numbers[:BUCKETS]), list(numbers[BUCKETS:]))
        if max(found.used(), default=-1) >= len(found.objects):
            raise ValueError("a bucket is in no object")
        return found

    def dump(self) -> bytes:
        return orjson.dumps(self.objects) + b"\n" + self.places + _NUMBERS.pack(*self.offsets, *self.lengths)

    def used(self) -> set[int]:
        """Return which objects hold a bucket, by position."""
        return set(self.places) - {_NONE}

    def without(self, buckets: Iterable[int]) -> _Directory:
        """Return a directory of the other buckets, that names no object in vain."""
        places, offsets, lengths = bytearray(self.places), list(self.offsets), list(self.lengths)
        for number in buckets:
            places[number], offsets[number], lengths[number] = _NONE, 0, 0
        used = sorted(set(places) - {_NONE}, key=self.objects.__getitem__)
        renumbered = bytearray(range(256))
        for new, old in enumerate(used):
            renumbered[old] = new
        return _Directory([self.objects[old] for old in used], places.translate(renumbered), offsets, lengths)


class BucketFile:
    """Reads a bucketed file; `key` is its directory's, None for an empty file."""

    def __init__(self, store: ObjectStore, key: str | None) -> None:
        """Take the directory's key; it is read on first use."""
        self._store = store
        self.key = key
        self._known: _Directory | None = None

    def all_lines(self) -> Iterator[bytes]:
        """Yield every line, object by object, bucket by bucket."""
        yield from self.lines(range(BUCKETS))

    def lines(self, buckets: Iterable[int]) -> Iterator[bytes]:
        """Yield the lines of some buckets."""
        for _, lines in self._read(sorted(set(buckets))):
            yield from lines

    def changed(self, key: str, buckets: Mapping[int, list[bytes]]) -> str | None:
        """Write the file with these buckets replaced (an empty one is dropped); return the new directory's key.

        None when nothing is left in it. Equal contents give equal bytes. The old file stays as it is.
        """
        directory = self._directory.without(buckets)
        if key + DATA_SUFFIX in directory.objects:
            raise ValueError(f"{key} is made from itself; a repeated write would destroy it")
        new = dict(buckets)
        if len(directory.objects) >= _MOST_OBJECTS:
            kept = [number for number, place in enumerate(directory.places) if place != _NONE]
            new.update(self._read(kept))
            directory = _Directory.empty()
        used = len(directory.objects)
        body = bytearray()
        for number in sorted(new):
            if new[number]:
                data = gzip.compress(b"\n".join(new[number]) + b"\n", _LEVEL, mtime=0)
                directory.places[number] = used
                directory.offsets[number], directory.lengths[number] = len(body), len(data)
                body += data
        if body:
            directory.objects.append(key + DATA_SUFFIX)
            self._store.put(key + DATA_SUFFIX, bytes(body))
        elif not used:
            return None
        self._store.put(key, directory.dump())
        return key

    @property
    def objects(self) -> list[str]:
        """The keys of all objects the file is made of, its directory first."""
        return [] if self.key is None else [self.key, *self._directory.objects]

    def _read(self, numbers: Iterable[int]) -> Iterator[tuple[int, list[bytes]]]:
        known = self._directory
        by_object: dict[int, list[int]] = defaultdict(list)
        for number in numbers:
            if known.places[number] != _NONE:
                by_object[known.places[number]].append(number)
        for index, found in sorted(by_object.items()):
            name = known.objects[index]
            whole = self._store.get(name) if len(found) > _MOST_RANGES else None
            for number in found:
                offset, length = known.offsets[number], known.lengths[number]
                data = self._store.get_range(name, offset, length) if whole is None else whole[offset : offset + length]
                try:
                    yield number, zlib.decompress(data, _GZIP).splitlines()
                except (OSError, EOFError, zlib.error) as error:
                    raise damaged(name, error) from error

    @property
    def _directory(self) -> _Directory:
        if self._known is None:
            if self.key is None:
                self._known = _Directory.empty()
                return self._known
            body = self._store.get(self.key)
            try:
                self._known = _Directory.parse(body)
            except (ValueError, TypeError) as error:
                raise damaged(self.key, error) from error
        return self._known


def damaged(key: str, error: Exception) -> DataError:
    """Return what is wrong with a part of the committed state, and what to do."""
    return DataError(f"object {key} is damaged ({error}); delete it and start with force_full, which does without it")
