"""A root with its variants and groups, as read in this run over what was written before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from akeneo_sfcc.mapping.record import ItemRecord
from akeneo_sfcc.mapping.state import StateRecord
from akeneo_sfcc.mapping.variations import Variant


@dataclass(slots=True)
class FamilyGroup:
    """One root model and everything below it.

    root: its record, when it was read and may be written. root_state: what was written of it and has not left.
    rejected, filtered: why nothing of it is written. variants, groups: what was read and may be written, by id.
    states: what was written of variants and groups before, has not left and is not replaced now, by id; also what was
    read but is rejected, because that stays as it was. variants_before, groups_before: what the written master lists.
    merged: categories of level-1 models that are not written, by code. regrouped: one of those came, went or changed.
    catalogue: where SFCC holds what was below it.
    """

    code: str
    root: ItemRecord | None = None
    root_state: StateRecord | None = None
    rejected: str | None = None
    filtered: bool = False
    variants: dict[str, ItemRecord] = field(default_factory=dict)
    groups: dict[str, ItemRecord] = field(default_factory=dict)
    states: dict[str, StateRecord] = field(default_factory=dict)
    variants_before: set[str] = field(default_factory=set)
    groups_before: set[str] = field(default_factory=set)
    merged: dict[str, list[str]] = field(default_factory=dict)
    regrouped: bool = False
    catalogue: str | None = None

    @property
    def head(self) -> ItemRecord | StateRecord | None:
        """The root as read, else as written; None when there is none or nothing of it may be written."""
        return None if self.rejected or self.filtered else self.root or self.root_state

    @property
    def missing(self) -> bool:
        """Tell whether the PIM gave no root at all for what is here."""
        return not self.rejected and not self.filtered and self.root is None and self.root_state is None

    @property
    def changed(self) -> bool:
        """Tell whether this run changes anything below the root."""
        return bool(self.variants or self.groups or self.regrouped)

    def members(self) -> list[Variant]:
        """Return the master's complete list of variants, by id."""
        listed = {id_: _variant(record) for id_, record in self.variants.items()}
        for id_, state in self.states.items():
            if state.role == "variant":
                listed.setdefault(id_, _variant(state))
        return [listed[id_] for id_ in sorted(listed)]

    def group_ids(self) -> list[str] | None:
        """Return the complete list of variation groups, by id; None when there is none and never was."""
        ids = self.groups.keys() | {id_ for id_, state in self.states.items() if state.role == "level1"}
        return sorted(ids) if ids or self.groups_before else None

    def categories(self) -> list[str]:
        """Return the root's own categories and those of everything below it."""
        below: list[ItemRecord | StateRecord] = [*self.variants.values(), *self.groups.values(), *self.states.values()]
        lists = [self.head.categories] if self.head else []
        return [
            code for codes in (*lists, *(item.categories for item in below), *self.merged.values()) for code in codes
        ]


def online_by_parent(members: Iterable[Variant]) -> Mapping[str, bool]:
    """Return for each direct model (lower-case code) that has variants whether one of them is online."""
    online: dict[str, bool] = {}
    for member in members:
        if member.parent is not None:
            online[member.parent.lower()] = online.get(member.parent.lower(), False) or member.online
    return online


def _variant(record: ItemRecord | StateRecord) -> Variant:
    return Variant(record.id, record.parent, record.axes, bool(record.online), record.images, record.alt)
