"""Image references of products → `<images>` of simple products and masters (docs/mapping.md section 7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.locales import X_DEFAULT, LocalePlan, language_order
from akeneo_sfcc.mapping.media_paths import media_path
from akeneo_sfcc.mapping.variations import Variant, VariationPlan
from akeneo_sfcc.pim.model import Structure
from akeneo_sfcc.sfcc.image_element import Image, ImageGroup, images_element

if TYPE_CHECKING:
    from akeneo_sfcc.settings import Settings

Reference = Sequence[Any]
"""`[attribute, PIM locale or None, media code]`, or `[attribute, PIM locale or None, path, view type]` of a link."""

_LINK_LENGTH = 4
_Order = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a set of images is for: the variations, how they sort, and the names for alt and title."""

    variations: tuple[tuple[str, str], ...]
    order: _Order
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Levels:
    """A family variant's attributes below the root (lower-case code → level) and its axes up to each level."""

    of_attribute: Mapping[str, int]
    axes: Mapping[int, tuple[str, ...]]


class ImagePlan:
    """Makes the `<images>` of any product from the references in its record and those of its variants.

    SFCC reads the images of a variant from its master, so only simple products and masters have groups.
    """

    def __init__(
        self,
        settings: Settings,
        structure: Structure,
        attributes: AttributePlan,
        locales: LocalePlan,
        variations: VariationPlan | None = None,
        gone: frozenset[str] = frozenset(),
    ) -> None:
        """Take how things are named. variations: needed for masters. gone: media codes the PIM no longer has."""
        self._structure = structure
        self._attributes = attributes
        self._variations = variations
        self._gone = gone
        self._base_path = settings.images.base_path
        self._view_types = settings.images.view_types
        links = settings.images.link_view_types.values()
        self._order = {name: number for number, name in enumerate(dict.fromkeys((*self._view_types, *links)))}
        self._default = locales.default
        self._targets = locales.targets
        self._levels: dict[str, _Levels] = {}

    def simple(self, images: Iterable[Reference], names: Mapping[str, str]) -> str:
        """Return the `<images>` of a product without variants; empty groups when it has no image."""
        groups = self._groups(list(images), _Scope((), (), _ordered(names)))
        return images_element(group for _, group in sorted(groups, key=lambda pair: pair[0]))

    def master(
        self,
        family_variant: str | None,
        images: Iterable[Reference],
        names: Mapping[str, str],
        variants: Sequence[Variant],
    ) -> str:
        """Return the `<images>` of a master: its own images for all variations, its variants' by axis values.

        images, names: the root's own. variants: in a fixed order; the first with an image of some axis values counts,
        because all of them carry the same one of their common model.
        """
        levels = self._levels_of(family_variant)
        own = [image for image in images if levels.of_attribute.get(str(image[0]).lower(), 0) == 0]
        found = list(self._groups(own, _Scope((), (), _ordered(names))))
        for level, axes in levels.axes.items():
            for combination, sharing in _by_values(variants, axes).items():
                shown = next((kept for one in sharing if (kept := _of_level(one, levels, level))), None)
                if shown is not None:
                    found.extend(self._groups(shown, self._scope(axes, combination, sharing)))
        return images_element(group for _, group in sorted(found, key=lambda pair: pair[0]))

    def _scope(self, axes: Sequence[str], values: Sequence[str], sharing: Sequence[Variant]) -> _Scope:
        if self._variations is None:
            raise ValueError("an image plan without a variation plan makes no masters")
        ids = (self._attributes.id_of(axis) for axis in axes)
        order = tuple(self._variations.value_order(axis, value) for axis, value in zip(axes, values, strict=True))
        # The name of what carries the image: where its variants differ, it is theirs and not the image's.
        common = dict(sharing[0].names)
        for variant in sharing[1:]:
            common = {lang: text for lang, text in common.items() if variant.names.get(lang) == text}
        return _Scope(tuple(zip(ids, values, strict=True)), order, _ordered(common))

    def _groups(self, references: Sequence[Reference], scope: _Scope) -> Iterator[tuple[_Order, ImageGroup]]:
        """Yield the groups of one scope with their sort keys: view type, language, variation."""
        present = [one for one in references if len(one) == _LINK_LENGTH or one[2] not in self._gone]
        localized = {one[1] for one in present if one[1] is not None}
        for view_type, number in self._order.items():
            shown = [one for one in present if view_type in self._view_types_of(one)]
            languages = {"": self._default, **{self._targets[locale]: locale for locale in localized}}
            for target, locale in languages.items():
                if target == X_DEFAULT:
                    continue
                chosen = [one for one in shown if one[1] is None or one[1] == locale]
                paths = dict.fromkeys(self._path(one) for one in chosen)
                if paths:
                    name = f"{view_type}_{target}" if target else view_type
                    images = tuple(Image(path, scope.names) for path in paths)
                    yield (number, language_order(target), scope.order), ImageGroup(name, images, scope.variations)

    def _view_types_of(self, reference: Reference) -> Sequence[str]:
        return (reference[3],) if len(reference) == _LINK_LENGTH else self._view_types

    def _path(self, reference: Reference) -> str:
        target = str(reference[2])
        return target if len(reference) == _LINK_LENGTH else media_path(self._base_path, target)

    def _levels_of(self, family_variant: str | None) -> _Levels:
        code = family_variant or ""
        if code not in self._levels:
            found = self._structure.family_variants.get(code)
            of_attribute: dict[str, int] = {}
            axes: dict[int, tuple[str, ...]] = {}
            so_far: tuple[str, ...] = ()
            for one in found.attribute_sets if found else ():
                so_far += tuple(self._attributes.find(axis) or axis for axis in one.axes)
                axes[one.level] = so_far
                of_attribute.update((attribute.lower(), one.level) for attribute in one.attributes)
            self._levels[code] = _Levels(of_attribute, axes)
        return self._levels[code]


def _by_values(variants: Iterable[Variant], axes: Sequence[str]) -> dict[tuple[str, ...], list[Variant]]:
    """Return the variants by their values on these axes; one that lacks a value cannot be told from the others."""
    found: dict[tuple[str, ...], list[Variant]] = {}
    for variant in variants:
        if all(axis in variant.axes for axis in axes):
            found.setdefault(tuple(variant.axes[axis] for axis in axes), []).append(variant)
    return found


def _of_level(variant: Variant, levels: _Levels, level: int) -> list[Reference]:
    return [one for one in variant.images if levels.of_attribute.get(str(one[0]).lower(), 0) == level]


def _ordered(names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(names.items(), key=lambda pair: language_order(pair[0])))
