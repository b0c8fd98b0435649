"""What the endpoints send: structure, single items, files, versions, refusals."""

import pytest

from local.demo_pim.demo_shop import uuid_of


def test_bodies_are_ascii_with_escaped_slashes_as_php_writes_them(serve):
    caller = serve()
    body = caller.get("products-uuid", limit=100).content
    assert body.isascii()
    assert b"\\/media-files\\/" in body
    assert b"\\ud83c\\udfd4" in body
    assert b"://" not in body


@pytest.mark.parametrize(
    "path",
    [
        "attributes",
        "attributes/color/options",
        "families",
        "families/jackets/variants",
        "attribute-groups",
        "categories",
        "channels",
        "locales",
        "currencies",
        "association-types",
        "media-files",
        "asset-families",
        "asset-families/product_images/assets",
        "reference-entities",
        "reference-entities/designer/records",
    ],
)
def test_every_structure_list_is_served_and_its_items_by_their_self_link(serve, path):
    caller = serve()
    items = caller.items(path)
    assert items
    for item in items[:5]:
        assert caller.session.get(item["_links"]["self"]["href"], timeout=10).json() == item


def test_unpaginated_endpoints_are_bare_arrays(serve):
    caller = serve()
    assert [one["code"] for one in caller.get("measurement-families").json()] == ["Length", "Volume", "Weight"]
    assert [one["code"] for one in caller.get("asset-families/product_images/attributes").json()] == [
        "label",
        "media",
        "film",
        "clip",
        "link",
        "outside",
    ]


def test_parents_stand_before_their_children_and_positions_are_given_when_asked(serve):
    caller = serve()
    seen = set()
    for category in caller.items("categories"):
        assert category["parent"] is None or category["parent"] in seen
        assert "position" not in category
        seen.add(category["code"])
    positions = {one["code"]: one["position"] for one in caller.items("categories", with_position="true")}
    assert (positions["clothing"], positions["footwear"], positions["equipment"]) == (1, 2, 3)


def test_single_items_are_found_by_odd_identifiers(serve):
    caller = serve()
    for identifier in ("strap 25 mm", "strap/25/black", "strap & buckle"):
        path = identifier.replace("&", "%26").replace(" ", "%20")
        assert caller.get(f"products/{path}").json()["identifier"] == identifier
    assert caller.get(f"products-uuid/{uuid_of('lamp-100').upper()}").json()["uuid"] == uuid_of("lamp-100")
    assert caller.get("product-models/STORM-SHELL").json()["code"] == "storm-shell"


def test_a_media_file_is_described_and_downloaded(serve):
    caller = serve()
    product = caller.get(f"products-uuid/{uuid_of('tent-duo')}").json()
    about = caller.get(f"media-files/{product['values']['picture'][0]['data']}").json()
    picture = caller.session.get(product["values"]["picture"][0]["_links"]["download"]["href"], timeout=10)
    assert picture.headers["Content-Type"] == about["mime_type"] == "image/png"
    assert len(picture.content) == about["size"]
    assert picture.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert caller.session.get(product["values"]["datasheet"][0]["_links"]["download"]["href"], timeout=10).ok


@pytest.mark.parametrize(
    "path",
    [
        "no-such-list",
        "products/no-such-product",
        f"products-uuid/{uuid_of('nothing')}",
        "product-models/none",
        "attributes/none",
        "attributes/none/options",
        "families/none/variants",
        "media-files/a/b/none.png",
        "media-files/a/b/none.png/download",
    ],
)
def test_what_does_not_exist_is_404(serve, path):
    assert serve().refusal(path)[0] == 404


def test_the_wrong_verb_and_the_wrong_accept_header_are_refused(serve):
    caller = serve()
    assert caller.session.post(f"{caller.pim.url}/api/rest/v1/families", timeout=10).status_code == 405
    caller.session.headers["Accept"] = "text/html"
    assert caller.refusal("families")[0] == 406


def test_version_7_lists_products_by_identifier_too(serve):
    caller = serve()
    products = caller.items("products")
    assert caller.get("system-information").json() == {"version": "7.0.0", "edition": "CE"}
    assert {"uuid", "identifier"} <= products[0].keys()
    assert products[-1]["identifier"] is None
    lamp = caller.get("products/lamp-100").json()
    assert lamp["associations"]["UPSELL"]["products"] == ["lamp-400"]
    kit = caller.get("products/kit-hiker").json()
    assert kit["quantified_associations"]["KIT_PARTS"] == {
        "products": [{"identifier": "poles-carbon", "quantity": 1}],
        "product_models": [{"identifier": "granite-mid", "quantity": 1}],
    }


def test_version_6_knows_no_uuids(serve):
    caller = serve(version="6.0.28")
    assert caller.refusal("products-uuid")[0] == 404
    product = caller.get("products/lamp-100").json()
    assert "uuid" not in product
    assert caller.get("system-information").json()["version"] == "6.0.28"


def test_scope_locales_and_attributes_shrink_the_values(serve):
    caller = serve()
    shown = caller.items("products-uuid", scope="ecommerce", locales="fr_FR", attributes="name,description,is_new")
    values = [(code, value) for item in shown for code, found in item["values"].items() for value in found]
    assert {code for code, _ in values} == {"name", "description", "is_new"}
    assert {value["locale"] for _, value in values} == {None, "fr_FR"}
    assert {value["scope"] for _, value in values} == {None, "ecommerce"}


def test_scope_keeps_to_the_channels_tree(serve):
    caller = serve()
    found = {item["uuid"] for item in caller.items("products-uuid", scope="print")}
    assert uuid_of("only-print") in found
    assert uuid_of("summit-pack-30") in found
    assert uuid_of("no-category") not in found
    assert uuid_of("lamp-100") not in found


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"scope": "nowhere"}, 'Scope "nowhere" does not exist.'),
        ({"locales": "xx_XX"}, 'Locale "xx_XX" does not exist or is not activated.'),
        ({"locales": "de_DE", "scope": "print"}, 'Locale "de_DE" is not activated for the scope "print".'),
        ({"attributes": "nothing"}, 'Attribute "nothing" does not exist.'),
    ],
)
def test_unknown_channels_locales_and_attributes_are_refused(serve, params, message):
    assert serve().refusal("products-uuid", **params) == (422, message)


def test_options_are_linked_when_asked_whatever_the_case_of_the_data(serve):
    caller = serve()
    values = caller.get("product-models/storm-shell", with_attribute_options="true").json()["values"]
    assert set(values["season"][0]["linked_data"]) == {"Autumn", "WINTER"}
    assert values["season"][0]["linked_data"]["WINTER"]["code"] == "winter"
    assert values["brand"][0]["linked_data"]["labels"]["en_US"]
