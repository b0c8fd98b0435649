"""Binaries and the lists around them: what the media job asks of the PIM."""

from __future__ import annotations

import pytest

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.akeneo.credentials import Credentials
from akeneo_sfcc.akeneo.errors import NotFoundError, PimUnavailableError
from akeneo_sfcc.errors import ConfigurationError, DataError
from local.demo_pim.demo_catalogue import demo_store
from local.demo_pim.server import DemoPim
from tests.fakes.pim_http import PimHttp, Reply, error_reply, json_reply


def client_of(url: str) -> AkeneoClient:
    return AkeneoClient(url, Credentials("demo_client", "demo_secret", "demo", "demo"), sleep=lambda _: None)


def cursor_page(*codes: str, more: bool) -> Reply:
    links = {"next": {"href": "http://elsewhere/never-followed"}} if more else {}
    return json_reply({"_links": links, "_embedded": {"items": [{"code": code} for code in codes]}})


def test_records_are_read_by_cursor_alone_until_no_page_follows() -> None:
    with PimHttp() as pim:
        path = "asset-families/pictures/assets"
        pim.script(path, cursor_page("a", "b", more=True), cursor_page("c", more=False))
        assert [one["code"] for one in client_of(pim.url).records(path, {"channel": "shop"})] == ["a", "b", "c"]
        asked = [request.query for request in pim.seen(path)]
    assert asked == [{"channel": "shop"}, {"channel": "shop", "search_after": "b"}]


def test_record_pages_go_on_behind_a_cursor_and_say_where_the_next_one_begins() -> None:
    with PimHttp() as pim:
        pim.script("assets", cursor_page("c", "d", more=True), cursor_page("e", more=False))
        pages = list(client_of(pim.url).record_pages("assets", {"channel": "shop"}, after="b"))
        asked = [request.query["search_after"] for request in pim.seen("assets")]
    assert [([one["code"] for one in page], cursor) for page, cursor in pages] == [(["c", "d"], "d"), (["e"], None)]
    assert asked == ["b", "d"]


def test_a_cursor_that_stands_still_is_an_error_and_no_loop() -> None:
    with PimHttp() as pim:
        pim.script("asset-families", cursor_page("a", more=True))
        with pytest.raises(DataError, match="stands still"):
            list(client_of(pim.url).records("asset-families"))


def test_a_long_list_can_be_counted_and_read_by_page_number() -> None:
    with DemoPim(demo_store()) as pim:
        client = client_of(pim.url)
        everything = list(client.items("media-files"))
        assert client.list_count("media-files") == len(everything)
        assert client.list_page("media-files", 1) == everything[:100]


def test_a_download_comes_with_its_type_and_slashes_stay_in_its_address() -> None:
    with PimHttp() as pim:
        code = "a/b/c d.png"
        path = "media-files/a/b/c%20d.png/download"
        pim.script(path, Reply(b"\x89PNG", headers={"Content-Type": "Image/PNG; charset=binary"}))
        with client_of(pim.url).download(f"media-files/{code}/download") as body:
            assert (body.content_type, body.read()) == ("image/png", b"\x89PNG")


def test_a_download_that_is_gone_or_breaks_off_says_so() -> None:
    with PimHttp() as pim:
        pim.script("media-files/gone/download", error_reply(404, "gone"))
        pim.script("media-files/cut/download", Reply(b"x" * 1000, headers={"Content-Type": "image/png"}, cut=10))
        client = client_of(pim.url)
        with pytest.raises(NotFoundError), client.download("media-files/gone/download"):
            pass
        with client.download("media-files/cut/download") as body, pytest.raises(PimUnavailableError):
            body.readall()


def test_the_demo_pim_serves_assets_as_the_api_does() -> None:
    with DemoPim(demo_store()) as pim:
        client = client_of(pim.url)
        families = [one["code"] for one in client.records("asset-families")]
        assert families == ["care_guides", "product_images"]
        (guide,) = client.records("asset-families/care_guides/assets", {"channel": "ecommerce"})
        assert {"channel", "locale", "data"} <= guide["values"]["manual"][0].keys()
        assert [one["code"] for one in client.array("asset-families/care_guides/attributes")] == [
            "label",
            "manual",
            "sheet",
        ]
        with client.download(f"asset-media-files/{guide['values']['manual'][0]['data']}") as body:
            assert (body.content_type, body.read(4)) == ("application/pdf", b"%PDF")


def test_the_demo_pim_narrows_assets_to_a_channel_and_to_what_changed() -> None:
    with DemoPim(demo_store()) as pim:
        client = client_of(pim.url)
        path = "asset-families/product_images/assets"
        (banner,) = [one for one in client.records(path, {"channel": "ecommerce"}) if one["code"] == "banner"]
        assert {value["channel"] for value in banner["values"]["media"]} == {None}
        pim.edit({"op": "touch", "kind": path, "key": "banner", "updated": "2026-05-01T00:00:00+00:00"})
        since = {"updated": [{"operator": ">", "value": "2026-04-01T00:00:00Z"}]}
        assert [one["code"] for one in client.records(path, {"search": since})] == ["banner"]
        with pytest.raises(ConfigurationError, match="moon"):
            list(client.records(path, {"channel": "moon"}))
