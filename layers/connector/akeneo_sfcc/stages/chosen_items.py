"""A run over chosen items: which products and models that means.

Named are products by identifier and models by code. A product comes with the models above it, because they show it; a
model with the models above it and everything below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from akeneo_sfcc.akeneo.client import AkeneoClient, ItemQuery
from akeneo_sfcc.akeneo.pagination import sort_key
from akeneo_sfcc.pim.parse import parse_product, parse_product_model
from akeneo_sfcc.stages.item_query import just_before

_PER_QUESTION = 100
"""Identifiers the PIM takes in one condition (since version 7)."""


@dataclass(frozen=True, slots=True)
class ChosenItems:
    """Keys to read: of models and of products (uuids; on PIM 6 identifiers), sorted. unknown: names of nothing."""

    models: tuple[str, ...]
    products: tuple[str, ...]
    unknown: tuple[str, ...]


def choose_items(
    client: AkeneoClient, products: ItemQuery, models: ItemQuery, names: Sequence[str], identifier: str
) -> ChosenItems:
    """Find what the names mean, within the configured filters.

    Costs a call per 100 names, one per name that is no product, per model above, and per model named. identifier: the
    attribute that identifies products.
    """
    found: set[str] = set()
    above: set[str] = set()
    left = {name.lower(): name for name in names}
    for batch in _batches(names):
        for raw in _pages(client, "product", _where(products, "identifier", "IN", batch)):
            product = parse_product(raw, identifier)
            found.add(product.key)
            left.pop((product.identifier or "").lower(), None)
            if product.parent:
                above.add(product.parent)
    asked = {code: find_model(client, models, code) for code in left}
    chosen = {code: raw for code, raw in asked.items() if raw is not None}
    read: dict[str, Any] = {sort_key(code): raw for code, raw in chosen.items()}
    for raw in chosen.values():
        code = parse_product_model(raw).code
        for below in _pages(client, "model", _where(models, "parent", "IN", [code])):
            read[sort_key(str(below["code"]))] = below
        for below in _pages(client, "product", _where(products, "parent", "=", code)):
            found.add(parse_product(below, identifier).key)
    waiting = [*above, *(str(raw["parent"]) for raw in read.values() if raw.get("parent"))]
    while waiting:
        code = waiting.pop()
        if sort_key(code) in read:
            continue
        model = find_model(client, models, code)
        read[sort_key(code)] = model or {}
        if model and model.get("parent"):
            waiting.append(str(model["parent"]))
    codes = sorted({str(raw["code"]) for raw in read.values() if raw})
    unknown = tuple(name for key, name in sorted(left.items()) if key not in chosen)
    return ChosenItems(tuple(codes), tuple(sorted(found)), unknown)


def find_model(client: AkeneoClient, query: ItemQuery, code: str) -> dict[str, Any] | None:
    """Return a model by code, None when there is none or the filter leaves it out."""
    items = client.page("model", query, after=just_before(code), limit=1).items
    return items[0] if items and sort_key(str(items[0]["code"])) == sort_key(code) else None


def _where(query: ItemQuery, name: str, operator: str, value: Any) -> ItemQuery:
    condition = {"operator": operator, "value": value}
    return replace(query, search={**query.search, name: [*query.search.get(name, ()), condition]})


def _pages(client: AkeneoClient, kind: Any, query: ItemQuery) -> Iterator[dict[str, Any]]:
    after: str | None = None
    while True:
        page = client.page(kind, query, after=after)
        yield from page.items
        if page.last or page.next_after is None:
            return
        after = page.next_after


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    rest = list(names)
    for start in range(0, len(rest), _PER_QUESTION):
        yield rest[start : start + _PER_QUESTION]
