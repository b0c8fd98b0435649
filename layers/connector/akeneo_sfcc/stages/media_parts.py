"""What Read Media Pages leaves of a range: lines of products and models, and a marker per part that names them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.mapping.media import MediaItem
from akeneo_sfcc.stages.contracts import RunContext
from akeneo_sfcc.stages.plan_media import PAGES
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import read_lines

MEDIA = "media"
"""Names the parts and markers."""


def dump_item(item: MediaItem) -> bytes:
    """Return an item as one line."""
    return orjson.dumps(
        [item.model, item.key, item.id, item.parent, item.catalogue, item.media, item.prices, item.assets]
    )


def finished_media_parts(services: Services, run: RunContext) -> list[dict[str, Any]]:
    """Return the markers of all parts, by range and part.

    Raises DataError when a range has no last part: then pages are missing, and what they name would be lost.
    """
    layout = RunLayout(run.job, run.run_id)
    ranges = len(orjson.loads(services.store.get(layout.plan(PAGES))))
    chains: dict[int, list[dict[str, Any]]] = {index: [] for index in range(ranges)}
    for key in services.store.list(layout.markers(MEDIA)):
        marker = orjson.loads(services.store.get(key))
        chains[marker["range"]].append(marker)
    found: list[dict[str, Any]] = []
    for index, chain in chains.items():
        ends = [marker["part"] for marker in chain if marker["done"]]
        numbers = [marker["part"] for marker in chain]
        if not ends or numbers[: ends[0] + 1] != list(range(ends[0] + 1)):
            raise DataError(f"range {index} of the media pages is not complete: parts {numbers}, none of them the last")
        found.extend(chain[: ends[0] + 1])
    return found


def read_media_items(services: Services, markers: list[dict[str, Any]]) -> Iterator[MediaItem]:
    """Yield all items in the order they were read; one that was read twice comes twice."""
    for marker in markers:
        for line in read_lines(services.store, marker["items"]):
            yield MediaItem(*orjson.loads(line))
