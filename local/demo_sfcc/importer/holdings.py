"""What an instance holds: catalogues and products, attribute definitions, price books, libraries, jobs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, str, str]
"""Element name (or custom attribute id), language ("" for none), site id ("" for none)."""

Definitions = dict[str, dict[str, dict[str, Any]]]
"""Object type → attribute id → `type`, `localizable`, `site_specific`, `multiple`, `values` (of an enumeration)."""

ROOT = "root"
"""The category every catalogue has, and the folder every library has."""

DEFAULTS: dict[Key, str] = {
    ("min-order-quantity", "", ""): "1",
    ("step-quantity", "", ""): "1",
    ("searchable-flag", "", ""): "true",
}
"""What a product has from the start (Salesforce Help, "Catalog Object Import and Export", product defaults)."""


@dataclass(slots=True)
class VariationAttribute:
    """A variation attribute of a master, or one a catalogue shares. values: id → what the file says of it, in order."""

    id: str
    attribute: str
    shared: bool = False
    names: list[Any] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Variations:
    """What a master shows, each in its order; default: the variant that is shown first, "" for none."""

    attributes: list[VariationAttribute] = field(default_factory=list)
    variants: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    default: str = ""


@dataclass(slots=True)
class Product:
    """A product of any type; `variations` is None unless it is or was a master. lists: elements held as they stand."""

    id: str
    catalog: str
    values: dict[Key, str] = field(default_factory=lambda: dict(DEFAULTS))
    custom: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    images: list[Any] = field(default_factory=list)
    bundled: list[tuple[str, str]] = field(default_factory=list)
    set_products: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    classification: tuple[str, str] | None = None
    variations: Variations | None = None
    lists: dict[str, Any] = field(default_factory=dict)

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
    """A category: its parent's id ("" for the root), its values, and its lists (links, groups, refinements)."""

    id: str
    parent: str = ""
    values: dict[Key, str] = field(default_factory=dict)
    custom: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Catalog:
    """A catalogue. assignments: (category id, product id) → elements. recommendations: source id → [target, type].

    base_path: the folder in front of all image paths, below `default`; external: the address there instead.
    """

    id: str
    base_path: str = ""
    external: str = ""
    custom: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    assignments: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    recommendations: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    options: dict[str, Any] = field(default_factory=dict)
    variation_attributes: dict[str, VariationAttribute] = field(default_factory=dict)


@dataclass(slots=True)
class PriceTable:
    """The prices of a product from and until a time ("" for always). amounts: quantity → amount or percentage."""

    begin: str = ""
    end: str = ""
    amounts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class PriceBook:
    """A price book. tables: product id → its price tables, of which one at most has no dates."""

    id: str
    currency: str
    parent: str = ""
    values: dict[Key, str] = field(default_factory=dict)
    custom: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    tables: dict[str, list[PriceTable]] = field(default_factory=dict)


@dataclass(slots=True)
class Content:
    """A content asset or a folder. folders: those it lies in; of a folder, its parent."""

    id: str
    values: dict[Key, str] = field(default_factory=dict)
    custom: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Library:
    """A library; its root folder is always there."""

    id: str
    folders: dict[str, Content] = field(default_factory=lambda: {ROOT: Content(ROOT)})
    content: dict[str, Content] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobStep:
    """A step of a job. parameters: name → value; references: name → the job parameter that sets it."""

    type: str
    site: str
    parameters: dict[str, str]
    references: dict[str, str]


@dataclass(slots=True)
class Holdings:
    """The whole instance. Product ids are unique in it: each product belongs to the catalogue that created it."""

    catalogs: dict[str, Catalog] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    masters: dict[str, str] = field(default_factory=dict)
    """Variant id → the one master that owns it."""
    definitions: Definitions = field(default_factory=dict)
    groups: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """Object type → attribute group → attribute ids."""
    pricebooks: dict[str, PriceBook] = field(default_factory=dict)
    libraries: dict[str, Library] = field(default_factory=dict)
    jobs: dict[str, list[JobStep]] = field(default_factory=dict)

    def catalog(self, id_: str) -> Catalog:
        """Return a catalogue, made on first use; its root category is always there."""
        if id_ not in self.catalogs:
            self.catalogs[id_] = Catalog(id_, categories={ROOT: Category(ROOT)})
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
