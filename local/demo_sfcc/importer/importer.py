"""The importer: files in, holdings and a log out."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

from lxml import etree

from local.demo_sfcc.importer.elements import NAMESPACE, Element, name_of
from local.demo_sfcc.importer.holdings import Catalog, Holdings, Key, Product
from local.demo_sfcc.importer.log import ImportLog
from local.demo_sfcc.importer.products import ProductImport
from local.demo_sfcc.importer.storefront import StorefrontImport

_CATALOG = f"{NAMESPACE}catalog"


class Importer:
    """An instance that catalogue files are imported into, in MERGE mode.

    A file is read in two passes: first all objects, then the relations between them (Salesforce Help, "Catalog Object
    Import and Export"), so a relation may name what stands further down in its file, but nothing of a later file.
    """

    def __init__(self) -> None:
        """Start with an empty instance."""
        self.holdings = Holdings()
        self._noted = ImportLog()
        self._products = ProductImport(self.holdings, self._noted)
        self._storefront = StorefrontImport(self.holdings, self._noted)

    @property
    def log(self) -> ImportLog:
        """What was wrong in all files so far."""
        return self._noted

    def load(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Import files, (path, content), in the order given; what is wrong goes to the log."""
        for path, content in files:
            self._noted.file = path
            self._file(content)

    def _file(self, content: bytes) -> None:
        relations: list[Callable[[], None]] = []
        catalog: Catalog | None = None
        depth = 0
        try:
            for event, element in etree.iterparse(io.BytesIO(content), ("start", "end"), resolve_entities=False):
                if event == "start":
                    depth += 1
                    if depth == 1:
                        if element.tag != _CATALOG:
                            self._noted.error("", f"the file holds <{element.tag}>, not a catalog")
                            return
                        catalog = self.holdings.catalog(element.get("catalog-id", ""))
                    continue
                depth -= 1
                if depth == 1 and catalog is not None:
                    relations += self._object(element, catalog)
        except etree.XMLSyntaxError as error:
            self._noted.error("", f"the file is no XML: {error}")
            return
        for relate in relations:
            relate()

    def _object(self, element: Element, catalog: Catalog) -> list[Callable[[], None]]:
        storefront = self._storefront
        match name_of(element):
            case "product":
                return list(self._products.read(element, catalog.id))
            case "category":
                storefront.category(element, catalog)
                return [lambda: storefront.parent(element, catalog)]
            case "category-assignment":
                return [lambda: storefront.assignment(element, catalog)]
            case "recommendation":
                return [lambda: storefront.recommendation(element, catalog)]
            case "header":
                return []
            case other:
                self._noted.warn("", f"<{other}> is not known to this importer")
                return []

    def snapshot(self) -> dict[str, Any]:
        """Return everything held, as plain data that compares and prints; what is empty is left out."""
        return {
            "products": {id_: _product(product) for id_, product in sorted(self.holdings.products.items())},
            "catalogs": {id_: _catalog(catalog) for id_, catalog in sorted(self.holdings.catalogs.items())},
        }


def _product(product: Product) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "values": _named(product.values),
        "custom": _named(product.custom),
        "images": product.images,
        "bundled": product.bundled,
        "set": product.set_products,
        "links": product.links,
        "classification": product.classification,
    }
    if product.variations is not None:
        shown["attributes"] = product.variations.attributes
        shown["variants"] = product.variations.variants
        shown["groups"] = product.variations.groups
    return {"catalog": product.catalog, **{name: value for name, value in shown.items() if value}}


def _catalog(catalog: Catalog) -> dict[str, Any]:
    categories = {
        category.id: {"parent": category.parent, **_named(category.values), **_named(category.custom)}
        for category in catalog.categories.values()
    }
    recommendations = {source: held for source, held in catalog.recommendations.items() if held}
    shown = {
        "categories": dict(sorted(categories.items())),
        "assignments": {f"{c} {p}": dict(held) for (c, p), held in sorted(catalog.assignments.items())},
        "recommendations": dict(sorted(recommendations.items())),
    }
    return {name: value for name, value in shown.items() if value}


def _named(values: dict[Key, Any]) -> dict[str, Any]:
    return {" ".join(part for part in key if part): value for key, value in sorted(values.items())}
