"""The importer: files in, holdings and a log out."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from lxml import etree

from local.demo_sfcc.importer.catalogs import CatalogImport
from local.demo_sfcc.importer.elements import Element, name_of
from local.demo_sfcc.importer.holdings import Holdings
from local.demo_sfcc.importer.jobs_file import JobsImport
from local.demo_sfcc.importer.libraries import LibraryImport
from local.demo_sfcc.importer.log import ImportLog
from local.demo_sfcc.importer.metadata import MetadataImport
from local.demo_sfcc.importer.modes import Mode
from local.demo_sfcc.importer.prices import PriceBookImport
from local.demo_sfcc.importer.snapshot import snapshot
from local.demo_sfcc.importer.values import ValueImport
from local.demo_sfcc.schema import schema_of, violations

_MOST_VIOLATIONS = 20
"""How many faults of one file the log lists."""

_FORMATS = {"catalog": "catalog", "pricebooks": "pricebook", "metadata": "metadata", "library": "library"}
"""Root element → table of its form."""


class Importer:
    """An instance that files are imported into, one after the other.

    A file whose form is wrong is not imported at all: SFCC validates it first. What is wrong in a file of the right
    form stops nothing but the object, relation or value it is about.
    """

    def __init__(
        self,
        *,
        locales: Iterable[str] | None = None,
        currencies: Iterable[str] | None = None,
        check_attributes: bool = False,
    ) -> None:
        """Start with an empty instance.

        locales, currencies: those it knows, as `xml:lang` writes them, None: all. check_attributes: whether custom
        attributes must be defined by metadata, as on a real instance.
        """
        self.holdings = Holdings()
        self._noted = ImportLog()
        known = None if locales is None else frozenset((*locales, "x-default"))
        values = ValueImport(self.holdings.definitions, known, self._noted, check_attributes=check_attributes)
        self._imports: dict[str, Callable[[Element, Mode], None]] = {
            "catalog": CatalogImport(self.holdings, self._noted, values).load,
            "pricebooks": PriceBookImport(
                self.holdings, self._noted, values, None if currencies is None else frozenset(currencies)
            ).load,
            "metadata": MetadataImport(self.holdings, self._noted).load,
            "library": LibraryImport(self.holdings, self._noted, values).load,
            "jobs": JobsImport(self.holdings, self._noted).load,
        }

    @property
    def log(self) -> ImportLog:
        """What was wrong in all files so far."""
        return self._noted

    def load(self, files: Iterable[tuple[str, bytes]], mode: Mode = "merge", wanted: str | None = None) -> bool:
        """Import files, (path, content), in the order given; return whether the form of all of them was right.

        wanted: the root element that is imported, None: any.
        """
        right = True
        for path, content in files:
            self._noted.file = path
            right = self._file(path, content, mode, wanted) and right
        return right

    def _file(self, path: str, content: bytes, mode: Mode, wanted: str | None) -> bool:
        root = self._parsed(path, content)
        if root is None:
            return False
        if wanted is not None and name_of(root) != wanted:
            self._noted.error("", f"the file holds <{name_of(root)}>, not <{wanted}>")
            return False
        load = self._imports.get(name_of(root))
        if load is None:
            self._noted.info(f"<{name_of(root)}> is not looked at by this importer")
            return True
        if (table := _FORMATS.get(name_of(root))) is not None:
            found = list(islice(violations(root, schema_of(table)), _MOST_VIOLATIONS))
            for one in found:
                self._noted.error(one.object, f"line {one.line}: {one.message}; the file is not imported")
            if found:
                return False
        load(root, mode)
        return True

    def _parsed(self, path: str, content: bytes) -> Element | None:
        """Return the root element; SFCC takes files compressed with gzip, and no document type."""
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(gzip.decompress(content) if path.endswith(".gz") else content, parser)
        except (etree.XMLSyntaxError, OSError, EOFError, zlib.error) as error:
            self._noted.error("", f"the file is no XML: {error}")
            return None
        information: Any = root.getroottree().docinfo
        if information.doctype:
            self._noted.error("", "the file has a document type, which is not allowed")
            return None
        return root

    def snapshot(self) -> dict[str, Any]:
        """Return everything held, as plain data that compares and prints; what is empty is left out."""
        return snapshot(self.holdings)
