"""What SFCC holds after importing exports, by its merge rules: enough of SFCC to see whether histories come out right.

Elements that are not sent stay; an empty value removes what was there; lists of variants, groups, links and members
replace what was there; assignments and recommendations are added, and removed one by one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.e2e.exported import NAMESPACE, Export, attributes_of, read_product
from tests.e2e.oracle import Element
from tests.e2e.oracle_values import NIL

RESET = {("min-order-quantity", ""): "1", ("step-quantity", ""): "1"}


class SfccDouble:
    """One instance with any number of catalogues."""

    def __init__(self) -> None:
        self.products: dict[str, dict[str, Element]] = defaultdict(dict)
        self.relations: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self.assignments: dict[str, dict[tuple[str, str], bool | None]] = defaultdict(dict)
        self.recommendations: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(dict)

    def take(self, export: Export) -> None:
        """Import the files one after the other, in the manifest's order."""
        for file in export.manifest["files"]:
            folder, _, name = file["path"].rpartition("/")
            one = Export({file["path"]: export.files[file["path"]]})
            self._import(one, folder.rpartition("/")[2], name.rpartition("-")[0])

    def _import(self, export: Export, catalogue: str, kind: str) -> None:
        if kind == "35-relations":
            for id_, lists in export.relations(catalogue).items():
                assert id_ in self.products[catalogue], f"relations of {id_}, which does not exist"
                held = self.relations[catalogue].setdefault(id_, {})
                held.update(lists)
                for name in [name for name, members in held.items() if not members]:
                    del held[name]
        elif kind == "40-assignments":
            self.assignments[catalogue].update(export.assignments(catalogue))
        elif kind == "48-removals":
            self._remove(export, catalogue)
        elif kind == "50-recommendations":
            for source, listed in export.recommendations(catalogue).items():
                known = self.recommendations[catalogue].setdefault(source, [])
                known += [entry for entry in listed if entry not in known]
        elif kind != "10-categories":
            self._describe(export, catalogue, kind)

    def _describe(self, export: Export, catalogue: str, kind: str) -> None:
        # SFCC resolves relations when it has read a whole file.
        in_file = {attributes_of(element)["product-id"] for element in export.elements(catalogue, kind)}
        existing = self.products[catalogue].keys() | in_file
        for element in export.elements(catalogue, kind):
            id_ = attributes_of(element)["product-id"]
            if element.get("mode") == "delete":
                del self.products[catalogue][id_]
                continue
            flag = element.find(f"{NAMESPACE}online-flag")
            if flag is None:
                assert kind in ("28-unlink", "30-masters"), f"{id_} in {kind} without a flag"
                assert id_ in self.products[catalogue], f"{id_} gets variations and does not exist"
            sent = read_product(element)
            held = self.products[catalogue].setdefault(id_, Element(False, {}))
            held.online = held.online if flag is None else sent.online
            for key, value in sent.values.items():
                if value in ("", NIL) or (key in RESET and RESET[key] == value):
                    held.values.pop(key, None)
                else:
                    held.values[key] = value
            if sent.variations is not None:
                self._vary(catalogue, held, sent.variations, existing)

    def _vary(self, catalogue: str, held: Element, sent: dict[str, Any], existing: set[str]) -> None:
        for listed in (*sent["variants"], *sent.get("groups", [])):
            assert listed in existing, f"{listed} is listed and does not exist"
            others = [
                id_
                for id_, one in self.products[catalogue].items()
                if one is not held and one.variations and listed in one.variations["variants"]
            ]
            assert not others, f"{listed} is still a variant of {others}"
        before = held.variations or {"axes": [], "variants": []}
        groups = sent.get("groups", before.get("groups", []))
        held.variations = {"axes": sent["axes"] or before["axes"], "variants": sent["variants"]}
        if groups:
            held.variations["groups"] = groups

    def _remove(self, export: Export, catalogue: str) -> None:
        for element in export.elements(catalogue, "48-removals"):
            about = attributes_of(element)
            assert about["mode"] == "delete"
            if "category-id" in about:
                del self.assignments[catalogue][about["category-id"], about["product-id"]]
            else:
                listed = self.recommendations[catalogue][about["source-id"]]
                listed.remove((about["target-id"], about["type"]))
                if not listed:
                    del self.recommendations[catalogue][about["source-id"]]
