"""Prices of products → rows of price books (docs/mapping.md section 8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.issue_log import shown
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.numbers import canonical, parse_number
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.pim.model import Product, Structure

if TYPE_CHECKING:
    from akeneo_sfcc.settings import Settings

_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
# Guards against a number whose plain form would fill pages, such as 1e999999.
_LONGEST = 60


class PricePlan:
    """Which currencies have a price book, and what a product costs in each.

    books: currency → price book id, of the channel's currencies. unusable: those of them SFCC has no code for.
    attribute: the PIM attribute rows come from, or None.
    """

    def __init__(
        self, settings: Settings, structure: Structure, attributes: AttributePlan, locales: LocalePlan
    ) -> None:
        """Take the channel's currencies."""
        currencies = dict.fromkeys(currency.upper() for currency in structure.channel.currencies)
        self.books: dict[str, str] = {
            currency: settings.pricebooks.id.replace("{currency}", currency.lower())
            for currency in sorted(currencies)
            if _CURRENCY.fullmatch(currency)
        }
        self.unusable: tuple[str, ...] = tuple(sorted(currencies.keys() - self.books.keys()))
        wanted = settings.pricebooks.attribute
        self.attribute: str | None = attributes.find(wanted) if wanted is not None else None
        found = structure.attributes.get(self.attribute or "")
        self._scope = structure.channel.code if found is not None and found.scopable else None
        self._locale = locales.default if found is not None and found.localizable else None
        self._needs_locale = found is not None and found.localizable
        sets = settings.associations.product_set
        self._set_family = sets.family if sets is not None else None
        self.inactive: set[str] = set()

    def of(self, product: Product, product_id: str) -> tuple[dict[str, str] | None, list[Issue]]:
        """Return currency → amount, and what is wrong; None for what has no price of its own, a product set.

        Currencies without a price book are kept in `inactive`.
        """
        if product.parent is None and product.family is not None and product.family == self._set_family:
            return None, []
        amounts: dict[str, str] = {}
        issues: list[Issue] = []
        for price in self._prices(product):
            currency = str(price.get("currency") or "").upper()
            amount = price.get("amount")
            if amount is None or amount == "" or currency in amounts:
                continue
            if currency not in self.books:
                self.inactive.add(currency)
                continue
            text = _amount(amount)
            if text is None:
                value = shown(f"{amount} {currency}")
                issues.append(
                    Issue("reject", "price", "bad_amount", product_id, product.key, self.attribute, value=value)
                )
            else:
                amounts[currency] = text
        return amounts, issues

    def _prices(self, product: Product) -> list[Mapping[str, Any]]:
        for entry in product.values.get(self.attribute or "", ()):
            in_scope = entry.get("scope") == self._scope
            in_locale = entry.get("locale") == self._locale
            if in_scope and in_locale and not (self._needs_locale and self._locale is None):
                data = entry.get("data")
                return [price for price in data if isinstance(price, Mapping)] if isinstance(data, list) else []
        return []


def _amount(amount: Any) -> str | None:
    """Return the amount as sent where it is a plain decimal, else its plain form; None if it is none or negative."""
    text = str(amount).strip()
    if isinstance(amount, str) and _DECIMAL.fullmatch(text):
        return text
    number = parse_number(amount)
    if number is None or number < 0:
        return None
    plain = canonical(number) if abs(number.adjusted()) < _LONGEST else None
    return plain
