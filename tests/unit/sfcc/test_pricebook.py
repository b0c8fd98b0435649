"""Price book files."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

from akeneo_sfcc.sfcc.pricebook import PricebookFile


def written(*rows: tuple[str, str | None], online: bool = True) -> tuple[bytes, PricebookFile]:
    target = io.BytesIO()
    with PricebookFile(target, "akeneo-eur", "EUR", online=online) as book:
        for id_, amount in rows:
            book.remove(id_) if amount is None else book.price(id_, amount)
    return target.getvalue(), book


def test_a_book_with_rows_fits_the_schema(sfcc_xsd: Callable[..., None]) -> None:
    body, book = written(("a & b", "12.50"), ('"<1>"', None))
    sfcc_xsd(body)
    assert b'<price-table product-id="a &amp; b"><amount quantity="1">12.50</amount></price-table>' in body
    assert b'mode="delete-all"/>' in body
    assert (book.rows, book.size, book.sha256) == (2, len(body), hashlib.sha256(body).hexdigest())


def test_a_book_without_rows_is_its_header(sfcc_xsd: Callable[..., None]) -> None:
    body, _ = written(online=False)
    sfcc_xsd(body)
    assert b"<online-flag>false</online-flag>" in body
    assert b"price-table" not in body
