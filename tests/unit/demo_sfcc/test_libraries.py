"""Content libraries against the documented rules, one by one."""

from __future__ import annotations

from typing import Any

from local.demo_sfcc.importer import Importer, Mode
from local.demo_sfcc.importer.snapshot import other_holdings
from tests.unit.demo_sfcc.files import IMPEX, said

BODY = (
    '<custom-attributes><custom-attribute attribute-id="body" xml:lang="{}">{}</custom-attribute></custom-attributes>'
)


def load(sfcc: Importer, *elements: str, library: str = "shared", mode: Mode = "merge") -> Importer:
    document = f'<library xmlns="{IMPEX}/library/2006-10-31" library-id="{library}">{"".join(elements)}</library>'
    assert sfcc.load([("library.xml", document.encode())], mode)
    return sfcc


def content(id_: str, inner: str = "", mode: str = "") -> str:
    return f'<content content-id="{id_}"{mode}>{inner}</content>'


def folder(id_: str, inner: str = "", mode: str = "") -> str:
    return f'<folder folder-id="{id_}"{mode}>{inner}</folder>'


def links(*ids: str) -> str:
    listed = "".join(f'<folder-link folder-id="{id_}"/>' for id_ in ids)
    return f"<folder-links>{listed}</folder-links>"


def held(sfcc: Importer, library: str = "shared") -> dict[str, Any]:
    found: dict[str, Any] = other_holdings(sfcc.holdings)["libraries"][library]
    return found


def test_values_merge_and_the_body_is_known_everywhere() -> None:
    name = "<display-name>One</display-name>"
    online = "<online-flag>true</online-flag>"
    sfcc = load(Importer(check_attributes=True), content("a", name + online + BODY.format("de", "d")))
    load(sfcc, content("a", BODY.format("fr", "f")))
    assert held(sfcc)["a"] == {"name": "One", "online": "true", "custom": {"body de": ("d",), "body fr": ("f",)}}
    assert said(sfcc) == []


def test_content_lies_in_folders_that_exist() -> None:
    sfcc = load(Importer(), folder("f", "<parent>root</parent>"), content("a", links("f", "none")))
    assert held(sfcc)["a"]["folders"] == ["f"]
    assert said(sfcc) == ["DATAWARNING a: folder none does not exist"]


def test_modes_delete_replace_and_update() -> None:
    sfcc = load(Importer(), folder("f"), content("a", "<display-name>A</display-name>"), content("b"))
    load(sfcc, content("a"), content("c"), mode="update")
    assert held(sfcc)["a"]["name"] == "A"
    load(sfcc, content("a"), mode="replace")
    assert held(sfcc)["a"]["name"] == ""
    load(sfcc, folder("root", mode=' mode="delete"'), folder("f", mode=' mode="delete"'))
    load(sfcc, content("a"), mode="delete")
    assert list(held(sfcc)) == ["b"]
    assert list(sfcc.holdings.libraries["shared"].folders) == ["root"]
    assert said(sfcc) == [
        "DATAWARNING c: content does not exist and is not created in mode UPDATE",
        "DATAWARNING root: the root folder cannot be deleted",
    ]
