"""The media job's stages one by one: what they go on from, what they refuse, what they leave."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import orjson
import pytest

from akeneo_sfcc.akeneo.errors import NotFoundError, PimUnavailableError
from akeneo_sfcc.errors import ConfigurationError, DataError
from akeneo_sfcc.mapping.media import MediaItem
from akeneo_sfcc.pim.assets import Asset
from akeneo_sfcc.stages.asset_files import AssetIndex, dump_asset, load_asset
from akeneo_sfcc.stages.build_pricebooks import build_pricebooks
from akeneo_sfcc.stages.committed_media import CommittedMedia, known_media, read_committed_media
from akeneo_sfcc.stages.contracts import (
    ImportPagesTask,
    MediaBatch,
    PageRange,
    ReadAssetsTask,
    RunContext,
    StageTask,
    StartRunTask,
    TransferMediaTask,
    TransferProgress,
)
from akeneo_sfcc.stages.gather_media import batch_key, gather_media
from akeneo_sfcc.stages.index_media import index_media
from akeneo_sfcc.stages.media_hierarchy import MediaHierarchy
from akeneo_sfcc.stages.media_lines import PRODUCT_MEDIA, StoredBinary, WantedBinary, piece_of
from akeneo_sfcc.stages.plan_media import plan_media
from akeneo_sfcc.stages.read_assets import read_assets
from akeneo_sfcc.stages.read_media_pages import read_media_pages
from akeneo_sfcc.stages.start_run import start_run
from akeneo_sfcc.stages.transfer_media import transfer_media
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import pack_lines
from tests.fakes.in_process_media import MEDIA
from tests.fakes.object_store import InMemoryStore
from tests.fakes.services import FakePim, FakeWorld, small_pim, world
from tests.unit.stages.runs import run_context, with_structure

CODE = "a/b/c_picture.png"


def media_run(**changes: Any) -> RunContext:
    return run_context(job=MEDIA, family="media", **changes)


def task(**changes: Any) -> StageTask:
    return StageTask(run=media_run(**changes))


def uuid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def products(number: int) -> list[dict[str, Any]]:
    return [
        {
            "uuid": uuid(at),
            "categories": ["boots"],
            "values": {
                "sku": [{"locale": None, "scope": None, "data": f"sku-{at}"}],
                "picture": [{"locale": None, "scope": None, "data": f"p/{at}.png"}],
            },
        }
        for at in range(number)
    ]


@dataclass
class Body(io.RawIOBase):
    """A binary on its way: made as it is read; `breaks` is after how many bytes the connection does."""

    size: int
    content_type: str = "image/png"
    breaks: int | None = None
    _sent: int = 0

    def readinto(self, buffer: Any) -> int:
        if self.breaks is not None and self._sent >= self.breaks:
            raise PimUnavailableError("broken off")
        length = min(len(buffer), self.size - self._sent)
        buffer[:length] = b"x" * length
        self._sent += length
        return length

    def readable(self) -> bool:
        return True


@dataclass
class MediaPim(FakePim):
    """A fake PIM that sends binaries, and knows what it says of them."""

    sizes: dict[str, int] = field(default_factory=dict)
    said: dict[str, dict[str, Any]] = field(default_factory=dict)
    breaks: dict[str, int] = field(default_factory=dict)
    downloads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        FakePim.__init__(self, small_pim().lists)

    @contextmanager
    def download(self, path: str) -> Iterator[Body]:
        code = path.removeprefix("media-files/").removesuffix("/download")
        self.downloads.append(code)
        if code not in self.sizes:
            raise NotFoundError(path)
        yield Body(self.sizes[code], breaks=self.breaks.get(code))

    def item(self, path: str) -> dict[str, Any]:
        code = path.removeprefix("media-files/")
        if code not in self.said:
            raise NotFoundError(path)
        return self.said[code]


class CountingStore(InMemoryStore):
    """Keeps the length of what is written in place of large contents; tells of writers given up."""

    def __init__(self) -> None:
        super().__init__()
        self.given_up: list[str] = []

    @contextmanager
    def write(self, key: str) -> Iterator[BinaryIO]:
        counter = _Counter()
        try:
            yield counter  # type: ignore[misc]
        except BaseException:
            self.given_up.append(key)
            raise
        self.objects[key] = str(counter.size).encode()


class _Counter(io.RawIOBase):
    size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.size += len(data)
        return len(data)


def transfer(made: FakeWorld, *binaries: WantedBinary, progress: TransferProgress | None = None) -> dict[str, Any]:
    """Transfer one batch and return the note it leaves."""
    run = media_run()
    layout = RunLayout(run.job, run.run_id)
    made.store.put(batch_key(layout, 0), pack_lines([binary.dump() for binary in binaries]))
    transfer_media(TransferMediaTask(run=run, batch=MediaBatch(index=0), progress=progress), made.services)
    (key,) = made.store.list(layout.files_dir)
    note: dict[str, Any] = orjson.loads(made.store.get(key))
    return note


def wanted(code: str = CODE, **changes: Any) -> WantedBinary:
    return WantedBinary(code, PRODUCT_MEDIA, ["products"], 10, "image/png")._replace(**changes)


# Start


def test_only_the_media_job_can_be_limited_to_what_changed() -> None:
    started = {"job": "3-2-Akeneo-Full-Import-Products", "execution_arn": "arn", "execution_name": "n"}
    given = {**started, "started_at": "2026-11-23T02:00:00Z", "input": {"since_last_success": True}}
    with pytest.raises(ConfigurationError, match=r"input\.since_last_success"):
        start_run(StartRunTask.model_validate(given), world().services)
    run = start_run(StartRunTask.model_validate({**given, "job": MEDIA}), world().services).run
    assert run is not None
    assert run.notes == ("no successful run yet: everything is read",)


# Plan and read


def test_pages_are_asked_for_with_images_and_ids_alone() -> None:
    pim = small_pim(products_uuid=products(3))
    made = with_structure(world(pim), media_run())
    plan_media(task(), made.services)
    asked = {path: query.attributes for path, query in pim.asked if query is not None}
    assert asked == {"product-models": ("picture", "sku"), "products-uuid": ("picture", "sku")}
    assert not [path for path, _ in pim.asked if "/options" in path], "options decide nothing here"


def test_nothing_to_read_is_a_plan_without_ranges() -> None:
    made = with_structure(world(), media_run())
    assert plan_media(task(), made.services).counts == {"models": 0, "products": 0, "ranges": 0}


def test_a_range_goes_on_where_its_time_ran_out() -> None:
    made = with_structure(world(small_pim(products_uuid=products(5)), pim={"page_size": 2}), media_run())
    plan_media(task(), made.services)
    made.seconds_left = 1.0
    range_ = PageRange(kind="product", index=0, method="cursor")
    first = read_media_pages(ImportPagesTask(run=media_run(), range=range_), made.services)
    assert (first.done, first.counts) == (False, {"items": 2})
    read_assets(ReadAssetsTask(run=media_run()), made.services)
    with pytest.raises(DataError, match="range 0 of the media pages is not complete"):
        gather_media(task(), made.services)
    made.seconds_left = 900.0
    rest = read_media_pages(ImportPagesTask(run=media_run(), range=range_, progress=first.progress), made.services)
    assert (rest.done, rest.counts) == (True, {"items": 3})
    assert gather_media(task(), made.services).counts["binaries"] == 5


# Which catalogue


def test_an_item_goes_where_its_root_goes() -> None:
    hierarchy = MediaHierarchy()
    hierarchy.add(MediaItem(True, "Root", "Root", None, "boots"))
    hierarchy.add(MediaItem(True, "sub", "sub", "ROOT", "other"))
    hierarchy.add(MediaItem(True, "bad", "", None, "boots"))
    hierarchy.add(MediaItem(True, "nowhere", "nowhere", None, None))

    def catalogue(parent: str | None, id_: str = "p1", own: str | None = "own") -> str | None:
        return hierarchy.catalogue(MediaItem(False, "u1", id_, parent, own))

    assert catalogue("SUB") == "boots"
    assert catalogue(None) == "own"
    assert catalogue("gone") == "own", "an orphan is a simple product"
    assert catalogue("bad") is None, "its root is rejected"
    assert catalogue("nowhere") is None
    assert catalogue(None, own=None) is None
    assert catalogue(None, id_="") is None
    assert catalogue(None, id_="Root") is None, "the model keeps the id"
    assert catalogue(None, id_="root") == "own"
    assert list(MediaHierarchy(hierarchy.lines()).lines()) == list(hierarchy.lines())


# Transfer


def test_a_binary_is_stored_hashed_and_copied_into_the_export() -> None:
    made = FakeWorld(pim=MediaPim(sizes={CODE: 10}), documents=world().documents)
    note = transfer(made, wanted(catalogues=["one", "two"]))
    digest = hashlib.sha256(b"x" * 10).hexdigest()
    assert note["stored"] == [[CODE, 10, digest, "image/png", None, []]]
    assert [(one["path"], one["size"], one["sha256"]) for one in note["files"]] == [
        (f"catalogs/{name}/static/default/akeneo/{CODE}", 10, digest) for name in ("one", "two")
    ]
    assert made.store.get(f"media/{CODE}") == b"x" * 10


def test_a_large_binary_is_streamed_in_constant_memory() -> None:
    size = 500_000_000
    made = FakeWorld(pim=MediaPim(sizes={CODE: size}), documents=world().documents, store=CountingStore())
    tracemalloc.start()
    note = transfer(made, wanted(size=size))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert note["stored"][0][1] == size
    assert made.store.get(f"media/{CODE}") == str(size).encode()
    assert peak < 20_000_000


def test_a_large_binary_that_breaks_off_leaves_nothing() -> None:
    pim = MediaPim(sizes={CODE: 20_000_000}, breaks={CODE: 9_000_000})
    store = CountingStore()
    note = transfer(FakeWorld(pim=pim, documents=world().documents, store=store), wanted(size=20_000_000))
    assert note["missing"] == [[CODE, "unusable"]]
    assert store.given_up == [f"media/{CODE}"] * 3
    assert f"media/{CODE}" not in store.objects


def test_what_is_stored_already_is_not_asked_for() -> None:
    pim = MediaPim()
    made = FakeWorld(pim=pim, documents=world().documents)
    made.store.put(f"media/{CODE}", b"stored")
    note = transfer(made, wanted())
    assert pim.downloads == []
    assert note["stored"][0][:2] == [CODE, 6]


def test_a_binary_the_list_did_not_describe_is_asked_about() -> None:
    pim = MediaPim(sizes={CODE: 10}, said={CODE: {"code": CODE, "size": 11, "mime_type": "image/png"}})
    note = transfer(FakeWorld(pim=pim, documents=world().documents), wanted(size=None, mime_type=None))
    assert note["missing"] == [[CODE, "unusable"]]


def test_a_batch_goes_on_where_its_time_ran_out() -> None:
    pim = MediaPim(sizes={f"{at}.png": 10 for at in range(3)})
    made = FakeWorld(pim=pim, documents=world().documents, seconds_left=1.0)
    run = media_run()
    layout = RunLayout(run.job, run.run_id)
    made.store.put(batch_key(layout, 0), pack_lines([wanted(f"{at}.png").dump() for at in range(3)]))
    progress, parts = None, 0
    while True:
        result = transfer_media(TransferMediaTask(run=run, batch=MediaBatch(index=0), progress=progress), made.services)
        parts += 1
        if result.done:
            break
        progress = result.progress
    assert parts == 3, "each part brings at least one, so that it ends"
    assert pim.downloads == ["0.png", "1.png", "2.png"]
    assert len(list(made.store.list(layout.files_dir))) == 3


# State


def test_the_index_of_binaries_grows_and_the_list_of_missing_ones_is_this_runs() -> None:
    made = with_structure(world(), media_run())
    old_key = "state/default/media/index/stored/0000/before.gz"
    made.store.put(old_key, pack_lines([StoredBinary("old.png", 1, "abc", "").dump()]))
    pieces: list[str | None] = [None] * 32
    pieces[piece_of("old.png")] = old_key
    made.store.put("state/missing.gz", pack_lines([orjson.dumps(["lost.png", "gone"])]))
    before = CommittedMedia(stored=tuple(pieces), missing="state/missing.gz")
    made.store.put("state/before.json", before.dump())
    for mode, missing in (("full", {}), ("differential", {"lost.png": "gone"})):
        run = media_run(mode=mode, committed="state/before.json", run_id=f"20261123T020000Z-{mode}")
        layout = RunLayout(run.job, run.run_id)
        note = {"files": [], "stored": [["new.png", 2, "def", ""]], "missing": []}
        made.store.put(layout.files("transfer_media", "000000-000"), orjson.dumps(note))
        made.store.put(layout.plan("missing"), b"[]")
        made.store.put(layout.plan("assets"), b'{"families":null,"pieces":[],"digests":[]}')
        made.store.put(layout.plan("pricebooks"), b'{"prices":null,"priced":0,"books":{}}')
        index_media(StageTask(run=run), made.services)
        state = read_committed_media(made.store, f"state/default/media/manifest/{run.run_id}.json")
        assert state.missing_codes(made.store) == missing
        assert state.stored[piece_of("old.png")] is not None
        assert state.stored[piece_of("new.png")] is not None


def test_a_product_run_knows_nothing_of_media_before_the_media_job_ran() -> None:
    known = known_media(world().services, run_context())
    assert (known.gone, known.find_asset("pictures/one"), known.signs) == (frozenset(), None, frozenset())


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"format": 2}', b'{"format": 1}'])
def test_a_damaged_state_is_named(body: bytes) -> None:
    made = world()
    made.store.put("state/x.json", body)
    with pytest.raises(DataError, match=r"state/x\.json"):
        read_committed_media(made.store, "state/x.json")


def test_an_asset_is_found_by_its_key_in_its_piece() -> None:
    one = Asset("pictures", "One", {"en_US": "x"}, (("media", None, "1.png"),))
    assert load_asset(dump_asset(one)) == one
    assert AssetIndex(InMemoryStore(), ()).find(one.key) is None


def test_price_books_need_complete_pages() -> None:
    made = with_structure(world(small_pim(products_uuid=products(1))), media_run())
    plan_media(task(), made.services)
    with pytest.raises(DataError, match="not complete"):
        build_pricebooks(task(), made.services)
