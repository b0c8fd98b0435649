"""Compressed lines, written and read one at a time."""

from __future__ import annotations

import gzip

import pytest

from akeneo_sfcc.storage.sections import read_lines, write_lines
from tests.fakes.object_store import InMemoryStore


def test_lines_come_back_as_they_were_written() -> None:
    store = InMemoryStore()
    lines = [b"one", b"", "zwölf 😀".encode(), b"x" * 100_000]
    with write_lines(store, "a") as write:
        for line in lines:
            write(line)
    assert list(read_lines(store, "a")) == lines
    assert gzip.decompress(store.get("a")) == b"\n".join(lines) + b"\n"


def test_equal_lines_give_equal_bytes() -> None:
    store = InMemoryStore()
    for key in ("a", "b"):
        with write_lines(store, key) as write:
            write(b"line")
    assert store.get("a") == store.get("b")


def test_a_file_without_lines_is_there_and_empty() -> None:
    store = InMemoryStore()
    with write_lines(store, "a"):
        pass
    assert list(read_lines(store, "a")) == []


def test_a_file_whose_writer_failed_does_not_appear() -> None:
    store = InMemoryStore()

    def fail() -> None:
        with write_lines(store, "a") as write:
            write(b"line")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not store.exists("a")
