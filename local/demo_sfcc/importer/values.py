"""Values of objects: merged per language and site, checked against attribute definitions and locales.

What is not defined is ignored with a warning, what is of the wrong type or in an unknown language is an error of that
value; the rest of the object is imported (Salesforce Help, "Import/Export Error Handling").
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from local.demo_sfcc.importer.elements import LANG, NIL, Element, children, is_true, name_of, text_of
from local.demo_sfcc.importer.holdings import DEFAULTS, Definitions, Key
from local.demo_sfcc.importer.log import ImportLog

NESTED = frozenset({"page-attributes", "store-attributes"})
"""Elements that only group values."""

MOST_VALUES = 200
"""Values of one attribute; of an object with more, the attribute is not updated, without a word in the log."""

LONGEST_STRING = 4_000
"""Characters of a value of type string."""

_STANDARD = {"Content": frozenset({"body"})}
"""Attributes every instance has among the custom ones."""

_DATE = r"-?\d{4,}-\d\d-\d\d"
_ZONE = r"(?:Z|[+-]\d\d:\d\d)?"
_FORMS = {
    "int": re.compile(r"[+-]?\d+"),
    "double": re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"),
    "boolean": re.compile(r"true|false|1|0"),
    "date": re.compile(rf"{_DATE}{_ZONE}"),
    "datetime": re.compile(rf"{_DATE}T\d\d:\d\d:\d\d(?:\.\d+)?{_ZONE}"),
}


class ValueImport:
    """Merges values into objects."""

    def __init__(
        self, definitions: Definitions, locales: frozenset[str] | None, log: ImportLog, *, check_attributes: bool
    ) -> None:
        """Take what is defined, seen as it grows, and the locales there are as `xml:lang` writes them (None: all).

        check_attributes: whether attributes have to be defined; without it custom attributes are taken as they are.
        """
        self._definitions = definitions
        self._locales = locales
        self._log = log
        self._check_attributes = check_attributes

    def drop_unknown_locales(self, element: Element, about: str) -> None:
        """Take out what is in a locale the instance does not know, with an error each."""
        if self._locales is None:
            return
        for part in [one for one in element.iter() if one.get(LANG, "x-default") not in self._locales]:
            parent = part.getparent()
            if parent is not None:
                self._log.error(about, f"locale {part.get(LANG)!r} of <{name_of(part)}> is not known")
                parent.remove(part)

    def merge(self, values: dict[Key, str], name: str, element: Element) -> None:
        """Set a value; an empty element or `xsi:nil` takes it back to what a new object has.

        Merged per language and site: languages that are not in the file keep their values.
        """
        if name in NESTED:
            for nested, value in children(element):
                self.merge(values, nested, value)
            return
        key = (name, element.get(LANG, ""), element.get("site-id", ""))
        text = "" if is_true(element.get(NIL, "")) else text_of(element)
        if text:
            values[key] = text
        elif key in DEFAULTS:
            values[key] = DEFAULTS[key]
        else:
            values.pop(key, None)

    def merge_custom(self, custom: dict[Key, tuple[str, ...]], element: Element, type_: str, about: str) -> None:
        """Merge custom attributes: per attribute, language and site, the value (also one of many) replaced whole.

        An empty element clears the value (Salesforce Help, "Import Modes": "set the value to none or blank").
        """
        for _, entry in children(element):
            id_, language, site = entry.get("attribute-id", ""), entry.get(LANG, ""), entry.get("site-id", "")
            values = tuple(text_of(one) for name, one in children(entry) if name == "value")
            values = values or ((text_of(entry),) if text_of(entry) else ())
            if self._check_attributes and not self._fits(id_, language, site, values, type_, about):
                continue
            if values:
                custom[id_, language, site] = values
            else:
                custom.pop((id_, language, site), None)

    def _fits(self, id_: str, language: str, site: str, values: tuple[str, ...], type_: str, about: str) -> bool:
        definition = self._definitions.get(type_, {}).get(id_)
        if definition is None:
            if id_ in _STANDARD.get(type_, ()):
                return True
            self._log.warn(about, f"custom attribute {id_!r} is not defined for {type_}")
            return False
        if len(values) > MOST_VALUES:
            return False
        problem = ""
        if site and not definition["site_specific"]:
            problem = f"has a value of site {site!r} and is not site-specific"
        elif language not in ("", "x-default") and not definition["localizable"]:
            problem = f"has a value in {language!r} and is not localizable"
        elif len(values) > 1 and not definition["multiple"]:
            problem = f"takes one value, {len(values)} are given"
        if problem:
            self._log.error(about, f"attribute {id_!r} {problem}")
            return False
        return self._typed(id_, definition["type"], definition["values"], values, about)

    def _typed(self, id_: str, type_: str, allowed: Iterable[str], values: tuple[str, ...], about: str) -> bool:
        kind, _, base = type_.rpartition("-of-")
        form = _FORMS.get(base)
        for value in (value.strip() for value in values if value.strip()):
            if form is not None and not form.fullmatch(value):
                self._log.error(about, f"value {value[:100]!r} of attribute {id_!r} is no {base}")
                return False
            if base == "string" and len(value) > LONGEST_STRING:
                self._log.error(about, f"value of attribute {id_!r} has more than {LONGEST_STRING} characters")
                return False
            if kind == "enum" and value not in allowed:
                self._log.warn(about, f"value {value[:100]!r} of attribute {id_!r} is not defined")
                return False
        return True
