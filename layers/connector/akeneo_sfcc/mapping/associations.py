"""Associations → recommendations, product links, sets and bundles (docs/mapping.md section 9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.sfcc.catalog import serialise

MODEL_ROLES = ("root", "level1")


@dataclass(frozen=True, slots=True)
class Exported:
    """What a target is in SFCC."""

    id: str
    role: str


Lookup = Callable[[str, bool], Exported | None]
"""(PIM key or model code, is it a model) → what SFCC holds for it, None when it is not exported."""


@dataclass(slots=True)
class Relations:
    """An item's relations with resolved targets.

    typed: association type → target ids in PIM order. set_products: ids. bundled: `[id, quantity]`.
    """

    typed: dict[str, list[str]] = field(default_factory=dict)
    set_products: list[str] = field(default_factory=list)
    bundled: list[list[Any]] = field(default_factory=list)


class RelationPlan:
    """Which association types mean what, and how targets are resolved."""

    def __init__(self, settings: Settings) -> None:
        """Take the associations section of the settings."""
        section = settings.associations
        self.links = section.target == "links"
        mapping = section.link_types if self.links else section.recommendation_types
        self.types: dict[str, str] = {code: str(kind) for code, kind in mapping.items()}
        self._set = section.product_set
        self._bundle = section.bundle
        grouped = {item.association_type for item in (self._set, self._bundle) if item is not None}
        for code in grouped:
            # Members of a set or bundle are no recommendations as well.
            self.types.pop(code, None)
        self.used = set(self.types) | grouped

    def wanted(self, relations: Mapping[str, Sequence[Sequence[Any]]]) -> Iterable[tuple[str, bool]]:
        """Yield the targets, `(key, is_model)`, of the types that are used."""
        for code in self.used & relations.keys():
            for key, is_model, _ in relations[code]:
                yield key, is_model

    def resolve(
        self,
        id_: str,
        simple: bool,
        family: str | None,
        relations: Mapping[str, Sequence[Sequence[Any]]],
        lookup: Lookup,
    ) -> tuple[Relations, list[Issue]]:
        """Resolve an item's targets; those that are not exported are dropped with a warning.

        simple: only products without parent can be sets or bundles; SFCC's masters and variants are neither.
        Duplicates and self-references are dropped silently.
        """
        issues: list[Issue] = []
        result = Relations()
        for code in self.types:
            if targets := self._targets(id_, code, relations.get(code, ()), lookup, issues):
                result.typed[code] = [target for target, _ in targets]
        if self._set is not None and family == self._set.family and simple:
            targets = self._targets(id_, self._set.association_type, _of(relations, self._set), lookup, issues)
            result.set_products = [target for target, _ in targets]
        if self._bundle is not None and family == self._bundle.family and simple:
            bundled = self._targets(
                id_,
                self._bundle.association_type,
                _of(relations, self._bundle),
                lookup,
                issues,
                masters=False,
            )
            result.bundled = [[target, quantity] for target, quantity in bundled]
        return result, issues

    def listed(self, typed: Mapping[str, Sequence[str]], root: Mapping[str, Sequence[str]] | None) -> list[list[str]]:
        """Return `[target id, SFCC type]` in the mapping's order, each once.

        root: the relations of a variant's root; what the root has is not repeated on the variant.
        """
        listed: dict[tuple[str, str], None] = {}
        inherited = {
            (target, self.types[code])
            for code, targets in (root or {}).items()
            if code in self.types
            for target in targets
        }
        for code, kind in self.types.items():
            for target in typed.get(code, ()):
                if (target, kind) not in inherited:
                    listed[(target, kind)] = None
        return [list(entry) for entry in listed]

    def _targets(
        self,
        id_: str,
        code: str,
        targets: Sequence[Sequence[Any]],
        lookup: Lookup,
        issues: list[Issue],
        masters: bool = True,
    ) -> list[tuple[str, int]]:
        found: dict[str, int] = {}
        for key, is_model, quantity in targets:
            target = lookup(key, is_model)
            if target is None or (target.role in MODEL_ROLES and not masters):
                issues.append(Issue("warn", "association", "target_not_exported", id=id_, attribute=code, value=key))
            elif target.id != id_:
                found.setdefault(target.id, 1 if quantity is None else quantity)
        return list(found.items())


def _of(relations: Mapping[str, Sequence[Sequence[Any]]], group: Any) -> Sequence[Sequence[Any]]:
    return relations.get(group.association_type, ())


def relations_element(
    id_: str,
    bundled: Sequence[Sequence[Any]] | None,
    set_products: Sequence[str] | None,
    links: Sequence[Sequence[str]] | None,
) -> bytes:
    """Return a `<product>` with nothing but relations; None leaves an element out, an empty list empties it."""
    product = etree.Element("product", {"product-id": id_})
    if bundled is not None:
        parent = etree.SubElement(product, "bundled-products")
        for target, quantity in bundled:
            entry = etree.SubElement(parent, "bundled-product", {"product-id": target})
            etree.SubElement(entry, "quantity").text = str(quantity)
    if set_products is not None:
        parent = etree.SubElement(product, "product-set-products")
        for target in set_products:
            etree.SubElement(parent, "product-set-product", {"product-id": target})
    if links is not None:
        parent = etree.SubElement(product, "product-links")
        for target, kind in links:
            etree.SubElement(parent, "product-link", {"product-id": target, "type": kind})
    return serialise(product)


def recommendation_element(source: str, target: str, kind: str, delete: bool = False) -> bytes:
    """Return a `<recommendation>` between two products."""
    attributes = {
        "source-id": source,
        "source-type": "product",
        "target-id": target,
        "target-type": "product",
        "type": kind,
    }
    return serialise(etree.Element("recommendation", attributes | ({"mode": "delete"} if delete else {})))


def superseded(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return which written recommendations must be deleted so that writing `new` gives exactly that list.

    SFCC keeps the place of what it has and appends what is new, so an order that cannot be had by appending is deleted
    as a whole first.
    """
    before = [list(entry) for entry in old]
    after = [list(entry) for entry in new]
    kept = [entry for entry in before if entry in after]
    return before if after[: len(kept)] != kept else [entry for entry in before if entry not in after]


def assignment_element(category: str, product: str, primary: bool | None = None, delete: bool = False) -> bytes:
    """Return a `<category-assignment>`; primary None leaves the flag out."""
    attributes = {"category-id": category, "product-id": product} | ({"mode": "delete"} if delete else {})
    element = etree.Element("category-assignment", attributes)
    if primary is not None:
        etree.SubElement(element, "primary-flag").text = "true" if primary else "false"
    return serialise(element)
