"""What the PIM holds, as frozen values.

Shapes follow https://api.akeneo.com/api-reference-index.html; `pim.parse` makes them from the API's JSON. Raw
attribute values stay in the API's own shape (`Values`), because there are millions of them and each is read once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Labels = Mapping[str, str]
"""PIM locale code → label; locales without a label are absent."""

Values = Mapping[str, Sequence[Mapping[str, Any]]]
"""Attribute code → `[{"locale": str|None, "scope": str|None, "data": ...}, ...]`, as the API sends it."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A PIM attribute (`GET /attributes`)."""

    code: str
    type: str
    group: str = "other"
    labels: Labels = field(default_factory=dict)
    sort_order: int = 0
    localizable: bool = False
    scopable: bool = False
    unique: bool = False
    available_locales: tuple[str, ...] = ()
    metric_family: str | None = None
    default_metric_unit: str | None = None
    decimals_allowed: bool | None = None
    number_min: str | None = None
    number_max: str | None = None
    wysiwyg_enabled: bool = False
    reference_data_name: str | None = None
    is_main_identifier: bool = False


@dataclass(frozen=True, slots=True)
class AttributeOption:
    """An option of a select attribute (`GET /attributes/{code}/options`)."""

    code: str
    sort_order: int = 0
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AttributeGroup:
    """An attribute group (`GET /attribute-groups`)."""

    code: str
    sort_order: int = 0
    labels: Labels = field(default_factory=dict)
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """A family (`GET /families`)."""

    code: str
    labels: Labels = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    attribute_as_label: str | None = None
    attribute_as_image: str | None = None


@dataclass(frozen=True, slots=True)
class VariantAttributeSet:
    """One level of a family variant: its axes and the attributes kept there (axes included)."""

    level: int
    axes: tuple[str, ...]
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FamilyVariant:
    """A family variant (`GET /families/{code}/variants`); `attribute_sets` are sorted by level (1, 2)."""

    code: str
    family: str
    attribute_sets: tuple[VariantAttributeSet, ...]
    labels: Labels = field(default_factory=dict)

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes of all levels in order, level 1 first."""
        return tuple(axis for level in self.attribute_sets for axis in level.axes)


@dataclass(frozen=True, slots=True)
class Category:
    """A category (`GET /categories`); `parent` is None for the root of a tree."""

    code: str
    parent: str | None = None
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel (`GET /channels`)."""

    code: str
    locales: tuple[str, ...]
    currencies: tuple[str, ...]
    category_tree: str
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AssociationType:
    """An association type (`GET /association-types`)."""

    code: str
    labels: Labels = field(default_factory=dict)
    is_quantified: bool = False
    is_two_way: bool = False


@dataclass(frozen=True, slots=True)
class MeasurementFamily:
    """A measurement family (`GET /measurement-families`).

    `units` maps a unit code to its steps to the standard unit, each `(operator, value)` with operator mul, div,
    add or sub, applied in order.
    """

    code: str
    standard_unit: str
    units: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """One associated item: a product by its key (uuid, or identifier on PIM 6) or a model by its code."""

    key: str
    is_model: bool = False
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product or variant (`GET /products-uuid`; `GET /products` on PIM 6).

    `key` is what the API sorts and pages by: the lower-case uuid, or the identifier on PIM 6. `associations` holds
    plain and quantified ones, per type in the PIM's order, products before models; groups are left out.
    """

    key: str
    identifier: str | None
    enabled: bool
    family: str | None
    parent: str | None
    categories: tuple[str, ...]
    values: Values
    associations: Mapping[str, tuple[Target, ...]]


@dataclass(frozen=True, slots=True)
class ProductModel:
    """A product model (`GET /product-models`); `parent` is the root model's code, None for a root model."""

    code: str
    family: str | None
    family_variant: str
    parent: str | None
    categories: tuple[str, ...]
    values: Values
    associations: Mapping[str, tuple[Target, ...]]

    @property
    def key(self) -> str:
        """The key the API sorts and pages by."""
        return self.code


@dataclass(frozen=True, slots=True)
class Structure:
    """Everything the jobs read from the PIM besides products, models, media and records.

    `options` covers select attributes that were read (attribute code → options in PIM order); `categories` stands in
    the API's order, parents before children; `trees` of interest are the categories without parent.
    """

    channel: Channel
    locales: tuple[str, ...]
    attributes: Mapping[str, Attribute]
    attribute_groups: Mapping[str, AttributeGroup]
    families: Mapping[str, Family]
    family_variants: Mapping[str, FamilyVariant]
    options: Mapping[str, tuple[AttributeOption, ...]]
    categories: tuple[Category, ...]
    association_types: Mapping[str, AssociationType]
    measurement_families: Mapping[str, MeasurementFamily]
    version: str = ""
    edition: str = ""
    products_by_uuid: bool = True

    @property
    def axes(self) -> frozenset[str]:
        """Every attribute that some family variant uses as an axis."""
        return frozenset(axis for variant in self.family_variants.values() for axis in variant.axes)
