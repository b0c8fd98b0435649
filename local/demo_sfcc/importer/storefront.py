"""`<category>`, `<category-assignment>` and `<recommendation>`."""

from __future__ import annotations

from local.demo_sfcc.importer.elements import NESTED, Element, children, merge_custom, merge_value, text_of
from local.demo_sfcc.importer.holdings import Catalog, Category, Holdings
from local.demo_sfcc.importer.log import ImportLog

ROOT = "root"


class StorefrontImport:
    """Imports what a storefront catalogue holds."""

    def __init__(self, holdings: Holdings, log: ImportLog) -> None:
        """Import into these holdings."""
        self._holdings = holdings
        self._log = log

    def category(self, element: Element, catalog: Catalog) -> None:
        """Create, change or delete a category; the root is never deleted."""
        id_ = element.get("category-id", "")
        if element.get("mode") == "delete":
            if id_ == ROOT:
                self._log.warn(id_, "the root category cannot be deleted")
            else:
                self._holdings.delete_category(catalog, id_)
            return
        category = catalog.categories.get(id_)
        if category is None:
            category = catalog.categories[id_] = Category(id_, ROOT, {("online-flag", "", ""): "false"})
        parent = None
        for name, part in children(element):
            if name == "parent":
                parent = text_of(part)
            elif name == "custom-attributes":
                merge_custom(category.custom, part)
            elif name in NESTED:
                for nested, value in children(part):
                    merge_value(category.values, nested, value)
            else:
                merge_value(category.values, name, part)
        if id_ == ROOT:
            return
        if parent is None:
            self._log.warn(id_, "category without parent: root is taken")
        category.parent = parent or ROOT

    def parent(self, element: Element, catalog: Catalog) -> None:
        """Check a category's parent when all categories of the file are there."""
        category = catalog.categories.get(element.get("category-id", ""))
        if category is not None and category.parent and category.parent not in catalog.categories:
            self._log.warn(category.id, f"parent {category.parent} does not exist: root is taken")
            category.parent = ROOT

    def assignment(self, element: Element, catalog: Catalog) -> None:
        """Assign a product to a category, or take it out."""
        category, product = element.get("category-id", ""), element.get("product-id", "")
        if element.get("mode") == "delete":
            catalog.assignments.pop((category, product), None)
            return
        if category not in catalog.categories:
            self._log.warn(product, f"assigned to category {category}, which does not exist in {catalog.id}")
        elif product not in self._holdings.products:
            self._log.warn(product, f"product assigned to category {category} does not exist")
        else:
            held = catalog.assignments.setdefault((category, product), {})
            held.update((name, text_of(part)) for name, part in children(element))

    def recommendation(self, element: Element, catalog: Catalog) -> None:
        """Add a recommendation at the end, leave one that is there in its place, or delete it."""
        source, target = element.get("source-id", ""), element.get("target-id", "")
        entry = (target, element.get("type", "1"))
        if element.get("mode") == "delete":
            held = catalog.recommendations.get(source, [])
            if entry in held:
                held.remove(entry)
            return
        for id_, what in ((source, "source"), (target, "target")):
            if id_ not in self._holdings.products:
                self._log.warn(source, f"{what} {id_} of a recommendation does not exist")
                return
        held = catalog.recommendations[source]
        if entry not in held:
            held.append(entry)
