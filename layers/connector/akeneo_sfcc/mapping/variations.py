"""Root models → `<variations>` of a master: axes, their values, variants and groups (docs/mapping.md section 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.pim.model import Attribute, AttributeOption, MeasurementFamily, Structure
from akeneo_sfcc.sfcc.catalog import XML_LANG, serialise

MAX_VARIANTS = 1_000
"""Variations per base product: quota object.ProductPO.relation.variationProductAssignmentPOs."""

X_DEFAULT = "x-default"
SELECTS = ("pim_catalog_simpleselect", "pim_catalog_multiselect")
_STEPS: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "mul": lambda amount, value: amount * value,
    "div": lambda amount, value: amount / value,
    "add": lambda amount, value: amount + value,
    "sub": lambda amount, value: amount - value,
}


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant as its master lists it. axes: axis attribute code → value text. parent: its direct model's code.

    images, names: its image references, and its name per language for their alt and title.
    """

    id: str
    parent: str | None
    axes: Mapping[str, str]
    online: bool
    images: Sequence[Sequence[Any]] = ()
    names: Mapping[str, str] = field(default_factory=dict)


class VariationPlan:
    """Makes the `<variations>` of any root from its family variant and its variants."""

    def __init__(self, structure: Structure, attributes: AttributePlan, locales: LocalePlan) -> None:
        """Take the PIM's structure and how attributes and locales are named in SFCC."""
        self._structure = structure
        self._attributes = attributes
        self._locales = locales
        self._axes: dict[str, _Axis] = {}

    def axes_of(self, family_variant: str | None) -> tuple[str, ...]:
        """Return the axes of a family variant in order, level 1 first; none when the PIM no longer has it."""
        variant = self._structure.family_variants.get(family_variant or "")
        return variant.axes if variant else ()

    def element(self, family_variant: str | None, variants: Sequence[Variant], groups: Sequence[str] | None) -> bytes:
        """Return `<variations>` with everything a master shows of its variants.

        groups: ids for `<variation-groups>`; None leaves the element out, an empty list empties it.
        """
        variations = etree.Element("variations")
        attributes = etree.SubElement(variations, "attributes")
        for code in self.axes_of(family_variant):
            axis = self._axis(code)
            if axis is not None:
                self._attribute(attributes, axis, {variant.axes[code] for variant in variants if code in variant.axes})
        _list(variations, "variants", "variant", sorted(variant.id for variant in variants))
        if groups is not None:
            _list(variations, "variation-groups", "variation-group", sorted(groups))
        return serialise(variations)

    def value_order(self, code: str, value: str) -> tuple[Any, ...]:
        """Return what sorts a value among those of its axis."""
        axis = self._axis(code)
        return axis.order(value) if axis is not None else (0, value)

    def issues(self, root: str, family_variant: str | None, variants: Sequence[Variant]) -> list[Issue]:
        """Return the warnings about a root's variants: none, too many, missing or repeated axis values."""
        issues: list[Issue] = []
        if not variants:
            issues.append(Issue("warn", "model", "no_variants", id=root))
        if len(variants) > MAX_VARIANTS:
            issues.append(Issue("warn", "model", "variants_over_quota", id=root, value=str(len(variants))))
        axes = self.axes_of(family_variant)
        seen: dict[tuple[str, ...], str] = {}
        for variant in sorted(variants, key=lambda variant: variant.id):
            missing = [code for code in axes if code not in variant.axes]
            for code in missing:
                issues.append(Issue("warn", "product", "axis_value_missing", id=variant.id, attribute=code))
            combination = tuple(variant.axes.get(code, "") for code in axes)
            if not missing and seen.setdefault(combination, variant.id) != variant.id:
                value = ", ".join(combination)
                issues.append(Issue("warn", "product", "axis_value_duplicate", id=variant.id, value=value))
        return issues

    def _axis(self, code: str) -> _Axis | None:
        if code not in self._axes:
            attribute = self._structure.attributes.get(code)
            if attribute is None:
                return None
            family = self._structure.measurement_families.get(attribute.metric_family or "")
            options = self._structure.options.get(code, ()) if attribute.type in SELECTS else ()
            self._axes[code] = _Axis.of(self._attributes.id_of(code), attribute, options, family)
        return self._axes[code]

    def _attribute(self, parent: etree._Element, axis: _Axis, used: set[str]) -> None:
        element = etree.SubElement(
            parent, "variation-attribute", {"attribute-id": axis.id, "variation-attribute-id": axis.id}
        )
        for lang, text in self._locales.labels(axis.attribute.labels, axis.attribute.code):
            etree.SubElement(element, "display-name", {XML_LANG: lang}).text = text
        values = etree.SubElement(element, "variation-attribute-values")
        for value in sorted(used, key=axis.order):
            entry = etree.SubElement(values, "variation-attribute-value", {"value": value})
            option = axis.options.get(value.lower())
            shown = self._locales.labels(option.labels, option.code) if option else [(X_DEFAULT, value)]
            for lang, text in shown:
                etree.SubElement(entry, "display-value", {XML_LANG: lang}).text = text


@dataclass(frozen=True, slots=True)
class _Axis:
    """An axis with what orders its values."""

    id: str
    attribute: Attribute
    options: Mapping[str, AttributeOption]
    positions: Mapping[str, int]
    family: MeasurementFamily | None

    @classmethod
    def of(
        cls,
        id_: str,
        attribute: Attribute,
        options: Iterable[AttributeOption],
        family: MeasurementFamily | None,
    ) -> _Axis:
        ordered = sorted(options, key=lambda option: (option.sort_order, option.code))
        return cls(
            id=id_,
            attribute=attribute,
            options={option.code.lower(): option for option in ordered},
            positions={option.code.lower(): number for number, option in enumerate(ordered)},
            family=family,
        )

    def order(self, value: str) -> tuple[Any, ...]:
        """Return a value's sort key: options in option order, metrics by amount, all else (also booleans) by text."""
        if self.attribute.type == "pim_catalog_metric":
            return self._metric_order(value)
        return (self.positions.get(value.lower(), len(self.positions)), value)

    def _metric_order(self, value: str) -> tuple[Any, ...]:
        amount_text, _, unit = value.rpartition(" ")
        try:
            amount = Decimal(amount_text)
            steps = self.family.units[unit] if self.family else None
            if steps is not None:
                for operator, operand in steps:
                    amount = _STEPS[operator](amount, Decimal(operand))
                return (0, "", amount, value)
            return (1, unit, amount, value)
        except (InvalidOperation, KeyError, ZeroDivisionError):
            # A unit or a step the measurement family does not explain: by unit, then by amount.
            try:
                return (1, unit, Decimal(amount_text), value)
            except InvalidOperation:
                return (2, unit, Decimal(0), value)


def variant_list(variants: Iterable[str], groups: Iterable[str] | None = None) -> bytes:
    """Return `<variations>` with nothing but the ids that stay: what is not listed is unlinked."""
    variations = etree.Element("variations")
    _list(variations, "variants", "variant", sorted(variants))
    if groups is not None:
        _list(variations, "variation-groups", "variation-group", sorted(groups))
    return serialise(variations)


def _list(parent: etree._Element, tag: str, item: str, ids: Iterable[str]) -> None:
    # merge-mode is left to its default, replace: whatever SFCC had beyond this list is unlinked.
    element = etree.SubElement(parent, tag)
    for id_ in ids:
        etree.SubElement(element, item, {"product-id": id_})
