"""The structure as a file."""

from __future__ import annotations

import gzip
import json
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

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
from akeneo_sfcc.pim.structure_file import dump, load

LABELS = {"en_US": "Colour", "fr_FR": "Couleur 🎨"}


def a_structure(**changes: Any) -> Structure:
    given: dict[str, Any] = {
        "channel": Channel("web", ("en_US", "fr_FR"), ("EUR",), "master", LABELS),
        "locales": ("en_US", "fr_FR"),
        "attributes": {
            "colour": Attribute("colour", "pim_catalog_simpleselect", "g", LABELS, 2, True, True, True, ("en_US",)),
            "weight": Attribute("weight", "pim_catalog_metric", decimals_allowed=False, number_min="0"),
        },
        "attribute_groups": {"g": AttributeGroup("g", 1, LABELS, ("colour",))},
        "families": {"shirts": Family("shirts", LABELS, ("colour", "weight"), "colour", None)},
        "family_variants": {
            "v": FamilyVariant("v", "shirts", (VariantAttributeSet(1, ("colour",), ("colour", "weight")),), LABELS)
        },
        "options": {"colour": (AttributeOption("red", 1, LABELS), AttributeOption("blue", 0))},
        "categories": (Category("master"), Category("b", "master", LABELS), Category("a", "master")),
        "association_types": {"X": AssociationType("X", LABELS, True, False)},
        "measurement_families": {"W": MeasurementFamily("W", "GRAM", {"KG": (("mul", "1000"), ("add", "0"))})},
        "version": "7.0.1",
        "edition": "EE",
        "products_by_uuid": True,
    }
    return Structure(**given | changes)


def same_types(one: object, other: object) -> bool:
    """Tell whether two equal values have equal types all the way down; a list is not a tuple."""
    if type(one) is not type(other):
        return False
    if is_dataclass(one):
        return all(same_types(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, dict) and isinstance(other, dict):
        return all(same_types(value, other[key]) for key, value in one.items())
    if isinstance(one, tuple) and isinstance(other, tuple):
        return all(same_types(a, b) for a, b in zip(one, other, strict=True))
    return True


def test_a_structure_comes_back_as_it_was() -> None:
    structure = a_structure()
    back = load(dump(structure))
    assert back == structure
    assert same_types(back, structure)


def test_a_bare_structure_comes_back_too() -> None:
    mappings = ["attributes", "attribute_groups", "families", "family_variants", "options"]
    nothing: dict[str, Any] = {name: {} for name in [*mappings, "association_types", "measurement_families"]}
    structure = a_structure(**nothing, categories=(), version="", edition="", products_by_uuid=False)
    assert load(dump(structure)) == structure


def test_equal_structures_give_equal_bytes() -> None:
    structure = a_structure()
    turned = a_structure(attributes=dict(reversed(list(structure.attributes.items()))))
    assert dump(turned) == dump(structure)
    assert dump(structure)[4:8] == b"\0\0\0\0"  # no time stamp


def test_the_order_of_categories_and_options_is_kept() -> None:
    structure = load(dump(a_structure()))
    assert [category.code for category in structure.categories] == ["master", "b", "a"]
    assert [option.code for option in structure.options["colour"]] == ["red", "blue"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no gzip",
        dump(a_structure())[:-20],
        gzip.compress(b"{"),
        gzip.compress(b"[]"),
        gzip.compress(b'{"format": 1}'),
        gzip.compress(b'{"format": 1, "structure": {"channel": 5}}'),
    ],
    # Compressed bytes hold the second they were made in, and a test's name must be the same for every worker.
    ids=["empty", "no gzip", "cut", "no json", "no object", "no structure", "wrong structure"],
)
def test_a_damaged_file_is_a_data_error(body: bytes) -> None:
    with pytest.raises(DataError, match="the structure file is damaged"):
        load(body)


def test_a_file_of_another_format_is_a_data_error() -> None:
    document = json.loads(gzip.decompress(dump(a_structure())))
    document["format"] = 99
    with pytest.raises(DataError, match="has format 99; allowed: 1"):
        load(gzip.compress(json.dumps(document).encode()))
