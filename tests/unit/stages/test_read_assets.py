"""Reading assets: in how many parts, and that what comes of it does not depend on that."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from akeneo_sfcc.pim.assets import asset_key
from akeneo_sfcc.stages import read_assets as stage
from akeneo_sfcc.stages.asset_files import AssetIndex
from akeneo_sfcc.stages.committed_media import CommittedMedia
from akeneo_sfcc.stages.contracts import AssetProgress, ReadAssetsTask, RunContext
from akeneo_sfcc.stages.read_assets import JOIN_RESERVE_SECONDS, RESERVE_SECONDS, read_assets, read_assets_note
from akeneo_sfcc.storage.layout import RunLayout
from tests.fakes.in_process_media import MEDIA
from tests.fakes.services import FakeWorld, small_pim, world
from tests.unit.stages.runs import run_context, with_structure

COUNTS = {"packshots": 5, "sheets": 4}


def asset(code: str, data: str) -> dict[str, Any]:
    return {"code": code, "values": {"media": [{"locale": None, "channel": None, "data": data}]}}


def media_run(**changes: Any) -> RunContext:
    return run_context(job=MEDIA, family="media", **changes)


def with_assets() -> FakeWorld:
    """A PIM with two families of assets that attributes refer to, and a third that none does."""
    families = {**COUNTS, "unused": 1}
    pim = small_pim()
    pim.lists["attributes"] += [
        {"code": f"{code}_of", "type": "pim_catalog_asset_collection", "reference_data_name": code} for code in COUNTS
    ]
    pim.lists["asset-families"] = [{"code": code, "attribute_as_main_media": "media"} for code in families]
    for code, count in families.items():
        pim.lists[f"asset-families/{code}/attributes"] = [
            {"code": "media", "type": "media_file", "media_type": "image", "value_per_locale": False}
        ]
        pim.lists[f"asset-families/{code}/assets"] = [asset(f"a{at}", f"{code}/{at}.png") for at in range(count)]
    return with_structure(world(pim, images={"source": "assets"}), media_run())


def read(made: FakeWorld, run: RunContext) -> list[AssetProgress]:
    """Read all assets; return where each part but the last stopped."""
    stops: list[AssetProgress] = []
    last: AssetProgress | None = None
    while not (result := read_assets(ReadAssetsTask(run=run, progress=last), made.services)).done:
        last = result.progress
        assert last is not None
        stops.append(last)
        assert len(stops) < 20, "it never ends"
    return stops


def found(made: FakeWorld, run: RunContext) -> dict[str, dict[str, str]]:
    """What the index has: family → asset → media code."""
    index = AssetIndex(made.store, read_assets_note(made.services, run).pieces)
    assets = {code: {f"a{at}": index.find(asset_key(code, f"a{at}")) for at in range(9)} for code in COUNTS}
    return {
        family: {code: one.files[0][2] for code, one in ones.items() if one is not None}
        for family, ones in assets.items()
    }


def asked(made: FakeWorld) -> list[str]:
    return [path for path, _ in made.pim.asked if path.startswith("asset-families")]


EVERYTHING = {code: {f"a{at}": f"{code}/{at}.png" for at in range(count)} for code, count in COUNTS.items()}


def test_one_part_reads_all_that_attributes_refer_to_when_there_is_time() -> None:
    made = with_assets()
    assert read(made, media_run()) == []
    assert found(made, media_run()) == EVERYTHING
    assert not [path for path in asked(made) if "unused" in path]


def test_a_part_that_runs_out_of_time_leaves_the_rest_to_the_next_and_nothing_is_read_twice() -> None:
    whole, cut = with_assets(), with_assets()
    read(whole, media_run())
    cut.seconds_left = RESERVE_SECONDS - 1
    stops = read(cut, media_run())
    assert [(stop.part, stop.family, stop.after) for stop in stops] == [
        (1, 0, "a1"), (2, 0, "a3"), (3, 1, None), (4, 1, "a1"), (5, 2, None),
    ]  # fmt: skip
    assert asked(cut) == asked(whole)
    assert found(cut, media_run()) == EVERYTHING
    note = RunLayout(MEDIA, media_run().run_id).plan("assets")
    state = [key for key in whole.store.list("state/") if "asset" in key]
    assert cut.store.get(note) == whole.store.get(note)
    assert {key: cut.store.get(key) for key in state} == {key: whole.store.get(key) for key in state}


def test_joining_is_another_part_when_too_little_time_is_left_for_it() -> None:
    made = with_assets()
    made.seconds_left = JOIN_RESERVE_SECONDS - 1
    assert [(stop.part, stop.family) for stop in read(made, media_run())] == [(1, 2)]
    assert found(made, media_run()) == EVERYTHING


def test_a_part_ends_before_it_holds_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "PART_BYTES", -1)
    made = with_assets()
    assert len(read(made, media_run())) == 4
    assert found(made, media_run()) == EVERYTHING


def test_a_part_that_is_tried_again_replaces_what_it_left() -> None:
    made = with_assets()
    made.seconds_left = RESERVE_SECONDS - 1
    first = read_assets(ReadAssetsTask(run=media_run()), made.services)
    again = read_assets(ReadAssetsTask(run=media_run()), made.services)
    assert first == again
    assert len(read(made, media_run())) == 5
    assert found(made, media_run()) == EVERYTHING
    stats = [
        orjson.loads(made.store.get(key)) for key in made.store.list(RunLayout(MEDIA, media_run().run_id).stats_dir)
    ]
    parts = sorted(one["item"] for one in stats if one["stage"] == "read_assets")
    assert parts == [f"{part:04d}" for part in range(6)]


def test_a_differential_run_puts_what_changed_over_what_was_there_whatever_the_parts() -> None:
    made = with_assets()
    read(made, media_run())
    before = read_assets_note(made.services, media_run())
    state = CommittedMedia(
        run_id="before",
        assets=before.pieces,
        asset_digests=before.digests,
        asset_families=before.families,
    )
    made.store.put("state/default/media/manifest/before.json", state.dump())
    later = media_run(
        run_id="later",
        mode="differential",
        since="2026-11-23T00:00:00Z",
        committed="state/default/media/manifest/before.json",
    )
    with_structure(made, later)
    made.pim.lists["asset-families/packshots/assets"] = [asset("a1", "new.png"), asset("a6", "six.png")]
    made.pim.lists["asset-families/sheets/assets"] = []
    made.seconds_left = RESERVE_SECONDS - 1
    assert [(stop.family, stop.after) for stop in read(made, later)] == [(1, None), (2, None)]
    packshots = EVERYTHING["packshots"] | {"a1": "new.png", "a6": "six.png"}
    assert found(made, later) == EVERYTHING | {"packshots": packshots}


def test_a_pim_without_an_asset_manager_is_one_part_with_a_line_in_the_report() -> None:
    made = with_assets()
    del made.pim.lists["asset-families"]
    made.seconds_left = RESERVE_SECONDS - 1
    assert read(made, media_run()) == []
    assert read_assets_note(made.services, media_run()).families is None
    stats = made.store.get(RunLayout(MEDIA, media_run().run_id).stats("read_assets", "0000"))
    assert orjson.loads(stats)["notes"] == ["assets were left out: GET /asset-families: the PIM has no such list"]
