"""Turns all values of a product into cells: everything that can be worked out once per run is worked out here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from akeneo_sfcc.mapping.attributes import AttributePlan, AttributeRole
from akeneo_sfcc.mapping.issue_log import IssueLog
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.sources import CustomSource, SystemSource, Written
from akeneo_sfcc.mapping.system_attributes import SYSTEM_ATTRIBUTES
from akeneo_sfcc.mapping.values import (
    CODE_TYPES,
    SELECT_TYPES,
    TEXT_TYPES,
    Converter,
    converter_for,
    number_converter,
    text_converter,
)
from akeneo_sfcc.pim.model import Attribute, Structure, Values
from akeneo_sfcc.sfcc.limits import STRING_LENGTH
from akeneo_sfcc.sfcc.product_element import Cell, Text

if TYPE_CHECKING:
    from akeneo_sfcc.settings import Settings

_LIMITED = TEXT_TYPES | CODE_TYPES | {"pim_catalog_file"}
_UNLIMITED = 2**31


class ValuePlan:
    """How values are written, for one run.

    system: per SFCC attribute (lower-cased id) the sources in the document's order.
    """

    def __init__(
        self,
        settings: Settings,
        structure: Structure,
        attributes: AttributePlan,
        locales: LocalePlan,
        gone: frozenset[str] = frozenset(),
    ) -> None:
        """Compile the plan; `attributes` and `locales` must be free of problems. gone: media codes to leave out."""
        self._settings = settings
        self._gone = gone
        self._structure = structure
        self._attributes = attributes
        self._locales = locales
        self._channel = structure.channel.code
        self.system: dict[str, tuple[SystemSource, ...]] = {
            target: tuple(self._system_source(attributes.roles[code], target) for code in codes)
            for target, codes in attributes.system_sources.items()
        }
        by_id: dict[str, list[CustomSource]] = {}
        for source_id, source in self._custom_sources():
            by_id.setdefault(source_id, []).append(source)
        self._custom: list[tuple[CustomSource, ...]] = [tuple(by_id[key]) for key in sorted(by_id)]
        ranks: dict[str, list[int]] = {}
        for rank, sources in enumerate(self._custom):
            for source in sources:
                ranks.setdefault(source.code, []).append(rank)
        self._ranks: dict[str, tuple[int, ...]] = {code: tuple(found) for code, found in ranks.items()}
        self._axis_sources = {
            source.code: source for sources in self._custom for source in sources if source.code in attributes.axes
        }

    def axis_text(self, code: str, values: Values, log: IssueLog) -> str | None:
        """Return the text written for an axis attribute, or None."""
        source = self._axis_sources.get(self._attributes.find(code) or code)
        entries = values.get(source.code) if source is not None else None
        return source.single(entries, log) if source is not None and entries else None

    def write_system(self, target: str, values: Values, log: IssueLog) -> Written:
        """Return the cells of one SFCC attribute: of the first source, in the document's order, that has a value."""
        for source in self.system[target]:
            entries = values.get(source.code)
            if entries and (written := source.write(entries, log)):
                return written
        return []

    def write_custom(
        self, values: Values, log: IssueLog, cells: list[Cell], texts: list[Text], axes: Sequence[str] = ()
    ) -> None:
        """Append the cells and texts of all custom attributes, by id, then language.

        `axes` are those of the item's family variant: on a target that several attributes share, an axis goes first.
        """
        ranks_of = self._ranks.get
        ranks = [rank for code in values for rank in ranks_of(code, ())]
        ranks.sort()
        previous = -1
        for rank in ranks:
            sources = self._custom[rank]
            source = sources[0]
            if len(sources) > 1:
                if rank != previous:
                    self._write_shared(sources, values, log, cells, texts, axes)
                previous = rank
            elif source.short_text >= 0 and source.localizable:
                found = source.read_texts(values[source.code], log)
                for locale, cell in source.cells:
                    if locale in found:
                        cells.append(cell)
                        texts.append(found[locale])
            else:
                for cell, text in source.write(values[source.code], log):
                    cells.append(cell)
                    texts.append(text)

    @staticmethod
    def _write_shared(
        sources: tuple[CustomSource, ...],
        values: Values,
        log: IssueLog,
        cells: list[Cell],
        texts: list[Text],
        axes: Sequence[str],
    ) -> None:
        for source in sorted(sources, key=lambda source: source.code not in axes):
            entries = values.get(source.code)
            if entries and (written := source.write(entries, log)):
                cells.extend(cell for cell, _ in written)
                texts.extend(text for _, text in written)
                return

    def possible_cells(self, codes: Iterable[str]) -> list[Cell]:
        """Return every cell that these attributes may write, each key once."""
        found: dict[str, Cell] = {}
        for code in codes:
            name = self._attributes.find(code) or code
            for rank in self._ranks.get(name, ()):
                for source in self._custom[rank]:
                    if source.code == name:
                        found.update((cell.key, cell) for cell in source.possible)
            for sources in self.system.values():
                for system in sources:
                    if system.code == name:
                        found.update((cell.key, cell) for cell in system.possible)
        return list(found.values())

    def _custom_sources(self) -> Iterable[tuple[str, CustomSource]]:
        # Several attributes on one custom_mapping target are tried in the document's order.
        order = {code: index for index, code in enumerate(self._attributes.custom_targets)}
        roles = sorted(self._attributes.roles.values(), key=lambda role: order.get(role.attribute.code, -1))
        for role in roles:
            attribute = role.attribute
            if not role.written or not self._locales.exists_in_run(attribute.available_locales):
                continue
            if role.unit_id is None:
                yield role.id, self._custom_source(attribute, role.id, None)
            else:
                yield role.id, self._custom_source(attribute, role.id, 0)
                yield role.unit_id, self._custom_source(attribute, role.unit_id, 1)

    def _custom_source(self, attribute: Attribute, attribute_id: str, part: int | None) -> CustomSource:
        convert = converter_for(attribute, self._structure, self._settings.images.base_path, part, self._gone)
        # A text of half the limit cannot exceed it, whatever its characters.
        short = STRING_LENGTH // 2 if attribute.type in _LIMITED else -1
        if attribute.type == "pim_catalog_textarea":
            short = _UNLIMITED
        return CustomSource(attribute, attribute_id, convert, self._channel, self._locales, short)

    def _system_source(self, role: AttributeRole, target: str) -> SystemSource:
        attribute = role.attribute
        system = SYSTEM_ATTRIBUTES[target]
        labels = None
        if system.labels and attribute.type in SELECT_TYPES:
            options = self._structure.options.get(attribute.code, ())
            labels = {option.code: option.labels for option in options}
        return SystemSource(attribute, system, self._system_converter(attribute), self._channel, self._locales, labels)

    def _system_converter(self, attribute: Attribute) -> Converter:
        """Return section 2's converter without the limits of custom attributes: the target has its own."""
        if attribute.type in _LIMITED:
            return text_converter(None)
        if attribute.type == "pim_catalog_number":
            return number_converter(as_int=False)
        return converter_for(attribute, self._structure, self._settings.images.base_path, gone=self._gone)
