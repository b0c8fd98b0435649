"""One page of any list: which items, in which form, under which links."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from local.demo_pim.criteria import read_search
from local.demo_pim.encoding import encode, with_self_link
from local.demo_pim.faults import Action
from local.demo_pim.items import Items
from local.demo_pim.list_search import ALLOWED, list_tests
from local.demo_pim.paging import CURSOR, PAGE, PageRequest, flag, page_body, read_page_request
from local.demo_pim.product_search import select
from local.demo_pim.record_search import RecordView, record_view
from local.demo_pim.rendering import View, product_view, show
from local.demo_pim.replies import not_found, unprocessable
from local.demo_pim.store import Store, listed

RECORDS_PER_PAGE = 100
"""The page size of lists that take no `limit` (records, assets)."""

RENDERED = 20_000
"""How many items shown in another form than they are kept are remembered."""

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to a list call."""

    body: bytes
    items: int


class Lists:
    """Answers list calls from a store."""

    def __init__(
        self, store: Store, *, by_uuid: bool, now: Callable[[], datetime] = lambda: datetime.now(tz=UTC)
    ) -> None:
        """Serve this store; `by_uuid` is false for a PIM older than 7.0."""
        self._store = store
        self._now = now
        self._by_uuid = by_uuid
        self._rendered: OrderedDict[tuple[str, str, View, int], bytes] = OrderedDict()

    def products(self, args: Mapping[str, str], url: str, fault: Action | None = None) -> Page:
        """Answer `GET /products-uuid`."""
        store = self._store
        request = read_page_request(args, (PAGE, CURSOR), capped=True)
        view = product_view(store, args, by_identifier=False, with_uuid=True)
        with store.lock:
            keys = self._selected(store.products, args, view, bad_json=400)
            cursor = request.cursor
            if cursor is not None and UUID.fullmatch(cursor):
                cursor = cursor.lower()
            return self._page(store.products, keys, keys, cursor, request, view, args, url, fault)

    def products_by_identifier(self, args: Mapping[str, str], url: str, fault: Action | None = None) -> Page:
        """Answer `GET /products`, sorted by lower-cased identifier; products without one stand last."""
        store = self._store
        request = read_page_request(args, (PAGE, CURSOR), capped=True)
        view = product_view(store, args, by_identifier=True, with_uuid=self._by_uuid)
        with store.lock:
            selected = self._selected(store.products, args, view, bad_json=400)
            identifiers = store.identifiers()
            order: Sequence[str] = identifiers.ordered
            if selected is not store.products.keys:
                chosen = set(selected)
                order = [one for one in order if identifiers.uuid(one) in chosen]
            cursor = request.cursor.lower() if request.cursor else None
            at, stop = _window(order, cursor, request, fault)
            keys = [uuid for one in order[at:stop] if (uuid := identifiers.uuid(one))]
            items = [self._shown(store.products, key, view) for key in keys]
            last = order[stop - 1] if keys else None
            return Page(page_body(url, args, request, items, last=last, total=len(order)), len(items))

    def models(self, args: Mapping[str, str], url: str, fault: Action | None = None) -> Page:
        """Answer `GET /product-models`, sorted by lower-cased code."""
        store = self._store
        request = read_page_request(args, (PAGE, CURSOR), capped=True)
        view = product_view(store, args, by_identifier=False, with_uuid=True)
        with store.lock:
            keys = self._selected(store.models, args, view, bad_json=422)
            cursor = request.cursor.lower() if request.cursor else None
            return self._page(store.models, keys, keys, cursor, request, view, args, url, fault)

    def structure(self, path: str, endpoint: str, args: Mapping[str, str], url: str) -> Page:
        """Answer a structure list, read by page number."""
        items = self._items(path)
        request = read_page_request(args, (PAGE,))
        with self._store.lock:
            keys = items.keys
            criteria = read_search(args.get("search"), bad_json=422) if endpoint in ALLOWED else []
            if criteria:
                tests = list_tests(endpoint, criteria)
                keys = [key for key in keys if all(test(doc) for doc in (items.doc(key),) for test in tests)]
            at, stop = _window(keys, None, request, None)
            shown = [items.raw(key) for key in keys[at:stop]]
            if endpoint == "categories" and flag(args, "with_position"):
                shown = [self._with_position(items, key) for key in keys[at:stop]]
            return Page(page_body(url, args, request, shown, last=None, total=len(keys)), len(shown))

    def records(self, path: str, args: Mapping[str, str], url: str) -> Page:
        """Answer a list of reference entities, records, asset families or assets: by cursor only, sorted by code."""
        items = self._items(path)
        request = read_page_request(args, (CURSOR,), fixed_limit=RECORDS_PER_PAGE)
        view = record_view(self._store, args)
        with self._store.lock:
            keys = sorted(items.keys)
            if view.tests:
                keys = [key for key in keys if view.finds(items.doc(key))]
            at, stop = _window(keys, request.cursor, request, None)
            shown = [self._record(items, path, key, view) for key in keys[at:stop]]
            last = keys[stop - 1] if shown else None
            return Page(page_body(url, args, request, shown, last=last, total=len(keys)), len(shown))

    def item(self, items: Items, key: str, view: View) -> bytes:
        """Answer a call for one item; raise ApiError 404 if there is none."""
        with self._store.lock:
            if key not in items:
                raise not_found(f'Resource "{key}" does not exist or you do not have permission to access it.')
            return self._shown(items, key, view)

    @staticmethod
    def _record(items: Items, path: str, key: str, view: RecordView) -> bytes:
        return items.raw(key) if view.plain else with_self_link(f"{path}/{key}", encode(view.shown(items.doc(key))))

    def _items(self, path: str) -> Items:
        items = self._store.lists.get(path)
        if items is not None:
            return items
        parent, _, nested = path.rpartition("/")
        owner, _, code = parent.partition("/")
        if nested and owner in self._store.lists and code not in self._store.lists[owner]:
            raise not_found(f'The resource "{code}" of "{owner}" does not exist or is not accessible.')
        return listed(path, ())

    def _selected(self, items: Items, args: Mapping[str, str], view: View, *, bad_json: int) -> Sequence[str]:
        locale, scope = args.get("search_locale"), args.get("search_scope")
        criteria = read_search(args.get("search"), bad_json=bad_json, locale=locale, scope=scope)
        return select(self._store, items, criteria, view.scope, self._now())

    def _page(
        self,
        items: Items,
        keys: Sequence[str],
        order: Sequence[str],
        cursor: str | None,
        request: PageRequest,
        view: View,
        args: Mapping[str, str],
        url: str,
        fault: Action | None,
    ) -> Page:
        at, stop = _window(order, cursor, request, fault)
        chosen = keys[at:stop]
        shown = [self._shown(items, key, view) for key in chosen]
        last = str(items.facts(chosen[-1])[items.key_name]) if chosen else None
        return Page(page_body(url, args, request, shown, last=last, total=len(keys)), len(shown))

    def _shown(self, items: Items, key: str, view: View) -> bytes:
        if view.plain:
            return items.raw(key)
        name = (items.path, key, view, self._store.revision)
        found = self._rendered.get(name)
        if found is None:
            doc = show(self._store, items.doc(key), view)
            code = str(doc[items.key_name]) if not view.by_identifier else str(doc["identifier"])
            path = "products" if view.by_identifier else items.path
            found = self._rendered[name] = with_self_link(f"{path}/{code}", encode(doc))
            if len(self._rendered) > RENDERED:
                self._rendered.popitem(last=False)
        return found

    def _with_position(self, items: Items, key: str) -> bytes:
        doc = items.doc(key)
        siblings = [code for code, one in self._store.docs("categories").items() if one["parent"] == doc["parent"]]
        position = siblings.index(key) + 1 if doc["parent"] is not None else 1
        labels = doc.pop("labels")
        return with_self_link(f"{items.path}/{key}", encode({**doc, "position": position, "labels": labels}))


def _window(order: Sequence[str], cursor: str | None, request: PageRequest, fault: Action | None) -> tuple[int, int]:
    """Return the positions a page spans; the cursor is a lower bound that need not exist."""
    if request.mode == PAGE:
        at = (request.page - 1) * request.limit
    else:
        if fault == "standing_cursor":
            cursor = None
        at = 0 if cursor is None else bisect_right(order, cursor)
        made_up = cursor is not None and (at == 0 or order[at - 1] != cursor)
        if made_up and fault == "refuse_made_up_cursor":
            raise unprocessable(f'The cursor "{cursor}" is not valid.')
        if made_up and fault == "restart_on_made_up_cursor":
            at = 0
        if made_up and fault == "empty_on_made_up_cursor":
            at = len(order)
    stop = min(at + request.limit, len(order))
    return at, max(at, stop - 1) if fault == "short_page" else stop
