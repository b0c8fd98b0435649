"""Which master catalogue an item's binaries go to: its root's, as in the product jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from akeneo_sfcc.mapping.media import MediaItem

_MOST_LEVELS = 3


class ModelPlace(NamedTuple):
    """A product model: its code, its parent's, its own catalogue; usable: SFCC can hold it."""

    code: str
    parent: str | None
    catalogue: str | None
    usable: bool


class MediaHierarchy:
    """All models by code, lower-case as the PIM joins them."""

    def __init__(self, committed: Iterable[bytes] = ()) -> None:
        """Start with the models of the committed state, as `lines` wrote them."""
        self._models: dict[str, ModelPlace] = {}
        for line in committed:
            place = ModelPlace(*orjson.loads(line))
            self._models[place.code.lower()] = place

    def add(self, model: MediaItem) -> None:
        """Take a model that was read."""
        place = ModelPlace(model.key, model.parent, model.catalogue, bool(model.id))
        self._models[model.key.lower()] = place

    def lines(self) -> Iterator[bytes]:
        """Yield the models as the committed state keeps them, by code."""
        for key in sorted(self._models):
            yield orjson.dumps(list(self._models[key]))

    def catalogue(self, item: MediaItem) -> str | None:
        """Return the catalogue of a product or model, or None where the product jobs do not write it."""
        if not item.id:
            return None
        if not item.model:
            same = self._models.get(item.id.lower())
            if same is not None and same.code == item.id:
                return None
        root = self._root(item.parent)
        if root is None:
            return item.catalogue
        return root.catalogue if root.usable else None

    def _root(self, parent: str | None) -> ModelPlace | None:
        """Return the top of the chain above; None where a link of it is missing, as an orphan stands for itself."""
        place = None
        for _ in range(_MOST_LEVELS):
            if parent is None:
                return place
            place = self._models.get(parent.lower())
            if place is None:
                return None
            parent = place.parent
        return None
