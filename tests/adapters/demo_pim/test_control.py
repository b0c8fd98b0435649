"""Edits of a running PIM, from outside."""

from local.demo_pim.demo_shop import uuid_of
from local.demo_pim.generator import generate

VALUE = {"locale": None, "scope": None}


def test_an_edit_of_a_root_model_reaches_its_variants_through_the_sub_models(serve):
    caller = serve()
    reply = caller.control(
        "edit",
        {
            "op": "patch",
            "kind": "model",
            "key": "storm-shell",
            "values": {"pockets": [{**VALUE, "data": 5}], "fabric": None},
            "set": {"categories": ["jackets"]},
        },
    )
    assert reply.json() == {"written": 1 + 2 + 6}
    variant = caller.get("products/storm-shell-ember_red-s").json()
    assert variant["values"]["pockets"][0]["data"] == 5
    assert "fabric" not in variant["values"]
    assert variant["values"]["size"][0]["data"] == "s"
    assert variant["categories"] == ["jackets", "sale"]


def test_an_edit_makes_a_model_and_its_variants_appear_in_the_updated_filter(serve):
    caller = serve(generate(400))
    since = {"updated": [{"operator": ">", "value": "2026-07-02 00:00:00"}]}
    assert caller.items("products-uuid", since) == []
    caller.control("edit", [{"op": "touch", "kind": "model", "key": "mod-0000003-b"}])
    assert [item["code"] for item in caller.items("product-models", since)] == [
        "mod-0000003-b",
        "mod-0000003-b-1",
        "mod-0000003-b-2",
    ]
    variants = caller.items("products-uuid", since)
    assert len(variants) == 12
    assert {item["parent"] for item in variants} == {"mod-0000003-b-1", "mod-0000003-b-2"}
    assert all(item["updated"] < "2026-07-02" for item in variants)  # the payload keeps the variant's own date


def test_products_come_go_and_change(serve):
    caller = serve(generate(50))
    new = {
        "uuid": "00000000-0000-4000-8000-000000000000",
        "family": "gear",
        "values": {"sku": [{**VALUE, "data": "X"}]},
    }
    caller.control(
        "edit",
        [
            {"op": "upsert", "kind": "product", "item": new},
            {"op": "delete", "kind": "product", "key": "sku-00000007"},
            {"op": "patch", "kind": "product", "key": "SKU-00000008", "set": {"enabled": False}},
        ],
    )
    products = {item["identifier"]: item for item in caller.items("products")}
    assert len(products) == 50
    assert caller.items("products-uuid")[0]["uuid"] == new["uuid"]
    assert products["X"]["associations"]["X_SELL"] == {"products": [], "product_models": [], "groups": []}
    assert "SKU-00000007" not in products
    assert products["SKU-00000008"]["enabled"] is False


def test_deleting_a_model_takes_what_stands_below_it_unless_told_otherwise(serve):
    caller = serve()
    assert caller.control("edit", {"op": "delete", "kind": "model", "key": "storm-shell"}).json() == {"written": 9}
    assert caller.get(f"products-uuid/{uuid_of('storm-shell-ember_red-s')}").status_code == 404
    caller.control("edit", {"op": "delete", "kind": "model", "key": "granite-mid", "cascade": False})
    assert caller.get("products/granite-mid-41").json()["parent"] == "granite-mid"


def test_structure_can_be_edited(serve):
    caller = serve()
    category = {"code": "new_shelf", "parent": "jackets", "updated": "2026-01-01T00:00:00+00:00", "labels": {}}
    option = {"code": "teal", "attribute": "color", "sort_order": 9, "labels": {"en_US": "Teal"}}
    caller.control(
        "edit",
        [
            {"op": "upsert", "kind": "categories", "item": category},
            {"op": "upsert", "kind": "attributes/color/options", "item": option},
            {"op": "delete", "kind": "attributes/color/options", "key": "sand"},
            {"op": "patch", "kind": "families", "key": "boots", "set": {"labels": {"en_US": "Shoes"}}},
        ],
    )
    codes = [item["code"] for item in caller.items("categories")]
    assert codes.index("new_shelf") == codes.index("trousers") - 1
    assert [item["code"] for item in caller.items("attributes/color/options")] == [
        "black",
        "ember_red",
        "glacier_blue",
        "moss_green",
        "teal",
    ]
    assert caller.get("families/boots").json()["labels"] == {"en_US": "Shoes"}


def test_an_edit_that_cannot_be_done_says_why(serve):
    caller = serve()
    for operation, reason in [
        ({"op": "patch", "kind": "model", "key": "nothing"}, "no item 'nothing'"),
        ({"op": "shake", "kind": "model", "key": "storm-shell"}, "known are: upsert, patch, delete, touch"),
        ({"op": "delete", "kind": ""}, 'needs a "kind"'),
        (
            {"op": "patch", "kind": "product", "key": "storm-shell-ember_red-s", "values": {"name": None}},
            "belongs to a model above",
        ),
    ]:
        reply = caller.control("edit", operation)
        assert reply.status_code == 400
        assert reason in reply.json()["error"]


def test_all_tokens_can_be_made_to_expire(serve):
    caller = serve()
    assert caller.control("expire", {}).ok
    assert caller.refusal("families")[0] == 401
