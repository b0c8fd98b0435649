"""Keys: where things are, that they sort, and that nothing leaves its folder."""

from __future__ import annotations

import pytest

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.storage.layout import RunLayout, StateLayout, media

RUN = RunLayout("3-2-Akeneo-Full-Import-Products", "run-1")
WORK = "runs/3-2-Akeneo-Full-Import-Products/run-1/"
EXPORTS = "exports/3-2-Akeneo-Full-Import-Products/run-1/"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (RUN.structure, f"{WORK}structure.json.gz"),
        (RUN.plan("product"), f"{WORK}plan/product.json"),
        (RUN.shard_items, f"{WORK}plan/shards.json"),
        (RUN.part("product", 7, 2, 1, "records"), f"{WORK}parts/product/000007-0002-0001.records.gz"),
        (RUN.categories, f"{WORK}categories.json"),
        (RUN.options("color", 3), f"{WORK}options/color/0003.jsonl.gz"),
        (RUN.marker("product", 7, 2), f"{WORK}markers/product/000007-0002.json"),
        (RUN.facts, f"{WORK}facts/all.json.gz"),
        (RUN.shard_facts(9), f"{WORK}facts/009.json.gz"),
        (RUN.index("uuid", 3), f"{WORK}index/uuid/0003.gz"),
        (RUN.rejects("import_pages", 4), f"{WORK}rejects/import_pages-000004.jsonl"),
        (RUN.rejects("import_pages", "product-4"), f"{WORK}rejects/import_pages-product-4.jsonl"),
        (RUN.stats("plan_pages", 0), f"{WORK}stats/plan_pages-000000.json"),
        (RUN.files("build_catalogs", 255), f"{WORK}files/build_catalogs-000255.json"),
        (RUN.report, f"{WORK}report.json"),
        (RUN.report_html, f"{WORK}report.html"),
        (RUN.records, f"{WORK}records.jsonl"),
        (RUN.exports, EXPORTS),
        (RUN.manifest, f"{EXPORTS}manifest.json"),
        (RUN.export("meta/a.xml"), f"{EXPORTS}meta/a.xml"),
        (RUN.catalog_file("my shop", "20-products", 3), f"{EXPORTS}catalogs/my shop/20-products-003.xml"),
        (StateLayout("default").shard(12, "run-1"), "state/default/012/run-1.jsonl.gz"),
        (StateLayout("default").manifest("run-1"), "state/default/manifest/run-1.json"),
        (StateLayout("default").index("uuid", 1, "run-1"), "state/default/index/uuid/0001/run-1.gz"),
        (StateLayout("default", "media").shard(0, "run-1"), "state/default/media/000/run-1.jsonl.gz"),
        (media("a/b/c 1.jpg"), "media/a/b/c 1.jpg"),
    ],
)
def test_the_key_is(key, expected):
    assert key == expected


def test_parts_sort_by_range_then_part():
    places = [(range_index, part) for range_index in (0, 2, 10, 100_000) for part in (0, 1, 9, 10)]
    keys = [RUN.part("product", *place, 0, "records") for place in places]
    assert sorted(keys, key=str.encode) == keys
    assert all(key.startswith(RUN.parts("product")) for key in keys)


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../../x", "a/./b", "a//b", "a/", "a\x00b", "a\nb", "a\\b", ".."],
)
@pytest.mark.parametrize("build", [RUN.export, media], ids=["export", "media"])
def test_a_path_that_would_leave_its_folder_is_refused(build, path):
    with pytest.raises(DataError, match=r"path|media code"):
        build(path)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\x00", "a\\b", "/"])
@pytest.mark.parametrize(
    "build",
    [
        lambda name: RunLayout(name, "run"),
        lambda name: RunLayout("job", name),
        StateLayout,
        lambda name: StateLayout("scope", name),
        lambda name: StateLayout("scope").shard(0, name),
        RUN.plan,
        lambda name: RUN.rejects(name, 1),
        lambda name: RUN.rejects("stage", name),
        lambda name: RUN.catalog_file(name, "20-products", 0),
    ],
    ids=["job", "run", "scope", "family", "state run", "kind", "stage", "item", "catalogue"],
)
def test_a_name_that_is_a_path_is_refused(build, name):
    with pytest.raises(DataError):
        build(name)


@pytest.mark.parametrize("number", [-1, 1_000_000])
def test_a_number_that_would_not_sort_is_refused(number):
    with pytest.raises(DataError, match=f"number {number} does not fit 6 digits"):
        RUN.part("product", number, 0, 0, "records")


def test_a_step_has_a_number_and_a_kind():
    with pytest.raises(DataError, match="step 'products'"):
        RUN.catalog_file("shop", "products", 0)


def test_a_key_too_long_for_s3_is_refused():
    assert media("a" * 1018)
    with pytest.raises(DataError, match="1025 bytes, S3 takes 1024"):
        media("é" * 509 + "a")


def test_a_code_that_is_not_unicode_is_refused():
    with pytest.raises(DataError, match="not Unicode"):
        media("a\ud800.jpg")
