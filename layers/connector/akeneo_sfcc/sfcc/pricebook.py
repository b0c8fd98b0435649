"""Price book files (pricebook.xsd), written row by row."""

from __future__ import annotations

import hashlib
from types import TracebackType
from typing import BinaryIO, Self
from xml.sax.saxutils import escape, quoteattr

PRICEBOOK_NAMESPACE = "http://www.demandware.com/xml/impex/pricebook/2006-10-31"


class PricebookFile:
    """Write one price book: its header on opening, then rows. `size` and `sha256` are valid after the block."""

    def __init__(self, target: BinaryIO, pricebook_id: str, currency: str, *, online: bool) -> None:
        """Take the stream to write to and what the header says; currency: three capital letters (ISO 4217)."""
        self._target = target
        self._id = pricebook_id
        self._currency = currency
        self._online = online
        self._hash = hashlib.sha256()
        self.size = 0
        self.rows = 0

    def __enter__(self) -> Self:
        """Write everything up to the first row."""
        online = "true" if self._online else "false"
        self._emit(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<pricebooks xmlns="{PRICEBOOK_NAMESPACE}">\n'
            "<pricebook>\n"
            f"<header pricebook-id={quoteattr(self._id)}>"
            f"<currency>{escape(self._currency)}</currency>"
            f'<display-name xml:lang="x-default">Akeneo {escape(self._currency)}</display-name>'
            f"<online-flag>{online}</online-flag>"
            "</header>\n"
        )
        return self

    def price(self, product_id: str, amount: str) -> None:
        """Add a product's price; amount: a plain decimal."""
        self._row(
            f"<price-table product-id={quoteattr(product_id)}>"
            f'<amount quantity="1">{escape(amount)}</amount></price-table>\n'
        )

    def remove(self, product_id: str) -> None:
        """Take all prices of a product out of this book."""
        self._row(f'<price-table product-id={quoteattr(product_id)} mode="delete-all"/>\n')

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all elements unless the block failed."""
        if kind is None:
            self._emit(f"{'</price-tables>' if self.rows else ''}\n</pricebook>\n</pricebooks>\n".lstrip("\n"))

    @property
    def sha256(self) -> str:
        """The hex digest of all bytes so far."""
        return self._hash.hexdigest()

    def _row(self, row: str) -> None:
        self._emit(row if self.rows else f"<price-tables>\n{row}")
        self.rows += 1

    def _emit(self, text: str) -> None:
        data = text.encode()
        self._target.write(data)
        self._hash.update(data)
        self.size += len(data)
