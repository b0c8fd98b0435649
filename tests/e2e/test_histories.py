"""Whatever happens to the catalogue between full imports, SFCC ends up with what the PIM says now."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from local.demo_pim.server import DemoPim
from tests.e2e.comparison import differences, element_differences
from tests.e2e.configurations import RECOMMENDED, SETS
from tests.e2e.exported import Export
from tests.e2e.imports import Importer, configured
from tests.e2e.oracle import Expected, Oracle
from tests.e2e.sfcc_double import SfccDouble
from tests.e2e.snapshots import Item, Snapshot

Validate = Callable[[bytes], None]

CONFIGURATIONS = {
    "recommendations": {"associations": {"recommendation_types": RECOMMENDED, **SETS}},
    "links between groups": {
        "models": {"import": "master-group-variation"},
        "associations": {"target": "links", "link_types": {"X_SELL": "cross-sell", "COMPATIBLE": "other"}, **SETS},
    },
    "mapped attributes": {
        "attributes": {
            "system_mapping": {
                "name": "name", "description": "longDescription", "brand": "brand", "release_date": "onlineFrom",
                "min_temperature": "searchRank", "pockets": "minOrderQuantity",
            },
        },
        "storefront_catalogs": [{"id": "shop", "primary_category": True, "assign_variants": True}],
        "associations": {"recommendation_types": RECOMMENDED},
    },
}  # fmt: skip


@pytest.mark.parametrize("sections", CONFIGURATIONS.values(), ids=CONFIGURATIONS.keys())
@pytest.mark.parametrize("seed", range(2))
def test_sfcc_ends_up_with_what_the_pim_says_now(
    seed: int, sections: dict[str, Any], own_pim: DemoPim, sfcc_xsd: Validate
) -> None:
    document = configured(**{"products": {"max_reject_ratio": 0.5}, "deletions": {"max_ratio": 1.0}, **sections})
    importer, sfcc, chance = Importer(own_pim, document), SfccDouble(), Random(seed)
    for step in range(4):
        if step:
            change(own_pim, chance)
        export = Export(importer.run().files())
        for body in export.xml_files.values():
            sfcc_xsd(body)
        sfcc.take(export)
        wrong = disagreements(sfcc, Oracle(Snapshot.of(own_pim.store), document).expect())
        assert not wrong, f"after {step} changes {len(wrong)} differences:\n" + "\n".join(wrong[:40])


def disagreements(sfcc: SfccDouble, expected: Expected) -> list[str]:
    """Say where SFCC differs from what the PIM says; what left the PIM must be offline, unlisted and alone."""
    wrong: list[str] = []
    wanted, held = expected.products["products"], sfcc.products["products"]
    for id_, one in wanted.items():
        if id_ not in held:
            wrong.append(f"{id_} is missing")
            continue
        if one.variations and not one.variations["variants"] and held[id_].variations:
            # Axes stay in SFCC when no variant is left to show them.
            one.variations["axes"] = held[id_].variations["axes"]  # type: ignore[index]
        wrong += element_differences(id_, one, held[id_])
    rejected = {id_ for _, id_, _ in expected.rejects}
    for id_ in held.keys() - wanted.keys() - rejected:
        if held[id_].online:
            wrong.append(f"{id_} has left and is online")
        if held[id_].variations and held[id_].variations["variants"]:  # type: ignore[index]
            wrong.append(f"{id_} has left and has variants")
    gone = held.keys() - wanted.keys()
    wrong += differences("relations", expected.relations["products"], without(gone, sfcc.relations["products"]))
    found = {key: flag for key, flag in sfcc.assignments["shop"].items() if key[1] not in gone}
    wrong += differences("assignments", expected.assignments["shop"], found)
    recommended = without(gone, sfcc.recommendations["shop"])
    return wrong + differences("recommendations", expected.recommendations["shop"], recommended)


def without(gone: set[str], held: dict[str, Any]) -> dict[str, Any]:
    """What belongs to products that have not left; lists that are empty count as none."""
    return {id_: one for id_, one in held.items() if id_ not in gone and one}


# ---------------------------------------------------------------------- changes


def change(pim: DemoPim, chance: Random) -> None:
    """Do some random things that happen in a PIM."""
    for _ in range(12):
        products = [pim.store.products.doc(key) for key in pim.store.products.keys]
        models = [pim.store.models.doc(key) for key in pim.store.models.keys]
        usual = [one for one in products if "sku" in one["values"] and one["values"]["sku"][0]["data"] not in ODD]
        pim.edit(chance.choice(CHANGES)(usual, models, chance))


ODD = {" padded id ", "x" * 120, "lamp-100"}
"""Rejected from the start."""


def leave(products: list[Item], _models: list[Item], chance: Random) -> Item:
    return {"op": "delete", "kind": "product", "key": chance.choice(products)["uuid"]}


def leave_with_variants(_products: list[Item], models: list[Item], chance: Random) -> Item:
    return {
        "op": "delete",
        "kind": "model",
        "key": chance.choice([one for one in models if one["parent"]] or models)["code"],
    }


def rename(products: list[Item], _models: list[Item], chance: Random) -> Item:
    number = chance.randrange(10**6)
    return of_values(chance.choice(products), sku=[{"locale": None, "scope": None, "data": f"renamed-{number}"}])


def toggle(products: list[Item], _models: list[Item], chance: Random) -> Item:
    one = chance.choice(products)
    return {"op": "patch", "kind": "product", "key": one["uuid"], "set": {"enabled": not one["enabled"]}}


def forget_a_value(products: list[Item], _models: list[Item], chance: Random) -> Item:
    one = chance.choice([one for one in products if one["parent"] is None])
    codes = sorted(set(one["values"]) - {"sku"})
    return (
        of_values(one, **{chance.choice(codes): None})
        if codes
        else {"op": "touch", "kind": "product", "key": one["uuid"]}
    )


def learn_values(products: list[Item], _models: list[Item], chance: Random) -> Item:
    one = chance.choice([one for one in products if one["parent"] is None])
    name = [{"locale": chance.choice(("en_US", "fr_FR")), "scope": None, "data": f"Name {chance.random()}"}]
    number = [{"locale": None, "scope": None, "data": chance.randrange(2, 30)}]
    return of_values(one, name=name, pockets=number, min_temperature=number)


def move_category(products: list[Item], _models: list[Item], chance: Random) -> Item:
    one = chance.choice([one for one in products if one["parent"] is None])
    categories = chance.sample(["camping", "lighting", "sale", "equipment", "empty_shelf"], chance.randrange(3))
    return {"op": "patch", "kind": "product", "key": one["uuid"], "set": {"categories": sorted(categories)}}


def move_variant(products: list[Item], _models: list[Item], chance: Random) -> Item:
    boots = [one for one in products if one["family"] == "boots" and one["parent"]]
    if not boots:
        return {"op": "touch", "kind": "product", "key": products[0]["uuid"]}
    one = chance.choice(boots)
    return {
        "op": "patch",
        "kind": "product",
        "key": one["uuid"],
        "set": {"parent": chance.choice(("granite-mid", "pebble-low"))},
    }


def associate(products: list[Item], models: list[Item], chance: Random) -> Item:
    one = chance.choice([one for one in products if one["parent"] is None])
    kind = chance.choice(("X_SELL", "UPSELL", "COMPATIBLE", "LOOK"))
    targets = {
        "products": [other["uuid"] for other in chance.sample(products, chance.randrange(4))],
        "product_models": [other["code"] for other in chance.sample(models, min(len(models), chance.randrange(2)))],
        "groups": [],
    }
    associations = {**one["associations"], kind: targets}
    return {"op": "patch", "kind": "product", "key": one["uuid"], "set": {"associations": associations}}


def of_values(one: Item, **values: Any) -> Item:
    return {"op": "patch", "kind": "product", "key": one["uuid"], "values": values}


CHANGES = (
    leave, leave_with_variants, rename, toggle, forget_a_value, learn_values, learn_values, move_category, move_variant,
    associate, associate,
)  # fmt: skip
