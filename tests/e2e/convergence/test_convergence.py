"""Whatever people do in the PIM and however runs die: after the next success SFCC holds what a fresh import gives."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from akeneo_sfcc.errors import DataError
from tests.e2e.convergence.edits import Edit
from tests.e2e.convergence.shop import Shop, differences, small_shards, without
from tests.fakes.in_process import DIFFERENTIAL, FULL

__all__ = ["small_shards"]

CONFIGURATIONS: list[dict[str, Any]] = [
    {},
    {
        "models": {"import": "master-group-variation"},
        "associations": {"recommendation_types": {"X_SELL": 1, "UPSELL": 2}},
        "storefront_catalogs": [
            {"id": "shop", "primary_category": True},
            {"id": "outlet", "category_trees": ["other"], "assign_variants": True},
        ],
    },
    {
        "associations": {
            "recommendation_types": {"X_SELL": 1, "UPSELL": 1},
            "product_set": {"family": "sets", "association_type": "SET"},
            "bundle": {"family": "packs", "association_type": "PACK"},
        },
        "storefront_catalogs": [{"id": "shop", "category_trees": ["master", "other"]}],
        "attributes": {
            "system_mapping": {"name": "name", "brand": "brand", "launch": "onlineFrom", "rank": "searchRank"}
        },
    },
    {
        "associations": {"target": "links", "link_types": {"X_SELL": "cross-sell", "UPSELL": "up-sell"}},
        "models": {"import": "master-group-variation"},
        "products": {"clear_empty": "family"},
        "attributes": {"measurements": "split"},
        "deletions": {"categories": "delete", "products": "delete"},
    },
]

GENTLE = [
    "insert",
    "insert",
    "update",
    "update",
    "empty",
    "move",
    "convert",
    "axis",
    "disable",
    "recategorise",
    "associate",
    "model",
    "edit_model",
    "edit_model",
    "option_label",
    "option_order",
    "axis_label",
    "localizable",
    "category",
]
"""Edits after which a differential alone must converge: nothing leaves, nothing changes its id."""

_EMPTYING = ("disable", "move", "convert")
FILTERED = [*(name for name in GENTLE if name not in _EMPTYING), *["insert_disabled", "enable"] * 3]
"""The same where only what is enabled is exported: things come, with models that were there before."""

HARSH = [*GENTLE, *["delete", "recreate", "rename", "swap", "nameless", "delete_model", "move_model"]]

STAGES = [
    "read_structure",
    "build_categories",
    "plan_pages",
    "import_models",
    "index_models",
    "import_products",
    "index_products",
    "build_catalogs",
    "write_manifest",
    "finish_run",
]

small = st.integers(0, 11)


def edits(names: list[str]) -> st.SearchStrategy[Any]:
    return st.builds(Edit, st.sampled_from(names), small, small, small)


first_catalogue = st.lists(
    st.builds(
        Edit, st.sampled_from(["insert", "insert", "insert", "model", "model", "associate"]), small, small, small
    ),
    max_size=14,
)
kills = st.tuples(st.just("kill"), st.sampled_from([FULL, DIFFERENTIAL]), st.sampled_from(STAGES), st.booleans())
interruptions = st.tuples(
    st.just("interrupt"), st.sampled_from([FULL, DIFFERENTIAL]), st.integers(0, 23), st.booleans(), st.booleans()
)
differentials = st.tuples(st.just("run"), st.just(DIFFERENTIAL))
chosen = st.tuples(st.just("only"), small, small)
fulls = st.tuples(st.just("run"), st.just(FULL))
meanwhile = st.tuples(
    st.just("meanwhile"), st.sampled_from([FULL, DIFFERENTIAL]), st.sampled_from(STAGES), edits(HARSH)
)
filters = st.tuples(st.just("filter"), st.integers(0, 2))

FILTERS: list[dict[str, Any]] = [
    {},
    {"search": {"enabled": [{"operator": "=", "value": True}]}},
    {"search": {"categories": [{"operator": "IN CHILDREN", "value": ["master"]}]}},
]

EXAMPLES = int(os.environ.get("CONVERGENCE_EXAMPLES", "100"))
checked = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize="CONVERGENCE_EXAMPLES" not in os.environ,
    database=None,
    print_blob=False,
    phases=(Phase.generate, Phase.shrink),
)


@given(
    st.sampled_from(CONFIGURATIONS),
    first_catalogue,
    st.lists(
        st.one_of(edits(GENTLE), edits(GENTLE), edits(GENTLE), differentials, kills, interruptions, chosen), max_size=12
    ),
)
@checked
def test_a_differential_alone_brings_sfcc_to_where_a_fresh_full_import_would(
    sections: dict[str, Any], first: list[Edit], steps: list[Any]
) -> None:
    shop = Shop(**sections)
    shop.edit(*first)
    shop.run(FULL)
    for step in [*steps, ("run", DIFFERENTIAL)]:
        take(shop, step)
        if step[0] == "run":
            assert_converged(shop, strictly=True)


@given(
    st.sampled_from(CONFIGURATIONS),
    st.lists(
        st.builds(Edit, st.sampled_from(["insert", "insert_disabled", "model", "model"]), small, small, small),
        max_size=14,
    ),
    st.lists(
        st.one_of(edits(FILTERED), edits(FILTERED), edits(FILTERED), differentials, kills, interruptions), max_size=12
    ),
)
@checked
def test_what_enters_the_filter_comes_with_models_that_were_there_before(
    sections: dict[str, Any], first: list[Edit], steps: list[Any]
) -> None:
    shop = Shop(**{**sections, "pim": {"product_filter": FILTERS[1]}})
    shop.edit(*first)
    shop.run(FULL)
    for step in [*steps, ("run", DIFFERENTIAL)]:
        take(shop, step)
        if step[0] == "run":
            assert_converged(shop, strictly=True)


@given(
    st.sampled_from(CONFIGURATIONS),
    first_catalogue,
    st.lists(
        st.one_of(
            *[edits(HARSH)] * 3, differentials, fulls, kills, interruptions, interruptions, chosen, meanwhile, filters
        ),
        max_size=14,
    ),
)
@checked
def test_a_full_import_brings_sfcc_to_where_a_fresh_one_would_whatever_happened(
    sections: dict[str, Any], first: list[Edit], steps: list[Any]
) -> None:
    shop = Shop(**sections)
    shop.edit(*first)
    for step in steps:
        take(shop, step)
    shop.run(FULL)
    assert_converged(shop)


rounds = st.tuples(
    st.lists(edits(GENTLE), min_size=1, max_size=6),
    interruptions,
    st.booleans(),
    st.lists(st.one_of(edits(GENTLE), chosen), max_size=3),
)


@given(st.sampled_from(CONFIGURATIONS), first_catalogue, st.lists(rounds, min_size=1, max_size=3))
@checked
def test_what_unfinished_deliveries_left_is_undone_also_when_the_pim_is_as_it_was_before(
    sections: dict[str, Any], first: list[Edit], rounds: list[Any]
) -> None:
    shop = Shop(**sections)
    shop.edit(*first)
    shop.run(FULL)
    shop.people.remember()
    for edited, interruption, restored, more in rounds:
        for step in (*edited, interruption):
            take(shop, step)
        if restored:
            shop.world.wait(60)
            shop.people.restore()
        for step in more:
            take(shop, step)
    shop.run(DIFFERENTIAL)
    assert_converged(shop, strictly=True)
    assert shop.world.ledger.delivering("products", "default") is None


@contextmanager
def unless_refused() -> Iterator[None]:
    """Let a run over chosen items be refused after a delivery into another number of shards."""
    try:
        yield
    except DataError as error:
        if not re.match(
            r"only: an unfinished delivery cut the catalogue into \d+ shards, committed are \d+", str(error)
        ):
            raise


def names(a: int, b: int) -> list[str]:
    """Return identifiers and a code to choose by."""
    return sorted({*(f"P{(a + n) % 9}" for n in range(b % 3)), f"M{b % 4}"})


def take(shop: Shop, step: Any) -> None:
    """Take one step of a sequence."""
    if isinstance(step, Edit):
        shop.edit(step)
        return
    match step:
        case ("run", job):
            shop.run(job)
        case ("only", a, b):
            with unless_refused():
                shop.run((FULL, DIFFERENTIAL)[a % 2], only={"identifiers": names(a, b)})
        case ("kill", job, before, told):
            shop.kill(job, before, told=told)
        case ("interrupt", job, position, told, of_chosen):
            only = {"only": {"identifiers": names(position, position // 2)}} if of_chosen else {}
            with unless_refused():
                shop.interrupt(job, (position + 0.5) / 24, told=told, **only)
        case ("meanwhile", job, stage, edit):
            shop.run(job, meanwhile={stage: edit})
        case ("filter", number):
            shop.settings["pim"]["product_filter"] = FILTERS[number]


def assert_converged(shop: Shop, *, strictly: bool = False) -> None:
    """Compare with a fresh import, save for what `deletions` keeps and what is rejected now: that stays as it was."""
    held, wanted = shop.sfcc.snapshot(), shop.afresh().snapshot()
    policy = shop.settings.get("deletions", {})
    kept_products: set[str] = set() if strictly else rejected_now(shop, held)
    kept_categories: set[tuple[str, str]] = set()
    if not strictly and policy.get("products", "offline") == "offline":
        for id_ in (held["products"].keys() - wanted["products"].keys()) - kept_products:
            assert held["products"][id_]["values"]["online-flag"] == "false", f"{id_} has left and is online"
            kept_products.add(id_)
    if policy.get("categories", "ignore") == "ignore":
        for catalog, found in held["catalogs"].items():
            known = wanted["catalogs"].get(catalog, {}).get("categories", {})
            kept_categories |= {(catalog, code) for code in found.get("categories", {}) if code not in known}
    held = without(held, kept_products, kept_categories)
    found = differences(held, without(wanted, kept_products, set()))
    assert not found, "\n".join(found)


def rejected_now(shop: Shop, held: dict[str, Any]) -> set[str]:
    """Return the ids of what the last run rejected and SFCC holds, and of all that shows it: its master's family."""
    assert shop.last is not None
    rejects = [line for line in shop.last.records() if line["severity"] == "reject"]
    names = {line["id"] for line in rejects} | {line["uuid"] for line in rejects}
    kept = {entry.id for entry in shop.committed_ids() if not entry.left and {entry.id, entry.pim_key} & names}
    for id_, product in held["products"].items():
        family = {id_, *product.get("variants", ()), *product.get("groups", ())}
        if "variants" in product and kept & family:
            kept |= family
    return kept
