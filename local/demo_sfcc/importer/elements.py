"""Reads elements of import files of any format, by their names without a namespace."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

Element = etree._Element


def name_of(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element) -> Iterator[tuple[str, Element]]:
    """Go through child elements with their names; comments are skipped."""
    for child in element:
        if isinstance(child.tag, str):
            yield name_of(child), child


def named(element: Element, name: str) -> Iterator[Element]:
    """Go through the child elements of a name."""
    return (child for found, child in children(element) if found == name)


def child(element: Element, name: str) -> Element | None:
    """Return the first child of a name."""
    return next(named(element, name), None)


def text_of(element: Element) -> str:
    """Return an element's text."""
    return element.text or ""


def text_in(element: Element, name: str) -> str:
    """Return the text of the first child of a name, without space around; "" without one."""
    found = child(element, name)
    return text_of(found).strip() if found is not None else ""


def is_true(text: str) -> bool:
    """Tell what a boolean of a file says."""
    return text.strip() in ("true", "1")


def plain(element: Element) -> tuple[object, ...]:
    """Return an element as nested tuples (name, attributes, text or children), for comparison and display."""
    below = [plain(one) for _, one in children(element)]
    attributes = tuple(sorted((str(key).rpartition("}")[2], str(value)) for key, value in element.attrib.items()))
    return (name_of(element), attributes, tuple(below) if below else text_of(element).strip())
