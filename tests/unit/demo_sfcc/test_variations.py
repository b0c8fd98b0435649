"""Variations of masters: variants, groups and variation attributes, merged as the file says."""

from __future__ import annotations

import pytest

from local.demo_sfcc.importer import Importer
from tests.unit.demo_sfcc.files import ON, held, load, product, said, variants


@pytest.mark.parametrize(
    ("merge_mode", "expected"),
    [("add", ["a", "b", "c"]), ("merge", ["b", "c"]), ("remove", ["a"]), ("replace", ["c", "b"])],
)
def test_lists_of_variants_and_groups_merge_as_they_say(merge_mode: str, expected: list[str]) -> None:
    sfcc = load(Importer(), *map(product, "abc"), *map(product, "xyz"), product("m", ON + variants("a", "b")))
    groups = "<variation-groups{}>{}</variation-groups>"
    sent = "".join(map('<variation-group product-id="{}"/>'.format, "ab"))
    load(sfcc, product("m", f"<variations>{groups.format('', sent)}</variations>"))
    mode = f' merge-mode="{merge_mode}"'
    listed = "".join(map('<variant product-id="{}"/>'.format, "cb"))
    changed = "".join(map('<variation-group product-id="{}"/>'.format, "cb"))
    load(
        sfcc,
        product("m", f"<variations><variants{mode}>{listed}</variants>{groups.format(mode, changed)}</variations>"),
    )
    assert held(sfcc, "m")["variants"] == expected
    assert held(sfcc, "m")["groups"] == expected


def test_variants_can_be_added_and_removed_in_one_element() -> None:
    sfcc = load(Importer(), *map(product, "abc"), product("m", ON + variants("a", "b")))
    two = '<variants merge-mode="{}"><variant product-id="{}"/></variants>'
    load(sfcc, product("m", f"<variations>{two.format('add', 'c')}{two.format('remove', 'a')}</variations>"))
    assert held(sfcc, "m")["variants"] == ["b", "c"]


def test_the_default_variant_is_one_of_the_variants() -> None:
    sfcc = load(Importer(), *map(product, "ab"), product("m", ON + variants("a", "b")))
    load(sfcc, product("m", '<variations><variants><variant product-id="a" default="true"/></variants></variations>'))
    assert held(sfcc, "m")["default"] == "a"
    load(sfcc, product("m", variants("b")))
    assert "default" not in held(sfcc, "m")


def attribute(values: str, merge_mode: str = "", id_: str = "color", on: str = "color") -> str:
    listed = "".join(f'<variation-attribute-value value="{value}"/>' for value in values)
    mode = f' merge-mode="{merge_mode}"' if merge_mode else ""
    return (
        f'<variation-attribute attribute-id="{on}" variation-attribute-id="{id_}">'
        f"<variation-attribute-values{mode}>{listed}</variation-attribute-values></variation-attribute>"
    )


def attributes(*listed: str) -> str:
    return f"<variations><attributes>{''.join(listed)}</attributes></variations>"


@pytest.mark.parametrize(
    ("merge_mode", "expected"), [("add", "abc"), ("merge", "bc"), ("remove", "a"), ("replace", "cb"), ("", "cb")]
)
def test_variation_values_merge_as_their_list_says(merge_mode: str, expected: str) -> None:
    sfcc = load(Importer(), product("m", ON + attributes(attribute("ab"))))
    load(sfcc, product("m", attributes(attribute("cb", merge_mode))))
    ((_, _, _, _, values),) = held(sfcc, "m")["attributes"]
    assert [dict(one[1])["value"] for one in values] == list(expected)


def test_variation_attributes_are_replaced_one_for_each_attribute() -> None:
    sfcc = load(Importer(), product("m", ON + attributes(attribute("a"), attribute("b", id_="size", on="size"))))
    load(sfcc, product("m", attributes(attribute("a", id_="size", on="size"), attribute("b", id_="s2", on="size"))))
    assert [one[0] for one in held(sfcc, "m")["attributes"]] == ["size"]
    assert said(sfcc) == ["DATAERROR m: attribute size has two variation attributes, s2 is left out"]


def test_shared_attributes_and_options_are_those_of_the_catalogue() -> None:
    uses = attributes('<shared-variation-attribute attribute-id="c" variation-attribute-id="{}"/>')
    options = '<options><shared-option option-id="{}"/></options>'
    sfcc = load(
        Importer(),
        product("m", ON + options.format("o") + uses.format("c")),
        '<product-option option-id="o"/>',
        attribute("ab", id_="c", on="c"),
    )
    assert said(sfcc) == []
    assert held(sfcc, "m")["options"] == ["o"]
    load(sfcc, product("m", options.format("p") + uses.format("d")))
    assert said(sfcc) == [
        "DATAWARNING m: shared option p does not exist in catalog m",
        "DATAWARNING m: shared variation attribute d does not exist in m",
    ]
    load(sfcc, '<product-option option-id="o" mode="delete"/>',
         '<variation-attribute attribute-id="c" variation-attribute-id="c" mode="delete"/>')  # fmt: skip
    assert sfcc.snapshot()["catalogs"]["m"].keys() == {"categories"}
