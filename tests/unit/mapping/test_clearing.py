"""How values that are gone are emptied."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from akeneo_sfcc.mapping.clearing import NILLABLE, NOT_CLEARABLE, RESET_TO_ONE, insert_empty
from akeneo_sfcc.mapping.placement import Placement
from akeneo_sfcc.mapping.system_attributes import SYSTEM_ATTRIBUTES
from tests.unit.mapping.builders import (
    XSI,
    Mapped,
    attribute,
    envelope,
    mapped,
    model,
    options,
    parse,
    product,
    settings,
    structure,
    variant_family,
)

PIM = structure(
    attribute("color", "simpleselect"),
    attribute("note", localizable=True),
    attribute("plain"),
    attribute("tags", "multiselect"),
    attribute("title", localizable=True),
    attribute("from", "date"),
    attribute("flag", "boolean"),
    attribute("least", "number"),
    options={"color": options("red"), "tags": options("t")},
    family_variants=variant_family((["color"], ["plain"])),
)
MAPPING = {"title": "name", "from": "onlineFrom", "flag": "searchable", "least": "minOrderQuantity"}
CONFIG = settings(attributes={"system_mapping": MAPPING})
FAMILY = settings(attributes={"system_mapping": MAPPING}, products={"clear_empty": "family"})
NOTES = ["cakeneo_note=x-default", "cakeneo_note=de-DE", "cakeneo_note=en-US", "cakeneo_note=fr-FR"]


def cleared(made: Mapped, *keys: str) -> Mapped:
    """The item after these keys were emptied."""
    made.record.xml, stuck = insert_empty(made.record.xml, keys)
    assert stuck == []
    made.element = parse(made.record.xml)
    return made


def test_nothing_to_clear_changes_nothing() -> None:
    record = mapped(product(plain="x"), PIM).record
    assert insert_empty(record.xml, []) == (record.xml, [])


def test_custom_attributes_are_emptied_at_their_sorted_place() -> None:
    made = cleared(mapped(product(note={"de_DE": "d"}, tags=["t"]), PIM), "cakeneo_plain=", *NOTES, "cakeneo_a=")
    assert made.custom() == [
        ("akeneo_a", "", None),
        ("akeneo_note", "x-default", None),
        ("akeneo_note", "de-DE", "d"),
        ("akeneo_note", "en-US", None),
        ("akeneo_note", "fr-FR", None),
        ("akeneo_plain", "", None),
        ("akeneo_tags", "", ["t"]),
    ]


def test_an_id_may_hold_an_equals_sign() -> None:
    assert cleared(mapped(product(), PIM), "ca=b=fr-FR").custom() == [("a=b", "fr-FR", None)]


def test_text_elements_are_emptied_per_language() -> None:
    made = cleared(mapped(product(title={"fr_FR": "f"}), PIM, CONFIG), "edisplay-name=x-default", "ebrand=")
    assert made.system("display-name") == [("x-default", None), ("fr-FR", "f")]
    assert made.system("brand") == [("", None)]


@pytest.mark.parametrize("tag", sorted(NILLABLE))
def test_elements_that_cannot_be_blank_are_nil(tag: str) -> None:
    made = cleared(mapped(product(), PIM), f"e{tag}=")
    assert made.element is not None
    (element,) = made.element.iter(tag)
    assert (element.get(f"{{{XSI}}}nil"), element.text) == ("true", None)
    assert "xmlns" not in made.record.xml[0]


def test_the_elements_that_are_nil_are_those_of_the_contract() -> None:
    ids = {one.id for one in SYSTEM_ATTRIBUTES.values() if one.element in NILLABLE}
    assert ids == {
        *("onlineFrom", "onlineTo", "searchRank", "searchPlacement"),
        *("siteMapIncluded", "siteMapChangeFrequency", "siteMapPriority"),
    }


@pytest.mark.parametrize("tag", sorted(RESET_TO_ONE))
def test_quantities_go_back_to_one(tag: str) -> None:
    assert cleared(mapped(product(), PIM), f"e{tag}=").system(tag) == [("", "1")]


@pytest.mark.parametrize("tag", sorted(NOT_CLEARABLE))
def test_flags_and_the_tax_class_cannot_be_emptied(tag: str) -> None:
    record = mapped(product(plain="x"), PIM).record
    assert insert_empty(record.xml, [f"e{tag}="]) == (record.xml, [f"e{tag}="])


def test_what_can_be_emptied_is_emptied_beside_what_cannot() -> None:
    pieces, stuck = insert_empty(mapped(product(), PIM).record.xml, ["etax-class-id=", "cakeneo_plain="])
    assert stuck == ["etax-class-id="]
    assert 'attribute-id="akeneo_plain"' in pieces[0]


def test_a_key_that_is_already_there_is_left_alone() -> None:
    made = cleared(mapped(product(plain="x"), PIM), "cakeneo_plain=")
    assert made.custom() == [("akeneo_plain", "", "x")]


def test_clearing_twice_is_clearing_once() -> None:
    record = mapped(product(), PIM).record
    once, _ = insert_empty(record.xml, ["cakeneo_plain=", "eonline-from="])
    assert insert_empty(once, ["cakeneo_plain=", "eonline-from="])[0] == once


@pytest.mark.parametrize("key", ["", "xfoo=", "eno-such-element="])
def test_what_is_no_key_is_an_error(key: str) -> None:
    with pytest.raises(ValueError, match="written key"):
        insert_empty(["<product/>"], [key])


def test_the_pieces_of_a_model_stay_four() -> None:
    record = mapped(model(plain="x"), PIM).record
    keys = ["ename="[:1] + "display-name=x-default", "eonline-from=", "ebrand=", "efacebook-enabled-flag="]
    pieces, stuck = insert_empty(record.xml, [*keys, "ereceipt-name=x-default", "epage-url=fr-FR"])
    assert stuck == ["efacebook-enabled-flag="]
    first, second, third, fourth = pieces
    assert first.endswith('<display-name xml:lang="x-default"/>')
    assert second == '<online-from xsi:nil="true"/>'
    assert third.startswith(
        '<brand/><page-attributes><page-url xml:lang="fr-FR"/></page-attributes><custom-attributes>'
    )
    assert fourth == '<store-attributes><receipt-name xml:lang="x-default"/></store-attributes></product>'


def everything() -> list[str]:
    """A key for every element and a few custom attributes."""
    keys = []
    for one in SYSTEM_ATTRIBUTES.values():
        if one.element not in NOT_CLEARABLE:
            keys += [f"e{one.element}={lang}" for lang in (("x-default", "fr-FR") if one.localizable else ("",))]
    return [*keys, *NOTES, "cakeneo_plain="]


@pytest.mark.parametrize("item", [product(plain="x", title={"en_US": "t"}), product(), model(), model(flag=True)])
def test_all_that_can_be_emptied_is_valid(item: object, sfcc_xsd: Callable[..., None]) -> None:
    made = mapped(item, PIM, CONFIG)  # type: ignore[arg-type]
    sfcc_xsd(envelope(cleared(made, *everything()).record.xml))


def empties(made: Mapped) -> set[str]:
    """The empty leaves of an element, as keys."""
    assert made.element is not None
    found = set()
    for one in made.element.iter(etree.Element):
        if len(one) == 0 and not one.text and one.tag not in ("images", "variations", "online-flag"):
            lang = one.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
            name = one.get("attribute-id")
            found.add(f"c{name}={lang}" if name else f"e{one.tag}={lang}")
    return found


def test_a_products_family_is_cleared_where_it_has_no_value() -> None:
    made = mapped(product(note={"en_US": "n"}, least=3), PIM, FAMILY)
    names = {f"edisplay-name={lang}" for lang in ("x-default", "de-DE", "en-US", "fr-FR")}
    missing = {"cakeneo_note=de-DE", "cakeneo_note=fr-FR", "cakeneo_plain=", "cakeneo_tags=", "cakeneo_color="}
    assert empties(made) == missing | names | {"eonline-from="}
    assert made.system("min-order-quantity") == [("", "3")]
    assert made.issues == []


def test_a_quantity_the_family_lacks_is_one() -> None:
    assert mapped(product(), PIM, FAMILY).system("min-order-quantity") == [("", "1")]


def test_what_was_emptied_is_no_written_key() -> None:
    assert mapped(product(plain="x"), PIM, FAMILY).record.keys == "cakeneo_plain="


def test_a_value_that_was_rejected_is_cleared() -> None:
    made = mapped(product(tags=["unknown"]), PIM, FAMILY)
    assert "cakeneo_tags=" in empties(made)


def test_models_are_cleared_on_their_own_level() -> None:
    root = mapped(model(), PIM, FAMILY)
    assert "cakeneo_note=fr-FR" in empties(root)
    assert not {"cakeneo_color=", "cakeneo_plain="} & empties(root)
    groups = settings(products={"clear_empty": "family"}, models={"import": "master-group-variation"})
    assert empties(mapped(model("sub", parent="m1"), PIM, groups)) == {"cakeneo_color=", "cakeneo_plain="}


def test_attributes_outside_the_family_and_products_without_one_are_left_alone() -> None:
    assert empties(mapped(product(family=None), PIM, FAMILY)) == set()
    excluded = settings(products={"clear_empty": "family"}, attributes={"exclude": ["plain", "sku"]})
    assert "cakeneo_plain=" not in empties(mapped(product(), PIM, excluded))


@pytest.mark.parametrize("choice", ["state", "none"])
def test_nothing_of_the_family_is_cleared_otherwise(choice: str) -> None:
    assert empties(mapped(product(), PIM, settings(products={"clear_empty": choice}))) == set()


def test_cleared_families_are_valid(sfcc_xsd: Callable[..., None]) -> None:
    variant = Placement("variant", root="m1", family_variant="by_axis")
    items = [
        mapped(product(plain="x"), PIM, FAMILY),
        mapped(product(identifier="p2", color="red"), PIM, FAMILY, variant),
        mapped(model(), PIM, FAMILY),
    ]
    sfcc_xsd(envelope(*(made.record.xml for made in items)))
