"""Sectioned objects, packed lines and partitions on disk."""

from __future__ import annotations

import pytest

from akeneo_sfcc.storage.sections import SectionWriter, pack_lines, read_section, unpack_lines
from akeneo_sfcc.storage.spool import Partitions
from tests.fakes.object_store import InMemoryStore


def test_each_section_is_read_on_its_own() -> None:
    writer = SectionWriter()
    for section, line in ((7, b"a"), (2, b"b"), (7, "é\u2028".encode())):
        writer.add(section, line)
    body, table = writer.finish()
    store = InMemoryStore()
    store.put("work/part", body)
    assert list(table) == ["2", "7"]
    assert list(read_section(store, "work/part", table, 7)) == [b"a", "é\u2028".encode()]
    assert list(read_section(store, "work/part", table, 2)) == [b"b"]
    assert list(read_section(store, "work/part", table, 3)) == []


def test_equal_lines_give_equal_bytes() -> None:
    def written() -> bytes:
        writer = SectionWriter()
        for number in range(1000):
            writer.add(number % 4, str(number).encode())
        return writer.finish()[0]

    assert written() == written()
    assert pack_lines([b"a", b"b"]) == pack_lines([b"a", b"b"])


@pytest.mark.parametrize("lines", [[], [b"one"], [b"one", b"two"]])
def test_packed_lines_come_back(lines: list[bytes]) -> None:
    assert unpack_lines(pack_lines(lines)) == lines


def test_partitions_keep_the_order_of_their_lines() -> None:
    with Partitions(3) as partitions:
        for number in range(50_000):
            partitions.add(number % 2, str(number).encode())
        assert partitions.touched() == [0, 1]
        assert list(partitions.lines(1)) == [str(number).encode() for number in range(1, 50_000, 2)]
        assert list(partitions.lines(2)) == []
        partitions.add(1, b"last")
        assert list(partitions.lines(1))[-1] == b"last"


def test_a_partition_gives_back_what_is_on_disk_and_then_what_is_not() -> None:
    with Partitions(2) as partitions:
        lines = [str(number).encode() * 50 for number in range(1500)] + [b"", b"\r", b"\x0b\x85"]
        for line in lines:
            partitions.add(1, line)
        assert partitions.touched() == [1]
        assert list(partitions.lines(1)) == lines
        partitions.add(1, b"more")
        assert list(partitions.lines(1)) == [*lines, b"more"]
        assert list(partitions.lines(0)) == []
