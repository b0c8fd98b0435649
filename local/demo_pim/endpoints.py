"""The endpoints of the API: their paths and what answers them."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.routing import Rule

from local.demo_pim.encoding import encode
from local.demo_pim.faults import Action
from local.demo_pim.listing import Lists, Page
from local.demo_pim.rendering import View, product_view
from local.demo_pim.replies import not_found
from local.demo_pim.store import Store

STRUCTURE = [
    "families",
    "attributes",
    "attribute-groups",
    "categories",
    "channels",
    "locales",
    "currencies",
    "association-types",
    "media-files",
]
"""Lists whose single items are at `/<list>/<code>`."""

BY_CURSOR = ("reference-entities", "asset-families")
BARE = ("measurement-families",)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an endpoint: its path below `/api/rest/v1`, parameters, absolute address, path parts, fault."""

    path: str
    args: Mapping[str, str]
    url: str
    parts: Mapping[str, str]
    fault: Action | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer; `items` counts the items of a list."""

    body: bytes
    mimetype: str = "application/json"
    items: int = 0
    is_list: bool = False


def routes() -> list[Rule]:
    """Make the rules of all paths, each named after the method of `Endpoints` that answers it."""

    def rule(path: str, name: str) -> Rule:
        return Rule(f"/api/rest/v1/{path}", endpoint=name, methods=["GET"])

    rules = [
        rule("system-information", "system_information"),
        rule("products-uuid", "products"),
        rule("products-uuid/<uuid>", "product"),
        rule("products", "products_by_identifier"),
        rule("products/<path:code>", "product_by_identifier"),
        rule("product-models", "models"),
        rule("product-models/<path:code>", "model"),
        rule("media-files/<path:code>/download", "media_download"),
        rule("families/<family>/variants", "nested"),
        rule("families/<family>/variants/<code>", "nested_item"),
        rule("attributes/<attribute>/options", "nested"),
        rule("attributes/<attribute>/options/<code>", "nested_item"),
        rule("reference-entities-media-files/<path:code>", "binary_download"),
        rule("asset-media-files/<path:code>", "binary_download"),
        rule("reference-entities/<entity>/records", "records"),
        rule("asset-families/<family>/assets", "records"),
        rule("reference-entities/<entity>/records/<code>", "nested_item"),
        rule("asset-families/<family>/assets/<code>", "nested_item"),
    ]
    rules += [rule(path, "structure") for path in STRUCTURE]
    rules += [rule(f"{path}/<path:code>", "structure_item") for path in STRUCTURE]
    rules += [rule(path, "array") for path in BARE]
    for owner in BY_CURSOR:
        rules += [
            rule(owner, "records"),
            rule(f"{owner}/<code>", "structure_item"),
            rule(f"{owner}/<owner>/attributes", "array"),
            rule(f"{owner}/<owner>/attributes/<attribute>/options", "array"),
        ]
    return rules


def template(rule: Rule) -> str:
    """Return a rule's path with its parts in braces: `/api/rest/v1/attributes/{attribute}/options`."""
    return re.sub(r"<(?:path:)?(\w+)>", r"{\1}", str(rule.rule))


class Endpoints:
    """Answers calls from a store, as a PIM of one version."""

    def __init__(self, store: Store, version: str, now: Callable[[], datetime]) -> None:
        """Serve this store as this version, such as `7.0`, `6.0.28` or a SaaS one (`v20260101000000`)."""
        self._store = store
        self.version = version if version.startswith("v") or version.count(".") > 1 else f"{version}.0"
        self.by_uuid = version.startswith("v") or int(version.split(".", maxsplit=1)[0]) >= 7
        self._lists = Lists(store, by_uuid=self.by_uuid, now=now)

    def answer(self, name: str, call: Call) -> Answer:
        """Answer the call of the endpoint with this name; raise ApiError for anything but success."""
        answer: Callable[[Call], Answer] = getattr(self, f"_{name}")
        return answer(call)

    def root(self, host: str) -> dict[str, Any]:
        """Return the body of `GET /api/rest/v1`: the routes there are."""
        found = {
            f"pim_api_{rule.endpoint}_{number}": {"route": template(rule), "methods": ["GET"]}
            for number, rule in enumerate(routes())
            if self.by_uuid or "products-uuid" not in str(rule.rule)
        }
        token = {"fos_oauth_server_token": {"route": "/api/oauth/v1/token", "methods": ["POST"]}}
        return {"host": host, "authentication": token, "routes": found}

    def _system_information(self, call: Call) -> Answer:
        del call
        edition = "Serenity" if self.version.startswith("v") else "CE"
        return Answer(encode({"version": self.version, "edition": edition}))

    def _products(self, call: Call) -> Answer:
        self._require_uuids(call)
        return _listed(self._lists.products(call.args, call.url, call.fault))

    def _products_by_identifier(self, call: Call) -> Answer:
        return _listed(self._lists.products_by_identifier(call.args, call.url, call.fault))

    def _models(self, call: Call) -> Answer:
        return _listed(self._lists.models(call.args, call.url, call.fault))

    def _structure(self, call: Call) -> Answer:
        return _listed(self._lists.structure(call.path, call.path, call.args, call.url))

    def _nested(self, call: Call) -> Answer:
        return _listed(self._lists.structure(call.path, "nested", call.args, call.url))

    def _records(self, call: Call) -> Answer:
        return _listed(self._lists.records(call.path, call.args, call.url))

    def _array(self, call: Call) -> Answer:
        docs = self._store.arrays.get(call.path, [])
        return Answer(encode(docs), items=len(docs), is_list=True)

    def _product(self, call: Call) -> Answer:
        self._require_uuids(call)
        view = product_view(self._store, call.args, by_identifier=False, with_uuid=True)
        uuid = call.parts["uuid"]
        if uuid.lower() not in self._store.products:
            raise not_found(f"Product {uuid} does not exist or you do not have permission to access it.")
        return Answer(self._lists.item(self._store.products, uuid.lower(), view))

    def _product_by_identifier(self, call: Call) -> Answer:
        view = product_view(self._store, call.args, by_identifier=True, with_uuid=self.by_uuid)
        identifier = call.parts["code"]
        uuid = self._store.identifiers().uuid(identifier.lower())
        if uuid is None:
            raise not_found(f'Product "{identifier}" does not exist or you do not have permission to access it.')
        return Answer(self._lists.item(self._store.products, uuid, view))

    def _model(self, call: Call) -> Answer:
        view = product_view(self._store, call.args, by_identifier=False, with_uuid=True)
        code = call.parts["code"]
        if code.lower() not in self._store.models:
            raise not_found(f'Product model "{code}" does not exist or you do not have permission to access it.')
        return Answer(self._lists.item(self._store.models, code.lower(), view))

    def _structure_item(self, call: Call) -> Answer:
        path, _, code = call.path.partition("/")
        return self._one(path, code)

    def _nested_item(self, call: Call) -> Answer:
        path, _, code = call.path.rpartition("/")
        return self._one(path, code)

    def _one(self, path: str, code: str) -> Answer:
        items = self._store.lists.get(path)
        if items is None or code not in items:
            raise not_found(f'Resource "{code}" does not exist or you do not have permission to access it.')
        return Answer(self._lists.item(items, code, View()))

    def _media_download(self, call: Call) -> Answer:
        code = call.parts["code"]
        about = self._store.lists.get("media-files")
        content = self._store.binaries.read(f"media-files/{code}")
        if about is None or code not in about or content is None:
            raise not_found(f'Media file "{code}" does not exist or you do not have permission to access it.')
        return Answer(content, str(about.doc(code)["mime_type"]))

    def _binary_download(self, call: Call) -> Answer:
        content = self._store.binaries.read(call.path)
        if content is None:
            raise not_found(f'Media file "{call.parts["code"]}" does not exist.')
        return Answer(content, mimetypes.guess_type(call.path)[0] or "application/octet-stream")

    def _require_uuids(self, call: Call) -> None:
        if not self.by_uuid:
            raise not_found(f'No route found for "GET /api/rest/v1/{call.path}"')


def _listed(page: Page) -> Answer:
    return Answer(page.body, items=page.items, is_list=True)
