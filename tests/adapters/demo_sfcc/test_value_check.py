"""Values the instance's metadata or locales do not allow are not imported, and the log says so."""

from __future__ import annotations

import pytest

from local.demo_sfcc.importer import ImportLog
from local.demo_sfcc.value_check import MOST_VALUES, ValueCheck
from tests.adapters.delivery.archives import catalog

DEFINITIONS = {
    "Product": {
        "size": {"type": "enum-of-string", "values": ["s", "m"]},
        "sizes": {"type": "set-of-int", "values": []},
        "weight": {"type": "double", "values": []},
        "washable": {"type": "boolean", "values": []},
        "since": {"type": "date", "values": []},
        "note": {"type": "string", "values": []},
    }
}


def check(inside: str) -> tuple[bytes, list[str]]:
    """Return what is left of a product with these elements, and the log."""
    log = ImportLog(file="a.xml")
    content = catalog("main", f'<product product-id="A1">{inside}</product>')
    found = ValueCheck(DEFINITIONS, frozenset({"x-default", "de-DE"}), log).passed(content)
    return found, [str(entry) for entry in log]


def attribute(id_: str, value: str) -> str:
    return f'<custom-attributes><custom-attribute attribute-id="{id_}">{value}</custom-attribute></custom-attributes>'


@pytest.mark.parametrize(
    ("id_", "value"),
    [
        ("size", "m"),
        ("sizes", "<value>1</value><value>-2</value>"),
        ("weight", "1.5"),
        ("washable", "true"),
        ("since", "2026-11-23"),
        ("note", "anything"),
        ("weight", ""),
    ],
)
def test_what_fits_its_definition_stays(id_: str, value: str) -> None:
    found, log = check(attribute(id_, value))
    assert value.encode() in found
    assert b"custom-attribute " in found
    assert log == []


@pytest.mark.parametrize(
    ("id_", "value", "says"),
    [
        ("colour", "red", "DATAWARNING a.xml [A1] custom attribute 'colour' is not defined for Product"),
        ("size", "xxl", "DATAWARNING a.xml [A1] value 'xxl' of attribute 'size' is not defined"),
        ("sizes", "<value>one</value>", "DATAERROR a.xml [A1] value 'one' of attribute 'sizes' is no int"),
        ("weight", "heavy", "DATAERROR a.xml [A1] value 'heavy' of attribute 'weight' is no double"),
        ("washable", "yes", "DATAERROR a.xml [A1] value 'yes' of attribute 'washable' is no boolean"),
        ("since", "23.11.2026", "DATAERROR a.xml [A1] value '23.11.2026' of attribute 'since' is no date"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_taken_out_and_told(id_: str, value: str, says: str) -> None:
    found, log = check(attribute(id_, value))
    assert b"custom-attribute " not in found
    assert log == [says]


def test_too_many_values_are_dropped_without_a_word() -> None:
    found, log = check(attribute("sizes", "<value>1</value>" * (MOST_VALUES + 1)))
    assert b"custom-attribute " not in found
    assert log == []


def test_a_locale_the_instance_does_not_know_is_an_error() -> None:
    found, log = check('<display-name xml:lang="de-DE">a</display-name><display-name xml:lang="fr-FR">b</display-name>')
    assert b"fr-FR" not in found
    assert b"de-DE" in found
    assert log == ["DATAERROR a.xml [A1] locale 'fr-FR' of <display-name> is not known"]


def test_a_file_that_is_no_xml_is_left_to_the_importer() -> None:
    assert ValueCheck({}, None, ImportLog()).passed(b"<catalog") == b"<catalog"
