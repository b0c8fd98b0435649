"""Price rows: which amounts, of which value, in which currencies (docs/mapping.md section 8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.prices import PricePlan
from akeneo_sfcc.pim.model import Channel
from tests.unit.mapping.builders import LOCALES, attribute, product, settings, structure, value


def prices(*currencies: str, config: dict[str, Any] | None = None, **more: Any) -> PricePlan:
    known = structure(attribute("price", "pim_catalog_price_collection", **more))
    known = replace(known, channel=Channel("shop", LOCALES, currencies or ("EUR", "USD"), "tree"))
    made = settings(**{"pricebooks": {"attribute": "price"}, **(config or {})})
    locales = LocalePlan(made, known)
    return PricePlan(made, known, AttributePlan(made, known, locales), locales)


def price(**amounts: Any) -> list[dict[str, Any]]:
    return [{"amount": amount, "currency": currency} for currency, amount in amounts.items()]


def test_there_is_a_book_for_every_currency_of_the_channel() -> None:
    assert prices("USD", "EUR").books == {"EUR": "akeneo-eur", "USD": "akeneo-usd"}
    named = prices("EUR", config={"pricebooks": {"id": "list-{currency}-b2c"}})
    assert named.books == {"EUR": "list-eur-b2c"}


def test_a_currency_without_an_iso_code_has_no_book() -> None:
    made = prices("EUR", "POINTS")
    assert (list(made.books), made.unusable) == (["EUR"], ("POINTS",))


@pytest.mark.parametrize(
    ("sent", "written"), [("12.50", "12.50"), ("0", "0"), (7, "7"), (1.5, "1.5"), ("1e2", "100"), ("+3.0", "3")]
)
def test_amounts_are_written_as_sent_where_that_is_a_plain_decimal(sent: Any, written: str) -> None:
    assert prices().of(product(price=[value(price(EUR=sent))]), "p1") == ({"EUR": written}, [])


@pytest.mark.parametrize("sent", ["-1.00", "free", "1,50", "NaN", "Infinity", True, "1e9999"])
def test_what_is_no_amount_is_rejected_and_named(sent: Any) -> None:
    amounts, (issue,) = prices().of(product(price=[value(price(EUR=sent, USD="2"))]), "p1")
    assert amounts == {"USD": "2"}
    assert (issue.severity, issue.kind, issue.reason, issue.id, issue.attribute, issue.value) == (
        "reject", "price", "bad_amount", "p1", "price", f"{sent} EUR",
    )  # fmt: skip


def test_null_is_no_price() -> None:
    assert prices().of(product(price=[value(price(EUR=None, USD=""))]), "p1") == ({}, [])


def test_prices_in_currencies_that_are_not_activated_are_left_out_and_remembered() -> None:
    made = prices("EUR")
    assert made.of(product(price=[value(price(EUR="1", CHF="2"))]), "p1") == ({"EUR": "1"}, [])
    assert made.inactive == {"CHF"}


def test_a_scopable_price_is_the_channels_and_a_localizable_one_the_default_locales() -> None:
    scoped = [value(price(EUR="1"), None, "print"), value(price(EUR="2"), None, "shop")]
    assert prices(scopable=True).of(product(price=scoped), "p1")[0] == {"EUR": "2"}
    localized = [value(price(EUR="1"), "fr_FR"), value(price(EUR="2"), "en_US")]
    assert prices(localizable=True).of(product(price=localized), "p1")[0] == {"EUR": "2"}
    without = prices(localizable=True, config={"locales": {"default": None}})
    assert without.of(product(price=localized), "p1")[0] == {}


def test_a_product_set_has_no_price_of_its_own() -> None:
    config = {"associations": {"product_set": {"family": "camera", "association_type": "LOOK"}}}
    made = prices(config=config)
    given = product(price=[value(price(EUR="1"))])
    assert made.of(given, "p1") == (None, [])
    assert made.of(replace(given, family="other"), "p1")[0] == {"EUR": "1"}


def test_without_an_attribute_there_are_books_and_no_rows() -> None:
    made = prices(config={"pricebooks": {}})
    assert made.attribute is None
    assert made.of(product(price=[value(price(EUR="1"))]), "p1") == ({}, [])
