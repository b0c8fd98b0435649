"""Values the instance's metadata do not allow are not imported, and the log says so."""

from __future__ import annotations

import pytest

from local.demo_sfcc.importer import Importer
from local.demo_sfcc.importer.values import LONGEST_STRING, MOST_VALUES
from tests.unit.demo_sfcc.files import IMPEX, ON, held, load, product, said


def definition(id_: str, inner: str) -> str:
    return f'<attribute-definition attribute-id="{id_}">{inner}</attribute-definition>'


def metadata(*definitions: str, type_: str = "Product", groups: str = "") -> bytes:
    listed = "".join(definitions)
    inside = f"<custom-attribute-definitions>{listed}</custom-attribute-definitions>" if listed else ""
    extension = f'<type-extension type-id="{type_}">{inside}{groups}</type-extension>'
    return f'<metadata xmlns="{IMPEX}/metadata/2006-10-31">{extension}</metadata>'.encode()


SIZES = "".join(f"<value-definition><value>{value}</value></value-definition>" for value in "sm")
DEFINED = metadata(
    definition("size", f"<type>enum-of-string</type><value-definitions>{SIZES}</value-definitions>"),
    definition("sizes", "<type>set-of-int</type>"),
    definition("weight", "<type>double</type>"),
    definition("washable", "<type>boolean</type>"),
    definition("since", "<type>date</type>"),
    definition("seen", "<type>datetime</type>"),
    definition("note", "<type>string</type>"),
    definition("text", "<type>text</type><localizable-flag>true</localizable-flag>"),
    definition("rank", "<type>int</type><site-specific-flag>true</site-specific-flag>"),
    definition(
        "fits",
        "<type>enum-of-string</type><select-multiple-flag>true</select-multiple-flag>"
        f"<value-definitions>{SIZES}</value-definitions>",
    ),
)


@pytest.fixture
def sfcc() -> Importer:
    found = Importer(check_attributes=True)
    assert found.load([("meta.xml", DEFINED)])
    assert said(found) == []
    return found


def attribute(id_: str, value: str, more: str = "") -> str:
    inside = f'<custom-attribute attribute-id="{id_}"{more}>{value}</custom-attribute>'
    return f"{ON}<custom-attributes>{inside}</custom-attributes>"


@pytest.mark.parametrize(
    ("id_", "value", "expected"),
    [
        ("size", "m", ("m",)),
        ("sizes", "<value>1</value><value>-2</value>", ("1", "-2")),
        ("fits", "<value>s</value><value>m</value>", ("s", "m")),
        ("weight", "1.5", ("1.5",)),
        ("washable", "true", ("true",)),
        ("since", "2026-11-23", ("2026-11-23",)),
        ("seen", "2026-11-23T10:00:00.000Z", ("2026-11-23T10:00:00.000Z",)),
        ("note", "x" * LONGEST_STRING, ("x" * LONGEST_STRING,)),
        ("text", "x" * (LONGEST_STRING + 1), ("x" * (LONGEST_STRING + 1),)),
    ],
)
def test_what_fits_its_definition_is_held(sfcc: Importer, id_: str, value: str, expected: tuple[str, ...]) -> None:
    load(sfcc, product("a", attribute(id_, value)))
    assert held(sfcc, "a")["custom"] == {id_: expected}
    assert said(sfcc) == []


@pytest.mark.parametrize(
    ("id_", "value", "says"),
    [
        ("colour", "red", "DATAWARNING a: custom attribute 'colour' is not defined for Product"),
        ("size", "xxl", "DATAWARNING a: value 'xxl' of attribute 'size' is not defined"),
        ("fits", "<value>s</value><value>l</value>", "DATAWARNING a: value 'l' of attribute 'fits' is not defined"),
        ("sizes", "<value>one</value>", "DATAERROR a: value 'one' of attribute 'sizes' is no int"),
        ("weight", "heavy", "DATAERROR a: value 'heavy' of attribute 'weight' is no double"),
        ("washable", "yes", "DATAERROR a: value 'yes' of attribute 'washable' is no boolean"),
        ("since", "23.11.2026", "DATAERROR a: value '23.11.2026' of attribute 'since' is no date"),
        ("seen", "2026-11-23", "DATAERROR a: value '2026-11-23' of attribute 'seen' is no datetime"),
        ("note", "x" * 4001, "DATAERROR a: value of attribute 'note' has more than 4000 characters"),
        ("note", "<value>1</value><value>2</value>", "DATAERROR a: attribute 'note' takes one value, 2 are given"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_not_held_and_told(sfcc: Importer, id_: str, value: str, says: str) -> None:
    load(sfcc, product("a", attribute(id_, value)))
    assert "custom" not in held(sfcc, "a")
    assert said(sfcc) == [says]


def test_a_value_that_does_not_fit_leaves_the_one_before(sfcc: Importer) -> None:
    load(sfcc, product("a", attribute("weight", "1")))
    load(sfcc, product("a", attribute("weight", "much")))
    assert held(sfcc, "a")["custom"] == {"weight": ("1",)}


def test_too_many_values_are_dropped_without_a_word(sfcc: Importer) -> None:
    load(sfcc, product("a", attribute("sizes", "<value>1</value>" * (MOST_VALUES + 1))))
    assert "custom" not in held(sfcc, "a")
    assert said(sfcc) == []
    load(sfcc, product("a", attribute("sizes", "<value>1</value>" * MOST_VALUES)))
    assert len(held(sfcc, "a")["custom"]["sizes"]) == MOST_VALUES


@pytest.mark.parametrize(
    ("id_", "more", "says"),
    [
        ("note", ' xml:lang="fr"', "attribute 'note' has a value in 'fr' and is not localizable"),
        ("note", ' site-id="S"', "attribute 'note' has a value of site 'S' and is not site-specific"),
    ],
)
def test_values_of_a_language_or_a_site_need_an_attribute_that_has_them(
    sfcc: Importer, id_: str, more: str, says: str
) -> None:
    load(sfcc, product("a", attribute(id_, "x", more)))
    assert said(sfcc) == [f"DATAERROR a: {says}"]
    assert "custom" not in held(sfcc, "a")


def test_values_of_languages_and_sites_stand_beside_each_other(sfcc: Importer) -> None:
    load(sfcc, product("a", attribute("text", "f", ' xml:lang="fr"')), product("b", attribute("rank", "1")))
    load(sfcc, product("a", attribute("text", "d", ' xml:lang="de"')))
    load(sfcc, product("b", attribute("rank", "2", ' site-id="S"')))
    assert held(sfcc, "a")["custom"] == {"text de": ("d",), "text fr": ("f",)}
    assert held(sfcc, "b")["custom"] == {"rank": ("1",), "rank S": ("2",)}


def test_a_site_specific_attribute_is_no_variation_attribute(sfcc: Importer) -> None:
    listed = '<variation-attribute attribute-id="rank" variation-attribute-id="rank"/>'
    load(sfcc, product("m", f"{ON}<variations><attributes>{listed}</attributes></variations>"))
    assert said(sfcc) == ["DATAWARNING m: site-specific attribute rank cannot be a variation attribute"]
    assert "attributes" not in held(sfcc, "m")


def test_a_definition_is_replaced_whole_and_others_stay(sfcc: Importer) -> None:
    one = definition(
        "size",
        "<type>enum-of-string</type>"
        "<value-definitions><value-definition><value>l</value></value-definition></value-definitions>",
    )
    sfcc.load([("meta.xml", metadata(one))])
    load(sfcc, product("a", attribute("size", "m")), product("b", attribute("note", "n")))
    assert said(sfcc) == ["DATAWARNING a: value 'm' of attribute 'size' is not defined"]
    assert held(sfcc, "b")["custom"] == {"note": ("n",)}


@pytest.mark.parametrize("inner", ["<type>text</type>", "<type>string</type><localizable-flag>true</localizable-flag>"])
def test_another_type_or_localizability_loses_the_values(sfcc: Importer, inner: str) -> None:
    load(sfcc, product("a", attribute("note", "n")), product("b", attribute("weight", "1")))
    sfcc.load([("meta.xml", metadata(definition("note", inner)))])
    assert "custom" not in held(sfcc, "a")
    assert held(sfcc, "b")["custom"] == {"weight": ("1",)}
    assert said(sfcc) == [
        "DATAWARNING note: attribute of Product has another type or localizability: its values are lost"
    ]


def test_localizable_and_site_specific_exclude_each_other(sfcc: Importer) -> None:
    both = "<localizable-flag>true</localizable-flag><site-specific-flag>true</site-specific-flag>"
    sfcc.load([("meta.xml", metadata(definition("both", f"<type>string</type>{both}")))])
    assert said(sfcc) == ["DATAERROR both: an attribute cannot be localizable and site-specific"]
    assert "both" not in sfcc.holdings.definitions["Product"]


def test_attributes_of_categories_are_not_site_specific(sfcc: Importer) -> None:
    one = definition("own", "<type>string</type><site-specific-flag>true</site-specific-flag>")
    sfcc.load([("meta.xml", metadata(one, type_="Category"))])
    assert said(sfcc) == ["DATAWARNING own: attributes of Category cannot be site-specific: the flag is ignored"]
    assert not sfcc.holdings.definitions["Category"]["own"]["site_specific"]


def test_a_group_is_replaced_whole_and_names_what_is_defined(sfcc: Importer) -> None:
    def group(*ids: str) -> str:
        listed = "".join(f'<attribute attribute-id="{id_}"/>' for id_ in ids)
        system = '<attribute attribute-id="name" system="true"/>'
        return (
            f'<group-definitions><attribute-group group-id="g">{listed}{system}</attribute-group></group-definitions>'
        )

    sfcc.load([("meta.xml", metadata(groups=group("size", "note")))])
    sfcc.load([("meta.xml", metadata(groups=group("note", "none")))])
    assert sfcc.holdings.groups["Product"]["g"] == ["note", "name"]
    assert said(sfcc) == ["DATAWARNING g: attribute none of the group is not defined for Product"]


def test_attributes_of_categories_are_checked_too(sfcc: Importer) -> None:
    inside = '<parent>root</parent><custom-attributes><custom-attribute attribute-id="x">1</custom-attribute>'
    load(sfcc, f'<category category-id="c">{inside}</custom-attributes></category>')
    assert said(sfcc) == ["DATAWARNING c: custom attribute 'x' is not defined for Category"]


def test_without_metadata_attributes_are_taken_as_they_are() -> None:
    sfcc = load(Importer(), product("a", attribute("anything", "x")))
    assert held(sfcc, "a")["custom"] == {"anything": ("x",)}
