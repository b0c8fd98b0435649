"""A plain page of what a demo instance holds, to look at in a browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from local.demo_sfcc.importer.holdings import ROOT, Catalog, Holdings
from local.demo_sfcc.shown import DEFAULT, FILES, Images, Showcase, Shown, below, category_name, counts, names

__all__ = ["FILES", "PAGE", "page"]

PAGE = "/__page"
_ON_A_PAGE = 100
_STYLE = Path(__file__).with_suffix(".css")


def page(holdings: Holdings, files: list[str], query: Mapping[str, str]) -> str:
    """Return the page; files: paths below the share, `Catalogs/<id>/default/…`.

    query: `catalog` and `category` choose products, `q` searches ids and names, `from` is the first one shown.
    """
    chosen = sorted(_chosen(holdings, query))
    first = int(query["from"]) if query.get("from", "").isdigit() else 0
    languages = sorted(
        {language for product in holdings.products.values() for language in names(product)},
        key=lambda language: (language != DEFAULT, language),
    )
    case = Showcase(holdings, files)
    rows = "".join(_row(case.product(id_), languages) for id_ in chosen[first : first + _ON_A_PAGE])
    titles = ("Images", "Product", "Price", *(_language(one) for one in languages))
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    table = f"<table><tr>{head}</tr>{rows}</table>" if chosen else '<p class="none soft">No products.</p>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Demo SFCC</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<style>{_STYLE.read_text('utf-8')}</style></head><body>{_header(holdings, files, query)}<main>"
        f'<nav>{_catalogs(holdings, query)}</nav><section class="products">{table}'
        f"{_pages(len(chosen), first, query)}</section></main></body></html>"
    )


def _chosen(holdings: Holdings, query: Mapping[str, str]) -> Iterable[str]:
    ids: Iterable[str] = holdings.products
    catalog = holdings.catalogs.get(query.get("catalog", ""))
    if catalog is not None and (category := query.get("category")):
        ids = [product for assigned, product in catalog.assignments if assigned == category]
    wanted = query.get("q", "").strip().lower()
    for id_ in ids:
        texts = (id_, *names(holdings.products[id_]).values())
        if not wanted or any(wanted in text.lower() for text in texts):
            yield id_


def _header(holdings: Holdings, files: list[str], query: Mapping[str, str]) -> str:
    types = Counter(
        "variant" if product.id in holdings.masters else product.type for product in holdings.products.values()
    )
    numbers = [f"{number} {kind}{'s' if number != 1 else ''}" for kind, number in sorted(types.items())]
    numbers += [f"{len(holdings.pricebooks)} price books", f"{len(files)} files"]
    search = escape(query.get("q", ""))
    return (
        f'<header><h1><a href="{PAGE}">Demo SFCC</a></h1><span>{escape(" · ".join(numbers))}</span>'
        f'<form action="{PAGE}"><input name="q" value="{search}" placeholder="Search ids and names"></form></header>'
    )


def _row(shown: Shown, languages: list[str]) -> str:
    images = "".join(_figures(group) for group in shown.images)
    named = "".join(f'<td class="name">{escape(shown.names.get(language, ""))}</td>' for language in languages)
    prices = "<br>".join(map(escape, shown.prices))
    categories = escape(", ".join(shown.categories))
    flag = '<span class="flag on">online</span>' if shown.online else '<span class="flag off">offline</span>'
    return (
        f'<tr class="{"online" if shown.online else "offline"}"><td><div class="images">{images}</div></td>'
        f'<td><div class="id">{escape(shown.id)}</div><span class="type">{escape(shown.type)}</span> {flag}'
        f'<div class="soft">{categories}</div></td><td class="price">{prices}</td>{named}</tr>'
    )


def _figures(group: Images) -> str:
    shown = "".join(f'<img src="{escape(one)}" alt="{escape(group.label)}">' for one in group.addresses)
    caption = f"<figcaption>{escape(group.label)}</figcaption>" if group.label else ""
    return f"<figure>{shown}{caption}</figure>"


def _language(language: str) -> str:
    return "Name, default" if language == DEFAULT else f"Name, {language}"


def _catalogs(holdings: Holdings, query: Mapping[str, str]) -> str:
    of_catalog = Counter(product.catalog for product in holdings.products.values())
    return "".join(
        f'<h2>{escape(id_)} <span class="number">{of_catalog[id_] or ""}</span></h2>{_tree(catalog, query)}'
        for id_, catalog in sorted(holdings.catalogs.items())
    )


def _tree(catalog: Catalog, query: Mapping[str, str]) -> str:
    number, under = counts(catalog), below(catalog)

    def branch(parent: str) -> str:
        items = []
        for category in under.get(parent, ()):
            is_here = (query.get("catalog"), query.get("category")) == (catalog.id, category.id)
            address = f"{PAGE}?{urlencode({'catalog': catalog.id, 'category': category.id})}"
            items.append(
                f'<li{" class=here" if is_here else ""}><a href="{escape(address)}" title="{escape(category.id)}">'
                f'{escape(category_name(category))}</a> <span class="number">{number.get(category.id, 0)}</span>'
                f"{branch(category.id)}</li>"
            )
        return f"<ul>{''.join(items)}</ul>" if items else ""

    return branch(ROOT)


def _pages(total: int, first: int, query: Mapping[str, str]) -> str:
    if total <= _ON_A_PAGE:
        return ""

    def link(start: int, text: str) -> str:
        return f'<a href="{PAGE}?{escape(urlencode({**query, "from": start}))}">{text}</a>'

    links = [f"{first + 1} – {min(first + _ON_A_PAGE, total)} of {total}"]
    if first > 0:
        links.append(link(max(0, first - _ON_A_PAGE), "back"))
    if first + _ON_A_PAGE < total:
        links.append(link(first + _ON_A_PAGE, "more"))
    return f'<p class="pages">{" &nbsp; ".join(links)}</p>'
