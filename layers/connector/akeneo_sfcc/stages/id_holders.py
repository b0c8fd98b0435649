"""Who holds an id: what was read against what SFCC holds, or may hold after an unfinished delivery.

An id is one product in SFCC, whatever uuid or master stands behind it. What moves from one shard to another is told
to both; what may stand in several places is told to all of them, and stands in one from then on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.stages.attempted import IDS as ATTEMPTED_IDS
from akeneo_sfcc.stages.attempted import likeliest, unite_entries
from akeneo_sfcc.stages.committed import committed_entries
from akeneo_sfcc.stages.facts import Fact
from akeneo_sfcc.stages.hierarchy import Identity
from akeneo_sfcc.stages.identity_join import MODEL_ROLES, IdentityJoin
from akeneo_sfcc.stages.index import IDS, IdEntry, PiecedIndex, make_id
from akeneo_sfcc.storage.buckets import bucket_of
from akeneo_sfcc.storage.spool import Partitions


class IdHolders:
    """Decides per id who holds it, what left and what moved; writes the index by id."""

    def __init__(self, join: IdentityJoin, by_id: Partitions) -> None:
        """Take the join and the identities that claim ids, by the piece of their id."""
        self._join = join
        self._by_id = by_id

    def write(self) -> None:
        """Write the index, over the committed one in a differential run; after an unfinished delivery its own, too."""
        join, store = self._join, self._join.services.store
        index, union = join.index(IDS), PiecedIndex(store, join.attempted.ids)
        touched = set(self._by_id.touched()) | set(join.renamed)
        objects: list[str | None] = []
        attempted: list[str | None] = []
        for piece in range(join.summary.shards):
            if not join.full and piece not in touched:
                objects.append(index.objects[piece] if index.objects else None)
                attempted.append(union.objects[piece] if union.objects else None)
                continue
            read = [Identity.parse(line) for line in self._by_id.lines(piece)]
            before, maybe = self._before(index, piece, read)
            after = self._after(piece, read, before, maybe)
            objects.append(join.write(index, IDS, piece, after.values()))
            if join.run.attempted is not None:
                entries = unite_entries([*after.values(), *maybe, *before.values()])
                attempted.append(join.write(union, ATTEMPTED_IDS, piece, entries))
        join.put_list(IDS, objects)
        if join.run.attempted is not None:
            join.put_list(ATTEMPTED_IDS, attempted)

    def _before(
        self, index: PiecedIndex, piece: int, read: Iterable[Identity]
    ) -> tuple[dict[str, IdEntry], list[IdEntry]]:
        """Return what is committed of a piece, by id, and what may be true beside it."""
        join, store = self._join, self._join.services.store
        buckets = None
        if not join.full:
            buckets = {bucket_of(one.id) for one in read} | {bucket_of(id_) for id_ in join.renamed.get(piece, ())}
        shards = join.summary.shards
        committed = committed_entries(index, piece, shards, make_id, buckets)
        return {entry.id: entry for entry in committed}, list(join.attempted.entries(store, piece, shards, buckets))

    def _after(
        self, piece: int, read: Iterable[Identity], before: Mapping[str, IdEntry], maybe: Iterable[IdEntry]
    ) -> dict[str, IdEntry]:
        claims: dict[str, list[Identity]] = defaultdict(list)
        for identity in read:
            claims[identity.id].append(identity)
        possible: dict[str, list[IdEntry]] = {id_: [entry] for id_, entry in before.items()}
        if self._join.run.attempted is not None:
            possible = _possible([*maybe, *before.values()])
        self._warn_collisions(claims, possible)
        after: dict[str, IdEntry] = {}
        for id_ in sorted(claims.keys() | possible.keys()):
            old = possible.get(id_, [])
            holder = self._holder(claims.get(id_, []), old)
            if holder is not None:
                after[id_] = self._held(holder, old)
            elif self._join.full and old:
                after[id_] = self._unclaimed(old, piece)
            elif id_ in before:
                # A run over chosen items does not settle where the others stand.
                after[id_] = self._unclaimed([before[id_]], piece)
        return after

    def _holder(self, claims: list[Identity], old: Sequence[IdEntry]) -> Identity | None:
        """Return who gets the id: the first claim that is not rejected, models before products."""
        valid = sorted(
            (claim for claim in claims if not claim.reject),
            key=lambda claim: (claim.role not in MODEL_ROLES, claim.key),
        )
        # The same item can be read twice when pages shift under the run.
        distinct = {claim.key: claim for claim in valid}
        holders = list(distinct.values())
        for other in holders[1:]:
            self._late_reject(other, "duplicate_id")
        if not holders:
            return None
        holder = holders[0]
        deletes = self._join.settings.deletions.products == "delete"
        stays = [entry.catalogue for entry in old if entry.catalogue and not (entry.left and deletes)]
        if stays and holder.catalogue != stays[0]:
            self._late_reject(holder, "catalog_changed", value=holder.catalogue)
            return None
        return holder

    def _held(self, holder: Identity, old: Iterable[IdEntry]) -> IdEntry:
        for entry in old:
            self._bring(entry, holder.id, holder.key, holder.home)
        return IdEntry(holder.id.lower(), holder.id, holder.key, holder.role, holder.home, holder.catalogue, left=False)

    def _bring(self, old: IdEntry, id_: str, key: str, home: str) -> None:
        """Tell the shards concerned that an id stands below `home` from now on."""
        join = self._join
        if join.shard(old.home) != join.shard(home):
            join.fact(old.home, Fact("moved_out", id=old.id, key=old.pim_key, home=old.home))
            join.fact(home, Fact("moved_in", id=id_, key=key, home=old.home))
        elif old.home.lower() != home.lower():
            join.fact(old.home, Fact("touched", id=old.id, key=old.pim_key, home=old.home))

    def _unclaimed(self, possible: Sequence[IdEntry], piece: int) -> IdEntry:
        """Return what becomes of an id nobody claims in this run; of several places it stands in the likeliest."""
        join, old = self._join, possible[0]
        for other in possible[1:]:
            self._bring(other, old.id, old.pim_key, old.home)
        if old.left:
            return old
        renamed = join.renamed.get(piece, {}).get(old.id) == old.pim_key
        # Rejected now, written before: it stays as it was.
        stays = any(one.pim_key in join.rejected_keys or one.pim_key in join.late_rejects for one in possible)
        if not renamed and (not join.full or stays):
            return old
        reason = "renamed" if renamed else None
        join.departed[reason or ("model" if old.role in MODEL_ROLES else "product")].append(old.pim_key)
        join.fact(old.home, Fact("left", id=old.id, key=old.pim_key, reason=reason, home=old.home))
        return old._replace(left=True)

    def _late_reject(self, identity: Identity, reason: str, value: str | None = None) -> None:
        kind = "model" if identity.role in MODEL_ROLES else "product"
        self._join.late_rejects[identity.key] = reason
        self._join.fact(identity.home, Fact("reject", id=identity.id, key=identity.key, reason=reason))
        uuid = None if kind == "model" else identity.key
        self._join.tally.issue(Issue("reject", kind, reason, id=identity.id, uuid=uuid, value=value))

    def _warn_collisions(self, claims: Mapping[str, list[Identity]], before: Mapping[str, Sequence[IdEntry]]) -> None:
        names = {id_ for id_, claimed in claims.items() if any(not claim.reject for claim in claimed)}
        stay = set() if self._join.full else {id_ for id_, entries in before.items() if not entries[0].left}
        first: dict[str, str] = {}
        for id_ in sorted(names | stay):
            other = first.setdefault(id_.lower(), id_)
            if other != id_ and id_ in names:
                claim = next(claim for claim in claims[id_] if not claim.reject)
                self._join.tally.issue(Issue("warn", "product", "id_collision", id=id_, uuid=claim.key, value=other))


def _possible(entries: Iterable[IdEntry]) -> dict[str, list[IdEntry]]:
    """Return by id what may be true, the likeliest first."""
    found: dict[str, list[IdEntry]] = defaultdict(list)
    for entry in unite_entries(entries):
        found[entry.id].append(entry)
    return {id_: likeliest(same) for id_, same in found.items()}
