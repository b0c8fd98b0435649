"""SFCC's own product attributes that PIM attributes may be mapped to (docs/mapping.md section 3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from akeneo_sfcc.mapping.issue_log import IssueLog
from akeneo_sfcc.mapping.numbers import canonical, parse_number
from akeneo_sfcc.mapping.texts import clean_text
from akeneo_sfcc.mapping.values import parse_day
from akeneo_sfcc.sfcc.limits import INT_MAX, INT_MIN, STRING_LENGTH
from akeneo_sfcc.sfcc.product_element import POSITIONS

Fit = Callable[[str, IssueLog], str | None]
"""Takes section 2's text of a value; returns what the element holds, or None when it does not fit."""

_FREQUENCIES = frozenset(("always", "hourly", "daily", "weekly", "monthly", "yearly", "never"))


@dataclass(frozen=True, slots=True)
class SystemAttribute:
    """One mappable attribute.

    id: as SFCC spells it. element: its name in catalog.xsd. localizable: carries `xml:lang`. labels: selects are
    written as labels instead of codes.
    """

    id: str
    element: str
    fit: Fit
    localizable: bool = False
    labels: bool = False

    @property
    def position(self) -> int:
        """Return where the element stands in a product."""
        return POSITIONS[self.element]


def _reject(text: str, log: IssueLog) -> str | None:
    log.value("reject", "does_not_fit", text)
    return None


def _text(limit: int | None = None) -> Fit:
    def fit(text: str, log: IssueLog) -> str | None:
        return clean_text(text, log, limit)

    return fit


def _tax_class(text: str, log: IssueLog) -> str | None:
    # The schema's only text here that must not be empty, have white space around it or a line break in it.
    text = clean_text(text, log, 256) or ""
    if text and text == text.strip() and not {"\n", "\r"} & set(text):
        return text
    return _reject(text, log)


def _flag(text: str, log: IssueLog) -> str | None:
    flag = {"true": "true", "1": "true", "false": "false", "0": "false"}.get(text.strip().lower())
    return flag or _reject(text, log)


def _quantity(text: str, log: IssueLog) -> str | None:
    number = parse_number(text)
    return canonical(number) if number is not None and number > 0 else _reject(text, log)


def _priority(text: str, log: IssueLog) -> str | None:
    number = parse_number(text)
    return canonical(number) if number is not None and 0 <= number <= 1 else _reject(text, log)


def _int(text: str, log: IssueLog) -> str | None:
    number = parse_number(text)
    if number is None or not INT_MIN <= number <= INT_MAX or number != number.to_integral_value():
        return _reject(text, log)
    return canonical(number)


def _instant(text: str, log: IssueLog) -> str | None:
    day = parse_day(text)
    return f"{day}T00:00:00.000Z" if day else _reject(text, log)


def _frequency(text: str, log: IssueLog) -> str | None:
    frequency = text.strip().lower()
    return frequency if frequency in _FREQUENCIES else _reject(text, log)


_GENERIC = _text(256)
_LONG = _text()
_STRING = _text(STRING_LENGTH)

_ALL = (
    SystemAttribute("EAN", "ean", _GENERIC),
    SystemAttribute("UPC", "upc", _GENERIC),
    SystemAttribute("unit", "unit", _GENERIC, labels=True),
    SystemAttribute("minOrderQuantity", "min-order-quantity", _quantity),
    SystemAttribute("stepQuantity", "step-quantity", _quantity),
    SystemAttribute("name", "display-name", _STRING, localizable=True, labels=True),
    SystemAttribute("shortDescription", "short-description", _LONG, localizable=True, labels=True),
    SystemAttribute("longDescription", "long-description", _LONG, localizable=True, labels=True),
    SystemAttribute("onlineFlag", "online-flag", _flag),
    SystemAttribute("onlineFrom", "online-from", _instant),
    SystemAttribute("onlineTo", "online-to", _instant),
    SystemAttribute("searchable", "searchable-flag", _flag),
    SystemAttribute("searchableIfUnavailable", "searchable-if-unavailable-flag", _flag),
    SystemAttribute("template", "template", _GENERIC),
    SystemAttribute("taxClassID", "tax-class-id", _tax_class),
    SystemAttribute("brand", "brand", _GENERIC, labels=True),
    SystemAttribute("manufacturerName", "manufacturer-name", _GENERIC, labels=True),
    SystemAttribute("manufacturerSKU", "manufacturer-sku", _GENERIC),
    SystemAttribute("searchPlacement", "search-placement", _int),
    SystemAttribute("searchRank", "search-rank", _int),
    SystemAttribute("siteMapIncluded", "sitemap-included-flag", _flag),
    SystemAttribute("siteMapChangeFrequency", "sitemap-changefrequency", _frequency),
    SystemAttribute("siteMapPriority", "sitemap-priority", _priority),
    SystemAttribute("pageTitle", "page-title", _STRING, localizable=True, labels=True),
    SystemAttribute("pageDescription", "page-description", _STRING, localizable=True, labels=True),
    SystemAttribute("pageKeywords", "page-keywords", _STRING, localizable=True, labels=True),
    SystemAttribute("pageURL", "page-url", _STRING, localizable=True),
    SystemAttribute("pinterestEnabled", "pinterest-enabled-flag", _flag),
    SystemAttribute("facebookEnabled", "facebook-enabled-flag", _flag),
    SystemAttribute("storeReceiptName", "receipt-name", _LONG, localizable=True, labels=True),
    SystemAttribute("storeTaxClass", "tax-class", _text(60)),
    SystemAttribute("storeForcePriceEnabled", "force-price-flag", _flag),
    SystemAttribute("storeNonInventoryEnabled", "non-inventory-flag", _flag),
    SystemAttribute("storeNonRevenueEnabled", "non-revenue-flag", _flag),
    SystemAttribute("storeNonDiscountableEnabled", "non-discountable-flag", _flag),
)
SYSTEM_ATTRIBUTES = {attribute.id.lower(): attribute for attribute in _ALL}
"""Lower-cased id → the attribute; anything else cannot be imported."""
