"""Checks a file against its format: names, order and numbers of elements, attributes, types of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from local.demo_sfcc.schema.tables import Attribute, Child, Form, Schema, Slot

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_NIL = f"{_XSI}nil"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SIZED = re.compile(r"(string|id)(\d+)")
_TRIMMED = re.compile(r"\S|\S.*\S")
_FORMS = {
    "boolean": re.compile(r"true|false|1|0"),
    "int": re.compile(r"[+-]?\d+"),
    "positiveInteger": re.compile(r"\+?0*[1-9]\d*"),
    "decimal": re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"),
    "double": re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NaN"),
    "dateTime": re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?"),
    "language": re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*"),
}
_CURRENCY = re.compile(r"[A-Z]{3}")
_ATTRIBUTE_ID = re.compile(r"[^\s|](?:[^|]{0,254}[^\s|])?")

_IDS = ("product-id", "category-id", "content-id", "folder-id", "attribute-id", "pricebook-id", "source-id")

Element = etree._Element
Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong at a line of the file. object: the id of what it is about, "" for the file itself."""

    line: int
    object: str
    message: str


def violations(root: Element, schema: Schema) -> Iterator[Violation]:
    """Yield what is wrong with a file, given its root element."""
    if root.tag != f"{{{schema.namespace}}}{schema.root}":
        yield Violation(_line(root), "", f"the root element is <{_local(root)}>, not <{schema.root}>")
        return
    yield from _Check(schema).root(root)


def _sized(kind: str, most: int) -> Check:
    if kind == "string":
        return lambda text: len(text) <= most
    return lambda text: 1 <= len(text) <= most and _TRIMMED.fullmatch(text) is not None


def _spelled(pattern: re.Pattern[str]) -> Check:
    """Return a check of a type that may have space around it."""
    return lambda text: pattern.fullmatch(text.strip()) is not None


_CHECKS: dict[str, Check] = {
    "string": lambda text: True,
    "currency": lambda text: _CURRENCY.fullmatch(text) is not None,
    "attribute-id": lambda text: _ATTRIBUTE_ID.fullmatch(text) is not None,
    **{name: _spelled(pattern) for name, pattern in _FORMS.items()},
    "int": lambda text: _spelled(_FORMS["int"])(text) and -(2**31) <= int(text) < 2**31,
    "share": lambda text: _spelled(_FORMS["double"])(text) and 0 <= float(text) <= 1,
}


@dataclass(slots=True)
class _Place:
    """Where a child stands in its form: the number of its slot, and what it may be."""

    number: int
    slot: Slot
    child: Child
    form: _Places


@dataclass(slots=True)
class _Places:
    """A form made ready for checking many elements. places: tag → place; needed: names of which one must be there."""

    form: Form
    places: dict[str, _Place] = field(default_factory=dict)
    needed: list[frozenset[str]] = field(default_factory=list)


class _Check:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._prefix = f"{{{schema.namespace}}}"
        self._simple: dict[str, Check] = {}
        self._ready: dict[str, _Places] = {}

    def root(self, element: Element) -> Iterator[Violation]:
        return self._element(element, self._places(self._schema.root), nillable=False, about="")

    def _places(self, type_: str) -> _Places:
        found = self._ready.get(type_)
        if found is None:
            found = self._ready[type_] = _Places(self._schema.form(type_))
            for number, slot in enumerate(found.form.slots):
                for child in slot.children:
                    place = _Place(number, slot, child, self._places(child.type))
                    found.places[self._prefix + child.name] = place
                if slot.kind != "choice":
                    found.needed += [frozenset({child.name}) for child in slot.children if child.least]
                elif slot.least and all(child.least for child in slot.children):
                    found.needed.append(frozenset(child.name for child in slot.children))
        return found

    def _element(self, element: Element, ready: _Places, *, nillable: bool, about: str) -> Iterator[Violation]:
        form = ready.form
        if element.attrib or form.attributes:
            about = _identity(element) or about
            yield from self._attributes(element, form.attributes, about)
        if element.get(_NIL) in ("true", "1"):
            if not nillable:
                yield Violation(_line(element), about, f"<{_local(element)}> cannot be nil")
            elif len(element) or (element.text or "").strip():
                yield Violation(_line(element), about, f"<{_local(element)}> is nil and has a content")
        elif form.text is not None:
            yield from self._text(element, form.text, about)
        else:
            yield from self._content(element, ready, about)

    def _attributes(self, element: Element, known: dict[str, Attribute], about: str) -> Iterator[Violation]:
        for name, value in element.attrib.items():
            short = "xml:lang" if name == _LANG else str(name)
            if short.startswith(_XSI):
                continue
            attribute = known.get(short)
            if attribute is None:
                yield Violation(_line(element), about, f"<{_local(element)}> has no attribute {short!r}")
            elif not self._fits(attribute.type, str(value)):
                yield self._misfit(element, f"attribute {short!r}", attribute.type, str(value), about)
        for short, attribute in known.items():
            if attribute.required and element.get(short) is None:
                yield Violation(_line(element), about, f"<{_local(element)}> lacks the attribute {short!r}")

    def _text(self, element: Element, type_: str, about: str) -> Iterator[Violation]:
        text = element.text or ""
        if len(element):
            if (inner := next(element.iterchildren(etree.Element), None)) is not None:
                yield Violation(_line(inner), about, f"<{_local(inner)}> is not allowed in <{_local(element)}>")
                return
            text = "".join(map(str, element.itertext()))  # a comment may stand in the middle
        if not self._fits(type_, text):
            yield self._misfit(element, f"<{_local(element)}>", type_, text, about)

    def _content(self, element: Element, ready: _Places, about: str) -> Iterator[Violation]:
        if not ready.form.mixed and _has_text(element):
            yield Violation(_line(element), about, f"<{_local(element)}> holds text between its elements")
        at = -1
        counts: dict[str, int] = {}
        seen: set[str] = set()
        before: Element | None = None
        for one in element.iterchildren(etree.Element):
            place = ready.places.get(str(one.tag))
            if place is not None and place.number > at:
                at, counts = place.number, {}
            if place is None or place.number < at or not _has_room(place, counts):
                after = f" after <{_local(before)}>" if before is not None else ""
                message = f"<{_local(one)}> is not allowed in <{_local(element)}>{after}"
                yield Violation(_line(one), _identity(one) or about, message)
                break
            name = place.child.name
            counts[name] = counts.get(name, 0) + 1
            seen.add(name)
            yield from self._element(one, place.form, nillable=place.child.nillable, about=about)
            before = one
        for names in ready.needed:
            if not names & seen:
                wanted = " or ".join(f"<{name}>" for name in sorted(names))
                yield Violation(_line(element), about, f"<{_local(element)}> lacks {wanted}")

    def _fits(self, type_: str, text: str) -> bool:
        check = self._simple.get(type_)
        if check is None:
            check = self._simple[type_] = self._made(type_)
        return check(text)

    def _made(self, type_: str) -> Check:
        if (values := self._schema.enums.get(type_)) is not None:
            return values.__contains__
        if sized := _SIZED.fullmatch(type_):
            return _sized(sized[1], int(sized[2]))
        return _CHECKS[type_]

    def _misfit(self, element: Element, what: str, type_: str, text: str, about: str) -> Violation:
        allowed = self._schema.enums.get(type_)
        wanted = f"one of {', '.join(sorted(allowed))}" if allowed is not None else type_
        return Violation(_line(element), about, f"{what}: {text[:100]!r} is not {wanted}")


def _has_room(place: _Place, counts: dict[str, int]) -> bool:
    """Tell whether one more child fits; counts: of the children in its slot so far."""
    slot, child = place.slot, place.child
    if slot.kind == "choice" and slot.most == 1 and counts and child.name not in counts:
        return False
    # A choice that is repeated takes each child again and again.
    return slot.most is None or child.most is None or counts.get(child.name, 0) < child.most


def _has_text(element: Element) -> bool:
    if element.text and element.text.strip():
        return True
    return any(one.tail and one.tail.strip() for one in element)


def _identity(element: Element) -> str:
    """Return the id of a product, category or another object with one; "" for what has none."""
    for name in _IDS:
        if (found := element.get(name)) is not None and _local(element) != "custom-attribute":
            return str(found)
    return ""


def _local(element: Element) -> str:
    return etree.QName(element).localname


def _line(element: Element) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 0
