"""What a metadata file defines, and whether a value of a product fits a definition, as SFCC would judge."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from lxml import etree

from akeneo_sfcc.sfcc.limits import INT_MAX, INT_MIN, MULTI_VALUES, STRING_LENGTH, utf16_length
from akeneo_sfcc.sfcc.metadata import METADATA_NAMESPACE

NS = {"m": METADATA_NAMESPACE}


@dataclass(frozen=True)
class Defined:
    """One definition as the file has it."""

    type: str
    localizable: bool
    multi: bool
    values: frozenset[str]


def definitions(body: bytes) -> dict[str, Defined]:
    found = {}
    for one in etree.fromstring(body).iter(f"{{{METADATA_NAMESPACE}}}attribute-definition"):
        values = one.findall(".//m:value", NS)
        id_ = str(one.attrib["attribute-id"])
        found[id_] = Defined(
            one.findtext("m:type", namespaces=NS) or "",
            one.findtext("m:localizable-flag", namespaces=NS) == "true",
            one.findtext("m:select-multiple-flag", namespaces=NS) == "true",
            frozenset(value.text or "" for value in values),
        )
        assert len(values) == len(found[id_].values)
    return found


def fits(defined: Defined, value: Any) -> bool:
    """Tell whether a value, a text or a list of texts, is one SFCC stores in an attribute of this type."""
    if value is None:  # an emptied attribute
        return True
    if defined.type == "set-of-string" or defined.multi:
        one = replace(defined, type="enum-of-string" if defined.multi else "string", multi=False)
        return isinstance(value, list) and len(value) <= MULTI_VALUES and all(fits(one, each) for each in value)
    if not isinstance(value, str) or not value:
        return False
    checks: dict[str, Callable[[str], bool]] = {
        "string": lambda text: utf16_length(text) <= STRING_LENGTH,
        "text": lambda text: True,
        "html": lambda text: True,
        "int": lambda text: bool(re.fullmatch("-?[0-9]+", text)) and INT_MIN <= int(text) <= INT_MAX,
        "double": lambda text: bool(re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text)),
        "boolean": lambda text: text in ("true", "false"),
        "date": lambda text: len(text) == 10 and bool(date.fromisoformat(text)),
        "enum-of-string": lambda text: text in defined.values,
    }
    return checks[defined.type](value)
