"""Pages of products and models, structure lists, counts, streams."""

from __future__ import annotations

import json
import threading
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from akeneo_sfcc.akeneo.client import AkeneoClient, ItemQuery, Usage
from akeneo_sfcc.akeneo.errors import NotFoundError
from akeneo_sfcc.akeneo.pagination import sort_key
from akeneo_sfcc.akeneo.transport import USER_AGENT
from akeneo_sfcc.errors import ConfigurationError, DataError, TransientError
from tests.fakes.pim_http import PimHttp, Reply, Seen, error_reply, gzip_reply, json_reply, list_reply

BY_UUID = ItemQuery(by_uuid=True)


def products(*uuids: str) -> Reply:
    return list_reply(*({"uuid": uuid, "values": {}} for uuid in uuids))


def models(*codes: str) -> Reply:
    return list_reply(*({"code": code} for code in codes))


class TestCursor:
    def test_starts_without_a_cursor_and_goes_on_behind_the_last_key(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("products-uuid", products("0A", "0B"), products("0C"))
        first = client.page("product", BY_UUID, limit=2)
        second = client.page("product", BY_UUID, after=first.next_after, limit=2)
        assert (first.keys, first.last, first.next_after) == (("0a", "0b"), False, "0b")
        assert (second.keys, second.last, second.next_after) == (("0c",), True, "0c")
        assert [request.query for request in pim.seen("products-uuid")] == [
            {"limit": "2", "pagination_type": "search_after"},
            {"limit": "2", "pagination_type": "search_after", "search_after": "0b"},
        ]

    def test_keeps_the_whole_question_on_every_page(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("products-uuid", products("a"), products("b"), list_reply(count=3))
        query = ItemQuery(
            search={"name": [{"operator": "=", "value": "é/&"}]},
            attributes=("sku", "name"),
            locales=("en_US", "fr_FR"),
            scope="ecommerce",
            search_locale="fr_FR",
            extra={"with_completenesses": True, "with_quality_scores": False, "search_scope": "print"},
            by_uuid=True,
        )
        client.page("product", query, limit=1)
        client.page("product", query, after="a", limit=1)
        client.count("product", query)
        for request in pim.seen("products-uuid"):
            asked = {k: v for k, v in request.query.items() if k not in ("limit", "search_after", "page", "with_count")}
            assert asked.pop("pagination_type") in ("search_after", "page")
            assert asked == {
                "search": '{"name":[{"operator":"=","value":"é/&"}]}',
                "attributes": "sku,name",
                "locales": "en_US,fr_FR",
                "scope": "ecommerce",
                "search_locale": "fr_FR",
                "with_completenesses": "true",
                "with_quality_scores": "false",
                "search_scope": "print",
            }

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            (("b", "c"), "the cursor stands still: 'b' follows 'b'"),
            (("a", "c"), "the keys do not rise: 'a' follows 'b'"),
            (("d", "c"), "the keys do not rise: 'c' follows 'd'"),
            (("c", "C"), "the cursor stands still: 'c' follows 'c'"),
            (("c", "d", "e"), "sent 3 items where at most 2"),
        ],
    )
    def test_keys_that_do_not_rise_are_an_error(
        self, pim: PimHttp, client: AkeneoClient, sent: tuple[str, ...], says: str
    ) -> None:
        pim.script("products-uuid", products(*sent))
        with pytest.raises(DataError, match=f"GET /products-uuid after 'b': .*{says}"):
            client.page("product", BY_UUID, after="b", limit=2)

    @pytest.mark.parametrize("item", [{}, {"uuid": None}, {"uuid": 5}, "text", None])
    def test_an_item_without_key_is_an_error(self, pim: PimHttp, client: AkeneoClient, item: object) -> None:
        pim.script("products-uuid", list_reply(item))
        with pytest.raises(DataError, match="an item without uuid"):
            client.page("product", BY_UUID)

    def test_a_page_short_by_a_few_is_not_taken_for_the_end(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("product-models", models(*(f"m{i:03d}" for i in range(97))), models())
        page = client.page("model", ItemQuery())
        assert not page.last
        end = client.page("model", ItemQuery(), after=page.next_after)
        assert (end.last, end.items, end.next_after) == (True, [], None)

    def test_models_and_old_products_are_keyed_in_lower_case(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("product-models", models("Apollo", "brooks", "ÉTÉ"))
        pim.script("products", list_reply({"identifier": "SKU-1"}, {"identifier": "sku-2"}))
        assert client.page("model", ItemQuery()).keys == ("apollo", "brooks", "été")
        assert client.page("product", ItemQuery(by_uuid=False)).keys == ("sku-1", "sku-2")

    def test_a_key_is_lower_cased_character_by_character(self) -> None:
        assert sort_key("ΟΔΟΣ") == "οδοσ"
        assert sort_key("İx") == "ix"


class TestPageNumbers:
    def test_asks_by_number(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("product-models", models("a", "b"))
        client.page("model", ItemQuery(), page=3, limit=2)
        (request,) = pim.seen("product-models")
        assert request.query == {"limit": "2", "pagination_type": "page", "page": "3"}

    def test_counts_with_one_small_call(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("product-models", list_reply({"code": "a"}, count=1234))
        assert client.count("model", ItemQuery()) == 1234
        (request,) = pim.seen("product-models")
        assert request.query == {"limit": "1", "pagination_type": "page", "page": "1", "with_count": "true"}

    @pytest.mark.parametrize("count", [None, "5", True, -1])
    def test_a_count_that_is_none_is_an_error(self, pim: PimHttp, client: AkeneoClient, count: object) -> None:
        pim.script("product-models", json_reply({"_embedded": {"items": []}, "items_count": count}))
        with pytest.raises(DataError, match="no items_count"):
            client.count("model", ItemQuery())


class TestLists:
    def test_reads_page_after_page_until_a_short_one(self, pim: PimHttp, client: AkeneoClient) -> None:
        codes = [{"code": f"c{i:03d}"} for i in range(230)]
        pim.script("attributes", *(list_reply(*codes[i : i + 100]) for i in (0, 100, 200)))
        parameters = {"search": {"type": []}, "with_table_select_options": True}
        assert list(client.items("attributes", parameters)) == codes
        assert [(r.query["page"], r.query["limit"]) for r in pim.seen("attributes")] == [
            ("1", "100"),
            ("2", "100"),
            ("3", "100"),
        ]
        assert {r.query["search"] for r in pim.seen("attributes")} == {'{"type":[]}'}
        assert {r.query["with_table_select_options"] for r in pim.seen("attributes")} == {"true"}

    def test_an_empty_last_page_ends_a_list_of_full_ones(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("attributes", list_reply(*({"code": str(i)} for i in range(100))), list_reply())
        assert len(list(client.items("attributes"))) == 100

    def test_a_list_that_tells_its_count_costs_no_call_for_an_empty_page(
        self, pim: PimHttp, client: AkeneoClient
    ) -> None:
        pages = [[{"code": f"{page}-{i}"} for i in range(100)] for page in range(2)]
        pim.script("attributes/color/options", *(list_reply(*page, count=200) for page in pages))
        assert list(client.items("attributes/color/options", {"with_count": True})) == [*pages[0], *pages[1]]
        assert [seen.query["with_count"] for seen in pim.seen("attributes/color/options")] == ["true", "true"]

    def test_a_pim_that_always_sends_the_same_page_is_an_error(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("attributes", list_reply(*({"code": str(i)} for i in range(100))))
        with pytest.raises(DataError, match="page 2 begins like the one before it"):
            list(client.items("attributes"))

    def test_paths_are_encoded_but_for_their_slashes(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("attributes/a%20b%3F%23%C3%A9%25/options", list_reply())
        pim.script("media-files/1/2/a%20b.jpg", json_reply({"code": "1/2/a b.jpg"}))
        assert list(client.items("attributes/a b?#é%/options")) == []
        assert client.item("media-files/1/2/a b.jpg") == {"code": "1/2/a b.jpg"}

    def test_a_bare_array_is_read_whole(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("measurement-families", gzip_reply([{"code": "Length"}]), json_reply({}))
        assert client.array("measurement-families") == [{"code": "Length"}]
        with pytest.raises(DataError, match="no array"):
            client.array("measurement-families")

    def test_a_single_resource_must_be_an_object(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("channels/web", json_reply([]))
        with pytest.raises(DataError, match="no object"):
            client.item("channels/web")
        with pytest.raises(NotFoundError):
            client.item("channels/print")


class TestStream:
    PATH = "media-files/a/b.bin/download"

    def test_reads_a_binary_in_pieces_and_counts_it(self, pim: PimHttp, client: AkeneoClient) -> None:
        body = bytes(range(256)) * 1000
        pim.script(self.PATH, error_reply(502, "no"), Reply(body, headers={"Content-Type": "image/png"}))
        before = client.usage
        with client.stream(self.PATH) as source:
            assert source.read(5) == body[:5]
            assert source.read() == body[5:]
        assert (client.usage - before).bytes > len(body)

    def test_a_binary_that_breaks_off_is_a_transient_error(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script(self.PATH, Reply(b"x" * 1000, cut=10))
        with client.stream(self.PATH) as source, pytest.raises(TransientError, match="broke off its answer"):
            source.read()

    def test_a_binary_that_is_gone_is_not_found(self, pim: PimHttp, client: AkeneoClient) -> None:
        with pytest.raises(NotFoundError), client.stream(self.PATH):
            pytest.fail("it opened")

    def test_frees_its_slot_whatever_happens(self, pim: PimHttp, make_client: Callable[..., AkeneoClient]) -> None:
        client = make_client(max_concurrency=1)
        pim.script(self.PATH, error_reply(404, "gone"), Reply(b"abc"), error_reply(401, "old"), Reply(b"abc"))
        with pytest.raises(NotFoundError), client.stream(self.PATH):
            pytest.fail("it opened")
        for _ in range(2):
            with client.stream(self.PATH) as source:
                assert source.read() == b"abc"


class TestVersion:
    @pytest.mark.parametrize(
        ("answer", "by_uuid"),
        [
            ({"version": "v20230112013744", "edition": "Serenity"}, True),
            ({"version": "v20210526040645", "edition": "GE"}, True),
            ({"version": "7.0.12", "edition": "EE"}, True),
            ({"version": "10.1.0", "edition": "CE"}, True),
            ({"version": "6.0.28", "edition": "CE"}, False),
        ],
    )
    def test_tells_how_products_are_listed(
        self, pim: PimHttp, client: AkeneoClient, answer: dict[str, str], by_uuid: bool
    ) -> None:
        pim.script("system-information", json_reply(answer))
        assert client.version() == (answer["version"], answer["edition"])
        assert client.products_by_uuid() is by_uuid
        assert len(pim.seen("system-information")) == 1

    def test_a_version_too_old_is_refused(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("system-information", json_reply({"version": "5.0.1", "edition": "CE"}))
        with pytest.raises(ConfigurationError, match=r"version 5\.0\.1; allowed: 6\.0 or newer"):
            client.products_by_uuid()

    @pytest.mark.parametrize("status", [401, 403, 404])
    @pytest.mark.parametrize(("list_status", "by_uuid"), [(200, True), (404, False)])
    def test_a_pim_that_hides_its_version_is_asked_for_a_product(
        self, pim: PimHttp, client: AkeneoClient, status: int, list_status: int, by_uuid: bool
    ) -> None:
        pim.script("system-information", error_reply(status, "no"))
        pim.script("products-uuid", list_reply() if list_status == 200 else error_reply(404, "no route"))
        assert client.version() == ("", "")
        assert client.products_by_uuid() is by_uuid

    def test_a_query_that_knows_spares_the_question(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("products-uuid", products("a"))
        client.page("product", BY_UUID)
        assert pim.seen("system-information") == []


def test_never_more_calls_at_once_than_allowed(pim: PimHttp, make_client: Callable[..., AkeneoClient]) -> None:
    both = threading.Barrier(2)

    def answer(seen: Seen) -> Reply:
        both.wait(5)  # passes only when two calls are under way
        return list_reply()

    pim.script("channels", answer)
    client = make_client(max_concurrency=2)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: list(client.items("channels")), range(6)))
    assert found == [[]] * 6
    assert pim.most_at_once == 2


def test_many_threads_with_one_expired_token_refresh_it_once(
    pim: PimHttp, make_client: Callable[..., AkeneoClient]
) -> None:
    def answer(seen: Seen) -> Reply:
        good = seen.headers["Authorization"] == "Bearer new"
        return list_reply() if good else error_reply(401, "expired")

    grants: list[Any] = []

    def token(seen: Seen) -> Reply:
        grants.append(json.loads(seen.body)["grant_type"])
        return json_reply({"access_token": "old" if len(grants) == 1 else "new", "refresh_token": "r"})

    pim.script("/api/oauth/v1/token", token)
    pim.script("channels", answer)
    client = make_client()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: list(client.items("channels")), range(16)))
    assert grants == ["password", "refresh_token"]


def test_usage_counts_everything_sent(pim: PimHttp, client: AkeneoClient) -> None:
    pim.script("channels", error_reply(429, "slow"), error_reply(500, "no"), list_reply())
    before = client.usage
    list(client.items("channels"))
    used = client.usage - before
    assert (used.calls, used.retries, used.throttled) == (4, 2, 1)  # the login is a call
    assert used.bytes > 0
    assert Usage(5, 4, 3, 2) - Usage(1, 1, 1, 1) == Usage(4, 3, 2, 1)


def test_the_user_agent_names_the_projects_version(repo_root: Path) -> None:
    project = tomllib.loads((repo_root / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"{project['name']}/{project['version']}" == USER_AGENT
