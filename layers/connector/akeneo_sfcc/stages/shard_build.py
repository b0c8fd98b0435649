"""The join of one shard: what was read, over what was written before, becomes elements and the new state."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from akeneo_sfcc.mapping.associations import Exported, RelationPlan
from akeneo_sfcc.mapping.categories import CategoryTrees
from akeneo_sfcc.mapping.family_group import FamilyGroup, online_by_parent
from akeneo_sfcc.mapping.images import ImagePlan
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.mapping.state import StateRecord
from akeneo_sfcc.mapping.variations import Variant, VariationPlan, variant_list
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.sfcc.elements import deleted_product, product_shell
from akeneo_sfcc.sfcc.image_element import NO_IMAGES
from akeneo_sfcc.stages.shard_elements import Elements
from akeneo_sfcc.stages.shard_input import Item, ShardInput
from akeneo_sfcc.stages.shard_output import DELETIONS, MASTERS, PRODUCTS, UNLINK, ShardOutput
from akeneo_sfcc.stages.shard_placing import Placing
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.xml_spool import XmlSpool


@dataclass(frozen=True, slots=True)
class Plans:
    """How variations, relations and assignments are made under these settings and this structure."""

    variations: VariationPlan
    images: ImagePlan
    relations: RelationPlan
    trees: CategoryTrees


class ShardBuild:
    """One shard's join; `run` once."""

    def __init__(
        self,
        plans: Plans,
        settings: Settings,
        full: bool,
        shard_input: ShardInput,
        spool: XmlSpool,
        targets: Mapping[tuple[str, bool], Exported],
        tally: Tally,
        *,
        rewrite: bool = False,
    ) -> None:
        """Take everything the join depends on.

        targets: what the shard's relations may point to. rewrite: also what did not change is written.
        """
        self._rewrite = rewrite or full
        self._plans = plans
        self._settings = settings
        self._full = full
        self._input = shard_input
        self._spool = spool
        self._elements = Elements(settings, spool, shard_input.old, tally)
        self._targets = targets
        self._tally = tally
        self._output = ShardOutput()
        self._placing = Placing(settings, plans.relations, plans.trees, self._output, shard_input.old)
        self._as_groups = settings.models.modelisation == "master-group-variation"
        self._groups: dict[str, FamilyGroup] = {}
        self._written: dict[str, Item] = {}
        self._state: dict[str, StateRecord] = {}
        # A full run reads every level-1 model there is; a differential one only those that changed.
        self._merged: dict[str, StateRecord] = {} if full else dict(shard_input.merged)

        self._completed: set[str] = set()
        self._placed: set[str] = set()
        self._waiting: dict[str, StateRecord] = {} if full else dict(shard_input.waiting)

    def run(self) -> tuple[ShardOutput, list[StateRecord]]:
        """Return the elements to write and the shard's new state."""
        for kind, number in self._input.duplicates.items():
            if number:
                self._tally.count(kind, "read", -number)
        for item in self._input.items:
            self._sort(item)
        for merged in self._merged.values():
            self._group(merged.root or merged.id).merged[merged.id] = merged.categories
        for root in self._input.lost_models:
            self._group(root).regrouped = True
        self._carry_state()
        for item in self._written.values():
            self._resolve(item)
        for record in self._input.incomplete():
            if record.id not in self._written:
                self._complete(record)
        for group in self._groups.values():
            self._build_group(group)
        for id_ in self._completed - self._placed:
            self._placing.recommend(self._state[id_])
            self._placing.relate(self._state[id_])
        for item in self._written.values():
            if item.record.role == "simple":
                self._write_simple(item)
        self._write_left()
        return self._output, [*self._state.values(), *self._merged.values(), *self._waiting.values()]

    # What happens to each item that was read

    def _sort(self, item: Item) -> None:
        record, old = item.record, item.old
        if item.revived:
            self._tally.count(item.kind, "read")
        if record.role == "level1" and not self._as_groups:
            self._tally.count("model", "merged")
            before = self._input.merged.get(record.key)
            self._merged[record.key] = merged = replace(StateRecord.of(record, item.home), id=record.key, merged=True)
            if before is None or (before.categories, before.root) != (merged.categories, merged.root):
                self._group(merged.root or merged.id).regrouped = True
                if before is not None:
                    self._group(before.root or before.id).regrouped = True
        elif item.reject:
            self._tally.count(item.kind, "rejected")
            if record.role == "root":
                self._group(record.key).rejected = item.reject
        elif item.filtered:
            self._tally.count(item.kind, "filtered")
            self._group(record.root or record.key).filtered = True
            document = asdict(record) | {"xml": self._spool.pieces(item.place)}
            self._waiting[record.key] = replace(StateRecord.of(record, item.home), waiting=document)
        elif not self._rewrite and old is not None and _unchanged(item, old):
            self._tally.count(item.kind, "unchanged")
        else:
            self._tally.count(item.kind, "written")
            self._written[record.id] = item
            self._state[record.id] = StateRecord.of(record, item.home)
            if record.role != "simple":
                self._placing.dissolve(record.id)
                self._join_group(item)

    def _join_group(self, item: Item) -> None:
        group = self._group(item.record.root or item.record.key)
        if item.record.role == "root":
            group.root = item.record
        else:
            place = group.variants if item.record.role == "variant" else group.groups
            place[item.record.id] = item.record

    def _carry_state(self) -> None:
        """Take over what was written before and is not replaced; note what each master lists in SFCC."""
        for id_, old in self._input.state.items():
            left = id_ in self._input.left and not old.left
            self._carry(old, left)
            stays = not (old.left or left) and id_ not in self._written
            if stays and old.root and old.role in ("variant", "level1"):
                self._group(old.root).states[id_] = old
            for other in self._input.others.get(id_, ()):
                self._carry(other, left, certain=False)
            if id_ not in self._written:
                self._state[id_] = replace(old, left=True, shown="") if left else old
        for id_, old in self._input.moved_out.items():
            for one in (old, *self._input.others.get(id_, ())):
                self._carry(one, left=True)
        self._empty_unknown()

    def _carry(self, old: StateRecord, left: bool, *, certain: bool = True) -> None:
        """Note what a record says of the masters in SFCC.

        left: its id does not stand here any more. certain: it is known to have stood here.
        """
        if old.left:
            return
        if old.role == "root":
            written = self._written.get(old.id)
            if left or (written is not None and written.record.role != "root"):
                # SFCC's variants go with their master when it is deleted; emptied first, they stay.
                self._empty(old.id, str(old.catalogue))
            elif certain or written is not None:
                self._group(old.id).root_state = old
        elif old.root and old.role != "simple":
            group = self._group(old.root)
            (group.variants_before if old.role == "variant" else group.groups_before).add(old.id)
            group.catalogue = group.catalogue or old.catalogue

    def _empty_unknown(self) -> None:
        """Empty masters that only an unfinished delivery knows of and that have something another master gets now.

        A run that has read everything knows them all: one that was not read has left.
        """
        for group in self._groups.values():
            if self._full or not self._input.attempted or group.root is not None or group.root_state is not None:
                continue
            if any(not self._input.certain(id_) or id_ in self._input.moved_out for id_ in group.variants_before):
                self._empty(group.code, str(group.catalogue))

    def _empty(self, id_: str, catalogue: str) -> None:
        element = product_shell(id_, None, variant_list((), ()))
        self._output.add(UNLINK, catalogue, (id_,), "product", element)

    def _group(self, code: str) -> FamilyGroup:
        return self._groups.setdefault(code.lower(), FamilyGroup(code))

    def _resolve(self, item: Item) -> None:
        """Resolve an item's relations into its new state, before anything that depends on its root's is written."""
        self._point(self._state[item.record.id], item.record.relations)

    def _point(self, state: StateRecord, named: Mapping[str, list[list[Any]]]) -> None:
        """Resolve relations into a state; where a target is missing they are kept for the day it arrives."""
        plan = self._plans.relations
        relations, issues = plan.resolve(
            state.id,
            state.role == "simple",
            state.family,
            named,
            lambda key, is_model: self._targets.get((key, is_model)),
        )
        self._tally.issues(issues)
        state.resolved, state.set_products, state.bundled = (
            relations.typed,
            relations.set_products,
            relations.bundled,
        )
        missing = {target for target in plan.wanted(named) if target not in self._targets}
        state.missing = [[key, is_model] for key, is_model in sorted(missing)]
        state.relations = {code: named[code] for code in sorted(plan.used & named.keys())} if missing else {}

    def _complete(self, record: StateRecord) -> None:
        """Resolve again what was written without a target that has arrived."""
        self._state[record.id] = state = replace(record)
        self._point(state, record.relations)
        self._completed.add(record.id)
        if record.role != "simple" and record.root:
            self._group(record.root).regrouped = True

    # Masters, groups and variants

    def _build_group(self, group: FamilyGroup) -> None:
        head = group.head
        if head is None:
            if group.missing:
                self._write_orphans(group)
            return
        members, groups = group.members(), group.group_ids()
        catalogue = str(head.catalogue)
        self._unlink(group, members, groups or [], catalogue)
        variations = self._plans.variations.element(head.family_variant, members, groups)
        online = any(member.online for member in members)
        images = self._plans.images.master(head.family_variant, head.images, head.alt, members)
        content = variations + images.encode() + (b"\1" if online else b"\0")
        shown = hashlib.blake2b(content, digest_size=16).hexdigest()
        if group.root is not None:
            self._write_model(self._written[head.id], online, variations, catalogue, images)
        elif group.changed or shown != self._state[head.id].shown:
            self._state[head.id] = replace(self._state[head.id])
            element = product_shell(head.id, online, variations, self._elements.images(self._state[head.id], images))
            self._output.add(MASTERS, catalogue, (head.id,), "product", element)
        else:
            return
        self._tally.issues(self._plans.variations.issues(head.id, head.family_variant, members))
        state = self._state[head.id]
        state.shown, state.online = shown, online
        self._placing.assign(state, group.categories())
        self._placing.recommend(state)
        if group.root is not None or head.id in self._completed:
            self._placing.relate(state)
        self._placed.add(head.id)
        self._write_groups(group, members, catalogue)
        self._write_variants(group, members, state, catalogue)

    def _unlink(self, group: FamilyGroup, members: list[Variant], groups: list[str], catalogue: str) -> None:
        """Write the shorter list first when a master loses variants, so that another one can take them."""
        if group.root_state is None:
            return
        # Where an id stood is not always known after an unfinished delivery: it is listed again by 30-masters.
        stay = {member.id for member in members if self._input.certain(member.id)} & group.variants_before
        groups_stay = group.groups_before & set(groups)
        if stay != group.variants_before or groups_stay != group.groups_before:
            listed = variant_list(stay, groups_stay if group.groups_before else None)
            id_ = group.root_state.id
            self._output.add(UNLINK, catalogue, (id_,), "product", product_shell(id_, None, listed))

    def _write_groups(self, group: FamilyGroup, members: list[Variant], catalogue: str) -> None:
        online = online_by_parent(members)
        for id_, record in group.groups.items():
            state = self._state[id_]
            state.catalogue, state.online = catalogue, online.get(record.key.lower(), False)
            if record.key.lower() not in online:
                self._tally.issue(Issue("warn", "model", "no_variants", id=id_))
            self._write_model(self._written[id_], state.online, b"", catalogue)
            self._placing.assign(state, record.categories)
            self._placing.recommend(state)
            self._placing.relate(state)
        for id_, old in group.states.items():
            if old.role == "level1" and old.online != (now := online.get(old.key.lower(), False)):
                self._state[id_] = replace(self._state[id_], online=now)
                self._output.add(MASTERS, catalogue, (id_,), "product", product_shell(id_, now))
            if old.role == "level1" and id_ in self._completed:
                self._placing.recommend(self._state[id_])
                self._placing.relate(self._state[id_])
                self._placed.add(id_)

    def _write_variants(self, group: FamilyGroup, members: list[Variant], root: StateRecord, catalogue: str) -> None:
        for member in members:
            if member.id in group.variants:
                state = self._state[member.id]
                state.catalogue = catalogue
                self._output.add(
                    PRODUCTS, catalogue, (member.id,), "product", self._elements.whole(self._written[member.id])
                )
                self._placing.assign(state, group.variants[member.id].categories, root)
                self._placing.relate(state, root)
            else:
                # Where its root is assigned may have changed, and with it where its own recommendations stand.
                self._state[member.id] = state = replace(self._state[member.id])
                if member.id in self._completed:
                    self._placing.relate(state, root)
            self._placed.add(member.id)
            self._placing.recommend(state, root)

    def _write_orphans(self, group: FamilyGroup) -> None:
        """Write level-1 models without root as simple products, offline."""
        for id_, record in group.groups.items():
            self._tally.issue(Issue("warn", "model", "root_missing", id=id_, value=group.code))
            item, state = self._written[id_], self._state[id_]
            state.catalogue, state.online = state.catalogue or self._fallback_catalogue(), False
            images = self._plans.images.simple(record.images, record.alt)
            element = self._elements.filled(item, state, False, b"", images)
            self._output.add(PRODUCTS, state.catalogue, (id_,), "product", element)
            self._placing.assign(state, record.categories)
            self._placing.recommend(state)
            self._placing.relate(state)

    def _fallback_catalogue(self) -> str:
        catalogues = self._settings.master_catalogs
        return next((catalogue.id for catalogue in catalogues if catalogue.default), catalogues[0].id)

    def _write_model(
        self, item: Item, online: bool, variations: bytes, catalogue: str, images: str = NO_IMAGES
    ) -> None:
        element = self._elements.filled(item, self._state[item.record.id], online, variations, images)
        self._output.add(MASTERS, catalogue, (item.record.id,), "product", element)

    # Elements

    def _write_simple(self, item: Item) -> None:
        state = self._state[item.record.id]
        self._output.add(PRODUCTS, str(state.catalogue), (state.id,), "product", self._elements.whole(item))
        self._placing.assign(state, item.record.categories)
        self._placing.recommend(state)
        self._placing.relate(state)

    def _write_left(self) -> None:
        """Apply `deletions.products` to what left since the committed state."""
        policy = self._settings.deletions.products
        for id_ in sorted(self._input.left):
            old = self._input.state.get(id_)
            if old is None or old.left or id_ in self._written or policy == "ignore":
                continue
            element = deleted_product(id_) if policy == "delete" else product_shell(id_, False)
            self._output.add(DELETIONS, str(old.catalogue), (id_,), "product", element)


def _unchanged(item: Item, old: StateRecord) -> bool:
    record = item.record
    return not old.left and (old.hash, old.role, old.key) == (record.hash, record.role, record.key)
