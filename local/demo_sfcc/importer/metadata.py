"""Attribute definitions and groups (Salesforce Help, "Custom Metadata Object Import and Export")."""

from __future__ import annotations

from typing import Any

from local.demo_sfcc.importer.elements import Element, is_true, named, text_in
from local.demo_sfcc.importer.holdings import Holdings, Key
from local.demo_sfcc.importer.log import ImportLog
from local.demo_sfcc.importer.modes import Mode

_SITE_SPECIFIC = frozenset({"Product", "Content"})
"""Object types whose attributes may have a value per site."""


class MetadataImport:
    """Imports metadata files. A definition is replaced whole, one that is not in the file stays."""

    def __init__(self, holdings: Holdings, log: ImportLog) -> None:
        """Import into these holdings."""
        self._holdings = holdings
        self._log = log

    def load(self, root: Element, mode: Mode) -> None:
        """Import a file whose form is right; metadata come by site archive alone, which knows no mode but MERGE."""
        number = 0
        for extension in named(root, "type-extension"):
            type_ = extension.get("type-id", "")
            for part in named(extension, "custom-attribute-definitions"):
                for definition in named(part, "attribute-definition"):
                    self._definition(type_, definition)
                    number += 1
            for part in named(extension, "group-definitions"):
                for group in named(part, "attribute-group"):
                    self._group(type_, group)
        self._log.info(f"Processed {number} attribute-definition elements")

    def _definition(self, type_: str, element: Element) -> None:
        id_ = element.get("attribute-id", "")
        held = self._holdings.definitions.setdefault(type_, {})
        site_specific = is_true(text_in(element, "site-specific-flag"))
        localizable = is_true(text_in(element, "localizable-flag"))
        if site_specific and type_ not in _SITE_SPECIFIC:
            self._log.warn(id_, f"attributes of {type_} cannot be site-specific: the flag is ignored")
            site_specific = False
        if site_specific and localizable:
            self._log.error(id_, "an attribute cannot be localizable and site-specific")
            return
        name = text_in(element, "type")
        multiple = name.startswith("set-of-") or is_true(text_in(element, "select-multiple-flag"))
        found = {
            "type": name,
            "localizable": localizable,
            "site_specific": site_specific,
            "multiple": multiple,
            "values": [
                text_in(one, "value")
                for part in named(element, "value-definitions")
                for one in named(part, "value-definition")
            ],
        }
        before = held.get(id_)
        held[id_] = found
        if before is not None and any(before[key] != found[key] for key in ("type", "localizable")):
            # "is considered a new attribute definition and replaces the existing one": documented for definitions in
            # catalogue files, taken for true here too.
            self._log.warn(id_, f"attribute of {type_} has another type or localizability: its values are lost")
            for custom in self._customs(type_):
                for key in [key for key in custom if key[0] == id_]:
                    del custom[key]

    def _customs(self, type_: str) -> list[dict[Key, Any]]:
        held = self._holdings
        match type_:
            case "Product":
                return [product.custom for product in held.products.values()]
            case "Category":
                return [one.custom for catalog in held.catalogs.values() for one in catalog.categories.values()]
            case "Catalog":
                return [catalog.custom for catalog in held.catalogs.values()]
            case "Content":
                return [one.custom for library in held.libraries.values() for one in library.content.values()]
            case _:
                return []

    def _group(self, type_: str, element: Element) -> None:
        """Replace a group: attributes of it that are not listed leave it."""
        id_ = element.get("group-id", "")
        definitions = self._holdings.definitions.get(type_, {})
        listed = []
        for one in named(element, "attribute"):
            attribute = one.get("attribute-id", "")
            if is_true(one.get("system", "")) or attribute in definitions:
                listed.append(attribute)
            else:
                self._log.warn(id_, f"attribute {attribute} of the group is not defined for {type_}")
        self._holdings.groups.setdefault(type_, {})[id_] = listed
