"""The services of a stage, all in memory: a PIM out of dicts, the store and ledger of the other fakes, a set clock."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, Literal, cast

from akeneo_sfcc.akeneo.client import AkeneoClient, ItemQuery, Kind, Page, Usage
from akeneo_sfcc.akeneo.errors import NotFoundError
from akeneo_sfcc.akeneo.pagination import make_page, sort_key
from akeneo_sfcc.delivery.client import SfccClient
from akeneo_sfcc.errors import ConfigurationError, ConnectorError
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.services import FailedItem, Services
from tests.fakes.ledger import InMemoryLedger
from tests.fakes.object_store import InMemoryStore

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


class FakePim:
    """Answers what the client answers, out of `lists` (path → raw items); a path that is not there is a 404.

    Search is not evaluated; `asked` keeps every call as (path, query).
    """

    def __init__(self, lists: Mapping[str, list[dict[str, Any]]], *, by_uuid: bool = True) -> None:
        self.lists = dict(lists)
        self.by_uuid = by_uuid
        self.asked: list[tuple[str, ItemQuery | None]] = []
        self._usage = Usage()
        self._lock = Lock()

    @property
    def usage(self) -> Usage:
        return self._usage

    def version(self) -> tuple[str, str]:
        self._ask("system-information")
        return "7.0.0", "CE"

    def products_by_uuid(self) -> bool:
        return self.by_uuid

    def items(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        yield from self._list(path)

    def list_pages(
        self, path: str, params: Mapping[str, Any] | None = None, first: int = 1
    ) -> Iterator[tuple[list[dict[str, Any]], bool]]:
        known = self.lists.get(path, [])
        for number in range(first, max(1, -(-len(known) // 100)) + 1):
            yield self.list_page(path, number), number * 100 >= len(known)

    def array(self, path: str) -> list[dict[str, Any]]:
        return self._list(path)

    def records(self, path: str) -> Iterator[dict[str, Any]]:
        yield from self._list(path)

    def record_pages(
        self, path: str, params: Mapping[str, Any] | None = None, after: str | None = None
    ) -> Iterator[tuple[list[dict[str, Any]], str | None]]:
        """Pages of two, so that a short list has several."""
        found = [item for item in self._known(path) if after is None or item["code"] > after]
        while True:
            self._ask(path)
            page, found = found[:2], found[2:]
            yield page, page[-1]["code"] if found else None
            if not found:
                return

    def list_count(self, path: str) -> int:
        self._ask(path)
        return len(self.lists.get(path, []))

    def list_page(self, path: str, number: int) -> list[dict[str, Any]]:
        self._ask(path)
        return self.lists.get(path, [])[(number - 1) * 100 : number * 100]

    def count(self, kind: Kind, query: ItemQuery) -> int:
        return len(self._items(kind, query))

    def page(
        self, kind: Kind, query: ItemQuery, *, after: str | None = None, page: int | None = None, limit: int = 100
    ) -> Page:
        items, key = self._items(kind, query), self._key(kind)
        if page is not None:
            found = items[(page - 1) * limit : page * limit]
        else:
            found = [item for item in items if after is None or sort_key(item[key]) > sort_key(after)][:limit]
        return make_page(found, path=self._path(kind), key_field=key, after=after, page=page, limit=limit)

    def _items(self, kind: Kind, query: ItemQuery) -> list[dict[str, Any]]:
        self._ask(self._path(kind), query)
        return sorted(self.lists.get(self._path(kind), []), key=lambda item: sort_key(item[self._key(kind)]))

    def _path(self, kind: Kind) -> str:
        return "product-models" if kind == "model" else "products-uuid" if self.by_uuid else "products"

    def _key(self, kind: Kind) -> str:
        return "code" if kind == "model" else "uuid" if self.by_uuid else "identifier"

    def _list(self, path: str) -> list[dict[str, Any]]:
        self._ask(path)
        return self._known(path)

    def _known(self, path: str) -> list[dict[str, Any]]:
        if path not in self.lists:
            raise NotFoundError(f"GET /{path}: the PIM has no such list")
        return self.lists[path]

    def _ask(self, path: str, query: ItemQuery | None = None) -> None:
        with self._lock:
            self.asked.append((path, query))
            self._usage += Usage(calls=1, bytes=100)


@dataclass
class FakeWorld:
    """Everything behind the services, open to the test.

    documents: configuration name → its JSON. statuses: execution ARN → status. published: (subject, text) of messages.
    failed_items: execution ARN → what looking up its failed item gives, or raises. measured: (job, numbers) of runs.
    logged: (message, fields) of lines.
    """

    pim: FakePim = field(default_factory=lambda: FakePim({}))
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    store: InMemoryStore = field(default_factory=InMemoryStore)
    ledger: InMemoryLedger = field(default_factory=InMemoryLedger)
    statuses: dict[str, str] = field(default_factory=dict)
    published: list[tuple[str, str]] = field(default_factory=list)
    failed_items: dict[str, FailedItem | ConnectorError] = field(default_factory=dict)
    tell_success: Literal["never", "rejects", "always"] = "rejects"
    measured: list[tuple[str, dict[str, float]]] = field(default_factory=list)
    logged: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    now: datetime = START
    seconds_left: float = 900.0
    sfcc: SfccClient | None = None
    _parsed: dict[str, Settings] = field(default_factory=dict)

    @property
    def services(self) -> Services:
        """The services a stage is given; each call is a fresh process."""
        return Services(
            store=self.store,
            ledger=self.ledger,
            settings=self._settings,
            pim=lambda _: cast("AkeneoClient", self.pim),
            sfcc=lambda _: self._instance(),
            now=lambda: self.now,
            remaining=lambda: self.seconds_left,
            executions=self.statuses.get,
            failed_item=self._failed_item,
            publish=lambda subject, text: self.published.append((subject, text)),
            tell_success=self.tell_success,
            page_link=lambda key: f"https://console.example/{key}",
            measure=lambda job, values: self.measured.append((job, dict(values))),
            log=lambda message, fields: self.logged.append((message, dict(fields))),
        )

    def _instance(self) -> SfccClient:
        assert self.sfcc is not None, "this test has no SFCC"
        return self.sfcc

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def _failed_item(self, arn: str) -> FailedItem | None:
        found = self.failed_items.get(arn)
        if isinstance(found, ConnectorError):
            raise found
        return found

    def _settings(self, name: str) -> Settings:
        if name not in self.documents:
            raise ConfigurationError(f"configuration {name} does not exist")
        text = json.dumps(self.documents[name])
        if text not in self._parsed:
            self._parsed[text] = Settings.parse(self.documents[name])
        return self._parsed[text]


def document(**sections: Any) -> dict[str, Any]:
    """A configuration with one master and one storefront catalogue; sections are merged into it."""
    made: dict[str, Any] = {
        "pim": {"base_url": "https://pim.example", "channel": "ecommerce"},
        "master_catalogs": [{"id": "products"}],
        "storefront_catalogs": [{"id": "shop"}],
    }
    for name, section in sections.items():
        made[name] = {**made.get(name, {}), **section} if isinstance(section, dict) else section
    return made


def world(pim: FakePim | None = None, /, **sections: Any) -> FakeWorld:
    """A world whose configuration `default` is `document(**sections)`."""
    return FakeWorld(pim=pim or small_pim(), documents={"default": document(**sections)})


def small_pim(**lists: list[dict[str, Any]]) -> FakePim:
    """A PIM with a little of everything; `lists` replace whole lists, underscores in their names being hyphens."""
    made: dict[str, list[dict[str, Any]]] = {
        "channels": [
            {"code": "ecommerce", "locales": ["en_US", "fr_FR"], "currencies": ["EUR"], "category_tree": "master"},
            {"code": "print", "locales": ["de_DE"], "currencies": ["EUR"], "category_tree": "master"},
        ],
        "attributes": [
            {"code": "sku", "type": "pim_catalog_identifier", "group": "base", "unique": True},
            {"code": "name", "type": "pim_catalog_text", "group": "base", "localizable": True},
            {"code": "ean", "type": "pim_catalog_text", "group": "base", "unique": True},
            {"code": "active", "type": "pim_catalog_boolean", "group": "base"},
            {"code": "picture", "type": "pim_catalog_image", "group": "media"},
            {"code": "price", "type": "pim_catalog_price_collection", "group": "base"},
            {"code": "color", "type": "pim_catalog_simpleselect", "group": "base"},
            {"code": "size", "type": "pim_catalog_simpleselect", "group": "base"},
            {"code": "season", "type": "pim_catalog_multiselect", "group": "base"},
        ],
        "attributes/color/options": [{"code": "red", "sort_order": 2}, {"code": "blue", "sort_order": 1}],
        "attributes/size/options": [{"code": "s", "sort_order": 1}],
        "attributes/season/options": [{"code": "summer", "sort_order": 1}],
        "attribute-groups": [{"code": "base", "sort_order": 0}, {"code": "media", "sort_order": 1}],
        "families": [
            {"code": "shoes", "attributes": ["sku", "name", "color", "size"], "attribute_as_label": "name"},
            {"code": "sets", "attributes": ["sku"], "attribute_as_label": "sku"},
        ],
        "families/shoes/variants": [
            {"code": "by_size", "variant_attribute_sets": [{"level": 1, "axes": ["size"], "attributes": ["sku"]}]}
        ],
        "families/sets/variants": [],
        "categories": [
            {"code": "master", "parent": None, "labels": {"en_US": "Master"}},
            {"code": "shoes", "parent": "master", "labels": {"en_US": "Shoes"}},
            {"code": "boots", "parent": "shoes", "labels": {}},
            {"code": "other", "parent": None, "labels": {}},
        ],
        "association-types": [{"code": "X_SELL"}, {"code": "PACK"}],
        "measurement-families": [],
        "product-models": [],
        "products-uuid": [],
    }
    return FakePim(made | {name.replace("_", "-"): found for name, found in lists.items()})
