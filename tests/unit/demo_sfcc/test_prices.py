"""Price books against the documented rules, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from local.demo_sfcc.importer import Importer, Mode
from local.demo_sfcc.importer.snapshot import other_holdings
from tests.unit.demo_sfcc.files import IMPEX, said


def book(tables: str = "", id_: str = "eur", currency: str = "EUR", more: str = "", mode: str = "") -> str:
    header = f'<header pricebook-id="{id_}"{mode}><currency>{currency}</currency>{more}</header>'
    return f"<pricebook>{header}<price-tables>{tables}</price-tables></pricebook>"


def table(product: str, amount: str = "1", begin: str = "", end: str = "", mode: str = "", quantity: str = "1") -> str:
    dates = "".join(
        f"<{name}>{day}T00:00:00.000Z</{name}>" for name, day in (("online-from", begin), ("online-to", end)) if day
    )
    inside = f'<amount quantity="{quantity}">{amount}</amount>' if amount else ""
    mode = f' mode="{mode}"' if mode else ""
    return f'<price-table product-id="{product}"{mode}>{dates}{inside}</price-table>'


def load(sfcc: Importer, *books: str, mode: Mode = "merge") -> Importer:
    document = f'<pricebooks xmlns="{IMPEX}/pricebook/2006-10-31">{"".join(books)}</pricebooks>'
    assert sfcc.load([("prices.xml", document.encode())], mode)
    return sfcc


def prices(sfcc: Importer, id_: str = "eur") -> dict[str, Any]:
    found: dict[str, Any] = other_holdings(sfcc.holdings)["pricebooks"][id_]
    return found


@pytest.mark.parametrize("mode", ["merge", "update"])
def test_prices_change_row_by_row(mode: Mode) -> None:
    sfcc = load(Importer(), book(table("a", "1") + table("b", "2")))
    load(sfcc, book(table("b", "3") + table("c", "4")), mode=mode)
    assert prices(sfcc)["prices"] == {"a": {"1": "1"}, "b": {"1": "3"}, "c": {"1": "4"}}


def test_replace_drops_what_is_not_in_the_file() -> None:
    sfcc = load(Importer(), book(table("a") + table("b")))
    load(sfcc, book(table("b"), currency="USD"), mode="replace")
    assert prices(sfcc) == {"currency": "USD", "prices": {"b": {"1": "1"}}}


def test_a_currency_changes_in_no_other_mode() -> None:
    sfcc = load(Importer(), book(table("a")))
    load(sfcc, book(table("b"), currency="USD"))
    assert prices(sfcc) == {"currency": "EUR", "prices": {"a": {"1": "1"}}}
    assert said(sfcc) == ["DATAERROR eur: currency can change from EUR to USD in mode REPLACE alone"]


def test_delete_takes_the_whole_book() -> None:
    sfcc = load(Importer(), book(table("a")), book(table("a"), id_="usd", currency="USD"))
    load(sfcc, book(table("a")), mode="delete")
    load(sfcc, book(id_="usd", currency="USD", mode=' mode="delete"'))
    assert not sfcc.holdings.pricebooks
    load(sfcc, book(), mode="delete")
    assert said(sfcc) == ["DATAWARNING eur: price book to delete does not exist"]


def test_update_creates_no_book() -> None:
    sfcc = load(Importer(), book(), mode="update")
    assert not sfcc.holdings.pricebooks
    assert said(sfcc) == ["DATAWARNING eur: price book does not exist and is not created in mode UPDATE"]


@pytest.mark.parametrize("wrong", [table("b", "-1"), table("b", quantity="-1")])
def test_a_negative_number_spoils_the_book(wrong: str) -> None:
    sfcc = load(Importer(), book(table("a") + wrong), book(table("a"), id_="other"))
    assert list(sfcc.holdings.pricebooks) == ["other"]
    (line,) = said(sfcc)
    assert line.startswith("DATAERROR eur: negative amount or quantity")


def test_an_unknown_currency_is_a_warning() -> None:
    sfcc = load(Importer(currencies=["EUR"]), book(), book(id_="usd", currency="USD"))
    assert list(sfcc.holdings.pricebooks) == ["eur"]
    assert said(sfcc) == ["DATAWARNING usd: currency USD is not known: the price book is not imported"]


def test_the_parent_exists() -> None:
    sfcc = load(Importer(), book(), book(id_="sale", more="<parent>eur</parent>"))
    load(sfcc, book(id_="other", more="<parent>none</parent>"))
    assert prices(sfcc, "sale")["parent"] == "eur"
    assert said(sfcc) == ["DATAWARNING other: parent price book none does not exist"]


def test_prices_with_dates_stand_beside_the_usual_one() -> None:
    sfcc = load(Importer(), book(table("a", "9") + table("a", "7", "2026-01-01", "2026-02-01")))
    load(sfcc, book(table("a", "6", "2026-01-01", "2026-02-01") + table("a", "5", "2026-02-01")))
    found = prices(sfcc)
    assert found["prices"] == {"a": {"1": "9"}}
    assert [one["prices"]["1"] for one in found["dated"]["a"]] == ["6", "5"]


@pytest.mark.parametrize(
    ("begin", "end", "overlaps"),
    [
        ("2026-01-15", "2026-03-01", True),
        ("", "2026-01-02", True),
        ("2026-02-01", "", False),
        ("", "2026-01-01", False),
    ],
)
def test_dates_of_one_product_do_not_overlap(begin: str, end: str, overlaps: bool) -> None:
    sfcc = load(Importer(), book(table("a", "7", "2026-01-01", "2026-02-01")))
    load(sfcc, book(table("a", "5", begin, end)))
    assert len(prices(sfcc)["dated"]["a"]) == (1 if overlaps else 2)
    assert [line.split(":")[0] for line in said(sfcc)] == (["DATAERROR a"] if overlaps else [])


def test_delete_takes_the_price_with_its_dates_and_delete_all_all() -> None:
    sfcc = load(Importer(), book(table("a", "9") + table("a", "7", "2026-01-01") + table("b", "1")))
    load(sfcc, book(table("a", "", mode="delete")))
    assert prices(sfcc)["prices"] == {"b": {"1": "1"}}
    assert list(prices(sfcc)["dated"]) == ["a"]
    load(sfcc, book(table("a", "", "2026-01-01", mode="delete")))
    assert "dated" not in prices(sfcc)
    load(sfcc, book(table("b", "7", "2026-01-01") + table("b", "", mode="delete-all")))
    assert prices(sfcc) == {"currency": "EUR", "prices": {}}


def test_quantities_and_percentages_are_told_apart() -> None:
    inside = '<amount>9</amount><amount quantity="10">8</amount><percentage quantity="20">5</percentage>'
    sfcc = load(Importer(), book(f'<price-table product-id="a">{inside}</price-table>'))
    assert prices(sfcc)["prices"]["a"] == {"1": "9", "10": "8", "20": "5%"}
