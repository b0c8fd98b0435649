"""Options and labels SFCC refuses, and the groups attributes are shown in."""

from __future__ import annotations

from typing import Any

import pytest

from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.definitions import AttributeDefinition
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.metadata import GroupPlan
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.pim.model import Attribute, AttributeGroup, AttributeOption
from akeneo_sfcc.sfcc.limits import utf16_length
from tests.unit.mapping.builders import attribute, mapped, options, product, settings, structure, variant_family

SELECT = attribute("color", "simpleselect")


def defined(*options_: AttributeOption, **more: Any) -> tuple[AttributeDefinition, list[Issue]]:
    """The definition of a select with these options, and what was reported."""
    pim = structure(attribute("color", "simpleselect", **more), options={"color": options_})
    issues: list[Issue] = []
    found = AttributePlan(settings(), pim).definitions(report=issues.append)
    return next(one for one in found if one.id == "akeneo_color"), issues


@pytest.mark.parametrize("code", ["", " red", "red ", "\tred", "re\nd", "r\x00ed", "x" * 4001, "😀" * 2001])
def test_an_option_sfcc_refuses_is_rejected_and_the_others_are_kept(code: str) -> None:
    definition, issues = defined(AttributeOption(code), AttributeOption("blue", 1))
    assert [value.value for value in definition.values] == ["blue"]
    assert issues == [Issue("reject", "option", "bad_id", code, attribute="color", value=code)]


@pytest.mark.parametrize("code", ["a", "a b", "38½", "é", "x" * 4000])
def test_what_sfcc_takes_is_kept_as_it_is(code: str) -> None:
    definition, issues = defined(AttributeOption(code))
    assert [value.value for value in definition.values] == [code]
    assert issues == []


def test_an_option_that_is_not_defined_is_not_written_into_products() -> None:
    pim = structure(SELECT, options={"color": (AttributeOption("red "), AttributeOption("blue"))})
    assert mapped(product(color="blue"), pim).text("akeneo_color") == "blue"
    refused = mapped(product(color="red "), pim)
    assert refused.text("akeneo_color") is None
    assert refused.reasons == [("unknown_option", "color")]


def test_a_select_of_which_sfcc_refuses_every_option_counts_as_empty() -> None:
    pim = structure(SELECT, options={"color": (AttributeOption(" "),)})
    plan = AttributePlan(settings(), pim)
    assert "akeneo_color" not in {one.id for one in plan.definitions()}
    assert [issue.reason for issue in plan.issues] == ["no_options"]
    assert not plan.is_written("color")


def test_an_option_listed_twice_is_defined_once() -> None:
    definition, _ = defined(AttributeOption("red", 1), AttributeOption("red", 1), AttributeOption("RED", 2))
    assert [value.value for value in definition.values] == ["red"]


def test_a_label_that_is_too_long_is_cut_and_one_with_forbidden_characters_cleaned() -> None:
    labels = {"en_US": "😀" * 2001, "de_DE": "Ro\x00t", "it_IT": "x" * 5000}
    definition, issues = defined(AttributeOption("red", labels=labels))
    texts = dict(definition.values[0].display)
    assert utf16_length(texts["en-US"]) == utf16_length(texts["x-default"]) == 4000
    assert texts["de-DE"] == "Rot"
    assert [(issue.kind, issue.id, issue.attribute, issue.locale, issue.reason) for issue in issues] == [
        ("option", "red", "color", "en_US", "text_cut"),
        ("option", "red", "color", "de_DE", "forbidden_characters"),
    ]


def test_labels_of_attributes_are_treated_alike_and_missing_ones_are_the_code() -> None:
    definition, issues = defined(AttributeOption("red"), labels={"fr_FR": "Cou\x01leur", "de_DE": "  "})
    assert definition.display_names == (("x-default", "color"), ("fr-FR", "Couleur"))
    assert [(issue.kind, issue.id, issue.reason) for issue in issues] == [
        ("attribute", "color", "forbidden_characters")
    ]
    assert definition.values[0].display == (("x-default", "red"),)


def test_the_label_of_a_unit_has_room_for_its_ending_and_is_reported_once() -> None:
    pim = structure(attribute("weight", "metric", labels={"en_US": "x" * 4001}))
    issues: list[Issue] = []
    plan = AttributePlan(settings(attributes={"measurements": "split"}), pim)
    made = {one.id: dict(one.display_names) for one in plan.definitions(report=issues.append)}
    assert len(made["akeneo_weight"]["en-US"]) == 4000
    assert made["akeneo_weightUnit"]["en-US"] == "x" * 3993 + " (unit)"
    assert [issue.reason for issue in issues] == ["text_cut"]


def test_options_are_asked_for_one_attribute_at_a_time_in_the_order_of_the_ids() -> None:
    pim = structure(attribute("b", "simpleselect"), attribute("a", "multiselect"), attribute("c"))
    asked: list[str] = []

    def options_of(code: str) -> tuple[AttributeOption, ...]:
        asked.append(code)
        return options("x")

    found = AttributePlan(settings(), pim).definitions(options_of)
    assert next(found).id == "akeneo_a"
    assert asked == ["a"]
    assert [one.id for one in found] == ["akeneo_assetsData", "akeneo_b", "akeneo_c"]
    assert asked == ["a", "b"]


def test_an_axis_without_options_is_defined_because_variations_refer_to_it() -> None:
    pim = structure(SELECT, options={"color": ()}, family_variants=variant_family((["color"], [])))
    plan = AttributePlan(settings(), pim)
    (definition,) = plan.definition(SELECT)
    assert (definition.type, definition.values) == ("enum-of-string", ())
    assert [issue.reason for issue in plan.issues] == ["no_options"]


@pytest.mark.parametrize("code", ["_", "a|b", "x" * 257])
def test_an_attribute_whose_id_sfcc_refuses_is_rejected(code: str) -> None:
    pim = structure(attribute(code), attribute("name"))
    plan = AttributePlan(settings(attributes={"prefix": ""}), pim)
    assert [one.id for one in plan.definitions()] == ["akeneo_assetsData", "name"]
    assert not plan.is_written(code)
    assert [(issue.severity, issue.kind, issue.id, issue.reason) for issue in plan.issues] == [
        ("reject", "attribute", code, "bad_id")
    ]


def test_an_axis_whose_id_sfcc_refuses_is_a_configuration_error() -> None:
    pim = structure(attribute("a|b"), family_variants=variant_family((["a|b"], [])))
    (error,) = AttributePlan(settings(), pim).errors
    assert error.startswith("attributes.custom_mapping: does not list the axis a|b")


def grouped(style: str, *attributes: Attribute, before: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Group id → the ids of its attributes."""
    return {group.id: group.attributes for group in groups(style, *attributes, before=before)[0]}


def groups(style: str, *attributes: Attribute, before: tuple[str, ...] = ()) -> tuple[list[Any], list[Issue]]:
    known = {"Media": AttributeGroup("Media", labels={"fr_FR": "Médias"}), "seo": AttributeGroup("seo")}
    pim = structure(*attributes, attribute_groups=known)
    config = settings(attributes={"groups": style})
    locales = LocalePlan(config, pim)
    issues: list[Issue] = []
    made = GroupPlan(config, pim, locales, issues.append)
    for definition in AttributePlan(config, pim, locales).definitions():
        made.add(definition)
    return made.groups(before), issues


def test_the_single_group_holds_every_attribute() -> None:
    found, _ = groups("single", attribute("b", group="Media"), attribute("a", group="seo"))
    (group,) = found
    assert (group.id, group.display_names) == ("akeneoAttributes", (("x-default", "Akeneo attributes"),))
    assert group.attributes == ("akeneo_a", "akeneo_assetsData", "akeneo_b")


def test_the_groups_of_the_pim_keep_their_labels_and_ours_stays_in_the_single_one() -> None:
    found, _ = groups("pim", attribute("b", group="MEDIA"), attribute("a", group="Media"), attribute("c", group="seo"))
    assert {group.id: group.attributes for group in found} == {
        "akeneoAttributes": ("akeneo_assetsData",),
        "akeneo_Media": ("akeneo_a", "akeneo_b"),
        "akeneo_seo": ("akeneo_c",),
    }
    assert dict(zip((group.id for group in found), (group.display_names for group in found), strict=True)) == {
        "akeneoAttributes": (("x-default", "Akeneo attributes"),),
        "akeneo_Media": (("x-default", "Media"), ("fr-FR", "Médias")),
        "akeneo_seo": (("x-default", "seo"),),
    }


def test_a_group_the_pim_does_not_list_is_made_from_its_code() -> None:
    assert grouped("pim", attribute("a", group="new"))["akeneo_new"] == ("akeneo_a",)


def test_a_group_that_lost_all_its_attributes_is_emptied() -> None:
    assert grouped("single", attribute("a"), before=("akeneo_seo",)) == {
        "akeneoAttributes": ("akeneo_a", "akeneo_assetsData"),
        "akeneo_seo": (),
    }


def test_a_group_sfcc_refuses_is_rejected_and_its_attributes_are_in_the_single_one() -> None:
    found, issues = groups("pim", attribute("a", group="x" * 256), attribute("b", group="x" * 256))
    assert {group.id: group.attributes for group in found} == {
        "akeneoAttributes": ("akeneo_a", "akeneo_assetsData", "akeneo_b")
    }
    assert [(issue.id, issue.reason) for issue in issues] == [("x" * 256, "bad_id")]
