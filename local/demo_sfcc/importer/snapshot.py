"""What an instance holds as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from local.demo_sfcc.importer.holdings import Catalog, Content, Holdings, Key, PriceBook, Product, VariationAttribute


def snapshot(holdings: Holdings) -> dict[str, Any]:
    """Return products and catalogues; what is empty is left out."""
    return {
        "products": {id_: _product(product) for id_, product in sorted(holdings.products.items())},
        "catalogs": {id_: _catalog(catalog) for id_, catalog in sorted(holdings.catalogs.items())},
    }


def other_holdings(holdings: Holdings) -> dict[str, Any]:
    """Return what is held besides: definitions, attribute groups, price books, libraries, jobs."""
    return {
        "definitions": holdings.definitions,
        "groups": holdings.groups,
        "pricebooks": {id_: _pricebook(book) for id_, book in sorted(holdings.pricebooks.items())},
        "libraries": {
            id_: {content.id: _content(content) for content in library.content.values()}
            for id_, library in sorted(holdings.libraries.items())
        },
        "jobs": {id_: [asdict(step) for step in steps] for id_, steps in sorted(holdings.jobs.items())},
    }


def _product(product: Product) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "values": _named(product.values),
        "custom": _named(product.custom),
        "images": product.images,
        "bundled": product.bundled,
        "set": product.set_products,
        "options": product.options,
        "links": product.links,
        "classification": product.classification,
        **product.lists,
    }
    if (held := product.variations) is not None:
        shown["attributes"] = [_variation_attribute(one) for one in held.attributes]
        shown["variants"] = held.variants
        shown["groups"] = held.groups
        shown["default"] = held.default
    return {"catalog": product.catalog, **{name: value for name, value in shown.items() if value}}


def _variation_attribute(attribute: VariationAttribute) -> list[Any]:
    return [attribute.id, attribute.attribute, attribute.shared, attribute.names, list(attribute.values.values())]


def _catalog(catalog: Catalog) -> dict[str, Any]:
    categories = {
        category.id: {
            "parent": category.parent,
            **_named(category.values),
            **_named(category.custom),
            **{name: held for name, held in category.lists.items() if held},
        }
        for category in catalog.categories.values()
    }
    shown = {
        "base_path": catalog.base_path,
        "external": catalog.external,
        "categories": dict(sorted(categories.items())),
        "assignments": {f"{c} {p}": dict(held) for (c, p), held in sorted(catalog.assignments.items())},
        "recommendations": {source: held for source, held in sorted(catalog.recommendations.items()) if held},
        "options": dict(sorted(catalog.options.items())),
        "variation_attributes": {
            id_: _variation_attribute(one) for id_, one in sorted(catalog.variation_attributes.items())
        },
    }
    return {name: value for name, value in shown.items() if value}


def _pricebook(book: PriceBook) -> dict[str, Any]:
    prices: dict[str, dict[str, str]] = {}
    dated: dict[str, list[dict[str, Any]]] = {}
    for product, tables in book.tables.items():
        for table in tables:
            if table.begin or table.end:
                dated.setdefault(product, []).append({"from": table.begin, "to": table.end, "prices": table.amounts})
            else:
                prices[product] = table.amounts
    shown: dict[str, Any] = {"parent": book.parent, "dated": dated}
    return {"currency": book.currency, "prices": prices, **{name: value for name, value in shown.items() if value}}


def _content(content: Content) -> dict[str, Any]:
    names = {key: value for key, value in content.values.items() if key[0] == "display-name"}
    usual = names.get(("display-name", "x-default", ""), next(iter(names.values()), ""))
    shown = {"folders": content.folders, "custom": _named(content.custom)}
    return {
        "name": usual,
        "online": content.values.get(("online-flag", "", ""), ""),
        **{name: value for name, value in shown.items() if value},
    }


def _named(values: dict[Key, Any]) -> dict[str, Any]:
    return {" ".join(part for part in key if part): value for key, value in sorted(values.items())}
