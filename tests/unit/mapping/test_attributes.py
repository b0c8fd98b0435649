"""What every PIM attribute becomes."""

from __future__ import annotations

from typing import Any

import pytest

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.mapping.attribute_ids import camel_name
from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.definitions import AttributeDefinition
from akeneo_sfcc.mapping.products import ProductMapper
from akeneo_sfcc.pim.model import Attribute, AttributeOption
from tests.unit.mapping.builders import attribute, options, settings, structure, variant_family


def plan(*attributes: Attribute, pim: dict[str, Any] | None = None, **chosen: Any) -> AttributePlan:
    return AttributePlan(settings(attributes=chosen), structure(*attributes, **(pim or {})))


def defined(made: AttributePlan) -> dict[str, str]:
    return {one.id: one.type for one in made.definitions() if one.id != "akeneo_assetsData"}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("display_diagonal", "displayDiagonal"),
        ("a__b", "aB"),
        ("_ab", "Ab"),
        ("ab_", "ab"),
        ("Name", "Name"),
        ("a_1_bC", "a1BC"),
    ],
)
def test_camel_names_follow_the_cartridge(code: str, name: str) -> None:
    assert camel_name(code) == name


def test_ids_are_prefix_and_name() -> None:
    assert plan(attribute("display_diagonal")).id_of("display_diagonal") == "akeneo_displayDiagonal"
    assert plan(attribute("display_diagonal"), id_style="raw", prefix="pim_").id_of("display_diagonal") == (
        "pim_display_diagonal"
    )


def test_ids_are_found_whatever_the_case_of_the_code() -> None:
    assert plan(attribute("Display_Size")).id_of("display_size") == "akeneo_DisplaySize"


def test_of_ids_that_meet_the_first_code_by_byte_order_keeps_it() -> None:
    made = plan(attribute("a_b"), attribute("aB"), attribute("a__b"))
    assert [made.id_of(code) for code in ("aB", "a__b", "a_b")] == ["akeneo_aB", "akeneo_a__b", "akeneo_a_b"]
    assert [(issue.reason, issue.id, issue.kind) for issue in made.issues] == [
        ("id_collision", "a__b", "attribute"),
        ("id_collision", "a_b", "attribute"),
    ]


def test_ids_that_differ_by_case_only_collide_too() -> None:
    made = plan(attribute("size_x"), attribute("sizex_y"), attribute("sizexy"))
    assert made.id_of("sizex_y") == "akeneo_sizexY"
    assert made.id_of("sizexy") == "akeneo_sizexy"
    assert [issue.id for issue in made.issues] == ["sizexy"]


def test_the_unit_of_a_split_metric_collides_like_any_id() -> None:
    made = plan(attribute("weight", "metric"), attribute("weight_unit"), measurements="split")
    assert made.roles["weight"].unit_id == "akeneo_weightUnit"
    assert made.id_of("weight_unit") == "akeneo_weight_unit"


def test_an_attribute_named_like_our_own_uses_its_raw_code() -> None:
    assert plan(attribute("assets_data")).id_of("assets_data") == "akeneo_assets_data"


def test_an_id_that_cannot_be_freed_is_an_error() -> None:
    (error,) = plan(attribute("color"), attribute("size"), custom_mapping={"size": "akeneo_color"}).errors
    assert "color" in error


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (attribute("a", "identifier"), "string"),
        (attribute("a", "text"), "string"),
        (attribute("a", "textarea"), "text"),
        (attribute("a", "textarea", wysiwyg_enabled=True), "html"),
        (attribute("a", "number", decimals_allowed=True), "double"),
        (attribute("a", "number", decimals_allowed=False), "int"),
        (attribute("a", "number", decimals_allowed=False, number_max="2147483647"), "int"),
        (attribute("a", "number", decimals_allowed=False, number_max="2147483648"), "double"),
        (attribute("a", "number", decimals_allowed=False, number_min="-3e9"), "double"),
        (attribute("a", "boolean"), "boolean"),
        (attribute("a", "date"), "date"),
        (attribute("a", "metric"), "string"),
        (attribute("a", "image"), "string"),
        (attribute("a", "file"), "string"),
        (attribute("a", "pim_catalog_asset_collection"), "set-of-string"),
        (attribute("a", "akeneo_reference_entity"), "string"),
        (attribute("a", "akeneo_reference_entity_collection"), "set-of-string"),
        (attribute("a", "pim_reference_data_simpleselect"), "string"),
        (attribute("a", "pim_reference_data_multiselect"), "set-of-string"),
        (attribute("a", "table"), "text"),
        (attribute("a", "pim_catalog_product_link"), "text"),
    ],
)
def test_every_pim_type_has_its_sfcc_type(given: Attribute, expected: str) -> None:
    assert defined(plan(given)) == {"akeneo_a": expected}


def test_selects_are_enumerations_of_all_their_options() -> None:
    given = (AttributeOption("s", 2, {"en_US": "Small"}), AttributeOption("l", 1), AttributeOption("a", 2))
    made = plan(
        attribute("size", "multiselect", labels={"de_DE": "Größe"}, group="g", localizable=True),
        pim={"options": {"size": given}},
    )
    (definition, *_) = made.definition(made.roles["size"].attribute)
    assert (definition.type, definition.multi, definition.localizable) == ("enum-of-string", True, True)
    assert definition.display_names == (("x-default", "size"), ("de-DE", "Größe"))
    assert [one.value for one in definition.values] == ["l", "a", "s"]
    assert definition.values[2].display == (("x-default", "Small"), ("en-US", "Small"))
    assert (definition.pim_code, definition.group) == ("size", "g")


def test_a_select_without_options_is_neither_defined_nor_written() -> None:
    made = plan(attribute("size", "simpleselect"), pim={"options": {"size": ()}})
    assert defined(made) == {}
    assert not made.is_written("size")
    assert [(issue.reason, issue.severity) for issue in made.issues] == [("no_options", "warn")]


def test_a_split_metric_has_two_definitions() -> None:
    made = plan(attribute("weight", "metric", labels={"en_US": "Weight"}), measurements="split")
    assert defined(made) == {"akeneo_weight": "double", "akeneo_weightUnit": "string"}
    unit = next(one for one in made.definitions() if one.id == "akeneo_weightUnit")
    assert unit.display_names == (("x-default", "Weight (unit)"), ("en-US", "Weight (unit)"))


def test_the_attribute_for_assets_is_always_defined() -> None:
    (only,) = plan().definitions()
    assert isinstance(only, AttributeDefinition)
    assert (only.id, only.type) == ("akeneo_assetsData", "text")


def test_the_product_id_is_no_custom_attribute() -> None:
    assert not plan().is_written("sku")
    config = settings(products={"id": "attribute:ean"})
    made = AttributePlan(config, structure(attribute("ean", unique=True)))
    assert (made.is_written("ean"), made.is_written("sku")) == (False, True)
    assert AttributePlan(settings(products={"id": "uuid"}), structure()).is_written("sku")


def test_excluded_attributes_and_groups_are_not_written() -> None:
    made = plan(
        attribute("a"), attribute("b", group="Hidden"), attribute("c"), exclude=["A"], exclude_groups=["hidden"]
    )
    assert defined(made) == {"akeneo_c": "string"}


def test_prices_are_defined_only_when_asked_for() -> None:
    price = attribute("price", "pim_catalog_price_collection")
    assert defined(plan(price)) == {}
    assert defined(plan(price, prices="attribute")) == {"akeneo_price": "set-of-string"}


def test_mapped_attributes_are_not_defined() -> None:
    made = plan(
        attribute("title"),
        attribute("maker"),
        attribute("rest"),
        system_mapping={"title": "NAME"},
        custom_mapping={"maker": "producer"},
    )
    assert defined(made) == {"akeneo_rest": "string"}
    assert (made.is_written("title"), made.is_written("maker")) == (False, True)
    assert made.id_of("maker") == "producer"
    assert made.system_sources == {"name": ("title",)}


@pytest.mark.parametrize("left", ["main_title", "MAIN_TITLE", "akeneo_main_title", "akeneo_mainTitle"])
def test_the_left_side_is_a_code_or_the_cartridges_name_for_it(left: str) -> None:
    made = plan(attribute("main_title"), system_mapping={left: "name"})
    assert (made.errors, made.system_sources) == ([], {"name": ("main_title",)})


def test_a_code_goes_before_the_cartridges_name() -> None:
    made = plan(attribute("akeneo_title"), attribute("title"), system_mapping={"akeneo_title": "name"})
    assert made.system_sources == {"name": ("akeneo_title",)}


def test_an_unknown_attribute_in_a_mapping_is_an_error() -> None:
    (error,) = plan(custom_mapping={"nothing": "x"}).errors
    assert error.startswith("attributes.custom_mapping.nothing")


def test_one_attribute_cannot_have_two_targets() -> None:
    (error,) = plan(attribute("title"), system_mapping={"title": "name", "akeneo_title": "brand"}).errors
    assert "second target" in error


@pytest.mark.parametrize("target", ["ID", "UUID", "lastModified", "image", "nonsense"])
def test_a_system_attribute_that_cannot_be_mapped_is_an_error(target: str) -> None:
    config = settings()
    chosen = config.attributes.model_copy(update={"system_mapping": {"title": target}})
    made = AttributePlan(config.model_copy(update={"attributes": chosen}), structure(attribute("title")))
    (error,) = made.errors
    assert error.startswith("attributes.system_mapping.title")
    assert target in error


def test_an_axis_is_written_whatever_it_is_excluded_from_or_mapped_to() -> None:
    made = plan(
        attribute("color", "simpleselect"),
        attribute("size", "metric"),
        attribute("look", "simpleselect"),
        exclude=["color"],
        system_mapping={"size": "unit"},
        custom_mapping={"look": "style"},
        measurements="split",
        pim={
            "family_variants": variant_family((["color", "size", "look"], [])),
            "options": {"color": options("red"), "look": options("old")},
        },
    )
    assert all(made.is_written(code) for code in ("color", "size", "look"))
    assert defined(made) == {"akeneo_color": "enum-of-string", "akeneo_size": "string"}
    assert made.id_of("look") == "style"
    assert made.axes == {"color", "size", "look"}


def test_two_axes_of_a_family_variant_on_one_id_are_an_error() -> None:
    pim = structure(
        attribute("color"), attribute("size"), family_variants=variant_family((["color"], []), (["size"], []))
    )
    config = settings(attributes={"custom_mapping": {"color": "look", "size": "look"}})
    (error,) = AttributePlan(config, pim).errors
    assert "by_axis" in error
    with pytest.raises(ConfigurationError, match="by_axis"):
        ProductMapper(config, pim)


def test_an_unknown_type_is_reported_once() -> None:
    made = plan(attribute("link", "pim_catalog_product_link"))
    assert [(issue.reason, issue.value) for issue in made.issues] == [
        ("unknown_attribute_type", "pim_catalog_product_link")
    ]
