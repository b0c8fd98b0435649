"""Writes `<product>` elements: which element stands where, and a writer that is fast for many alike.

Order and names follow catalog.xsd (complexType.Product). A product is given as cells in that order, each with its
text; a template that is copied, thinned out and filled saves most of the time that building every element takes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSI_NIL = f"{{{XSI}}}nil"

PAGE_ATTRIBUTES = "page-attributes"
CUSTOM_ATTRIBUTES = "custom-attributes"
STORE_ATTRIBUTES = "store-attributes"

# Everything we write into a product or that may stand beside it; a container's children follow it.
_ORDER: tuple[str, ...] = (
    *("ean", "upc", "unit", "min-order-quantity", "step-quantity"),
    *("display-name", "short-description", "long-description"),
    *("online-flag", "online-from", "online-to", "searchable-flag", "searchable-if-unavailable-flag"),
    *("images", "template", "tax-class-id", "brand", "manufacturer-name", "manufacturer-sku"),
    *("search-placement", "search-rank"),
    *("sitemap-included-flag", "sitemap-changefrequency", "sitemap-priority"),
    *(PAGE_ATTRIBUTES, "page-title", "page-description", "page-keywords", "page-url"),
    *(CUSTOM_ATTRIBUTES, "custom-attribute"),
    *("bundled-products", "product-set-products", "options", "variations", "product-links"),
    *("classification-category", "pinterest-enabled-flag", "facebook-enabled-flag"),
    *(STORE_ATTRIBUTES, "receipt-name", "tax-class", "force-price-flag", "non-inventory-flag"),
    *("non-revenue-flag", "non-discountable-flag"),
)
POSITIONS = {tag: index for index, tag in enumerate(_ORDER)}
CONTAINERS = {
    **dict.fromkeys(("page-title", "page-description", "page-keywords", "page-url"), PAGE_ATTRIBUTES),
    "custom-attribute": CUSTOM_ATTRIBUTES,
    **dict.fromkeys(("receipt-name", "tax-class", "force-price-flag", "non-inventory-flag"), STORE_ATTRIBUTES),
    **dict.fromkeys(("non-revenue-flag", "non-discountable-flag"), STORE_ATTRIBUTES),
}
"""Child element → the element it stands in, where that is not the product itself."""

_CONTAINER_TAGS = frozenset(CONTAINERS.values())

SLOT_TAGS = ("online-flag", "images", "variations")
"""The elements of a model that are filled in later, in document order."""
_SLOTS = tuple(f"<{tag}/>" for tag in SLOT_TAGS)

# Fragments use xsi:nil, whose prefix the file's root declares; inside this wrapper they are well-formed alone.
_HEAD = f'<_ xmlns:xsi="{XSI}">'
_TAIL = "</_>"

Order = tuple[int, str, int, str]
Text = str | list[str] | None
_MAX_TEMPLATES = 128
_MOST_UNUSED = 3
"""A template this many times larger than a product costs more to thin out than building the product anew."""


class Cell:
    """One place for a value: an element with fixed attributes. Cells are made once and compared by identity.

    key: the written key of `ItemRecord.keys` ("" for slots). order: sorts cells in document order.
    """

    __slots__ = ("attrib", "container", "key", "order", "tag")

    def __init__(self, tag: str, attribute_id: str = "", lang: str = "", *, nil: bool = False) -> None:
        """Describe the element; `attribute_id` is for custom attributes only."""
        self.tag = tag
        self.container = CONTAINERS.get(tag)
        self.attrib: dict[str, str] = {"attribute-id": attribute_id} if attribute_id else {}
        if lang:
            self.attrib[XML_LANG] = lang
        if nil:
            self.attrib[XSI_NIL] = "true"
        self.key = written_key(tag, attribute_id, lang)
        self.order = cell_order(tag, attribute_id, lang)

    def __repr__(self) -> str:
        """Show the key."""
        return f"Cell({self.key})"


def written_key(tag: str, attribute_id: str, lang: str) -> str:
    """Return `c<custom id>=<lang>` or `e<element name>=<lang>`."""
    return f"c{attribute_id}={lang}" if attribute_id else f"e{tag}={lang}"


def cell_order(tag: str, attribute_id: str, lang: str) -> Order:
    """Return the sort key in document order: position, custom id, language (none, x-default, others)."""
    return (POSITIONS[tag], attribute_id, 0 if not lang else 1 if lang == "x-default" else 2, lang)


class _Template:
    """An empty product with every cell that products of one group had so far."""

    __slots__ = ("cells", "known", "runs", "wrapper")

    def __init__(self, cells: Iterable[Cell]) -> None:
        """Build the elements of these cells in document order."""
        self.cells = sorted(cells, key=lambda cell: cell.order)
        self.known = frozenset(self.cells)
        self.wrapper, self.runs = _build(self.cells)


class ProductWriter:
    """Writes products from cells; keeps a template per group of products that have much in common.

    Copying a template, filling it and removing what a product lacks takes a fraction of the time of making the same
    elements one by one.
    """

    def __init__(self) -> None:
        """Start without templates."""
        self._templates: dict[Hashable, _Template] = {}

    def write(self, product_id: str, cells: Sequence[Cell], texts: Sequence[Text], group: Hashable = None) -> str:
        """Return the `<product>` element as text, without namespace declarations.

        `cells` stand in document order; `texts` holds one entry per cell: None leaves the element empty, a list makes
        one `<value>` each. `group` decides which template is used, never what is written.
        """
        template = self._templates.get(group)
        if template is None or not template.known.issuperset(cells):
            template = self._grown(group, cells)
        if len(template.cells) > _MOST_UNUSED * (len(cells) + 1):
            wrapper, runs = _build(cells)
            missing = False
        else:
            wrapper, runs = deepcopy(template.wrapper), template.runs
            missing = len(template.cells) != len(cells)
        product = wrapper[0]
        product.set("product-id", product_id)
        children = list(product)
        elements: list[_Element] = []
        for index, count, inside in runs:
            elements.extend(children[index] if inside else children[index : index + count])
        if missing:
            elements = _without(elements, template.cells, cells, product)
        for element, text in zip(elements, texts, strict=True):
            if text.__class__ is str:
                element.text = text
            elif text is not None:
                for value in text:
                    etree.SubElement(element, "value").text = value
        return unwrap(wrapper)

    def _grown(self, group: Hashable, cells: Iterable[Cell]) -> _Template:
        """Return the group's template with these cells in it, too."""
        old = self._templates.pop(group, None)
        if len(self._templates) >= _MAX_TEMPLATES:
            del self._templates[next(iter(self._templates))]
        template = self._templates[group] = _Template({*cells, *(old.cells if old is not None else ())})
        return template


def _without(
    elements: Sequence[_Element], have: Sequence[Cell], wanted: Sequence[Cell], product: _Element
) -> list[_Element]:
    """Remove the elements of cells that are not wanted, and containers left empty; both lists are in one order."""
    kept: list[_Element] = []
    position, last = 0, len(wanted)
    containers = {str(child.tag): child for child in product if child.tag in _CONTAINER_TAGS}
    for element, cell in zip(elements, have, strict=True):
        if position < last and cell is wanted[position]:
            kept.append(element)
            position += 1
        else:
            (product if cell.container is None else containers[cell.container]).remove(element)
    for container in containers.values():
        if len(container) == 0:
            product.remove(container)
    return kept


Run = tuple[int, int, bool]
"""(index of the child of the product, number of cells, whether they are inside that child)."""


def _build(cells: Iterable[Cell]) -> tuple[_Element, tuple[Run, ...]]:
    wrapper = new_wrapper()
    product = etree.SubElement(wrapper, "product", {"product-id": ""})
    runs: list[Run] = []
    parent, container = product, None
    for cell in cells:
        if cell.container != container or not runs:
            container = cell.container
            parent = product if container is None else etree.SubElement(product, container)
            runs.append((len(product) - (container is not None), 0, container is not None))
        etree.SubElement(parent, cell.tag, cell.attrib)
        index, count, inside = runs[-1]
        runs[-1] = (index, count + 1, inside)
    return wrapper, tuple(runs)


def new_wrapper() -> _Element:
    """Return an element that declares xsi, to build a product in."""
    return etree.Element("_", nsmap={"xsi": XSI})


def unwrap(wrapper: _Element) -> str:
    """Return the wrapped product as text without namespace declarations."""
    return str(etree.tostring(wrapper, encoding="unicode"))[len(_HEAD) : -len(_TAIL)]


def wrap(xml: str) -> _Element:
    """Parse a product's text into a wrapper."""
    parser = etree.XMLParser(resolve_entities=False, huge_tree=True, no_network=True)
    return etree.fromstring(f"{_HEAD}{xml}{_TAIL}", parser)


def split_at_slots(xml: str) -> list[str]:
    """Cut a model's element into the four pieces around its slots.

    An empty slot element cannot be mistaken: values have no `<`, and nothing else of that name is written.
    """
    pieces = []
    for slot in _SLOTS:
        before, found, xml = xml.partition(slot)
        if not found:
            raise ValueError(f"a model's element lacks {slot}")
        pieces.append(before)
    return [*pieces, xml]


def join_at_slots(pieces: Sequence[str]) -> str:
    """Undo `split_at_slots`; a single piece is returned as it is."""
    if len(pieces) == 1:
        return pieces[0]
    filled = [part for pair in zip(pieces, _SLOTS, strict=False) for part in pair]
    return "".join((*filled, pieces[-1]))
