"""Shards."""

from __future__ import annotations

import pytest

from akeneo_sfcc.mapping.shards import shard_count, shard_of, shards_sharing


def test_ids_that_differ_by_case_only_meet() -> None:
    assert shard_of("SKU-É-1", 256) == shard_of("sku-é-1", 256)


@pytest.mark.parametrize(
    ("products", "shards"), [(0, 1), (10_000, 1), (10_001, 2), (100_000, 16), (2_560_000, 256), (10**9, 256)]
)
def test_a_shard_holds_about_ten_thousand_products(products: int, shards: int) -> None:
    assert shard_count(products) == shards


@pytest.mark.parametrize(("shards", "other"), [(4, 16), (16, 4), (8, 8), (1, 4)])
def test_another_number_of_shards_is_found_again(shards: int, other: int) -> None:
    for number in range(500):
        home = f"product-{number}"
        assert shard_of(home, other) in shards_sharing(shard_of(home, shards), shards, other)
