"""What the last successful run wrote, one record per product and model: the memory that makes undoing possible."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from akeneo_sfcc.mapping.record import ItemRecord, Role


@dataclass(slots=True)
class StateRecord:
    """One exported product, model or group.

    Fields shared with `ItemRecord` mean the same. home: what its shard is computed from. assigned: storefront
    catalogue → category codes written there. recommended: storefront catalogue → `[target id, type]` in order.
    links, set_products, bundled: the written product-links `[id, type]`, set members, bundle members `[id, quantity]`.
    resolved: association type → target ids, what the relations were made from (variants subtract their root's).
    relations, missing: where some targets were not exported, the relations as read and those targets,
    `[key, is_model]`: a target that arrives later is added then.
    unordered: several runs may have written `recommended`, so its order is not known (stages.attempted).
    shown: hash of what a root or group shows of its variants (variations, online flag, images).
    left: it is gone from the PIM or the filter; what was written stays recorded for the day it comes back.
    merged: a level-1 model that is not written itself; kept for its categories, which its root is assigned to.
    waiting: the whole record of a model that a search leaves out, for the day one of its variants passes: the PIM does
    not call the model changed then.
    """

    id: str
    role: Role
    key: str
    home: str
    root: str | None = None
    parent: str | None = None
    family: str | None = None
    family_variant: str | None = None
    catalogue: str | None = None
    online: bool | None = None
    keys: str = ""
    axes: dict[str, str] = field(default_factory=dict)
    categories: list[str] = field(default_factory=list)
    images: list[list[Any]] = field(default_factory=list)
    alt: dict[str, str] = field(default_factory=dict)
    assigned: dict[str, list[str]] = field(default_factory=dict)
    recommended: dict[str, list[list[str]]] = field(default_factory=dict)
    links: list[list[str]] = field(default_factory=list)
    set_products: list[str] = field(default_factory=list)
    bundled: list[list[Any]] = field(default_factory=list)
    resolved: dict[str, list[str]] = field(default_factory=dict)
    relations: dict[str, list[list[Any]]] = field(default_factory=dict)
    missing: list[list[Any]] = field(default_factory=list)
    unordered: bool = False
    shown: str = ""
    hash: str = ""
    left: bool = False
    merged: bool = False
    waiting: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the record without its empty fields; `id` first, so that lines sort by it."""
        document = {name: value for name in _ORDER if (value := getattr(self, name))}
        if self.online is False:
            document["online"] = False
        return document

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> StateRecord:
        """Undo `to_json`; fields this version does not know are left out."""
        return cls(**{name: value for name, value in document.items() if name in _FIELDS})

    @classmethod
    def of(cls, record: ItemRecord, home: str) -> StateRecord:
        """Start the new state of an item that is written in this run."""
        return cls(
            id=record.id,
            role=record.role,
            key=record.key,
            home=home,
            root=record.root,
            parent=record.parent,
            family=record.family,
            family_variant=record.family_variant,
            catalogue=record.catalogue,
            online=record.online,
            keys=record.keys,
            axes=record.axes,
            categories=record.categories,
            images=record.images,
            alt=record.alt,
            hash=record.hash,
        )


_ORDER = tuple(item.name for item in fields(StateRecord))
_FIELDS = frozenset(_ORDER)


def written_keys(keys: str) -> set[str]:
    """Split the joined written keys of a record."""
    return set(keys.split("|")) if keys else set()


def join_keys(keys: Iterable[str]) -> str:
    """Join written keys as records hold them."""
    return "|".join(sorted(keys))


def home_of(role: Role, identifier: str, root: str | None, key: str) -> str:
    """Return what an item's shard is computed from: its root's code, else its own id, else its PIM key."""
    if role != "simple" and root:
        return root
    return identifier or key
