"""What SFCC accepts in texts and ids: lengths, characters, number ranges.

Lengths come from SFCC's import schemas (catalog.xsd, metadata.xsd) and are counted in UTF-16 units, because SFCC runs
on Java and stores what Java counts.
"""

from __future__ import annotations

import re

STRING_LENGTH = 4000
"""Longest value of a custom attribute of type string, and of `LocalizedString` elements."""
PRODUCT_ID_LENGTH = 100
GENERIC_ID_LENGTH = 256
AXIS_VALUE_LENGTH = 256
MULTI_VALUES = 200
"""More values in one multi-value attribute make SFCC drop the product's update without an error."""
INT_MIN = -(2**31)
INT_MAX = 2**31 - 1

# XML 1.0 production [2] Char, https://www.w3.org/TR/xml/#charsets; lone surrogates are outside it, too.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def has_forbidden(text: str) -> bool:
    """Tell whether the text holds a character XML 1.0 forbids."""
    # Everything Python calls printable is allowed in XML; the test is several times faster than the expression.
    return not text.isprintable() and _FORBIDDEN.search(text) is not None


def remove_forbidden(text: str) -> str:
    """Return the text without the characters XML 1.0 forbids."""
    return _FORBIDDEN.sub("", text)


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 units: two for every character outside the basic plane."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """Return the longest beginning of the text that has at most `limit` UTF-16 units and no half pair."""
    if len(text) * 2 <= limit or utf16_length(text) <= limit:
        return text
    # A pair cut in half leaves one lone surrogate at the end, which "ignore" drops.
    return text.encode("utf-16-le", "surrogatepass")[: limit * 2].decode("utf-16-le", "ignore")


def is_id(text: str, limit: int) -> bool:
    """Tell whether SFCC takes the text as an id: 1 to `limit` units, no white space around it, one line, XML only."""
    return (
        bool(text)
        and text == text.strip()
        and "\n" not in text
        and "\r" not in text
        and not has_forbidden(text)
        and utf16_length(text) <= limit
    )


def is_enumeration_value(text: str) -> bool:
    """Tell whether SFCC takes the text as a value of an enumeration (metadata.xsd, NonEmptyString.4000)."""
    return is_id(text, STRING_LENGTH)


def is_attribute_id(text: str) -> bool:
    """Tell whether SFCC takes the text as the id of an attribute (metadata.xsd, Definition.ID)."""
    return "|" not in text and is_id(text, GENERIC_ID_LENGTH)
