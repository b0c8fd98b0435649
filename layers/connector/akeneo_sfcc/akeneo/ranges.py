"""Cuts the products and models to read into ranges that are read side by side.

A PIM page takes its time (about 0.4 s) and its cursor is known only when it has arrived, so speed comes from
reading several ranges at once, as many as the connection may have calls. Each cut costs something:

- Up to 10,000 items a page number with `limit=1` tells the key of any item. Cutting there, at multiples of
  the page size, costs one small call a cut and wastes nothing: every range is whole pages. The cursors are
  real keys, which every supported PIM accepts, and what is created or deleted meanwhile cannot push an item
  from one range to another, as it does with ranges of page numbers.
- Beyond, made-up uuids cut the key space evenly, because uuids are random. A range then ends in the middle of
  a page: half a page of overshoot each. With at least 40 pages a range that is 1.25 % more calls. The PIM
  accepts a made-up cursor although its documentation does not promise it; hence the probe.
- Keys known from an earlier run (the committed state's quantiles) cut equally well where keys are not random.
- Else one range, read serially: slow, never wrong. Page numbers remain for a PIM whose page order is not its
  key order.

Ranges are a multiple of the concurrency where they are more than it, so that no worker waits for the last
one.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.akeneo.errors import RefusedRequestError
from akeneo_sfcc.akeneo.pagination import PAGE_CAP, ItemQuery, Kind, sort_key
from akeneo_sfcc.errors import DataError

PAGES_PER_RANGE = 40
"""At least so many pages a range: half a page of overshoot is 1.25 % of them."""

PAGES_PER_CUT = 8
"""At least so many pages a range where a cut costs a small call of its own and wastes nothing else."""

_ROUNDS = 16  # more ranges than 16 a worker would even nothing out
_UUID_SPACE = 1 << 128
MADE_UP_UUID = "80000000-0000-0000-0000-000000000000"
"""A boundary that is no product's uuid (not even of a valid version), in the middle of the space."""

Method = Literal["keys", "uuid", "known", "pages", "serial"]


@dataclass(frozen=True, slots=True)
class KeyRange:
    """A part of a list, by keys or by page numbers.

    "cursor": keys above `after` (None: from the start) up to and including `until` (None: to the end).
    "pages": the page numbers `first_page` to `last_page`.
    """

    method: Literal["cursor", "pages"]
    after: str | None = None
    until: str | None = None
    first_page: int = 1
    last_page: int = 1


@dataclass(frozen=True, slots=True)
class RangePlan:
    """How a list is read: the items counted, the ranges, and how they were cut."""

    count: int
    method: Method
    ranges: tuple[KeyRange, ...]


def uuid_ranges(number: int) -> list[tuple[str | None, str | None]]:
    """Return the uuid space in equal parts, each (after, until); the ends are open."""
    cuts = [_uuid(_UUID_SPACE * part // number) for part in range(1, number)]
    return list(pairwise([None, *cuts, None]))


def key_ranges(boundaries: Sequence[str]) -> tuple[KeyRange, ...]:
    """Return the ranges between rising keys; the first and the last are open-ended."""
    return tuple(KeyRange("cursor", after, until) for after, until in pairwise([None, *boundaries, None]))


def page_ranges(count: int, number: int, page_size: int) -> tuple[KeyRange, ...]:
    """Return runs of page numbers of about equal length; the last reaches as far as the PIM counts pages.

    It ends at a short page, so items that were created after counting are still read.
    """
    pages = _pages(count, page_size)
    ends = [pages * part // number for part in range(1, number)]
    edges = [0, *ends, PAGE_CAP // page_size]
    return tuple(KeyRange("pages", first_page=a + 1, last_page=b) for a, b in pairwise(edges) if b > a)


def few_ranges(count: int, page_size: int, concurrency: int) -> int:
    """Return in how many ranges to read a list that page numbers reach: a cut (one small call) per 8 pages."""
    return min(concurrency, 1 + _pages(count, page_size) // PAGES_PER_CUT)


def many_ranges(count: int, page_size: int, concurrency: int) -> int:
    """Return in how many ranges to read a big list: whole rounds of all workers, 40 pages a range."""
    if concurrency == 1:
        return 1
    rounds = _pages(count, page_size) // (PAGES_PER_RANGE * concurrency)
    return concurrency * min(_ROUNDS, rounds) if rounds else few_ranges(count, page_size, concurrency)


def cut_positions(count: int, page_size: int, number: int) -> tuple[int, ...]:
    """Return after which items (from 1) to cut: at whole pages, as far as page numbers reach."""
    pages = _pages(count, page_size)
    cuts = [pages * part // number * page_size for part in range(1, number)]
    return tuple(dict.fromkeys(cut for cut in cuts if 0 < cut <= PAGE_CAP))


def thinned(keys: Sequence[str], number: int) -> tuple[str, ...]:
    """Return at most `number` - 1 of the keys as rising boundaries, evenly picked."""
    rising = sorted({sort_key(key) for key in keys})
    if len(rising) < number:
        return tuple(rising)
    return tuple(dict.fromkeys(rising[len(rising) * part // number] for part in range(1, number)))


def probe_cursor(client: AkeneoClient, query: ItemQuery, kind: Kind = "product", boundary: str = MADE_UP_UUID) -> bool:
    """Tell whether the PIM accepts a made-up cursor: one item is asked for behind it and must lie above it.

    An empty answer does not count: nothing was shown, and in a big list it means that keys are not spread
    evenly.
    """
    try:
        page = client.page(kind, query, after=boundary, limit=1)
    except (RefusedRequestError, DataError):
        return False
    return bool(page.keys)


def boundary_keys(
    client: AkeneoClient, kind: Kind, query: ItemQuery, positions: Sequence[int]
) -> tuple[str, ...] | None:
    """Return the keys of the items at these positions, one small call each.

    None if they do not rise: then page numbers follow another order than the cursor.
    """
    if not positions:
        return ()
    with ThreadPoolExecutor(max_workers=len(positions)) as pool:
        pages = pool.map(lambda position: client.page(kind, query, page=position, limit=1), positions)
        # A page without a key: items were deleted since they were counted, and what is left is in the last range.
        keys = tuple(page.keys[0] for page in pages if page.keys)
    return keys if all(a < b for a, b in pairwise(keys)) else None


def plan_ranges(
    client: AkeneoClient,
    kind: Kind,
    query: ItemQuery,
    *,
    concurrency: int,
    page_size: int = 100,
    known_keys: Sequence[str] = (),
) -> RangePlan:
    """Count a list and cut it into ranges; costs the count and at most `concurrency` further small calls.

    known_keys: keys of an earlier run, spread evenly over them; used for long lists whose keys are not uuids.
    """
    count = client.count(kind, query)
    if count == 0:
        return RangePlan(0, "serial", ())
    split = {"count": count, "concurrency": concurrency, "page_size": page_size}
    plan = _beyond_page_numbers(client, kind, query, known_keys=known_keys, **split)
    return plan or _by_page_numbers(client, kind, query, **split)


def _beyond_page_numbers(
    client: AkeneoClient,
    kind: Kind,
    query: ItemQuery,
    *,
    count: int,
    concurrency: int,
    page_size: int,
    known_keys: Sequence[str],
) -> RangePlan | None:
    if count <= PAGE_CAP or concurrency == 1:
        return None
    number = many_ranges(count, page_size, concurrency)
    by_uuid = kind == "product" and (client.products_by_uuid() if query.by_uuid is None else query.by_uuid)
    if by_uuid and probe_cursor(client, query):
        return RangePlan(count, "uuid", tuple(KeyRange("cursor", a, b) for a, b in uuid_ranges(number)))
    known = thinned(known_keys, number)
    if known and probe_cursor(client, query, kind, known[0]):
        return RangePlan(count, "known", key_ranges(known))
    return None


def _by_page_numbers(
    client: AkeneoClient, kind: Kind, query: ItemQuery, *, count: int, concurrency: int, page_size: int
) -> RangePlan:
    number = few_ranges(count, page_size, concurrency)
    keys = boundary_keys(client, kind, query, cut_positions(count, page_size, number))
    if keys:
        return RangePlan(count, "keys", key_ranges(keys))
    if keys is None and count <= PAGE_CAP:
        return RangePlan(count, "pages", page_ranges(count, number, page_size))
    return RangePlan(count, "serial", key_ranges(()))


def _pages(count: int, page_size: int) -> int:
    return -(-count // page_size)


def _uuid(number: int) -> str:
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
