"""A small PIM with a little of everything that one item's export can depend on in another."""

from __future__ import annotations

from local.demo_pim import structures as make
from local.demo_pim.items import Doc, MemorySource
from local.demo_pim.store import Store

EARLIER = "2026-01-01T00:00:00+00:00"
TREES = {"master": ("shoes", "boots", "sale"), "other": ("gifts", "wraps")}
COLOURS = ("red", "blue", "green")
SIZES = ("s", "m", "l")
VARIANTS = {"by_both": (("color",), ("size",)), "by_size": (("size",),)}


def structure() -> dict[str, list[Doc]]:
    """Return the lists of everything but products and models."""
    attributes = [
        make.attribute("sku", "identifier", {}),
        make.attribute("name", "text", {}, localizable=True),
        make.attribute("label", "text", {}, localizable=True, scopable=True),
        make.attribute("about", "textarea", {}),
        make.attribute("weight", "metric", {}, metric_family="Weight", default_metric_unit="GRAM"),
        make.attribute("season", "multiselect", {}),
        make.attribute("brand", "simpleselect", {}),
        make.attribute("color", "simpleselect", {"en_US": "Colour"}),
        make.attribute("size", "simpleselect", {"en_US": "Size"}),
        make.attribute("launch", "date", {}),
        make.attribute("rank", "number", {}),
        make.attribute("picture", "image", {}),
    ]
    every = [doc["code"] for doc in attributes]
    common = [code for code in every if code not in ("color", "size", "about", "weight", "sku", "rank")]
    return {
        "channels": [make.channel("ecommerce", ["en_US", "fr_FR"], ["EUR"], "master", {})],
        "attributes": attributes,
        "attribute-groups": [make.group("other", 0, every, {})],
        "attributes/season/options": [
            make.option("season", code, n, {}) for n, code in enumerate(("summer", "winter"))
        ],
        "attributes/brand/options": [
            make.option("brand", code, n, {"en_US": code.title()}) for n, code in enumerate(("acme", "best"))
        ],
        "attributes/color/options": [make.option("color", code, n, {"en_US": code}) for n, code in enumerate(COLOURS)],
        "attributes/size/options": [make.option("size", code, n, {}) for n, code in enumerate(SIZES)],
        "families": [make.family(code, every, {}, required={}, image="picture") for code in ("shoes", "packs", "sets")],
        "families/shoes/variants": [
            make.family_variant("by_both", common, [(["color"], ["about"]), (["size"], ["sku", "weight", "rank"])], {}),
            make.family_variant("by_size", [*common, "color", "about"], [(["size"], ["sku", "weight", "rank"])], {}),
        ],
        "families/packs/variants": [],
        "families/sets/variants": [],
        "categories": [
            doc
            for tree, below in TREES.items()
            for doc in (make.category(tree, None, {}), *(make.category(code, tree, {}) for code in below))
        ],
        "association-types": [
            make.association_type("X_SELL", {}),
            make.association_type("UPSELL", {}),
            make.association_type("SET", {}),
            make.association_type("PACK", {}, quantified=True),
        ],
    }


def empty_store() -> Store:
    """Return a store with the structure and no products."""
    return Store(
        MemorySource("products-uuid", "uuid", ordered=True).done(),
        MemorySource("product-models", "code", ordered=True).done(),
        structure(),
        {
            "measurement-families": [
                make.measurement_family("Weight", "GRAM", {"GRAM": ("g", "1"), "KILOGRAM": ("kg", "1000")}, {})
            ]
        },
    )
