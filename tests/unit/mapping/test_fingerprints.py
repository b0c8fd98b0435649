"""What makes a differential run read everything, what makes it look at all masters, and what costs nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from akeneo_sfcc.mapping.fingerprints import changed_axes, changes, fingerprint
from akeneo_sfcc.pim.model import (
    Attribute,
    AttributeOption,
    Category,
    Channel,
    Family,
    FamilyVariant,
    Structure,
    VariantAttributeSet,
)
from akeneo_sfcc.settings import Settings

BEFORE = Structure(
    channel=Channel("shop", ("en_US", "fr_FR"), ("EUR",), "master"),
    locales=("en_US", "fr_FR"),
    attributes={
        "sku": Attribute("sku", "pim_catalog_identifier"),
        "name": Attribute("name", "pim_catalog_text", labels={"en_US": "Name"}),
        "brand": Attribute("brand", "pim_catalog_simpleselect"),
        "color": Attribute("color", "pim_catalog_simpleselect", labels={"en_US": "Colour"}),
    },
    attribute_groups={},
    families={"shoes": Family("shoes", {}, ("sku", "name", "color"))},
    family_variants={"by_color": FamilyVariant("by_color", "shoes", (VariantAttributeSet(1, ("color",), ("sku",)),))},
    options={
        "brand": (AttributeOption("acme", 1, {"en_US": "Acme"}), AttributeOption("best", 2)),
        "color": (AttributeOption("red", 1, {"en_US": "Red"}), AttributeOption("blue", 2)),
    },
    categories=(Category("master"), Category("a", "master"), Category("b", "master"), Category("other")),
    association_types={},
    measurement_families={},
)


def taken(structure: Structure = BEFORE, gone: tuple[str, ...] = (), **sections: Any) -> dict[str, Any]:
    document = {
        "pim": {"base_url": "https://pim.example", "channel": "shop"},
        "master_catalogs": [{"id": "m"}],
        "storefront_catalogs": [{"id": "s", **sections.pop("storefront", {})}],
        **sections,
    }
    return fingerprint(Settings.parse(document), structure, gone)


def with_options(code: str, *options: AttributeOption) -> Structure:
    return replace(BEFORE, options={**BEFORE.options, code: options})


def test_nothing_changed_means_nothing_to_do() -> None:
    assert changes(taken(), taken()) == []
    assert changed_axes(taken(), taken()) == []


RED, BLUE = BEFORE.options["color"]
NEW: dict[str, Structure] = {
    "an attribute": replace(BEFORE, attributes={**BEFORE.attributes, "size": Attribute("size", "pim_catalog_text")}),
    "a family": replace(BEFORE, families={**BEFORE.families, "hats": Family("hats")}),
    "an option": with_options("brand", *BEFORE.options["brand"], AttributeOption("new", 0)),
    "an option of an axis": with_options("color", AttributeOption("green", 0), RED, BLUE),
    "a category": replace(BEFORE, categories=(*BEFORE.categories, Category("c", "master"))),
    "a label of an attribute that is no axis": replace(
        BEFORE, attributes={**BEFORE.attributes, "name": replace(BEFORE.attributes["name"], labels={"en_US": "Title"})}
    ),
    "a label of an option that nothing shows": with_options(
        "brand", AttributeOption("acme", 1, {"en_US": "ACME"}), AttributeOption("best", 2)
    ),
    "a label in another locale": with_options("color", replace(RED, labels={"en_US": "Red", "de_DE": "Rot"}), BLUE),
    "a label of a category": replace(
        BEFORE, categories=(Category("master", None, {"en_US": "All"}), *BEFORE.categories[1:])
    ),
}


@pytest.mark.parametrize("what", NEW)
def test_what_no_unchanged_product_can_show_costs_nothing(what: str) -> None:
    assert changes(taken(), taken(NEW[what])) == []
    assert changed_axes(taken(), taken(NEW[what])) == []


AXES: dict[str, Structure] = {
    "its label": replace(
        BEFORE, attributes={**BEFORE.attributes, "color": replace(BEFORE.attributes["color"], labels={"en_US": "Hue"})}
    ),
    "the label of an option": with_options("color", replace(RED, labels={"en_US": "Crimson"}), BLUE),
    "the order of its options": with_options("color", BLUE, RED),
}


@pytest.mark.parametrize("what", AXES)
def test_an_axis_that_is_shown_differently_concerns_masters_only(what: str) -> None:
    assert changes(taken(), taken(AXES[what])) == []
    assert changed_axes(taken(), taken(AXES[what])) == ["color"]


FULL: dict[str, tuple[Structure, str]] = {
    "an attribute's type": (
        replace(BEFORE, attributes={**BEFORE.attributes, "name": Attribute("name", "pim_catalog_textarea")}),
        "attributes changed or gone: name",
    ),
    "an attribute": (
        replace(BEFORE, attributes={code: one for code, one in BEFORE.attributes.items() if code != "name"}),
        "attributes changed or gone: name",
    ),
    "an option": (with_options("brand", BEFORE.options["brand"][0]), "options of brand changed or gone: best"),
    "a category": (replace(BEFORE, categories=BEFORE.categories[:2]), "categories changed or gone: b, other"),
    "a category's tree": (
        replace(BEFORE, categories=(*BEFORE.categories[:2], Category("other"), Category("b", "other"))),
        "categories changed or gone: b",
    ),
    "the channel's locales": (
        replace(BEFORE, channel=replace(BEFORE.channel, locales=("en_US",))),
        "channel changed",
    ),
    "which attributes are axes": (
        replace(
            BEFORE,
            family_variants={
                **BEFORE.family_variants,
                "by_brand": FamilyVariant("by_brand", "shoes", (VariantAttributeSet(1, ("brand",), ("sku",)),)),
            },
        ),
        "attributes changed or gone: brand",
    ),
}


@pytest.mark.parametrize("what", FULL)
def test_what_products_show_without_being_changed_makes_all_of_them_read(what: str) -> None:
    structure, reason = FULL[what]
    assert reason in changes(taken(), taken(structure))


def test_a_label_that_a_mapped_element_shows_makes_all_products_read() -> None:
    mapped: dict[str, Any] = {"attributes": {"system_mapping": {"brand": "brand"}}}
    after = with_options("brand", AttributeOption("acme", 1, {"en_US": "ACME"}), AttributeOption("best", 2))
    assert changes(taken(**mapped), taken(after, **mapped)) == ["options of brand changed or gone: acme"]


def test_settings_and_binaries_that_are_gone_make_all_products_read() -> None:
    assert changes(taken(), taken(products={"online": "always"})) == ["settings changed"]
    assert changes(taken(), taken(gone=("a/b.png",))) == ["media changed"]


def test_the_order_of_categories_counts_where_the_first_is_the_primary_one() -> None:
    swapped = replace(
        BEFORE, categories=(Category("master"), Category("b", "master"), *BEFORE.categories[1:2], Category("other"))
    )
    primary: dict[str, Any] = {"storefront": {"primary_category": True}}
    assert changes(taken(), taken(swapped)) == []
    assert changes(taken(**primary), taken(swapped, **primary)) == ["order of categories changed"]


def test_another_instance_has_nothing_of_what_was_committed() -> None:
    none: dict[str, Any] = {}
    here: dict[str, Any] = {"delivery": {"mode": "site_archive", "host": "one.example"}}
    there: dict[str, Any] = {"delivery": {"mode": "impex", "host": "two.example"}}
    for before, after in ((none, here), (here, there), (here, none)):
        assert changes(taken(**before), taken(**after)) == ["instance changed"]
    again: dict[str, Any] = {"delivery": {"mode": "impex", "host": "one.example", "sites": ["a"]}}
    assert changes(taken(**here), taken(**again)) == [], "how it gets there does not matter"
    older = {name: value for name, value in taken().items() if name != "instance"}
    assert changes(older, taken()) == []
