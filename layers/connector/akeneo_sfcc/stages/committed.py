"""The committed state's manifest: where the last successful run left what it wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import orjson

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.mapping.shards import shard_of, shards_sharing
from akeneo_sfcc.stages.attempted import AttemptedState
from akeneo_sfcc.stages.contracts import RunContext
from akeneo_sfcc.stages.index import IDS, KEYS, MISSING, MODELS, Entry, PiecedIndex
from akeneo_sfcc.storage.buckets import BucketFile
from akeneo_sfcc.storage.objects import MissingObjectError, ObjectStore

FORMAT = 3
_READERS = 16


@dataclass(frozen=True, slots=True)
class CommittedState:
    """The state of one scope, as keys of objects.

    shards: how many shards and index pieces there are. objects: the state file of each shard, None while it is empty.
    indexes: name → the key of each piece. products: exported products and models that have not left.
    categories: storefront catalogue → `[code, depth]` of the written categories. fingerprints: key of the
    fingerprints of what products depend on (mapping.fingerprints). attempted: until this state is committed, SFCC may
    hold what it says and what earlier deliveries left; None when there were none.
    """

    shards: int
    run_id: str | None = None
    objects: tuple[str | None, ...] = ()
    indexes: dict[str, list[str | None]] = field(default_factory=dict)
    products: int = 0
    categories: dict[str, list[list[Any]]] = field(default_factory=dict)
    fingerprints: str | None = None
    attempted: AttemptedState | None = None

    def index(self, store: ObjectStore, name: str) -> PiecedIndex:
        """Return one of the indexes, empty before the first success."""
        return PiecedIndex(store, self.indexes.get(name, []))

    def sharing(self, piece: int, shards: int) -> list[int]:
        """Return which committed shards (or pieces) may hold what belongs to one of this run's `shards`."""
        return shards_sharing(piece, shards, self.shards) if self.objects else []

    def dump(self) -> bytes:
        """Return the manifest's bytes."""
        return orjson.dumps({"format": FORMAT, **{name: getattr(self, name) for name in self.__slots__}})


def lost_objects(store: ObjectStore, state: CommittedState | AttemptedState) -> list[str]:
    """Return which objects of the state are missing or damaged, as far as their directories and names tell."""
    pieces = [state.ids] if isinstance(state, AttemptedState) else state.indexes.values()
    directories = [key for key in (*state.objects, *(key for keys in pieces for key in keys)) if key]

    def lost(key: str) -> list[str]:
        try:
            return [name for name in BucketFile(store, key).objects[1:] if not store.exists(name)]
        except DataError:
            return [key]

    with ThreadPoolExecutor(_READERS) as pool:
        return [name for found in pool.map(lost, directories) for name in found]


def committed_entries(
    index: PiecedIndex,
    piece: int,
    shards: int,
    make: Callable[[Iterable[object]], Entry],
    buckets: Iterable[int] | None = None,
) -> list[Entry]:
    """Return the entries of a committed index that belong to one of a run's pieces, also when their number has changed.

    buckets: those to read; None for all.
    """
    return [
        entry
        for number in (shards_sharing(piece, shards, len(index.objects)) if index.objects else ())
        for entry in index.entries(number, make, buckets)
        if shard_of(entry.key, shards) == piece
    ]


def read_committed(store: ObjectStore, run: RunContext, shards: int) -> CommittedState:
    """Read the manifest the run started from; an empty state of `shards` shards before the first success.

    Raises DataError when the manifest is missing or damaged: `force_full` builds a new one.
    """
    return CommittedState(shards=shards) if run.committed is None else read_manifest(store, run.committed)


def read_attempted(store: ObjectStore, run: RunContext) -> AttemptedState:
    """Read what an unfinished delivery may have left; empty when there was none, DataError when it is damaged."""
    return AttemptedState() if run.attempted is None else attempted_by(read_manifest(store, run.attempted))


def attempted_by(state: CommittedState) -> AttemptedState:
    """Return what SFCC may hold, beside what is committed, after a run that meant to commit this state."""
    if state.attempted is not None:
        return state.attempted
    return AttemptedState(state.shards, tuple(state.objects), tuple(state.indexes[IDS]), state.categories)


def read_manifest(store: ObjectStore, key: str) -> CommittedState:
    """Read a committed state's manifest; DataError when it is missing or damaged."""
    try:
        body = store.get(key)
    except MissingObjectError as error:
        raise DataError(f"the committed state {key} is missing; start with force_full") from error
    try:
        document = orjson.loads(body)
        if document.pop("format") != FORMAT:
            raise DataError(f"the committed state {key} has another format than {FORMAT}; start with force_full")
        if document.get("attempted") is not None:
            document["attempted"] = AttemptedState.from_json(document["attempted"])
        state = CommittedState(**document)
    except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"the committed state {key} is damaged ({error}); start with force_full") from error
    known = {MODELS, IDS, KEYS, MISSING}
    if set(state.indexes) != known or len(state.objects) != state.shards:
        raise DataError(f"the committed state {key} is incomplete; start with force_full")
    return state
