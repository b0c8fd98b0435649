"""Lists the image values of a product in the order their images are written (docs/mapping.md section 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.pim.model import Structure, Values

if TYPE_CHECKING:
    from akeneo_sfcc.settings import Settings

_IMAGE = "pim_catalog_image"


class ImageReferences:
    """Which image attributes are images, and in which order."""

    def __init__(
        self,
        settings: Settings,
        structure: Structure,
        attributes: AttributePlan,
        locales: LocalePlan,
        gone: frozenset[str] = frozenset(),
        codes: tuple[str, ...] | None = None,
    ) -> None:
        """Order the attributes: as configured, else by sort order and code.

        gone: media codes that are left out. codes: these attributes instead, whatever the settings say.
        """
        self._structure = structure
        self._gone = gone
        self._channel = structure.channel.code
        self._locales = locales
        wanted = settings.images.attributes
        self._family_image_first = wanted is None and codes is None
        self._codes: tuple[str, ...] = codes or ()
        if codes is not None or settings.images.source in ("assets", "none"):
            pass
        elif wanted is not None:
            found = (attributes.find(code) for code in wanted)
            self._codes = tuple(dict.fromkeys(code for code in found if code is not None))
        else:
            images = [one for one in structure.attributes.values() if one.type == _IMAGE]
            self._codes = tuple(one.code for one in sorted(images, key=lambda one: (one.sort_order, one.code)))
        self._known = frozenset(self._codes)
        self._wanted = {
            code: frozenset(locale for locale, _ in locales.outputs_of(structure.attributes[code].available_locales))
            for code in self._codes
        }

    @property
    def codes(self) -> tuple[str, ...]:
        """The attributes, in order."""
        return self._codes

    def belong_to(self, family: str | None) -> bool:
        """Tell whether products of a family may have images."""
        found = self._structure.families.get(family or "")
        return found is not None and not self._known.isdisjoint(found.attributes)

    def of(self, family: str | None, values: Values) -> list[list[str | None]]:
        """Return `[attribute, PIM locale or None, media code]` of every image value of the run."""
        if self._known.isdisjoint(values):
            return []
        codes = self._codes
        if self._family_image_first and (found := self._structure.families.get(family or "")) is not None:
            first = found.attribute_as_image
            if first in self._known:
                codes = (str(first), *(code for code in codes if code != first))
        return [reference for code in codes if code in values for reference in self._references(code, values)]

    def _references(self, code: str, values: Values) -> list[list[str | None]]:
        attribute = self._structure.attributes[code]
        references: dict[str | None, str] = {}
        for entry in values[code]:
            locale, media_code = entry.get("locale"), entry.get("data")
            if attribute.scopable and entry.get("scope") != self._channel:
                continue
            if not attribute.localizable:
                locale = None
            elif locale not in self._wanted[code]:
                continue
            if isinstance(media_code, str) and media_code.strip() and media_code not in self._gone:
                references.setdefault(locale, media_code)
        return [[code, locale, references[locale]] for locale in sorted(references, key=lambda one: one or "")]
