"""Adds empty elements for all a product's family has and the product has not (`products.clear_empty: family`)."""

from __future__ import annotations

from collections.abc import Iterable

from akeneo_sfcc.mapping.clearing import empty_cell
from akeneo_sfcc.mapping.record import ItemRecord
from akeneo_sfcc.mapping.value_plan import ValuePlan
from akeneo_sfcc.pim.model import Structure
from akeneo_sfcc.sfcc.product_element import Cell, Text


class FamilyClearing:
    """Knows the empty elements of every family and level; worked out on first use."""

    def __init__(self, structure: Structure, values: ValuePlan) -> None:
        """Take what families hold and how it would be written."""
        self._structure = structure
        self._values = values
        self._empty: dict[tuple[str, str, str], list[tuple[str, Cell, str | None]]] = {}

    def add(
        self, record: ItemRecord, written: Iterable[str], cells: list[Cell], texts: list[Text]
    ) -> tuple[list[Cell], list[Text]]:
        """Return cells and texts with an empty element for everything that is not among the written keys."""
        family = record.family or ""
        level = "product" if record.role in ("simple", "variant") else record.role
        where = (family, level, "" if level == "product" else record.family_variant or "")
        possible = self._empty.get(where)
        if possible is None:
            possible = self._empty[where] = self._possible(*where)
        present = frozenset(written)
        missing = [(cell, text) for key, cell, text in possible if key not in present]
        merged: list[tuple[Cell, Text]] = [*zip(cells, texts, strict=True), *missing]
        merged.sort(key=lambda pair: pair[0].order)
        return [cell for cell, _ in merged], [text for _, text in merged]

    def _possible(self, family: str, level: str, family_variant: str) -> list[tuple[str, Cell, str | None]]:
        possible = []
        for cell in self._values.possible_cells(self._attributes(family, level, family_variant)):
            # What has no empty form is left as it is: nothing says that it was ever set.
            emptied = empty_cell(cell.key)
            if emptied is not None:
                possible.append((cell.key, *emptied))
        return possible

    def _attributes(self, family: str, level: str, family_variant: str) -> list[str]:
        """Return the attributes of the item's own level: a product's are all of its family's."""
        found = self._structure.families.get(family)
        attributes = list(found.attributes) if found is not None else []
        variant = self._structure.family_variants.get(family_variant)
        if level == "product" or variant is None:
            return attributes
        if level == "root":
            below = {code.lower() for one in variant.attribute_sets for code in one.attributes}
            return [code for code in attributes if code.lower() not in below]
        return [code for one in variant.attribute_sets if one.level == 1 for code in one.attributes]
