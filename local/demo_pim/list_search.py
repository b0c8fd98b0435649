"""Filters of the structure lists: few, and different per endpoint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from local.demo_pim.criteria import Criterion, parse_time
from local.demo_pim.items import Doc
from local.demo_pim.replies import ApiError, unprocessable

Test = Callable[[Doc], bool]

ALLOWED: dict[str, dict[str, tuple[str, ...]]] = {
    "attributes": {"code": ("IN",), "type": ("IN",), "updated": (">",), "is_main_identifier": ("=",)},
    "attribute-groups": {"code": ("IN",), "updated": (">",)},
    "families": {"code": ("IN",), "updated": (">",)},
    "categories": {"code": ("IN",), "parent": ("=",), "is_root": ("=",), "updated": (">",)},
    "locales": {"enabled": ("=",)},
    "currencies": {"enabled": ("=",)},
    "channels": {"code": ("IN",)},
    "association-types": {},
}
"""Endpoint → field → operators."""


def list_tests(endpoint: str, criteria: list[Criterion]) -> list[Test]:
    """Turn criteria into tests of an item of this endpoint; raise ApiError 422 for what it does not know."""
    return [_test(endpoint, criterion) for criterion in criteria]


def _test(endpoint: str, criterion: Criterion) -> Test:
    field = criterion.field
    if criterion.operator not in ALLOWED.get(endpoint, {}).get(field, ()):
        raise criterion.unsupported()
    if criterion.operator == "IN":
        codes = frozenset(criterion.codes())
        return lambda doc: str(doc.get(field)).lower() in codes
    if field == "updated":
        since = _iso_time(criterion)
        return lambda doc: "updated" in doc and parse_time(doc["updated"]) > since
    if field == "parent":
        parent = criterion.text().lower()
        return lambda doc: (doc.get("parent") or "").lower() == parent
    wanted = criterion.truth()
    if field == "is_root":
        return lambda doc: (doc.get("parent") is None) == wanted
    return lambda doc: bool(doc.get(field)) == wanted


def _iso_time(criterion: Criterion) -> datetime:
    try:
        time = datetime.fromisoformat(criterion.text())
    except ValueError:
        raise _wrong_date(criterion) from None
    if time.tzinfo is None:
        raise _wrong_date(criterion)
    return time


def _wrong_date(criterion: Criterion) -> ApiError:
    return unprocessable(
        f'Property "updated" expects a date in the ISO 8601 format with an offset, "{criterion.value}" given.'
    )
