"""A PIM's whole content as plain lists."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.demo_pim.store import Store

Item = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """Endpoint path → the items the PIM lists there."""

    lists: dict[str, list[Item]]

    @classmethod
    def read(cls, folder: Path) -> Snapshot:
        """Read a snapshot directory."""
        found: dict[str, list[Item]] = {}
        for file in folder.rglob("*.jsonl"):
            path = file.relative_to(folder).with_suffix("").as_posix()
            found[path] = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
        for file in folder.glob("*.json"):
            found[file.stem] = json.loads(file.read_text(encoding="utf-8"))
        return cls(found)

    @classmethod
    def of(cls, store: Store) -> Snapshot:
        """Take what a demo PIM holds now."""
        found = {path: list(items.docs()) for path, items in store.lists.items()}
        items = {"products-uuid": store.products, "product-models": store.models}
        return cls({**found, **store.arrays, **{path: list(one.docs()) for path, one in items.items()}})

    def __getitem__(self, path: str) -> list[Item]:
        return self.lists.get(path, [])

    @property
    def products(self) -> list[Item]:
        return self["products-uuid"]

    @property
    def models(self) -> list[Item]:
        return self["product-models"]
