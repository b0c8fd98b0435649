"""Configurations nobody would think of: every setting at random, by a seed."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.e2e.imports import configured
from tests.e2e.oracle_values import SYSTEM
from tests.e2e.snapshots import Snapshot

LINKS = ("cross-sell", "up-sell", "other", "replacement")


def random_configuration(seed: int, snapshot: Snapshot) -> dict[str, Any]:
    """A valid configuration for this PIM."""
    chance = Random(seed)
    channel = chance.choice(snapshot["channels"])
    made = configured(pim={"channel": channel["code"]})
    made["pim"]["locales"] = chance.sample(channel["locales"], chance.randint(1, len(channel["locales"])))
    made["locales"] = _locales(chance, made["pim"]["locales"])
    made["attributes"] = _attributes(chance, snapshot)
    mapped = {**made["attributes"]["system_mapping"], **made["attributes"]["custom_mapping"]}
    made["products"] = _products(chance, snapshot, mapped)
    made["models"] = {"import": chance.choice(("master-variation", "master-group-variation"))}
    trees = [one["code"] for one in snapshot["categories"] if one["parent"] is None]
    if chance.random() < 0.5:
        chosen = chance.sample(trees, chance.randint(1, len(trees)))
        made["master_catalogs"] = [{"id": f"master-{tree}", "category_trees": [tree]} for tree in chosen]
        made["master_catalogs"][0]["default"] = chance.random() < 0.6
    made["storefront_catalogs"] = [_storefront(chance, snapshot, trees, number) for number in range(2)]
    made["associations"] = _associations(chance, snapshot)
    return made


def _locales(chance: Random, locales: list[str]) -> dict[str, Any]:
    default = chance.choice(("first", None, chance.choice(locales)))
    renamed = {chance.choice(locales): chance.choice(("x-default", "it", "sv-SE"))} if chance.random() < 0.4 else {}
    on_default = [locale for locale, target in renamed.items() if target == "x-default"]
    return {"default": on_default[0] if on_default and default not in ("first", None) else default, "map": renamed}


def _attributes(chance: Random, snapshot: Snapshot) -> dict[str, Any]:
    codes = [one["code"] for one in snapshot["attributes"]]
    chance.shuffle(codes)
    targets = sorted(set(SYSTEM) - {"onlineflag"})
    return {
        "prefix": chance.choice(("akeneo_", "p", "")),
        "id_style": chance.choice(("camel", "raw")),
        "measurements": chance.choice(("text", "split")),
        "prices": chance.choice(("pricebook", "attribute")),
        "exclude": [codes.pop() for _ in range(chance.randint(0, 4))],
        "exclude_groups": [chance.choice(snapshot["attribute-groups"])["code"]] if chance.random() < 0.5 else [],
        "system_mapping": {codes.pop(): chance.choice(targets) for _ in range(chance.randint(0, 10))},
        "custom_mapping": {codes.pop(): f"own{number}" for number in range(chance.randint(0, 4))},
    }


def _products(chance: Random, snapshot: Snapshot, mapped: dict[str, str]) -> dict[str, Any]:
    attributes = snapshot["attributes"]
    unique = [one["code"] for one in attributes if one["unique"] or "identifier" in one["type"]]
    flags = [one["code"] for one in attributes if "boolean" in one["type"] and one["code"] not in mapped]
    online = ["status", "always", "never", *(f"attribute:{code}" for code in flags)]
    return {
        "id": chance.choice(("identifier", "uuid", f"attribute:{chance.choice(unique)}")),
        "online": chance.choice(online),
        "clear_empty": chance.choice(("state", "none", "family")),
        "max_reject_ratio": 1.0,
    }


def _storefront(chance: Random, snapshot: Snapshot, trees: list[str], number: int) -> dict[str, Any]:
    made: dict[str, Any] = {"id": f"shop-{number}"}
    for name in ("write_categories", "categories_online", "primary_category", "assign_variants"):
        made[name] = chance.random() < 0.6
    place = chance.random()
    if place < 0.4:
        made["root_category"] = chance.choice(snapshot["categories"])["code"]
    elif place < 0.8:
        made["category_trees"] = chance.sample(trees, chance.randint(1, len(trees)))
    return made


def _associations(chance: Random, snapshot: Snapshot) -> dict[str, Any]:
    types = [one["code"] for one in snapshot["association-types"]]
    families = [one["code"] for one in snapshot["families"]]
    of_sets, of_bundles = chance.sample(families, 2)
    chosen = chance.sample(types, chance.randint(0, len(types)))
    return {
        "target": chance.choice(("recommendations", "links")),
        "recommendation_types": {code: chance.randint(1, 3) for code in chosen},
        "link_types": {code: chance.choice(LINKS) for code in chosen},
        "product_set": {"family": of_sets, "association_type": chance.choice(types)} if chance.random() < 0.5 else None,
        "bundle": {"family": of_bundles, "association_type": chance.choice(types)} if chance.random() < 0.5 else None,
    }
