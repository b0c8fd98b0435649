"""What travels from mapping an item to building the catalogue files: records of items and issues.

A record is all that is known of one product or model from the PIM alone. Whatever depends on other items or on the
committed state is decided when the records of a shard are joined.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["simple", "variant", "root", "level1"]
Severity = Literal["reject", "warn"]

ONLINE_SLOT = "online"
IMAGES_SLOT = "images"
VARIATIONS_SLOT = "variations"
SLOTS = (ONLINE_SLOT, IMAGES_SLOT, VARIATIONS_SLOT)
"""Where a model's element is filled in later, in document order: `ItemRecord.xml` has one more piece than slots."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One reject or warning, in the shape of the contract (docs/mapping.md section 13); `stage` is added on writing."""

    severity: Severity
    kind: str
    reason: str
    id: str | None = None
    uuid: str | None = None
    attribute: str | None = None
    locale: str | None = None
    value: str | None = None


@dataclass(slots=True)
class ItemRecord:
    """One mapped product or model.

    key: the PIM's key (uuid, identifier on PIM 6, model code). id: the SFCC product-id ("" when rejected for it).
    root: the root model's code of variants and level-1 models, the own code of roots, None for simple products.
    catalogue: id of the master catalogue of simple products and roots; variants and level-1 models follow their root.
    online: the online flag of simple products and variants; None where variants decide (root, level1).
    xml: the product element without namespace declarations, in pieces. Simple products and variants: one piece, whole.
    Roots and level-1 models: four pieces around SLOTS ("online-flag", "images", "variations").
    keys: the written keys, `|`-joined and sorted: `c<custom id>=<lang>` and `e<element name>=<lang>`, lang "" for none.
    axes: axis attribute code → the value text written for it (variants: all levels; level-1 models: theirs).
    categories: category codes in PIM order. relations: association type → targets `[key, is_model, quantity]`.
    images: `[attribute, locale or None, media code]` in PIM attribute order (section 7); a link to an image outside is
    `[attribute, locale or None, path, view type]`.
    alt: xml:lang → name of the product, for alt and title of its images.
    reject: the reason when the item must not be written (then xml is empty).
    """

    role: Role
    key: str
    id: str
    root: str | None = None
    parent: str | None = None
    family: str | None = None
    family_variant: str | None = None
    catalogue: str | None = None
    online: bool | None = None
    xml: list[str] = field(default_factory=list)
    keys: str = ""
    axes: dict[str, str] = field(default_factory=dict)
    categories: list[str] = field(default_factory=list)
    relations: dict[str, list[list[Any]]] = field(default_factory=dict)
    images: list[list[Any]] = field(default_factory=list)
    alt: dict[str, str] = field(default_factory=dict)
    reject: str | None = None
    hash: str = ""
