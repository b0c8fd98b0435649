"""Small import files, and what an importer made of them."""

from __future__ import annotations

from typing import Any

from local.demo_sfcc.importer import Importer, Mode

IMPEX = "http://www.demandware.com/xml/impex"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
ON = "<online-flag>true</online-flag>"


def catalog_file(id_: str, inside: str) -> bytes:
    """Return a catalogue file."""
    return f'<catalog xmlns="{IMPEX}/catalog/2006-10-31" {XSI} catalog-id="{id_}">{inside}</catalog>'.encode()


def load(sfcc: Importer, *elements: str, catalog: str = "m", mode: Mode = "merge") -> Importer:
    """Import a catalogue file with these elements."""
    sfcc.load([("file.xml", catalog_file(catalog, "".join(elements)))], mode)
    return sfcc


def product(id_: str, inner: str = ON) -> str:
    """Return a product element."""
    return f'<product product-id="{id_}">{inner}</product>'


def variants(*ids: str) -> str:
    """Return the variations of a master with these variants."""
    listed = "".join(f'<variant product-id="{id_}"/>' for id_ in ids)
    return f"<variations><variants>{listed}</variants></variations>"


def held(sfcc: Importer, id_: str) -> dict[str, Any]:
    """Return what is held of a product."""
    found: dict[str, Any] = sfcc.snapshot()["products"][id_]
    return found


def said(sfcc: Importer) -> list[str]:
    """Return data errors and data warnings without their files."""
    return [f"{entry.severity} {entry.object}: {entry.message}" for entry in sfcc.log]
