"""Reads the tables `*.txt` beside this module: one per import format.

A table starts with its namespace and its root element. Then come lines, continued by indented ones:

    enum Mode = delete | delete-all
    form Table = when?:dateTime ( amount:Amount percentage:Amount )* @product-id!:id100 @mode:Mode

A form lists children in their order, as `name:Type` with `?`, `*`, `+` or `{0-2}` for other numbers than one, and
`~` behind a type that may be nil. `( )` is a choice and `[ ]` a set in any order. `@` marks attributes, `!` those
that are required; `#` is text of a type, `#mixed` text between children. `string4000` has at most so many characters,
`id100` also at least one and no space around.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

_LINE = re.compile(r"(namespace|root|enum|form)\s+(.+)")
_WORD = re.compile(r"[()\[\]][?*+]?|\S+")
_CHILD = re.compile(r"([\w-]+)([?*+]|\{\d+-\d+\})?:([\w.-]+)(~?)")
_ATTRIBUTE = re.compile(r"@([\w:-]+)(!?):([\w.-]+)")
_NUMBERS: dict[str, tuple[int, int | None]] = {"": (1, 1), "?": (0, 1), "*": (0, None), "+": (1, None)}


@dataclass(frozen=True, slots=True)
class Child:
    """A child element. type: a form's name, an enumeration's or a simple type; most: None for any number."""

    name: str
    type: str
    least: int = 1
    most: int | None = 1
    nillable: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the order of children. kind: "one" child, a "choice" of several, or "all" in any order."""

    kind: str
    children: tuple[Child, ...]
    least: int = 1
    most: int | None = 1


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute: its simple type, and whether it has to be there."""

    type: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What an element holds. text: a simple type, None for none; mixed: text may stand between children."""

    slots: tuple[Slot, ...] = ()
    text: str | None = None
    mixed: bool = False
    attributes: dict[str, Attribute] = field(default_factory=dict)


@dataclass(slots=True)
class Schema:
    """A format. root: its element's name, also that of a form in lower case; enums: name → values."""

    namespace: str
    root: str
    forms: dict[str, Form]
    enums: dict[str, frozenset[str]]

    def form(self, type_: str) -> Form:
        """Return the form of a type; text alone has one too."""
        return self.forms.get(type_) or Form(text=type_)


@cache
def schema_of(name: str) -> Schema:
    """Return a format by its table's name: catalog, library, metadata or pricebook."""
    return read_schema((FOLDER / f"{name}.txt").read_text("utf-8"))


def read_schema(text: str) -> Schema:
    """Read a table; raise ValueError for a line or a type it cannot make sense of."""
    found = Schema("", "", {}, {})
    for kind, rest in _lines(text):
        name, _, definition = rest.partition(" = ")
        match kind:
            case "namespace":
                found.namespace = rest
            case "root":
                found.root = rest
            case "enum":
                found.enums[name] = frozenset(one.strip() for one in definition.split("|"))
            case _:
                found.forms[name] = _form(definition)
    return found


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in re.sub(r"\n +", " ", text.strip()).splitlines():
        if not line or line.startswith("#"):
            continue
        if (found := _LINE.fullmatch(line)) is None:
            raise ValueError(f"no line of a table: {line!r}")
        yield found[1], found[2]


def _form(definition: str) -> Form:
    slots: list[Slot] = []
    attributes: dict[str, Attribute] = {}
    text, mixed = None, False
    group: list[Child] | None = None
    for word in _WORD.findall(definition):
        if word in "([":
            group = []
        elif word[0] in ")]" and group is not None:
            least, most = _NUMBERS[word[1:]]
            slots.append(Slot("choice" if word[0] == ")" else "all", tuple(group), least, most))
            group = None
        elif found := _ATTRIBUTE.fullmatch(word):
            attributes[found[1]] = Attribute(found[3], bool(found[2]))
        elif word.startswith("#"):
            text, mixed = (None, True) if word == "#mixed" else (word[1:], mixed)
        elif group is not None:
            group.append(_child(word))
        else:
            slots.append(Slot("one", (_child(word),)))
    return Form(tuple(slots), text, mixed, attributes)


def _child(word: str) -> Child:
    found = _CHILD.fullmatch(word)
    if found is None:
        raise ValueError(f"no child of a form: {word!r}")
    name, number, type_, nil = found.groups()
    if number and number.startswith("{"):
        least, most = map(int, number[1:-1].split("-"))
        return Child(name, type_, least, most, bool(nil))
    return Child(name, type_, *_NUMBERS[number or ""], bool(nil))
