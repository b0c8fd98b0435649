"""The files of one shard: elements gathered per file, written sorted and streamed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from akeneo_sfcc.sfcc.catalog import CatalogFile
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.objects import ObjectStore

PRODUCTS = "20-products"
UNLINK = "28-unlink"
MASTERS = "30-masters"
RELATIONS = "35-relations"
ASSIGNMENTS = "40-assignments"
REMOVALS = "48-removals"
RECOMMENDATIONS = "50-recommendations"
DELETIONS = "60-deletions"

SortKey = tuple[Any, ...]
Source = bytes | Callable[[], bytes]
"""An element, or how to make it when its turn comes."""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """One finished file as the manifest names it: path in the export, size in bytes, elements by name."""

    path: str
    size: int
    sha256: str
    items: dict[str, int]


@dataclass(slots=True)
class ShardOutput:
    """Gathers elements by step and catalogue. Memory: the small elements; products are made as they are written."""

    _files: dict[tuple[str, str], list[tuple[SortKey, str, Source]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, step: str, catalogue: str, order: SortKey, element: str, source: Source) -> None:
        """Take one element; order decides its place in the file and must be unique there."""
        self._files[(step, catalogue)].append((order, element, source))

    def write(self, store: ObjectStore, layout: RunLayout, shard: int) -> list[WrittenFile]:
        """Write all files, each sorted; return them by path.

        What is written is let go: elements yet to be made hold on to everything they are made from.
        """
        written: list[WrittenFile] = []
        for step, catalogue in sorted(self._files):
            entries = self._files.pop((step, catalogue))
            entries.sort(key=lambda entry: entry[0])
            key = layout.catalog_file(catalogue, step, shard)
            items: Counter[str] = Counter()
            with store.write(key) as target, CatalogFile(target, catalogue) as file:
                for _, element, source in entries:
                    file.write(source if isinstance(source, bytes) else source())
                    items[element] += 1
            written.append(WrittenFile(key.removeprefix(layout.exports), file.size, file.sha256, dict(items)))
        return written
