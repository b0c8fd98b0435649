"""What a master shows of its variants."""

from __future__ import annotations

from lxml import etree

from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.variations import Variant, VariationPlan, variant_list
from akeneo_sfcc.pim.model import (
    Attribute,
    AttributeOption,
    Channel,
    FamilyVariant,
    MeasurementFamily,
    Structure,
    VariantAttributeSet,
)
from akeneo_sfcc.settings import Settings

LANG = "{http://www.w3.org/XML/1998/namespace}lang"

COLOR = Attribute("color", "pim_catalog_simpleselect", labels={"en_US": "Colour", "fr_FR": "Couleur"})
LENGTH = Attribute("rope_length", "pim_catalog_metric", metric_family="Length", labels={})
WARM = Attribute("warm", "pim_catalog_boolean")


def a_plan(*axes: Attribute) -> VariationPlan:
    """Return the plan of a catalogue with one family variant `by_all`, whose axes are the given ones."""
    structure = Structure(
        channel=Channel("shop", ("en_US", "fr_FR"), ("EUR",), "master"),
        locales=("en_US", "fr_FR"),
        attributes={axis.code: axis for axis in axes},
        attribute_groups={},
        families={},
        family_variants={
            "by_all": FamilyVariant(
                "by_all",
                "ropes",
                (VariantAttributeSet(1, tuple(a.code for a in axes), tuple(a.code for a in axes)),),
            )
        },
        options={
            "color": (
                AttributeOption("Red", 2, {"en_US": "Red", "fr_FR": "Rouge"}),
                AttributeOption("blue", 1, {"en_US": "Blue"}),
                AttributeOption("green", 3),
            )
        },
        categories=(),
        association_types={},
        measurement_families={
            "Length": MeasurementFamily("Length", "METER", {"METER": (("mul", "1"),), "CENTIMETER": (("mul", "0.01"),)})
        },
    )
    settings = Settings.parse(
        {"pim": {"base_url": "https://pim.example.com", "channel": "shop"}, "master_catalogs": [{"id": "master"}]}
    )
    locales = LocalePlan(settings, structure)
    return VariationPlan(structure, AttributePlan(settings, structure, locales), locales)


def a_variant(id_: str, parent: str | None = "rope", online: bool = True, **axes: str) -> Variant:
    return Variant(id_, parent, axes, online)


def values_of(element: bytes, axis: int = 0) -> list[str]:
    attributes = etree.fromstring(element).findall("attributes/variation-attribute")
    return [str(value.get("value")) for value in attributes[axis].iter("variation-attribute-value")]


def test_a_master_lists_its_variants_by_id_and_names_its_axis_in_every_language() -> None:
    root = etree.fromstring(
        a_plan(COLOR).element("by_all", [a_variant("b", color="Red"), a_variant("a", color="blue")], None)
    )
    axis = root.find("attributes/variation-attribute")
    assert axis is not None
    assert axis.get("attribute-id") == axis.get("variation-attribute-id") == "akeneo_color"
    assert [(name.get(LANG), name.text) for name in axis.findall("display-name")] == [
        ("x-default", "Colour"),
        ("en-US", "Colour"),
        ("fr-FR", "Couleur"),
    ]
    assert [variant.get("product-id") for variant in root.iter("variant")] == ["a", "b"]
    assert root.find("variation-groups") is None


def test_only_values_the_variants_use_stand_there_in_option_order() -> None:
    element = a_plan(COLOR).element("by_all", [a_variant("a", color="Red"), a_variant("b", color="blue")], None)
    assert values_of(element) == ["blue", "Red"]


def test_an_option_without_labels_is_shown_by_its_code() -> None:
    root = etree.fromstring(a_plan(COLOR).element("by_all", [a_variant("a", color="green")], None))
    assert [(name.get(LANG), name.text) for name in root.iter("display-value")] == [("x-default", "green")]


def test_metric_values_are_ordered_by_their_amount_in_the_standard_unit() -> None:
    variants = [
        a_variant("a", rope_length="2 METER"),
        a_variant("b", rope_length="150 CENTIMETER"),
        a_variant("c", rope_length="10 METER"),
    ]
    element = a_plan(LENGTH).element("by_all", variants, None)
    assert values_of(element) == ["150 CENTIMETER", "2 METER", "10 METER"]


def test_metric_values_in_a_unit_nobody_knows_come_last_by_unit_and_amount() -> None:
    variants = [
        a_variant("a", rope_length="9 SPAN"),
        a_variant("b", rope_length="10 SPAN"),
        a_variant("c", rope_length="3 METER"),
    ]
    assert values_of(a_plan(LENGTH).element("by_all", variants, None)) == ["3 METER", "9 SPAN", "10 SPAN"]


def test_a_boolean_axis_shows_false_before_true_with_its_text_in_no_language() -> None:
    element = a_plan(WARM).element("by_all", [a_variant("a", warm="true"), a_variant("b", warm="false")], None)
    assert values_of(element) == ["false", "true"]
    assert [value.get(LANG) for value in etree.fromstring(element).iter("display-value")] == ["x-default"] * 2


def test_groups_are_listed_and_an_empty_list_takes_them_away() -> None:
    plan = a_plan(COLOR)
    with_groups = etree.fromstring(plan.element("by_all", [], ["g2", "g1"]))
    assert [group.get("product-id") for group in with_groups.iter("variation-group")] == ["g1", "g2"]
    assert etree.fromstring(plan.element("by_all", [], [])).find("variation-groups") is not None


def test_a_root_without_variants_is_warned_of() -> None:
    issues = a_plan(COLOR).issues("rope", "by_all", [])
    assert [(issue.reason, issue.kind, issue.id) for issue in issues] == [("no_variants", "model", "rope")]


def test_more_variants_than_the_quota_are_warned_of() -> None:
    variants = [a_variant(f"v{number:04}", rope_length=f"{number} METER") for number in range(1001)]
    assert [issue.reason for issue in a_plan(LENGTH).issues("rope", "by_all", variants)] == ["variants_over_quota"]


def test_a_missing_axis_value_and_a_combination_seen_twice_are_warned_of() -> None:
    variants = [a_variant("a", color="Red"), a_variant("b", color="Red"), a_variant("c")]
    issues = a_plan(COLOR).issues("rope", "by_all", variants)
    assert [(issue.id, issue.reason) for issue in issues] == [
        ("b", "axis_value_duplicate"),
        ("c", "axis_value_missing"),
    ]


def test_the_shorter_list_names_what_stays_and_nothing_else() -> None:
    root = etree.fromstring(variant_list(["b", "a"]))
    assert [variant.get("product-id") for variant in root.iter("variant")] == ["a", "b"]
    assert root.find("attributes") is None
