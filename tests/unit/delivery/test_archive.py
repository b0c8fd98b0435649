"""Archives hold what SFCC imports, in its layout, in the order of import, as many bytes as it takes."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile

import orjson
import pytest

from akeneo_sfcc.delivery.archive import Archive, ExportFile, manifest_files, member_path, pack, step_of
from akeneo_sfcc.errors import DataError
from tests.fakes.object_store import InMemoryStore

PREFIX = "exports/job/run/"


def noise(size: int, seed: int = 0) -> bytes:
    """Return bytes that do not compress."""
    return random.Random(seed).randbytes(size)


def put(store: InMemoryStore, files: dict[str, bytes]) -> tuple[ExportFile, ...]:
    """Store files and return them as the manifest lists them."""
    listed = []
    for path, content in files.items():
        store.put(PREFIX + path, content)
        digest = hashlib.sha256(content).hexdigest()
        listed.append({"path": path, "size": len(content), "sha256": digest, "items": {}})
    return manifest_files(orjson.dumps({"files": listed}), PREFIX)


def packed(store: InMemoryStore, files: tuple[ExportFile, ...], **options: int) -> list[Archive]:
    return list(pack(files, store, prefix="shop-run", key=lambda name: f"work/{name}", **options))


def members(store: InMemoryStore, archive: Archive) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(store.get(archive.key))) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


EXPORT = {
    "catalogs/main/static/default/a/1.jpg": b"picture",
    "meta/system-objecttype-extensions.xml": b"<metadata/>",
    "catalogs/shop/10-categories-000.xml": b"<catalog>10</catalog>",
    "catalogs/main/20-products-000.xml": b"<catalog>20-0</catalog>",
    "catalogs/main/20-products-001.xml": b"<catalog>20-1</catalog>",
    "catalogs/other/20-products-000.xml": b"<catalog>other</catalog>",
    "catalogs/main/30-masters-000.xml": b"<catalog>30</catalog>",
    "pricebooks/akeneo-EUR.xml": b"<pricebooks/>",
    "libraries/shared/library.xml": b"<library/>",
}


def test_each_step_is_an_archive_with_metadata_first() -> None:
    store = InMemoryStore()
    archives = packed(store, put(store, EXPORT))
    steps = ["meta", "static", "10-categories", "20-products", "30-masters", "pricebooks", "libraries"]
    assert [archive.step for archive in archives] == steps
    assert [archive.file_name for archive in archives][:2] == ["shop-run-001-meta.zip", "shop-run-002-static.zip"]
    assert [(archive.first, archive.next) for archive in archives][-2:] == [(7, 8), (8, 9)]


def test_every_catalogue_file_has_a_folder_of_its_own() -> None:
    store = InMemoryStore()
    archives = packed(store, put(store, EXPORT))
    found = {name: content for archive in archives for name, content in members(store, archive).items()}
    assert members(store, archives[3]).keys() == {
        "shop-run-004-20-products/version.txt",
        "shop-run-004-20-products/catalogs/20-products-000-main/20-products-000.xml",
        "shop-run-004-20-products/catalogs/20-products-001-main/20-products-001.xml",
        "shop-run-004-20-products/catalogs/20-products-000-other/20-products-000.xml",
    }
    contents = [content for name, content in found.items() if not name.endswith("version.txt")]
    assert sorted(contents) == sorted(EXPORT.values())


@pytest.mark.parametrize(
    "path",
    ["catalogs/main/static/default/a/1.jpg", "meta/x.xml", "pricebooks/a.xml", "libraries/shared/library.xml"],
)
def test_what_is_in_sfccs_layout_stays_where_it_is(path: str) -> None:
    assert member_path(path) == path


@pytest.mark.parametrize(
    ("path", "step"),
    [
        ("catalogs/a-b/20-products-000.xml", "20-products"),
        ("catalogs/a/static/default/10-b.xml", "static"),
        ("libraries/a/static/default/b.pdf", "static"),
        ("meta/a.xml", "meta"),
    ],
)
def test_the_step_follows_from_the_path(path: str, step: str) -> None:
    assert step_of(path) == step


def test_the_same_files_give_the_same_bytes() -> None:
    first, second = InMemoryStore(), InMemoryStore()
    archives = packed(first, put(first, EXPORT))
    assert packed(second, put(second, EXPORT)) == archives
    for archive in archives:
        body = first.get(archive.key)
        assert body == second.get(archive.key)
        assert (archive.size, archive.sha256) == (len(body), hashlib.sha256(body).hexdigest())


def test_members_can_be_read_by_a_stream_reader() -> None:
    # Java's ZipInputStream refuses stored members whose size comes after them.
    store = InMemoryStore()
    for archive in packed(store, put(store, EXPORT)):
        with zipfile.ZipFile(io.BytesIO(store.get(archive.key))) as opened:
            assert {info.compress_type for info in opened.infolist()} == {zipfile.ZIP_DEFLATED}
            assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_step_too_large_for_one_archive_is_split_in_order() -> None:
    store = InMemoryStore()
    files = put(store, {f"catalogs/a/20-products-{n:03d}.xml": noise(30_000, n) for n in range(7)})
    archives = packed(store, files, limit=100_000)
    assert [(archive.first, archive.next) for archive in archives] == [(0, 3), (3, 6), (6, 7)]
    assert all(archive.size <= 100_000 for archive in archives)


def test_what_compresses_well_shares_an_archive() -> None:
    store = InMemoryStore()
    files = put(store, {f"catalogs/a/20-products-{n:03d}.xml": b"<product/>" * 6_000 for n in range(20)})
    assert len(packed(store, files, limit=100_000)) == 1


def test_packing_goes_on_where_it_stopped() -> None:
    store = InMemoryStore()
    files = put(store, {f"catalogs/a/20-products-{n:03d}.xml": noise(30_000, n) for n in range(7)})
    whole = packed(store, files, limit=100_000)
    assert packed(store, files, limit=100_000, first=whole[0].next, number=2) == whole[1:]


def test_a_file_too_large_for_any_archive_is_named() -> None:
    store = InMemoryStore()
    files = put(store, {"catalogs/a/20-products-000.xml": noise(120_000)})
    with pytest.raises(DataError, match=r"catalogs/a/20-products-000\.xml has .* more shards"):
        packed(store, files, limit=100_000)
    assert not store.exists("work/shop-run-001-20-products.zip")


@pytest.mark.parametrize("content", [b"", b"<metadatA/>", b"<metadata/> "])
def test_a_file_that_changed_since_the_manifest_is_named(content: bytes) -> None:
    store = InMemoryStore()
    files = put(store, {"meta/a.xml": b"<metadata/>"})
    store.put(PREFIX + "meta/a.xml", content)
    with pytest.raises(DataError, match=r"meta/a\.xml is not the file the manifest lists"):
        packed(store, files)


def test_no_files_are_no_archives() -> None:
    assert packed(InMemoryStore(), ()) == []
