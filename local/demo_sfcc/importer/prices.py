"""Price books (Salesforce Help, "Price Book Object Import and Export").

Prices of products that do not exist are held: a price book may come before its catalogue.
"""

from __future__ import annotations

from datetime import UTC, datetime

from local.demo_sfcc.importer.elements import Element, child, children, named, text_in
from local.demo_sfcc.importer.holdings import Holdings, PriceBook, PriceTable
from local.demo_sfcc.importer.log import ImportLog
from local.demo_sfcc.importer.modes import Mode
from local.demo_sfcc.importer.values import ValueImport

_DATES = ("online-from", "online-to")


class PriceBookImport:
    """Imports price book files."""

    def __init__(
        self, holdings: Holdings, log: ImportLog, values: ValueImport, currencies: frozenset[str] | None
    ) -> None:
        """Import into these holdings; currencies: those the instance knows, None: all."""
        self._holdings = holdings
        self._log = log
        self._of = values
        self._currencies = currencies

    def load(self, root: Element, mode: Mode) -> None:
        """Import a file whose form is right."""
        number = 0
        for element in named(root, "pricebook"):
            header = child(element, "header")
            if header is not None:
                self._of.drop_unknown_locales(element, header.get("pricebook-id", ""))
                self._book(element, header, mode)
                number += 1
        self._log.info(f"Processed {number} pricebook elements")

    def _book(self, element: Element, header: Element, mode: Mode) -> None:
        id_ = header.get("pricebook-id", "")
        held = self._holdings.pricebooks.get(id_)
        if header.get("mode") == "delete" or mode == "delete":
            if self._holdings.pricebooks.pop(id_, None) is None:
                self._log.warn(id_, "price book to delete does not exist")
            return
        if held is None and mode == "update":
            self._log.warn(id_, "price book does not exist and is not created in mode UPDATE")
            return
        currency = text_in(header, "currency")
        if not self._is_allowed(element, id_, currency, held, mode):
            return
        if held is None or mode == "replace":
            held = self._holdings.pricebooks[id_] = PriceBook(id_, currency)
        self._header(header, held)
        for tables in named(element, "price-tables"):
            for table in named(tables, "price-table"):
                self._table(held, table)

    def _is_allowed(self, element: Element, id_: str, currency: str, held: PriceBook | None, mode: Mode) -> bool:
        if self._currencies is not None and currency not in self._currencies:
            self._log.warn(id_, f"currency {currency} is not known: the price book is not imported")
            return False
        if held is not None and held.currency != currency and mode != "replace":
            self._log.error(id_, f"currency can change from {held.currency} to {currency} in mode REPLACE alone")
            return False
        for amount in element.iter():
            if isinstance(amount.tag, str) and str(amount.tag).endswith(("}amount", "}percentage")):
                numbers = (amount.text or "", amount.get("quantity", "1"))
                if any(number.strip().startswith("-") for number in numbers):
                    self._log.error(id_, f"negative amount or quantity {numbers}: the price book is not imported")
                    return False
        return True

    def _header(self, header: Element, held: PriceBook) -> None:
        for name, part in children(header):
            if name == "custom-attributes":
                self._of.merge_custom(held.custom, part, "PriceBook", held.id)
            elif name == "parent":
                held.parent = (part.text or "").strip()
                if held.parent not in self._holdings.pricebooks:
                    self._log.warn(held.id, f"parent price book {held.parent} does not exist")
                    held.parent = ""
            elif name != "currency":
                self._of.merge(held.values, name, part)

    def _table(self, book: PriceBook, element: Element) -> None:
        """Change the table with the same dates, or delete it: without dates, the one that is always valid."""
        product, mode = element.get("product-id", ""), element.get("mode", "")
        begin, end = (text_in(element, name) for name in _DATES)
        tables = book.tables.get(product, [])
        if mode == "delete-all":
            book.tables.pop(product, None)
            return
        others = [one for one in tables if (one.begin, one.end) != (begin, end)]
        if mode != "delete":
            dated = [one for one in others if one.begin or one.end] if begin or end else []
            if any(_overlap(one, begin, end) for one in dated):
                self._log.error(product, f"price table of {book.id} from {begin!r} to {end!r} overlaps another one")
                return
            amounts = {
                part.get("quantity", "1"): (part.text or "").strip() + ("%" if name == "percentage" else "")
                for name, part in children(element)
                if name in ("amount", "percentage")
            }
            others.append(PriceTable(begin, end, amounts))
        book.tables[product] = others
        if not others:
            del book.tables[product]


def _overlap(table: PriceTable, begin: str, end: str) -> bool:
    return _time(table.begin, first=True) < _time(end, first=False) and _time(begin, first=True) < _time(
        table.end, first=False
    )


def _time(text: str, *, first: bool) -> datetime:
    if not text:
        return (datetime.min if first else datetime.max).replace(tzinfo=UTC)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
