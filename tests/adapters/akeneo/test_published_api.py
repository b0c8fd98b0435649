"""What the client sends exists in Akeneo's published description of its API (Swagger 2.0)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from akeneo_sfcc.akeneo.client import AkeneoClient, ItemQuery
from akeneo_sfcc.akeneo.ranges import plan_ranges
from tests.fakes.pim_http import API, TOKEN, PimHttp, Seen, error_reply, json_reply, list_reply, token_reply

LISTS: dict[str, dict[str, Any]] = {
    "attributes": {"search": {"type": []}},
    "attributes/colour/options": {},
    "attribute-groups": {},
    "families": {},
    "families/shoes/variants": {},
    "categories": {},
    "channels": {},
    "locales": {"search": {"enabled": []}},
    "currencies": {},
    "association-types": {},
}
FILTERS_ONLY = {"search_locale", "search_scope"}
"""Described on the filter pages (https://api.akeneo.com/documentation/filter.html), not in the Swagger file."""


@pytest.fixture
def published(shared_data: Path) -> Mapping[str, Any]:
    """Path template → method → operation."""
    file = shared_data / "akeneo-web-api.json"
    if not file.is_file():
        pytest.skip(f"Akeneo's API description is not present: {file}")
    paths: Mapping[str, Any] = json.loads(file.read_bytes())["paths"]
    return paths


def unknown(seen: Seen, paths: Mapping[str, Any]) -> list[str]:
    """Return what of a request the description does not have."""
    templates = [t for t in paths if re.fullmatch(re.sub(r"\{[^}]+\}", ".+", t), seen.path)]
    # The one with the most literal text: an attribute's options are not an attribute whose code has a slash.
    template = max(templates, key=lambda t: len(re.sub(r"\{[^}]+\}", "", t)), default=None)
    operation = paths[template].get(seen.method.lower()) if template else None
    if operation is None:
        return [f"{seen.method} {seen.path}"]
    known = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"} | FILTERS_ONLY
    return [f"{seen.method} {seen.path}?{name}" for name in seen.query if name not in known]


@pytest.mark.parametrize("by_uuid", [True, False])
def test_every_request_exists(
    pim: PimHttp, make_client: Callable[..., AkeneoClient], published: Mapping[str, Any], by_uuid: bool
) -> None:
    pim.script(TOKEN, token_reply())
    pim.script("system-information", json_reply({"version": "7.0" if by_uuid else "6.0", "edition": "CE"}))
    pim.script("measurement-families", error_reply(401, "expired"), json_reply([]))
    pim.script("media-files/a/b.jpg/download", json_reply("binary"))
    pim.script("media-files/a/b.jpg", json_reply({}))
    lists = ("products-uuid" if by_uuid else "products", "product-models")
    for path in (*LISTS, *lists):
        pim.script(path, list_reply(count=20_000))
    client = make_client()
    client.version()
    client.array("measurement-families")
    for path, parameters in LISTS.items():
        list(client.items(path, parameters))
    client.item("media-files/a/b.jpg")
    with client.stream("media-files/a/b.jpg/download") as source:
        source.read()
    query = ItemQuery(
        search={"updated": []},
        attributes=("sku",),
        locales=("en_US",),
        scope="web",
        search_locale="en_US",
        extra={"with_quality_scores": True},
    )
    for kind in ("product", "model"):
        plan_ranges(client, kind, query, concurrency=4, known_keys=["m"])
        client.page(kind, query, after="a")
        client.page(kind, query, page=2)
    assert not pim.unused
    assert [text for seen in pim.requests for text in unknown(seen, published)] == []


def test_the_token_requests_have_the_described_body(
    pim: PimHttp, client: AkeneoClient, published: Mapping[str, Any]
) -> None:
    pim.script("channels", error_reply(401, "expired"), list_reply())
    list(client.items("channels"))
    login, refresh = (request.json for request in pim.seen(TOKEN))
    schema = next(p for p in published[TOKEN]["post"]["parameters"] if p["in"] == "body")["schema"]
    assert set(login) == set(schema["required"])
    assert set(refresh) == {"grant_type", "refresh_token"}


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [("GET", f"{API}/nothing", {}), ("POST", f"{API}/channels/web", {}), ("GET", f"{API}/channels", {"cursor": "1"})],
)
def test_the_check_notices_what_does_not_exist(
    published: Mapping[str, Any], method: str, path: str, query: dict[str, str]
) -> None:
    assert unknown(Seen(method, path, query, {}, b""), published)
