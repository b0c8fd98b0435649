"""What one shard is built from: its records, the facts about them, its committed state.

The XML of the records goes to a file on local disk; memory holds the rest, so it grows with the number of items in
the shard, not with their size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from akeneo_sfcc.mapping.record import ItemRecord
from akeneo_sfcc.mapping.shards import shard_of
from akeneo_sfcc.mapping.state import StateRecord, home_of
from akeneo_sfcc.stages.attempted import AttemptedState, likeliest, standing, unite
from akeneo_sfcc.stages.committed import CommittedState
from akeneo_sfcc.stages.contracts import RunContext
from akeneo_sfcc.stages.facts import Fact, read_facts
from akeneo_sfcc.stages.places import read_lines_of
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.work import Summary
from akeneo_sfcc.stages.xml_spool import XmlSpool
from akeneo_sfcc.storage.buckets import BucketFile, bucket_of
from akeneo_sfcc.storage.layout import RunLayout

MODEL_ROLES = ("root", "level1")


@dataclass(slots=True)
class Item:
    """One item read in this run. record.xml is empty: the pieces are at `place`. old: what was written under its id.

    revived: it was read in an earlier run, when a search left it out.
    """

    record: ItemRecord
    place: tuple[int, int]
    home: str
    reject: str | None = None
    filtered: bool = False
    revived: bool = False
    old: StateRecord | None = None

    @property
    def kind(self) -> str:
        """What reports call it."""
        return "model" if self.record.role in MODEL_ROLES else "product"


@dataclass(slots=True)
class ShardInput:
    """Everything known about a shard.

    arrived: homes of products that name a target which is exported now.
    waiting: models that a search left out in an earlier run, by key; those it no longer does are among the items.
    buckets: the buckets of the committed state that were read, None for all; the others stay as they are. lost_models:
    roots that a level-1 model went away from, to one in another shard. duplicates: items of each kind that were read
    twice and count once. committed: how many of the committed records SFCC holds. file: the shard's committed state,
    None where the shards were cut in another way then.

    After an unfinished delivery, `state` unites what may be true of each id. others: what may be true of it beside,
    where it stands elsewhere in this shard. attempted: all records of that delivery and of the committed state, by id.
    """

    items: list[Item] = field(default_factory=list)
    state: dict[str, StateRecord] = field(default_factory=dict)
    merged: dict[str, StateRecord] = field(default_factory=dict)
    waiting: dict[str, StateRecord] = field(default_factory=dict)
    left: dict[str, Fact] = field(default_factory=dict)
    moved_out: dict[str, StateRecord] = field(default_factory=dict)
    moved_in: dict[str, StateRecord] = field(default_factory=dict)
    buckets: set[int] | None = None
    arrived: set[str] = field(default_factory=set)
    lost_models: list[str] = field(default_factory=list)
    duplicates: dict[str, int] = field(default_factory=lambda: {"model": 0, "product": 0})
    committed: int = 0
    file: BucketFile | None = None
    others: dict[str, list[StateRecord]] = field(default_factory=dict)
    attempted: dict[str, list[StateRecord]] = field(default_factory=dict)

    def incomplete(self) -> list[StateRecord]:
        """Return what was written without a target that has arrived, whether it was read again or not."""
        known = self.state.values()
        return [record for record in known if record.missing and not record.left and record.home in self.arrived]

    def old(self, id_: str) -> StateRecord | None:
        """Return what was written under an id before, in this shard or in the one it came from."""
        return self.state.get(id_) or self.moved_in.get(id_)

    def certain(self, id_: str) -> bool:
        """Tell whether it is known where an id stood before."""
        return not self.others.get(id_) and id_ not in self.moved_in


def read_shard(
    services: Services,
    run: RunContext,
    summary: Summary,
    committed: CommittedState,
    attempted: AttemptedState,
    shard: int,
    spool: XmlSpool,
) -> ShardInput:
    """Read a shard; `state` holds what is still this shard's own; what came from or went to another shard is apart."""
    facts = read_facts(services.store, RunLayout(run.job, run.run_id), shard)
    shard_input = ShardInput()
    _read_items(services, run, shard, spool, shard_input)
    if run.mode != "full" and not summary.axes:
        homes = [item.home for item in shard_input.items] + [fact.home for fact in facts if fact.home is not None]
        shard_input.buckets = {bucket_of(home) for home in homes}
    if committed.objects and committed.shards == summary.shards:
        shard_input.file = BucketFile(services.store, committed.objects[shard])
    for old in _read_state(services, committed, shard, summary.shards, shard_input):
        if old.waiting:
            shard_input.waiting[old.key] = old
        else:
            (shard_input.merged if old.merged else shard_input.state)[old.id] = old
            shard_input.committed += not (old.merged or old.left)
    _revive({fact.home for fact in facts if fact.kind == "revived"}, shard_input, spool)
    rejects = {fact.key: fact.reason for fact in facts if fact.kind == "reject"}
    filtered = {fact.key for fact in facts if fact.kind == "filtered"}
    for item in shard_input.items:
        item.reject = item.record.reject or rejects.get(item.record.key)
        item.filtered = item.kind == "model" and item.record.key in filtered
    if run.attempted is not None:
        maybe = attempted.records(services.store, shard, summary.shards, shard_input.buckets)
        _consider(shard_input, maybe, full=run.mode == "full")
    _apply_facts(services, committed, attempted, facts, shard_input)
    for item in shard_input.items:
        item.old = shard_input.old(item.record.id)
    return shard_input


def _consider(shard_input: ShardInput, maybe: Iterable[StateRecord], *, full: bool) -> None:
    """Unite the state with what an unfinished delivery may have left.

    A run over chosen items does that for what it writes; the rest stays as committed, and in the attempted state.
    """
    found: dict[str, list[StateRecord]] = defaultdict(list)
    for record in (*maybe, *shard_input.state.values()):
        found[record.id].append(record)
    shard_input.attempted = dict(found)
    written = {item.record.id for item in shard_input.items if not (item.reject or item.filtered)}
    for id_, records in found.items():
        if full or id_ in written:
            possible = likeliest(records)
            shard_input.state[id_] = unite(possible)
            shard_input.others[id_] = _elsewhere(possible, possible[0])


def _elsewhere(possible: Sequence[StateRecord], first: StateRecord) -> list[StateRecord]:
    """Return one record for every other place an id may still stand in."""
    others: dict[tuple[str, str], StateRecord] = {}
    for record in possible:
        if not record.left and standing(record) != standing(first):
            others.setdefault(standing(record), record)
    return list(others.values())


def _read_items(services: Services, run: RunContext, shard: int, spool: XmlSpool, shard_input: ShardInput) -> None:
    seen: set[tuple[str, str]] = set()
    keys: dict[str, str] = {}
    for line in read_lines_of(services.store, RunLayout(run.job, run.run_id), shard):
        document: dict[str, Any] = orjson.loads(line)
        place = spool.add(document.pop("xml"))
        # Most items of a family write the same keys: one string for all of them.
        document["keys"] = keys.setdefault(document["keys"], document["keys"])
        record = ItemRecord(**document)
        item = Item(record, place, home_of(record.role, record.id, record.root, record.key))
        if (item.kind, record.key) in seen:
            shard_input.duplicates[item.kind] += 1
            continue
        seen.add((item.kind, record.key))
        shard_input.items.append(item)
    shard_input.items.sort(key=lambda item: (item.record.id, item.record.key))


def _revive(roots: set[str | None], shard_input: ShardInput, spool: XmlSpool) -> None:
    """Make items of waiting roots, and of what waits below them, as if they had been read; what was read is newer."""
    read = {item.record.key for item in shard_input.items if item.kind == "model"}
    for key, state in list(shard_input.waiting.items()):
        if key in read or state.root in roots:
            del shard_input.waiting[key]
        if key not in read and state.root in roots:
            document = dict(state.waiting)
            place = spool.add(document.pop("xml"))
            shard_input.items.append(Item(ItemRecord(**document, xml=[]), place, state.home, revived=True))
    shard_input.items.sort(key=lambda item: (item.record.id, item.record.key))


def _apply_facts(
    services: Services, committed: CommittedState, attempted: AttemptedState, facts: list[Fact], shard_input: ShardInput
) -> None:
    moved_in: dict[str, list[StateRecord]] = defaultdict(list)
    for fact in facts:
        if fact.kind == "arrived" and fact.home is not None:
            shard_input.arrived.add(fact.home)
        elif fact.kind == "left":
            shard_input.left[fact.id] = fact
        elif fact.kind == "moved_out":
            old = shard_input.state.pop(fact.id, None)
            if possible := likeliest(shard_input.attempted.get(fact.id, ())):
                old = unite(possible)
                shard_input.others[fact.id] = _elsewhere(possible, old)
            if old is not None:
                shard_input.moved_out[fact.id] = old
        elif fact.kind == "moved_model" and fact.id in shard_input.merged:
            model = shard_input.merged.pop(fact.id)
            shard_input.lost_models.append(model.root or model.id)
        elif fact.kind == "moved_in" and fact.home is not None:
            moved_in[fact.id] += _below(services, committed, attempted, fact.id, fact.home)
    for id_, records in moved_in.items():
        if records:
            shard_input.moved_in[id_] = unite(likeliest(records))
            if id_ in shard_input.state:
                shard_input.state[id_] = unite(likeliest([shard_input.state[id_], *records]))


def _below(
    services: Services, committed: CommittedState, attempted: AttemptedState, id_: str, home: str
) -> list[StateRecord]:
    """Return what may have been written under an id below a home of another shard, the newest first."""
    buckets = {bucket_of(home)}
    found: list[StateRecord] = []
    if attempted.objects:
        found += attempted.records(services.store, shard_of(home, attempted.shards), attempted.shards, buckets)
    if committed.objects:
        found += _records(BucketFile(services.store, committed.objects[shard_of(home, committed.shards)]), buckets)
    return [record for record in found if record.id == id_ and not (record.merged or record.waiting)]


def _read_state(
    services: Services, committed: CommittedState, shard: int, shards: int, shard_input: ShardInput
) -> Iterator[StateRecord]:
    for number in committed.sharing(shard, shards):
        file = shard_input.file or BucketFile(services.store, committed.objects[number])
        for record in _records(file, shard_input.buckets):
            if shard_of(record.home, shards) == shard:
                yield record


def _records(file: BucketFile, buckets: set[int] | None) -> Iterator[StateRecord]:
    for line in file.all_lines() if buckets is None else file.lines(buckets):
        yield StateRecord.from_json(orjson.loads(line))


def waiting_models(services: Services, committed: CommittedState, root: str) -> list[StateRecord]:
    """Return what waits of a root and below it because a search leaves it out."""
    file = BucketFile(
        services.store, committed.objects[shard_of(root, committed.shards)] if committed.objects else None
    )
    records = _records(file, {bucket_of(root)})
    return [record for record in records if record.waiting and record.home.lower() == root.lower()]
