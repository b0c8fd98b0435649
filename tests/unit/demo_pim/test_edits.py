"""Edits keep look-ups and inheritance true."""

from datetime import UTC, datetime

import pytest

from local.demo_pim.demo_catalogue import demo_store
from local.demo_pim.demo_shop import uuid_of
from local.demo_pim.edits import EditError, Editor
from local.demo_pim.generator import generate

NOW = datetime(2026, 8, 1, 10, 30, tzinfo=UTC)
VALUE = {"locale": None, "scope": None}


def editor(store):
    return Editor(store, lambda: NOW)


def test_a_variant_moved_to_another_model_inherits_from_that_one():
    store = demo_store()
    key = uuid_of("storm-shell-moss_green-s")
    change = {"op": "patch", "kind": "product", "key": key, "set": {"parent": "aurora-down-ember_red"}}
    editor(store).edit(change)
    product = store.products.doc(key)
    model = store.models.doc("aurora-down-ember_red")
    assert model["values"].items() <= product["values"].items()
    assert product["categories"] == model["categories"]
    assert product["values"]["size"][0]["data"] == "s"
    assert key in store.products.children("aurora-down-ember_red")
    assert key not in store.products.children("storm-shell-moss_green")


def test_own_categories_and_associations_stay_when_a_models_change():
    store = demo_store()
    related = {kind: dict(targets) for kind, targets in store.models.doc("storm-shell")["associations"].items()}
    related["X_SELL"] = {"products": [uuid_of("towel-quick")], "product_models": [], "groups": []}
    editor(store).edit(
        {
            "op": "patch",
            "kind": "product",
            "key": "storm-shell-moss_green-m",
            "set": {"categories": ["sale", "rain_jackets", "winter_2026"]},
        },
        {
            "op": "patch",
            "kind": "model",
            "key": "storm-shell",
            "set": {"associations": related, "categories": ["jackets"]},
        },
    )
    product = store.products.doc(uuid_of("storm-shell-moss_green-m"))
    assert product["categories"] == ["jackets", "sale"]
    assert product["associations"]["X_SELL"]["products"] == [uuid_of("towel-quick")]


def test_edits_write_the_time_on_what_was_edited_alone():
    store = demo_store()
    before = store.products.doc(uuid_of("campfire-hood-m"))["updated"]
    change = {
        "op": "patch",
        "kind": "model",
        "key": "campfire",
        "values": {"lining_type": [{**VALUE, "data": "fleece"}]},
    }
    assert editor(store).edit(change) == 1 + 2 + 4
    assert store.models.doc("campfire")["updated"] == "2026-08-01T10:30:00+00:00"
    assert store.products.doc(uuid_of("campfire-hood-m"))["updated"] == before


def test_identifiers_follow_edits():
    store = generate(100)
    uuid = store.identifiers().uuid("sku-00000003")
    renamed = {"op": "patch", "kind": "product", "key": uuid, "values": {"sku": [{**VALUE, "data": "Renamed"}]}}
    editor(store).edit(renamed, {"op": "delete", "kind": "product", "key": "SKU-00000004"})
    identifiers = store.identifiers()
    assert (identifiers.uuid("renamed"), identifiers.uuid("sku-00000003")) == (uuid, None)
    assert identifiers.uuid("sku-00000004") is None
    assert identifiers.ordered[0] == "renamed"
    assert len(identifiers.ordered) == 99


def test_a_removed_product_can_come_back():
    store = generate(10)
    key = store.products.keys[3]
    doc = store.products.doc(key)
    editor(store).edit({"op": "delete", "kind": "product", "key": key})
    assert key not in store.products
    editor(store).edit({"op": "upsert", "kind": "product", "item": doc})
    assert store.products.keys[3] == key
    assert store.products.doc(key) == doc


def test_what_is_not_there_cannot_be_edited():
    with pytest.raises(EditError, match="products-uuid has no item 'nothing'"):
        editor(generate(1)).edit({"op": "touch", "kind": "product", "key": "nothing"})
