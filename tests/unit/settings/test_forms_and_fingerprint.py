"""The configuration's own languages: mappings, filters, the cartridge's forms, and the fingerprint."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akeneo_sfcc.settings import Settings
from tests.unit.settings.documents import MINIMAL, document, problem, refused


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [("NAME", "name"), ("pageUrl", "pageURL"), ("ean", "EAN"), ("storetaxclass", "storeTaxClass")],
)
def test_system_attributes_are_known_in_any_case(spelling, canonical):
    settings = Settings.parse(document(attributes__system_mapping={"x": spelling}))
    assert settings.attributes.system_mapping == {"x": canonical}


@pytest.mark.parametrize(
    "target", ["ID", "uuid", "lastModified", "creationDate", "available", "image", "thumbnail", "c_x"]
)
def test_other_system_attributes_are_refused(target):
    found = problem(attributes__system_mapping={"x": target})
    assert found.startswith("attributes.system_mapping.x: is not a system attribute that can be written")
    assert "EAN, UPC, unit" in found


@pytest.mark.parametrize(
    ("path", "mapping"),
    [
        ("attributes__system_mapping", {"akeneo_name": "name", "akeneo_ean": "EAN"}),
        ("attributes__custom_mapping", {"akeneo_size": "size", "akeneo_axisVar": "size"}),
        ("associations__recommendation_types", {"X_SELL": 1, "UPSELL": 2}),
        ("associations__link_types", {"X_SELL": "cross-sell", "UPSELL": "up-sell"}),
    ],
)
def test_the_cartridges_mappings_are_accepted(path, mapping):
    section, key = path.split("__")
    for form in (mapping, {"matching": mapping}, json.dumps({"matching": mapping}), json.dumps(mapping)):
        settings = Settings.parse(document(**{path: form}))
        assert getattr(getattr(settings, section), key) == mapping
    assert getattr(getattr(Settings.parse(document(**{path: "{ }"})), section), key) == {}


def test_an_attribute_may_be_called_matching():
    settings = Settings.parse(document(attributes__system_mapping={"matching": "name"}))
    assert settings.attributes.system_mapping == {"matching": "name"}


def test_the_cartridges_view_types_are_accepted():
    for form in ({"view-types": ["large", "small"]}, '{"view-types": ["large", "small"]}'):
        assert Settings.parse(document(images__view_types=form)).images.view_types == ("large", "small")


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), st.just("size"), max_size=8))
def test_mappings_keep_the_documents_order(mapping):
    settings = Settings.parse(document(attributes__custom_mapping={"matching": mapping}))
    assert list(settings.attributes.custom_mapping) == list(mapping)


FILTER = {
    "search": {
        "family": [{"operator": "IN", "value": ["led_tvs"]}],
        "completeness": [{"operator": ">", "value": 99, "locales": ["en_US"], "scope": "ecommerce"}],
    },
    "attributes": ["name"],
    "locales": ["en_US"],
    "scope": "ecommerce",
}


@pytest.mark.parametrize("form", [FILTER, json.dumps(FILTER)], ids=["object", "text"])
def test_a_filter_is_an_object_or_its_text(form):
    found = Settings.parse(document(pim__product_filter=form)).pim.product_filter
    assert found.search["family"] == ({"operator": "IN", "value": ["led_tvs"]},)
    assert (found.attributes, found.locales, found.scope) == (("name",), ("en_US",), "ecommerce")


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (
            "{bad",
            "pim.product_filter: is not valid JSON: Expecting property name enclosed in double quotes at line 1",
        ),
        ("", "pim.product_filter: is not valid JSON"),
        ('{"search": {}, "search": {}}', "pim.product_filter: has the key search more than once"),
        ("[]", "pim.product_filter: is not an object"),
        (None, "pim.product_filter: is not an object"),
        ({"search": []}, "pim.product_filter.search: is not an object"),
        ({"search": "{"}, "pim.product_filter.search: is not valid JSON"),
        ({"search": {"family": {}}}, "pim.product_filter.search.family: is not a list"),
        ({"search": {"family": []}}, "pim.product_filter.search.family: is an empty list"),
        ({"search": {"family": ["x"]}}, "pim.product_filter.search.family[0]: is not an object"),
        ({"search": {"family": [{"value": 1}]}}, "pim.product_filter.search.family[0]: has no operator"),
        ({"attributes": "name"}, "pim.product_filter.attributes: is not a list"),
        ({"attributes": []}, "pim.product_filter.attributes: is an empty list"),
    ],
)
def test_a_filter_that_does_not_fit_is_refused(form, message):
    assert problem(pim__product_filter=form).startswith(message)


def fingerprint(**changes) -> str:
    return Settings.parse(document(**changes)).fingerprint()


def test_the_fingerprint_is_the_same_for_the_same_settings():
    assert fingerprint() == fingerprint(pim__page_size=100, attributes__exclude=[])
    assert fingerprint() == Settings.parse(json.loads(json.dumps(MINIMAL))).fingerprint()
    one, two = {"a": [{"operator": "EMPTY"}]}, {"b": [{"operator": "EMPTY"}]}
    assert fingerprint(pim__product_filter={"search": one | two}) == fingerprint(
        pim__product_filter={"search": two | one}
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"pim__base_url": "https://other.example"},
        {"pim__max_concurrency": 1},
        {"pim__page_size": 7},
        {"pim__time_zone": "Europe/Paris"},
        {"pim__overlap_minutes": 5},
        {"attributes__allow_type_change": ["a"]},
        {"products__max_reject_ratio": 1},
        {"deletions__max_ratio": 1},
        {"delivery__mode": "impex", "delivery__host": "h"},
    ],
    ids=str,
)
def test_the_fingerprint_leaves_out_what_does_not_decide_the_output(changes):
    assert fingerprint(**changes) == fingerprint()


@pytest.mark.parametrize(
    "changes",
    [
        {"pim__channel": "print"},
        {"pim__locales": ["en_US"]},
        {"pim__product_filter": {"search": {"enabled": [{"operator": "=", "value": True}]}}},
        {"locales__default": None},
        {"attributes__prefix": ""},
        {"attributes__exclude": ["a"]},
        {"products__id": "uuid"},
        {"models__import": "master-group-variation"},
        {"master_catalogs": [{"id": "other"}]},
        {"storefront_catalogs": [{"id": "s"}]},
        {"associations__target": "links"},
        {"images__source": "none"},
        {"pricebooks__attribute": "price"},
        {"deletions__products": "delete"},
    ],
    ids=str,
)
def test_the_fingerprint_changes_with_what_decides_the_output(changes):
    assert fingerprint(**changes) != fingerprint()


def test_the_order_of_a_mapping_is_part_of_the_fingerprint():
    one, two = {"a": "name"}, {"b": "name"}
    assert fingerprint(attributes__system_mapping=one | two) != fingerprint(attributes__system_mapping=two | one)


def test_attributes_behind_id_and_online_are_found():
    settings = Settings.parse(document(products__id="attribute:ean", products__online="attribute:is_on"))
    assert (settings.products.id_attribute, settings.products.online_attribute) == ("ean", "is_on")
    plain = Settings.parse(MINIMAL)
    assert (plain.products.id_attribute, plain.products.online_attribute) == (None, None)


def test_a_locale_has_its_mapped_or_derived_target():
    locales = Settings.parse(document(locales__map={"en_US": "x-default"})).locales
    assert [locales.target(code) for code in ("en_US", "fr_FR", "de")] == ["x-default", "fr-FR", "de"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
SECTIONS = tuple(Settings.model_fields)


@given(st.dictionaries(st.sampled_from(SECTIONS), json_values, max_size=6))
def test_any_document_is_accepted_or_refused_in_words(made):
    assert all("allowed: " in found for found in refused(made))


KEYS = [
    (name, key)
    for name in SECTIONS
    for key in json.loads(
        Settings.parse({**MINIMAL, "storefront_catalogs": [{"id": "s"}]}).model_dump_json(by_alias=True)
    ).get(name, {})
    if isinstance(key, str)
]


@given(st.dictionaries(st.sampled_from(KEYS), json_values, max_size=8))
def test_any_value_of_any_setting_is_accepted_or_refused_in_words(values):
    made = copy.deepcopy(MINIMAL)
    for (section, key), value in values.items():
        made.setdefault(section, {})[key] = value
    assert all("allowed: " in found for found in refused(made))
