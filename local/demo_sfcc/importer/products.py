"""`<product>`: values at once, relations when all objects of the file are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from local.demo_sfcc.importer.elements import Element, child, children, plain, text_in, text_of
from local.demo_sfcc.importer.holdings import Holdings, Product
from local.demo_sfcc.importer.log import ImportLog
from local.demo_sfcc.importer.modes import Mode
from local.demo_sfcc.importer.values import ValueImport
from local.demo_sfcc.importer.variations import VariationImport, other_type

Relation = Callable[[], None]
"""Applies one relation; called in the second pass."""

_LISTS = frozenset({"product-detail-page-meta-tag-rules", "category-links", "retail-set-products"})
"""Held as they stand; the last two are deprecated, and only held."""


class ProductImport:
    """Imports product elements into an instance."""

    def __init__(self, holdings: Holdings, log: ImportLog, values: ValueImport) -> None:
        """Import into these holdings."""
        self._holdings = holdings
        self._log = log
        self._of = values
        self._variations = VariationImport(holdings, log)
        self._relations: dict[str, Callable[[Product, Element], None]] = {
            "bundled-products": self._bundled_products,
            "product-set-products": self._set_products,
            "options": self._options,
            "variations": self._variations.read,
            "product-links": self._links,
            "classification-category": self._classification,
        }

    def read(self, element: Element, catalog: str, mode: Mode) -> list[Relation]:
        """Create, change, recreate or delete one product; return its relations."""
        id_ = element.get("product-id", "")
        product = self._holdings.products.get(id_)
        if product is not None and product.catalog != catalog:
            self._log.error(id_, f"product belongs to catalog {product.catalog}, not to {catalog}")
            return []
        if element.get("mode") == "delete" or mode == "delete":
            if product is None:
                self._log.warn(id_, "product to delete does not exist")
            self._holdings.delete_product(id_)
            return []
        if product is None and mode == "update":
            self._log.warn(id_, "product does not exist and is not created in mode UPDATE")
            return []
        if product is None or mode == "replace":
            product = self._created(id_, catalog, element, product)
        return self._values(product, element)

    def _created(self, id_: str, catalog: str, element: Element, before: Product | None) -> Product:
        """Return the product, new or recreated; what names it (a master, an assignment) is not in its element."""
        if before is not None and before.variations is not None:
            for variant in before.variations.variants:
                self._holdings.masters.pop(variant, None)
        product = self._holdings.products[id_] = Product(id_, catalog)
        if child(element, "online-flag") is None:
            # The Help gives both values as the default of a new product.
            self._log.warn(id_, "new product without online-flag: offline")
            product.values["online-flag", "", ""] = "false"
        return product

    def _values(self, product: Product, element: Element) -> list[Relation]:
        relations: list[Relation] = []
        emptied: list[Relation] = []
        for name, part in children(element):
            if name == "custom-attributes":
                self._of.merge_custom(product.custom, part, "Product", product.id)
            elif name == "images":
                _images(product, part)
            elif name in self._relations:
                # What a product ceases to be is dropped first: a set can become a bundle in one element.
                (relations if len(part) else emptied).append(self._relation(product.id, name, part))
            elif name in _LISTS:
                product.lists[name] = [plain(one) for _, one in children(part)]
            else:
                self._of.merge(product.values, name, part)
        return emptied + relations

    def _relation(self, id_: str, name: str, element: Element) -> Relation:
        apply = self._relations[name]

        def relate() -> None:
            product = self._holdings.products.get(id_)
            if product is not None:  # deleted further down in the file
                apply(product, element)

        return relate

    def _bundled_products(self, product: Product, element: Element) -> None:
        entries = [(one.get("product-id", ""), text_in(one, "quantity")) for _, one in children(element)]
        if entries and other_type(self._holdings, self._log, product, "bundle"):
            return
        product.bundled = [entry for entry in entries if self._exists(product, entry[0], "bundled product")]

    def _set_products(self, product: Product, element: Element) -> None:
        ids = [one.get("product-id", "") for _, one in children(element)]
        if ids and other_type(self._holdings, self._log, product, "product set"):
            return
        product.set_products = [id_ for id_ in ids if self._exists(product, id_, "product set member")]

    def _options(self, product: Product, element: Element) -> None:
        """Replace the list; an option is the product's own or one that its catalogue shares."""
        shared = self._holdings.catalog(product.catalog).options
        listed = []
        for name, one in children(element):
            id_ = one.get("option-id", "")
            if name == "shared-option" and id_ not in shared:
                self._log.warn(product.id, f"shared option {id_} does not exist in catalog {product.catalog}")
            else:
                listed.append(id_)
        product.options = listed

    def _links(self, product: Product, element: Element) -> None:
        links = [(one.get("product-id", ""), one.get("type", "")) for _, one in children(element)]
        product.links = [link for link in links if self._exists(product, link[0], "linked product")]

    def _classification(self, product: Product, element: Element) -> None:
        category, catalog = text_of(element), element.get("catalog-id", product.catalog)
        known: Iterable[str] = ()
        if catalog in self._holdings.catalogs:
            known = self._holdings.catalogs[catalog].categories
        if category and category not in known:
            self._log.warn(product.id, f"classification category {category} does not exist in catalog {catalog}")
            return
        product.classification = (catalog, category) if category else None

    def _exists(self, product: Product, id_: str, what: str) -> bool:
        if id_ in self._holdings.products:
            return True
        self._log.warn(product.id, f"{what} {id_} does not exist")
        return False


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
