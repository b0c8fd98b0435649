"""A catalogue file: first all objects, then the relations between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from local.demo_sfcc.importer.elements import Element, children
from local.demo_sfcc.importer.holdings import Catalog, Holdings
from local.demo_sfcc.importer.log import ImportLog
from local.demo_sfcc.importer.modes import Mode
from local.demo_sfcc.importer.products import ProductImport, Relation
from local.demo_sfcc.importer.quotas import CATALOGS, exceeds
from local.demo_sfcc.importer.storefront import StorefrontImport
from local.demo_sfcc.importer.values import ValueImport

_IDS = ("product-id", "category-id", "source-id", "option-id", "variation-attribute-id")


class CatalogImport:
    """Imports catalogue files.

    A relation may name what stands further down in its file, but nothing of a later file (Salesforce Help, "Catalog
    Object Import and Export": two passes).
    """

    def __init__(self, holdings: Holdings, log: ImportLog, values: ValueImport) -> None:
        """Import into these holdings."""
        self._holdings = holdings
        self._log = log
        self._of = values
        self._products = ProductImport(holdings, log, values)
        self._storefront = StorefrontImport(holdings, log, values)

    def load(self, root: Element, mode: Mode) -> None:
        """Import a file whose form is right."""
        id_ = root.get("catalog-id", "")
        known = self._holdings.catalogs
        if id_ not in known and exceeds(self._log, CATALOGS, id_, len(known) + 1):
            return
        catalog = self._holdings.catalog(id_)
        relations: list[Relation] = []
        counts: Counter[str] = Counter()
        for name, element in children(root):
            about = next((str(element.get(id_name)) for id_name in _IDS if element.get(id_name)), "")
            self._of.drop_unknown_locales(element, about)
            relations += self._object(name, element, catalog, mode)
            counts[name] += 1
        for relate in relations:
            relate()
        if counts["category"]:
            self._storefront.check_quotas(catalog)
        for name, number in counts.items():
            self._log.info(f"Processed {number} {name} elements")

    def _object(self, name: str, element: Element, catalog: Catalog, mode: Mode) -> list[Relation]:
        storefront = self._storefront
        later: dict[str, Callable[[Element, Catalog, Mode], None]] = {
            "category-assignment": storefront.assignment,
            "recommendation": storefront.recommendation,
        }
        now: dict[str, Callable[[Element, Catalog, Mode], None]] = {
            "product-option": storefront.option,
            "variation-attribute": storefront.variation_attribute,
        }
        match name:
            case "product":
                return self._products.read(element, catalog.id, mode)
            case "category":
                storefront.category(element, catalog, mode)
                return [lambda: storefront.relate_category(element, catalog)]
            case "header":
                storefront.header(element, catalog)
            case "product-attribute-definitions":
                # Only a pipelet of old reads them (Salesforce Help); metadata has them.
                self._log.error(catalog.id, "attribute definitions in a catalog file are not imported")
            case _ if name in later:
                return [lambda: later[name](element, catalog, mode)]
            case _:
                now[name](element, catalog, mode)
        return []
