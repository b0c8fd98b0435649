"""Filters of all lists, on the demo shop."""

from datetime import UTC, datetime

import orjson
import pytest

from local.demo_pim.criteria import read_search
from local.demo_pim.demo_catalogue import demo_store
from local.demo_pim.edits import Editor
from local.demo_pim.list_search import list_tests
from local.demo_pim.product_search import select
from local.demo_pim.replies import ApiError

NOW = datetime(2026, 7, 10, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop():
    return demo_store()


def criteria(search):
    return read_search(orjson.dumps(search).decode(), bad_json=400)


def products(shop, scope=None, **search):
    keys = select(shop, shop.products, criteria(search), scope, NOW)
    return {shop.identifier(shop.products.doc(key)) for key in keys}


def models(shop, **search):
    return {shop.models.doc(key)["code"] for key in select(shop, shop.models, criteria(search), None, NOW)}


def one(operator, value=None, **more):
    return [{"operator": operator, "value": value, **more}]


def test_enabled(shop):
    assert products(shop, enabled=one("=", False)) == {"knife-fold", "rope-60", "pebble-low-44"}
    assert products(shop, enabled=one("!=", True)) == {"knife-fold", "rope-60", "pebble-low-44"}


def test_family(shop):
    assert products(shop, family=one("IN", ["looks", "kits"])) == {"look-alpine", "kit-weekend", "kit-hiker"}
    assert products(shop, family=one("EMPTY")) == {"no-family"}
    assert "no-family" in products(shop, family=one("NOT IN", ["equipment"]))
    assert "no-family" not in products(shop, family=one("NOT EMPTY"))


def test_categories(shop):
    lighting = {"lamp-100", "lamp-400", "lantern-camp"}
    assert products(shop, categories=one("IN", ["lighting"])) == lighting
    assert lighting < products(shop, categories=one("IN CHILDREN", ["equipment"]))
    assert lighting.isdisjoint(products(shop, categories=one("NOT IN CHILDREN", ["equipment"])))
    assert lighting.isdisjoint(products(shop, categories=one("NOT IN", ["lighting"])))
    assert products(shop, categories=one("UNCLASSIFIED")) == {"no-category"}
    assert products(shop, categories=one("IN OR UNCLASSIFIED", ["lighting"])) == {*lighting, "no-category"}


def test_several_criteria_are_all_met(shop):
    search = {"categories": [*one("IN", ["camping"]), *one("IN", ["lighting"])]}
    assert products(shop, **search) == set()
    assert products(shop, categories=one("IN", ["equipment"]), enabled=one("=", False)) == {"knife-fold", "rope-60"}


def test_a_scope_keeps_to_the_channels_tree(shop):
    assert "only-print" in products(shop, scope="print")
    assert "no-category" not in products(shop, scope="ecommerce")


def test_parent(shop):
    every = products(shop, parent=one("=", "storm-shell"))
    assert every == {f"storm-shell-{color}-{size}" for color in ("moss_green", "ember_red") for size in "sml"}
    assert products(shop, parent=one("IN", ["STORM-SHELL-ember_red"])) == {name for name in every if "red" in name}
    assert products(shop, parent=one("IN", ["storm-shell"])) == set()
    assert "lamp-100" in products(shop, parent=one("EMPTY"))
    assert {"orphan-m", "orphan-l"} < products(shop, parent=one("NOT EMPTY"))
    assert models(shop, parent=one("IN", ["campfire"])) == {"campfire-hood", "campfire-plain"}
    assert "campfire" in models(shop, parent=one("EMPTY"))


def test_uuid_and_identifier(shop):
    key = shop.products.keys[4]
    identifier = shop.identifier(shop.products.doc(key))
    assert products(shop, uuid=one("IN", [key.upper()])) == {identifier}
    assert identifier not in products(shop, uuid=one("NOT IN", [key]))
    assert products(shop, identifier=one("IN", ["LAMP-100", "nothing"])) == {"lamp-100"}
    assert products(shop, identifier=one("STARTS WITH", "LAMP")) == {"lamp-100", "lamp-400"}
    assert products(shop, sku=one("CONTAINS", "amp-4")) == {"lamp-400"}
    assert models(shop, identifier=one("IN", ["drizzle_light"])) == {"Drizzle_Light"}


def test_more_than_a_hundred_identifiers_are_400(shop):
    with pytest.raises(ApiError, match="more than 100") as error:
        products(shop, identifier=one("IN", [str(number) for number in range(101)]))
    assert error.value.status == 400


def test_values(shop):
    name = one("=", "mug enamel", locale="en_US")
    assert products(shop, name=name) == set()
    assert products(shop, name=one("CONTAINS", "MUG", locale="en_US")) == {"mug-enamel"}
    assert products(shop, name=one("STARTS WITH", "gourde", locale="fr_FR")) == {"bottle-steel"}
    assert products(shop, article_number=one(">", 98_765_432_108)) == {"big-number"}
    assert products(shop, pockets=one("<=", 0)) == {"campfire-plain-m", "campfire-plain-xl"}
    assert products(shop, hooded=one("=", True)) == {"campfire-hood-m", "campfire-hood-xl"}
    assert products(shop, volume=one("=", {"amount": 45, "unit": "LITER"})) == {"summit-pack-45"}
    assert products(shop, price=one(">", {"amount": "500", "currency": "EUR"})) == {"tent-family"}
    assert products(shop, shoe_size=one("IN", ["EU_44"])) == {"granite-mid-44", "pebble-low-44"}
    assert products(shop, materials=one("IN", ["merino"])) == {"unknown-options"}
    assert products(shop, datasheet=one("NOT EMPTY")) == {"tent-duo"}
    assert "lamp-100" in products(shop, datasheet=one("EMPTY"))
    assert "granite-mid-44" not in products(shop, datasheet=one("EMPTY"))
    assert products(shop, certifications=one("IN", ["RDS"])) == products(shop, family=one("IN", ["jackets"])) - {
        "orphan-m",
        "orphan-l",
    }


def test_dates(shop):
    early = products(shop, release_date=one("<", "2026-05-01"), family=one("IN", ["kits", "looks", "boots"]))
    late = products(shop, release_date=one(">", "2026-04-30"), family=one("IN", ["kits", "looks", "boots"]))
    assert early.isdisjoint(late)
    assert early | late == products(shop, family=one("IN", ["kits", "looks", "boots"]))


def test_updated_looks_at_a_variants_models_too():
    shop = demo_store()
    Editor(shop, lambda: NOW).edit({"op": "touch", "kind": "model", "key": "campfire"})
    hoodies = {f"campfire-{hood}-{size}" for hood in ("hood", "plain") for size in ("m", "xl")}
    found = {"campfire", "campfire-hood", "campfire-plain"}
    assert products(shop, updated=one(">", "2026-07-10 11:59:59")) == hoodies
    assert products(shop, updated=one(">", "2026-07-10 12:00:00")) == set()
    assert products(shop, updated=one("BETWEEN", ["2026-07-10 12:00:00", "2026-07-10 12:00:00"])) == hoodies
    assert products(shop, updated=one("=", "2026-07-10 12:00:00")) == hoodies
    assert products(shop, updated=one("SINCE LAST N DAYS", 1)) == hoodies
    assert hoodies.isdisjoint(products(shop, updated=one("<", "2026-07-10 12:00:00")))
    assert models(shop, updated=one(">", "2026-07-10 11:59:59")) == found
    assert products(shop, created=one(">", "2026-01-01 00:00:00")) == set()


def test_completeness_counts_the_familys_required_attributes(shop):
    complete = products(shop, completeness=one("=", 100, scope="ecommerce"))
    assert "lamp-100" in complete
    assert {"no-values", "orphan-m"}.isdisjoint(complete)
    assert "no-values" in products(shop, completeness=one("<", 30, scope="ecommerce"))
    french = one("GREATER OR EQUALS THAN ON ALL LOCALES", 100, scope="ecommerce", locales=["fr_FR", "de_DE"])
    assert products(shop, completeness=french) == complete
    assert "campfire" in models(shop, completeness=one("ALL COMPLETE", scope="ecommerce", locale="de_DE"))
    assert "no-variants" not in models(shop, completeness=one("AT LEAST COMPLETE", scope="ecommerce", locale="de_DE"))


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ({"nothing": one("=", 1)}, 'Filter on property "nothing" is not supported'),
        ({"enabled": one("LIKE", True)}, 'does not support operator "LIKE"'),
        ({"enabled": one("=", "yes")}, 'expects a boolean as data, "yes" given'),
        ({"family": one("IN", "boots")}, "expects an array"),
        ({"family": one("IN", ["none"])}, '"none" does not exist'),
        ({"categories": one("IN", ["none"])}, '"none" does not exist'),
        ({"updated": one(">", "2026-01-01T00:00:00Z")}, 'a string with the format "yyyy-mm-dd H:i:s"'),
        ({"completeness": one("=", 100)}, "expects an existing scope"),
        ({"completeness": one("=", 100, scope="print", locale="de_DE")}, "expects an existing locale"),
        ({"name": one("=", "x")}, "expects a locale, none given"),
        ({"name": one("=", "x", locale="xx_XX")}, "existing and activated locale"),
        ({"is_new": one("=", True)}, "expects a scope, none given"),
        ({"is_new": one("=", True, scope="shop")}, "expects an existing scope"),
        ({"color": one("CONTAINS", "re")}, "does not support operator"),
        ({"volume": one("=", 3)}, '"amount" and "unit"'),
        ({"enabled": {"operator": "="}}, "Structure of filter"),
        ({"enabled": [{"value": True}]}, "Operator is missing"),
    ],
)
def test_what_the_pim_does_not_know_is_422(shop, search, message):
    with pytest.raises(ApiError) as error:
        products(shop, **search)
    assert error.value.status == 422
    assert message in error.value.message


def test_models_have_no_enabled_groups_or_code_filter(shop):
    for field, value in (("enabled", True), ("groups", ["a"]), ("code", ["campfire"])):
        with pytest.raises(ApiError, match="is not supported"):
            models(shop, **{field: one("IN" if isinstance(value, list) else "=", value)})


@pytest.mark.parametrize("bad_json", [400, 422])
@pytest.mark.parametrize("text", ["{", "1", '"x"'])
def test_what_is_no_json_object_has_the_lists_own_status(text, bad_json):
    with pytest.raises(ApiError, match="valid JSON") as error:
        read_search(text, bad_json=bad_json)
    assert error.value.status == bad_json


@pytest.mark.parametrize(
    ("endpoint", "search", "expected"),
    [
        ("attributes", {"type": one("IN", ["pim_catalog_file"])}, {"datasheet"}),
        ("attributes", {"code": one("IN", ["sku", "EAN"])}, {"sku", "ean"}),
        ("attributes", {"is_main_identifier": one("=", True)}, {"sku"}),
        ("categories", {"is_root": one("=", True)}, {"master", "seasons", "print_2026", "suppliers"}),
        ("categories", {"parent": one("=", "jackets")}, {"rain_jackets", "down_jackets"}),
        ("categories", {"updated": one(">", "2026-01-15T10:00:00+01:00")}, set()),
        ("families", {"code": one("IN", ["boots"])}, {"boots"}),
        ("locales", {"enabled": one("=", True)}, {"en_US", "fr_FR", "de_DE"}),
        ("currencies", {"enabled": one("=", True)}, {"EUR", "USD"}),
    ],
)
def test_structure_lists(shop, endpoint, search, expected):
    tests = list_tests(endpoint, criteria(search))
    assert {code for code, doc in shop.docs(endpoint).items() if all(test(doc) for test in tests)} == expected


@pytest.mark.parametrize(
    ("endpoint", "search"),
    [
        ("families", {"labels": one("=", "x")}),
        ("channels", {"enabled": one("=", True)}),
        ("attributes", {"updated": one(">", "2026-01-01 00:00:00")}),
        ("attributes", {"updated": one(">", "yesterday")}),
    ],
)
def test_structure_lists_refuse_what_they_do_not_know(endpoint, search):
    with pytest.raises(ApiError) as error:
        list_tests(endpoint, criteria(search))
    assert error.value.status == 422
