"""What a delivery that no commit concluded may have left in SFCC, beside what is committed.

SFCC imports one file after the other, so a run that dies on the way leaves any part of what it wrote on top of what was
there. The next run takes both for possible: whatever either says was written may have to be emptied or taken back, and
an id may stand in either place. It writes down the union again, with what it writes itself, for the case that it dies,
too; so one pointer in the ledger covers any number of attempts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import orjson

from akeneo_sfcc.mapping.shards import shard_of, shards_sharing
from akeneo_sfcc.mapping.state import StateRecord, join_keys, written_keys
from akeneo_sfcc.stages.index import IdEntry, PiecedIndex, make_id
from akeneo_sfcc.storage.buckets import BucketFile
from akeneo_sfcc.storage.objects import ObjectStore

RECORDS = "attempted"
IDS = "attempted-ids"
"""Names of the two bucketed files of the union, among the indexes of the state."""

Known = TypeVar("Known", StateRecord, IdEntry)


@dataclass(frozen=True, slots=True)
class AttemptedState:
    """The union, as keys of objects; empty when every delivery was concluded.

    objects: the records of each shard. ids: the pieces of the index by id. Both hold several lines for an id that may
    stand in several places. categories: as in the committed state.
    """

    shards: int = 1
    objects: tuple[str | None, ...] = ()
    ids: tuple[str | None, ...] = ()
    categories: dict[str, list[list[Any]]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> AttemptedState:
        """Undo orjson's form of one; TypeError or KeyError when it is none."""
        return cls(**{**document, "objects": tuple(document["objects"]), "ids": tuple(document["ids"])})

    def records(
        self, store: ObjectStore, shard: int, shards: int, buckets: Iterable[int] | None = None
    ) -> Iterator[StateRecord]:
        """Yield the records that belong to one of a run's `shards`; buckets: those to read, None for all."""
        for number in shards_sharing(shard, shards, self.shards) if self.objects else ():
            file = BucketFile(store, self.objects[number])
            for line in file.all_lines() if buckets is None else file.lines(buckets):
                record = StateRecord.from_json(orjson.loads(line))
                # What is merged or waits was never written.
                if not (record.merged or record.waiting) and shard_of(record.home, shards) == shard:
                    yield record

    def entries(
        self, store: ObjectStore, piece: int, shards: int, buckets: Iterable[int] | None = None
    ) -> Iterator[IdEntry]:
        """Yield the entries by id that belong to one of a run's pieces; buckets: those to read, None for all."""
        index = PiecedIndex(store, self.ids)
        for number in shards_sharing(piece, shards, self.shards) if self.ids else ():
            yield from (one for one in index.entries(number, make_id, buckets) if shard_of(one.key, shards) == piece)


def unite_categories(one: dict[str, list[list[Any]]], other: dict[str, list[list[Any]]]) -> dict[str, list[list[Any]]]:
    """Return the categories of both, by storefront; one at two depths counts as the deeper, so as to go first."""
    united: dict[str, list[list[Any]]] = {}
    for storefront in one.keys() | other.keys():
        depths: dict[str, int] = {}
        for code, depth in (*one.get(storefront, ()), *other.get(storefront, ())):
            depths[code] = max(depth, depths.get(code, 0))
        united[storefront] = [[code, depth] for code, depth in depths.items()]
    return united


def standing(record: StateRecord | IdEntry) -> tuple[str, str]:
    """Return where an id stands, as far as that changes what must be undone: its role, and below which root."""
    return record.role, record.home.lower()


def likeliest(found: Iterable[Known]) -> list[Known]:
    """Sort what may be true of an id: what has not left first, then in an order that shards and indexes share."""
    return sorted(found, key=lambda one: (one.left, *standing(one)))


def unite(records: Sequence[StateRecord]) -> StateRecord:
    """Return all that may have been written under an id as one record, the likeliest first; one is returned as it is.

    It stands where the first one stands and has left only if all have. Nothing counts as unchanged.
    """
    first = records[0]
    if len(records) == 1:
        return first
    assigned: dict[str, list[str]] = defaultdict(list)
    recommended: dict[str, list[list[str]]] = defaultdict(list)
    for record in records:
        for storefront, categories in record.assigned.items():
            assigned[storefront] += [code for code in categories if code not in assigned[storefront]]
        for storefront, listed in record.recommended.items():
            recommended[storefront] += [entry for entry in listed if entry not in recommended[storefront]]
    return replace(
        first,
        catalogue=next((record.catalogue for record in records if record.catalogue), None),
        keys=join_keys(set().union(*(written_keys(record.keys) for record in records))),
        assigned=dict(assigned),
        recommended=dict(recommended),
        links=next((record.links for record in records if record.links), []),
        set_products=next((record.set_products for record in records if record.set_products), []),
        bundled=next((record.bundled for record in records if record.bundled), []),
        shown="",
        hash="",
        left=all(record.left for record in records),
        unordered=any(record.unordered or record.recommended != first.recommended for record in records),
    )


def unite_standings(records: Iterable[StateRecord]) -> list[StateRecord]:
    """Return one record for every place where an id may stand, by id; what was never written is left out.

    Of the same place, what is newer comes first.
    """
    found: dict[tuple[str, str, str], list[StateRecord]] = defaultdict(list)
    for record in records:
        if not (record.merged or record.waiting):
            found[(record.id, *standing(record))].append(record)
    return [unite(likeliest(same)) for _, same in sorted(found.items())]


def unite_entries(entries: Iterable[IdEntry]) -> list[IdEntry]:
    """Return one entry for every place where an id may stand, in the order of their first; the newest come first."""
    found: dict[tuple[str, str, str], IdEntry] = {}
    for entry in entries:
        place = (entry.id, *standing(entry))
        known = found.setdefault(place, entry)
        found[place] = known._replace(left=known.left and entry.left, catalogue=known.catalogue or entry.catalogue)
    return list(found.values())
