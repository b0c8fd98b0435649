"""The configuration held against the PIM: each mismatch is named with its place and what is allowed."""

from __future__ import annotations

from typing import Any, cast

import pytest

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.read_structure import fetch_structure
from akeneo_sfcc.stages.structure_check import check_structure
from tests.fakes.services import document, small_pim


def problems(**sections: Any) -> list[str]:
    settings = Settings.parse(document(**sections))
    structure, of_channel = fetch_structure(cast("AkeneoClient", small_pim()), settings)
    return of_channel + check_structure(settings, structure)


def test_a_configuration_that_fits_has_no_problem() -> None:
    assert (
        problems(
            pim={"locales": ["fr_FR"], "product_filter": {"attributes": ["NAME"], "locales": ["fr_FR"]}},
            attributes={"exclude": ["price"], "exclude_groups": ["media"], "system_mapping": {"akeneo_name": "name"}},
            products={"id": "attribute:ean", "online": "attribute:active"},
            images={"attributes": ["picture"]},
            pricebooks={"attribute": "price"},
            associations={
                "recommendation_types": {"X_SELL": 1},
                "product_set": {"family": "sets", "association_type": "PACK"},
            },
            storefront_catalogs=[{"id": "shop", "root_category": "shoes"}, {"id": "b", "category_trees": ["other"]}],
        )
        == []
    )


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        (
            {"pim": {"locales": ["de_DE"]}},
            'pim.locales: is not a locale of the channel ecommerce: value "de_DE"; allowed: en_US, fr_FR',
        ),
        (
            {"pim": {"product_filter": {"attributes": ["x"]}}},
            'pim.product_filter.attributes: is no attribute: value "x"',
        ),
        (
            {"pim": {"product_model_filter": {"locales": ["de_DE"]}}},
            "pim.product_model_filter.locales: is not a locale",
        ),
        ({"attributes": {"exclude": ["x"]}}, 'attributes.exclude: is no attribute: value "x"'),
        (
            {"attributes": {"exclude_groups": ["x"]}},
            'attributes.exclude_groups: is no attribute group: value "x"; allowed: base, media',
        ),
        ({"attributes": {"allow_type_change": ["x"]}}, 'attributes.allow_type_change: is no attribute: value "x"'),
        ({"attributes": {"system_mapping": {"x": "name"}}}, "attributes.system_mapping.x: is not an attribute"),
        ({"attributes": {"custom_mapping": {"x": "y"}}}, "attributes.custom_mapping.x: is not an attribute"),
        (
            {"products": {"id": "attribute:name"}},
            'products.id: is no unique attribute: value "name"; allowed: ean, sku',
        ),
        ({"products": {"id": "attribute:x"}}, 'products.id: is no attribute: value "x"; allowed: ean, sku'),
        (
            {"products": {"online": "attribute:name"}},
            'products.online: is no yes/no attribute: value "name"; allowed: active',
        ),
        (
            {"master_catalogs": [{"id": "m", "category_trees": ["x"]}]},
            'master_catalogs[0].category_trees: is no category tree: value "x"; allowed: master, other',
        ),
        (
            {"storefront_catalogs": [{"id": "s", "category_trees": ["shoes"]}]},
            'storefront_catalogs[0].category_trees: is not the root of a tree: value "shoes"',
        ),
        (
            {"storefront_catalogs": [{"id": "s", "root_category": "x"}]},
            'storefront_catalogs[0].root_category: is no category: value "x"',
        ),
        (
            {"associations": {"recommendation_types": {"UPSELL": 1}}},
            'associations.recommendation_types: is no association type: value "UPSELL"; allowed: PACK, X_SELL',
        ),
        (
            {"associations": {"target": "links", "link_types": {"UPSELL": "up-sell"}}},
            'associations.link_types: is no association type: value "UPSELL"',
        ),
        (
            {"associations": {"bundle": {"family": "x", "association_type": "PACK"}}},
            'associations.bundle.family: is no family: value "x"; allowed: sets, shoes',
        ),
        (
            {"associations": {"product_set": {"family": "sets", "association_type": "x"}}},
            'associations.product_set.association_type: is no association type: value "x"',
        ),
        (
            {"images": {"attributes": ["name"]}},
            'images.attributes: is no image attribute: value "name"; allowed: picture',
        ),
        ({"pricebooks": {"attribute": "name"}}, 'pricebooks.attribute: is no price attribute: value "name"'),
        ({"locales": {"default": "de_DE"}}, "locales.default"),
    ],
)
def test_what_the_pim_does_not_have_is_named(sections: dict[str, Any], told: str) -> None:
    found = problems(**sections)
    assert len(found) == 1
    assert told in found[0]


def test_of_many_allowed_values_the_first_ten_are_named() -> None:
    pim = small_pim()
    pim.lists["attributes"] += [{"code": f"a{n:02}", "type": "pim_catalog_text"} for n in range(20)]
    settings = Settings.parse(document(attributes={"exclude": ["x"]}))
    structure, _ = fetch_structure(cast("AkeneoClient", pim), settings)
    told = check_structure(settings, structure)[0]
    assert told.endswith("allowed: a00, a01, a02, a03, a04, a05, a06, a07, a08, a09, … (29 in all)")


def test_a_channel_tree_the_connection_may_not_see_is_named() -> None:
    pim = small_pim()
    pim.lists["categories"] = [{"code": "other", "parent": None, "labels": {}}]
    settings = Settings.parse(document())
    structure, _ = fetch_structure(cast("AkeneoClient", pim), settings)
    assert "the tree of the channel ecommerce cannot be read" in check_structure(settings, structure)[0]
