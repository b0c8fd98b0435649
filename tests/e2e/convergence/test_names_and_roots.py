"""A differential import of what carries another id, or stands below another root, than when it was written."""

from __future__ import annotations

from typing import Any

import pytest

from akeneo_sfcc.mapping.shards import shard_count, shard_of
from local.demo_pim.edits import Editor
from tests.e2e.convergence.shop import Shop, small_shards
from tests.fakes.in_process import DIFFERENTIAL, FULL

__all__ = ["small_shards"]

PRODUCTS = 9


def uuid(number: int) -> str:
    return f"{number:04x}0000-0000-4000-8000-{number:012x}"


def plain(data: Any) -> list[dict[str, Any]]:
    return [{"locale": None, "scope": None, "data": data}]


class Edited:
    """A shop with nine simple products, and its PIM's editor."""

    def __init__(self) -> None:
        self.shop = Shop()
        self._editor = Editor(self.shop.store, lambda: self.shop.world.now)
        for number in range(PRODUCTS):
            values = {"sku": plain(f"P{number}")}
            self.edit(op="upsert", kind="product", item={"uuid": uuid(number), "family": "packs", "values": values})

    def edit(self, **operation: Any) -> None:
        self.shop.world.wait(60)
        self._editor.edit(operation)

    def model(self, code: str, parent: str | None = None, *categories: str) -> None:
        item = {"code": code, "parent": parent, "family": "shoes", "family_variant": "by_both"}
        values = {"color": plain("red")} if parent else {}
        self.edit(op="upsert", kind="model", item={**item, "categories": list(categories), "values": values})

    def variant(self, number: int, parent: str) -> None:
        values = {"sku": plain(f"P{number}"), "size": plain("s")}
        item = {"uuid": uuid(number), "family": "shoes", "parent": parent, "values": values}
        self.edit(op="upsert", kind="product", item=item)

    def rename(self, number: int, identifier: str) -> None:
        self.edit(op="patch", kind="product", key=uuid(number), values={"sku": plain(identifier)})

    @property
    def products(self) -> dict[str, Any]:
        """What SFCC holds."""
        found: dict[str, Any] = self.shop.sfcc.snapshot()["products"]
        return found

    def online(self, id_: str) -> str:
        return str(self.products[id_]["values"]["online-flag"])

    def assigned(self, product: str) -> set[str]:
        """The categories SFCC shows a product in."""
        assignments = self.shop.sfcc.snapshot()["catalogs"].get("shop", {}).get("assignments", {})
        return {key.split(" ")[0] for key in assignments if key.split(" ")[1] == product}


def test_the_old_id_of_a_renamed_product_goes_offline_in_a_differential_too() -> None:
    pim = Edited()
    pim.shop.run(FULL)
    pim.rename(3, "R3")
    finished = pim.shop.run(DIFFERENTIAL)
    assert finished.report()["mode"] == "differential"
    assert (pim.online("P3"), pim.online("R3")) == ("false", "true")
    assert finished.report()["left"]["renamed"] == 1
    assert pim.shop.run(DIFFERENTIAL).report().get("left") == {}, "once"


def test_a_master_lists_a_renamed_variant_by_its_new_id_alone() -> None:
    pim = Edited()
    pim.model("M")
    pim.model("M-red", "M")
    pim.variant(20, "M-red")
    pim.shop.run(FULL)
    assert pim.products["M"]["variants"] == ["P20"]
    pim.rename(20, "R20")
    pim.shop.run(DIFFERENTIAL)
    assert pim.products["M"]["variants"] == ["R20"]
    assert pim.online("P20") == "false"


def test_products_that_swap_their_ids_leave_none() -> None:
    pim = Edited()
    pim.shop.run(FULL)
    pim.rename(1, "between")
    pim.rename(2, "P1")
    pim.rename(1, "P2")
    finished = pim.shop.run(DIFFERENTIAL)
    assert (pim.online("P1"), pim.online("P2")) == ("true", "true")
    assert "between" not in pim.products
    assert finished.report().get("left") == {}


def test_an_id_whose_product_was_renamed_and_that_another_took_is_that_others() -> None:
    pim = Edited()
    pim.shop.run(FULL)
    pim.rename(4, "R4")
    pim.rename(5, "P4")
    pim.shop.run(DIFFERENTIAL)
    assert [pim.online(id_) for id_ in ("P4", "R4", "P5")] == ["true", "true", "false"]


def root_beside(code: str, *, same_shard: bool) -> str:
    """Return a root's code whose shard is that of another one, or is not."""
    shards = shard_count(PRODUCTS)
    assert shards > 1
    codes = (f"N{number}" for number in range(50))
    return next(one for one in codes if (shard_of(one, shards) == shard_of(code, shards)) == same_shard)


@pytest.mark.parametrize("same_shard", [True, False], ids=["in the same shard", "in another shard"])
def test_a_model_that_moved_takes_its_categories_from_its_old_root_to_the_new_one(same_shard: bool) -> None:
    pim = Edited()
    new = root_beside("M", same_shard=same_shard)
    pim.model("M", None, "boots")
    pim.model(new)
    pim.model("M-red", "M", "sale")
    pim.shop.run(FULL)
    assert (pim.assigned("M"), pim.assigned(new)) == ({"boots", "sale"}, set())
    pim.edit(op="patch", kind="model", key="M-red", set={"parent": new})
    finished = pim.shop.run(DIFFERENTIAL)
    assert finished.report()["mode"] == "differential"
    assert (pim.assigned("M"), pim.assigned(new)) == ({"boots"}, {"sale"})


def test_ids_that_differ_by_case_only_leave_one_by_one() -> None:
    pim = Edited()
    pim.shop.run(FULL)
    pim.edit(op="upsert", kind="product", item={"uuid": uuid(30), "family": "packs", "values": {"sku": plain("p1")}})
    pim.shop.run(DIFFERENTIAL)
    assert (pim.online("P1"), pim.online("p1")) == ("true", "true")
    pim.edit(op="delete", kind="product", key=uuid(1))
    pim.edit(op="delete", kind="product", key=uuid(30))
    pim.shop.run(FULL)
    assert (pim.online("P1"), pim.online("p1")) == ("false", "false")
