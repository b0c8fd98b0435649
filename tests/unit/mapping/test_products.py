"""What a product or model becomes as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import orjson
import pytest

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.mapping.placement import Placement
from akeneo_sfcc.mapping.products import ProductMapper
from akeneo_sfcc.mapping.record import ItemRecord
from akeneo_sfcc.pim.model import Family, ProductModel, Structure
from tests.unit.mapping.builders import (
    Mapped,
    attribute,
    envelope,
    mapped,
    model,
    options,
    product,
    settings,
    structure,
    target,
    value,
    variant_family,
)

PIM = structure(
    attribute("color", "simpleselect"),
    attribute("weight", "metric"),
    attribute("note", localizable=True),
    attribute("plain"),
    attribute("photo", "image", sort_order=2),
    attribute("back", "image", sort_order=1, localizable=True),
    options={"color": options("Red", "blue")},
    family_variants=variant_family((["color"], ["photo"]), (["weight"], ["plain"])),
)
GROUPS = settings(models={"import": "master-group-variation"})
VARIANT = Placement("variant", root="m1", parent="sub", family_variant="by_axis")


def test_a_simple_product_is_one_piece_with_its_online_flag() -> None:
    record = mapped(product(plain="x", note={"en_US": "n"}), PIM).record
    assert record.xml == [
        '<product product-id="p1"><online-flag>true</online-flag><custom-attributes>'
        '<custom-attribute attribute-id="akeneo_note" xml:lang="x-default">n</custom-attribute>'
        '<custom-attribute attribute-id="akeneo_note" xml:lang="en-US">n</custom-attribute>'
        '<custom-attribute attribute-id="akeneo_plain">x</custom-attribute>'
        "</custom-attributes></product>"
    ]
    assert (record.role, record.key, record.id, record.root, record.online) == ("simple", "u1", "p1", None, True)
    assert record.keys == "cakeneo_note=en-US|cakeneo_note=x-default|cakeneo_plain="
    assert record.catalogue == "master"


def test_values_are_escaped_never_interpreted() -> None:
    record = mapped(product(identifier='a<&">', plain="</custom-attribute><images/>&amp;"), PIM).record
    assert 'product-id="a&lt;&amp;&quot;&gt;"' in record.xml[0]
    assert "&lt;/custom-attribute&gt;&lt;images/&gt;&amp;amp;" in record.xml[0]


def test_a_model_is_four_pieces_around_its_slots() -> None:
    config = settings(attributes={"system_mapping": {"note": "name", "plain": "pinterestEnabled"}})
    made = mapped(model(note={"en_US": "n"}, plain="1", weight={"amount": 1, "unit": "GRAM"}), PIM, config)
    online, images, variations, rest = made.record.xml
    assert online.endswith('<display-name xml:lang="en-US">n</display-name>')
    assert images == ""
    assert variations.startswith("<custom-attributes>")
    assert rest == "<pinterest-enabled-flag>true</pinterest-enabled-flag></product>"
    assert (made.record.role, made.record.root, made.record.online) == ("root", "m1", None)


def test_text_that_looks_like_a_slot_does_not_split_a_model() -> None:
    record = mapped(model(plain="<variations/><online-flag/>"), PIM).record
    assert len(record.xml) == 4
    assert "&lt;variations/&gt;" in record.xml[2]


def test_custom_attributes_are_sorted_by_id_whatever_the_pims_order() -> None:
    made = mapped(product(plain="p", color="red", note={"fr_FR": "f"}), PIM)
    assert [one for one, _, _ in made.custom()] == ["akeneo_color", "akeneo_note", "akeneo_plain"]


def test_a_variant_carries_its_axes_as_written() -> None:
    made = mapped(product(color="RED", weight={"amount": "1.50", "unit": "GRAM"}), PIM, placement=VARIANT)
    assert made.record.axes == {"color": "Red", "weight": "1.5 GRAM"}
    assert (made.text("akeneo_color"), made.text("akeneo_weight")) == ("Red", "1.5 GRAM")
    assert (made.record.role, made.record.root, made.record.parent) == ("variant", "m1", "sub")
    assert (made.record.catalogue, made.record.family_variant) == (None, "by_axis")


def test_an_axis_without_value_is_missing_from_the_axes() -> None:
    assert mapped(product(color="red"), PIM, placement=VARIANT).record.axes == {"color": "Red"}


def test_an_axis_is_written_even_when_excluded_and_is_never_split() -> None:
    config = settings(attributes={"exclude": ["color", "weight"], "measurements": "split"})
    made = mapped(product(color="red", weight={"amount": 1, "unit": "GRAM"}), PIM, config, VARIANT)
    assert made.custom() == [("akeneo_color", "", "Red"), ("akeneo_weight", "", "1 GRAM")]


def test_an_axis_mapped_to_a_system_attribute_is_written_to_both() -> None:
    made = mapped(product(color="red"), PIM, settings(attributes={"system_mapping": {"color": "brand"}}), VARIANT)
    assert (made.system("brand"), made.text("akeneo_color")) == ([("", "Red")], "Red")


def test_an_axis_goes_first_on_a_custom_target_it_shares() -> None:
    config = settings(attributes={"custom_mapping": {"plain": "look", "color": "look"}})
    made = mapped(product(plain="p", color="red"), PIM, config, VARIANT)
    assert (made.custom(), made.record.axes) == ([("look", "", "Red")], {"color": "Red"})


def test_a_variant_with_an_axis_value_over_256_units_is_rejected() -> None:
    pim = replace(PIM, options={"color": options("x" * 257, "y" * 256)})
    made = mapped(product(color="x" * 257), pim, placement=VARIANT)
    assert (made.record.reject, made.record.xml) == ("axis_value_too_long", [])
    assert mapped(product(color="y" * 256), pim, placement=VARIANT).record.reject is None


def test_a_variant_of_a_rejected_root_is_rejected_with_its_reason() -> None:
    made = mapped(product(), PIM, placement=replace(VARIANT, reject="no_master_catalog"))
    assert (made.record.reject, made.record.xml, made.record.id) == ("no_master_catalog", [], "p1")
    assert [(issue.severity, issue.kind, issue.reason) for issue in made.issues] == [
        ("reject", "product", "no_master_catalog")
    ]


def test_a_product_whose_root_was_not_read_is_simple() -> None:
    made = mapped(product(parent="gone"), PIM, placement=Placement(orphan=True))
    assert (made.record.role, made.record.root, made.record.catalogue) == ("simple", None, "master")
    assert [(issue.reason, issue.severity, issue.value) for issue in made.issues] == [("root_missing", "warn", "gone")]


def test_a_level_1_model_is_written_in_group_mode() -> None:
    made = mapped(model("sub", parent="m1", color="red", plain="p"), PIM, GROUPS)
    record = made.record
    assert (record.role, record.root, record.parent, record.catalogue) == ("level1", "m1", "m1", None)
    assert (len(record.xml), record.axes) == (4, {"color": "Red"})


def test_a_level_1_model_that_is_merged_has_no_element_and_no_reject() -> None:
    made = mapped(model("sub ", parent="m1", color="red", plain="\x00"), PIM)
    assert (made.record.xml, made.record.reject, made.issues) == ([], None, [])
    assert (made.record.axes, made.record.hash) != ({}, "")


BAD_IDS = [None, "", " a", "a ", "a\u00a0", "a\nb", "a\rb", "a\x00b", "a\ud800", "\ufffe", "x" * 101]


@pytest.mark.parametrize("identifier", BAD_IDS)
def test_an_id_sfcc_does_not_take_is_rejected(identifier: str | None) -> None:
    made = mapped(product(identifier=identifier, plain="x"), PIM)
    assert (made.record.reject, made.record.id, made.record.xml) == ("bad_id", "", [])
    (issue,) = made.issues
    assert (issue.severity, issue.kind, issue.reason, issue.uuid) == ("reject", "product", "bad_id", "u1")
    assert made.record.hash
    orjson.dumps([getattr(issue, field.name) for field in fields(issue)])


@pytest.mark.parametrize("identifier", ["x" * 100, "a b/c", "a|b,é", "a\tb", "<&>"])
def test_an_id_is_never_changed(identifier: str, sfcc_xsd: Callable[..., None]) -> None:
    made = mapped(product(identifier=identifier), PIM)
    assert made.record.id == identifier
    assert made.element is not None
    assert made.element.get("product-id") == identifier
    sfcc_xsd(envelope(made.record.xml))


@pytest.mark.parametrize("code", [one for one in BAD_IDS if one])
def test_a_model_code_sfcc_does_not_take_is_rejected(code: str) -> None:
    made = mapped(model(code), PIM)
    assert (made.record.reject, made.record.id, made.record.root) == ("bad_id", "", code)
    assert made.issues[0].kind == "model"


def test_the_id_can_be_the_uuid() -> None:
    made = mapped(product("u1", sku="p1"), PIM, settings(products={"id": "uuid"}))
    assert (made.record.id, made.text("akeneo_sku")) == ("u1", "p1")


def test_the_uuid_needs_a_pim_that_has_them() -> None:
    with pytest.raises(ConfigurationError, match=r"products\.id"):
        ProductMapper(settings(products={"id": "uuid"}), replace(PIM, products_by_uuid=False))


def test_on_an_old_pim_no_issue_has_a_uuid() -> None:
    made = mapped(product("key", identifier=" bad"), replace(PIM, products_by_uuid=False))
    assert (made.issues[0].uuid, made.issues[0].id) == (None, " bad")


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [("text", "A-1", "A-1"), ("number", "12.50", "12.5"), ("date", "2020-01-02T0", "2020-01-02")],
)
def test_the_id_can_be_an_attribute(kind: str, data: Any, expected: str) -> None:
    pim = structure(attribute("ean", kind, unique=True, decimals_allowed=True))
    config = settings(products={"id": "attribute:ean"})
    made = mapped(product(ean=data), pim, config)
    assert (made.record.id, made.custom()) == (expected, [])
    assert mapped(product(), pim, config).record.reject == "bad_id"


CATALOGUES = [
    {"id": "second", "category_trees": ["OTHER_tree"]},
    {"id": "first", "category_trees": ["tree"]},
]


@pytest.mark.parametrize(
    ("entries", "categories", "expected"),
    [
        (CATALOGUES, ("leaf",), "first"),
        (CATALOGUES, ("leaf", "TWIG"), "second"),
        (CATALOGUES, (), None),
        (CATALOGUES, ("unknown",), None),
        ([*CATALOGUES, {"id": "rest", "category_trees": ["nowhere"], "default": True}], (), "rest"),
        ([*CATALOGUES, {"id": "all"}], (), "all"),
        ([*CATALOGUES, {"id": "all"}], ("tree",), "first"),
        ([{"id": "all"}, *CATALOGUES], ("leaf",), "all"),
    ],
)
def test_a_product_belongs_to_the_first_catalogue_of_its_trees(
    entries: list[dict[str, Any]], categories: tuple[str, ...], expected: str | None
) -> None:
    config = settings(master_catalogs=entries)
    for item in (product(categories=categories), model(categories=categories)):
        made = mapped(item, PIM, config)
        assert made.record.catalogue == expected
        assert made.record.reject == (None if expected else "no_master_catalog")
        assert (made.record.xml == []) == (expected is None)


def test_variants_need_no_catalogue_of_their_own() -> None:
    made = mapped(product(), PIM, settings(master_catalogs=CATALOGUES), VARIANT)
    assert (made.record.catalogue, made.record.reject) == (None, None)


def test_categories_are_written_in_their_own_case_and_the_pims_order() -> None:
    assert mapped(product(categories=("TWIG", "leaf", "hidden")), PIM).record.categories == ["twig", "leaf", "hidden"]


def test_relations_keep_the_pims_order_and_quantities() -> None:
    associations = {
        "X_SELL": (target("u2"), target("m1", is_model=True)),
        "EMPTY": (),
        "PACK": (target("u3", quantity=4),),
    }
    assert mapped(product(associations=associations), PIM).record.relations == {
        "X_SELL": [["u2", False, None], ["m1", True, None]],
        "PACK": [["u3", False, 4]],
    }


def test_images_stand_in_attribute_order_with_the_familys_first() -> None:
    item = product(photo="1/p.jpg", back={"fr_FR": "1/f.jpg", "it_IT": "1/i.jpg", "en_US": "1/e.jpg"})
    back = [["back", "en_US", "1/e.jpg"], ["back", "fr_FR", "1/f.jpg"]]
    photo = ["photo", None, "1/p.jpg"]
    assert mapped(item, PIM).record.images == [*back, photo]
    family = Family("camera", attributes=("photo", "back"), attribute_as_image="photo")
    assert mapped(item, replace(PIM, families={"camera": family})).record.images == [photo, *back]
    assert mapped(item, PIM, settings(images={"attributes": ["photo"]})).record.images == [photo]
    assert mapped(item, PIM, settings(images={"source": "none"})).record.images == []


def test_the_names_are_the_alternative_texts() -> None:
    config = settings(attributes={"system_mapping": {"note": "name"}})
    assert mapped(product(note={"fr_FR": "f"}), PIM, config).record.alt == {"fr-FR": "f"}
    assert mapped(product(note={"fr_FR": "f"}), PIM).record.alt == {}


def hash_of(item: Any, placement: Placement = VARIANT, config: Any = None) -> str:
    return mapped(item, PIM, config, placement).record.hash


def test_the_hash_is_32_hex_digits_and_repeatable() -> None:
    made = hash_of(product(plain="x"))
    assert made == hash_of(product(plain="x"))
    assert len(made) == 32
    assert set(made) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    "change",
    [
        {"plain": "y"},
        {"identifier": "p2"},
        {"enabled": False},
        {"categories": ("leaf",)},
        {"associations": {"X_SELL": (target("u2"),)}},
        {"photo": "1/p.jpg"},
        {"color": "blue"},
        {"family": "phone"},
    ],
)
def test_the_hash_changes_with_everything_that_is_written(change: dict[str, Any]) -> None:
    assert hash_of(product(**{"plain": "x", **change})) != hash_of(product(plain="x"))


def test_the_hash_changes_with_the_placement() -> None:
    assert hash_of(product(), replace(VARIANT, root="m2")) != hash_of(product())
    assert hash_of(product(), replace(VARIANT, parent="sub2")) != hash_of(product())


def test_the_hash_does_not_depend_on_the_order_of_values_or_association_types() -> None:
    first = product(plain="x", color="red", associations={"A": (target("u2"),), "B": (target("u3"),)})
    second = product(color="red", plain="x", associations={"B": (target("u3"),), "A": (target("u2"),)})
    assert hash_of(first) == hash_of(second)


def test_one_mapper_gives_the_same_for_many_items_as_a_fresh_one_for_each() -> None:
    mapper = ProductMapper(settings(), PIM)
    items = [
        product(f"u{n}", plain=f"x{n}", color="red" if n % 2 else "blue", note={"en_US": str(n)} if n % 3 else {})
        for n in range(12)
    ]
    items.append(product("bare"))
    for item in (*items, *reversed(items)):
        assert mapper.map_product(item)[0] == mapped(item, PIM).record


def test_many_shapes_of_products_stay_separate() -> None:
    codes = [f"a{n}" for n in range(10)]
    pim = structure(*(attribute(code) for code in codes))
    mapper = ProductMapper(settings(), pim)
    for number in range(1, 600):
        present = [code for bit, code in enumerate(codes) if number >> bit & 1]
        made = Mapped(mapper.map_product(product(**{code: f"{code}!" for code in present})))
        assert made.custom() == [(f"akeneo_{code}", "", f"{code}!") for code in present]


def test_a_record_travels_as_json() -> None:
    record = mapped(product(color="red", associations={"X": (target("u2"),)}), PIM, placement=VARIANT).record
    line = orjson.dumps({field.name: getattr(record, field.name) for field in fields(record)})
    assert ItemRecord(**orjson.loads(line)) == record


AWKWARD: dict[str, Any] = {
    "plain": "\x00 ]]> <![CDATA[ \U0001f600 \ud800 &#0; \r\n",
    "note": {"en_US": "x" * 9000, "fr_FR": "\u2028é\u0085"},
    "color": "RED",
    "weight": {"amount": "-1e-9", "unit": "kg & <b>"},
}


def test_awkward_values_are_valid(sfcc_xsd: Callable[..., None]) -> None:
    config = settings(
        attributes={"system_mapping": {"note": "name", "plain": "pageTitle", "color": "brand"}},
        models={"import": "master-group-variation"},
    )
    records = [
        mapped(product(**AWKWARD), PIM, config).record,
        mapped(product(identifier="v", **AWKWARD), PIM, config, VARIANT).record,
        mapped(model(**AWKWARD), PIM, config).record,
        mapped(model("sub", parent="m1", **AWKWARD), PIM, config).record,
        mapped(product(identifier="empty"), PIM, config).record,
        mapped(model("empty model"), PIM, config).record,
    ]
    assert all(record.xml for record in records)
    sfcc_xsd(envelope(*(record.xml for record in records)))


def test_a_model_of_an_unknown_family_variant_is_written() -> None:
    pim: Structure = replace(PIM, family_variants={})
    item: ProductModel = model(color="red")
    assert mapped(item, pim).record.xml


def test_a_variant_value_in_another_channel_is_not_an_axis_value() -> None:
    scoped = attribute("color", "simpleselect", scopable=True)
    pim = replace(PIM, attributes={**PIM.attributes, "color": scoped})
    made = mapped(product(color=[value("red", scope="print")]), pim, placement=VARIANT)
    assert (made.record.axes, made.custom()) == ({}, [])
