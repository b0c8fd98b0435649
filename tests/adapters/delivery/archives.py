"""Small site archives for tests."""

from __future__ import annotations

import io
import zipfile

CATALOG = "http://www.demandware.com/xml/impex/catalog/2006-10-31"


def catalog(id_: str, inside: str) -> bytes:
    """Return a catalogue file."""
    return f'<catalog xmlns="{CATALOG}" catalog-id="{id_}">{inside}</catalog>'.encode()


def product(id_: str) -> str:
    """Return a product element."""
    return f'<product product-id="{id_}"><online-flag>true</online-flag></product>'


def site_archive(name: str, files: dict[str, bytes]) -> bytes:
    """Return the zip file of an archive; paths are below its one folder."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in files.items():
            archive.writestr(f"{name}/{path}", content)
    return target.getvalue()


def one_product(name: str = "shop") -> bytes:
    """Return an archive that imports product A1 into catalogue main."""
    return site_archive(name, {"catalogs/main/catalog.xml": catalog("main", product("A1"))})
