"""Serving and recording, as the command line does it."""

import re

import pytest
import requests

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.akeneo.credentials import Credentials
from akeneo_sfcc.errors import ConfigurationError
from local.demo_pim.commands import open_store, record, start
from local.demo_pim.demo_catalogue import demo_store
from local.demo_pim.snapshot import SnapshotError, load_snapshot
from local.demo_pim.tokens import Login


def client_of(caller):
    return AkeneoClient(caller.pim.url, Credentials("demo_client", "demo_secret", "demo", "demo"))


def raws(items):
    return [items.raw(key) for key in items.keys]


def test_serving_prints_one_line_to_connect_with(capsys, monkeypatch):
    for name in ("CLIENT_ID", "CLIENT_SECRET", "USERNAME"):
        monkeypatch.delenv(f"AKENEO_{name}", raising=False)
    monkeypatch.setenv("AKENEO_PASSWORD", "other")
    pim = start(None, 30, seed=1, port=0, latency_ms=0)
    try:
        line = capsys.readouterr().out
        found = re.fullmatch(
            r"demo PIM at (http://127\.0\.0\.1:\d+) "
            r"\(client id (\w+), secret (\w+), user (\w+), password (\w+)\)\n",
            line,
        )
        assert found is not None, line
        url, client_id, secret, username, password = found.groups()
        assert (client_id, secret, username, password) == ("demo_client", "demo_secret", "demo", "other")
        body = {"grant_type": "password", "username": username, "password": password}
        assert requests.post(f"{url}/api/oauth/v1/token", json=body, auth=(client_id, secret), timeout=10).ok
    finally:
        pim.stop()


def test_the_login_hides_its_secrets():
    assert repr(Login()) == "Login(client_id='demo_client', username='demo')"


def test_a_store_is_a_snapshot_or_generated_or_the_demo_shop(tmp_path):
    (tmp_path / "products-uuid.jsonl").write_bytes(b"")
    assert len(open_store(tmp_path, None, 1).products) == 0
    assert len(open_store(None, 12, 1).products) == 12
    assert raws(open_store(None, None, 1).models) == raws(demo_store(1).models)
    with pytest.raises(ValueError, match="not both"):
        open_store(tmp_path, 12, 1)


def test_a_recorded_pim_is_the_pim(serve, tmp_path):
    store = demo_store()
    caller = serve(store)
    lines: list[str] = []
    record(client_of(caller), tmp_path / "new", lines.append)
    read = load_snapshot(tmp_path / "new")
    assert raws(read.products) == raws(store.products)
    assert raws(read.models) == raws(store.models)
    assert read.arrays["measurement-families"] == store.arrays["measurement-families"]
    for path, items in read.lists.items():
        assert raws(items) == raws(store.lists[path]), path
    code = read.lists["media-files"].keys[0]
    assert read.binaries.read(f"media-files/{code}") == store.binaries.read(f"media-files/{code}")
    assert f"products-uuid: {len(store.products)}" in lines
    assert "media files: 56" in lines
    assert "asset media files: 9" in lines
    guides = "asset-families/care_guides/attributes"
    assert read.arrays[guides] == store.arrays[guides]
    assert raws(read.lists["asset-families/care_guides/assets"])
    for path in store.binaries.other_paths:
        assert read.binaries.read(path) == store.binaries.read(path)


def test_media_files_that_are_gone_are_left_out(serve, tmp_path):
    store = demo_store()
    first = store.lists["media-files"].keys[0]
    caller = serve(store)
    caller.control("faults", [{"path": f"*{first}/download", "action": "status", "status": 404}])
    lines: list[str] = []
    record(client_of(caller), tmp_path, lines.append)
    assert "media files: 55" in lines
    assert load_snapshot(tmp_path).binaries.read(f"media-files/{first}") is None


def test_nothing_is_recorded_over_something_or_from_a_pim_without_uuids(serve, tmp_path):
    (tmp_path / "mine").write_text("")
    with pytest.raises(SnapshotError, match="not empty"):
        record(client_of(serve()), tmp_path, print)
    with pytest.raises(ConfigurationError, match=r"PIM 7\.0"):
        record(client_of(serve(version="6.0.28")), tmp_path / "new", print)


def test_akeneos_own_demo_catalogue_is_served(serve, shared_data):
    store = load_snapshot(shared_data / "pim-icecat")
    caller = serve(store)
    found = [
        item["uuid"]
        for page in caller.follow("products-uuid", pagination_type="search_after", limit=100)
        for item in page["_embedded"]["items"]
    ]
    assert found == list(store.products.keys)
    assert len(found) == 1239
    models = [item["code"] for page in caller.follow("product-models", limit=50) for item in page["_embedded"]["items"]]
    assert len(models) == 81
    picture = caller.items("media-files", limit=1)[0]
    assert len(caller.session.get(picture["_links"]["download"]["href"], timeout=10).content) == picture["size"]
