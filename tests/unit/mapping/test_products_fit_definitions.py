"""Whatever the product jobs write into a custom attribute is defined by the attribute job, with a type that fits it.

Structures, configurations and values are generated: every attribute type, codes that meet, options SFCC refuses.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.metadata import GroupPlan, definition_element
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.mapping.values import SELECT_TYPES, usable_options
from akeneo_sfcc.pim.model import (
    Attribute,
    AttributeGroup,
    AttributeOption,
    Family,
    FamilyVariant,
    MeasurementFamily,
    Product,
    Structure,
    VariantAttributeSet,
)
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.sfcc.metadata import MetadataFile, attribute_group
from tests.fakes.defined_attributes import definitions, fits
from tests.unit.mapping.builders import LOCALES, mapped, settings, structure

TYPES = (
    "pim_catalog_identifier", "pim_catalog_text", "pim_catalog_textarea", "pim_catalog_number", "pim_catalog_boolean",
    "pim_catalog_date", "pim_catalog_simpleselect", "pim_catalog_multiselect", "pim_catalog_metric",
    "pim_catalog_price_collection", "pim_catalog_image", "pim_catalog_file", "pim_catalog_asset_collection",
    "akeneo_reference_entity", "akeneo_reference_entity_collection", "pim_reference_data_simpleselect",
    "pim_reference_data_multiselect", "pim_catalog_table", "acme_star_rating",
)  # fmt: skip
AXIS_TYPES = ("pim_catalog_simpleselect", "pim_catalog_metric", "pim_catalog_boolean", "akeneo_reference_entity")

# Few letters, so that codes meet: a_b and aB, ab and AB, assets_data and our own attribute, weight and weight_unit.
CODES = st.one_of(
    st.text("aAbB_1", min_size=1, max_size=5),
    st.sampled_from(["assets_data", "assetsData", "Assets_Data", "a_unit", "aUnit", "b_unit", "akeneo_a"]),
)
WORDS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=8),
    st.text("aB1 _-\t\n\x00\x0b\ufffe\u00a0😀<&", max_size=6),
    st.sampled_from(["", " ", "x" * 4000, "x" * 4001, "😀" * 2001, "red", "Red", "RED"]),
)
LABELS = st.dictionaries(st.sampled_from((*LOCALES, "it_IT")), WORDS, max_size=3)
NUMBERS = st.one_of(
    st.integers(-(2**33), 2**33),
    st.decimals(-(10**12), 10**12, places=4).map(str),
    st.sampled_from(["1e3", "-0", "007", "2147483648", "-2147483649", "12.0000", "", "abc", "NaN", True]),
)
ANYTHING = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS, st.lists(WORDS, max_size=3))
MANY = st.lists(WORDS, max_size=3).map(lambda words: [*words, *(f"code_{number}" for number in range(201))])


@st.composite
def attributes(draw: st.DrawFn) -> tuple[Attribute, ...]:
    codes = draw(st.lists(CODES, min_size=1, max_size=8, unique_by=str.lower))
    return tuple(
        Attribute(
            code,
            draw(st.one_of(st.sampled_from(TYPES), st.sampled_from(sorted(SELECT_TYPES)))),
            group=draw(st.sampled_from(["g", "G", "other", "gone"])),
            labels=draw(LABELS),
            localizable=draw(st.booleans()),
            scopable=draw(st.booleans()),
            available_locales=draw(st.sampled_from([(), (), ("fr_FR",), ("it_IT",)])),
            decimals_allowed=draw(st.sampled_from([None, True, False])),
            number_min=draw(st.sampled_from([None, "0", "-3000000000"])),
            number_max=draw(st.sampled_from([None, "40", "3000000000"])),
            wysiwyg_enabled=draw(st.booleans()),
            metric_family="Weight",
        )
        for code in codes
        if code != "sku"
    )


@st.composite
def catalogues(draw: st.DrawFn) -> Structure:
    found = draw(attributes())
    options = {
        one.code: tuple(
            AttributeOption(code, draw(st.integers(0, 2)), draw(LABELS))
            for code in draw(st.lists(WORDS, max_size=4, unique_by=str.lower))
        )
        for one in found
        if one.type in SELECT_TYPES
    }
    many = next((one.code for one in found if one.type == "pim_catalog_multiselect"), None)
    if many is not None and draw(st.booleans()):
        options[many] += tuple(AttributeOption(f"code_{number}") for number in range(250))
    axes = tuple(one.code for one in found if one.type in AXIS_TYPES and not one.localizable)[:2]
    sets = (VariantAttributeSet(1, axes, axes),) if axes != () and draw(st.booleans()) else ()
    made = structure(
        *found,
        options=options,
        attribute_groups={code: AttributeGroup(code, labels=draw(LABELS)) for code in ("g", "other")},
        families={"camera": Family("camera", attributes=("sku", *(one.code for one in found)))},
        family_variants={"by_axis": FamilyVariant("by_axis", "camera", sets)} if sets else {},
        measurement_families={
            "Weight": MeasurementFamily("Weight", "GRAM", {"GRAM": (), "KILOGRAM": (("mul", "1000"),)})
        },
    )
    return made


@st.composite
def configurations(draw: st.DrawFn, pim: Structure) -> Settings:
    codes = st.sampled_from(sorted({*pim.attributes} - {"sku"}) or ["sku"])
    excluded = draw(st.lists(codes, max_size=1))
    mapped_one = draw(st.lists(codes, max_size=1))
    return settings(
        attributes={
            "prefix": draw(st.sampled_from(["akeneo_", "", "pim_"])),
            "id_style": draw(st.sampled_from(["camel", "raw"])),
            "groups": draw(st.sampled_from(["single", "pim"])),
            "measurements": draw(st.sampled_from(["text", "split"])),
            "prices": draw(st.sampled_from(["pricebook", "attribute"])),
            "exclude": excluded,
            "custom_mapping": dict.fromkeys(mapped_one, "of_the_shop"),
        },
        products={"clear_empty": draw(st.sampled_from(["none", "family"])), "id": "uuid"},
        locales={"default": draw(st.sampled_from(["first", None, "fr_FR"]))},
    )


def data_of(attribute: Attribute, pim: Structure) -> st.SearchStrategy[Any]:
    known = st.sampled_from([one.code for one in pim.options.get(attribute.code, ())] or ["none"])
    one_code = st.one_of(known, known.map(str.upper), ANYTHING)
    amounts = st.fixed_dictionaries({"amount": NUMBERS, "unit": st.sampled_from(["GRAM", "gram", "STONE", "", None])})
    prices = st.fixed_dictionaries({"amount": NUMBERS, "currency": st.sampled_from(["EUR", "USD"])})
    usual: dict[str, st.SearchStrategy[Any]] = {
        "pim_catalog_number": NUMBERS,
        "pim_catalog_boolean": st.one_of(st.booleans(), st.sampled_from(["true", "0", "yes"])),
        "pim_catalog_date": st.one_of(
            st.dates().map(str), st.sampled_from(["2026-02-30", "2026-01-05T00:00:00+00:00", "today"])
        ),
        "pim_catalog_simpleselect": one_code,
        "pim_catalog_multiselect": st.one_of(st.lists(one_code, max_size=4), MANY),
        "pim_catalog_metric": amounts,
        "pim_catalog_price_collection": st.lists(prices, max_size=3),
        "pim_catalog_asset_collection": MANY,
        "akeneo_reference_entity_collection": st.lists(WORDS, max_size=4),
        "pim_reference_data_multiselect": st.lists(WORDS, max_size=4),
        "pim_catalog_table": st.lists(st.dictionaries(WORDS, WORDS, max_size=2), max_size=2),
    }
    return st.one_of(usual.get(attribute.type, WORDS), usual.get(attribute.type, WORDS), ANYTHING)


@st.composite
def products(draw: st.DrawFn, pim: Structure) -> Product:
    values: dict[str, list[dict[str, Any]]] = {"sku": [{"locale": None, "scope": None, "data": "p1"}]}
    for attribute in pim.attributes.values():
        if attribute.code == "sku" or not draw(st.integers(0, 4)):
            continue
        locales: tuple[str | None, ...] = LOCALES if attribute.localizable else (None,)
        scope = pim.channel.code if attribute.scopable else None
        values[attribute.code] = [
            {"locale": locale, "scope": scope, "data": draw(data_of(attribute, pim))} for locale in locales
        ]
    return Product("u1", "p1", True, "camera", None, (), values, {})


def metadata(config: Settings, pim: Structure) -> tuple[bytes, list[Issue]]:
    """The metadata file as the attribute job writes it: it knows which selects are empty, and reads options in turn."""
    empty = {code: () for code, found in pim.options.items() if not list(usable_options(found))}
    known = replace(pim, options=empty)
    locales = LocalePlan(config, known)
    issues: list[Issue] = []
    groups = GroupPlan(config, known, locales, issues.append)
    target = io.BytesIO()
    with MetadataFile(target) as file:
        plan = AttributePlan(config, known, locales)
        for definition in plan.definitions(lambda code: pim.options[code], issues.append):
            file.write_definition(definition_element(definition))
            groups.add(definition)
        for group in groups.groups():
            file.write_group(attribute_group(group))
    return target.getvalue(), issues


@given(data=st.data())
@hypothesis_settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_every_value_written_has_a_definition_it_fits(data: st.DataObject) -> None:
    pim = data.draw(catalogues())
    config = data.draw(configurations(pim))
    plan = AttributePlan(config, pim)
    assume(not plan.errors)  # such a configuration is refused before anything is read
    known = definitions(metadata(config, pim)[0])
    own = set(plan.custom_targets.values())
    for attribute_id, lang, value in mapped(data.draw(products(pim)), pim, config).custom():
        if attribute_id in own or attribute_id.removesuffix("Unit") in own:
            continue
        assert attribute_id in known, f"{attribute_id} is written but not defined"
        assert fits(known[attribute_id], value), f"{attribute_id}: {value!r} is no {known[attribute_id]}"
        assert known[attribute_id].localizable == bool(lang), f"{attribute_id} in language {lang!r}"


@given(data=st.data())
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_every_axis_is_defined_and_ids_are_given_once(data: st.DataObject) -> None:
    pim = data.draw(catalogues())
    config = data.draw(configurations(pim))
    plan = AttributePlan(config, pim)
    assume(not plan.errors)
    body, _ = metadata(config, pim)
    known = definitions(body)
    assert {plan.id_of(axis) for axis in plan.axes} <= {*known, *plan.custom_targets.values()}
    assert body.count(b"<attribute-definition ") == len(known)
    assert "akeneo_assetsData" in known


@given(data=st.data())
@hypothesis_settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
def test_the_file_is_valid_whatever_options_and_labels_hold(data: st.DataObject, sfcc_xsd: Callable[..., None]) -> None:
    pim = data.draw(catalogues())
    config = data.draw(configurations(pim))
    assume(not AttributePlan(config, pim).errors)
    body, issues = metadata(config, pim)
    sfcc_xsd(body, "metadata")
    refused = {(issue.attribute, issue.id) for issue in issues if issue.kind == "option" and issue.severity == "reject"}
    kept = {code: {option.code for option in usable_options(found)} for code, found in pim.options.items()}
    assert not [one for one in refused if one[1] in kept[one[0] or ""]]
