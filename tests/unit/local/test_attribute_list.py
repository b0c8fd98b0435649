"""What `check` says of each attribute."""

from __future__ import annotations

from typing import Any

from akeneo_sfcc.pim.model import AttributeOption
from local.commands.attribute_list import attribute_lines
from tests.unit.mapping.builders import attribute, options, settings, structure

PIM = structure(
    attribute("color", "multiselect"),
    attribute("empty", "simpleselect"),
    attribute("price", "pim_catalog_price_collection"),
    attribute("secret"),
    attribute("title", localizable=True),
    attribute("weight", "metric"),
    options={"color": (*options("red", "blue"), AttributeOption("bad ")), "empty": ()},
)


def lines(**chosen: Any) -> list[str]:
    return list(attribute_lines(settings(attributes=chosen), PIM))


def test_every_attribute_has_a_line_by_code_and_every_issue_one_after_them() -> None:
    assert lines(exclude=["secret"], measurements="split") == [
        "color   akeneo_color: enum-of-string, multi-select, 2 values",
        "empty   not defined: a select without options",
        "price   not defined: a price, for price books",
        "secret  not defined: excluded",
        "sku     not defined: the product id",
        "title   akeneo_title: string, localizable",
        "weight  akeneo_weight: double; akeneo_weightUnit: string",
        "–       akeneo_assetsData: text",
        "warn no_options: attribute 'empty'",
        "reject bad_id: option color: 'bad ': 'bad '",
    ]


def test_mapped_attributes_are_shown_with_their_targets() -> None:
    found = lines(system_mapping={"title": "NAME"}, custom_mapping={"weight": "heft"})
    assert "title   name, SFCC's own" in found
    assert "weight  heft, an attribute of yours" in found


def test_ids_that_meet_are_told() -> None:
    pim = structure(attribute("a_b"), attribute("a__b"))
    found = list(attribute_lines(settings(), pim))
    assert "a_b   akeneo_a_b: string" in found
    assert "warn id_collision: attribute 'a_b': 'akeneo_a_b'" in found


def test_a_pim_without_attributes_has_ours_alone() -> None:
    pim = structure()
    assert [line for line in attribute_lines(settings(), pim) if not line.startswith("sku")] == [
        "–    akeneo_assetsData: text"
    ]
