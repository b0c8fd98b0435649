"""Indexes in pieces: who is who among all products and models, by any of their names.

Three of them belong to the committed state and, merged with what was read, to each run:

models   lower-case code → `ModelEntry`. Read while products are mapped: whose variant is it, may it be written.
ids      lower-case SFCC id → `IdEntry` of everything that was exported. One id is one product in SFCC, whatever uuid
         or master stands behind it, so what left, what moved and what collides is decided here.
keys     PIM key (uuid, identifier on PIM 6) → `KeyEntry`. Relations name their targets by it.

A piece is a gzip file of JSON arrays, sorted, the key first; which piece a key is in is `shard_of(key)`. A small run
reads and writes only the pieces of its own items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

import orjson

from akeneo_sfcc.mapping.shards import shard_of
from akeneo_sfcc.storage.objects import ObjectStore
from akeneo_sfcc.storage.sections import pack_lines, unpack_lines

MODELS = "models"
IDS = "ids"
KEYS = "keys"


class ModelEntry(NamedTuple):
    """A product model. root: the root's code (its own for roots). state: "", "left" or "filtered"."""

    key: str
    code: str
    role: str
    root: str
    family_variant: str
    catalogue: str | None
    reject: str | None
    state: str

    @property
    def exported(self) -> bool:
        """Tell whether SFCC holds it after this run."""
        return not self.reject and not self.state


class IdEntry(NamedTuple):
    """Something SFCC holds under an id. home: what its shard is computed from."""

    key: str
    id: str
    pim_key: str
    role: str
    home: str
    catalogue: str | None
    left: bool


class KeyEntry(NamedTuple):
    """A product read from the PIM. id is "" when it has none that may be used."""

    key: str
    id: str
    role: str
    reject: str | None


Entry = TypeVar("Entry", ModelEntry, IdEntry, KeyEntry)


def dump_entry(entry: ModelEntry | IdEntry | KeyEntry) -> bytes:
    """Return an entry as one JSON line."""
    return orjson.dumps(list(entry))


class PiecedIndex:
    """Read entries out of pieces, loading only pieces that are asked for.

    objects: the S3 key of each piece, None for an empty one.
    """

    def __init__(self, store: ObjectStore, objects: Iterable[str | None]) -> None:
        """Take the pieces' keys; nothing is read yet."""
        self._store = store
        self.objects = list(objects)
        self._kept: dict[int, dict[str, bytes]] = {}

    def piece_of(self, key: str) -> int:
        """Return the number of the piece a key belongs to."""
        return shard_of(key, len(self.objects))

    def lines(self, piece: int) -> list[bytes]:
        """Return a piece's lines in their order."""
        place = self.objects[piece] if self.objects else None
        return unpack_lines(self._store.get(place)) if place else []

    def entries(self, piece: int, make: Callable[[Iterable[object]], Entry]) -> Iterator[Entry]:
        """Yield a piece's entries in their order."""
        for line in self.lines(piece):
            yield make(orjson.loads(line))

    def get(self, key: str, make: Callable[[Iterable[object]], Entry]) -> Entry | None:
        """Return the entry of a key; the pieces it meets stay in memory."""
        if not self.objects:
            return None
        piece = self.piece_of(key)
        if piece not in self._kept:
            self._kept[piece] = {_key_of(line): line for line in self.lines(piece)}
        line = self._kept[piece].get(key)
        return make(orjson.loads(line)) if line is not None else None

    def select(self, keys: set[str], make: Callable[[Iterable[object]], Entry]) -> dict[str, Entry]:
        """Return the entries of the wanted keys, reading one piece at a time and keeping none."""
        if not self.objects:
            return {}
        found: dict[str, Entry] = {}
        for piece in sorted({self.piece_of(key) for key in keys}):
            for line in self.lines(piece):
                key = _key_of(line)
                if key in keys:
                    found[key] = make(orjson.loads(line))
        return found


def write_piece(store: ObjectStore, place: str, lines: list[bytes]) -> str:
    """Write a piece, sorted, and return its key."""
    store.put(place, pack_lines(sorted(lines)))
    return place


def _key_of(line: bytes) -> str:
    """Return the key of a line, without parsing the whole of it."""
    end = line.index(b'"', 2)
    raw = line[2:end]
    if b"\\" in raw:
        return str(orjson.loads(line)[0])
    return raw.decode()


def make_model(values: Iterable[object]) -> ModelEntry:
    """Make a `ModelEntry` of a parsed line."""
    return ModelEntry(*values)  # type: ignore[arg-type]


def make_id(values: Iterable[object]) -> IdEntry:
    """Make an `IdEntry` of a parsed line."""
    return IdEntry(*values)  # type: ignore[arg-type]


def make_key(values: Iterable[object]) -> KeyEntry:
    """Make a `KeyEntry` of a parsed line."""
    return KeyEntry(*values)  # type: ignore[arg-type]
