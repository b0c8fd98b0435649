"""Everything one demo PIM holds."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from local.demo_pim.items import Doc, Items, MemorySource, Source, decode

T = TypeVar("T")

REMEMBERED = 64
"""How many derived things (filtered key lists, look-up tables) are kept; one import run needs a handful."""

LAST = "\U0010ffff"
"""Begins the sort key of products without identifier: they stand after all others."""


class Binaries(Protocol):
    """The files behind media codes."""

    @property
    def other_paths(self) -> Sequence[str]:
        """The endpoint paths of the files that are not listed by `media-files`: assets, records."""

    def read(self, path: str) -> bytes | None:
        """Return the file at an endpoint path such as `media-files/a/b/x.png`, None if there is none."""


class MemoryBinaries:
    """Files held in memory by endpoint path."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Take the files by endpoint path, such as `media-files/a/b/x.png`."""
        self._files = files

    @property
    def other_paths(self) -> Sequence[str]:
        """The endpoint paths of the files that are not listed by `media-files`."""
        return [path for path in self._files if not path.startswith("media-files/")]

    def read(self, path: str) -> bytes | None:
        """Return the file, None if there is none."""
        return self._files.get(path)


class Identifiers(Protocol):
    """The products by identifier, for catalogues that know them without a look at every product."""

    @property
    def ordered(self) -> Sequence[str]:
        """All identifiers, lower-cased and sorted."""

    def uuid(self, identifier: str) -> str | None:
        """Return the uuid of the product with this lower-cased identifier."""


class Store:
    """A PIM's lists, bare arrays and files.

    `lists` holds the paginated endpoints by path (`attributes`, `attributes/color/options`), `arrays` the bare
    ones (`measurement-families`). `products` are sorted by uuid, `models` by lower-cased code.
    """

    def __init__(
        self,
        products: Source,
        models: Source,
        lists: Mapping[str, Sequence[Doc]],
        arrays: Mapping[str, Sequence[Doc]] | None = None,
        *,
        binaries: Binaries | None = None,
        identifiers: Identifiers | None = None,
        media: Source | None = None,
    ) -> None:
        """Take the sources; `media` lists the media files, if they are not among `lists`."""
        self.lock = threading.RLock()
        self.revision = 0
        self.products = Items(products, "products-uuid", "uuid", ordered=True)
        self.models = Items(models, "product-models", "code", ordered=True)
        self.lists = {path: listed(path, docs) for path, docs in lists.items()}
        if media is not None:
            self.lists["media-files"] = Items(media, "media-files", "code", ordered=False)
        self.arrays: dict[str, list[Doc]] = {path: list(docs) for path, docs in (arrays or {}).items()}
        self.binaries = binaries or MemoryBinaries({})
        self._identifiers = identifiers
        self._remembered: OrderedDict[str, tuple[int, Any]] = OrderedDict()

    def remembered(self, name: str, make: Callable[[], T]) -> T:
        """Return what `make` gave last time under this name, unless something was edited since."""
        with self.lock:
            kept = self._remembered.get(name)
            if kept is None or kept[0] != self.revision:
                kept = (self.revision, make())
                self._remembered[name] = kept
                if len(self._remembered) > REMEMBERED:
                    self._remembered.popitem(last=False)
            self._remembered.move_to_end(name)
            found: T = kept[1]
            return found

    def docs(self, path: str) -> Mapping[str, Doc]:
        """Return the items of a structure list by code; empty if the PIM has no such list."""
        items = self.lists.get(path)
        if items is None:
            return {}
        return self.remembered(f"docs {path}", lambda: {str(doc["code"]): doc for doc in items.docs()})

    @property
    def identifier_attribute(self) -> str | None:
        """The code of the attribute that holds the (main) identifier."""
        identifiers = [doc for doc in self.docs("attributes").values() if doc["type"] == "pim_catalog_identifier"]
        identifiers.sort(key=lambda doc: not doc.get("is_main_identifier"))
        return str(identifiers[0]["code"]) if identifiers else None

    def identifier(self, product: Doc) -> str | None:
        """Return a product's identifier."""
        values = product.get("values") or {}
        found = values.get(self.identifier_attribute)
        return str(found[0]["data"]) if found else None

    def identifiers(self) -> Identifiers:
        """Return the products by identifier; edits cost a look at the edited products only."""
        with self.lock:
            if self._identifiers is None:
                self._identifiers = KnownIdentifiers(
                    dict(self._identified(decode(self.products.source.raw(key)) for key in self.products.source.keys))
                )
            if not self.products.changed and not self.products.reshaped:
                return self._identifiers
            return self.remembered("identifiers", self._edited_identifiers)

    def _edited_identifiers(self) -> Identifiers:
        edited = self._identified(decode(raw) for raw in self.products.changed.values())
        return EditedIdentifiers(self._identifiers or KnownIdentifiers({}), self.products, dict(edited))

    def _identified(self, products: Iterable[Doc]) -> Iterator[tuple[str, str]]:
        for product in products:
            identifier = self.identifier(product)
            yield LAST + product["uuid"] if identifier is None else identifier.lower(), product["uuid"]

    def ancestors(self, doc: Doc) -> list[Doc]:
        """Return a product's or model's models, the direct parent first; missing ones end the chain."""
        chain: list[Doc] = []
        parent = doc.get("parent")
        while parent and (key := parent.lower()) in self.models and len(chain) < 2:
            chain.append(self.models.facts(key))
            parent = chain[-1].get("parent")
        return chain


class KnownIdentifiers:
    """Identifiers held in memory."""

    def __init__(self, uuids: Mapping[str, str]) -> None:
        """Take uuids by lower-cased identifier."""
        self._uuids = uuids
        self._ordered = sorted(uuids)

    @property
    def ordered(self) -> Sequence[str]:
        """All identifiers, lower-cased and sorted."""
        return self._ordered

    def uuid(self, identifier: str) -> str | None:
        """Return the uuid of the product with this lower-cased identifier."""
        return self._uuids.get(identifier)


class EditedIdentifiers:
    """Identifiers of a catalogue some products of which were edited."""

    def __init__(self, before: Identifiers, products: Items, edited: Mapping[str, str]) -> None:
        """Take what was known before, the products as they are, and the uuids of the edited ones by identifier."""
        self._before = before
        self._products = products
        self._edited = edited

    @property
    def ordered(self) -> Sequence[str]:
        """All identifiers, lower-cased and sorted."""
        untouched = (one for one in self._before.ordered if one not in self._edited and self._untouched(one))
        return sorted([*untouched, *self._edited])

    def uuid(self, identifier: str) -> str | None:
        """Return the uuid of the product with this lower-cased identifier."""
        return self._edited.get(identifier) or self._untouched(identifier)

    def _untouched(self, identifier: str) -> str | None:
        uuid = self._before.uuid(identifier)
        return uuid if uuid is not None and uuid in self._products and uuid not in self._products.changed else None


def listed(path: str, docs: Sequence[Doc]) -> Items:
    """Make the list of an endpoint from its items, kept in their order."""
    source = MemorySource(path, "code", ordered=False)
    for doc in docs:
        source.add(doc)
    return Items(source.done(), path, "code", ordered=False)
