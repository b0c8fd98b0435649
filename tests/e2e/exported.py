"""Reads an export tree back into plain data, by the names SFCC's schema gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from lxml import etree

from tests.e2e.oracle import Element
from tests.e2e.oracle_values import NIL, Values

NAMESPACE = "{http://www.demandware.com/xml/impex/catalog/2006-10-31}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
CONTAINERS = ("page-attributes", "custom-attributes", "store-attributes")


@dataclass(frozen=True)
class Export:
    """An export tree: path → bytes."""

    files: dict[str, bytes]

    @property
    def xml_files(self) -> dict[str, bytes]:
        return {path: body for path, body in self.files.items() if path.endswith(".xml")}

    @property
    def manifest(self) -> dict[str, Any]:
        manifest: dict[str, Any] = orjson.loads(self.files["manifest.json"])
        return manifest

    def elements(self, catalogue: str, *kinds: str) -> Iterator[etree._Element]:
        """The elements of a catalogue's files of these kinds, such as "20-products", in the files' order."""
        parser = etree.XMLParser(huge_tree=True, no_network=True)
        for path in sorted(self.xml_files):
            folder, _, name = path.rpartition("/")
            if folder == f"catalogs/{catalogue}" and name.rpartition("-")[0] in kinds:
                yield from etree.fromstring(self.files[path], parser)

    def products(self, catalogue: str, *kinds: str) -> dict[str, Element]:
        """The products that are described, not only related."""
        found = {}
        for element in self.elements(catalogue, *(kinds or ("20-products", "30-masters"))):
            id_ = attributes_of(element)["product-id"]
            assert id_ not in found, f"{id_} is written twice"
            assert element.find(f"{NAMESPACE}online-flag") is not None, f"{id_} has no flag"
            found[id_] = read_product(element)
        return found

    def masters(self, catalogue: str) -> set[str]:
        return {attributes_of(element)["product-id"] for element in self.elements(catalogue, "30-masters")}

    def categories(self, catalogue: str) -> list[dict[str, Any]]:
        return [_category(element) for element in self.elements(catalogue, "10-categories")]

    def assignments(self, catalogue: str) -> dict[tuple[str, str], bool | None]:
        found = {}
        for element in self.elements(catalogue, "40-assignments"):
            primary = element.findtext(f"{NAMESPACE}primary-flag")
            key = (attributes_of(element)["category-id"], attributes_of(element)["product-id"])
            assert key not in found, f"{key} is assigned twice"
            found[key] = None if primary is None else primary == "true"
        return found

    def recommendations(self, catalogue: str) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for element in self.elements(catalogue, "50-recommendations"):
            about = attributes_of(element)
            assert about["source-type"] == about["target-type"] == "product"
            found[about["source-id"]].append((about["target-id"], about["type"]))
        return dict(found)

    def relations(self, catalogue: str) -> dict[str, dict[str, Any]]:
        found = {}
        for element in self.elements(catalogue, "35-relations"):
            one: dict[str, Any] = {}
            for child in element:
                tag = _tag(child)
                if tag == "product-links":
                    one["links"] = [(attributes_of(link)["product-id"], attributes_of(link)["type"]) for link in child]
                elif tag == "product-set-products":
                    one["set"] = [attributes_of(part)["product-id"] for part in child]
                else:
                    assert tag == "bundled-products"
                    one["bundle"] = [(attributes_of(part)["product-id"], int(str(part[0].text))) for part in child]
            found[attributes_of(element)["product-id"]] = one
        return found


def attributes_of(element: etree._Element) -> dict[str, str]:
    """An element's XML attributes; the stubs leave open whether they are texts or bytes."""
    return {str(name): str(value) for name, value in element.attrib.items()}


def variations_of(master: Element) -> dict[str, Any]:
    """What a master says of its variations; every master says something."""
    assert master.variations is not None
    return master.variations


def read_product(element: etree._Element) -> Element:
    """One `<product>` as the oracle describes it."""
    values: Values = {}
    variations = None
    for child in element:
        if _tag(child) == "variations":
            variations = _variations(child)
        elif _tag(child) in CONTAINERS:
            values.update(_value(grandchild) for grandchild in child)
        elif _tag(child) != "images":  # tested with the images themselves
            values.update([_value(child)])
    online = values.pop(("online-flag", ""), "not sent")
    return Element(online == "true", values, variations)


def _value(element: etree._Element) -> tuple[tuple[str, str], str | list[str]]:
    id_ = element.get("attribute-id")
    key = (f"c:{id_}" if id_ else _tag(element), element.get(LANG, ""))
    if element.get(XSI_NIL) == "true":
        return key, NIL
    if len(element):
        return key, [value.text or "" for value in element]
    return key, element.text or ""


def _variations(element: etree._Element) -> dict[str, Any]:
    found: dict[str, Any] = {"axes": [], "variants": []}
    for axis in element.iterfind(f"{NAMESPACE}attributes/{NAMESPACE}variation-attribute"):
        assert attributes_of(axis)["attribute-id"] == attributes_of(axis)["variation-attribute-id"]
        shown = [
            (attributes_of(value)["value"], [(attributes_of(text)[LANG], text.text) for text in value])
            for value in axis.iterfind(f"{NAMESPACE}variation-attribute-values/{NAMESPACE}variation-attribute-value")
        ]
        names = [(attributes_of(text)[LANG], text.text) for text in axis.iterfind(f"{NAMESPACE}display-name")]
        found["axes"].append((attributes_of(axis)["attribute-id"], names, shown))
    found["variants"] = [attributes_of(one)["product-id"] for one in element.iterfind(f"{NAMESPACE}variants/*")]
    groups = element.find(f"{NAMESPACE}variation-groups")
    if groups is not None:
        found["groups"] = [attributes_of(one)["product-id"] for one in groups]
    return found


def _category(element: etree._Element) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": attributes_of(element)["category-id"],
        "online": element.findtext(f"{NAMESPACE}online-flag") == "true",
        "names": [(attributes_of(name)[LANG], name.text) for name in element.iterfind(f"{NAMESPACE}display-name")],
    }
    if (parent := element.findtext(f"{NAMESPACE}parent")) is not None:
        found["parent"] = parent
    if (position := element.findtext(f"{NAMESPACE}position")) is not None:
        found["position"] = int(position)
    return found


def _tag(element: etree._Element) -> str:
    return str(element.tag).removeprefix(NAMESPACE)
