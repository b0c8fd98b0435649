"""A PIM's whole content as plain lists, read from a snapshot directory."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Item = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """Endpoint path → the items the PIM lists there."""

    folder: Path

    @cached_property
    def lists(self) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = {}
        for file in self.folder.rglob("*.jsonl"):
            path = file.relative_to(self.folder).with_suffix("").as_posix()
            found[path] = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
        for file in self.folder.glob("*.json"):
            found[file.stem] = json.loads(file.read_text(encoding="utf-8"))
        return found

    def __getitem__(self, path: str) -> list[Item]:
        return self.lists.get(path, [])

    @property
    def products(self) -> list[Item]:
        return self["products-uuid"]

    @property
    def models(self) -> list[Item]:
        return self["product-models"]

    def where(self, wanted: Callable[[Item], bool]) -> set[str]:
        """The uuids of the products that fit."""
        return {product["uuid"] for product in self.products if wanted(product)}
