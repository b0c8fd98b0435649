"""Takes out of a catalogue file what an instance would not import: values its metadata or its locales do not allow.

What is not defined is ignored with a warning, what is of the wrong type or in an unknown language is an error of that
value; the rest of the object is imported (Salesforce Help, "Import/Export Error Handling").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from local.demo_sfcc.importer import ImportLog
from local.demo_sfcc.importer.elements import LANG, NAMESPACE, Element

_OBJECTS = {f"{NAMESPACE}product": ("Product", "product-id"), f"{NAMESPACE}category": ("Category", "category-id")}
_DATE = r"-?\d{4,}-\d\d-\d\d"
_ZONE = r"(?:Z|[+-]\d\d:\d\d)?"
_FORMS = {
    "int": re.compile(r"[+-]?\d+"),
    "double": re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"),
    "boolean": re.compile(r"true|false|1|0"),
    "date": re.compile(rf"{_DATE}{_ZONE}"),
    "datetime": re.compile(rf"{_DATE}T\d\d:\d\d:\d\d(?:\.\d+)?{_ZONE}"),
}
MOST_VALUES = 200
"""Values of one attribute; of a product with more, the attribute is not updated, without a word in the log."""


class ValueCheck:
    """Checks values against attribute definitions, object type → attribute id → `type` and `values`."""

    def __init__(
        self,
        definitions: Mapping[str, Mapping[str, Mapping[str, Any]]],
        locales: frozenset[str] | None,
        log: ImportLog,
    ) -> None:
        """Take what is defined, seen as it grows, and the locales there are as `xml:lang` writes them (None: all)."""
        self._definitions = definitions
        self._locales = locales
        self._log = log

    def passed(self, content: bytes) -> bytes:
        """Return the file without what is not imported; a file that is no XML is returned as it is."""
        try:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError:
            return content
        dropped = [one for element in root for one in self._wrong(element)]
        for one in dropped:
            parent = one.getparent()
            if parent is not None:
                parent.remove(one)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True) if dropped else content

    def _wrong(self, element: Element) -> Iterator[Element]:
        if element.tag not in _OBJECTS:
            return
        type_, id_name = _OBJECTS[element.tag]
        about = element.get(id_name, "")
        for part in element.iter(f"{NAMESPACE}*"):
            language = part.get(LANG)
            if self._locales is not None and language is not None and language not in self._locales:
                self._log.error(about, f"locale {language!r} of <{etree.QName(part).localname}> is not known")
                yield part
            elif part.tag == f"{NAMESPACE}custom-attribute" and not self._fits(part, type_, about):
                yield part

    def _fits(self, element: Element, type_: str, about: str) -> bool:
        id_ = element.get("attribute-id", "")
        definition = self._definitions.get(type_, {}).get(id_)
        if definition is None:
            self._log.warn(about, f"custom attribute {id_!r} is not defined for {type_}")
            return False
        values = [one.text or "" for one in element.iter(f"{NAMESPACE}value")] or [element.text or ""]
        values = [value.strip() for value in values if value.strip()]
        if len(values) > MOST_VALUES:
            return False
        kind, _, base = str(definition["type"]).rpartition("-of-")
        form = _FORMS.get(base)
        for value in values:
            if form is not None and not form.fullmatch(value):
                self._log.error(about, f"value {value[:100]!r} of attribute {id_!r} is no {base}")
                return False
            if kind == "enum" and value not in definition["values"]:
                self._log.warn(about, f"value {value[:100]!r} of attribute {id_!r} is not defined")
                return False
        return True
