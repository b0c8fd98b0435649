"""`<product>`: values at once, relations when all objects of the file are there."""

from __future__ import annotations

from collections.abc import Callable

from local.demo_sfcc.importer.elements import (
    NESTED,
    Element,
    child,
    children,
    merge_custom,
    merge_value,
    plain,
    text_of,
)
from local.demo_sfcc.importer.holdings import Holdings, Product, Variations
from local.demo_sfcc.importer.log import ImportLog

Relation = Callable[[], None]
"""Applies one relation; called in the second pass."""

_RELATIONS = frozenset(
    {"bundled-products", "product-set-products", "variations", "product-links", "classification-category"}
)


class ProductImport:
    """Imports product elements into an instance."""

    def __init__(self, holdings: Holdings, log: ImportLog) -> None:
        """Import into these holdings."""
        self._holdings = holdings
        self._log = log

    def read(self, element: Element, catalog: str) -> list[Relation]:
        """Create, change or delete one product; return its relations."""
        id_ = element.get("product-id", "")
        if not id_ or id_.strip() != id_:
            self._log.error(id_, f"product-id {id_!r} is empty or has white space around it")
            return []
        product = self._holdings.products.get(id_)
        if product is not None and product.catalog != catalog:
            self._log.error(id_, f"product belongs to catalog {product.catalog}, not to {catalog}")
            return []
        if element.get("mode") == "delete":
            if product is None:
                self._log.warn(id_, "product to delete does not exist")
            self._holdings.delete_product(id_)
            return []
        if product is None:
            product = self._holdings.products[id_] = Product(id_, catalog)
            if child(element, "online-flag") is None:
                # The Help gives both values as the default of a new product.
                self._log.warn(id_, "new product without online-flag: offline")
                product.values[("online-flag", "", "")] = "false"
        return self._values(product, element)

    def _values(self, product: Product, element: Element) -> list[Relation]:
        relations: list[Relation] = []
        emptied: list[Relation] = []
        for name, part in children(element):
            if name in NESTED:
                for nested, value in children(part):
                    merge_value(product.values, nested, value)
            elif name == "custom-attributes":
                merge_custom(product.custom, part)
            elif name == "images":
                _images(product, part)
            elif name in _RELATIONS:
                # What a product ceases to be is dropped first: a set can become a bundle in one element.
                (relations if len(part) else emptied).append(self._relation(product.id, name, part))
            else:
                merge_value(product.values, name, part)
        return emptied + relations

    def _relation(self, id_: str, name: str, element: Element) -> Relation:
        apply: Callable[[Product, Element], None] = getattr(self, f"_{name.replace('-', '_')}")

        def relate() -> None:
            product = self._holdings.products.get(id_)
            if product is not None:  # deleted further down in the file
                apply(product, element)

        return relate

    def _bundled_products(self, product: Product, element: Element) -> None:
        entries = []
        for _, one in children(element):
            quantity = child(one, "quantity")
            entries.append((one.get("product-id", ""), text_of(quantity) if quantity is not None else "1"))
        if entries and self._other_type(product, "bundle"):
            return
        product.bundled = [entry for entry in entries if self._exists(product, entry[0], "bundled product")]

    def _product_set_products(self, product: Product, element: Element) -> None:
        ids = [one.get("product-id", "") for _, one in children(element)]
        if ids and self._other_type(product, "product set"):
            return
        product.set_products = [id_ for id_ in ids if self._exists(product, id_, "product set member")]

    def _product_links(self, product: Product, element: Element) -> None:
        links = [(one.get("product-id", ""), one.get("type", "")) for _, one in children(element)]
        product.links = [link for link in links if self._exists(product, link[0], "linked product")]

    def _classification_category(self, product: Product, element: Element) -> None:
        category, catalog = text_of(element), element.get("catalog-id", product.catalog)
        if category and category not in self._holdings.catalog(catalog).categories:
            self._log.warn(product.id, f"classification category {category} does not exist in catalog {catalog}")
            return
        product.classification = (catalog, category) if category else None

    def _variations(self, product: Product, element: Element) -> None:
        held = product.variations or Variations()
        attributes, groups = child(element, "attributes"), child(element, "variation-groups")
        variants = child(element, "variants")
        if attributes is not None:
            held.attributes = [plain(one) for _, one in children(attributes)]
        if variants is not None:
            wanted = [one.get("product-id", "") for _, one in children(variants)]
            if wanted and self._other_type(product, "master"):
                return
            self._own(product, held, wanted)
        if groups is not None:
            ids = [one.get("product-id", "") for _, one in children(groups)]
            held.groups = [id_ for id_ in ids if self._exists(product, id_, "variation group")]
        product.variations = held

    def _own(self, product: Product, held: Variations, wanted: list[str]) -> None:
        """Replace the list of variants: what is not listed becomes a product of its own."""
        owners = self._holdings.masters
        for variant in held.variants:
            if variant not in wanted:
                owners.pop(variant, None)
        held.variants = []
        for variant in wanted:
            if not self._exists(product, variant, "variant"):
                continue
            owner = owners.get(variant, product.id)
            if owner != product.id:
                self._log.error(product.id, f"variant {variant} belongs to master {owner}")
                continue
            if self._holdings.products[variant].type != "product":
                self._log.error(product.id, f"variant {variant} is a {self._holdings.products[variant].type}")
                continue
            owners[variant] = product.id
            held.variants.append(variant)

    def _exists(self, product: Product, id_: str, what: str) -> bool:
        if id_ in self._holdings.products:
            return True
        self._log.warn(product.id, f"{what} {id_} does not exist")
        return False

    def _other_type(self, product: Product, wanted: str) -> bool:
        """Refuse a second type: bundle, product set and master exclude each other, and a variant is none of them."""
        owner = self._holdings.masters.get(product.id)
        if product.type in ("product", wanted) and owner is None:
            return False
        is_ = product.type if owner is None else f"variant of {owner}"
        self._log.error(product.id, f"product is a {is_} and cannot be a {wanted}")
        return True


def _images(product: Product, element: Element) -> None:
    """Replace or merge image groups; a group is known by its view type and variation values."""
    groups = [plain(one) for _, one in children(element)]
    if element.get("merge-mode") == "replace":
        product.images = groups
        return
    merged = {_group_key(group): group for group in product.images}
    merged.update((_group_key(group), group) for group in groups)
    product.images = list(merged.values())


def _group_key(group: tuple[object, ...]) -> tuple[object, ...]:
    parts = group[2] if isinstance(group[2], tuple) else ()
    return (group[1], *(part for part in parts if part[0] == "variation"))
