"""Reads one attribute's values of a product: which of them belong to the run, converted to text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from akeneo_sfcc.mapping.issue_log import IssueLog
from akeneo_sfcc.mapping.locales import X_DEFAULT, LocalePlan
from akeneo_sfcc.mapping.system_attributes import SystemAttribute
from akeneo_sfcc.mapping.values import Converted, Converter
from akeneo_sfcc.pim.model import Attribute, Labels
from akeneo_sfcc.sfcc.product_element import Cell, Text

Entries = Sequence[Mapping[str, Any]]
Written = list[tuple[Cell, Text]]


class Source:
    """A PIM attribute as the origin of values; made once per run, used for every product.

    scope: the channel for scopable attributes, else None. outputs: `(PIM locale, xml:lang)` it is written in, empty
    unless localizable. default: the locale whose value elements without a language take.
    """

    __slots__ = ("code", "convert", "default", "localizable", "outputs", "scope", "wanted")

    def __init__(self, attribute: Attribute, convert: Converter, channel: str, locales: LocalePlan) -> None:
        """Take what decides which values count."""
        self.code = attribute.code
        self.convert = convert
        self.scope = channel if attribute.scopable else None
        self.localizable = attribute.localizable
        self.outputs = locales.outputs_of(attribute.available_locales) if attribute.localizable else ()
        self.wanted = frozenset(locale for locale, _ in self.outputs)
        self.default = locales.default

    def read(self, entries: Entries, log: IssueLog) -> dict[str | None, str | list[str]]:
        """Return PIM locale (None if not localizable) → converted value, without empty ones."""
        found: dict[str | None, str | list[str]] = {}
        log.attribute = self.code
        for entry in entries:
            if self.scope is not None and entry.get("scope") != self.scope:
                continue
            locale = entry.get("locale") if self.localizable else None
            if self.localizable and locale not in self.wanted:
                continue
            log.locale = locale
            converted: Converted = self.convert(entry.get("data"), log)
            if converted:
                found[locale] = converted
        return found

    def single(self, entries: Entries, log: IssueLog) -> str | None:
        """Return the value where there is no language to choose: the default locale's, if localizable."""
        found = self.read(entries, log)
        value = found.get(self.default if self.localizable else None)
        return ", ".join(value) if isinstance(value, list) else value


class CustomSource(Source):
    """A source written as custom attribute. cell: for values without language; cells: one per output.

    short_text: texts of at most this many characters need no length check; -1 if the value is no text.
    """

    __slots__ = ("cell", "cells", "short_text")

    def __init__(
        self,
        attribute: Attribute,
        attribute_id: str,
        convert: Converter,
        channel: str,
        locales: LocalePlan,
        short_text: int,
    ) -> None:
        """Make the cells."""
        super().__init__(attribute, convert, channel, locales)
        self.short_text = short_text
        self.cell = Cell("custom-attribute", attribute_id)
        self.cells = tuple((locale, Cell("custom-attribute", attribute_id, lang)) for locale, lang in self.outputs)

    def read_texts(self, entries: Entries, log: IssueLog) -> dict[str | None, Text]:
        """Return PIM locale → text of a localizable text attribute, other locales than the run's possibly among them.

        The bulk of a catalogue is short printable text per locale, which needs none of the checks behind `convert`.
        """
        scope, short = self.scope, self.short_text
        found: dict[str | None, Text] = {}
        for entry in entries:
            if scope is None or entry.get("scope") == scope:
                data = entry.get("data")
                if data.__class__ is str and len(data) <= short and data.isprintable() and data and not data.isspace():
                    found[entry.get("locale")] = data
                elif data is not None and entry.get("locale") in self.wanted:
                    log.attribute = self.code
                    log.locale = entry.get("locale")
                    converted = self.convert(data, log)
                    if converted is not None:
                        found[log.locale] = converted
        return found

    @property
    def possible(self) -> tuple[Cell, ...]:
        """Return every cell this source may write."""
        return tuple(cell for _, cell in self.cells) if self.localizable else (self.cell,)

    def write(self, entries: Entries, log: IssueLog) -> Written:
        """Return the cells of a product's values with their texts, in document order."""
        found = self.read(entries, log)
        if not self.localizable:
            return [(self.cell, found[None])] if found else []
        return [(cell, found[locale]) for locale, cell in self.cells if locale in found]


class SystemSource(Source):
    """A source written as one of SFCC's own attributes.

    labels: option code → labels, where the target takes labels of selects; else None.
    """

    __slots__ = ("cells", "labels", "locales", "target")

    def __init__(
        self,
        attribute: Attribute,
        target: SystemAttribute,
        convert: Converter,
        channel: str,
        locales: LocalePlan,
        labels: Mapping[str, Labels] | None,
    ) -> None:
        """Make the cells: per language for labels and localizable values, else x-default or without language."""
        super().__init__(attribute, convert, channel, locales)
        self.target = target
        self.labels = labels
        self.locales = locales
        outputs: Iterable[tuple[str | None, str]]
        if not target.localizable:
            outputs = ((self.default, ""),)
        elif self.localizable:
            outputs = self.outputs
        elif labels is None:
            outputs = ((self.default, X_DEFAULT),)
        else:
            others = (output for output in locales.outputs if output[1] != X_DEFAULT)
            outputs = ((self.default, X_DEFAULT), *others)
        self.cells = tuple((locale, Cell(target.element, "", lang)) for locale, lang in outputs)

    @property
    def possible(self) -> tuple[Cell, ...]:
        """Return every cell this source may write."""
        return tuple(cell for _, cell in self.cells)

    def write(self, entries: Entries, log: IssueLog) -> Written:
        """Return the cells of a product's values with their texts, in document order."""
        found = self.read(entries, log)
        written: Written = []
        for locale, cell in self.cells:
            value = found.get(locale if self.localizable else None)
            if value:
                log.locale = locale if self.localizable else None
                text = self.target.fit(self._text(value, locale), log)
                if text is not None:
                    written.append((cell, text))
        return written

    def _text(self, value: str | list[str], locale: str | None) -> str:
        codes = value if isinstance(value, list) else [value]
        if self.labels is not None:
            codes = [self.locales.label(self.labels.get(code, {}), code, locale) for code in codes]
        return ", ".join(codes)
