"""Whole API items of a catalogue's structure, from the few things that differ between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from local.demo_pim.items import Doc

UPDATED = "2026-01-15T09:00:00+00:00"

Labels = Mapping[str, str]


def attribute(code: str, kind: str, labels: Labels, *, group: str = "other", **more: Any) -> Doc:
    """Make an attribute; `kind` is the type without `pim_catalog_` or a full type; `more` overrides keys."""
    full = kind if kind.startswith(("pim_", "akeneo_", "acme_")) else f"pim_catalog_{kind}"
    number = kind in ("number", "metric", "price_collection")
    doc: Doc = {
        "code": code,
        "type": full,
        "group": group,
        "unique": kind == "identifier",
        "useable_as_grid_filter": True,
        "allowed_extensions": ["jpg", "png"] if kind == "image" else ["pdf"] if kind == "file" else [],
        "metric_family": None,
        "default_metric_unit": None,
        "reference_data_name": None,
        "available_locales": [],
        "max_characters": None,
        "validation_rule": None,
        "validation_regexp": None,
        "wysiwyg_enabled": False if kind == "textarea" else None,
        "number_min": None,
        "number_max": None,
        "decimals_allowed": False if number else None,
        "negative_allowed": False if number else None,
        "date_min": None,
        "date_max": None,
        "max_file_size": None,
        "minimum_input_length": None,
        "sort_order": 0,
        "localizable": False,
        "scopable": False,
        "labels": dict(labels),
        "guidelines": {},
        "auto_option_sorting": False if kind in ("simpleselect", "multiselect") else None,
        "default_value": None,
        "group_labels": {},
    }
    if kind == "identifier":
        doc["is_main_identifier"] = True
    return {**doc, **more}


def option(attribute_code: str, code: str, sort_order: int, labels: Labels) -> Doc:
    """Make an option of a select attribute."""
    return {"code": code, "attribute": attribute_code, "sort_order": sort_order, "labels": dict(labels)}


def group(code: str, sort_order: int, attributes: Sequence[str], labels: Labels) -> Doc:
    """Make an attribute group."""
    return {"code": code, "sort_order": sort_order, "attributes": list(attributes), "labels": dict(labels)}


def family(
    code: str, attributes: Sequence[str], labels: Labels, *, required: Mapping[str, Sequence[str]], image: str | None
) -> Doc:
    """Make a family; `required` lists the required attributes by channel."""
    return {
        "code": code,
        "attributes": sorted(attributes),
        "attribute_as_label": "name",
        "attribute_as_image": image,
        "attribute_requirements": {channel: list(codes) for channel, codes in required.items()},
        "labels": dict(labels),
    }


def family_variant(
    code: str, common: Sequence[str], levels: Sequence[tuple[Sequence[str], Sequence[str]]], labels: Labels
) -> Doc:
    """Make a family variant; each level is (axes, attributes with the axes)."""
    sets = [
        {"level": number, "axes": list(axes), "attributes": sorted({*attributes, *axes})}
        for number, (axes, attributes) in enumerate(levels, 1)
    ]
    return {"code": code, "labels": dict(labels), "variant_attribute_sets": sets, "common_attributes": sorted(common)}


def category(code: str, parent: str | None, labels: Labels) -> Doc:
    """Make a category."""
    return {"code": code, "parent": parent, "updated": UPDATED, "labels": dict(labels)}


def channel(code: str, locales: Sequence[str], currencies: Sequence[str], tree: str, labels: Labels) -> Doc:
    """Make a channel."""
    return {
        "code": code,
        "currencies": list(currencies),
        "locales": list(locales),
        "category_tree": tree,
        "conversion_units": {},
        "labels": dict(labels),
    }


def association_type(code: str, labels: Labels, *, quantified: bool = False, two_way: bool = False) -> Doc:
    """Make an association type."""
    return {"code": code, "labels": dict(labels), "is_quantified": quantified, "is_two_way": two_way}


def measurement_family(code: str, standard: str, units: Mapping[str, tuple[str, str]], labels: Labels) -> Doc:
    """Make a measurement family; each unit is (symbol, how many standard units it is)."""
    return {
        "code": code,
        "labels": dict(labels),
        "standard_unit_code": standard,
        "units": {
            unit: {
                "code": unit,
                "labels": {"en_US": unit.capitalize()},
                "convert_from_standard": [{"operator": "mul", "value": factor}],
                "symbol": symbol,
            }
            for unit, (symbol, factor) in units.items()
        },
    }


MASS = {
    "GRAM": ("g", "0.001"),
    "KILOGRAM": ("kg", "1"),
    "OUNCE": ("oz", "0.028349523125"),
    "POUND": ("lb", "0.45359237"),
}
LENGTH = {"MILLIMETER": ("mm", "0.001"), "CENTIMETER": ("cm", "0.01"), "METER": ("m", "1"), "INCH": ("in", "0.0254")}
VOLUME = {"MILLILITER": ("ml", "0.000001"), "LITER": ("l", "0.001"), "CUBIC_METER": ("m³", "1")}


def measurement_families() -> list[Doc]:
    """Make weight, length and volume."""
    return [
        measurement_family("Length", "METER", LENGTH, {"en_US": "Length", "fr_FR": "Longueur", "de_DE": "Länge"}),
        measurement_family("Volume", "CUBIC_METER", VOLUME, {"en_US": "Volume", "fr_FR": "Volume", "de_DE": "Volumen"}),
        measurement_family("Weight", "KILOGRAM", MASS, {"en_US": "Weight", "fr_FR": "Poids", "de_DE": "Gewicht"}),
    ]


def locales(active: Sequence[str]) -> list[Doc]:
    """Make the locales of a PIM: those in use, and some that are not."""
    known = sorted({*active, "en_GB", "es_ES", "it_IT", "nl_NL", "pt_BR", "sv_SE"})
    return [{"code": code, "enabled": code in active} for code in known]


def currencies(active: Sequence[str]) -> list[Doc]:
    """Make the currencies of a PIM: those in use, and some that are not."""
    known = sorted({*active, "CHF", "JPY", "SEK"})
    return [{"code": code, "enabled": code in active} for code in known]
