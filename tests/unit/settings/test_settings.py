"""The configuration: what is accepted, in which forms, and what is said about the rest."""

from __future__ import annotations

import copy

import pytest
from pydantic import ValidationError

from akeneo_sfcc.settings import Settings
from tests.unit.settings.documents import MINIMAL, document, problem, problems


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
        (
            "locales__site",
            [None, ["fr-FR", "x-default"], ["fr_FR", "default"]],
            [[], ["french"], ["fr", "fr"], ["fr_FR", "fr-FR"]],
        ),
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
