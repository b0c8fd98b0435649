"""The configurations every item of both catalogues is checked in."""

from __future__ import annotations

from typing import Any

from tests.e2e.imports import configured

GROUPS = {"import": "master-group-variation"}

BOTH: dict[str, dict[str, Any]] = {
    "all defaults": configured(),
    "level-1 models as variation groups": configured(models=GROUPS),
    "one locale renamed, one on x-default": configured(
        pim={"locales": ["fr_FR", "en_US"]}, locales={"map": {"en_US": "x-default", "fr_FR": "fr"}}
    ),
    "another default locale, locales the site has": configured(
        pim={"locales": ["de_DE", "fr_FR", "en_US"]},
        locales={"default": "fr_FR", "site": ["de-DE", "fr-FR", "en-US"]},
    ),
    "no default locale": configured(
        locales={"default": None},
        attributes={"system_mapping": {"name": "name", "brand": "brand", "description": "longDescription"}},
    ),
    "the channel print": configured(pim={"channel": "print", "locales": ["en_US", "fr_FR"]}),
    "raw ids, split measurements, prices, uuids": configured(
        attributes={
            "id_style": "raw",
            "prefix": "pim_",
            "measurements": "split",
            "prices": "attribute",
            "exclude_groups": ["media", "medias"][:1],
        },
        products={"id": "uuid", "online": "never"},
    ),
}

ICECAT: dict[str, dict[str, Any]] = {
    **BOTH,
    "raw ids, split measurements, prices, uuids": configured(
        attributes={
            "id_style": "raw",
            "prefix": "pim_",
            "measurements": "split",
            "prices": "attribute",
            "exclude_groups": ["medias"],
            "exclude": ["color", "meta_title"],
        },
        products={"id": "uuid", "online": "never"},
    ),
    "mapped attributes, cleared by family": configured(
        pim={"locales": ["en_US", "fr_FR"]},
        attributes={
            "system_mapping": {
                "name": "name",
                "variation_name": "name",
                "description": "longDescription",
                "brand": "brand",
                "supplier": "manufacturerName",
                "collection": "pageKeywords",
                "ean": "EAN",
                "release_date": "onlineFrom",
                "weight": "unit",
                "optical_zoom": "searchRank",
                "meta_title": "pageTitle",
                "color": "storeReceiptName",
            },
            "custom_mapping": {"size": "clothSize", "main_color": "hue", "secondary_color": "hue"},
        },
        products={"clear_empty": "family", "online": "always"},
    ),
    "the same in groups, in the cartridge's words": configured(
        models=GROUPS,
        attributes={
            "system_mapping": {"matching": {"akeneo_name": "name", "akeneo_metaTitle": "pageTitle"}},
            "custom_mapping": {"matching": {"akeneo_erp_name": "erp"}},
        },
        products={"clear_empty": "family"},
    ),
    "two storefronts, several masters": configured(
        master_catalogs=[
            {"id": "supplies", "category_trees": ["suppliers"]},
            {"id": "sales", "category_trees": ["sales"]},
            {"id": "rest", "default": True, "category_trees": ["print"]},
        ],
        storefront_catalogs=[
            {"id": "shop", "primary_category": True, "assign_variants": True},
            {"id": "cameras", "root_category": "cameras", "categories_online": False},
            {"id": "flat", "category_trees": ["sales", "suppliers"], "write_categories": False},
        ],
    ),
}

RECOMMENDED = {
    "X_SELL": 1, "UPSELL": 2, "SUBSTITUTION": 3, "COMPATIBLE": 1, "PACK": 4,
}  # fmt: skip
SETS = {
    "product_set": {"family": "looks", "association_type": "LOOK"},
    "bundle": {"family": "kits", "association_type": "KIT_PARTS"},
}

# A demo catalogue's share of bad products is far above what a shop would accept.
TOLERANT = {"max_reject_ratio": 0.5}

DEMO: dict[str, dict[str, Any]] = {
    **BOTH,
    "recommendations, sets and bundles": configured(associations={"recommendation_types": RECOMMENDED, **SETS}),
    "recommendations between groups": configured(
        models=GROUPS, associations={"recommendation_types": RECOMMENDED, **SETS}
    ),
    "links": configured(
        associations={"target": "links", "link_types": {"SUBSTITUTION": "replacement", "X_SELL": "cross-sell"}, **SETS}
    ),
    "links between groups": configured(
        models=GROUPS,
        associations={"target": "links", "link_types": {"COMPATIBLE": "other", "UPSELL": "up-sell", "LOOK": "other"}},
    ),
    "EANs as ids, new products online": configured(products={"id": "attribute:ean", "online": "attribute:is_new"}),
    "mapped attributes, cleared by family": configured(
        attributes={
            "system_mapping": {
                "name": "name",
                "meta_title": "pageTitle",
                "description": "shortDescription",
                "brand": "brand",
                "materials": "manufacturerName",
                "season": "longDescription",
                "ean": "EAN",
                "release_date": "onlineFrom",
                "article_number": "searchRank",
                "pockets": "minOrderQuantity",
                "water_column": "siteMapPriority",
                "is_new": "searchable",
                "tagline": "taxClassID",
                "care": "pageDescription",
                "warehouse": "storeTaxClass",
                "hooded": "storeForcePriceEnabled",
                "color": "unit",
            },
            "custom_mapping": {"size": "shopSize", "lining_type": "lining", "lining__type": "lining"},
        },
        products={"clear_empty": "family"},
    ),
    "groups cleared by family, split measurements": configured(
        models=GROUPS, products={"clear_empty": "family"}, attributes={"measurements": "split"}
    ),
    "two storefronts, several masters": configured(
        master_catalogs=[
            {"id": "seasonal", "category_trees": ["seasons"]},
            {"id": "main", "category_trees": ["master"]},
        ],
        storefront_catalogs=[
            {"id": "shop", "primary_category": True},
            {"id": "clothes", "root_category": "clothing", "assign_variants": True},
            {"id": "extra", "category_trees": ["seasons", "print_2026"], "primary_category": True},
        ],
        associations={"recommendation_types": RECOMMENDED},
    ),
}
for document in DEMO.values():
    document["products"] = {**document.get("products", {}), **TOLERANT}

GENERATED: dict[str, dict[str, Any]] = {
    "recommendations, the default locale renamed": configured(
        locales={"default": "first", "map": {}}, associations={"recommendation_types": {"X_SELL": 2, "UPSELL": 1}}
    ),
    "links between groups, cleared by family": configured(
        models=GROUPS,
        associations={"target": "links", "link_types": {"X_SELL": "cross-sell", "UPSELL": "up-sell"}},
        products={"clear_empty": "family"},
        attributes={"measurements": "split", "prices": "attribute"},
    ),
}
