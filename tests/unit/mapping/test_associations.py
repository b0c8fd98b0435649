"""From associations to recommendations, links, sets and bundles."""

from __future__ import annotations

from typing import Any

from lxml import etree

from akeneo_sfcc.mapping.associations import (
    Exported,
    RelationPlan,
    assignment_element,
    recommendation_element,
    relations_element,
    superseded,
)
from akeneo_sfcc.settings import Settings

HELD = {
    ("uuid-tie", False): Exported("TIE", "simple"),
    ("uuid-hat", False): Exported("HAT", "variant"),
    ("shirt", True): Exported("shirt", "root"),
    ("shirt_red", True): Exported("shirt", "root"),
}


def a_plan(**associations: Any) -> RelationPlan:
    return RelationPlan(
        Settings.parse(
            {
                "pim": {"base_url": "https://pim.example.com", "channel": "shop"},
                "master_catalogs": [{"id": "master"}],
                "associations": associations,
            }
        )
    )


def resolve(plan: RelationPlan, relations: dict[str, list[list[Any]]], *, family: str = "any", simple: bool = True):
    return plan.resolve("SELF", simple, family, relations, lambda key, is_model: HELD.get((key, is_model)))


def test_targets_keep_the_pims_order_and_stand_once() -> None:
    plan = a_plan(recommendation_types={"X_SELL": 1})
    targets = [["uuid-hat", False, None], ["uuid-tie", False, None], ["uuid-hat", False, None]]
    relations, issues = resolve(plan, {"X_SELL": targets})
    assert relations.typed == {"X_SELL": ["HAT", "TIE"]}
    assert issues == []


def test_a_merged_model_stands_for_its_root() -> None:
    relations, _ = resolve(
        a_plan(recommendation_types={"X_SELL": 1}), {"X_SELL": [["shirt_red", True, None], ["shirt", True, None]]}
    )
    assert relations.typed == {"X_SELL": ["shirt"]}


def test_a_target_that_is_not_exported_is_dropped_with_a_warning() -> None:
    relations, issues = resolve(a_plan(recommendation_types={"X_SELL": 1}), {"X_SELL": [["gone", False, None]]})
    assert relations.typed == {}
    assert [(i.reason, i.id, i.attribute, i.value) for i in issues] == [
        ("target_not_exported", "SELF", "X_SELL", "gone")
    ]


def test_types_without_a_mapping_are_not_looked_at() -> None:
    plan = a_plan(recommendation_types={"X_SELL": 1})
    assert list(plan.wanted({"PACK": [["gone", False, None]], "X_SELL": [["uuid-tie", False, None]]})) == [
        ("uuid-tie", False)
    ]
    assert resolve(plan, {"PACK": [["gone", False, None]]})[1] == []


def test_lists_follow_the_mappings_order_and_a_variant_repeats_nothing_of_its_root() -> None:
    plan = a_plan(recommendation_types={"UPSELL": 2, "X_SELL": 1})
    typed = {"X_SELL": ["TIE", "HAT"], "UPSELL": ["TIE"]}
    assert plan.listed(typed, None) == [["TIE", "2"], ["TIE", "1"], ["HAT", "1"]]
    assert plan.listed(typed, {"X_SELL": ["TIE"]}) == [["TIE", "2"], ["HAT", "1"]]


def test_a_set_lists_its_members_and_makes_no_recommendation_of_them() -> None:
    plan = a_plan(recommendation_types={"LOOK": 1}, product_set={"family": "looks", "association_type": "LOOK"})
    relations, _ = resolve(plan, {"LOOK": [["uuid-tie", False, None], ["shirt", True, None]]}, family="looks")
    assert relations.set_products == ["TIE", "shirt"]
    assert relations.typed == {}


def test_a_bundle_has_quantities_and_no_master() -> None:
    plan = a_plan(bundle={"family": "kits", "association_type": "KIT"})
    targets = [["uuid-tie", False, 3], ["uuid-hat", False, None], ["shirt", True, 1]]
    relations, issues = resolve(plan, {"KIT": targets}, family="kits")
    assert relations.bundled == [["TIE", 3], ["HAT", 1]]
    assert [issue.value for issue in issues] == ["shirt"]


def test_a_variant_is_no_bundle() -> None:
    plan = a_plan(bundle={"family": "kits", "association_type": "KIT"})
    relations, _ = resolve(plan, {"KIT": [["uuid-tie", False, 3]]}, family="kits", simple=False)
    assert relations.bundled == []


def test_relations_that_vanished_are_written_empty() -> None:
    product = etree.fromstring(relations_element("SELF", [], [], []))
    assert [child.tag for child in product] == ["bundled-products", "product-set-products", "product-links"]
    assert all(len(child) == 0 for child in product)


def test_links_carry_their_type() -> None:
    product = etree.fromstring(relations_element("SELF", None, None, [["TIE", "cross-sell"]]))
    link = product.find("product-links/product-link")
    assert link is not None
    assert {name: link.get(name) for name in link.attrib} == {"product-id": "TIE", "type": "cross-sell"}


def test_a_removed_recommendation_is_deleted_and_an_appended_one_needs_nothing() -> None:
    assert superseded([["A", "1"], ["B", "1"]], [["A", "1"], ["C", "1"]]) == [["B", "1"]]
    assert superseded([["A", "1"]], [["A", "1"], ["B", "1"]]) == []


def test_a_list_in_another_order_is_deleted_as_a_whole() -> None:
    assert superseded([["A", "1"], ["B", "1"]], [["B", "1"], ["A", "1"]]) == [["A", "1"], ["B", "1"]]
    assert superseded([["A", "1"]], [["B", "1"], ["A", "1"]]) == [["A", "1"]]


def test_elements_of_assignments_and_recommendations() -> None:
    assert assignment_element("shirts", "A&B", True) == (
        b'<category-assignment category-id="shirts" product-id="A&amp;B">'
        b"<primary-flag>true</primary-flag></category-assignment>"
    )
    assert b'mode="delete"' in assignment_element("shirts", "A", delete=True)
    assert recommendation_element("A", "B", "1", delete=True) == (
        b'<recommendation source-id="A" source-type="product" target-id="B" target-type="product" type="1" '
        b'mode="delete"/>'
    )
