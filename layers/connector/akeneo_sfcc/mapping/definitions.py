"""What SFCC has to know of each attribute we define (docs/mapping.md section 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.mapping.values import CODE_TYPES, CODES_TYPES, SELECT_TYPES, TEXT_TYPES, is_int, usable_options
from akeneo_sfcc.pim.model import Attribute, AttributeOption, Labels
from akeneo_sfcc.sfcc.limits import (
    STRING_LENGTH,
    cut,
    has_forbidden,
    is_enumeration_value,
    remove_forbidden,
    utf16_length,
)
from akeneo_sfcc.sfcc.metadata import Texts, ValueDefinition

Report = Callable[[Issue], None]
"""Takes the issues found on the way."""

ASSETS_DATA_ID = "akeneo_assetsData"
"""The attribute that holds a product's assets as JSON; always defined.

It does not follow `attributes.prefix`: it comes from no attribute of the PIM, and storefront code reads it by name.
"""

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
class AttributeDefinition:
    """One SFCC attribute definition.

    pim_code, group: the PIM attribute it comes from and its group, None for our own. display_names:
    `(xml:lang, text)`, x-default first. multi: an enumeration with select-multiple-flag.
    """

    id: str
    type: str
    display_names: Texts
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


def display_texts(
    labels: Labels, locales: LocalePlan, thing: Issue, report: Report, limit: int = STRING_LENGTH
) -> Texts:
    """Return a thing's label per language, x-default first; what had to be changed is reported.

    thing: names it in records; its `id` stands where there is no label. limit: UTF-16 units of a text.
    """
    for locale in dict.fromkeys(locale for locale, _ in locales.outputs):
        text = labels.get(locale)
        if text and has_forbidden(text):
            report(replace(thing, severity="warn", reason="forbidden_characters", locale=locale, value=text))
            text = remove_forbidden(text)
        if text and utf16_length(text) > limit:
            report(replace(thing, severity="warn", reason="text_cut", locale=locale, value=text))
    return tuple((lang, cut(text, limit)) for lang, text in locales.labels(labels, thing.id or ""))


def value_definitions(
    options: Iterable[AttributeOption], locales: LocalePlan, attribute: str, report: Report
) -> tuple[ValueDefinition, ...]:
    """Return all options SFCC can hold by sort order, then code; the others are reported as rejects."""
    ordered = sorted(options, key=lambda option: (option.sort_order, option.code))
    for option in ordered:
        if not is_enumeration_value(option.code):
            report(Issue("reject", "option", "bad_id", option.code, attribute=attribute, value=option.code))
    return tuple(
        ValueDefinition(
            option.code,
            display_texts(
                option.labels, locales, Issue("warn", "option", "", option.code, attribute=attribute), report
            ),
        )
        for option in usable_options(ordered)
    )


def unreported(issue: Issue) -> None:
    """Take an issue that nobody wants to hear of."""


ASSETS_DATA = AttributeDefinition(ASSETS_DATA_ID, "text", (("x-default", "Assets data"),))
