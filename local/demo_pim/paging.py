"""Pagination as the API does it: pages, cursors, and the links between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from local.demo_pim.encoding import encode
from local.demo_pim.replies import DOCUMENTATION, ApiError, unprocessable

PAGE = "page"
CURSOR = "search_after"
DEFAULT_LIMIT = 10
MAX_LIMIT = 100
MAX_RESULT_WINDOW = 10_000
"""How far page numbers reach on lists that Elasticsearch answers."""

WALL = (
    'You have reached the maximum number of pages you can retrieve with the "page" pagination type. '
    "Please use the search after pagination type instead"
)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page a client asks for; `cursor` is None at the start of a list read by cursor."""

    mode: str
    page: int
    limit: int
    with_count: bool
    cursor: str | None


def read_page_request(
    args: Mapping[str, str], modes: Sequence[str], *, capped: bool = False, fixed_limit: int | None = None
) -> PageRequest:
    """Check the pagination parameters of a list that can be read in these modes.

    `capped` lists answer 422 beyond 10,000 items by page; `fixed_limit` is for lists that take no `limit`.
    """
    mode = args.get("pagination_type", modes[0])
    if mode not in (PAGE, CURSOR):
        raise unprocessable("Pagination type does not exist.")
    if mode not in modes:
        raise unprocessable("Pagination type is not supported.")
    limit = fixed_limit or _limit(args.get("limit", str(DEFAULT_LIMIT)))
    page = args.get("page", "1")
    if mode == PAGE and not re.fullmatch(r"[1-9][0-9]*", page):
        raise unprocessable(f'"{page}" is not a valid page number.')
    with_count = _flag(args, "with_count")
    if mode == CURSOR:
        return PageRequest(mode, 1, limit, False, args.get("search_after") or None)
    if capped and int(page) * limit > MAX_RESULT_WINDOW:
        raise ApiError(422, WALL, documentation=DOCUMENTATION)
    return PageRequest(mode, int(page), limit, with_count, None)


def _limit(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]*", text):
        raise unprocessable(f'"{text}" is not a valid limit number.')
    if int(text) > MAX_LIMIT:
        raise unprocessable(f"You cannot request more than {MAX_LIMIT} items.")
    return int(text)


def _flag(args: Mapping[str, str], name: str) -> bool:
    value = args.get(name, "false")
    if value not in ("true", "false"):
        raise unprocessable(
            f'Parameter "{name}" has to be a boolean value. Only "true" or "false" allowed, "{value}" given.'
        )
    return value == "true"


def flag(args: Mapping[str, str], name: str) -> bool:
    """Read a parameter that must be `true` or `false` if it is given."""
    return _flag(args, name)


def page_body(
    url: str, args: Mapping[str, str], request: PageRequest, items: Iterable[bytes], *, last: str | None, total: int
) -> bytes:
    """Put encoded items into the HAL envelope of a list.

    `url` is the list's absolute address, `last` the cursor of the page's last item. As in the PIM, `next` exists
    exactly when the page is full, and it leaves `search_locale` out.
    """
    items = list(items)
    kept = {name: value for name, value in args.items() if name != "search_locale"}
    links: dict[str, dict[str, str]] = {"self": {"href": _address(url, args)}}
    if request.mode == PAGE:
        kept = {"page": "", "with_count": "true" if request.with_count else "false", **kept}
        links["self"] = {"href": _address(url, {**args, "page": str(request.page), "limit": str(request.limit)})}
        links["first"] = {"href": _address(url, {**kept, "page": "1", "limit": str(request.limit)})}
        if request.page > 1:
            links["previous"] = {"href": _address(url, {**kept, "page": str(request.page - 1)})}
        if len(items) == request.limit:
            links["next"] = {"href": _address(url, {**kept, "page": str(request.page + 1)})}
    else:
        kept.pop("search_after", None)
        links["first"] = {"href": _address(url, kept)}
        if len(items) == request.limit and last is not None:
            links["next"] = {"href": _address(url, {**kept, "search_after": last})}
    body = b'{"_links":' + encode(links)
    if request.mode == PAGE:
        body += b',"current_page":%d' % request.page
        if request.with_count:
            body += b',"items_count":%d' % total
    body += b',"_embedded":{"items":['
    if not items:
        return body + b"]}}"
    # A page can be a megabyte: it is copied once.
    return b",".join(
        [body + items[0], *items[1:-1], items[-1] + b"]}}"] if len(items) > 1 else [body + items[0] + b"]}}"]
    )


def _address(url: str, args: Mapping[str, str]) -> str:
    return f"{url}?{urlencode(args, quote_via=quote)}" if args else url
