"""A client of the demo PIM without HTTP: the same endpoints, called in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from threading import Lock
from typing import Any

import orjson

from akeneo_sfcc.akeneo.client import ItemQuery, Kind, Page, Usage
from akeneo_sfcc.akeneo.errors import NotFoundError
from akeneo_sfcc.akeneo.pagination import endpoint_of, items_of, make_page, page_parameters, texts
from local.demo_pim.endpoints import Call, Endpoints
from local.demo_pim.replies import ApiError
from local.demo_pim.store import Store

_METHODS = {"products-uuid": "products", "products": "products_by_identifier", "product-models": "models"}
_URL = "http://pim.example/"


class StorePim:
    """Answers what `AkeneoClient` answers, out of a demo PIM's store; `asked` keeps each call's path and parameters."""

    def __init__(self, store: Store, now: Callable[[], datetime], version: str = "7.0") -> None:
        self.store = store
        self.endpoints = Endpoints(store, version, now)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._usage = Usage()
        self._lock = Lock()

    @property
    def usage(self) -> Usage:
        return self._usage

    def version(self) -> tuple[str, str]:
        return self.endpoints.version, "CE"

    def products_by_uuid(self) -> bool:
        return self.endpoints.by_uuid

    def items(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        number = 1
        while True:
            answer = self._get(path, {**texts(params or {}), "page": str(number), "limit": "100"})
            found = items_of(answer, path)
            yield from found
            if len(found) < 100:
                return
            number += 1

    def array(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._get(path, {})
        return found

    def count(self, kind: Kind, query: ItemQuery) -> int:
        path = endpoint_of(kind, self.products_by_uuid())
        sent = page_parameters(query, after=None, page=1, limit=1, with_count=True)
        return int(self._get(path, sent)["items_count"])

    def page(
        self, kind: Kind, query: ItemQuery, *, after: str | None = None, page: int | None = None, limit: int = 100
    ) -> Page:
        by_uuid = self.products_by_uuid()
        path = endpoint_of(kind, by_uuid)
        found = items_of(self._get(path, page_parameters(query, after=after, page=page, limit=limit)), path)
        key = "code" if kind == "model" else "uuid" if by_uuid else "identifier"
        return make_page(found, path=path, key_field=key, after=after, page=page, limit=limit)

    def _get(self, path: str, sent: Mapping[str, str]) -> Any:
        with self._lock:
            self.asked.append((path, dict(sent)))
            self._usage += Usage(calls=1)
        method = _METHODS.get(path) or ("array" if path == "measurement-families" else None)
        if method is None:
            method = "nested" if "/" in path else "structure"
        try:
            answer = self.endpoints.answer(method, Call(path, dict(sent), f"{_URL}{path}", {}))
        except ApiError as error:
            raise NotFoundError(f"GET /{path}: {error}") from error
        return orjson.loads(answer.body)
