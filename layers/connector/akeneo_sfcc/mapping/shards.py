"""Shards: a product and all its relatives meet in one."""

from __future__ import annotations

import zlib

MAX_SHARDS = 256
PRODUCTS_PER_SHARD = 10_000


def shard_of(home: str, shards: int) -> int:
    """Return the shard, 0 to shards - 1, of a home: a root model's code, or the id of a product without a root.

    Homes are compared without regard to case, as the PIM compares codes, so ids that differ by case only meet.
    """
    return zlib.crc32(home.lower().encode("utf-8", "surrogatepass")) % shards


def shard_count(products: int) -> int:
    """Return how many shards a catalogue of that many products gets: a power of two, about 10,000 products each."""
    shards = 1
    while shards < MAX_SHARDS and products > shards * PRODUCTS_PER_SHARD:
        shards *= 2
    return shards


def shards_sharing(shard: int, shards: int, other: int) -> list[int]:
    """Return which of `other` shards may hold homes of this one, both numbers being powers of two."""
    smaller = min(shards, other)
    return [number for number in range(other) if number % smaller == shard % smaller]
