"""What an instance holds: catalogues with categories, assignments and recommendations, and all products."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, str, str]
"""Element name (or custom attribute id), language ("" for none), site id ("" for none)."""

DEFAULTS: dict[Key, str] = {
    ("min-order-quantity", "", ""): "1",
    ("step-quantity", "", ""): "1",
    ("searchable-flag", "", ""): "true",
}
"""What a product has from the start (Salesforce Help, "Catalog Object Import and Export", product defaults)."""


@dataclass(slots=True)
class Variations:
    """What a master shows. attributes: as they stand in the file, in order."""

    attributes: list[Any] = field(default_factory=list)
    variants: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Product:
    """A product of any type; `variations` is None unless it is or was a master."""

    id: str
    catalog: str
    values: dict[Key, str] = field(default_factory=lambda: dict(DEFAULTS))
    custom: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    images: list[Any] = field(default_factory=list)
    bundled: list[tuple[str, str]] = field(default_factory=list)
    set_products: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    classification: tuple[str, str] | None = None
    variations: Variations | None = None

    @property
    def type(self) -> str:
        """What it is by what it is made of; a product is one of these only."""
        if self.bundled:
            return "bundle"
        if self.set_products:
            return "product set"
        return "master" if self.variations is not None and self.variations.variants else "product"


@dataclass(slots=True)
class Category:
    """A category: its parent's id ("" for the root) and its other elements."""

    id: str
    parent: str = ""
    values: dict[Key, str] = field(default_factory=dict)
    custom: dict[Key, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Catalog:
    """A catalogue. assignments: (category id, product id) → elements. recommendations: source id → [target, type]."""

    id: str
    categories: dict[str, Category] = field(default_factory=dict)
    assignments: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    recommendations: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))


@dataclass(slots=True)
class Holdings:
    """The whole instance. Product ids are unique in it: each product belongs to the catalogue that created it."""

    catalogs: dict[str, Catalog] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    masters: dict[str, str] = field(default_factory=dict)
    """Variant id → the one master that owns it."""

    def catalog(self, id_: str) -> Catalog:
        """Return a catalogue, made on first use; its root category is always there."""
        if id_ not in self.catalogs:
            self.catalogs[id_] = Catalog(id_, categories={"root": Category("root")})
        return self.catalogs[id_]

    def delete_product(self, id_: str) -> None:
        """Delete a product and whatever names it; a master takes its variants with it."""
        product = self.products.pop(id_, None)
        if product is None:
            return
        self._forget(id_)
        for variant in product.variations.variants if product.variations is not None else ():
            self.delete_product(variant)

    def _forget(self, id_: str) -> None:
        self.masters.pop(id_, None)
        for other in self.products.values():
            if other.variations is not None:
                _drop(other.variations.variants, id_)
                _drop(other.variations.groups, id_)
            _drop(other.set_products, id_)
            other.bundled = [entry for entry in other.bundled if entry[0] != id_]
            other.links = [entry for entry in other.links if entry[0] != id_]
        for catalog in self.catalogs.values():
            catalog.assignments = {key: value for key, value in catalog.assignments.items() if key[1] != id_}
            catalog.recommendations.pop(id_, None)
            for source, targets in catalog.recommendations.items():
                catalog.recommendations[source] = [entry for entry in targets if entry[0] != id_]

    def delete_category(self, catalog: Catalog, id_: str) -> None:
        """Delete a category with everything below it and their assignments; products stay."""
        if catalog.categories.pop(id_, None) is None:
            return
        catalog.assignments = {key: value for key, value in catalog.assignments.items() if key[0] != id_}
        for below in [one.id for one in catalog.categories.values() if one.parent == id_]:
            self.delete_category(catalog, below)


def _drop(ids: list[str], id_: str) -> None:
    if id_ in ids:
        ids.remove(id_)
