"""SFCC's own product attributes that a PIM attribute may be mapped to (docs/mapping.md section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_IDS = (
    "EAN",
    "UPC",
    "unit",
    "minOrderQuantity",
    "stepQuantity",
    "name",
    "shortDescription",
    "longDescription",
    "onlineFlag",
    "onlineFrom",
    "onlineTo",
    "searchable",
    "searchableIfUnavailable",
    "template",
    "taxClassID",
    "brand",
    "manufacturerName",
    "manufacturerSKU",
    "searchPlacement",
    "searchRank",
    "siteMapIncluded",
    "siteMapChangeFrequency",
    "siteMapPriority",
    "pageTitle",
    "pageDescription",
    "pageKeywords",
    "pageURL",
    "pinterestEnabled",
    "facebookEnabled",
    "storeReceiptName",
    "storeTaxClass",
    "storeForcePriceEnabled",
    "storeNonInventoryEnabled",
    "storeNonRevenueEnabled",
    "storeNonDiscountableEnabled",
)

SYSTEM_ATTRIBUTES: Mapping[str, str] = MappingProxyType({name.lower(): name for name in _IDS})
"""Lower-cased id → the id as SFCC spells it; anything else cannot be imported."""
