"""Categories, assignments, recommendations, and what a catalogue shares among its products."""

from __future__ import annotations

from collections import Counter

from local.demo_sfcc.importer.elements import Element, child, children, plain, text_in, text_of
from local.demo_sfcc.importer.holdings import ROOT, Catalog, Category, Holdings
from local.demo_sfcc.importer.log import ImportLog
from local.demo_sfcc.importer.modes import Mode
from local.demo_sfcc.importer.quotas import CATEGORY_LINKS, SUBCATEGORIES, exceeds
from local.demo_sfcc.importer.values import ValueImport
from local.demo_sfcc.importer.variations import read_attribute

_LISTS = frozenset(
    {
        "category-links",
        "attribute-groups",
        "refinement-definitions",
        "product-detail-page-meta-tag-rules",
        "product-listing-page-meta-tag-rules",
        "product-specification-rule",
        "categorization-rules-and-excluded-products",
    }
)
"""Lists of a category, replaced whole where they are sent, in the order of the file."""


class StorefrontImport:
    """Imports what a storefront catalogue holds."""

    def __init__(self, holdings: Holdings, log: ImportLog, values: ValueImport) -> None:
        """Import into these holdings."""
        self._holdings = holdings
        self._log = log
        self._of = values

    def header(self, element: Element, catalog: Catalog) -> None:
        """Take the settings of images, as far as they say where files lie, and the catalogue's attributes."""
        for name, part in children(element):
            if name == "custom-attributes":
                self._of.merge_custom(catalog.custom, part, "Catalog", catalog.id)
            elif (location := child(part, "internal-location")) is not None:
                catalog.base_path, catalog.external = location.get("base-path", "").strip("/"), ""
            elif (location := child(part, "external-location")) is not None:
                catalog.base_path, catalog.external = "", text_in(location, "http-url").rstrip("/")

    def category(self, element: Element, catalog: Catalog, mode: Mode) -> None:
        """Create, change, recreate or delete a category; the root is never deleted.

        Recreated, it keeps its place and what is below it: the Help says that what is not in the file is not touched.
        """
        id_ = element.get("category-id", "")
        if element.get("mode") == "delete" or mode == "delete":
            if id_ == ROOT:
                self._log.warn(id_, "the root category cannot be deleted")
            elif id_ not in catalog.categories:
                self._log.warn(id_, "category to delete does not exist")
            else:
                self._holdings.delete_category(catalog, id_)
            return
        category = catalog.categories.get(id_)
        if category is None and mode == "update":
            self._log.warn(id_, "category does not exist and is not created in mode UPDATE")
            return
        if category is None or mode == "replace":
            parent = "" if id_ == ROOT else ROOT
            category = catalog.categories[id_] = Category(id_, parent, {("online-flag", "", ""): "false"})
        for name, part in children(element):
            if name == "custom-attributes":
                self._of.merge_custom(category.custom, part, "Category", id_)
            elif name in _LISTS:
                category.lists[name] = [plain(one) for _, one in children(part)]
            elif name != "parent":
                self._of.merge(category.values, name, part)
        if id_ == ROOT:
            return
        if (above := child(element, "parent")) is None:
            self._log.warn(id_, "category without parent: root is taken")
        category.parent = ROOT if above is None else text_of(above)

    def relate_category(self, element: Element, catalog: Catalog) -> None:
        """Check a category's parent and links when all categories of the file are there."""
        category = catalog.categories.get(element.get("category-id", ""))
        if category is None:
            return
        if category.parent and category.parent not in catalog.categories:
            self._log.warn(category.id, f"parent {category.parent} does not exist: root is taken")
            category.parent = ROOT
        if (links := child(element, "category-links")) is None:
            return
        found = []
        for _, link in children(links):
            target, other = link.get("category-id", ""), link.get("catalog-id", catalog.id)
            if other in self._holdings.catalogs and target in self._holdings.catalogs[other].categories:
                found.append(plain(link))
            else:
                self._log.warn(category.id, f"linked category {target} does not exist in catalog {other}")
        if exceeds(self._log, CATEGORY_LINKS, category.id, len(found)):
            found = found[: CATEGORY_LINKS.most]
        category.lists["category-links"] = found

    def check_quotas(self, catalog: Catalog) -> None:
        """Note categories with too many below them; none of these is taken away again."""
        for parent, number in Counter(category.parent for category in catalog.categories.values()).items():
            if parent:
                exceeds(self._log, SUBCATEGORIES, parent, number)

    def assignment(self, element: Element, catalog: Catalog, mode: Mode) -> None:
        """Assign a product to a category, or take it out."""
        category, product = element.get("category-id", ""), element.get("product-id", "")
        key = category, product
        if element.get("mode") == "delete" or mode == "delete":
            catalog.assignments.pop(key, None)
            return
        if category not in catalog.categories:
            self._log.warn(product, f"assigned to category {category}, which does not exist in {catalog.id}")
        elif product not in self._holdings.products:
            self._log.warn(product, f"product assigned to category {category} does not exist")
        elif mode == "update" and key not in catalog.assignments:
            self._log.warn(product, f"is not assigned to category {category}, nothing is created in mode UPDATE")
        else:
            held = {} if mode == "replace" else catalog.assignments.get(key, {})
            for name, part in children(element):
                held[name] = [plain(one) for _, one in children(part)] if len(part) else text_of(part)
            catalog.assignments[key] = held

    def recommendation(self, element: Element, catalog: Catalog, mode: Mode) -> None:
        """Add a recommendation at the end, leave one that is there in its place, or delete it."""
        source, target = element.get("source-id", ""), element.get("target-id", "")
        of_category = element.get("source-type") == "category"
        key = f"category {source}" if of_category else source
        entry = (target, element.get("type", "1"))
        held = catalog.recommendations.get(key, [])
        if element.get("mode") == "delete" or mode == "delete":
            if entry in held:
                held.remove(entry)
            return
        known = catalog.categories if of_category else self._holdings.products
        for id_, what, there in ((source, "source", known), (target, "target", self._holdings.products)):
            if id_ not in there:
                self._log.warn(source, f"{what} {id_} of a recommendation does not exist")
                return
        if entry in held:
            return
        if mode == "update":
            self._log.warn(source, f"recommendation of {target} does not exist and is not created in mode UPDATE")
        else:
            catalog.recommendations[key].append(entry)

    def option(self, element: Element, catalog: Catalog, mode: Mode) -> None:
        """Create, change or delete an option that products of the catalogue share."""
        id_ = element.get("option-id", "")
        if element.get("mode") == "delete" or mode == "delete":
            catalog.options.pop(id_, None)
        elif mode == "update" and id_ not in catalog.options:
            self._log.warn(id_, "option does not exist and is not created in mode UPDATE")
        else:
            catalog.options[id_] = plain(element)

    def variation_attribute(self, element: Element, catalog: Catalog, mode: Mode) -> None:
        """Create, change or delete a variation attribute that masters of the catalogue share."""
        id_ = element.get("variation-attribute-id", "")
        held = catalog.variation_attributes.get(id_)
        if element.get("mode") == "delete" or mode == "delete":
            catalog.variation_attributes.pop(id_, None)
        elif mode == "update" and held is None:
            self._log.warn(id_, "variation attribute does not exist and is not created in mode UPDATE")
        else:
            before = None if mode == "replace" else held
            catalog.variation_attributes[id_] = read_attribute(element, before, shared=True)
