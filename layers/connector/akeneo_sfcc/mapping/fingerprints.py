"""Fingerprints of what products depend on beside themselves (docs/mapping.md section 10).

Two of them are compared thing by thing, so that what is only new (an attribute, an option, a family) costs nothing: no
product that was not changed can have it. What changed or is gone concerns products that the PIM does not call changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import orjson

from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.categories import CategoryTrees
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.values import SELECT_TYPES
from akeneo_sfcc.pim.model import Attribute, Structure
from akeneo_sfcc.settings import Settings

OUTPUT_VERSION = 1
"""Raised whenever this package writes something else for the same product; all products are then read once."""

Fingerprint = Mapping[str, Any]
"""Single digests, and per kind of thing a mapping code → digest."""

_SINGLE = ("output", "settings", "channel", "media", "instance")
_KINDS = ("attributes", "families", "family_variants", "categories")


def fingerprint(settings: Settings, structure: Structure, gone_media: Iterable[str] = ()) -> dict[str, Any]:
    """Return the fingerprint, plain JSON data.

    gone_media: media codes without a binary, whose images are left out of products, and a digest of the assets.
    """
    locales = LocalePlan(settings, structure)
    plan = AttributePlan(settings, structure, locales)
    trees = CategoryTrees(settings, structure)
    channel = (structure.channel.code, locales.outputs, structure.products_by_uuid, plan.id_attribute)
    whole_families = settings.products.clear_empty == "family"
    return {
        "output": str(OUTPUT_VERSION),
        "settings": settings.fingerprint(),
        "channel": _digest(channel),
        "media": _digest(sorted(gone_media)),
        # What was committed for one instance, or for none, no other one has.
        "instance": settings.delivery.host if settings.delivery.mode != "none" else None,
        "attributes": {code: _attribute(plan, item) for code, item in structure.attributes.items()},
        "families": {
            code: _digest((item.attribute_as_image, sorted(item.attributes) if whole_families else ()))
            for code, item in structure.families.items()
        },
        "family_variants": {
            code: _digest([(one.level, one.axes, sorted(one.attributes)) for one in item.attribute_sets])
            for code, item in structure.family_variants.items()
        },
        "categories": {
            item.code: _digest((trees.tree_of(item.code), _storefronts(trees, item.code)))
            for item in structure.categories
        },
        "category_order": _category_order(settings, structure, trees),
        "options": {code: _options(plan, locales, structure, code) for code in _selects(plan)},
        "axes": {code: _axis(plan, locales, structure, code) for code in sorted(plan.axes)},
    }


def changes(old: Fingerprint, new: Fingerprint) -> list[str]:
    """Return what changed so that every product must be read again, in words; nothing when none must."""
    found = [f"{name} changed" for name in _SINGLE if old.get(name) != new[name]]
    for kind in _KINDS:
        found += _changed(kind, old.get(kind, {}), new[kind])
    for code, options in old.get("options", {}).items():
        if code in new["options"]:
            found += _changed(f"options of {code}", options, new["options"][code])
    if not _same_order(old.get("category_order", ()), new["category_order"]):
        found.append("order of categories changed")
    return found


def changed_axes(old: Fingerprint, new: Fingerprint) -> list[str]:
    """Return the axes that masters show differently now: label, labels or order of options, order of amounts."""
    found = []
    for code, axis in new["axes"].items():
        before = old.get("axes", {}).get(code)
        if before is None:
            continue  # no master had it: an attribute that becomes an axis counts as changed itself
        options, labels = before["options"], axis["options"]
        same = before["shown"] == axis["shown"] and _same_order(list(options), list(labels))
        if not same or any(labels.get(option, digest) != digest for option, digest in options.items()):
            found.append(code)
    return found


def _changed(kind: str, old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    codes = [code for code, digest in old.items() if new.get(code) != digest]
    if not codes:
        return []
    shown = ", ".join(sorted(codes)[:5]) + (f" and {len(codes) - 5} more" if len(codes) > 5 else "")
    return [f"{kind} changed or gone: {shown}"]


def _same_order(old: Iterable[str], new: Iterable[str]) -> bool:
    """Tell whether what is in both stands in the same order, and nothing has gone."""
    before, after = list(old), list(new)
    known = set(before)
    return before == [code for code in after if code in known]


def _attribute(plan: AttributePlan, item: Attribute) -> str:
    """Return the digest of how an attribute's values are written; labels only matter to its definition."""
    role = plan.roles[item.code]
    written = (role.id, role.unit_id, role.written, role.axis, role.custom, role.system and role.system.id)
    kind = (item.type, item.localizable, item.scopable, sorted(item.available_locales), item.sort_order)
    numbers = (item.metric_family, item.decimals_allowed, item.number_min, item.number_max, item.reference_data_name)
    return _digest((written, kind, numbers, item.wysiwyg_enabled))


def _selects(plan: AttributePlan) -> list[str]:
    return sorted(code for code, role in plan.roles.items() if role.attribute.type in SELECT_TYPES)


def _options(plan: AttributePlan, locales: LocalePlan, structure: Structure, code: str) -> dict[str, str]:
    """Return the options whose values products hold; their labels only where an element of SFCC shows them."""
    system = plan.roles[code].system
    shows = system is not None and system.labels
    options = structure.options.get(code, ())
    return {one.code: _digest(locales.labels(one.labels, one.code)) if shows else "" for one in options}


def _axis(plan: AttributePlan, locales: LocalePlan, structure: Structure, code: str) -> dict[str, Any]:
    item = structure.attributes[code]
    units = structure.measurement_families.get(item.metric_family or "")
    return {
        "shown": _digest((plan.id_of(code), locales.labels(item.labels, code), units.units if units else None)),
        "options": {one.code: _digest(locales.labels(one.labels, one.code)) for one in structure.options.get(code, ())},
    }


def _storefronts(trees: CategoryTrees, code: str) -> list[str]:
    return [id_ for id_ in sorted(trees.catalogues) if trees.assignable(id_, (code,))]


def _category_order(settings: Settings, structure: Structure, trees: CategoryTrees) -> list[str]:
    """Return the categories in tree order where the first of a product's is its primary one."""
    if not any(storefront.primary_category for storefront in settings.storefront_catalogs):
        return []
    return sorted((item.code for item in structure.categories), key=trees.order)


def _digest(value: Any) -> str:
    body = orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=list)
    return blake2b(body, digest_size=8).hexdigest()
