"""Pages, cursors and links."""

import pytest

from local.demo_pim.generator import generate

from .conftest import parameters


def keys(pages, name):
    return [item[name] for page in pages for item in page["_embedded"]["items"]]


@pytest.mark.parametrize(
    ("path", "name", "count"),
    [("products-uuid", "uuid", 250), ("products", "uuid", 250), ("product-models", "code", 24)],
)
@pytest.mark.parametrize("mode", ["page", "search_after"])
def test_following_next_sees_every_item_once(serve, path, name, count, mode):
    caller = serve(generate(250))
    found = keys(caller.follow(path, pagination_type=mode, limit=25), name)
    assert len(found) == len(set(found)) == count


def test_items_stand_in_the_order_of_their_keys(serve):
    caller = serve()
    uuids = [item["uuid"] for item in caller.items("products-uuid")]
    codes = [item["code"] for item in caller.items("product-models")]
    assert uuids == sorted(uuids)
    assert codes == sorted(codes, key=str.lower)
    assert codes != sorted(codes)


def test_next_exists_exactly_when_the_page_is_full(serve):
    caller = serve(generate(20))
    pages = list(caller.follow("products-uuid", pagination_type="search_after", limit=10))
    assert [len(page["_embedded"]["items"]) for page in pages] == [10, 10, 0]
    assert [set(page["_links"]) for page in pages] == [{"self", "first", "next"}] * 2 + [{"self", "first"}]


def test_the_cursor_is_a_lower_bound_that_need_not_exist(serve):
    caller = serve(generate(200))
    everything = caller.items("products-uuid", limit=100) + caller.items("products-uuid", limit=100, page=2)
    for bound in ("40000000-0000-0000-0000-000000000000", "8", everything[150]["uuid"].upper()):
        found = caller.items("products-uuid", pagination_type="search_after", search_after=bound)
        assert [item["uuid"] for item in found] == [
            item["uuid"] for item in everything if item["uuid"] > bound.lower()
        ][:100]


def test_model_cursors_are_compared_in_lower_case(serve):
    caller = serve()
    found = caller.items("product-models", pagination_type="search_after", search_after="DRIZZLE_LIGHT")
    assert found[0]["code"] == "Drizzle_Light-ember_red"


def test_next_forgets_search_locale_and_keeps_the_rest(serve):
    caller = serve()
    search = '{"name":[{"operator":"NOT EMPTY"}]}'
    body = caller.get(
        "products-uuid", search, pagination_type="search_after", limit=5, search_locale="en_US", locales="en_US"
    ).json()
    following = parameters(body["_links"]["next"]["href"])
    assert following == {
        "pagination_type": "search_after",
        "limit": "5",
        "search": search,
        "locales": "en_US",
        "search_after": body["_embedded"]["items"][-1]["uuid"],
    }


def test_links_are_absolute_addresses_of_this_server(serve):
    caller = serve()
    response = caller.get("products-uuid", limit=100)
    assert response.json()["_links"]["next" if len(response.json()["_embedded"]["items"]) == 100 else "self"]["href"]
    assert "pim.example.com" not in response.text
    assert f"{caller.pim.url}/api/rest/v1/media-files/" in response.text.replace("\\/", "/")


def test_page_mode_tells_where_it_is_and_counts_when_asked(serve):
    caller = serve(generate(35))
    plain = caller.get("products-uuid", page=2, limit=10).json()
    assert (plain["current_page"], "items_count" in plain) == (2, False)
    assert set(plain["_links"]) == {"self", "first", "previous", "next"}
    assert caller.get("products-uuid", limit=1, with_count="true").json()["items_count"] == 35
    cursor = caller.get("products-uuid", pagination_type="search_after", with_count="true").json()
    assert {"items_count", "current_page"}.isdisjoint(cursor)


def test_page_numbers_reach_ten_thousand_items(serve):
    caller = serve(generate(10_050))
    assert len(caller.items("products-uuid", page=100)) == 100
    status, message = caller.refusal("products-uuid", page=101, limit=100)
    assert status == 422
    assert message.startswith("You have reached the maximum number of pages")
    assert caller.get("products-uuid", page=101, limit=100).json()["_links"]["documentation"]["href"]


@pytest.mark.parametrize(
    ("path", "params", "message"),
    [
        ("products-uuid", {"limit": 101}, "You cannot request more than 100 items."),
        ("products-uuid", {"limit": 0}, '"0" is not a valid limit number.'),
        ("families", {"limit": "x"}, '"x" is not a valid limit number.'),
        ("families", {"page": "-1"}, '"-1" is not a valid page number.'),
        ("families", {"pagination_type": "search_after"}, "Pagination type is not supported."),
        ("asset-families", {"pagination_type": "page"}, "Pagination type is not supported."),
        ("product-models", {"pagination_type": "scroll"}, "Pagination type does not exist."),
        (
            "products-uuid",
            {"with_count": "1"},
            'Parameter "with_count" has to be a boolean value. Only "true" or "false" allowed, "1" given.',
        ),
    ],
)
def test_wrong_pagination_is_refused(serve, path, params, message):
    assert serve().refusal(path, **params) == (422, message)


def test_ten_items_are_the_default(serve):
    assert len(serve().get("products-uuid").json()["_embedded"]["items"]) == 10
