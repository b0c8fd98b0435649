"""The demo shop holds what it promises, and survives being written and read."""

import zlib

import pytest

from local.demo_pim.demo_catalogue import demo_store, write_snapshot
from local.demo_pim.demo_shop import uuid_of
from local.demo_pim.snapshot import SnapshotError, load_snapshot

TYPES = {
    "pim_catalog_identifier",
    "pim_catalog_text",
    "pim_catalog_textarea",
    "pim_catalog_number",
    "pim_catalog_boolean",
    "pim_catalog_date",
    "pim_catalog_simpleselect",
    "pim_catalog_multiselect",
    "pim_catalog_metric",
    "pim_catalog_price_collection",
    "pim_catalog_image",
    "pim_catalog_file",
    "pim_catalog_asset_collection",
    "pim_catalog_table",
    "akeneo_reference_entity",
    "akeneo_reference_entity_collection",
    "pim_reference_data_simpleselect",
    "pim_reference_data_multiselect",
    "acme_catalog_star_rating",
}


@pytest.fixture(scope="module")
def shop():
    return demo_store()


def test_it_is_small_and_has_variants_on_one_and_two_levels(shop):
    assert 60 <= len(shop.products) <= 100
    assert 15 <= len(shop.models) <= 25
    levels = {len(shop.ancestors(product)) for product in shop.products.docs()}
    assert levels == {0, 1, 2}


def test_it_has_every_attribute_type_and_a_value_of_each(shop):
    attributes = shop.docs("attributes")
    used = {
        attributes[code]["type"]
        for items in (shop.products, shop.models)
        for doc in items.docs()
        for code in doc["values"]
    }
    assert {attribute["type"] for attribute in attributes.values()} == TYPES == used


def test_axes_are_of_several_types_and_one_level_has_two(shop):
    sets = [
        level["axes"]
        for family in shop.docs("families")
        for variant in shop.docs(f"families/{family}/variants").values()
        for level in variant["variant_attribute_sets"]
    ]
    kinds = {shop.docs("attributes")[axis]["type"].removeprefix("pim_catalog_") for axes in sets for axis in axes}
    assert kinds == {"simpleselect", "boolean", "metric"}
    assert max(map(len, sets)) == 2


def test_values_stand_at_the_level_their_family_variant_says(shop):
    for model in shop.models.docs():
        variant = shop.docs(f"families/{model['family']}/variants")[model["family_variant"]]
        allowed = set(variant["common_attributes"])
        if model["parent"] is not None:
            allowed |= set(variant["variant_attribute_sets"][0]["attributes"])
        assert set(model["values"]) <= allowed, model["code"]


def test_variants_have_their_own_axis_values_and_what_they_inherit(shop):
    variant = shop.products.doc(uuid_of("Drizzle_Light-ember_red-l"))
    assert variant["values"]["size"][0]["data"] == "l"
    assert variant["values"]["color"][0]["data"] == "EMBER_RED"
    assert variant["values"]["name"][1] == {"locale": "fr_FR", "scope": None, "data": "Anorak Drizzle Light"}
    assert variant["categories"] == ["rain_jackets", "sale", "winter_2026"]
    assert variant["associations"]["X_SELL"]["product_models"] == ["ridge-trousers"]
    assert len(variant["associations"]["X_SELL"]["products"]) == 2


def test_two_way_associations_stand_on_both_sides(shop):
    stove, pots = (shop.products.doc(uuid_of(one)) for one in ("stove-gas", "pot-set"))
    assert stove["associations"]["COMPATIBLE"]["products"] == [pots["uuid"]]
    assert pots["associations"]["COMPATIBLE"]["products"] == [stove["uuid"]]


def test_it_is_awkward(shop):
    products = list(shop.products.docs())
    text = "".join(str(product["values"].get("tagline")) for product in products)
    identifiers = {shop.identifier(product) for product in products}
    assert "\\x01" not in text
    assert any("\u0001" in value["data"] for product in products for value in product["values"].get("name", ()))
    assert any("\ufffe" in value["data"] for product in products for value in product["values"].get("tagline", ()))
    assert any(len(value["data"]) > 4000 for product in products for value in product["values"].get("tagline", ()))
    assert {None, "strap/25/black", "strap & buckle", "strap 25 mm", " padded id "} <= identifiers
    assert any(not product["categories"] for product in products)
    assert any(product["family"] is None for product in products)
    assert any(not product["enabled"] for product in products)
    assert any(product["parent"] and product["parent"].lower() not in shop.models for product in products)
    childless = [
        code for code in shop.models.keys if not shop.models.children(code) and not shop.products.children(code)
    ]
    assert "no-variants" in childless
    assert any(not option["labels"] for option in shop.docs("attributes/color/options").values())
    assert shop.docs("attributes/warehouse/options") == {}
    assert shop.docs("attributes")["legal_note"]["available_locales"] == ["fr_FR"]


def test_pictures_are_valid_png_files(shop):
    code = next(code for code in shop.lists["media-files"].keys if code.endswith(".png"))
    picture = shop.binaries.read(f"media-files/{code}")
    start = picture.index(b"IDAT") + 4
    length = int.from_bytes(picture[start - 8 : start - 4], "big")
    pixels = zlib.decompress(picture[start : start + length])
    assert len(pixels) == 64 * (1 + 64 * 3)
    crc = int.from_bytes(picture[start + length : start + length + 4], "big")
    assert crc == zlib.crc32(picture[start - 4 : start + length])


def test_another_seed_changes_details_only(shop):
    other = demo_store(2)
    assert list(other.products.keys) == list(shop.products.keys)
    assert [other.products.raw(key) for key in other.products.keys] != [
        shop.products.raw(key) for key in shop.products.keys
    ]


def test_a_snapshot_of_it_is_the_same_shop(shop, tmp_path):
    write_snapshot(tmp_path)
    read = load_snapshot(tmp_path)
    assert [read.products.raw(key) for key in read.products.keys] == [
        shop.products.raw(key) for key in shop.products.keys
    ]
    assert [read.models.raw(key) for key in read.models.keys] == [shop.models.raw(key) for key in shop.models.keys]
    assert read.arrays == shop.arrays
    assert {path: list(items.docs()) for path, items in read.lists.items()} == {
        path: list(items.docs()) for path, items in shop.lists.items()
    }
    for path in (f"media-files/{shop.lists['media-files'].keys[0]}", shop.binaries.other_paths[0]):
        assert read.binaries.read(path) == shop.binaries.read(path)


def test_a_directory_without_products_is_no_snapshot(tmp_path):
    with pytest.raises(SnapshotError, match=r"products-uuid\.jsonl"):
        load_snapshot(tmp_path)


@pytest.mark.parametrize(("line", "reason"), [(b"{", "line 2: not JSON"), (b"[]", "line 2: a JSON object is expected")])
def test_a_broken_line_is_named(tmp_path, line, reason):
    (tmp_path / "products-uuid.jsonl").write_bytes(b'{"uuid": "a"}\n' + line + b"\n")
    with pytest.raises(SnapshotError, match=reason):
        load_snapshot(tmp_path)


def test_hints_are_kept_and_not_served(tmp_path):
    (tmp_path / "products-uuid.jsonl").write_bytes(b'{"uuid":"a","parent":null,"_completeness":[1]}\n')
    store = load_snapshot(tmp_path)
    assert store.products.hints("a") == {"_completeness": [1]}
    assert store.products.doc("a") == {"uuid": "a", "parent": None}


def test_files_outside_the_snapshot_are_not_read(tmp_path):
    (tmp_path / "secret").write_text("no")
    inside = tmp_path / "snapshot"
    inside.mkdir()
    (inside / "products-uuid.jsonl").write_bytes(b"")
    assert load_snapshot(inside).binaries.read("media-files/../../secret") is None
