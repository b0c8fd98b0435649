"""The PIM as the rest of the product sees it: lists, pages, counts and streams."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from threading import Lock
from typing import Any, BinaryIO, TypeVar, cast
from urllib.parse import quote

import orjson
import requests
from requests.adapters import HTTPAdapter

from akeneo_sfcc.akeneo.auth import TOKEN_PATH, Auth, login_refusal
from akeneo_sfcc.akeneo.credentials import Credentials
from akeneo_sfcc.akeneo.errors import ForbiddenError, NotFoundError, UnauthorizedError
from akeneo_sfcc.akeneo.pagination import (
    ItemQuery,
    Kind,
    Page,
    endpoint_of,
    items_of,
    make_page,
    page_parameters,
    settings_of,
    texts,
)
from akeneo_sfcc.akeneo.policy import RetryPolicy
from akeneo_sfcc.akeneo.refusals import refusal
from akeneo_sfcc.akeneo.transport import Body, Call, Transport, Usage
from akeneo_sfcc.akeneo.versions import lists_by_uuid, version_and_edition
from akeneo_sfcc.errors import ConnectorError, DataError

__all__ = ["AkeneoClient", "ItemQuery", "Kind", "Page", "RetryPolicy", "Usage"]

API_ROOT = "/api/rest/v1"
LIST_LIMIT = 100
"""Items a page of a structure list holds: the API's upper limit."""

_NO_SETTINGS: Mapping[str, str] = {}
Answer = TypeVar("Answer")


class AkeneoClient:
    """Reads one PIM over its REST API, with at most `max_concurrency` calls under way.

    Logs in on first use. Safe to use from several threads. Paths are given below `/api/rest/v1` and
    unencoded. Every call may raise TransientError (the PIM stayed away), ConfigurationError (credentials,
    permission, address or a setting) and DataError (an answer that cannot be right); no message holds a
    secret.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        session: requests.Session | None = None,
        max_concurrency: int = 4,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        now: Callable[[], float] = time.time,
        policy: RetryPolicy | None = None,
    ) -> None:
        """Keep the collaborators; raises ConfigurationError when `base_url` is no address."""
        self._transport = Transport(
            base_url,
            session=session or _session(max_concurrency),
            max_concurrency=max_concurrency,
            policy=policy or RetryPolicy(),
            sleep=sleep,
            jitter=jitter,
            now=now,
            secrets=lambda: self._auth.secrets,
        )
        self._auth = Auth(credentials, self._post_token)
        self._known_version: tuple[str, str] | None = None
        self._by_uuid: bool | None = None
        self._version_lock = Lock()

    @property
    def usage(self) -> Usage:
        """What this client has used so far; subtract two to know what was used in between."""
        return self._transport.usage

    def version(self) -> tuple[str, str]:
        """Return the PIM's version and edition, both empty if it does not tell (asked once)."""
        with self._version_lock:
            if self._known_version is None:
                try:
                    answer = self._get("system-information", {})
                except (NotFoundError, ForbiddenError, UnauthorizedError):
                    answer = {}
                self._known_version = version_and_edition(answer)
            return self._known_version

    def products_by_uuid(self) -> bool:
        """Tell whether products are listed by uuid: SaaS and PIM 7, asked once.

        A PIM that hides its version is asked for a product. Raises ConfigurationError for a PIM before 6.
        """
        if self._by_uuid is None:
            known = lists_by_uuid(*self.version())
            self._by_uuid = self._answers("products-uuid") if known is None else known
        return self._by_uuid

    def items(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Yield the items of a structure list, page after page until a short one; params as in `list_pages`."""
        for items, _ in self.list_pages(path, params):
            yield from items

    def list_pages(
        self, path: str, params: Mapping[str, Any] | None = None, first: int = 1
    ) -> Iterator[tuple[list[dict[str, Any]], bool]]:
        """Yield the pages of a structure list from a number on, each with whether it is the last.

        params: further query parameters, kept on every page; booleans and objects are encoded as the API
        takes them. With `with_count` a last page that is full is known to be the last: no call finds an empty one.
        """
        kept = texts(params or {})
        before: dict[str, Any] | None = None
        number = first
        # All pages before were full, or there would be none to go on with.
        seen = (first - 1) * LIST_LIMIT
        while True:
            sent = {**kept, "page": str(number), "limit": str(LIST_LIMIT)}
            answer = self._get(path, sent)
            items = items_of(answer, path)
            if items and items[0] == before:
                raise DataError(f"GET /{path}: page {number} begins like the one before it; the list would never end")
            seen += len(items)
            last = len(items) < LIST_LIMIT or answer.get("items_count") == seen
            yield items, last
            if last:
                return
            before = items[0]
            number += 1

    def list_count(self, path: str) -> int:
        """Return how many items a structure list has, with one small call."""
        return self._counted(path, self._get(path, {"page": "1", "limit": "1", "with_count": "true"}))

    def list_page(self, path: str, number: int) -> list[dict[str, Any]]:
        """Return one page of a structure list, for lists long enough to be read over several connections."""
        return items_of(self._get(path, {"page": str(number), "limit": str(LIST_LIMIT)}), path)

    def array(self, path: str) -> list[dict[str, Any]]:
        """Return a list that the API sends whole, as a bare array (measurement families)."""
        answer = self._get(path, {})
        if not isinstance(answer, list):
            raise DataError(f"the PIM's answer to GET /{path} is no array")
        return answer

    def item(self, path: str) -> dict[str, Any]:
        """Return a single resource; raises NotFoundError if the PIM has none such."""
        answer = self._get(path, {})
        if not isinstance(answer, dict):
            raise DataError(f"the PIM's answer to GET /{path} is no object")
        return answer

    def page(
        self,
        kind: Kind,
        query: ItemQuery,
        *,
        after: str | None = None,
        page: int | None = None,
        limit: int = 100,
    ) -> Page:
        """Return one page of products or models, by number or behind the cursor `after` (None: the start).

        Keys are lower-case and rise strictly; where they do not, DataError. Page numbers reach 10,000 items.
        """
        by_uuid = self._listed_by_uuid(kind, query)
        path = endpoint_of(kind, by_uuid)
        sent = page_parameters(query, after=after, page=page, limit=limit)
        items = items_of(self._get(path, sent, settings_of(kind)), path)
        key_field = "code" if kind == "model" else "uuid" if by_uuid else "identifier"
        return make_page(items, path=path, key_field=key_field, after=after, page=page, limit=limit)

    def count(self, kind: Kind, query: ItemQuery) -> int:
        """Return how many products or models a query finds, with one small call."""
        path = endpoint_of(kind, self._listed_by_uuid(kind, query))
        answer = self._get(
            path, page_parameters(query, after=None, page=1, limit=1, with_count=True), settings_of(kind)
        )
        return self._counted(path, answer)

    @contextmanager
    def stream(self, path: str) -> Iterator[BinaryIO]:
        """Open a binary for reading; raises NotFoundError when it is gone."""
        with self._authorized(self._transport.open, path, {}, _NO_SETTINGS) as body:
            yield cast("BinaryIO", body)

    @contextmanager
    def download(self, path: str) -> Iterator[Body]:
        """Open a binary with its media type; raises NotFoundError when it is gone.

        A body that breaks off, or is shorter than announced, raises PimUnavailableError while it is read.
        """
        with self._authorized(self._transport.open, path, {}, _NO_SETTINGS) as body:
            yield body

    def records(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Yield the items of a list as `record_pages` reads it."""
        for items, _ in self.record_pages(path, params):
            yield from items

    def record_pages(
        self, path: str, params: Mapping[str, Any] | None = None, after: str | None = None
    ) -> Iterator[tuple[list[dict[str, Any]], str | None]]:
        """Yield the pages of a list that pages by cursor alone and takes no `limit`: asset families, assets.

        after: the cursor to go on behind. Each page comes with the cursor of the next one, None at the end.

        The page size is the PIM's own: what tells the end is that an answer has no link to a next page. Codes that do
        not move on are an error, because some versions repeat a page for ever.
        """
        kept = texts(params or {})
        while True:
            cursor = {} if after is None else {"search_after": after}
            answer = self._get(path, {**kept, **cursor})
            items = items_of(answer, path)
            if not items or "next" not in (answer.get("_links") or {}):
                yield items, None
                return
            last = items[-1].get("code")
            if not isinstance(last, str) or last == after:
                raise DataError(f"GET /{path}: the cursor stands still at {last!r}; the list would never end")
            yield items, last
            after = last

    @staticmethod
    def _counted(path: str, answer: Any) -> int:
        count = answer.get("items_count") if isinstance(answer, dict) else None
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise DataError(f"the PIM's answer to GET /{path} with_count=true has no items_count")
        return count

    def _listed_by_uuid(self, kind: Kind, query: ItemQuery) -> bool:
        if kind == "model":
            return False
        return self.products_by_uuid() if query.by_uuid is None else query.by_uuid

    def _answers(self, path: str) -> bool:
        try:
            self._get(path, {"limit": "1"})
        except NotFoundError:
            return False
        return True

    def _get(self, path: str, parameters: Mapping[str, str], settings: Mapping[str, str] = _NO_SETTINGS) -> Any:
        return self._authorized(self._transport.json, path, parameters, settings)

    def _authorized(
        self,
        send: Callable[[Call], Answer],
        path: str,
        parameters: Mapping[str, str],
        settings: Mapping[str, str],
    ) -> Answer:
        token = self._auth.token()
        try:
            return send(self._call(path, parameters, settings, token))
        except UnauthorizedError:
            # The PIM says no more than "not this token": one new token, one replay.
            token = self._auth.renew(token)
        return send(self._call(path, parameters, settings, token))

    def _call(self, path: str, parameters: Mapping[str, str], settings: Mapping[str, str], token: str) -> Call:
        def refuse(status: int, message: str) -> ConnectorError:
            return refusal(
                status,
                message,
                path=path,
                parameters=parameters,
                settings=settings,
                base_url=self._transport.base_url,
            )

        # Slashes inside codes (media files) stay: web servers refuse them encoded.
        address = f"{API_ROOT}/{quote(path.lstrip('/'), safe='/')}"
        return Call("GET", address, refuse, parameters, f"Bearer {token}")

    def _post_token(self, grant: Mapping[str, str], authorization: str) -> Any:
        refuse = partial(login_refusal, base_url=self._transport.base_url)
        return self._transport.json(
            Call("POST", TOKEN_PATH, refuse, authorization=authorization, body=orjson.dumps(grant))
        )


def _session(connections: int) -> requests.Session:
    session = requests.Session()
    # The PIM is asked by token alone; a session cookie of it would only be state shared between threads.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=connections, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
