"""The configuration: what is accepted, in which forms, and what is said about the rest."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.settings import Settings

MINIMAL = {
    "pim": {"base_url": "https://pim.example", "channel": "ecommerce"},
    "master_catalogs": [{"id": "master"}],
}


def document(**changes):
    """Return the minimal document with settings changed: pim__page_size=5, master_catalogs=[…]."""
    made = copy.deepcopy(MINIMAL)
    for path, value in changes.items():
        *sections, key = path.split("__")
        target = made
        for section in sections:
            target = target.setdefault(section, {})
        target[key] = value
    return made


def problems(made) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        Settings.parse(made)
    return caught.value.problems


def refused(made) -> tuple[str, ...]:
    """Return what is said against a document, nothing when it is accepted."""
    try:
        Settings.parse(made)
    except ConfigurationError as error:
        return error.problems
    return ()


def problem(**changes) -> str:
    (only,) = problems(document(**changes))
    return only


def test_a_minimal_document_has_the_documented_defaults():
    settings = Settings.parse(MINIMAL)
    assert settings.pim.max_concurrency == 4
    assert settings.pim.page_size == 100
    assert settings.locales.default == "first"
    assert settings.attributes.prefix == "akeneo_"
    assert settings.products.id == "identifier"
    assert settings.models.modelisation == "master-variation"
    assert settings.images.media == "media_file"
    assert settings.images.view_types == ("large",)
    assert settings.pricebooks.id == "akeneo-{currency}"
    assert settings.delivery.mode == "none"
    assert settings.storefront_catalogs == ()


def test_parsing_leaves_the_document_alone():
    made = document(pim__page_size="x", attributes__system_mapping={"matching": {"a": "name"}})
    before = copy.deepcopy(made)
    problems(made)
    assert made == before


def test_settings_cannot_be_changed():
    settings = Settings.parse(MINIMAL)
    with pytest.raises(ValidationError):
        settings.pim.channel = "other"


def test_keywords_of_python_have_names_of_their_own():
    settings = Settings.parse(
        document(models__import="master-group-variation", images__import="both", storefront_catalogs=[{"id": "s"}])
    )
    assert settings.models.modelisation == "master-group-variation"
    assert settings.images.media == "both"
    assert settings.catalogs() == ("master", "s")


def test_all_problems_are_named_at_once():
    made = document(
        pim__channel=7,
        pim__page_size=0,
        pim__locales=["fr_FR", "zh_Hans_CN"],
        attributes__measurements="number",
        master_catalogs=[{"id": " a"}],
        storefront_catalogs=[{"id": "s"}, {"id": "s"}],
        images__import="media_link",
        delivery__mode="impex",
        colour="red",
    )
    assert set(problems(made)) == {
        "pim.channel: is not a text: value 7; allowed: a code without white space around it",
        "pim.page_size: is out of range: value 0; allowed: a whole number from 1 to 100",
        'attributes.measurements: is not a choice: value "number"; allowed: text or split',
        "master_catalogs[0].id: has white space around it: value \" a\"; allowed: 1 to 256 characters without '/',"
        " '\\' and white space around them",
        'colour: is not a setting: value "red"; allowed: associations, attributes, deletions, delivery, images, '
        "locales, master_catalogs, models, pim, pricebooks, products, storefront_catalogs",
        'storefront_catalogs[1].id: is there already: value "s"; allowed: each catalogue once',
        "images.external_location: is needed for images.import media_link: value null; allowed: the catalogue's "
        "own address",
        "delivery.host: is needed for delivery.mode impex: value null; allowed: the instance's host name",
        'locales.map.zh_Hans_CN: derives a locale SFCC does not take: value "zh-Hans-CN"; allowed: x-default, '
        "xx or xx-YY, such as fr-FR",
    }


def test_an_empty_document_misses_what_is_required():
    assert problems({}) == (
        "pim: is missing; allowed: an object with at least base_url and channel",
        "master_catalogs: is missing; allowed: a list with at least one catalogue",
    )


@pytest.mark.parametrize("made", [None, [], "text", 5], ids=repr)
def test_a_document_that_is_no_object_is_refused(made):
    (only,) = problems(made)
    assert only.startswith("configuration: is not an object")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pim__chanel": "x"}, "pim.chanel: is not a setting, did you mean channel?"),
        ({"attribute": {}}, "attribute: is not a setting, did you mean attributes?"),
        ({"models__modelisation": "x"}, "models.modelisation: is not a setting"),
        (
            {"master_catalogs": [{"id": "m", "category_tree": None}]},
            "master_catalogs[0].category_tree: is not a setting, did you mean category_trees?",
        ),
        (
            {"associations__bundle": {"family": "f", "association_type": "t", "famly": 1}},
            "associations.bundle.famly: is not a setting, did you mean family?",
        ),
        (
            {"pim__product_filter": {"serch": {}}},
            "pim.product_filter.serch: is not a setting, did you mean search?",
        ),
    ],
)
def test_an_unknown_key_is_refused_with_the_one_that_was_meant(changes, message):
    assert problem(**changes).startswith(message)


def test_the_value_of_a_secret_is_not_repeated():
    for found in (
        problem(pim__client_secret="s3cret"),
        problem(pim__password="s3cret"),
        problem(pim__base_url="https://me:s3cret@pim.example"),
        problem(pim__base_url="ftp://me:s3cret@pim.example"),
    ):
        assert "s3cret" not in found
    assert "Secrets Manager" in problem(delivery__client_secret="s3cret")


def test_a_long_value_is_cut():
    found = problem(attributes__groups="x" * 500)
    assert 'value "' + "x" * 78 + "…; allowed" in found


def test_half_a_character_can_be_printed():
    assert problem(pim__channel="a\ud800").encode()


@pytest.mark.parametrize(
    "address",
    [
        "https://pim.example",
        "https://pim.example/",
        "https://pim.example:8443/akeneo/",
        "http://127.0.0.1:8000",
        "http://localhost:8000/",
        "http://[::1]:8000",
        "http://pim.localhost",
    ],
)
def test_an_address_loses_its_trailing_slash(address):
    assert Settings.parse(document(pim__base_url=address)).pim.base_url == address.rstrip("/")


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("http://pim.example", "would send credentials unencrypted"),
        ("http://128.0.0.1", "would send credentials unencrypted"),
        ("http://localhost.example", "would send credentials unencrypted"),
        ("pim.example", "is not an http or https address"),
        ("ftp://pim.example", "is not an http or https address"),
        ("https://", "is not an http or https address"),
        ("https://pim.example?x=1", "has a query or fragment"),
        ("https://pim.example#x", "has a query or fragment"),
        ("https://pim example", "has white space in it"),
        (" https://pim.example", "has white space in it"),
        ("https://pim.example:port", "is not an address"),
        ("https://[::1", "is not an address"),
        ("", "is not an http or https address"),
        (None, "is not a text"),
    ],
)
def test_an_address_that_does_not_fit_is_refused(address, what):
    assert problem(pim__base_url=address).startswith(f"pim.base_url: {what}: value ")


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("pim__channel", ["ecommerce"], ["", " ", " a", "a ", None, 5, "a\nb", "x" * 257]),
        ("pim__locales", [None, ["en_US"]], [[], ["en_US", "en_US"], "en_US", [""], [5], {}]),
        ("pim__max_concurrency", [1, 4], [0, 5, "4", 4.0, True, None]),
        ("pim__page_size", [1, 100], [0, 101, "100", 1.5, False]),
        ("pim__time_zone", ["UTC", "Europe/Paris"], ["Europe", "Mars/Base", "", "../../etc/passwd", None, "a\x00"]),
        ("pim__overlap_minutes", [0, 10], [-1, "10", 10_081]),
        ("locales__default", ["first", None, "en_US"], ["", 5]),
        ("locales__map", [{"en_US": "x-default"}, {"fr_FR": "fr"}], [{"en_US": "en_US"}, {"en_US": 1}, [], {"": "fr"}]),
        ("locales__site", [None, ["fr-FR", "x-default"]], [[], ["fr_FR"], ["fr", "fr"]]),
        ("attributes__prefix", ["", "pim_", "_"], ["1a", "a b", "é", None, "x" * 65]),
        ("attributes__id_style", ["camel", "raw"], ["Camel", None]),
        ("attributes__groups", ["single", "pim"], ["both"]),
        ("attributes__measurements", ["text", "split"], ["number"]),
        ("attributes__prices", ["pricebook", "attribute"], ["none"]),
        ("attributes__exclude", [[], ["a", "b"]], ["a", ["a", "a"], [None]]),
        (
            "products__id",
            ["identifier", "uuid", "attribute:ean"],
            ["sku", "attribute", "attribute:", "attribute: a", 5],
        ),
        ("products__online", ["status", "always", "never", "attribute:x"], ["true", True, "attribute:", "status:x"]),
        ("products__clear_empty", ["state", "family", "none"], [True]),
        ("products__max_reject_ratio", [0, 1, 0.5], [-0.1, 1.1, "0.5", True, None]),
        ("models__import", ["master-variation", "master-group-variation"], ["variation"]),
        (
            "master_catalogs",
            [[{"id": "x" * 256}], [{"id": "a b"}]],
            [[], [{}], [{"id": ""}], [{"id": "x" * 257}], [{"id": "a/b"}], [{"id": ".."}], {}, [5], None],
        ),
        ("associations__target", ["recommendations", "links"], ["both"]),
        ("associations__recommendation_types", [{"X": 1}], [{"X": 0}, {"X": "1"}, {"X": True}, {"X": 1.5}, ["X"]]),
        ("associations__link_types", [{"X": "cross-sell", "Y": "alt-orderunit"}], [{"X": "crosssell"}, {"X": 1}]),
        ("associations__product_set", [None, {"family": "f", "association_type": "t"}], [{"family": "f"}, "f"]),
        ("images__source", ["images", "assets", "both", "none"], ["all"]),
        ("images__view_types", [["large", "small"]], [[], ["a", "a"], "large", [" a"]]),
        ("images__base_path", ["akeneo", "a/b.c"], ["", "/a", "a/", "../a", "a/./b", "a b", None]),
        ("images__catalog_base_path", ["", "images"], ["/", "a//b", None]),
        ("images__external_location", [None, "https://cdn.example/x"], ["cdn", ""]),
        (
            "pricebooks__id",
            ["akeneo-{currency}", "{currency}"],
            ["akeneo", "{currency}{currency}", "{cur}{currency}", ""],
        ),
        ("deletions__products", ["offline", "delete", "ignore"], ["report"]),
        ("deletions__categories", ["ignore", "delete"], ["offline"]),
        ("deletions__attributes", ["ignore", "report"], ["delete"]),
        ("deletions__max_ratio", [0, 1], [2]),
        (
            "delivery__host",
            [None, "zzxy-001.dx.example", "127.0.0.1:8443", "https://sfcc.example", "http://127.0.0.1:1"],
            ["http://sfcc.example", "a/b", "", "host:port"],
        ),
        ("delivery__ocapi_version", ["v25_6"], ["25.6", "v25"]),
        ("delivery__sites", [[], ["RefArch"]], ["RefArch", ["a", "a"]]),
        ("delivery__impex_folder", ["akeneo"], ["", "../src", "/a"]),
        ("delivery__keep_archives", [True, False], ["yes", 1, None]),
        ("delivery__reindex", [True, False], [0]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_setting_takes_what_is_allowed_and_nothing_else(path, good, bad):
    for value in good:
        Settings.parse(document(**{path: value}))
    place = path.replace("__", ".")
    for value in bad:
        found = problems(document(**{path: value}))
        assert len(found) == 1, (value, found)
        assert found[0].startswith(place), (value, found)
        assert "; allowed: " in found[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pim__product_filter": {"scope": "print"}}, 'pim.product_filter.scope: is not the channel: value "print"'),
        ({"pim__product_model_filter": {"scope": "x"}}, "pim.product_model_filter.scope: is not the channel"),
        ({"locales__map": {"fr_FR": "fr", "fr_BE": "fr"}}, "locales.map.fr_BE: has the same target as fr_FR"),
        (
            {"pim__locales": ["fr_FR", "fr_BE"], "locales__map": {"fr_BE": "fr-FR"}},
            "locales.map.fr_BE: has the same target as fr_FR",
        ),
        ({"pim__locales": ["fr_FR"], "locales__site": ["en-US"]}, "locales.map.fr_FR: leads outside locales.site"),
        ({"pim__locales": ["fr_FR"], "locales__default": "en_US"}, "locales.default: is not in pim.locales"),
        (
            {"locales__default": "en_US", "locales__map": {"fr_FR": "x-default"}},
            "locales.default: contradicts locales.map, where fr_FR is x-default",
        ),
        (
            {"attributes__system_mapping": {"Name": "name"}, "attributes__custom_mapping": {"name": "x"}},
            "attributes.custom_mapping.name: is mapped to name in system_mapping too",
        ),
        (
            {"attributes__system_mapping": {"Name": "name", "name": "brand"}},
            "attributes.system_mapping: names Name and name, which are one code to the PIM",
        ),
        (
            {"attributes__system_mapping": {"on": "onlineFlag"}, "products__online": "never"},
            "products.online: contradicts attributes.system_mapping, where on is onlineFlag",
        ),
        ({"master_catalogs": [{"id": "a"}, {"id": "a"}]}, "master_catalogs[1].id: is there already"),
        (
            {"master_catalogs": [{"id": "a", "default": True}, {"id": "b", "default": True}]},
            "master_catalogs: has several defaults",
        ),
        (
            {
                "associations__product_set": {"family": "F", "association_type": "a"},
                "associations__bundle": {"family": "f", "association_type": "b"},
            },
            "associations.bundle.family: is the family of product_set",
        ),
        ({"images__import": "media_link"}, "images.external_location: is needed for images.import media_link"),
        ({"delivery__mode": "site_archive"}, "delivery.host: is needed for delivery.mode site_archive"),
        ({"delivery__short_code": "kv7kzm78"}, "delivery.tenant_id: is missing beside the other"),
        ({"delivery__tenant_id": "zzxy_prd"}, "delivery.short_code: is missing beside the other"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(changes, message):
    assert problem(**changes).startswith(message)


@pytest.mark.parametrize(
    "changes",
    [
        {"pim__product_filter": {"scope": "ecommerce"}},
        {
            "pim__locales": ["en_US", "fr_FR"],
            "locales__site": ["fr-FR"],
            "locales__map": {"en_US": "x-default"},
        },
        {"locales__default": "en_US", "locales__map": {"en_US": "x-default"}},
        {"attributes__system_mapping": {"akeneo_isOn": "onlineflag"}, "products__online": "attribute:is_on"},
        {"attributes__system_mapping": {"a": "name", "b": "name"}},
        {"attributes__custom_mapping": {"a": "size", "b": "size"}},
        {"delivery__mode": "impex", "delivery__host": "sfcc.example"},
        {"images__import": "media_link", "images__external_location": "https://cdn.example/"},
        {"storefront_catalogs": [{"id": "master"}]},
    ],
)
def test_settings_that_agree_are_accepted(changes):
    Settings.parse(document(**changes))


def test_a_rule_is_silent_when_a_setting_it_reads_is_wrong():
    assert len(problems(document(delivery__mode="ftp", delivery__host=None))) == 1
    assert len(problems(document(pim__channel=5, pim__product_filter={"scope": "x"}))) == 1
    # Without its mapping, which is wrong below or above the setting the rule reads, this locale has no target.
    assert len(problems(document(pim__locales=["zh_Hans_CN"], locales__map={"zh_Hans_CN": "zh_CN"}))) == 1
    assert len(problems(document(pim__locales=["zh_Hans_CN"], locales=5))) == 1


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
