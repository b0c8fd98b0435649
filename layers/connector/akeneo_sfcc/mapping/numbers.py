"""Canonical numbers: plain decimal, no exponent, no trailing zeros, a dot."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
# Larger ones are no double, and writing them without exponent would take pages.
_MAX_DIGITS = 309


def parse_number(data: Any) -> Decimal | None:
    """Read what the PIM sends as a number (int, float or text, with or without exponent); None if it is none."""
    if isinstance(data, bool):
        return None
    if isinstance(data, int | float):
        data = repr(data)
    if not isinstance(data, str) or not _NUMBER.fullmatch(data := data.strip()):
        return None
    number = Decimal(data)
    if number and (number.adjusted() >= _MAX_DIGITS or number.as_tuple().exponent < -_MAX_DIGITS * 4):  # type: ignore[operator]
        return None
    return number


def canonical(number: Decimal) -> str:
    """Write a number plainly: `1E+3` is `1000`, `12.500` is `12.5`, `-0.0` is `0`."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
