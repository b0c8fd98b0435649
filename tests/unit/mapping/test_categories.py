"""Categories in storefront catalogues: ids, labels, order, positions, rejects and deletions."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from lxml import etree

from akeneo_sfcc.mapping.categories import (
    CategoryTrees,
    GoneCategory,
    category_elements,
    category_issues,
    committed_categories,
    deletion_elements,
    gone_categories,
)
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.pim.model import Category, Channel, Structure
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.sfcc.catalog import XML_LANG, CatalogFile


def structure(*categories: Category, tree: str = "master") -> Structure:
    return Structure(
        channel=Channel("ecommerce", ("en_US", "fr_FR"), ("EUR",), tree),
        locales=("en_US", "fr_FR"),
        attributes={},
        attribute_groups={},
        families={},
        family_variants={},
        options={},
        categories=categories,
        association_types={},
        measurement_families={},
    )


def settings(*storefronts: dict[str, Any]) -> Settings:
    return Settings.parse(
        {
            "pim": {"base_url": "https://pim.example", "channel": "ecommerce"},
            "master_catalogs": [{"id": "products"}],
            "storefront_catalogs": list(storefronts) or [{"id": "shop"}],
        }
    )


def trees(*categories: Category, **storefront: Any) -> CategoryTrees:
    return CategoryTrees(settings({"id": "shop", **storefront}), structure(*categories))


MASTER = Category("master", labels={"en_US": "Master", "fr_FR": "Principal"})
SHOES = Category("shoes", "master", {"en_US": "Shoes", "fr_FR": "Chaussures"})
BOOTS = Category("boots", "shoes", {"fr_FR": "Bottes"})
SHIRTS = Category("shirts", "master")
OTHER = Category("other")


def elements(made: CategoryTrees, catalogue: str = "shop") -> list[etree._Element]:
    locales = LocalePlan(settings(), structure())
    return [etree.fromstring(e) for e in category_elements(made.catalogues[catalogue], locales)]


def placement(made: CategoryTrees) -> list[tuple[str | None, str | None, str | None]]:
    return [(e.get("category-id"), e.findtext("parent"), e.findtext("position")) for e in elements(made)]


def test_the_channels_tree_hangs_under_root_with_positions_in_pim_order() -> None:
    assert placement(trees(MASTER, SHOES, BOOTS, SHIRTS, OTHER)) == [
        ("root", None, None),
        ("master", "root", "1"),
        ("shoes", "master", "1"),
        ("boots", "shoes", "1"),
        ("shirts", "master", "2"),
    ]


def test_chosen_trees_stand_in_pim_order_whatever_the_order_of_the_setting() -> None:
    made = trees(MASTER, SHOES, OTHER, category_trees=["other", "master"])
    assert placement(made)[1:] == [("master", "root", "1"), ("shoes", "master", "1"), ("other", "root", "2")]


def test_the_root_category_is_root_and_lends_it_its_labels() -> None:
    made = trees(MASTER, SHOES, BOOTS, SHIRTS, root_category="shoes")
    assert placement(made) == [("root", None, None), ("boots", "root", "1")]
    names = [(n.get(XML_LANG), n.text) for n in elements(made)[0].iter("display-name")]
    assert names == [("x-default", "Shoes"), ("en-US", "Shoes"), ("fr-FR", "Chaussures")]


def test_root_without_a_root_category_has_no_name_and_is_online() -> None:
    root = elements(trees(MASTER, categories_online=False))[0]
    assert [(child.tag, child.text) for child in root] == [("online-flag", "true")]


def test_a_category_without_a_default_label_shows_its_code() -> None:
    boots = elements(trees(MASTER, SHOES, BOOTS))[3]
    assert [(n.get(XML_LANG), n.text) for n in boots.iter("display-name")] == [
        ("x-default", "boots"),
        ("fr-FR", "Bottes"),
    ]


@pytest.mark.parametrize(("setting", "flag"), [(True, "true"), (False, "false")])
def test_categories_are_online_as_the_catalogue_says(setting: bool, flag: str) -> None:
    assert elements(trees(MASTER, categories_online=setting))[1].findtext("online-flag") == flag


@pytest.mark.parametrize("code", ["x" * 257, " left", "right ", "a\x01b", "a\nb", "", "root"])
def test_a_bad_id_is_rejected_with_its_subtree_one_record_each(code: str) -> None:
    made = trees(MASTER, Category(code, "master"), Category("below", code), Category("deep", "below"), SHIRTS)
    issues = category_issues(made)
    assert [(i.severity, i.kind, i.reason, i.id) for i in issues] == [
        ("reject", "category", "bad_id", c) for c in (code, "below", "deep")
    ]
    assert placement(made)[1:] == [("master", "root", "1"), ("shirts", "master", "1")]
    assert made.assignable("shop", [code, "below", "deep", "shirts"]) == ["shirts"]


def test_an_id_of_256_characters_is_written() -> None:
    assert placement(trees(MASTER, Category("x" * 256, "master")))[2][0] == "x" * 256


def test_a_category_coded_root_may_be_the_root_category() -> None:
    made = trees(Category("root", labels={"en_US": "All"}), Category("shoes", "root"), root_category="root")
    assert placement(made) == [("root", None, None), ("shoes", "root", "1")]
    assert category_issues(made) == []


def test_a_category_rejected_in_two_catalogues_has_one_record() -> None:
    made = CategoryTrees(settings({"id": "a"}, {"id": "b"}), structure(MASTER, Category(" bad", "master")))
    assert [issue.id for issue in category_issues(made)] == [" bad"]


def test_products_are_assigned_in_tree_order_and_never_to_the_root_category() -> None:
    made = trees(MASTER, SHOES, BOOTS, SHIRTS, root_category="master")
    assert made.assignable("shop", ["shirts", "BOOTS", "master", "boots", "gone"]) == ["boots", "shirts"]


def test_the_tree_of_a_category_is_its_top_whatever_the_case() -> None:
    made = trees(MASTER, SHOES, BOOTS, OTHER)
    assert made.tree_of("Boots") == "master"
    assert made.tree_of("other") == "other"
    assert made.tree_of("unknown") is None
    assert made.order("shoes") < made.order("boots") < made.order("other") < made.order("unknown")


def test_a_category_whose_parent_cannot_be_read_is_in_no_tree() -> None:
    made = trees(MASTER, Category("hidden_child", "hidden"))
    assert made.tree_of("hidden_child") is None
    assert [row[0] for row in placement(made)] == ["root", "master"]


def test_a_deep_tree_needs_no_deep_stack() -> None:
    chain = [Category(f"c{n}", f"c{n - 1}" if n else "master") for n in range(5_000)]
    made = trees(MASTER, *chain)
    assert made.catalogues["shop"].placed[-1].depth == 5_001
    assert made.tree_of("c4999") == "master"


def test_gone_categories_are_deleted_deepest_first() -> None:
    made = trees(MASTER, SHIRTS)
    committed = [
        GoneCategory("master", 1),
        GoneCategory("shoes", 2),
        GoneCategory("hats", 2),
        GoneCategory("boots", 3),
        GoneCategory("shirts", 2),
    ]
    gone = gone_categories(made.catalogues["shop"], committed)
    assert [category.code for category in gone] == ["boots", "hats", "shoes"]
    assert next(iter(deletion_elements(gone))) == b'<category category-id="boots" mode="delete"/>'


def test_a_category_rejected_now_is_not_gone_and_stays_known() -> None:
    made = trees(MASTER, Category(" bad", "master"), Category("shoes", " bad"))
    committed = [GoneCategory("master", 1), GoneCategory("shoes", 2)]
    assert gone_categories(made.catalogues["shop"], committed) == []
    assert committed_categories(made.catalogues["shop"], committed) == [
        GoneCategory("master", 1),
        GoneCategory("shoes", 2),
    ]


def test_the_committed_list_holds_what_is_placed_with_its_depth() -> None:
    made = trees(MASTER, SHOES, BOOTS, root_category="master")
    assert committed_categories(made.catalogues["shop"], []) == [GoneCategory("shoes", 1), GoneCategory("boots", 2)]


def test_awkward_labels_and_deletions_pass_sfccs_schema(sfcc_xsd: Any) -> None:
    awkward = Category("a&b", "master", {"en_US": "<b>\x01 & 😀" + "x" * 5_000, "fr_FR": "  "})
    made = trees(MASTER, awkward, SHIRTS)
    target = io.BytesIO()
    with CatalogFile(target, "shop") as file:
        locales = LocalePlan(settings(), structure())
        for element in category_elements(made.catalogues["shop"], locales):
            file.write(element)
        for element in deletion_elements([GoneCategory("old", 2)]):
            file.write(element)
    sfcc_xsd(target.getvalue())


def test_the_demo_catalogues_categories_pass_sfccs_schema(shared_data: Any, sfcc_xsd: Any) -> None:
    lines = (shared_data / "pim-icecat" / "categories.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    made = trees(*(Category(r["code"], r["parent"], r["labels"]) for r in rows))
    target = io.BytesIO()
    with CatalogFile(target, "shop") as file:
        for element in category_elements(made.catalogues["shop"], LocalePlan(settings(), structure())):
            file.write(element)
    sfcc_xsd(target.getvalue())
    assert len(made.catalogues["shop"].placed) == sum(made.tree_of(r["code"]) == "master" for r in rows) > 50
