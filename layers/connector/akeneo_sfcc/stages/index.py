"""Indexes in pieces: who is who among all products and models, by any of their names.

All of them belong to the committed state and, merged with what was read, to each run:

models   lower-case code → `ModelEntry`. Read while products are mapped: whose variant is it, may it be written.
ids      lower-case SFCC id → `IdEntry` of everything that was exported. One id is one product in SFCC, whatever uuid
         or master stands behind it, so what left, what moved and what collides is decided here.
keys     PIM key (uuid, identifier on PIM 6) → `KeyEntry`. Relations name their targets by it.

missing  token of a target that some product names and that is not exported → `MissingEntry`, where those products
         are. When such a target arrives, they are written anew although the PIM does not call them changed.

A piece is a bucketed file of JSON arrays, the key first; which piece a key is in is `shard_of(key)`. A small run reads
and writes only the buckets of its own items.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

import orjson

from akeneo_sfcc.mapping.shards import shard_of
from akeneo_sfcc.storage.buckets import BucketFile, bucket_of
from akeneo_sfcc.storage.objects import ObjectStore

MODELS = "models"
IDS = "ids"
KEYS = "keys"
MISSING = "missing"
EXPORTED_MODELS = "exported-models"
"""The models of a run with those marked that a search leaves out; this is what is committed as `models`."""

_MOST_BUCKETS = 3


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


class MissingEntry(NamedTuple):
    """A target that is not exported. homes: what the shards and buckets of the products that name it come from."""

    key: str
    homes: list[str]


Entry = TypeVar("Entry", ModelEntry, IdEntry, KeyEntry, MissingEntry)


def token_of(key: str, is_model: bool) -> str:
    """Return the key of a target in the index of missing ones; models and products have names of their own."""
    return f"m:{key.lower()}" if is_model else f"p:{key}"


def dump_entry(entry: ModelEntry | IdEntry | KeyEntry | MissingEntry) -> bytes:
    """Return an entry as one JSON line."""
    return orjson.dumps(list(entry))


class PiecedIndex:
    """Read entries out of pieces, loading no more of them than is asked for.

    objects: the key of each piece, None for an empty one.
    """

    def __init__(self, store: ObjectStore, objects: Iterable[str | None]) -> None:
        """Take the pieces' keys; nothing is read yet."""
        self._store = store
        self.objects = list(objects)
        self._files: dict[int, BucketFile] = {}
        self._kept: dict[int, dict[str, bytes]] = {}
        self._whole: set[int] = set()
        self._seen: dict[int, set[int]] = defaultdict(set)

    def piece_of(self, key: str) -> int:
        """Return the number of the piece a key belongs to."""
        return shard_of(key, len(self.objects))

    def file(self, piece: int) -> BucketFile:
        """Return a piece's file."""
        if piece not in self._files:
            self._files[piece] = BucketFile(self._store, self.objects[piece] if self.objects else None)
        return self._files[piece]

    def entries(
        self, piece: int, make: Callable[[Iterable[object]], Entry], buckets: Iterable[int] | None = None
    ) -> Iterator[Entry]:
        """Yield a piece's entries, or those in some of its buckets."""
        file = self.file(piece)
        for line in file.all_lines() if buckets is None else file.lines(buckets):
            yield make(orjson.loads(line))

    def get(self, key: str, make: Callable[[Iterable[object]], Entry]) -> Entry | None:
        """Return the entry of a key; what is met on the way stays in memory.

        Who asks for many keys of a piece gets it whole, with one request instead of many.
        """
        if not self.objects:
            return None
        piece, bucket = self.piece_of(key), bucket_of(key)
        kept, seen = self._kept.setdefault(piece, {}), self._seen[piece]
        if bucket not in seen and piece not in self._whole:
            if len(seen) < _MOST_BUCKETS:
                seen.add(bucket)
                lines = self.file(piece).lines((bucket,))
            else:
                self._whole.add(piece)
                lines = self.file(piece).all_lines()
            kept.update((_key_of(line), line) for line in lines)
        line = kept.get(key)
        return make(orjson.loads(line)) if line is not None else None

    def select(self, keys: set[str], make: Callable[[Iterable[object]], Entry]) -> dict[str, Entry]:
        """Return the entries of the wanted keys, reading one piece at a time and keeping none."""
        if not self.objects:
            return {}
        wanted: dict[int, set[int]] = defaultdict(set)
        for key in keys:
            wanted[self.piece_of(key)].add(bucket_of(key))
        found: dict[str, Entry] = {}
        for piece, buckets in sorted(wanted.items()):
            for line in self.file(piece).lines(buckets):
                key = _key_of(line)
                if key in keys:
                    found[key] = make(orjson.loads(line))
        return found


def write_piece(before: BucketFile, place: str, entries: Iterable[Entry], buckets: Iterable[int] = ()) -> str | None:
    """Write a piece over an earlier one, and return its key, None for an empty piece.

    entries: all that is in the buckets they belong to, and in `buckets`, from now on; other buckets stay.
    """
    lines: dict[int, list[bytes]] = {number: [] for number in buckets}
    for entry in entries:
        lines.setdefault(bucket_of(entry.key), []).append(dump_entry(entry))
    return before.changed(place, {number: sorted(found) for number, found in lines.items()})


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


def make_missing(values: Iterable[object]) -> MissingEntry:
    """Make a `MissingEntry` of a parsed line."""
    return MissingEntry(*values)  # type: ignore[arg-type]


def make_key(values: Iterable[object]) -> KeyEntry:
    """Make a `KeyEntry` of a parsed line."""
    return KeyEntry(*values)  # type: ignore[arg-type]
