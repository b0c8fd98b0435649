"""What a value becomes in a custom attribute, and what is said about those that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akeneo_sfcc.mapping.definitions import KNOWN_TYPES
from akeneo_sfcc.mapping.system_attributes import SYSTEM_ATTRIBUTES
from akeneo_sfcc.pim.model import Attribute, MeasurementFamily, Structure
from tests.unit.mapping.builders import (
    Mapped,
    attribute,
    envelope,
    mapped,
    options,
    product,
    settings,
    structure,
    value,
)

EMOJI = "\U0001f600"


def made(given: Attribute, data: Any, pim: dict[str, Any] | None = None, **chosen: Any) -> Mapped:
    """Map a product whose attribute "a" has this data."""
    entry = [value(data, "en_US" if given.localizable else None)]
    return mapped(product(a=entry), structure(given, **(pim or {})), settings(attributes=chosen))


def written(given: Attribute, data: Any, **more: Any) -> Any:
    return made(given, data, **more).text("akeneo_a")


def test_short_text_is_written_as_it_is() -> None:
    assert written(attribute("a"), " <b>größe</b> & co ") == " <b>größe</b> & co "


@pytest.mark.parametrize("localizable", [False, True])
@pytest.mark.parametrize("empty", ["", "  ", "\t\n", "\u00a0\u2003", None, "\x01 \x02"])
def test_text_of_white_space_only_is_no_value(empty: str | None, localizable: bool) -> None:
    assert made(attribute("a", localizable=localizable), empty).custom() == []


@pytest.mark.parametrize("localizable", [False, True])
def test_text_over_4000_units_is_cut_and_warned(localizable: bool) -> None:
    result = made(attribute("a", localizable=localizable), "x" * 4001)
    assert result.text("akeneo_a", "x-default" if localizable else "") == "x" * 4000
    (issue,) = result.issues
    assert (issue.severity, issue.kind, issue.reason, issue.attribute) == ("warn", "value", "text_cut", "a")
    assert issue.value == "x" * 200
    assert made(attribute("a"), "x" * 4000).issues == []


def test_a_cut_never_splits_a_pair() -> None:
    assert written(attribute("a"), "x" * 3999 + EMOJI) == "x" * 3999
    assert written(attribute("a"), EMOJI * 2000) == EMOJI * 2000
    assert written(attribute("a"), EMOJI * 2001) == EMOJI * 2000


def test_text_areas_are_not_cut() -> None:
    result = made(attribute("a", "textarea"), "x" * 5000)
    assert (len(result.text("akeneo_a")), result.issues) == (5000, [])


@pytest.mark.parametrize("localizable", [False, True])
@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\ufffe", "\uffff", chr(0xD800), chr(0xDC00)])
def test_characters_xml_forbids_are_removed_and_warned(bad: str, localizable: bool) -> None:
    result = made(attribute("a", "textarea", localizable=localizable), f"a{bad}b\tc\nd")
    assert result.text("akeneo_a", "x-default" if localizable else "") == "ab\tc\nd"
    assert result.reasons == [("forbidden_characters", "a")]
    assert str(result.issues[0].value).encode()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (12, "12"),
        ("89.8970", "89.897"),
        ("1.5e3", "1500"),
        ("1E-7", "0.0000001"),
        (1e22, "10000000000000000000000"),
        (0.1, "0.1"),
        ("-0.00", "0"),
        ("+7", "7"),
        ("007", "7"),
        ("-12.50", "-12.5"),
    ],
)
def test_numbers_are_canonical(data: Any, text: str) -> None:
    assert written(attribute("a", "number", decimals_allowed=True), data) == text


@pytest.mark.parametrize("data", ["twelve", "1,5", "NaN", "Infinity", "1_000", True, [], {}, "1e9999", "0x10"])
def test_what_is_no_number_is_rejected(data: Any) -> None:
    result = made(attribute("a", "number", decimals_allowed=True), data)
    assert (result.custom(), result.reasons) == ([], [("not_a_number", "a")])
    assert result.issues[0].severity == "reject"
    assert result.record.reject is None


@pytest.mark.parametrize("data", [2147483648, "-2147483649", "1.5"])
def test_an_int_that_leaves_32_bits_or_has_decimals_is_rejected(data: Any) -> None:
    result = made(attribute("a", "number", decimals_allowed=False), data)
    assert (result.custom(), result.reasons) == ([], [("int_out_of_range", "a")])


@pytest.mark.parametrize(("data", "text"), [(2147483647, "2147483647"), ("12.000", "12"), (-2147483648, "-2147483648")])
def test_an_int_within_32_bits_is_written(data: Any, text: str) -> None:
    assert written(attribute("a", "number", decimals_allowed=False), data) == text


@pytest.mark.parametrize(("data", "text"), [(True, "true"), (False, "false"), ("1", "true"), (0, "false")])
def test_booleans_are_true_or_false(data: Any, text: str) -> None:
    assert written(attribute("a", "boolean"), data) == text


def test_what_is_no_boolean_is_rejected() -> None:
    assert made(attribute("a", "boolean"), "maybe").reasons == [("not_a_boolean", "a")]


@pytest.mark.parametrize("data", ["2012-01-20T00:00:00+00:00", "2012-01-20", "2012-01-20T23:59:59-11:00"])
def test_a_date_is_the_calendar_day_as_sent(data: str) -> None:
    assert written(attribute("a", "date"), data) == "2012-01-20"


@pytest.mark.parametrize("data", ["20.01.2012", "2012-02-30", "2012-01-20x", 20120120, "soon"])
def test_what_is_no_date_is_rejected(data: Any) -> None:
    assert made(attribute("a", "date"), data).reasons == [("not_a_date", "a")]


def selects(*codes: str) -> dict[str, Any]:
    return {"pim": {"options": {"a": options(*codes)}}}


def test_an_option_is_written_in_its_own_case() -> None:
    assert written(attribute("a", "simpleselect"), "RED", **selects("Red", "blue")) == "Red"


def test_an_unknown_option_is_dropped_and_warned() -> None:
    result = made(attribute("a", "simpleselect"), "green", **selects("red"))
    assert (result.custom(), result.reasons) == ([], [("unknown_option", "a")])
    assert result.issues[0].severity == "warn"


def test_options_that_were_not_read_are_not_checked() -> None:
    assert written(attribute("a", "simpleselect"), "green") == "green"


def test_multi_selects_have_one_value_per_option_in_the_pims_order() -> None:
    result = made(attribute("a", "multiselect"), ["c", "X", "A"], **selects("a", "b", "c"))
    assert result.text("akeneo_a") == ["c", "a"]
    assert result.reasons == [("unknown_option", "a")]


@pytest.mark.parametrize("kind", ["multiselect", "pim_catalog_asset_collection", "akeneo_reference_entity_collection"])
def test_of_more_than_200_values_200_are_kept(kind: str) -> None:
    codes = [f"o{number}" for number in range(201)]
    result = made(attribute("a", kind), codes, **selects(*codes))
    assert result.text("akeneo_a") == codes[:200]
    assert result.reasons == [("too_many_values", "a")]
    assert made(attribute("a", kind), codes[:200], **selects(*codes)).issues == []


METRIC = attribute("a", "metric", metric_family="Weight")
UNITS = {"pim": {"measurement_families": {"Weight": MeasurementFamily("Weight", "GRAM", {"GRAM": (), "KILOGRAM": ()})}}}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"amount": "533.0000", "unit": "GRAM"}, "533 GRAM"),
        ({"amount": 2, "unit": "kilogram", "symbol": "kg"}, "2 KILOGRAM"),
        ({"amount": "1.5E+3", "unit": "POUND"}, "1500 POUND"),
    ],
)
def test_a_metric_is_canonical_amount_and_unit(data: Any, text: str) -> None:
    assert written(METRIC, data, **UNITS) == text


def test_a_metric_without_amount_is_no_value() -> None:
    result = made(METRIC, {"amount": None, "unit": "GRAM"})
    assert (result.custom(), result.issues) == ([], [])


def test_a_metric_that_is_no_number_is_rejected() -> None:
    assert made(METRIC, {"amount": "heavy", "unit": "GRAM"}).reasons == [("not_a_number", "a")]


def test_a_split_metric_is_two_attributes_sorted_by_their_ids() -> None:
    result = mapped(
        product(a={"amount": "5.0", "unit": "GRAM"}, a_b="between"),
        structure(METRIC, attribute("a_b")),
        settings(attributes={"measurements": "split"}),
    )
    assert result.custom() == [("akeneo_a", "", "5"), ("akeneo_aB", "", "between"), ("akeneo_aUnit", "", "GRAM")]


PRICE = attribute("a", "pim_catalog_price_collection")


def test_prices_are_written_as_sent_when_asked_for() -> None:
    data = [
        {"amount": "9.50", "currency": "EUR"},
        {"amount": None, "currency": "USD"},
        {"amount": 8, "currency": "CHF"},
    ]
    assert written(PRICE, data, prices="attribute") == ["9.50 EUR", "8 CHF"]
    assert made(PRICE, data).custom() == []


def test_an_image_is_its_path_in_the_catalogue() -> None:
    assert written(attribute("a", "image"), "0/1/ä b/x.jpg") == "akeneo/0/1/__b/x.jpg"


def test_a_file_is_the_pims_path() -> None:
    assert written(attribute("a", "file"), "0/1/ä b.pdf") == "0/1/ä b.pdf"


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("pim_catalog_asset_collection", ["b", "a"], ["b", "a"]),
        ("akeneo_reference_entity", "starck", "starck"),
        ("akeneo_reference_entity_collection", ["y", "x"], ["y", "x"]),
        ("pim_reference_data_simpleselect", "z", "z"),
        ("pim_reference_data_multiselect", ["z", "y"], ["z", "y"]),
    ],
)
def test_assets_and_records_are_their_codes(kind: str, data: Any, text: Any) -> None:
    assert written(attribute("a", kind), data) == text


@pytest.mark.parametrize("kind", ["table", "pim_catalog_product_link"])
def test_tables_and_unknown_types_are_compact_json_in_the_pims_order(kind: str) -> None:
    data = [{"z": 1, "a": {"amount": "2", "unit": "é"}}]
    assert written(attribute("a", kind), data) == '[{"z":1,"a":{"amount":"2","unit":"é"}}]'
    assert made(attribute("a", kind), []).custom() == []


def test_the_issue_names_product_attribute_and_locale() -> None:
    result = mapped(
        product("u7", identifier="p7", a=[value("x", "fr_FR")]),
        structure(attribute("a", "number", localizable=True)),
    )
    (issue,) = result.issues
    assert (issue.id, issue.uuid, issue.attribute, issue.locale, issue.value) == ("p7", "u7", "a", "fr_FR", "x")


def test_values_of_attributes_that_are_not_known_are_ignored() -> None:
    result = mapped(product(other="x"), structure())
    assert (result.custom(), result.issues) == ([], [])


def test_a_dictionary_of_values_is_read_whatever_else_it_holds() -> None:
    pim: Structure = structure(attribute("a"))
    entries = [{"locale": None, "scope": None, "data": "x", "linked_data": {"a": 1}, "attribute_type": "t"}]
    assert mapped(product(a=entries), pim).text("akeneo_a") == "x"


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=())),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.fixed_dictionaries({"amount": inner, "unit": inner, "currency": inner})
    ),
    max_leaves=6,
)
ALL_TYPES = sorted(KNOWN_TYPES | {"unknown_type"})
ALL_PLAIN = [attribute(f"a{index}", kind) for index, kind in enumerate(ALL_TYPES)]
ALL_LOCALIZED = [attribute(f"b{index}", kind, localizable=True) for index, kind in enumerate(ALL_TYPES)]
TARGETS = [one.id for one in SYSTEM_ATTRIBUTES.values()]


@given(data=ANYTHING, shift=st.integers(0, len(TARGETS) - 1))
def test_no_data_breaks_the_mapping_or_makes_invalid_files(
    sfcc_xsd: Callable[..., None], data: Any, shift: int
) -> None:
    pim = structure(*ALL_PLAIN, *ALL_LOCALIZED)
    turned = [*TARGETS[shift:], *TARGETS[:shift]]
    mapping = {one.code: target for one, target in zip((*ALL_PLAIN, *ALL_LOCALIZED)[::2], turned, strict=False)}
    plain: dict[str, Any] = {one.code: [value(data)] for one in ALL_PLAIN}
    localized: dict[str, Any] = {one.code: [value(data, "en_US"), value(data, "fr_FR")] for one in ALL_LOCALIZED}
    item = product(**plain, **localized)
    for attributes in ({"prices": "attribute"}, {"system_mapping": mapping, "measurements": "split"}):
        made = mapped(item, pim, settings(attributes=attributes))
        orjson.dumps([[issue.reason, issue.id, issue.value] for issue in made.issues])
        sfcc_xsd(envelope(made.record.xml))
