"""Decides what every PIM attribute becomes: its SFCC id, type and targets (docs/mapping.md sections 2 and 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from akeneo_sfcc.mapping.attribute_ids import UNIT_SUFFIX, assign_ids, camel_name
from akeneo_sfcc.mapping.definitions import (
    ASSETS_DATA,
    ASSETS_DATA_ID,
    KNOWN_TYPES,
    AttributeDefinition,
    Report,
    display_texts,
    sfcc_type,
    unreported,
    value_definitions,
)
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.mapping.system_attributes import SYSTEM_ATTRIBUTES, SystemAttribute
from akeneo_sfcc.mapping.values import SELECT_TYPES, usable_options
from akeneo_sfcc.pim.model import Attribute, AttributeOption, Structure
from akeneo_sfcc.settings.problems import problem
from akeneo_sfcc.sfcc.limits import STRING_LENGTH, cut, is_attribute_id
from akeneo_sfcc.sfcc.metadata import ValueDefinition

if TYPE_CHECKING:
    from akeneo_sfcc.settings import Settings

_CARTRIDGE_PREFIX = "akeneo_"
_ATTRIBUTE_RULE = "the code of an attribute of the PIM"
_PRICES = "pim_catalog_price_collection"
_UNIT_LABEL = " (unit)"


def resolve_code(left: str, structure: Structure) -> str | None:
    """Return the attribute that the left side of a mapping names, or None.

    A PIM code, else `akeneo_` + code, else `akeneo_` + camel name; of two attributes with one camel name the first by
    byte order.
    """
    by_lower = {code.lower(): code for code in structure.attributes}
    found = left if left in structure.attributes else by_lower.get(left.lower())
    if found is None and left.lower().startswith(_CARTRIDGE_PREFIX):
        name = left[len(_CARTRIDGE_PREFIX) :].lower()
        camel = (code for code in sorted(structure.attributes, key=str.encode) if camel_name(code).lower() == name)
        found = by_lower.get(name) or next(camel, None)
    return found


@dataclass(frozen=True, slots=True)
class AttributeRole:
    """What becomes of one PIM attribute.

    id: its SFCC custom attribute id, also where it is not written. unit_id: id of the unit, if the metric is split.
    defined: we define the attribute at SFCC. written: its values go into custom attributes. system: the SFCC attribute
    it is mapped to.
    """

    attribute: Attribute
    id: str
    unit_id: str | None = None
    defined: bool = False
    written: bool = False
    axis: bool = False
    custom: bool = False
    system: SystemAttribute | None = None


class AttributePlan:
    """The roles of all PIM attributes, by code.

    errors: every mapping that cannot be; a plan with errors must not be used to write. issues: what is worth a
    record, once per run. id_attribute: the attribute that is the product id, if one is.
    """

    def __init__(self, settings: Settings, structure: Structure, locales: LocalePlan | None = None) -> None:
        """Work out all roles; never raises, see `errors`."""
        self.errors: list[str] = []
        self.issues: list[Issue] = []
        self._settings = settings
        self._structure = structure
        self._locales = locales or LocalePlan(settings, structure)
        self._by_lower = {code.lower(): code for code in structure.attributes}
        self.axes: frozenset[str] = frozenset(filter(None, map(self.find, structure.axes)))
        self.id_attribute: str | None = self._id_attribute()
        self.system_sources: dict[str, tuple[str, ...]] = self._system_sources()
        self.custom_targets: dict[str, str] = self._custom_targets()
        self.excluded: frozenset[str] = self._excluded()
        self.roles: dict[str, AttributeRole] = self._roles()
        self._check_axes()

    def find(self, code: str) -> str | None:
        """Return an attribute's code in the PIM's case, or None."""
        return code if code in self._structure.attributes else self._by_lower.get(code.lower())

    def id_of(self, code: str) -> str:
        """Return the SFCC id of a PIM attribute; KeyError if there is none of that code."""
        return self.roles[self.find(code) or code].id

    def is_written(self, code: str) -> bool:
        """Tell whether values of the attribute go into a custom attribute."""
        role = self.roles.get(self.find(code) or code)
        return role is not None and role.written

    def definition(
        self,
        attribute: Attribute,
        options: Iterable[AttributeOption] | None = None,
        report: Report = unreported,
    ) -> tuple[AttributeDefinition, ...]:
        """Return the SFCC definitions of an attribute: none if it is not defined, two if it is a split metric.

        options: those of a select; by default the structure's. report: takes what is wrong with options and labels.
        """
        role = self.roles[attribute.code]
        if not role.defined:
            return ()
        thing = Issue("warn", "attribute", "", attribute.code, attribute=attribute.code)
        names = display_texts(attribute.labels, self._locales, thing, report)
        kind = "double" if role.unit_id else sfcc_type(attribute)
        values: tuple[ValueDefinition, ...] = ()
        if attribute.type in SELECT_TYPES:
            given = self._structure.options.get(attribute.code, ()) if options is None else options
            values = value_definitions(given, self._locales, attribute.code, report)
        main = AttributeDefinition(
            id=role.id,
            type=kind,
            display_names=names,
            pim_code=attribute.code,
            group=attribute.group,
            localizable=attribute.localizable,
            multi=attribute.type == "pim_catalog_multiselect",
            values=values,
        )
        if role.unit_id is None:
            return (main,)
        room = STRING_LENGTH - len(_UNIT_LABEL)
        unit_names = tuple((lang, cut(text, room) + _UNIT_LABEL) for lang, text in names)
        unit = AttributeDefinition(
            role.unit_id, "string", unit_names, attribute.code, attribute.group, attribute.localizable
        )
        return main, unit

    def definitions(
        self,
        options_of: Callable[[str], Iterable[AttributeOption]] | None = None,
        report: Report = unreported,
    ) -> Iterator[AttributeDefinition]:
        """Yield all attributes we define, by id, our own for assets among them; one at a time is in memory.

        options_of: attribute code → its options, asked for in turn; by default the structure's. report: takes what is
        wrong with options and labels.
        """
        places: list[tuple[str, AttributeRole | None]] = [(ASSETS_DATA_ID, None)]
        for role in self.roles.values():
            if role.defined:
                places += [(id_, role) for id_ in (role.id, role.unit_id) if id_ is not None]
        for id_, place in sorted(places, key=lambda entry: entry[0]):
            if place is None:
                yield ASSETS_DATA
                continue
            attribute = place.attribute
            # The labels of a split metric are looked at once, with its amount.
            heard = report if id_ == place.id else unreported
            is_select = attribute.type in SELECT_TYPES
            options = options_of(attribute.code) if options_of is not None and is_select else None
            yield from (found for found in self.definition(attribute, options, heard) if found.id == id_)

    def _id_attribute(self) -> str | None:
        choice = self._settings.products.id
        if choice == "uuid":
            if not self._structure.products_by_uuid:
                self.errors.append(problem("products.id", "needs a PIM of version 7 or later", choice, "identifier"))
            return None
        wanted = self._settings.products.id_attribute
        if wanted is not None:
            return self.find(wanted)
        identifiers = [one for one in self._structure.attributes.values() if one.type == "pim_catalog_identifier"]
        main = [one.code for one in identifiers if one.is_main_identifier]
        return next(iter(main or sorted(one.code for one in identifiers)), None)

    def _system_sources(self) -> dict[str, tuple[str, ...]]:
        """Return lower-cased system id → PIM attributes in the document's order."""
        sources: dict[str, list[str]] = {}
        online = self._settings.products.online_attribute
        if online is not None and (found_online := self.find(online)) is not None:
            sources["onlineflag"] = [found_online]
        taken: dict[str, str] = {}
        for left, target in self._settings.attributes.system_mapping.items():
            path = f"attributes.system_mapping.{left}"
            if target.lower() not in SYSTEM_ATTRIBUTES:
                allowed = ", ".join(attribute.id for attribute in SYSTEM_ATTRIBUTES.values())
                self.errors.append(problem(path, "is no attribute that can be mapped to", target, allowed))
            elif code := self._mapped(path, left, target, taken):
                found = sources.setdefault(target.lower(), [])
                if code not in found:
                    found.append(code)
        return {target: tuple(codes) for target, codes in sources.items()}

    def _custom_targets(self) -> dict[str, str]:
        """Return PIM attribute → custom attribute id, in the document's order."""
        targets: dict[str, str] = {}
        system = {code: SYSTEM_ATTRIBUTES[target].id for target, codes in self.system_sources.items() for code in codes}
        for left, target in self._settings.attributes.custom_mapping.items():
            path = f"attributes.custom_mapping.{left}"
            if not target or target != target.strip() or "|" in target or len(target) > 256:
                rule = "1 to 256 characters without '|' and without white space around"
                self.errors.append(problem(path, "is no attribute id", target, rule))
            elif code := self._mapped(path, left, target, system):
                targets[code] = target
        return targets

    def _mapped(self, path: str, left: str, target: str, taken: dict[str, str]) -> str | None:
        """Return the attribute of a mapping's left side if it exists and has no other target yet."""
        code = resolve_code(left, self._structure)
        if code is None:
            rule = f"{_ATTRIBUTE_RULE}, or {_CARTRIDGE_PREFIX} and its code or camel name"
            self.errors.append(problem(path, "is not an attribute of the PIM", left, rule))
            return None
        if taken.setdefault(code, target) != target:
            what = f"gives {code} a second target beside {taken[code]}"
            self.errors.append(problem(path, what, target, "one target for each PIM attribute"))
            return None
        return code

    def _excluded(self) -> frozenset[str]:
        settings = self._settings.attributes
        codes = {code.lower() for code in settings.exclude}
        groups = {group.lower() for group in settings.exclude_groups}
        return frozenset(
            attribute.code
            for attribute in self._structure.attributes.values()
            if attribute.code.lower() in codes or attribute.group.lower() in groups
        )

    def _with_own_id(self, system: Mapping[str, SystemAttribute]) -> list[str]:
        """Return the attributes that get an id from us: axes that are not mapped to one, and all not left out."""
        left_out = {*self.excluded, *system, self.id_attribute}
        if self._settings.attributes.prices != "attribute":
            left_out |= {one.code for one in self._structure.attributes.values() if one.type == _PRICES}
        left_out = left_out - self.axes | set(self.custom_targets)
        return [code for code in self._structure.attributes if code not in left_out]

    def _roles(self) -> dict[str, AttributeRole]:
        attributes = self._structure.attributes
        settings = self._settings.attributes
        system = {code: SYSTEM_ATTRIBUTES[target] for target, codes in self.system_sources.items() for code in codes}
        split = frozenset(
            attribute.code
            for attribute in attributes.values()
            if settings.measurements == "split"
            and attribute.type == "pim_catalog_metric"
            and attribute.code not in self.axes
        )
        taken = set(self.custom_targets.values()) | {ASSETS_DATA_ID}
        taken |= {target + UNIT_SUFFIX for code, target in self.custom_targets.items() if code in split}
        own = self._with_own_id(system)
        ids, collided = assign_ids(own, split, settings.prefix, settings.id_style, taken)
        self.issues.extend(
            Issue("warn", "attribute", "id_collision", code, attribute=code, value=ids[code]) for code in collided
        )
        self._check_ids(ids, taken)
        roles = {}
        for attribute in attributes.values():
            code = attribute.code
            role = self._role(attribute, ids.get(code), system.get(code), is_split=code in split)
            unit_id = role.id + UNIT_SUFFIX if code in split and role.written else None
            roles[code] = role if unit_id is None else _with_unit(role, unit_id)
        return roles

    def _role(
        self, attribute: Attribute, own_id: str | None, system: SystemAttribute | None, *, is_split: bool
    ) -> AttributeRole:
        code = attribute.code
        settings = self._settings.attributes
        target = self.custom_targets.get(code)
        is_axis = code in self.axes
        options = self._structure.options.get(code)
        is_empty = options is not None and next(usable_options(options), None) is None
        has_values = not (attribute.type in SELECT_TYPES and is_empty)
        if own_id is not None and not (is_attribute_id(own_id) and is_attribute_id(own_id + UNIT_SUFFIX * is_split)):
            self.issues.append(Issue("reject", "attribute", "bad_id", code, attribute=code, value=own_id))
            own_id = None
        if own_id is not None and not has_values:
            self.issues.append(Issue("warn", "attribute", "no_options", code, attribute=code))
        is_used = own_id is not None or target is not None or system is not None
        if is_used and attribute.type not in KNOWN_TYPES:
            self.issues.append(
                Issue("warn", "attribute", "unknown_attribute_type", code, attribute=code, value=attribute.type)
            )
        name = camel_name(code) if settings.id_style == "camel" else code
        return AttributeRole(
            attribute,
            id=target or own_id or settings.prefix + name,
            # Variations refer to an axis, whether it has options today or not.
            defined=own_id is not None and (has_values or is_axis),
            written=target is not None or (own_id is not None and (has_values or is_axis)),
            axis=is_axis,
            custom=target is not None,
            system=system,
        )

    def _check_ids(self, ids: Mapping[str, str], taken: Iterable[str]) -> None:
        """Report ids that still meet one of a custom_mapping or our own after falling back to the raw code."""
        taken = frozenset(taken)
        for code, attribute_id in ids.items():
            if attribute_id in taken:
                what = f"has the id {attribute_id}, which is taken"
                rule = "exclude the attribute, or map it to another id with attributes.custom_mapping"
                self.errors.append(problem("attributes", what, code, rule))

    def _check_axes(self) -> None:
        """Report axes whose id SFCC refuses, and family variants with two axes on one id.

        SFCC knows one variation attribute per attribute, and no variations without.
        """
        for axis in sorted(self.axes):
            if not self.roles[axis].written:
                what = f"does not list the axis {axis}, and SFCC refuses the id made from its code"
                rule = "1 to 256 characters without '|' and without white space around"
                self.errors.append(problem("attributes.custom_mapping", what, self.roles[axis].id, rule))
        for variant in self._structure.family_variants.values():
            seen: dict[str, str] = {}
            for axis in dict.fromkeys(filter(None, map(self.find, variant.axes))):
                attribute_id = self.roles[axis].id
                other = seen.setdefault(attribute_id.lower(), axis)
                if other != axis:
                    path = "attributes.custom_mapping"
                    what = f"gives the axes {other} and {axis} of family variant {variant.code} one id"
                    self.errors.append(problem(path, what, attribute_id, "an id of its own for each axis"))


def _with_unit(role: AttributeRole, unit_id: str) -> AttributeRole:
    return AttributeRole(
        role.attribute, role.id, unit_id, role.defined, role.written, role.axis, role.custom, role.system
    )
