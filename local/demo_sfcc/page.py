"""A plain page of what a demo instance holds, to look at in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import quote

from local.demo_sfcc.importer.holdings import Catalog, Holdings, Product

PAGE = "/__page"
FILES = "/__files/"
_MOST_PRODUCTS = 500

_STYLE = (
    "body{font-family:sans-serif;margin:2em}td,th{padding:.3em .8em;text-align:left;vertical-align:top}"
    "table{border-collapse:collapse}tr{border-top:1px solid #ccc}img{max-height:64px;margin-right:4px}"
)


def page(holdings: Holdings, files: list[str]) -> str:
    """Return the page; files: paths of images below the share, `Catalogs/<id>/default/…`."""
    by_end = {(path.split("/")[1], path.partition("/default/")[2]): path for path in files}
    products = sorted(holdings.products.values(), key=lambda product: product.id)
    languages = sorted({lang for product in products for name, lang, _ in product.values if name == "display-name"})
    head = "".join(f"<th>{escape(title)}</th>" for title in ("Product", "Type", "Images", *languages))
    rows = "".join(_row(product, languages, by_end) for product in products[:_MOST_PRODUCTS])
    catalogs = "".join(_catalog(catalog) for _, catalog in sorted(holdings.catalogs.items()))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Demo SFCC</title><style>{_STYLE}</style>'
        f"</head><body><h1>Demo SFCC</h1><p>{len(products)} products, {len(files)} files</p>"
        f"{catalogs}<h2>Products</h2><table><tr>{head}</tr>{rows}</table></body></html>"
    )


def _row(product: Product, languages: list[str], by_end: dict[tuple[str, str], str]) -> str:
    found = [path for image in _images(product.images) if (path := _file(product.catalog, image, by_end))]
    images = "".join(f'<img alt="{escape(path)}" src="{FILES}{quote(path)}">' for path in dict.fromkeys(found))
    names = "".join(
        f"<td>{escape(product.values.get(('display-name', language, ''), ''))}</td>" for language in languages
    )
    return f"<tr><td>{escape(product.id)}</td><td>{escape(product.type)}</td><td>{images}</td>{names}</tr>"


def _images(element: Any) -> Iterator[str]:
    """Yield the paths of images in elements kept as (name, attributes, content)."""
    if isinstance(element, list):
        for one in element:
            yield from _images(one)
        return
    name, attributes, content = element
    if name == "image":
        yield dict(attributes).get("path", "")
    elif isinstance(content, tuple):
        for one in content:
            yield from _images(one)


def _file(catalog: str, image: str, by_end: dict[tuple[str, str], str]) -> str | None:
    """Return the file of an image; a catalogue may state a folder in front of all its images, so the end counts."""
    image = image.strip("/")
    exact = by_end.get((catalog, image))
    if exact is not None or not image:
        return exact
    return next((path for (owner, end), path in by_end.items() if owner == catalog and end.endswith(f"/{image}")), None)


def _catalog(catalog: Catalog) -> str:
    below: dict[str, list[str]] = {}
    for category in catalog.categories.values():
        below.setdefault(category.parent, []).append(category.id)
    counts: dict[str, int] = {}
    for category_id, _ in catalog.assignments:
        counts[category_id] = counts.get(category_id, 0) + 1

    def tree(parent: str) -> str:
        items = "".join(
            f"<li>{escape(_names(catalog, id_))} ({counts.get(id_, 0)}){tree(id_)}</li>"
            for id_ in below.get(parent, ())
        )
        return f"<ul>{items}</ul>" if items else ""

    return f"<h2>Catalog {escape(catalog.id)}</h2>{tree('root')}"


def _names(catalog: Catalog, id_: str) -> str:
    values = catalog.categories[id_].values
    names = dict.fromkeys(value for (name, _, _), value in sorted(values.items()) if name == "display-name")
    return f"{id_}: {' / '.join(names)}" if names else id_
