"""Reads the parts of catalogue elements that hold values, and applies them in MERGE mode."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from local.demo_sfcc.importer.holdings import DEFAULTS, Key

NAMESPACE = "{http://www.demandware.com/xml/impex/catalog/2006-10-31}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

NESTED = frozenset({"page-attributes", "store-attributes"})
"""Elements that only group values."""

Element = etree._Element


def name_of(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).removeprefix(NAMESPACE)


def children(element: Element) -> Iterator[tuple[str, Element]]:
    """Go through child elements with their names; comments are skipped."""
    for child in element:
        if isinstance(child.tag, str):
            yield name_of(child), child


def child(element: Element, name: str) -> Element | None:
    """Return the first child of a name."""
    return element.find(NAMESPACE + name)


def text_of(element: Element) -> str:
    """Return an element's text."""
    return element.text or ""


def merge_value(values: dict[Key, str], name: str, element: Element) -> None:
    """Set a value; an empty element or `xsi:nil` takes it back to what a new object has.

    Merged per language and site: languages that are not in the file keep their values.
    """
    key = (name, element.get(LANG, ""), element.get("site-id", ""))
    text = "" if element.get(NIL) in ("true", "1") else text_of(element)
    if text:
        values[key] = text
    elif key in DEFAULTS:
        values[key] = DEFAULTS[key]
    else:
        values.pop(key, None)


def merge_custom(custom: dict[Key, tuple[str, ...]], element: Element) -> None:
    """Merge custom attributes: per attribute and language, the value (also one of many values) replaced whole.

    An empty element clears the value (Salesforce Help, "Import Modes": "set the value to none or blank").
    """
    for _, entry in children(element):
        key = (entry.get("attribute-id", ""), entry.get(LANG, ""), entry.get("site-id", ""))
        values = tuple(text_of(one) for name, one in children(entry) if name == "value")
        text = text_of(entry)
        if values:
            custom[key] = values
        elif text:
            custom[key] = (text,)
        else:
            custom.pop(key, None)


def plain(element: Element) -> tuple[object, ...]:
    """Return an element as nested tuples (name, attributes, text or children), for comparison and display."""
    below = [plain(one) for _, one in children(element)]
    attributes = tuple(sorted((str(key).rpartition("}")[2], str(value)) for key, value in element.attrib.items()))
    return (name_of(element), attributes, tuple(below) if below else text_of(element).strip())
