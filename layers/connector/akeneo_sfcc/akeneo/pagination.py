"""Pages of products and models: the question kept on every page, the keys computed from the items.

The API's `next` links lose `search_locale` and may carry a proxy's inner address, so none is followed: the
cursor is the last item's own key (https://api.akeneo.com/documentation/pagination.html; since PIM 6 for
identifiers and codes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from akeneo_sfcc.errors import DataError

Kind = Literal["product", "model"]
PAGE_CAP = 10_000
"""Page numbers reach this many items (page × limit); the PIM refuses beyond."""

_SHORT = 0.9


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """What is asked of a product or model list, the same on every page.

    search: the API's filter object. attributes, locales, scope: what narrows the values (scope also drops
    products outside the channel's tree). extra: further query parameters (`with_…`, `search_scope`). by_uuid:
    whether products are listed by uuid; None lets the client find out (a call per process: give it when the
    structure is known).
    """

    search: Mapping[str, Any] = field(default_factory=dict)
    attributes: tuple[str, ...] | None = None
    locales: tuple[str, ...] | None = None
    scope: str | None = None
    search_locale: str | None = None
    extra: Mapping[str, str | int | bool] = field(default_factory=dict)
    by_uuid: bool | None = None

    def parameters(self) -> dict[str, str]:
        """Return the query parameters, as text."""
        sent: dict[str, str] = {}
        if self.search:
            sent["search"] = orjson.dumps(self.search).decode()
        if self.attributes is not None:
            sent["attributes"] = ",".join(self.attributes)
        if self.locales is not None:
            sent["locales"] = ",".join(self.locales)
        if self.scope is not None:
            sent["scope"] = self.scope
        if self.search_locale is not None:
            sent["search_locale"] = self.search_locale
        return sent | texts(self.extra)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its items with their sort keys, in the same order.

    last: nothing follows. next_after: the cursor for what follows, the key of the last item; None on an empty
    page.
    """

    items: list[dict[str, Any]]
    keys: tuple[str, ...]
    last: bool
    next_after: str | None


def texts(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return query parameters as the API takes them.

    Booleans are `true`/`false` (it refuses 1 and 0), objects compact JSON, lists joined by commas.
    """
    sent: dict[str, str] = {}
    for name, value in parameters.items():
        if isinstance(value, bool):
            sent[name] = "true" if value else "false"
        elif isinstance(value, Mapping):
            sent[name] = orjson.dumps(value).decode()
        elif isinstance(value, str | int):
            sent[name] = str(value)
        else:
            sent[name] = ",".join(str(one) for one in value)
    return sent


def settings_of(kind: Kind) -> dict[str, str]:
    """Return query parameter → the setting it comes from, for the messages about refusals."""
    chosen = "pim.product_filter" if kind == "product" else "pim.product_model_filter"
    names = ("search", "attributes", "locales", "scope", "search_locale", "search_scope")
    return {"limit": "pim.page_size", **{name: f"{chosen}.{name}" for name in names}}


def endpoint_of(kind: Kind, by_uuid: bool) -> str:
    """Return the list's path below the API's root."""
    if kind == "model":
        return "product-models"
    return "products-uuid" if by_uuid else "products"


def sort_key(text: str) -> str:
    """Return a key as the PIM's index sorts it: lower-case, character by character, then by code point.

    The index lower-cases every character alone, so unlike `str.lower` a final sigma is no special case and a
    dotted capital I stays one character.
    """
    return text.lower() if text.isascii() else "".join(character.lower()[0] for character in text)


def page_parameters(
    query: ItemQuery, *, after: str | None, page: int | None, limit: int, with_count: bool = False
) -> dict[str, str]:
    """Return the query parameters of a page: by number if `page` is given, else behind the cursor."""
    sent = query.parameters()
    sent["limit"] = str(limit)
    if page is not None:
        sent |= {"pagination_type": "page", "page": str(page)}
        if with_count:
            sent["with_count"] = "true"
        return sent
    sent["pagination_type"] = "search_after"
    if after is not None:
        sent["search_after"] = after
    return sent


def items_of(answer: Any, path: str) -> list[dict[str, Any]]:
    """Return the items of a list's answer; raise DataError when it has none of its shape."""
    embedded = answer.get("_embedded") if isinstance(answer, dict) else None
    items = embedded.get("items") if isinstance(embedded, dict) else None
    if not isinstance(items, list):
        raise DataError(f"the PIM's answer to GET /{path} has no _embedded.items")
    return items


def make_page(
    items: Sequence[Any], *, path: str, key_field: str, after: str | None, page: int | None, limit: int
) -> Page:
    """Return a page, its keys checked: they rise strictly, above the cursor and among themselves.

    Raises DataError for an item without a key, for more items than asked for, and for keys that stand still
    or fall back: following them would repeat or lose items, or never end.
    """
    where = f"GET /{path}, page {page}" if page is not None else f"GET /{path} after {after!r}"
    if len(items) > limit:
        raise DataError(f"{where}: the PIM sent {len(items)} items where at most {limit} were asked for")
    keys = tuple(_key(item, key_field, where) for item in items)
    before = sort_key(after) if after is not None else None
    for key in keys:
        if before is not None and key <= before:
            what = "the cursor stands still" if key == before else "the keys do not rise"
            raise DataError(f"{where}: {what}: {key!r} follows {before!r}; nothing that is read this way is complete")
        before = key
    # The PIM looks its index up first and the items after: those deleted in between are missing from a page
    # although more follow. A page short by a few is therefore not taken for the end; one more call finds out.
    return Page(items=list(items), keys=keys, last=len(keys) < limit * _SHORT, next_after=keys[-1] if keys else None)


def _key(item: Any, key_field: str, where: str) -> str:
    key = item.get(key_field) if isinstance(item, dict) else None
    if not isinstance(key, str) or not key:
        raise DataError(f"{where}: an item without {key_field}: {str(item)[:100]}")
    return sort_key(key)
