"""Checks a file against its format: names, order and numbers of elements, attributes, types of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

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
    yield from _Check(schema).element(root, schema.root, nillable=False, about="")


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


class _Check:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._prefix = f"{{{schema.namespace}}}"
        self._simple: dict[str, Check] = {}

    def element(self, element: Element, type_: str, *, nillable: bool, about: str) -> Iterator[Violation]:
        form = self._schema.form(type_)
        about = _identity(element) or about
        if element.attrib or form.attributes:
            yield from self._attributes(element, form.attributes, about)
        if element.get(_NIL) in ("true", "1"):
            if not nillable:
                yield Violation(_line(element), about, f"<{_local(element)}> cannot be nil")
            elif len(element) or (element.text or "").strip():
                yield Violation(_line(element), about, f"<{_local(element)}> is nil and has a content")
        elif form.text is not None:
            yield from self._text(element, form.text, about)
        else:
            yield from self._content(element, form, about)

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
        if (inner := next(element.iterchildren(etree.Element), None)) is not None:
            yield Violation(_line(inner), about, f"<{_local(inner)}> is not allowed in <{_local(element)}>")
            return
        # A comment may stand in the middle of a text.
        text = (element.text or "") if not len(element) else "".join(map(str, element.itertext()))
        if not self._fits(type_, text):
            yield self._misfit(element, f"<{_local(element)}>", type_, text, about)

    def _content(self, element: Element, form: Form, about: str) -> Iterator[Violation]:
        inside = list(element.iterchildren(etree.Element))
        if not form.mixed and any((text or "").strip() for text in (element.text, *(one.tail for one in element))):
            yield Violation(_line(element), about, f"<{_local(element)}> holds text between its elements")
        at = 0
        for slot in form.slots:
            found, at = self._slot(slot, element, inside, at, about)
            yield from found
        if at < len(inside):
            wrong = inside[at]
            after = f" after <{_local(inside[at - 1])}>" if at else ""
            yield Violation(
                _line(wrong),
                _identity(wrong) or about,
                f"<{_local(wrong)}> is not allowed in <{_local(element)}>{after}",
            )

    def _slot(
        self, slot: Slot, element: Element, inside: Sequence[Element], at: int, about: str
    ) -> tuple[list[Violation], int]:
        found: list[Violation] = []
        by_name = {self._prefix + child.name: child for child in slot.children}
        counts: dict[str, int] = {}
        while at < len(inside) and (child := by_name.get(str(inside[at].tag))) is not None:
            if not _has_room(slot, child, counts):
                break
            counts[child.name] = counts.get(child.name, 0) + 1
            found += self.element(inside[at], child.type, nillable=child.nillable, about=about)
            at += 1
        if slot.kind != "choice":
            for child in slot.children:
                if counts.get(child.name, 0) < child.least:
                    found.append(Violation(_line(element), about, f"<{_local(element)}> lacks <{child.name}>"))
        elif slot.least and not counts and all(child.least for child in slot.children):
            names = " or ".join(f"<{child.name}>" for child in slot.children)
            found.append(Violation(_line(element), about, f"<{_local(element)}> lacks {names}"))
        return found, at

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


def _has_room(slot: Slot, child: Child, counts: dict[str, int]) -> bool:
    if slot.kind == "choice" and slot.most == 1 and counts and child.name not in counts:
        return False
    # A choice that is repeated takes each child again and again.
    return slot.most is None or child.most is None or counts.get(child.name, 0) < child.most


def _identity(element: Element) -> str:
    """Return the id of a product, category or another object with one; "" for what has none."""
    for name in ("product-id", "category-id", "content-id", "folder-id", "attribute-id", "pricebook-id", "source-id"):
        if (found := element.get(name)) is not None and _local(element) != "custom-attribute":
            return str(found)
    return ""


def _local(element: Element) -> str:
    return etree.QName(element).localname


def _line(element: Element) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 0
