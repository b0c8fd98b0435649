"""The metadata file as a whole: its groups, and definitions as elements (docs/mapping.md section 2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from akeneo_sfcc.mapping.definitions import AttributeDefinition, Report, display_texts
from akeneo_sfcc.mapping.locales import X_DEFAULT, LocalePlan
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.pim.model import AttributeGroup, Structure
from akeneo_sfcc.sfcc.limits import GENERIC_ID_LENGTH, is_id
from akeneo_sfcc.sfcc.metadata import AttributeGroupDefinition, Texts, attribute_definition

if TYPE_CHECKING:
    from akeneo_sfcc.settings import Settings

SINGLE_GROUP = "akeneoAttributes"
SINGLE_GROUP_NAMES: Texts = ((X_DEFAULT, "Akeneo attributes"),)
_GROUP_PREFIX = "akeneo_"


def definition_element(definition: AttributeDefinition) -> bytes:
    """Return a definition as an element."""
    return attribute_definition(
        definition.id,
        definition.type,
        definition.display_names,
        localizable=definition.localizable,
        multi=definition.multi,
        values=definition.values,
    )


class GroupPlan:
    """Gathers the defined attributes into groups while they are written.

    In the style `pim` what comes from no group of the PIM, or from one SFCC refuses, is in the single group: an
    attribute without any group is not shown in Business Manager.
    """

    def __init__(self, settings: Settings, structure: Structure, locales: LocalePlan, report: Report) -> None:
        """Take the groups there may be; `report` takes what is wrong with their codes and labels."""
        self._by_group = settings.attributes.groups == "pim"
        self._locales = locales
        self._report = report
        self._known = {group.code.lower(): group for group in structure.attribute_groups.values()}
        self._labels = {_GROUP_PREFIX + group.code: group for group in structure.attribute_groups.values()}
        self._ids: dict[str | None, str] = {}
        self._members: dict[str, list[str]] = {}

    def add(self, definition: AttributeDefinition) -> None:
        """Take one defined attribute; they come by id."""
        group = definition.group if self._by_group else None
        if group not in self._ids:
            self._ids[group] = self._id(group)
        self._members.setdefault(self._ids[group], []).append(definition.id)

    def groups(self, before: Iterable[str] = ()) -> list[AttributeGroupDefinition]:
        """Return all groups by id, complete; one of `before` that has no attribute any more is written empty."""
        ids = sorted({*self._members, *before})
        return [AttributeGroupDefinition(id_, self._names(id_), tuple(self._members.get(id_, ()))) for id_ in ids]

    def _id(self, code: str | None) -> str:
        if code is None:
            return SINGLE_GROUP
        known = self._known.get(code.lower())
        id_ = _GROUP_PREFIX + (code if known is None else known.code)
        if not is_id(id_, GENERIC_ID_LENGTH):
            self._report(Issue("reject", "attribute", "bad_id", code, value=id_))
            return SINGLE_GROUP
        return id_

    def _names(self, id_: str) -> Texts:
        if id_ == SINGLE_GROUP:
            return SINGLE_GROUP_NAMES
        group = self._labels.get(id_, AttributeGroup(id_.removeprefix(_GROUP_PREFIX)))
        thing = Issue("warn", "attribute", "", group.code)
        return display_texts(group.labels, self._locales, thing, self._report)
