"""Probes the PIM's clock and time zone: a differential import relies on the times the PIM writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from akeneo_sfcc.akeneo.client import AkeneoClient, ItemQuery
from akeneo_sfcc.stages.item_query import pim_time

AHEAD = timedelta(minutes=5)
"""How far the PIM's clock may be ahead before it is said."""


def probe_clock(client: AkeneoClient, *, by_uuid: bool, now: datetime, time_zone: str) -> list[str]:
    """Return what is wrong with the PIM's clock or `pim.time_zone`, as notes; costs two small calls.

    A product changed in the future means that the PIM's clock is ahead, or that it reads the filter's times in another
    zone. The times it sends carry the zone it is in.
    """
    notes = []
    sample = client.page("product", ItemQuery(by_uuid=by_uuid), page=1, limit=1).items
    at = _moment(sample[0]) if sample else None
    if at is not None and at.utcoffset() not in (None, at.astimezone(ZoneInfo(time_zone)).utcoffset()):
        notes.append(
            f"pim.time_zone is {time_zone}, but the PIM writes its times with {at.isoformat()[-6:]}: if it reads a "
            "filter's times in that zone, changes are missed"
        )
    later = pim_time((now.astimezone(UTC) + AHEAD).strftime("%Y-%m-%dT%H:%M:%SZ"), time_zone)
    future = ItemQuery(search={"updated": [{"operator": ">", "value": later}]}, by_uuid=by_uuid)
    if client.page("product", future, page=1, limit=1).items:
        notes.append(
            f"the PIM has products changed after {later} ({time_zone}), which is still to come: its clock is ahead, or "
            "pim.time_zone is not the zone it reads a filter's times in"
        )
    return notes


def _moment(item: Mapping[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(str(item.get("updated")))
    except ValueError:
        return None
