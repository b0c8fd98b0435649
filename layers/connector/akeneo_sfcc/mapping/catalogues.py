"""Chooses the master catalogue of a product (docs/mapping.md section 5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from akeneo_sfcc.pim.model import Category

if TYPE_CHECKING:
    from akeneo_sfcc.settings import MasterCatalog


class CatalogueChoice:
    """Which entry of `master_catalogs` a product's categories lead to."""

    def __init__(self, entries: Iterable[MasterCatalog], categories: Iterable[Category]) -> None:
        """Find every category's tree, and every tree's first entry."""
        entries = tuple(entries)
        self._ids = tuple(entry.id for entry in entries)
        self._default = next((entry.id for entry in entries if entry.default), None)
        catch_all = [index for index, entry in enumerate(entries) if entry.category_trees is None]
        self._catch_all = catch_all[0] if catch_all else len(entries)
        of_tree: dict[str, int] = {}
        for index, entry in enumerate(entries):
            for tree in entry.category_trees or ():
                of_tree.setdefault(tree.lower(), index)
        self._of_category: dict[str, int] = {}
        self.codes: dict[str, str] = {}
        trees: dict[str, str] = {}
        for category in categories:
            code = category.code.lower()
            tree = code if category.parent is None else trees.get(category.parent.lower(), code)
            trees[code] = tree
            self.codes[code] = category.code
            if tree in of_tree:
                self._of_category[code] = of_tree[tree]

    def catalogue(self, categories: Iterable[str]) -> str | None:
        """Return the id of the catalogue, or None if no entry fits."""
        found = [self._of_category.get(code.lower(), self._catch_all) for code in categories]
        index = min((*found, self._catch_all))
        return self._ids[index] if index < len(self._ids) else self._default
