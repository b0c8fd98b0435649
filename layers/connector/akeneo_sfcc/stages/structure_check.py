"""What a configuration says, held against what the PIM has: every mismatch at once, before anything is imported."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.pim.model import Attribute, Structure
from akeneo_sfcc.settings import MasterCatalog, Settings, StorefrontCatalog
from akeneo_sfcc.settings.problems import problem

_SHOWN = 10


def check_structure(settings: Settings, structure: Structure) -> list[str]:
    """Return every mismatch as `setting.path: what is wrong: value; allowed: …`, in the order of the configuration."""
    return [
        *_pim(settings, structure),
        *_attributes(settings, structure),
        *_products(settings, structure),
        *_catalogues(settings, structure),
        *_associations(settings, structure),
        *_media(settings, structure),
        *LocalePlan(settings, structure).errors,
        *AttributePlan(settings, structure).errors,
    ]


def unknown(path: str, what: str, value: str, allowed: Collection[str]) -> str:
    """Return the message for a value the PIM does not have; the first of the allowed ones are named."""
    names = sorted(allowed)
    rest = f", … ({len(names)} in all)" if len(names) > _SHOWN else ""
    return problem(path, what, value, (", ".join(names[:_SHOWN]) or "none") + rest)


def _pim(settings: Settings, structure: Structure) -> Iterator[str]:
    channel = structure.channel
    what = f"is not a locale of the channel {channel.code}"
    known = {locale.lower() for locale in channel.locales}
    for locale in settings.pim.locales or ():
        if locale.lower() not in known:
            yield unknown("pim.locales", what, locale, channel.locales)
    for name, chosen in (
        ("product_filter", settings.pim.product_filter),
        ("product_model_filter", settings.pim.product_model_filter),
    ):
        yield from _known(f"pim.{name}.attributes", chosen.attributes or (), structure)
        for locale in chosen.locales or ():
            if locale.lower() not in known:
                yield unknown(f"pim.{name}.locales", what, locale, channel.locales)


def _attributes(settings: Settings, structure: Structure) -> Iterator[str]:
    yield from _known("attributes.exclude", settings.attributes.exclude, structure)
    groups = {group.lower() for group in structure.attribute_groups}
    for group in settings.attributes.exclude_groups:
        if group.lower() not in groups:
            yield unknown("attributes.exclude_groups", "is no attribute group", group, structure.attribute_groups)
    yield from _known("attributes.allow_type_change", settings.attributes.allow_type_change, structure)


def _products(settings: Settings, structure: Structure) -> Iterator[str]:
    if settings.products.id_attribute is not None:
        yield from _fitting(
            "products.id",
            settings.products.id_attribute,
            structure,
            lambda a: a.unique or a.type == "pim_catalog_identifier",
            "is no unique attribute",
        )
    if settings.products.online_attribute is not None:
        yield from _fitting(
            "products.online",
            settings.products.online_attribute,
            structure,
            lambda a: a.type == "pim_catalog_boolean",
            "is no yes/no attribute",
        )


def _catalogues(settings: Settings, structure: Structure) -> Iterator[str]:
    roots = [category.code for category in structure.categories if category.parent is None]
    codes = {category.code for category in structure.categories}
    sections: dict[str, Sequence[MasterCatalog | StorefrontCatalog]] = {
        "master_catalogs": settings.master_catalogs,
        "storefront_catalogs": settings.storefront_catalogs,
    }
    for name, catalogues in sections.items():
        for index, catalogue in enumerate(catalogues):
            for tree in catalogue.category_trees or ():
                if tree not in roots:
                    what = "is not the root of a tree" if tree in codes else "is no category tree"
                    yield unknown(f"{name}[{index}].category_trees", what, tree, roots)
    for index, storefront in enumerate(settings.storefront_catalogs):
        path = f"storefront_catalogs[{index}]"
        if storefront.root_category is not None:
            if storefront.root_category not in codes:
                yield unknown(f"{path}.root_category", "is no category", storefront.root_category, codes)
        elif storefront.category_trees is None and _hidden(structure, roots):
            # The connection's permissions can hide a tree that the channel names.
            what = f"is not given, and the tree of the channel {structure.channel.code} cannot be read"
            yield unknown(f"{path}.category_trees", what, structure.channel.category_tree, roots)


def _hidden(structure: Structure, roots: Collection[str]) -> bool:
    """Tell whether the channel names a tree that was not read; the stand-in for an unknown channel names none."""
    return structure.channel.category_tree not in ("", *roots)


def _associations(settings: Settings, structure: Structure) -> Iterator[str]:
    chosen = settings.associations
    for path, types in (
        ("associations.recommendation_types", chosen.recommendation_types),
        ("associations.link_types", chosen.link_types),
    ):
        for code in types:
            if code not in structure.association_types:
                yield unknown(path, "is no association type", code, structure.association_types)
    for name, pair in (("product_set", chosen.product_set), ("bundle", chosen.bundle)):
        if pair is None:
            continue
        path = f"associations.{name}"
        if pair.family not in structure.families:
            yield unknown(f"{path}.family", "is no family", pair.family, structure.families)
        if pair.association_type not in structure.association_types:
            allowed = structure.association_types
            yield unknown(f"{path}.association_type", "is no association type", pair.association_type, allowed)


def _media(settings: Settings, structure: Structure) -> Iterator[str]:
    for code in settings.images.attributes or ():
        yield from _fitting(
            "images.attributes",
            code,
            structure,
            lambda a: a.type == "pim_catalog_image",
            "is no image attribute",
        )
    if settings.pricebooks.attribute is not None:
        yield from _fitting(
            "pricebooks.attribute",
            settings.pricebooks.attribute,
            structure,
            lambda a: a.type == "pim_catalog_price_collection",
            "is no price attribute",
        )


def _known(path: str, codes: Collection[str], structure: Structure) -> Iterator[str]:
    for code in codes:
        if _find(code, structure) is None:
            yield unknown(path, "is no attribute", code, structure.attributes)


def _fitting(
    path: str, code: str, structure: Structure, fits: Callable[[Attribute], bool], otherwise: str
) -> Iterator[str]:
    attribute = _find(code, structure)
    if attribute is None or not fits(attribute):
        allowed = [a.code for a in structure.attributes.values() if fits(a)]
        what = "is no attribute" if attribute is None else otherwise
        yield unknown(path, what, code, allowed)


def _find(code: str, structure: Structure) -> Attribute | None:
    """Return an attribute by its code; the PIM does not tell codes apart by case."""
    if code in structure.attributes:
        return structure.attributes[code]
    return next((a for a in structure.attributes.values() if a.code.lower() == code.lower()), None)
