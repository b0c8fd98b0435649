"""What the page shows of each product: images found, names by language, prices, categories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from local.demo_sfcc.importer.holdings import Catalog, Category, Holdings, Product

FILES = "/__files/"
DEFAULT = "x-default"


@dataclass(frozen=True, slots=True)
class Images:
    """Images of a product. label: the variation values they show, "" for all; addresses: in order."""

    label: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A product as the page shows it. names: language → name."""

    id: str
    type: str
    online: bool
    images: tuple[Images, ...]
    names: dict[str, str]
    prices: tuple[str, ...]
    categories: tuple[str, ...]


class Showcase:
    """Looks up what belongs to products; made anew for each page, since an import may change all of it."""

    def __init__(self, holdings: Holdings, files: Iterable[str]) -> None:
        """Take what an instance holds; files: paths of images below the share, `Catalogs/<id>/default/…`."""
        self._holdings = holdings
        self._files = frozenset(files)
        self._by_name: dict[tuple[str, str], list[str]] = defaultdict(list)
        for path in sorted(self._files):
            parts = path.split("/")
            if parts[0] == "Catalogs" and len(parts) > 3:
                self._by_name[parts[1], parts[-1]].append(path)
        self._prices: dict[str, list[str]] = defaultdict(list)
        for book in holdings.pricebooks.values():
            for product, tables in book.tables.items():
                for table in tables:
                    dates = f" ({table.begin[:10]} – {table.end[:10]})" if table.begin or table.end else ""
                    self._prices[product] += [
                        f"{amount} {book.currency}{'' if quantity == '1' else f' from {quantity}'}{dates}"
                        for quantity, amount in table.amounts.items()
                    ]
        self._categories: dict[str, list[str]] = defaultdict(list)
        for catalog in holdings.catalogs.values():
            for category, product in catalog.assignments:
                self._categories[product].append(category_name(catalog.categories[category]))
        self._groups = {
            group: product.id
            for product in holdings.products.values()
            if product.variations is not None
            for group in product.variations.groups
        }

    def product(self, id_: str) -> Shown:
        """Return what there is to show of a product."""
        product = self._holdings.products[id_]
        return Shown(
            id_,
            self._type(product),
            product.values.get(("online-flag", "", "")) == "true",
            tuple(self._images(product)),
            names(product),
            tuple(self._prices.get(id_, ())),
            tuple(self._categories.get(id_, ())),
        )

    def _type(self, product: Product) -> str:
        if product.id in self._holdings.masters:
            return "variant"
        return "variation group" if product.id in self._groups else product.type

    def _images(self, product: Product) -> Iterator[Images]:
        """Yield the product's own images, or those of its master that show the values it has."""
        owner = self._holdings.masters.get(product.id) or self._groups.get(product.id)
        holder = self._holdings.products.get(owner or "") if not product.images else product
        if holder is None or holder.catalog not in self._holdings.catalogs:
            return
        catalog = self._holdings.catalogs[holder.catalog]
        own = {value for values in product.custom.values() for value in values}
        found: dict[str, dict[str, None]] = {}
        for _, _, parts in holder.images:
            listed = parts if isinstance(parts, tuple) else ()
            values = [dict(attributes).get("value", "") for name, attributes, _ in listed if name == "variation"]
            if holder is not product and not set(values) <= own:
                continue
            addresses = found.setdefault(", ".join(values), {})
            for name, attributes, _ in listed:
                if name == "image" and (address := self._address(catalog, dict(attributes)["path"])):
                    addresses[address] = None
        if holder is not product and any(found[label] for label in found if label):
            found.pop("", None)  # the most specific images are shown
        yield from (Images(label, tuple(addresses)) for label, addresses in found.items() if addresses)

    def _address(self, catalog: Catalog, path: str) -> str | None:
        """Return where an image is; without a base path in the catalogue, the file whose path ends so."""
        path = path.strip("/")
        if catalog.external:
            return f"{catalog.external}/{path}"
        base = f"{catalog.base_path}/" if catalog.base_path else ""
        exact = f"Catalogs/{catalog.id}/default/{base}{path}"
        if exact in self._files:
            return FILES + quote(exact)
        ends = self._by_name.get((catalog.id, path.rpartition("/")[2]), ())
        found = next((one for one in ends if one.endswith(f"/{path}")), None)
        return None if found is None else FILES + quote(found)


def names(item: Product | Category) -> dict[str, str]:
    """Return an object's names by language; without one, the name is of the default language."""
    return {
        (language or DEFAULT): value for (name, language, _), value in item.values.items() if name == "display-name"
    }


def category_name(category: Category) -> str:
    """Return a category's usual name, or its id."""
    found = names(category)
    return found.get(DEFAULT) or next(iter(found.values()), category.id)


def counts(catalog: Catalog) -> dict[str, int]:
    """Return how many products are assigned to each category itself."""
    found: dict[str, int] = defaultdict(int)
    for category, _ in catalog.assignments:
        found[category] += 1
    return found


def below(catalog: Catalog) -> dict[str, list[Category]]:
    """Return the categories below each, in the order of their positions."""
    found: dict[str, list[Category]] = defaultdict(list)

    def place(category: Category) -> tuple[float, str]:
        position: Any = category.values.get(("position", "", ""), "inf")
        return float(position), category.id

    for category in sorted(catalog.categories.values(), key=place):
        if category.parent:
            found[category.parent].append(category)
    return found
