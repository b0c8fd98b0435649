"""Catalogue files: the envelope around elements that are already serialised."""

from __future__ import annotations

import hashlib
from types import TracebackType
from typing import BinaryIO, Self

from lxml import etree

CATALOG_NAMESPACE = "http://www.demandware.com/xml/impex/catalog/2006-10-31"
XSI_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance"
XSI_NIL = f"{{{XSI_NAMESPACE}}}nil"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NAMESPACES: dict[str | None, str] = {None: CATALOG_NAMESPACE, "xsi": XSI_NAMESPACE}


def serialise(element: etree._Element) -> bytes:
    """Return an element made without namespaces as UTF-8 bytes, ready for `CatalogFile.write`."""
    return etree.tostring(element, encoding="utf-8")


class CatalogFile:
    """Write one `catalog.xsd` file: open the root element, take fragments, close.

    Fragments are elements serialised without namespace declarations; inside the root they are in its default
    namespace, and `xsi:` is declared there. The order of top-level elements (category, product, category-assignment,
    recommendation) is the caller's. `size` and `sha256` cover what was written; valid after the block.
    """

    def __init__(self, target: BinaryIO, catalog_id: str) -> None:
        """Take the stream to write to and the catalogue's id."""
        self._target = target
        self._hash = hashlib.sha256()
        self.size = 0
        root = etree.Element(f"{{{CATALOG_NAMESPACE}}}catalog", {"catalog-id": catalog_id}, nsmap=NAMESPACES)  # type: ignore[arg-type]
        root.text = "\n"
        opening, closing = etree.tostring(root, encoding="UTF-8", xml_declaration=True).rsplit(b"</", 1)
        self._opening = opening
        self._closing = b"</" + closing + b"\n"

    def __enter__(self) -> Self:
        """Write the XML declaration and the root's start tag."""
        self._emit(self._opening)
        return self

    def write(self, fragment: bytes) -> None:
        """Add one top-level element."""
        self._emit(fragment)
        self._emit(b"\n")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the root element unless the block failed."""
        if kind is None:
            self._emit(self._closing)

    @property
    def sha256(self) -> str:
        """The hex digest of all bytes so far."""
        return self._hash.hexdigest()

    def _emit(self, data: bytes) -> None:
        self._target.write(data)
        self._hash.update(data)
        self.size += len(data)
