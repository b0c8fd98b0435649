"""What is written to SFCC's own attributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from akeneo_sfcc.mapping.system_attributes import SYSTEM_ATTRIBUTES
from akeneo_sfcc.pim.model import Attribute, AttributeOption, Structure
from akeneo_sfcc.settings import SYSTEM_ATTRIBUTES as ACCEPTED
from tests.unit.mapping.builders import Mapped, attribute, envelope, mapped, options, product, settings, structure


def made(target: str, data: Any, given: Attribute | None = None, pim: dict[str, Any] | None = None) -> Mapped:
    """Map a product whose attribute "a" is mapped to a target."""
    config = settings(attributes={"system_mapping": {"a": target}})
    return mapped(product(a=data), structure(given or attribute("a"), **(pim or {})), config)


def only(target: str, data: Any, given: Attribute | None = None, pim: dict[str, Any] | None = None) -> str | None:
    """The text of the target's element, None if there is none."""
    found = made(target, data, given, pim).system(SYSTEM_ATTRIBUTES[target.lower()].element)
    assert len(found) <= 1
    return found[0][1] if found else None


def test_every_id_the_configuration_accepts_is_known_here() -> None:
    assert {one.id for one in SYSTEM_ATTRIBUTES.values()} == set(ACCEPTED.values())


def test_a_mapped_value_is_no_custom_attribute() -> None:
    result = made("brand", "ACME")
    assert (result.system("brand"), result.custom()) == ([("", "ACME")], [])


@pytest.mark.parametrize(
    "target", ["EAN", "UPC", "unit", "template", "taxClassID", "brand", "manufacturerName", "manufacturerSKU"]
)
def test_texts_are_cut_at_256_units(target: str) -> None:
    result = made(target, "x" * 257)
    assert only(target, "x" * 257) == "x" * 256
    assert result.reasons == [("text_cut", "a")]


@pytest.mark.parametrize(
    ("target", "limit"), [("name", 4000), ("pageTitle", 4000), ("pageURL", 4000), ("storeTaxClass", 60)]
)
def test_other_texts_are_cut_at_their_own_length(target: str, limit: int) -> None:
    assert only(target, "x" * 5000, attribute("a", "textarea")) == "x" * limit


def test_descriptions_are_not_cut() -> None:
    result = made("longDescription", "x" * 5000, attribute("a", "textarea"))
    assert (result.system("long-description"), result.issues) == ([("x-default", "x" * 5000)], [])


@pytest.mark.parametrize("target", ["searchable", "searchableIfUnavailable", "pinterestEnabled", "siteMapIncluded"])
@pytest.mark.parametrize(("data", "flag"), [("true", "true"), ("0", "false"), ("1", "true"), ("false", "false")])
def test_flags_take_the_texts_of_booleans(target: str, data: str, flag: str) -> None:
    assert only(target, data) == flag


def test_flags_take_booleans() -> None:
    assert only("searchable", False, attribute("a", "boolean")) == "false"


@pytest.mark.parametrize(
    ("target", "data"),
    [
        ("searchable", "yes"),
        ("minOrderQuantity", "0"),
        ("minOrderQuantity", "-1"),
        ("stepQuantity", "five"),
        ("siteMapPriority", "1.01"),
        ("siteMapPriority", "-0.1"),
        ("searchRank", "2147483648"),
        ("searchPlacement", "1.5"),
        ("onlineFrom", "tomorrow"),
        ("siteMapChangeFrequency", "sometimes"),
        ("taxClassID", " standard"),
        ("taxClassID", "a\nb"),
        ("storeNonInventoryEnabled", "2"),
    ],
)
def test_what_does_not_fit_is_rejected_and_the_product_is_written(target: str, data: str) -> None:
    result = made(target, data)
    assert result.reasons == [("does_not_fit", "a")]
    assert (result.issues[0].severity, result.issues[0].kind) == ("reject", "value")
    assert result.record.reject is None
    assert result.system(SYSTEM_ATTRIBUTES[target.lower()].element) == []


@pytest.mark.parametrize(
    ("target", "data", "text"),
    [
        ("minOrderQuantity", "2.50", "2.5"),
        ("stepQuantity", "1e1", "10"),
        ("siteMapPriority", "1.0", "1"),
        ("searchRank", "-5", "-5"),
        ("searchPlacement", "7.0", "7"),
        ("onlineFrom", "2026-01-02T10:00:00+05:00", "2026-01-02T00:00:00.000Z"),
        ("onlineTo", "2026-01-02", "2026-01-02T00:00:00.000Z"),
        ("siteMapChangeFrequency", "daily", "daily"),
    ],
)
def test_what_fits_is_converted(target: str, data: str, text: str) -> None:
    assert only(target, data) == text


def test_a_number_too_big_for_an_int_is_no_rank() -> None:
    assert made("searchRank", 3_000_000_000, attribute("a", "number", decimals_allowed=False)).reasons == [
        ("does_not_fit", "a")
    ]


def test_values_that_are_not_localizable_carry_x_default_in_localizable_elements() -> None:
    assert made("name", "Lamp").system("display-name") == [("x-default", "Lamp")]


def test_localizable_values_are_written_per_language() -> None:
    result = made("name", {"fr_FR": "Lampe", "en_US": "Lamp"}, attribute("a", localizable=True))
    assert result.system("display-name") == [("x-default", "Lamp"), ("en-US", "Lamp"), ("fr-FR", "Lampe")]
    assert result.record.alt == {"x-default": "Lamp", "en-US": "Lamp", "fr-FR": "Lampe"}


def test_elements_without_language_take_the_default_locales_value() -> None:
    given = attribute("a", localizable=True)
    assert only("brand", {"fr_FR": "F", "en_US": "E"}, given) == "E"
    assert only("brand", {"fr_FR": "F"}, given) is None


def test_without_default_locale_nothing_localizable_goes_there() -> None:
    config = settings(attributes={"system_mapping": {"a": "brand", "b": "name"}}, locales={"default": None})
    pim = structure(attribute("a", localizable=True), attribute("b", localizable=True))
    result = mapped(product(a={"en_US": "E"}, b={"en_US": "N"}), pim, config)
    assert (result.system("brand"), result.system("display-name")) == ([], [("en-US", "N")])


LABELS: dict[str, Any] = {
    "options": {
        "a": (
            AttributeOption("red", 0, {"en_US": "Red", "fr_FR": "Rouge"}),
            AttributeOption("blue", 1, {"en_US": "Blue"}),
        )
    }
}


@pytest.mark.parametrize("target", ["brand", "manufacturerName", "unit"])
def test_selects_are_labels_in_the_default_locale(target: str) -> None:
    assert only(target, "RED", attribute("a", "simpleselect"), LABELS) == "Red"


@pytest.mark.parametrize("target", ["EAN", "manufacturerSKU", "template", "taxClassID", "storeTaxClass"])
def test_selects_are_codes_elsewhere(target: str) -> None:
    assert only(target, "RED", attribute("a", "simpleselect"), LABELS) == "red"
    assert made("pageURL", "red", attribute("a", "simpleselect"), LABELS).system("page-url") == [("x-default", "red")]


def test_several_options_are_joined_and_a_missing_label_is_the_code() -> None:
    result = made("pageKeywords", ["blue", "red"], attribute("a", "multiselect"), LABELS)
    assert result.system("page-keywords") == [
        ("x-default", "Blue, Red"),
        ("de-DE", "blue, red"),
        ("en-US", "Blue, Red"),
        ("fr-FR", "blue, Rouge"),
    ]


def test_without_default_locale_labels_are_codes() -> None:
    config = settings(attributes={"system_mapping": {"a": "brand"}}, locales={"default": None})
    pim = structure(attribute("a", "simpleselect"), **LABELS)
    assert mapped(product(a="red"), pim, config).system("brand") == [("", "red")]


def test_a_metric_is_never_split_in_a_system_attribute() -> None:
    config = settings(attributes={"system_mapping": {"a": "unit"}, "measurements": "split"})
    result = mapped(product(a={"amount": "1.0", "unit": "GRAM"}), structure(attribute("a", "metric")), config)
    assert result.system("unit") == [("", "1 GRAM")]


def test_of_several_attributes_the_first_that_has_a_value_wins() -> None:
    config = settings(attributes={"system_mapping": {"second": "brand", "first": "brand"}})
    pim = structure(attribute("first"), attribute("second"))
    assert mapped(product(first="1", second="2"), pim, config).system("brand") == [("", "2")]
    assert mapped(product(first="1", second=" "), pim, config).system("brand") == [("", "1")]


def test_of_several_attributes_on_one_custom_target_the_first_that_has_a_value_wins() -> None:
    config = settings(attributes={"custom_mapping": {"second": "maker", "first": "maker"}})
    pim = structure(attribute("first"), attribute("second"))
    assert mapped(product(first="1", second="2"), pim, config).custom() == [("maker", "", "2")]
    assert mapped(product(first="1"), pim, config).custom() == [("maker", "", "1")]


ONLINE = structure(attribute("web", "boolean"))


@pytest.mark.parametrize(
    "config",
    [
        settings(products={"online": "attribute:web"}),
        settings(attributes={"system_mapping": {"web": "onlineFlag"}}),
        settings(attributes={"system_mapping": {"akeneo_web": "ONLINEFLAG"}}),
    ],
)
def test_the_online_flag_can_come_from_an_attribute(config: Any) -> None:
    for data, flag in ((True, "true"), (False, "false")):
        result = mapped(product(web=data, enabled=not data), ONLINE, config)
        assert (result.system("online-flag"), result.record.online) == ([("", flag)], data)
    absent = mapped(product(enabled=True), ONLINE, config)
    assert (absent.system("online-flag"), absent.record.online) == ([("", "false")], False)


@pytest.mark.parametrize(
    ("choice", "enabled", "flag"),
    [("status", True, "true"), ("status", False, "false"), ("always", False, "true"), ("never", True, "false")],
)
def test_the_online_flag_is_always_written(choice: str, enabled: bool, flag: str) -> None:
    result = mapped(product(enabled=enabled), structure(), settings(products={"online": choice}))
    assert result.system("online-flag") == [("", flag)]


def everything() -> tuple[Structure, Any, dict[str, Any]]:
    """A PIM with one fitting attribute per system attribute."""
    data = {
        "_flag": True,
        "_quantity": 5,
        "_priority": "0.5",
        "_int": 3,
        "_instant": "2026-01-02",
        "_frequency": "daily",
    }
    attributes, given = [], {}
    for one in SYSTEM_ATTRIBUTES.values():
        code = one.id.lower()
        kind = one.fit.__name__
        attributes.append(attribute(code, "boolean" if kind == "_flag" else "text", localizable=one.localizable))
        text = data.get(kind, f"text of {one.id}")
        given[code] = {"en_US": text, "fr_FR": text} if one.localizable else text
    mapping = {one.id.lower(): one.id for one in SYSTEM_ATTRIBUTES.values()}
    return structure(*attributes, attribute("size", "simpleselect"), options={"size": options("s")}), mapping, given


def test_all_system_attributes_together_are_valid(sfcc_xsd: Callable[..., None]) -> None:
    pim, mapping, given = everything()
    result = mapped(product(**given, size="s"), pim, settings(attributes={"system_mapping": mapping}))
    assert result.issues == []
    assert result.element is not None
    written = {str(one.tag) for one in result.element.iter()}
    assert {one.element for one in SYSTEM_ATTRIBUTES.values()} <= written
    sfcc_xsd(envelope(result.record.xml))


def test_the_order_of_the_configuration_does_not_matter() -> None:
    pim, mapping, given = everything()
    turned = dict(reversed(mapping.items()))
    first = mapped(product(**given), pim, settings(attributes={"system_mapping": mapping}))
    second = mapped(product(**given), pim, settings(attributes={"system_mapping": turned}))
    assert first.record == second.record
