"""Turns a PIM value into what a custom attribute holds (docs/mapping.md section 2), one function per PIM type.

A converter takes `data` as the API sends it and returns the text, a list of texts for multi-value attributes, or None
for no value; what it had to drop or change goes to the log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from akeneo_sfcc.mapping.issue_log import IssueLog
from akeneo_sfcc.mapping.media_paths import media_path
from akeneo_sfcc.mapping.numbers import canonical, parse_number
from akeneo_sfcc.mapping.texts import clean_text
from akeneo_sfcc.pim.model import Attribute, AttributeOption, Structure
from akeneo_sfcc.sfcc.limits import INT_MAX, INT_MIN, MULTI_VALUES, STRING_LENGTH, is_enumeration_value

Converted = str | list[str] | None
Converter = Callable[[Any, IssueLog], Converted]

TEXT_TYPES = frozenset(("pim_catalog_identifier", "pim_catalog_text"))
CODE_TYPES = frozenset(("akeneo_reference_entity", "pim_reference_data_simpleselect"))
CODES_TYPES = frozenset(
    ("akeneo_reference_entity_collection", "pim_reference_data_multiselect", "pim_catalog_asset_collection")
)
SELECT_TYPES = frozenset(("pim_catalog_simpleselect", "pim_catalog_multiselect"))
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?", re.ASCII | re.DOTALL)


def is_int(attribute: Attribute) -> bool:
    """Tell whether a number attribute is an int at SFCC: no decimals, and its bounds do not leave 32 bits."""
    if attribute.decimals_allowed is not False:
        return False
    bounds = (parse_number(bound) for bound in (attribute.number_min, attribute.number_max) if bound is not None)
    return all(bound is not None and INT_MIN <= bound <= INT_MAX for bound in bounds)


def _scalar_text(data: Any) -> str | None:
    """Return what a text attribute should have sent, when it sent a number, a flag or worse."""
    if data is None or isinstance(data, str):
        return data
    if isinstance(data, bool):
        return "true" if data else "false"
    number = parse_number(data)
    return canonical(number) if number is not None else compact_json(data)


def compact_json(data: Any) -> str:
    """Return JSON without white space, keys in the PIM's order."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def text_converter(limit: int | None) -> Converter:
    """Return the converter of texts up to `limit` UTF-16 units."""

    def convert(data: Any, log: IssueLog) -> str | None:
        text = _scalar_text(data)
        return None if text is None else clean_text(text, log, limit)

    return convert


def number_converter(as_int: bool) -> Converter:
    """Return the converter of numbers; ints that leave 32 bits or have decimals are rejected."""

    def convert(data: Any, log: IssueLog) -> str | None:
        if data is None or data == "":
            return None
        number = parse_number(data)
        if number is None:
            log.value("reject", "not_a_number", data)
            return None
        if as_int and not (INT_MIN <= number <= INT_MAX and number == number.to_integral_value()):
            log.value("reject", "int_out_of_range", data)
            return None
        return canonical(number)

    return convert


def convert_boolean(data: Any, log: IssueLog) -> str | None:
    """Return `true` or `false`."""
    if data is None or data == "":
        return None
    if isinstance(data, bool):
        return "true" if data else "false"
    text = str(data).strip().lower()
    if text in ("true", "1"):
        return "true"
    if text in ("false", "0"):
        return "false"
    log.value("reject", "not_a_boolean", data)
    return None


def parse_day(data: Any) -> str | None:
    """Return the calendar day of an ISO 8601 date or date-time as sent, or None if there is none."""
    if not isinstance(data, str) or not _DATE.fullmatch(data := data.strip()):
        return None
    try:
        date.fromisoformat(data[:10])
    except ValueError:
        return None
    return data[:10]


def convert_date(data: Any, log: IssueLog) -> str | None:
    """Return the day as `YYYY-MM-DD`, without any time zone conversion."""
    if data is None or data == "":
        return None
    day = parse_day(data)
    if day is None:
        log.value("reject", "not_a_date", data)
    return day


def _checked_many(texts: list[str], data: Any, log: IssueLog) -> list[str] | None:
    texts = list(dict.fromkeys(texts))
    if len(texts) > MULTI_VALUES:
        log.value("warn", "too_many_values", f"{len(texts)} values")
        texts = texts[:MULTI_VALUES]
    return texts or None


def _items(data: Any) -> list[Any]:
    return data if isinstance(data, list) else [] if data is None or data == "" else [data]


def usable_options(options: Iterable[AttributeOption]) -> Iterator[AttributeOption]:
    """Yield the options SFCC can hold as values of an enumeration, each code once.

    The only place that decides it: what is not defined here must not be written into a product either. A list read in
    pages shows an option twice when another one is deleted meanwhile.
    """
    seen: set[str] = set()
    for option in options:
        if is_enumeration_value(option.code) and option.code.lower() not in seen:
            seen.add(option.code.lower())
            yield option


def option_codes(options: Iterable[AttributeOption]) -> Mapping[str, str]:
    """Return lower-case option code → the code in the option's own case, of those SFCC can hold."""
    return {option.code.lower(): option.code for option in usable_options(options)}


def select_converter(known: Mapping[str, str] | None) -> Converter:
    """Return the converter of single selects; `known` is None when the options were not read: nothing is checked."""

    def convert(data: Any, log: IssueLog) -> str | None:
        if data is None or data == "":
            return None
        code = str(data)
        if known is None:
            return clean_text(code, log, STRING_LENGTH)
        option = known.get(code) or known.get(code.lower())
        if option is None:
            log.value("warn", "unknown_option", code)
        return option

    return convert


def multiselect_converter(known: Mapping[str, str] | None) -> Converter:
    """Return the converter of multi selects: option codes in the PIM's order, at most 200."""
    one = select_converter(known)

    def convert(data: Any, log: IssueLog) -> list[str] | None:
        codes = (one(item, log) for item in _items(data))
        return _checked_many([code for code in codes if isinstance(code, str)], data, log)

    return convert


def convert_codes(data: Any, log: IssueLog) -> list[str] | None:
    """Return the codes of assets, records or reference data in the PIM's order, at most 200."""
    cleaned = (clean_text(str(item), log, STRING_LENGTH) for item in _items(data) if item is not None)
    return _checked_many([text for text in cleaned if text is not None], data, log)


def metric_parts(data: Any, log: IssueLog, units: Mapping[str, str]) -> tuple[str, str] | None:
    """Return canonical amount and unit of a metric, or None; units are joined without regard to case."""
    if not isinstance(data, Mapping):
        if data:
            log.value("reject", "not_a_number", data)
        return None
    amount = data.get("amount")
    if amount is None or amount == "":
        return None
    number = parse_number(amount)
    if number is None:
        log.value("reject", "not_a_number", amount)
        return None
    unit = clean_text(str(data.get("unit") or ""), log) or ""
    return canonical(number), units.get(unit.lower(), unit)


def metric_converter(units: Mapping[str, str], part: int | None = None) -> Converter:
    """Return the converter of metrics: `"<amount> <UNIT>"`, or only the amount (part 0) or the unit (part 1)."""

    def convert(data: Any, log: IssueLog) -> str | None:
        parts = metric_parts(data, log, units)
        if parts is None:
            return None
        return " ".join(filter(None, parts)) if part is None else parts[part] or None

    return convert


def convert_prices(data: Any, log: IssueLog) -> list[str] | None:
    """Return `"<amount as sent> <CUR>"` per price that has an amount."""
    texts = []
    for price in _items(data):
        if not isinstance(price, Mapping):
            log.value("reject", "not_a_number", price)
        elif price.get("amount") not in (None, ""):
            texts.append(clean_text(f"{price['amount']} {price.get('currency') or ''}".strip(), log))
    return _checked_many([text for text in texts if text is not None], data, log)


def image_converter(base_path: str, gone: frozenset[str] = frozenset()) -> Converter:
    """Return the converter of image values: the path the binary is copied to (section 7); gone: codes without one."""

    def convert(data: Any, log: IssueLog) -> str | None:
        code = _scalar_text(data)
        if not code or not code.strip() or code in gone:
            return None
        return clean_text(media_path(base_path, code), log, STRING_LENGTH)

    return convert


def convert_json(data: Any, log: IssueLog) -> str | None:
    """Return compact JSON of tables and of types we do not know."""
    if data is None or data in ([], {}) or (isinstance(data, str) and not data.strip()):
        return None
    return clean_text(compact_json(data), log)


def converter_for(
    attribute: Attribute,
    structure: Structure,
    base_path: str,
    metric_part: int | None = None,
    gone: frozenset[str] = frozenset(),
) -> Converter:
    """Return the converter of an attribute's values.

    metric_part: splits metrics, see `metric_converter`. gone: media codes that are left out.
    """
    kind = attribute.type
    if kind in TEXT_TYPES or kind in CODE_TYPES or kind == "pim_catalog_file":
        return text_converter(STRING_LENGTH)
    if kind in SELECT_TYPES:
        options = structure.options.get(attribute.code)
        known = None if options is None else option_codes(options)
        return select_converter(known) if kind == "pim_catalog_simpleselect" else multiselect_converter(known)
    if kind in CODES_TYPES:
        return convert_codes
    if kind == "pim_catalog_metric":
        family = structure.measurement_families.get(attribute.metric_family or "")
        units = {} if family is None else {unit.lower(): unit for unit in family.units}
        return metric_converter(units, metric_part)
    makers: dict[str, Converter] = {
        "pim_catalog_textarea": text_converter(None),
        "pim_catalog_number": number_converter(is_int(attribute)),
        "pim_catalog_boolean": convert_boolean,
        "pim_catalog_date": convert_date,
        "pim_catalog_price_collection": convert_prices,
        "pim_catalog_image": image_converter(base_path, gone),
    }
    return makers.get(kind, convert_json)
