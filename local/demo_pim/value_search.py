"""Filters on attribute values, by attribute type."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from local.demo_pim.criteria import Criterion
from local.demo_pim.items import Doc
from local.demo_pim.rendering import active_locales
from local.demo_pim.replies import unprocessable
from local.demo_pim.store import Store

Test = Callable[[Doc], bool]
DataTest = Callable[[Any], bool]

PRESENCE = ("EMPTY", "NOT EMPTY")
TEXT = ("STARTS WITH", "CONTAINS", "DOES NOT CONTAIN", "=", "!=", "IN", "NOT IN")
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}

OPERATORS: Mapping[str, tuple[str, ...]] = {
    "pim_catalog_identifier": TEXT,
    "pim_catalog_text": TEXT,
    "pim_catalog_textarea": TEXT[:5],
    "pim_catalog_number": tuple(COMPARE),
    "pim_catalog_metric": tuple(COMPARE),
    "pim_catalog_price_collection": tuple(COMPARE),
    "pim_catalog_boolean": ("=", "!="),
    "pim_catalog_date": ("<", "=", "!=", ">", "BETWEEN", "NOT BETWEEN"),
    "pim_catalog_simpleselect": ("IN", "NOT IN"),
    "pim_catalog_multiselect": ("IN", "NOT IN"),
    "pim_reference_data_simpleselect": ("IN", "NOT IN"),
    "pim_reference_data_multiselect": ("IN", "NOT IN"),
    "akeneo_reference_entity": ("IN", "NOT IN"),
    "akeneo_reference_entity_collection": ("IN", "NOT IN"),
    "pim_catalog_asset_collection": ("IN", "NOT IN"),
    "pim_catalog_image": TEXT[:5],
    "pim_catalog_file": TEXT[:5],
}
"""Attribute type → operators, besides the two that ask for presence."""


def value_test(store: Store, criterion: Criterion) -> Test:
    """Turn a criterion on an attribute into a test; raise ApiError 422 for what the PIM does not know."""
    attribute = store.docs("attributes").get(criterion.field)
    if attribute is None or criterion.operator not in (*OPERATORS.get(attribute["type"], ()), *PRESENCE):
        raise criterion.unsupported()
    locale = _locale(store, attribute, criterion)
    scope = _scope(store, attribute, criterion)
    code = criterion.field

    def data(doc: Doc) -> Any:
        values = doc["values"].get(code, ())
        return next((value["data"] for value in values if (value["locale"], value["scope"]) == (locale, scope)), None)

    if criterion.operator == "NOT EMPTY":
        return lambda doc: data(doc) not in (None, "", [])
    if criterion.operator == "EMPTY":
        families = store.docs("families")
        having = frozenset(family for family, about in families.items() if code in about["attributes"])
        return lambda doc: doc.get("family") in having and data(doc) in (None, "", [])
    fits = _data_test(attribute, criterion)

    def test(doc: Doc) -> bool:
        found = data(doc)
        # As in Elasticsearch: "not equal" and "not in" ask for a value that is there and differs.
        return found not in (None, "", []) and fits(found)

    return test


def _locale(store: Store, attribute: Doc, criterion: Criterion) -> str | None:
    if not attribute["localizable"]:
        return None
    if criterion.locale is None:
        raise unprocessable(f'Attribute "{criterion.field}" expects a locale, none given.')
    if criterion.locale not in active_locales(store):
        raise unprocessable(
            f'Attribute "{criterion.field}" expects an existing and activated locale, "{criterion.locale}" given.'
        )
    return criterion.locale


def _scope(store: Store, attribute: Doc, criterion: Criterion) -> str | None:
    if not attribute["scopable"]:
        return None
    if criterion.scope is None:
        raise unprocessable(f'Attribute "{criterion.field}" expects a scope, none given.')
    if criterion.scope not in store.docs("channels"):
        raise unprocessable(f'Attribute "{criterion.field}" expects an existing scope, "{criterion.scope}" given.')
    return criterion.scope


def _data_test(attribute: Doc, criterion: Criterion) -> DataTest:
    kind = attribute["type"]
    if kind in ("pim_catalog_number", "pim_catalog_metric", "pim_catalog_price_collection"):
        return _number_test(kind, criterion)
    if kind == "pim_catalog_boolean":
        wanted = criterion.truth() == (criterion.operator == "=")
        return lambda data: bool(data) == wanted
    if kind == "pim_catalog_date":
        return _date_test(criterion)
    if criterion.operator in ("IN", "NOT IN"):
        codes = frozenset(criterion.codes())
        within = criterion.operator == "IN"
        return lambda data: any(str(one).lower() in codes for one in _many(data)) == within
    return text_test(criterion)


def text_test(criterion: Criterion) -> DataTest:
    """Turn a criterion on a text into a test of that text; case does not matter, as in the PIM's index."""
    wanted = criterion.text().lower()
    tests: dict[str, DataTest] = {
        "=": lambda data: str(data).lower() == wanted,
        "!=": lambda data: str(data).lower() != wanted,
        "STARTS WITH": lambda data: str(data).lower().startswith(wanted),
        "CONTAINS": lambda data: wanted in str(data).lower(),
        "DOES NOT CONTAIN": lambda data: wanted not in str(data).lower(),
    }
    return tests[criterion.operator]


def _number_test(kind: str, criterion: Criterion) -> DataTest:
    compare = COMPARE[criterion.operator]
    if kind == "pim_catalog_number":
        wanted = _decimal(criterion, criterion.value)
        return lambda data: (number := _number(data)) is not None and compare(number, wanted)
    about = "unit" if kind == "pim_catalog_metric" else "currency"
    if not isinstance(criterion.value, dict) or not {"amount", about} <= criterion.value.keys():
        raise criterion.wrong_value(f'an array with valid data, with the keys "amount" and "{about}",')
    amount, what = _decimal(criterion, criterion.value["amount"]), criterion.value[about]
    return lambda data: any(
        row[about] == what and (number := _number(row["amount"])) is not None and compare(number, amount)
        for row in _many(data)
    )


def _date_test(criterion: Criterion) -> DataTest:
    if criterion.operator in ("BETWEEN", "NOT BETWEEN"):
        if not isinstance(criterion.value, list) or len(criterion.value) != 2:
            raise criterion.wrong_value("an array with valid data, should contain 2 dates")
        first, last = (_day(criterion, text) for text in criterion.value)
        within = criterion.operator == "BETWEEN"
        return lambda data: (found := _date(data)) is not None and (first <= found <= last) == within
    wanted, compare = _day(criterion, criterion.value), COMPARE[criterion.operator]
    return lambda data: (found := _date(data)) is not None and compare(found, wanted)


def _day(criterion: Criterion, text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise criterion.wrong_value('a string with the format "yyyy-mm-dd"') from None


def _date(data: Any) -> date | None:
    """Read a value's day; data that is no date passes no filter."""
    try:
        return date.fromisoformat(str(data)[:10])
    except ValueError:
        return None


def _number(data: Any) -> Decimal | None:
    """Read a value's number; data that is none passes no filter."""
    try:
        return Decimal(str(data))
    except InvalidOperation:
        return None


def _decimal(criterion: Criterion, value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise criterion.wrong_value("a numeric") from None


def _many(data: Any) -> list[Any]:
    return data if isinstance(data, list) else [data]
