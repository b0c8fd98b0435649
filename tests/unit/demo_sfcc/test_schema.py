"""Import files are checked as SFCC checks them: order, numbers, attributes, types of values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from local.demo_sfcc.schema import read_schema, schema_of, violations
from local.demo_sfcc.schema.tables import FOLDER
from tests.unit.demo_sfcc.xsd_reader import XsdReader

TABLES = sorted(path.stem for path in FOLDER.glob("*.txt"))
CATALOG = '<catalog xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31" catalog-id="c"{}>{}</catalog>'
PRICES = (
    '<pricebooks xmlns="http://www.demandware.com/xml/impex/pricebook/2006-10-31"><pricebook>'
    '<header pricebook-id="p"><currency>EUR</currency></header>{}</pricebook></pricebooks>'
)
XSI = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def said(document: str, table: str = "catalog") -> list[str]:
    found = violations(etree.fromstring(document.encode()), schema_of(table))
    return [f"{one.object}: {one.message}" if one.object else one.message for one in found]


def catalog(*inside: str) -> list[str]:
    return said(CATALOG.format(XSI, "".join(inside)))


def product(inside: str) -> list[str]:
    return catalog(f'<product product-id="a">{inside}</product>')


@pytest.mark.parametrize("table", TABLES)
def test_the_tables_say_what_sfccs_schemas_say(table: str, sfcc_schemas: Path) -> None:
    ours = schema_of(table)
    theirs = XsdReader(sfcc_schemas / f"{table}.xsd", ours.root).schema
    assert ours == theirs


def test_the_tables_are_those_of_what_is_imported() -> None:
    assert TABLES == ["catalog", "library", "metadata", "pricebook"]


@pytest.mark.parametrize("line", ["form A = b::C", "shape A = b:C"])
def test_a_table_that_makes_no_sense_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"no (child of a form|line of a table)"):
        read_schema(line)


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<brand>x</brand>",
        '<display-name xml:lang="x-default">x</display-name><online-flag>1</online-flag>',
        '<online-flag>true</online-flag><online-from xsi:nil="true"/>',
        '<custom-attributes><custom-attribute attribute-id="c">a<value/></custom-attribute></custom-attributes>',
        "<!-- nothing --><brand>x<!-- y -->z</brand>",
        "<variations><variants/><variants/></variations>",
    ],
)
def test_what_sfcc_takes_is_right(inside: str) -> None:
    assert product(inside) == []


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        ("<brand>x</brand><ean>1</ean>", "a: <ean> is not allowed in <product> after <brand>"),
        ("<brand>x</brand><brand>y</brand>", "a: <brand> is not allowed in <product> after <brand>"),
        ("<colour>x</colour>", "a: <colour> is not allowed in <product>"),
        ("text", "a: <product> holds text between its elements"),
        ("<online-flag>True</online-flag>", "a: <online-flag>: 'True' is not boolean"),
        ("<step-quantity/>", "a: <step-quantity>: '' is not decimal"),
        ("<online-from>2026-01-01</online-from>", "a: <online-from>: '2026-01-01' is not dateTime"),
        (f"<brand>{'x' * 257}</brand>", f"a: <brand>: '{'x' * 100}' is not string256"),
        ('<brand xml:lang="fr">x</brand>', "a: <brand> has no attribute 'xml:lang'"),
        ('<display-name xml:lang="fr_FR">x</display-name>', "a: attribute 'xml:lang': 'fr_FR' is not language"),
        ('<brand xsi:nil="true"/>', "a: <brand> cannot be nil"),
        ('<online-from xsi:nil="true">x</online-from>', "a: <online-from> is nil and has a content"),
        ("<brand><b/></brand>", "a: <b> is not allowed in <brand>"),
        ("<search-rank>99999999999</search-rank>", "a: <search-rank>: '99999999999' is not int"),
        ("<sitemap-priority>1.5</sitemap-priority>", "a: <sitemap-priority>: '1.5' is not share"),
        (
            '<product-links><product-link product-id="b" type="friend"/></product-links>',
            "b: attribute 'type': 'friend' is not one of accessory, alt-orderunit, cross-sell, newer-version, other, "
            "replacement, spare-part, up-sell",
        ),
        (
            '<bundled-products><bundled-product product-id="b"/></bundled-products>',
            "b: <bundled-product> lacks <quantity>",
        ),
        ("<images><image-group/></images>", "a: <image-group> lacks the attribute 'view-type'"),
        ("<variations><variants/><variants/><variants/></variations>",
         "a: <variants> is not allowed in <variations> after <variants>"),
    ],
)  # fmt: skip
def test_what_sfcc_refuses_is_told_with_its_object(inside: str, says: str) -> None:
    assert product(inside) == [says]


def test_kinds_of_objects_have_an_order_too() -> None:
    assert catalog('<product product-id="a"/>', '<category category-id="b"/>') == [
        "b: <category> is not allowed in <catalog> after <product>"
    ]


@pytest.mark.parametrize("id_", ["", " a", "a ", "x" * 101, "a\nb"])
def test_ids_have_no_space_around_and_an_end(id_: str) -> None:
    (found,) = catalog(f'<product product-id="{id_.replace(chr(10), "&#10;")}"/>')
    assert "is not id100" in found


def test_a_choice_takes_any_of_its_elements_again_and_again() -> None:
    table = '<price-tables><price-table product-id="a">{}</price-table></price-tables>'
    both = "<amount>1</amount><percentage>2</percentage><amount>3</amount>"
    assert said(PRICES.format(table.format(both)), "pricebook") == []
    assert said(PRICES.format(table.format("<amount>10,00</amount>")), "pricebook") == [
        "a: <amount>: '10,00' is not decimal"
    ]


def test_a_choice_that_is_made_once_stays_made() -> None:
    settings = "<header><image-settings>{}</image-settings></header>"
    internal = '<internal-location base-path="/"/>'
    assert catalog(settings.format(internal)) == []
    (found,) = catalog(settings.format(f"{internal}<external-location><http-url>h</http-url></external-location>"))
    assert "<external-location> is not allowed" in found


def test_another_root_is_another_format() -> None:
    assert said("<catalog/>") == ["the root element is <catalog>, not <catalog>"]


def test_lines_are_those_of_the_file() -> None:
    document = CATALOG.format("", '\n<product product-id="a">\n<ean>1</ean>\n<colour/>\n</product>')
    (found,) = violations(etree.fromstring(document.encode()), schema_of("catalog"))
    assert found.line == 4


def test_sfccs_schemas_and_the_tables_agree_on_faults(sfcc_xsd: Callable[..., None]) -> None:
    for inside in (
        "<brand>x</brand><ean>1</ean>",
        "<online-flag>True</online-flag>",
        "<images><image-group/></images>",
    ):
        document = CATALOG.format("", f'<product product-id="a">{inside}</product>')
        assert said(document)
        with pytest.raises(pytest.fail.Exception):
            sfcc_xsd(document.encode(), "catalog")
