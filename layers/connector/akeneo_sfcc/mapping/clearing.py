"""Empties values in a `<product>` element that was written without them (docs/mapping.md section 5)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lxml import etree

from akeneo_sfcc.sfcc.image_element import IMAGES_KEY
from akeneo_sfcc.sfcc.product_element import (
    CONTAINERS,
    POSITIONS,
    XML_LANG,
    Cell,
    Order,
    cell_order,
    join_at_slots,
    split_at_slots,
    unwrap,
    wrap,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

NILLABLE = frozenset(
    (
        "online-from",
        "online-to",
        "search-rank",
        "search-placement",
        "sitemap-included-flag",
        "sitemap-changefrequency",
        "sitemap-priority",
    )
)
"""Elements that `xsi:nil="true"` resets."""
RESET_TO_ONE = frozenset(("min-order-quantity", "step-quantity"))
NOT_CLEARABLE = frozenset(
    (
        "online-flag",
        "searchable-flag",
        "searchable-if-unavailable-flag",
        "tax-class-id",
        "pinterest-enabled-flag",
        "facebook-enabled-flag",
        "force-price-flag",
        "non-inventory-flag",
        "non-revenue-flag",
        "non-discountable-flag",
    )
)
"""Elements for which SFCC has no empty form."""


def empty_cell(key: str) -> tuple[Cell, str | None] | None:
    """Return the empty element of a written key, and its text if it needs one; None if it cannot be emptied."""
    kind, name, lang = key[:1], *key[1:].rpartition("=")[::2]
    if kind == "c" and name:
        return Cell("custom-attribute", name, lang), None
    if kind != "e" or name not in POSITIONS:
        raise ValueError(f"not a written key: {key!r}; allowed: c<custom id>=<lang>, e<element name>=<lang>")
    if name in NOT_CLEARABLE:
        return None
    if key == IMAGES_KEY:
        images = Cell(name)
        images.attrib["merge-mode"] = "replace"
        return images, None
    return Cell(name, "", lang, nil=name in NILLABLE), "1" if name in RESET_TO_ONE else None


def insert_empty(pieces: Sequence[str], keys: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the pieces with an empty element for every key, and the keys that cannot be emptied.

    `pieces` are those of an `ItemRecord` (one, or four around the slots); as many are returned. A key whose element is
    already there is left as it is.
    """
    emptied: list[tuple[Cell, str | None]] = []
    stuck: list[str] = []
    for key in sorted(set(keys)):
        empty = empty_cell(key)
        if empty is None:
            stuck.append(key)
        else:
            emptied.append(empty)
    if not emptied:
        return list(pieces), stuck
    wrapper = wrap(join_at_slots(pieces))
    for cell, text in emptied:
        _insert(wrapper[0], cell, text)
    xml = unwrap(wrapper)
    return [xml] if len(pieces) == 1 else split_at_slots(xml), stuck


def _insert(product: _Element, cell: Cell, text: str | None) -> None:
    parent = product if cell.container is None else _container(product, cell.container)
    orders = [_order(child) for child in parent]
    index = bisect_left(orders, cell.order)
    if index < len(orders) and orders[index] == cell.order:
        return
    element = etree.Element(cell.tag, cell.attrib)
    element.text = text
    parent.insert(index, element)


def _container(product: _Element, tag: str) -> _Element:
    found = product.find(tag)
    if found is None:
        found = etree.Element(tag)
        product.insert(bisect_left([_order(child) for child in product], cell_order(tag, "", "")), found)
    return found


def _order(element: _Element) -> Order:
    tag = str(element.tag)
    lang = element.get(XML_LANG) or ""
    return cell_order(tag, element.get("attribute-id") or "" if tag in CONTAINERS else "", lang)
