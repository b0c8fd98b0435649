"""Tells products that left by deletion from those the filter leaves out now, as far as the PIM's answers allow."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from akeneo_sfcc.akeneo.client import AkeneoClient, ItemQuery
from akeneo_sfcc.errors import ConnectorError
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.storage.layout import RunLayout

MOST_ASKED = 300
"""Products asked for one by one, however many left: the calls must not grow with their number."""

_PER_QUESTION = 100


def tell_apart(
    client: AkeneoClient, keys: Sequence[str], *, by_uuid: bool, renamed: int, models: int
) -> dict[str, int]:
    """Return how many products left and why: `{"filter", "deleted", "renamed", "not_asked", "models"}`.

    keys: PIM keys of the products that were not read any more. The PIM is asked without the filter; those it still has
    are left out by the filter, or by what the connection may see. A PIM that does not answer leaves them not asked.
    """
    asked = list(keys[:MOST_ASKED])
    name = "uuid" if by_uuid else "identifier"
    there = 0
    try:
        for start in range(0, len(asked), _PER_QUESTION):
            chosen = asked[start : start + _PER_QUESTION]
            query = ItemQuery(search={name: [{"operator": "IN", "value": chosen}]}, by_uuid=by_uuid)
            there += len(client.page("product", query, page=1, limit=_PER_QUESTION).items)
    except ConnectorError:
        # It is for the report alone; the run must not fail for it.
        asked, there = [], 0
    return {
        "filter": there,
        "deleted": len(asked) - there,
        "renamed": renamed,
        "not_asked": len(keys) - len(asked),
        "models": models,
    }


def read_departures(services: Services, layout: RunLayout) -> dict[str, int]:
    """Return what `tell_apart` found in this run; nothing in a run that recognises nothing as gone."""
    key = layout.plan("left")
    return orjson.loads(services.store.get(key)) if services.store.exists(key) else {}
