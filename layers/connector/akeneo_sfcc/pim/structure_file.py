"""The structure as a file: what is read once per run and needed by every worker.

Compressed JSON whose bytes depend on the structure alone (sorted keys, no time stamp).
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import orjson

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.pim.model import (
    AssociationType,
    Attribute,
    AttributeGroup,
    AttributeOption,
    Category,
    Channel,
    Family,
    FamilyVariant,
    MeasurementFamily,
    Structure,
    VariantAttributeSet,
)

FORMAT = 1
"""Raised when a file of this version could not be read by the code before it."""

Made = TypeVar("Made")


def dump(structure: Structure) -> bytes:
    """Return the file's bytes; equal structures give equal bytes."""
    # orjson writes the dataclasses themselves, fields in their order, and sorts the keys of every mapping.
    body = orjson.dumps({"format": FORMAT, "structure": structure}, option=orjson.OPT_SORT_KEYS)
    return gzip.compress(body, mtime=0)


def load(body: bytes) -> Structure:
    """Return the structure of a file; raises DataError when it is damaged or of another format."""
    try:
        document = orjson.loads(gzip.decompress(body))
        if document["format"] != FORMAT:
            raise DataError(f"the structure file has format {document['format']}; allowed: {FORMAT}")
        return _structure(document["structure"])
    except (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"the structure file is damaged: {type(error).__name__}: {error}") from error


def _structure(raw: dict[str, Any]) -> Structure:
    return Structure(
        channel=_record(Channel, raw["channel"]),
        locales=tuple(raw["locales"]),
        attributes=_each(raw["attributes"], lambda one: _record(Attribute, one)),
        attribute_groups=_each(raw["attribute_groups"], lambda one: _record(AttributeGroup, one)),
        families=_each(raw["families"], lambda one: _record(Family, one)),
        family_variants=_each(raw["family_variants"], _variant),
        options=_each(raw["options"], lambda some: tuple(_record(AttributeOption, one) for one in some)),
        categories=tuple(_record(Category, one) for one in raw["categories"]),
        association_types=_each(raw["association_types"], lambda one: _record(AssociationType, one)),
        measurement_families=_each(raw["measurement_families"], _measurement_family),
        version=raw["version"],
        edition=raw["edition"],
        products_by_uuid=raw["products_by_uuid"],
    )


def _variant(raw: dict[str, Any]) -> FamilyVariant:
    sets = tuple(_record(VariantAttributeSet, level) for level in raw["attribute_sets"])
    return FamilyVariant(raw["code"], raw["family"], sets, raw["labels"])


def _measurement_family(raw: dict[str, Any]) -> MeasurementFamily:
    units = {unit: tuple((step[0], step[1]) for step in steps) for unit, steps in raw["units"].items()}
    return MeasurementFamily(raw["code"], raw["standard_unit"], units)


def _each(raw: Mapping[str, Any], made: Callable[[Any], Made]) -> dict[str, Made]:
    return {code: made(one) for code, one in raw.items()}


def _record(kind: type[Made], raw: dict[str, Any]) -> Made:
    """Return a dataclass without nested ones: its lists are tuples, its objects mappings."""
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()})
