"""What must not change between two runs."""

from __future__ import annotations

import orjson
import pytest

from akeneo_sfcc.mapping.attribute_state import DefinedAttribute, type_changes
from akeneo_sfcc.mapping.definitions import AttributeDefinition
from akeneo_sfcc.sfcc.metadata import ValueDefinition

NOW = AttributeDefinition("akeneo_size", "enum-of-string", (), pim_code="size", multi=True)


def test_an_attribute_remembers_its_options_and_survives_being_stored() -> None:
    values = (ValueDefinition("s", ()), ValueDefinition("m", ()))
    made = DefinedAttribute.of(AttributeDefinition("akeneo_size", "enum-of-string", (), "size", values=values))
    assert made.options == ("s", "m")
    assert DefinedAttribute.from_json(orjson.loads(orjson.dumps(made))) == made


@pytest.mark.parametrize(
    ("before", "old"),
    [
        (DefinedAttribute("akeneo_size", "size", "string"), "string"),
        (DefinedAttribute("akeneo_size", "size", "enum-of-string"), "enum-of-string"),
        (DefinedAttribute("akeneo_size", "size", "int", True, True), "int, multi-select, localizable"),
        (DefinedAttribute("akeneo_size", "size", "string", left=True), "string"),
    ],
)
def test_a_change_of_type_names_the_attribute_both_types_and_the_setting(before: DefinedAttribute, old: str) -> None:
    assert type_changes({"akeneo_size": before}, [NOW], []) == [
        f"attributes.allow_type_change: does not list size: akeneo_size would change from {old} to "
        "enum-of-string, multi-select, and lose all its values: value []; allowed: size in the list, or the type it had"
    ]


def test_a_change_that_is_allowed_is_no_problem() -> None:
    before = {"akeneo_size": DefinedAttribute("akeneo_size", "size", "string")}
    assert type_changes(before, [NOW], ["SIZE"]) == []


def test_new_options_and_new_attributes_are_no_change() -> None:
    before = {"akeneo_size": DefinedAttribute("akeneo_size", "size", "enum-of-string", multi=True, options=("s",))}
    assert type_changes(before, [NOW, AttributeDefinition("akeneo_new", "int", (), "new")], []) == []
