"""Index Products: join everything read with everything committed, by SFCC id and by PIM key.

An id is one product in SFCC, whatever uuid or master stands behind it, so three questions are answered here, once for
all shards: which committed ids left, which moved to another shard, and which ids are claimed twice or changed their
master catalogue. The answers go to the shards as facts; the indexes become part of the new committed state.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Literal

import orjson

from akeneo_sfcc.mapping.associations import RelationPlan
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.mapping.shards import shard_of
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.committed import CommittedState, committed_entries, read_committed
from akeneo_sfcc.stages.contracts import RunContext, ShardPlanResult, StageTask
from akeneo_sfcc.stages.departures import tell_apart
from akeneo_sfcc.stages.facts import Fact, write_facts
from akeneo_sfcc.stages.hierarchy import Identity
from akeneo_sfcc.stages.import_pages import Part, finished_parts
from akeneo_sfcc.stages.index import (
    EXPORTED_MODELS,
    IDS,
    KEYS,
    MISSING,
    MODELS,
    Entry,
    IdEntry,
    KeyEntry,
    ModelEntry,
    PiecedIndex,
    make_id,
    make_key,
    make_missing,
    make_model,
    token_of,
    write_piece,
)
from akeneo_sfcc.stages.places import write_places
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.shard_input import waiting_models
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import Summary, index_list_key, kept_structure, piece_key, read_summary
from akeneo_sfcc.storage.buckets import BucketFile, bucket_of
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import read_lines
from akeneo_sfcc.storage.spool import Partitions


def index_products(task: StageTask, services: Services) -> ShardPlanResult:
    """Write the run's indexes, the facts for the shards and the list of shards to build."""
    run = task.run
    layout = RunLayout(run.job, run.run_id)
    summary = read_summary(services, run)
    settings = services.settings(run.scope)
    with Tally(services, run, "index_products") as tally, ExitStack() as stack:
        join = _Join(
            services=services,
            run=run,
            layout=layout,
            summary=summary,
            settings=settings,
            full=run.mode == "full",
            committed=read_committed(services.store, run, summary.shards),
            models=PiecedIndex(services.store, orjson.loads(services.store.get(index_list_key(layout, MODELS)))),
            tally=tally,
            by_id=stack.enter_context(Partitions(summary.shards)),
            by_key=stack.enter_context(Partitions(summary.shards)),
        )
        model_parts = finished_parts(services, run, "model", summary.model_ranges)
        product_parts = finished_parts(services, run, "product", summary.product_ranges)
        join.warn_unmapped(model_parts + product_parts)
        join.spread(model_parts, product_parts)
        join.ids()
        join.keys()
        write_places(services.store, layout, model_parts + product_parts)
        shards = join.finish({int(number) for part in model_parts + product_parts for number in part.sections})
        return ShardPlanResult(shards_key=layout.shard_items, counts=tally.counts | {"shards": shards})


@dataclass(slots=True)
class _Join:
    """The join's inputs and what it gathers; one method per pass."""

    services: Services
    run: RunContext
    layout: RunLayout
    summary: Summary
    settings: Settings
    full: bool
    committed: CommittedState
    models: PiecedIndex
    tally: Tally
    by_id: Partitions
    by_key: Partitions
    facts: dict[int, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    rejected_keys: set[str] = field(default_factory=set)
    late_rejects: dict[str, str] = field(default_factory=dict)
    departed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    arrived: set[str] = field(default_factory=set)
    renamed: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def warn_unmapped(self, parts: list[Part]) -> None:
        """Warn once of every association type that has targets and no place in SFCC."""
        seen = {code for part in parts for code in part.association_types}
        for code in sorted(seen - RelationPlan(self.settings).used):
            self.tally.issue(Issue("warn", "association", "unmapped_association_type", id=code))

    def spread(self, model_parts: list[Part], product_parts: list[Part]) -> None:
        """Partition all identities by id and by key; note rejects of models that the model index found."""
        with_variants = self._roots_with_variants(product_parts)
        models: set[str] = set()
        for identity, line in self._identities(model_parts):
            models.add(identity.key.lower())
            entry = self.models.get(identity.key.lower(), make_model)
            if entry is not None and entry.exported and self._committed_model(identity.key.lower()) is None:
                self.arrived.add(token_of(identity.key, True))
            if entry is not None and entry.reject and not identity.reject:
                self._fact(identity.home, Fact("reject", id=identity.id, key=identity.key, reason=entry.reject))
                continue
            self._find_moved_model(identity)
            if identity.reject or not self._exports(identity):
                continue
            if with_variants is not None and self._lacks_variants(identity, with_variants):
                self._fact(identity.home, Fact("filtered", id=identity.id, key=identity.key))
                continue
            self.by_id.add(self._piece(identity.id.lower()), line)
        if with_variants is not None:
            revived = set() if self.full else self._revive(with_variants - models, models)
            self._mark_filtered(with_variants, models, revived)
        else:
            self._put_models(self.models.objects)
        for identity, line in self._identities(product_parts):
            self.by_key.add(self._piece(identity.key), line)
            if identity.reject:
                self.rejected_keys.add(identity.key)
            if identity.id:
                self.by_id.add(self._piece(identity.id.lower()), line)
        if not self.full:
            self._find_renamed()

    def ids(self) -> None:
        """Decide per id who holds it, what left and what moved; write the id index."""
        objects: list[str | None] = []
        touched = set(self.by_id.touched()) | set(self.renamed)
        index = self.committed.index(self.services.store, IDS)
        for piece in range(self.summary.shards):
            if not self.full and piece not in touched:
                objects.append(index.objects[piece] if index.objects else None)
                continue
            read = [Identity.parse(line) for line in self.by_id.lines(piece)]
            buckets = {bucket_of(one.id) for one in read} | {bucket_of(id_) for id_ in self.renamed.get(piece, ())}
            committed = self._committed(IDS, piece, make_id, None if self.full else buckets)
            after = self._piece_of_ids(piece, read, {entry.id: entry for entry in committed})
            objects.append(self._write(index, IDS, piece, after.values()))
        self.services.store.put(index_list_key(self.layout, IDS), orjson.dumps(objects))

    def keys(self) -> None:
        """Write the key index: every product read, over the committed ones in a differential run."""
        objects: list[str | None] = []
        touched = set(self.by_key.touched())
        index = self.committed.index(self.services.store, KEYS)
        for piece in range(self.summary.shards):
            if not self.full and piece not in touched:
                objects.append(index.objects[piece] if index.objects else None)
                continue
            read = [Identity.parse(line) for line in self.by_key.lines(piece)]
            buckets = {bucket_of(identity.key) for identity in read}
            committed = () if self.full else self._committed(KEYS, piece, make_key, buckets)
            entries = {entry.key: entry for entry in committed}
            for identity in read:
                reject = identity.reject or self.late_rejects.get(identity.key)
                before = entries.get(identity.key)
                if not reject and (before is None or before.reject or not before.id):
                    self.arrived.add(token_of(identity.key, False))
                entries[identity.key] = KeyEntry(identity.key, identity.id, identity.role, reject)
            objects.append(self._write(index, KEYS, piece, entries.values()))
        self.services.store.put(index_list_key(self.layout, KEYS), orjson.dumps(objects))

    def finish(self, with_records: set[int]) -> int:
        """Write facts and shard items; return how many shards will be built.

        A full run builds every shard, because every committed record must be carried into the new state; so does one
        that finds an axis changed, because any master may show it.
        """
        self._explain_departures()
        if not self.full:
            self._revisit()
        write_facts(self.services.store, self.layout, self.facts)
        shards = with_records | set(self.facts)
        if self.committed.objects and (self.full or self.summary.axes):
            shards = set(range(self.summary.shards))
        self.services.store.put(self.layout.shard_items, orjson.dumps([{"shard": number} for number in sorted(shards)]))
        return len(shards)

    def _explain_departures(self) -> None:
        """Keep why what left has left; only a full run knows that something did, other than by its new id."""
        if not self.departed:
            return
        structure = kept_structure(self.services, self.run)
        client = self.tally.watch(self.services.pim(self.settings))
        found = tell_apart(
            client,
            sorted(self.departed["product"]),
            by_uuid=structure.products_by_uuid,
            renamed=len(self.departed["renamed"]),
            models=len(self.departed["model"]),
        )
        self.services.store.put(self.layout.plan("left"), orjson.dumps(found))

    def _revisit(self) -> None:
        """Tell where products are that name a target which is exported now and was not before."""
        index = self.committed.index(self.services.store, MISSING)
        found = index.select(self.arrived, make_missing)
        for home in sorted({home for entry in found.values() for home in entry.homes}):
            self._fact(home, Fact("arrived", id="", key="", home=home))

    def _piece_of_ids(self, piece: int, read: Iterable[Identity], before: dict[str, IdEntry]) -> dict[str, IdEntry]:
        claims: dict[str, list[Identity]] = defaultdict(list)
        for identity in read:
            claims[identity.id].append(identity)
        self._warn_collisions(claims, before)
        after: dict[str, IdEntry] = {}
        for id_ in sorted(claims.keys() | before.keys()):
            old = before.get(id_)
            holder = self._holder(claims.get(id_, []), old)
            if holder is not None:
                after[id_] = self._held(holder, old)
            elif old is not None:
                after[id_] = self._unclaimed(old, piece)
        return after

    def _holder(self, claims: list[Identity], old: IdEntry | None) -> Identity | None:
        """Return who gets the id: the first claim that is not rejected, models before products."""
        valid = sorted(
            (claim for claim in claims if not claim.reject),
            key=lambda claim: (claim.role not in _MODELS, claim.key),
        )
        # The same item can be read twice when pages shift under the run.
        distinct = {claim.key: claim for claim in valid}
        holders = list(distinct.values())
        for other in holders[1:]:
            self._late_reject(other, "duplicate_id")
        if not holders:
            return None
        holder = holders[0]
        gone = old is None or (old.left and self.settings.deletions.products == "delete")
        if old is not None and not gone and old.catalogue and holder.catalogue != old.catalogue:
            self._late_reject(holder, "catalog_changed", value=holder.catalogue)
            return None
        return holder

    def _held(self, holder: Identity, old: IdEntry | None) -> IdEntry:
        if old is not None and self._shard(old.home) == self._shard(holder.home):
            if old.home.lower() != holder.home.lower():
                self._fact(old.home, Fact("touched", id=old.id, key=old.pim_key, home=old.home))
        elif old is not None:
            self._fact(old.home, Fact("moved_out", id=old.id, key=old.pim_key, home=old.home))
            self._fact(holder.home, Fact("moved_in", id=holder.id, key=holder.key, home=old.home))
        return IdEntry(holder.id.lower(), holder.id, holder.key, holder.role, holder.home, holder.catalogue, left=False)

    def _unclaimed(self, old: IdEntry, piece: int) -> IdEntry:
        """Return what becomes of a committed id nobody claims in this run."""
        if old.left:
            return old
        renamed = self.renamed.get(piece, {}).get(old.id) == old.pim_key
        # Rejected now, written before: it stays as it was.
        stays = old.pim_key in self.rejected_keys or old.pim_key in self.late_rejects
        if not renamed and (not self.full or stays):
            return old
        reason = "renamed" if renamed else None
        self.departed[reason or ("model" if old.role in _MODELS else "product")].append(old.pim_key)
        self._fact(old.home, Fact("left", id=old.id, key=old.pim_key, reason=reason, home=old.home))
        return old._replace(left=True)

    def _late_reject(self, identity: Identity, reason: str, value: str | None = None) -> None:
        kind = "model" if identity.role in _MODELS else "product"
        self.late_rejects[identity.key] = reason
        self._fact(identity.home, Fact("reject", id=identity.id, key=identity.key, reason=reason))
        uuid = None if kind == "model" else identity.key
        self.tally.issue(Issue("reject", kind, reason, id=identity.id, uuid=uuid, value=value))

    def _warn_collisions(self, claims: dict[str, list[Identity]], before: dict[str, IdEntry]) -> None:
        names = {id_ for id_, claimed in claims.items() if any(not claim.reject for claim in claimed)}
        first: dict[str, str] = {}
        for id_ in sorted(names | {id_ for id_, entry in before.items() if not entry.left and not self.full}):
            other = first.setdefault(id_.lower(), id_)
            if other != id_ and id_ in names:
                claim = next(claim for claim in claims[id_] if not claim.reject)
                self.tally.issue(Issue("warn", "product", "id_collision", id=id_, uuid=claim.key, value=other))

    def _roots_with_variants(self, product_parts: list[Part]) -> set[str] | None:
        """Return the roots of which a variant was read, None when no search restricts the products.

        Masters of which a search leaves no variant are not written.
        """
        if not self.settings.pim.product_filter.search:
            return None
        return {
            identity.root.lower()
            for identity, _ in self._identities(product_parts)
            if identity.role == "variant" and identity.root and not identity.reject
        }

    def _lacks_variants(self, identity: Identity, with_variants: set[str]) -> bool:
        root = (identity.root or identity.key).lower()
        if root in with_variants:
            return False
        return self.full or self._committed_model(root) is None

    def _committed_model(self, code: str) -> ModelEntry | None:
        index = self.committed.index(self.services.store, MODELS)
        entry = index.get(code, make_model)
        return entry if entry is not None and entry.exported else None

    def _revive(self, roots: set[str], read: set[str]) -> set[str]:
        """Take back roots that were filtered and have a variant now, although they were not read; return their keys."""
        revived = set()
        for root in sorted(roots):
            entry = self.models.get(root, make_model)
            if entry is not None and entry.state == "filtered":
                revived.add(root)
                self.arrived.add(token_of(root, True))
                self._fact(entry.code, Fact("revived", id=entry.code, key=entry.code, home=entry.code))
                self._claim_waiting(entry, read)
        return revived

    def _claim_waiting(self, root: ModelEntry, read: set[str]) -> None:
        """Claim the ids of what waits of a root and below it; what was read claims its own."""
        for record in waiting_models(self.services, self.committed, root.code):
            if record.key.lower() not in read and (record.role == "root" or self._exports_groups):
                identity = Identity(
                    key=record.key,
                    id=record.id,
                    role=record.role,
                    root=record.root,
                    home=record.home,
                    catalogue=root.catalogue if record.role == "root" else None,
                    reject=None,
                    family_variant=record.family_variant,
                )
                self.by_id.add(self._piece(record.id.lower()), identity.dump())

    def _mark_filtered(self, with_variants: set[str], read: set[str], revived: set[str]) -> None:
        """Mark the filtered roots in the model index, so that relations do not point to them.

        read: the keys of this run's models; a differential run leaves all others as they are, but the revived.
        """
        pieces: dict[int, set[int]] = defaultdict(set)
        for key in read | revived:
            pieces[self._piece(key)].add(bucket_of(key))
        objects = list(self.models.objects)
        for piece, buckets in pieces.items():
            entries = []
            for entry in self.models.entries(piece, make_model, buckets):
                lacking = (
                    entry.key in read
                    and not entry.reject
                    and entry.root.lower() not in with_variants
                    and (self.full or self._committed_model(entry.root.lower()) is None)
                )
                state = "filtered" if lacking else "" if entry.key in revived else entry.state
                entries.append(entry._replace(state=state))
            place = piece_key(self.run, EXPORTED_MODELS, piece)
            objects[piece] = write_piece(self.models.file(piece), place, entries)
        self._put_models(objects)

    def _put_models(self, objects: list[str | None]) -> None:
        self.services.store.put(index_list_key(self.layout, EXPORTED_MODELS), orjson.dumps(objects))

    def _find_moved_model(self, identity: Identity) -> None:
        """Tell where a merged level-1 model was held that it stands below another root now."""
        if self.full or self._exports(identity):
            return
        old = self.committed.index(self.services.store, MODELS).get(identity.key.lower(), make_model)
        if old is not None and old.root.lower() != identity.home.lower():
            same = self._shard(old.root) == self._shard(identity.home)
            kind: Literal["touched", "moved_model"] = "touched" if same else "moved_model"
            self._fact(old.root, Fact(kind, id=old.code, key=old.code, home=old.root))

    def _find_renamed(self) -> None:
        """Note committed ids whose product carries another id now (differential runs; a full run sees it itself)."""
        index = self.committed.index(self.services.store, KEYS)
        for piece in self.by_key.touched():
            current = {
                identity.key: identity
                for identity in map(Identity.parse, self.by_key.lines(piece))
                if identity.id and not identity.reject
            }
            for key, old in index.select(set(current), make_key).items():
                if old.id and old.id != current[key].id:
                    self.renamed[self._piece(old.id.lower())][old.id] = key

    def _committed(
        self, name: str, piece: int, make: Callable[[Iterable[object]], Entry], buckets: set[int] | None
    ) -> Iterable[Entry]:
        store = self.services.store
        return committed_entries(store, self.committed, name, piece, self.summary.shards, make, buckets).values()

    def _write(self, index: PiecedIndex, name: str, piece: int, entries: Iterable[Entry]) -> str | None:
        """Write a piece of an index: over the committed one, or in a full run all of it."""
        file = BucketFile(self.services.store, None) if self.full else index.file(piece)
        return write_piece(file, piece_key(self.run, name, piece), entries)

    def _identities(self, parts: Iterable[Part]) -> Iterator[tuple[Identity, bytes]]:
        for part in parts:
            for line in read_lines(self.services.store, part.identities):
                yield Identity.parse(line), line

    def _exports(self, identity: Identity) -> bool:
        return identity.role == "root" or self._exports_groups

    @property
    def _exports_groups(self) -> bool:
        return self.settings.models.modelisation == "master-group-variation"

    def _piece(self, key: str) -> int:
        return shard_of(key, self.summary.shards)

    def _shard(self, home: str) -> int:
        return shard_of(home, self.summary.shards)

    def _fact(self, home: str, fact: Fact) -> None:
        self.facts[self._shard(home)].append(fact)


_MODELS = ("root", "level1")
