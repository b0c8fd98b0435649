"""What full imports remove of the committed states, and what they leave."""

from __future__ import annotations

import pytest

from akeneo_sfcc.errors import TransientError
from akeneo_sfcc.stages import superseded_state
from akeneo_sfcc.stages.committed import lost_objects, read_manifest
from tests.e2e.convergence.edits import Edit
from tests.e2e.convergence.shop import Shop, small_shards
from tests.fakes.in_process import DIFFERENTIAL, FULL, Finished

__all__ = ["small_shards"]


def a_shop() -> Shop:
    shop = Shop()
    shop.edit(*(Edit("model", n, 0, n) for n in range(3)), *(Edit("insert", n, n, n) for n in range(9)))
    return shop


def state_of(shop: Shop, *runs: Finished) -> set[str]:
    """The objects that only these runs can have written."""
    names = {finished.run.run_id for finished in runs}
    return {key for key in shop.world.store.objects if key.startswith("state/") and any(name in key for name in names)}


def assert_whole(shop: Shop, finished: Finished) -> None:
    store = shop.world.store
    state = read_manifest(store, f"state/default/manifest/{finished.run.run_id}.json")
    assert lost_objects(store, state) == []
    assert state.fingerprints is not None
    assert store.exists(state.fingerprints)


def test_a_full_run_leaves_its_own_state_and_the_one_before_whole_and_removes_what_is_older() -> None:
    shop = a_shop()
    first = shop.run(FULL)
    shop.edit(Edit("update", 1, 2, 3))
    second = shop.run(DIFFERENTIAL)
    shop.kill(FULL, "finish_run", told=True)
    failed = {key for key in shop.world.store.objects if key.startswith("state/") and "run-3" in key}
    shared = state_of(shop, first)
    third = shop.run(FULL)
    assert failed
    assert not failed & shop.world.store.objects.keys()
    assert state_of(shop, first) < shared, "what the differential refers to is there"
    assert_whole(shop, second)
    assert_whole(shop, third)
    shop.run(FULL)
    assert state_of(shop, first, second) == set()
    assert_whole(shop, third)


def test_a_differential_removes_nothing() -> None:
    shop = a_shop()
    first = shop.run(FULL)
    shop.edit(Edit("update", 1, 2, 3))
    shop.run(FULL)
    before = state_of(shop, first)
    shop.edit(Edit("update", 1, 3, 1))
    shop.run(DIFFERENTIAL)
    assert before
    assert state_of(shop, first) == before


def test_what_is_younger_or_of_others_is_left_alone() -> None:
    shop = a_shop()
    shop.run(FULL)
    others = {
        "state/default/000/29990101T000000Z-later.jsonl.gz",
        "state/default/media/manifest/20000101T000000Z-old.json",
        "state/default/media/index/stored/0000/20000101T000000Z-old.gz",
        "state/another/000/20000101T000000Z-old.jsonl.gz",
        "state/default/notes.txt",
    }
    for key in (*others, "state/default/000/20000101T000000Z-old.jsonl.gz"):
        shop.world.store.put(key, b"")
    shop.run(FULL)
    assert others <= shop.world.store.objects.keys()
    assert "state/default/000/20000101T000000Z-old.jsonl.gz" not in shop.world.store.objects


def test_one_run_removes_so_many_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(superseded_state, "MOST_REMOVED", 3)
    shop = a_shop()
    shop.run(FULL)
    old = [f"state/default/000/20000101T00000{number}Z-old.jsonl.gz" for number in range(5)]
    for key in old:
        shop.world.store.put(key, b"")
    shop.run(FULL)
    assert [key for key in old if key in shop.world.store.objects] == old[3:]
    shop.run(FULL)
    assert not set(old) & shop.world.store.objects.keys()


def test_a_run_succeeds_though_nothing_can_be_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = a_shop()
    first = shop.run(FULL)
    shop.run(FULL)
    before = state_of(shop, first)

    def fail(_: object) -> None:
        raise TransientError("slow down")

    with monkeypatch.context() as patch:
        patch.setattr(shop.world.store, "delete", fail)
        assert shop.run(FULL).report()["status"] == "SUCCEEDED"
    assert state_of(shop, first) == before
    shop.run(FULL)
    assert state_of(shop, first) == set()


def test_a_state_before_that_is_damaged_stops_the_removal_alone() -> None:
    shop = a_shop()
    first = shop.run(FULL)
    second = shop.run(FULL)
    before = state_of(shop, first)
    shop.world.store.delete([f"state/default/manifest/{second.run.run_id}.json"])
    assert shop.run(FULL, force_full=True).report()["status"] == "SUCCEEDED"
    assert state_of(shop, first) == before
