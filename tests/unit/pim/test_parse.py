"""From the API's JSON to the model, with all that PIM versions differ in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.pim import parse
from akeneo_sfcc.pim.model import MeasurementFamily, Target, VariantAttributeSet

SKU = [{"locale": None, "scope": None, "data": "shirt-1"}]


def a_product(**changes: Any) -> dict[str, Any]:
    return {
        "uuid": "25566245-55C3-42CE-86D9-8610AC459FA8",
        "enabled": True,
        "family": "shirts",
        "categories": ["summer", "men"],
        "groups": [],
        "parent": "shirt",
        "values": {"sku": SKU},
        "associations": {"PACK": {"products": [], "product_models": [], "groups": []}},
        "quantified_associations": {},
        **changes,
    }


def a_model(**changes: Any) -> dict[str, Any]:
    return {"code": "Shirt", "family": "shirts", "family_variant": "by_size", "parent": None, **changes}


def test_a_product_by_uuid_has_its_identifier_from_the_values() -> None:
    product = parse.parse_product(a_product(), "sku")
    assert product.key == "25566245-55c3-42ce-86d9-8610ac459fa8"
    assert product.identifier == "shirt-1"
    assert (product.enabled, product.family, product.parent) == (True, "shirts", "shirt")
    assert product.categories == ("summer", "men")
    assert product.values == {"sku": SKU}
    assert product.associations == {}


def test_a_product_of_an_older_pim_is_keyed_by_its_identifier() -> None:
    raw = a_product(identifier="SKU/1")
    del raw["uuid"]
    product = parse.parse_product(raw, "sku")
    assert (product.key, product.identifier) == ("SKU/1", "SKU/1")


@pytest.mark.parametrize("values", [[], {}, None, {"sku": []}, {"sku": [{"data": None}]}])
def test_a_product_may_have_no_identifier(values: object) -> None:
    assert parse.parse_product(a_product(values=values), "sku").identifier is None


def test_a_product_needs_little_more_than_its_key() -> None:
    product = parse.parse_product({"uuid": "a"})
    assert (product.enabled, product.family, product.categories, product.values) == (True, None, (), {})


@pytest.mark.parametrize("enabled", [True, None])
def test_only_an_explicit_false_disables(enabled: object) -> None:
    assert parse.parse_product(a_product(enabled=enabled)).enabled
    assert not parse.parse_product(a_product(enabled=False)).enabled


@pytest.mark.parametrize("nothing", [[], {}, None])
def test_no_associations_come_in_several_shapes(nothing: object) -> None:
    raw = a_product(associations=nothing, quantified_associations=nothing)
    assert parse.parse_product(raw).associations == {}


def test_associations_keep_their_order_products_before_models() -> None:
    raw = a_product(
        associations={
            "UPSELL": {"product_models": ["m2", "m1"], "products": ["p2", "p1"], "groups": ["g"]},
            "X_SELL": {"products": [None, "p3"], "product_models": None},
            "PACK": None,
            "ODD": [],
        }
    )
    assert parse.parse_product(raw).associations == {
        "UPSELL": (Target("p2"), Target("p1"), Target("m2", True), Target("m1", True)),
        "X_SELL": (Target("p3"),),
    }


def test_quantified_associations_name_their_targets_in_several_ways() -> None:
    raw = a_product(
        quantified_associations={
            "BUNDLE": {
                "products": [{"uuid": "u", "identifier": None, "quantity": 2}, {"identifier": "i", "quantity": 3}, {}],
                "product_models": [{"code": "c", "quantity": 4}, {"identifier": "d", "quantity": 5}],
            },
            "EMPTY": [],
            "NONE": {"products": []},
        }
    )
    assert parse.parse_product(raw).associations == {
        "BUNDLE": (Target("u", False, 2), Target("i", False, 3), Target("c", True, 4), Target("d", True, 5))
    }


def test_a_model_is_read_with_what_it_has() -> None:
    model = parse.parse_product_model(a_model(values=[], categories=["a"], associations={"X": {"products": ["p"]}}))
    assert (model.code, model.key, model.family_variant, model.parent) == ("Shirt", "Shirt", "by_size", None)
    assert (model.values, model.categories, model.associations) == ({}, ("a",), {"X": (Target("p"),)})
    assert parse.parse_product_model({"code": "bare"}).family_variant == ""


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("text", "'text'"),
        (None, "None"),
        ({}, "neither uuid nor identifier"),
        ({"uuid": 5}, "product that cannot be read"),
        (a_product(values="x"), "25566245"),
        (a_product(values={"sku": 5}), "25566245"),
        (a_product(associations={"X": "text"}), "25566245"),
        (a_product(quantified_associations={"X": {"products": [{"uuid": "u", "quantity": "many"}]}}), "25566245"),
    ],
)
def test_a_product_that_cannot_be_read_is_named(raw: Any, says: str) -> None:
    with pytest.raises(DataError, match=says):
        parse.parse_product(raw, "sku")


def test_a_model_that_cannot_be_read_is_named() -> None:
    for wrong in ({"values": "x"}, {"associations": {"X": 5}}, {"categories": 5}):
        with pytest.raises(DataError, match=r"product model that cannot be read .'Shirt'"):
            parse.parse_product_model(a_model(**wrong))


@pytest.mark.parametrize("raw", [None, [], {}, {"code": None}, {"code": ""}, {"code": 5}])
@pytest.mark.parametrize(
    "made",
    [
        parse.parse_product_model, parse.attribute, parse.attribute_group, parse.family, parse.category,
        parse.channel, parse.association_type, parse.measurement_family,
        lambda raw: parse.family_variant(raw, "shirts"),
    ],
)  # fmt: skip
def test_anything_without_a_code_is_a_data_error(made: Callable[[Any], object], raw: Any) -> None:
    with pytest.raises(DataError, match=r"the PIM sent an? .* that cannot be read"):
        made(raw)


@pytest.mark.parametrize("raw", [None, [], {}, {"code": None}, {"code": 5}])
def test_an_option_without_a_code_is_a_data_error(raw: Any) -> None:
    with pytest.raises(DataError, match="attribute option that cannot be read"):
        parse.attribute_option(raw)


def test_an_option_with_an_empty_code_is_kept_because_it_is_rejected_later() -> None:
    assert parse.attribute_option({"code": ""}).code == ""


def test_a_bare_attribute_gets_the_defaults_and_a_full_one_everything() -> None:
    bare = parse.attribute({"code": "a", "labels": [], "available_locales": None, "type": "pim_catalog_text"})
    assert (bare.group, bare.labels, bare.available_locales, bare.number_min) == ("other", {}, (), None)
    full = parse.attribute(
        {
            "code": "w", "type": "pim_catalog_metric", "group": "g",
            "labels": {"en_US": "W", "fr_FR": None, "de_DE": ""},
            "sort_order": 3, "localizable": True, "scopable": True, "unique": True, "available_locales": {"1": "en_US"},
            "metric_family": "Weight", "default_metric_unit": "GRAM", "decimals_allowed": False, "number_min": 0,
            "number_max": "5.5", "wysiwyg_enabled": True, "reference_data_name": "r", "is_main_identifier": True,
        }
    )  # fmt: skip
    assert full.labels == {"en_US": "W"}
    assert (full.sort_order, full.localizable, full.scopable, full.unique) == (3, True, True, True)
    assert full.available_locales == ("en_US",)
    assert (full.metric_family, full.default_metric_unit, full.decimals_allowed) == ("Weight", "GRAM", False)
    assert (full.number_min, full.number_max, full.wysiwyg_enabled) == ("0", "5.5", True)
    assert (full.reference_data_name, full.is_main_identifier) == ("r", True)


def test_the_levels_of_a_family_variant_stand_in_order() -> None:
    raw = {
        "code": "v",
        "variant_attribute_sets": [
            {"level": 2, "axes": ["size"], "attributes": ["size", "ean"]},
            {"level": 1, "axes": ["color"], "attributes": ["color"]},
        ],
    }
    variant = parse.family_variant(raw, "shirts")
    assert variant.attribute_sets[0] == VariantAttributeSet(1, ("color",), ("color",))
    assert (variant.family, variant.axes) == ("shirts", ("color", "size"))
    with pytest.raises(DataError, match="no list of levels"):
        parse.family_variant({"code": "v", "variant_attribute_sets": None}, "shirts")


def test_a_measurement_family_keeps_the_steps_to_its_standard_unit() -> None:
    steps = [{"operator": "sub", "value": "32"}, {"operator": "div", "value": "1.8"}]
    raw = {"code": "T", "standard_unit_code": "CELSIUS", "units": {"F": {"code": "F", "convert_from_standard": steps}}}
    expected = MeasurementFamily("T", "CELSIUS", {"F": (("sub", "32"), ("div", "1.8"))})
    assert parse.measurement_family(raw) == expected
    with pytest.raises(DataError, match="without its conversion"):
        parse.measurement_family({"code": "T", "units": {"F": {"convert_from_standard": [{}]}}})


def test_akeneos_demo_catalogue_is_read_whole(shared_data: Path) -> None:
    folder = shared_data / "pim-icecat"
    if not folder.is_dir():
        pytest.skip(f"Akeneo's demo catalogue is not present: {folder}")

    def lines(name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (folder / name).read_text("utf-8").split("\n") if line]

    products = [parse.parse_product(raw, "sku") for raw in lines("products-uuid.jsonl")]
    models = [parse.parse_product_model(raw) for raw in lines("product-models.jsonl")]
    assert len({product.identifier for product in products}) == 1239
    assert len({model.code for model in models}) == 81
    codes = {model.code for model in models}
    assert {product.parent for product in products} <= codes | {None}
    attributes = [parse.attribute(raw) for raw in lines("attributes.jsonl")]
    assert [a.code for a in attributes if a.type == "pim_catalog_identifier"] == ["sku"]
