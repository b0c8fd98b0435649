"""What a call of an asset or record list wants to see: one channel, some locales, what changed since."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.demo_pim.items import Doc
from local.demo_pim.replies import unprocessable
from local.demo_pim.store import Store

Test = Callable[[Doc], bool]


@dataclass(frozen=True, slots=True)
class RecordView:
    """Which items a list has, and which of their values; unlike products, these lists say `channel`, not `scope`."""

    channel: str | None
    locales: tuple[str, ...] | None
    tests: Sequence[Test]

    @property
    def plain(self) -> bool:
        """Tell whether items are shown as they are kept."""
        return self.channel is None and self.locales is None

    def finds(self, doc: Doc) -> bool:
        """Tell whether an item is wanted."""
        return all(test(doc) for test in self.tests)

    def shown(self, doc: Doc) -> Doc:
        """Return the item with the values of this channel and these locales."""
        values = {code: [one for one in found if self._fits(one)] for code, found in doc.get("values", {}).items()}
        return {**doc, "values": {code: found for code, found in values.items() if found}}

    def _fits(self, value: Mapping[str, Any]) -> bool:
        fits_channel = self.channel is None or value["channel"] in (None, self.channel)
        return fits_channel and (self.locales is None or value["locale"] in (None, *self.locales))


def record_view(store: Store, args: Mapping[str, str]) -> RecordView:
    """Read the parameters of a call; raise ApiError 422 for what the PIM refuses."""
    channel = args.get("channel")
    if channel is not None and channel not in store.docs("channels"):
        raise unprocessable(f'Channel "{channel}" does not exist.')
    locales = tuple(args["locales"].split(",")) if "locales" in args else None
    return RecordView(channel, locales, _tests(args.get("search")))


def _tests(search: str | None) -> list[Test]:
    if not search:
        return []
    try:
        criteria = json.loads(search)
        found = [_test(name, one) for name, conditions in criteria.items() for one in conditions]
    except (ValueError, AttributeError, KeyError, TypeError):
        raise unprocessable("The search query parameter must be a valid JSON.") from None
    return found


def _test(name: str, condition: Mapping[str, Any]) -> Test:
    operator, value = condition["operator"], condition["value"]
    if (name, operator) == ("updated", ">"):
        since = datetime.fromisoformat(value)
        return lambda doc: datetime.fromisoformat(doc["updated"]) > since
    if (name, operator) == ("code", "IN"):
        return lambda doc: doc["code"] in value
    raise unprocessable(f'Filter on property "{name}" with operator "{operator}" is not supported.')
