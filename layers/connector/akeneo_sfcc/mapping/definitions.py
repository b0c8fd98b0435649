"""What SFCC has to know of each attribute we define (docs/mapping.md section 2)."""

from __future__ import annotations

from dataclasses import dataclass

from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.values import CODE_TYPES, CODES_TYPES, SELECT_TYPES, TEXT_TYPES, is_int
from akeneo_sfcc.pim.model import Attribute, AttributeOption

ASSETS_DATA_ID = "akeneo_assetsData"
"""The attribute that holds a product's assets as JSON; always defined."""

_TYPES = {
    "pim_catalog_boolean": "boolean",
    "pim_catalog_date": "date",
    "pim_catalog_metric": "string",
    "pim_catalog_price_collection": "set-of-string",
    "pim_catalog_image": "string",
    "pim_catalog_file": "string",
    "pim_catalog_table": "text",
    **dict.fromkeys(TEXT_TYPES, "string"),
    **dict.fromkeys(CODE_TYPES, "string"),
    **dict.fromkeys(CODES_TYPES, "set-of-string"),
    **dict.fromkeys(SELECT_TYPES, "enum-of-string"),
}
KNOWN_TYPES = frozenset((*_TYPES, "pim_catalog_textarea", "pim_catalog_number"))


@dataclass(frozen=True, slots=True)
class ValueDefinition:
    """One value of an enumeration: the option's code and its labels as `(xml:lang, text)`, x-default first."""

    value: str
    display: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AttributeDefinition:
    """One SFCC attribute definition.

    pim_code, group: the PIM attribute it comes from and its group, None for our own. display_names:
    `(xml:lang, text)`, x-default first. multi: an enumeration with select-multiple-flag.
    """

    id: str
    type: str
    display_names: tuple[tuple[str, str], ...]
    pim_code: str | None = None
    group: str | None = None
    localizable: bool = False
    multi: bool = False
    values: tuple[ValueDefinition, ...] = ()


def sfcc_type(attribute: Attribute) -> str:
    """Return the SFCC type of a PIM attribute that is not split."""
    if attribute.type == "pim_catalog_textarea":
        return "html" if attribute.wysiwyg_enabled else "text"
    if attribute.type == "pim_catalog_number":
        return "int" if is_int(attribute) else "double"
    return _TYPES.get(attribute.type, "text")


def value_definitions(options: tuple[AttributeOption, ...], locales: LocalePlan) -> tuple[ValueDefinition, ...]:
    """Return all options by sort order, then code."""
    ordered = sorted(options, key=lambda option: (option.sort_order, option.code))
    return tuple(ValueDefinition(option.code, tuple(locales.labels(option.labels, option.code))) for option in ordered)


ASSETS_DATA = AttributeDefinition(ASSETS_DATA_ID, "text", (("x-default", "Assets data"),))
