"""Bucketed files: what is in them, and what a change reads and writes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.storage.buckets import BUCKETS, BucketFile, bucket_of
from tests.fakes.object_store import InMemoryStore


class CountingStore(InMemoryStore):
    """Counts what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def get(self, key: str) -> bytes:
        self.read.append(key)
        return super().get(key)

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        self.read.append(f"{key} {offset}")
        return self.objects[key][offset : offset + length]


def lines(number: int) -> dict[int, list[bytes]]:
    return {bucket: [f"line {bucket}".encode()] for bucket in range(number)}


def test_what_was_written_is_read_bucket_by_bucket() -> None:
    store = InMemoryStore()
    key = BucketFile(store, None).changed("a", {7: [b"x", b"y"], 3: [b"z"], 4: []})
    assert list(BucketFile(store, key).all_lines()) == [b"z", b"x", b"y"]
    assert list(BucketFile(store, key).lines([7, 4, 900])) == [b"x", b"y"]


def test_nothing_makes_no_file() -> None:
    store = InMemoryStore()
    assert BucketFile(store, None).changed("a", {1: []}) is None
    assert store.objects == {}
    assert list(BucketFile(store, None).all_lines()) == []


def test_a_change_keeps_the_other_buckets_where_they_are_and_the_old_file_as_it_was() -> None:
    store = InMemoryStore()
    old = BucketFile(store, None).changed("old", lines(5))
    before = dict(store.objects)
    new = BucketFile(store, old).changed("new", {2: [b"changed"], 3: []})
    assert sorted(BucketFile(store, new).all_lines()) == [b"changed", b"line 0", b"line 1", b"line 4"]
    assert list(BucketFile(store, old).all_lines()) == [line for found in lines(5).values() for line in found]
    assert {key: store.objects[key] for key in before} == before
    assert BucketFile(store, new).objects == ["new", "old.data", "new.data"]


def test_a_few_buckets_are_read_without_the_rest() -> None:
    store = CountingStore()
    key = BucketFile(store, None).changed("a", lines(BUCKETS))
    store.read.clear()
    assert list(BucketFile(store, key).lines([5, 6])) == [b"line 5", b"line 6"]
    assert len(store.read) == 3  # the directory and two ranges
    store.read.clear()
    assert len(list(BucketFile(store, key).lines(range(100)))) == 100
    assert store.read == ["a", "a.data"]


def test_equal_contents_give_equal_bytes() -> None:
    one, two = InMemoryStore(), InMemoryStore()
    BucketFile(one, None).changed("a", {1: [b"x"], 2: [b"y"]})
    BucketFile(two, None).changed("a", {2: [b"y"], 1: [b"x"]})
    assert one.objects == two.objects


def test_a_file_of_many_changes_is_written_whole_again() -> None:
    store = InMemoryStore()
    key = BucketFile(store, None).changed("0", lines(40))
    for number in range(1, 40):
        key = BucketFile(store, key).changed(str(number), {number: [f"changed {number}".encode()]})
    file = BucketFile(store, key)
    assert len(file.objects) <= 14
    assert set(file.all_lines()) == {b"line 0", *(f"changed {number}".encode() for number in range(1, 40))}


def test_a_file_is_never_made_from_itself() -> None:
    store = InMemoryStore()
    key = BucketFile(store, None).changed("a", lines(3))
    with pytest.raises(ValueError, match="made from itself"):
        BucketFile(store, key).changed("a", {1: [b"x"]})


@pytest.mark.parametrize("key", ["a", "a.data"])
def test_a_damaged_object_is_named_with_what_helps(key: str) -> None:
    store = InMemoryStore()
    BucketFile(store, None).changed("a", lines(2))
    store.objects[key] = b"x" * len(store.objects[key])
    with pytest.raises(DataError, match=rf"object {key} is damaged .*delete it and start with force_full"):
        list(BucketFile(store, "a").all_lines())


def test_keys_are_spread_without_regard_to_case() -> None:
    assert bucket_of("Ä-Model") == bucket_of("ä-model")
    assert len({bucket_of(str(number)) for number in range(10_000)}) > BUCKETS * 0.9


@pytest.mark.parametrize(
    "damage",
    [lambda body: body[:-1], lambda body: body + b"x", lambda body: body.replace(b'["a.data"]', b"[]        ")],
    ids=["cut off", "too long", "of no object"],
)
def test_a_directory_that_cannot_be_one_is_named(damage: Callable[[bytes], bytes]) -> None:
    store = InMemoryStore()
    BucketFile(store, None).changed("a", lines(2))
    store.objects["a"] = damage(store.objects["a"])
    with pytest.raises(DataError, match="object a is damaged"):
        list(BucketFile(store, "a").all_lines())


def test_objects_are_named_no_longer_than_a_bucket_is_in_them() -> None:
    store = InMemoryStore()
    BucketFile(store, None).changed("b", lines(2))
    BucketFile(store, "b").changed("c", {1: [b"from c"]})
    BucketFile(store, "c").changed("a", {0: [b"from a"], 5: [b"also"]})
    assert BucketFile(store, "a").objects == ["a", "c.data", "a.data"]
    assert list(BucketFile(store, "a").lines([0, 1, 5])) == [b"from c", b"from a", b"also"]
