"""Generated catalogues: same arguments, same bytes; any size; inheritance holds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.demo_pim.generator import generate

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def raws(items):
    return [items.raw(key) for key in items.keys]


def test_the_same_arguments_give_the_same_bytes_and_another_seed_others():
    one, again, other = generate(120, 5), generate(120, 5), generate(120, 6)
    assert raws(one.products) == raws(again.products)
    assert raws(one.models) == raws(again.models)
    assert set(raws(one.products)).isdisjoint(raws(other.products))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 330))
def test_every_size_is_whole(size):
    store = generate(size)
    uuids, codes = list(store.products.keys), list(store.models.keys)
    assert len(uuids) == len(set(uuids)) == size
    assert uuids == sorted(uuids)
    assert codes == sorted(set(codes))
    identifiers = store.identifiers()
    assert sorted(filter(None, map(identifiers.uuid, identifiers.ordered))) == uuids
    parents = {store.products.facts(uuid)["parent"] for uuid in uuids} - {None}
    assert parents <= set(codes)
    below = [child for code in codes for child in store.products.children(code)]
    assert sorted(below) == [uuid for uuid in uuids if store.products.facts(uuid)["parent"]]


def test_uuids_look_like_version_4_and_are_spread_evenly():
    uuids = generate(3200).products.keys
    assert all(UUID4.fullmatch(uuid) for uuid in uuids)
    quarters = [sum(uuid[0] in digits for uuid in uuids) for digits in ("0123", "4567", "89ab", "cdef")]
    assert all(780 <= count <= 820 for count in quarters)


def test_a_models_variants_are_scattered_over_the_key_space():
    store = generate(4000)
    places = [list(store.products.keys).index(uuid) for uuid in store.products.children("mod-0000000-a")]
    assert max(places) - min(places) > 2000


def test_there_is_one_model_per_ten_products_on_two_levels():
    store = generate(4000)
    models = list(store.models.docs())
    assert len(models) == 400
    assert sum(model["parent"] is not None for model in models) == 200


@pytest.mark.parametrize("images", [False, True])
def test_payloads_carry_what_their_models_have(images):
    store = generate(160, images=images)
    for uuid in store.products.keys:
        product = store.products.doc(uuid)
        chain = store.ancestors(product)
        for number, parent in enumerate(chain):
            model = store.models.doc(parent["code"])
            assert model["values"].items() <= product["values"].items()
            assert set(model["categories"]) <= set(product["categories"])
            assert model["parent"] == (chain[number + 1]["code"] if number + 1 < len(chain) else None)
            assert model["associations"] == product["associations"]


def test_variants_of_a_model_differ_in_their_axes():
    store = generate(400)
    variants = {
        variant["code"]: [axis for level in variant["variant_attribute_sets"] for axis in level["axes"]]
        for family in store.docs("families")
        for variant in store.docs(f"families/{family}/variants").values()
    }
    for model in store.models.docs():
        if model["parent"] is not None:
            continue
        code = model["code"]
        below = [code, *store.models.children(code)]
        keys = [key for one in below for key in store.products.children(one)]
        axes = variants[model["family_variant"]]
        combinations = {tuple(store.products.doc(key)["values"][axis][0]["data"] for axis in axes) for key in keys}
        assert len(combinations) == len(keys) == 12


@pytest.mark.parametrize(
    ("values", "locales"), [(20, ("en_US", "fr_FR", "de_DE")), (60, ("en_US", "de_DE")), (8, ("en_US",))]
)
def test_products_have_the_number_of_values_asked_for(values, locales):
    store = generate(80, values=values, locales=locales)
    for product in store.products.docs():
        assert len(product["values"]) == values
        assert [value["locale"] for value in product["values"]["name"]] == list(locales)


def test_facts_are_the_item_but_for_its_values():
    store = generate(60)
    for uuid in store.products.keys:
        whole, facts = store.products.doc(uuid), store.products.facts(uuid)
        assert {name: whole[name] for name in facts if name != "values"} == {
            name: value for name, value in facts.items() if name != "values"
        }
        assert facts["values"]["sku"] == whole["values"]["sku"]


def test_values_name_attributes_options_and_units_there_are():
    store = generate(120, values=60)
    attributes = store.docs("attributes")
    for product in store.products.docs():
        for code, values in product["values"].items():
            kind = attributes[code]["type"]
            for value in values:
                if kind.endswith("select"):
                    codes = value["data"] if isinstance(value["data"], list) else [value["data"]]
                    assert set(codes) <= set(store.docs(f"attributes/{code}/options"))


def test_associations_point_at_products_and_models_there_are():
    store = generate(400)
    targets = [product["associations"] for product in store.products.docs()]
    products = {uuid for one in targets for uuid in one["X_SELL"]["products"]}
    models = {code for one in targets for code in one["UPSELL"]["product_models"]}
    assert products
    assert products <= set(store.products.keys)
    assert models <= set(store.models.keys)


def test_pictures_are_drawn_when_asked_for():
    store = generate(85, images=True)
    media = store.lists["media-files"]
    shown = {product["values"]["picture"][0]["data"] for product in store.products.docs()}
    assert shown == set(media.keys)
    code = media.keys[3]
    picture = store.binaries.read(f"media-files/{code}")
    assert picture is not None
    assert picture.startswith(b"\x89PNG")
    assert media.doc(code)["size"] == len(picture)
    assert store.binaries.read(f"media-files/{code}x") is None
    assert "picture" not in generate(1).products.doc(generate(1).products.keys[0])["values"]


def test_a_million_products_cost_nothing_until_they_are_read():
    store = generate(1_000_000)
    assert len(store.products) == 1_000_000
    at = store.products.after("80000000-0000-4000-8000-000000000000")
    assert abs(at - 500_000) < 2
    assert store.products.doc(store.products.keys[at])["uuid"] == store.products.keys[at]


def test_less_than_nothing_is_refused():
    with pytest.raises(ValueError, match="-1"):
        generate(-1)
