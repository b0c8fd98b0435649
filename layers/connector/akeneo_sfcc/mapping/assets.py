"""Assets of products → images of their groups, and the JSON of `akeneo_assetsData` (docs/mapping.md section 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from akeneo_sfcc.mapping.locales import X_DEFAULT, LocalePlan
from akeneo_sfcc.mapping.media_paths import media_path
from akeneo_sfcc.mapping.values import compact_json
from akeneo_sfcc.pim.assets import MEDIA_FILE, MEDIA_LINK, Asset, AssetAttribute, AssetFamily, asset_key
from akeneo_sfcc.pim.model import Structure, Values
from akeneo_sfcc.sfcc.image_element import PATH_LENGTH
from akeneo_sfcc.sfcc.limits import remove_forbidden

if TYPE_CHECKING:
    from akeneo_sfcc.settings import Settings

ASSET_COLLECTION = "pim_catalog_asset_collection"
_IMAGE = "image"

FindAsset = Callable[[str], Asset | None]
"""Asset key → the asset, None when it is gone."""


def collections(settings: Settings, structure: Structure) -> tuple[str, ...]:
    """Return the asset collection attributes that are looked at, in order; none unless assets are a source."""
    if settings.images.source not in ("assets", "both"):
        return ()
    found = [one for one in structure.attributes.values() if one.type == ASSET_COLLECTION and one.reference_data_name]
    return tuple(one.code for one in sorted(found, key=lambda one: (one.sort_order, one.code)))


class AssetPlan:
    """How assets are shown, under these settings."""

    def __init__(
        self,
        settings: Settings,
        structure: Structure,
        locales: LocalePlan,
        families: Mapping[str, AssetFamily],
        find: FindAsset,
        gone: frozenset[str] = frozenset(),
    ) -> None:
        """Take what the media job read. gone: media codes without a binary that can be used."""
        self.codes = collections(settings, structure)
        self._known = frozenset(self.codes)
        self._structure = structure
        self._channel = structure.channel.code
        self._locales = locales
        self._families = families
        self._find = find
        self._gone = gone
        self._base_path = settings.images.base_path
        self._media = settings.images.media
        self._view_types = settings.images.view_types
        self._link_view_types = {code.lower(): name for code, name in settings.images.link_view_types.items()}
        location = settings.images.external_location
        self._location = None if location is None else location.rstrip("/") + "/"

    def images(self, values: Values) -> list[list[Any]]:
        """Return the image references of a product's assets, as `ItemRecord.images` holds them."""
        if self._known.isdisjoint(values):
            return []
        return [
            [attribute, own or locale, *target]
            for attribute, locale, asset in self._assets(values)
            for own, target in self.pictures(asset)
            if locale is None or own in (None, locale)
        ]

    def data(self, values: Values) -> str | None:
        """Return the JSON of all assets of a product; None if it has none."""
        found: dict[str, list[dict[str, Any]]] = {}
        for attribute, locale, asset in self._assets(values) if not self._known.isdisjoint(values) else ():
            found.setdefault(self._name(attribute, locale), []).append(self._entry(asset))
        return remove_forbidden(compact_json(found)) if found else None

    def pictures(self, asset: Asset) -> Iterator[tuple[str | None, tuple[str, ...]]]:
        """Yield what an asset adds to image groups: locale, and a media code or path and view type of a link."""
        family = self._families.get(asset.family)
        for code, locale, data in asset.files:
            attribute = family.attributes.get(code) if family is not None else None
            if family is None or attribute is None or attribute.media_type != _IMAGE or not self._in_run(locale):
                continue
            if attribute.type == MEDIA_FILE:
                if self._media != MEDIA_LINK and code == family.main_media and data not in self._gone:
                    yield locale, (data,)
            elif self._media == MEDIA_LINK:
                path = self.link_path(attribute, data)
                for view_type in self._link_views(family, code) if path else ():
                    yield locale, (str(path), view_type)

    def link_path(self, attribute: AssetAttribute, data: str) -> str | None:
        """Return a link relative to the catalogue's external location; None for one outside of it."""
        url = _url(attribute, data)
        if self._location is None or not url.startswith(self._location):
            return None
        path = url[len(self._location) :]
        # `..` would lead out of the location again; SFCC takes no longer path.
        is_inside = path and ".." not in path.split("/") and len(path) <= PATH_LENGTH and path == path.strip()
        return path if is_inside else None

    def outside(self, asset: Asset) -> list[tuple[str, str | None, str]]:
        """Return `(asset attribute, locale, link)` of image links that groups would show but cannot."""
        family = self._families.get(asset.family)
        if family is None or self._media != MEDIA_LINK:
            return []
        return [
            (code, locale, _url(attribute, data))
            for code, locale, data in asset.files
            if (attribute := family.attributes.get(code)) is not None
            and (attribute.type, attribute.media_type) == (MEDIA_LINK, _IMAGE)
            and self._link_views(family, code)
            and self._in_run(locale)
            and self.link_path(attribute, data) is None
        ]

    def binaries(self, asset: Asset) -> list[str]:
        """Return the media codes of an asset's files: all of them are named by the JSON."""
        family = self._families.get(asset.family)
        attributes = family.attributes if family is not None else {}
        return [
            data
            for code, locale, data in asset.files
            if code in attributes and attributes[code].type == MEDIA_FILE and self._in_run(locale)
        ]

    def _link_views(self, family: AssetFamily, code: str) -> tuple[str, ...]:
        mapped = self._link_view_types.get(code.lower())
        if mapped is not None:
            return (mapped,)
        return self._view_types if code == family.main_media else ()

    def _assets(self, values: Values) -> Iterator[tuple[str, str | None, Asset]]:
        """Yield `(collection attribute, locale, asset)` in the PIM's order."""
        for code in self.codes:
            attribute = self._structure.attributes[code]
            for entry in values.get(code, ()):
                locale, data = entry.get("locale"), entry.get("data")
                if (attribute.scopable and entry.get("scope") != self._channel) or not self._in_run(locale):
                    continue
                for name in data if isinstance(data, list) else ():
                    asset = self._find(asset_key(str(attribute.reference_data_name), str(name)))
                    if asset is not None:
                        yield code, locale, asset

    def _entry(self, asset: Asset) -> dict[str, Any]:
        labels = {self._locales.targets[loc]: text for loc, text in sorted(asset.labels.items()) if self._has_lang(loc)}
        family = self._families.get(asset.family)
        files: dict[str, str] = {}
        for code, locale, data in asset.files:
            attribute = family.attributes.get(code) if family is not None else None
            if attribute is None or not self._in_run(locale) or data in self._gone:
                continue
            is_file = attribute.type == MEDIA_FILE
            files[self._name(code, locale)] = media_path(self._base_path, data) if is_file else _url(attribute, data)
        return {"code": asset.code, "family": asset.family, "label": labels, "files": files}

    def _name(self, code: str, locale: str | None) -> str:
        lang = self._locales.targets.get(locale) if locale is not None else None
        return f"{code}_{lang}" if lang and lang != X_DEFAULT else code

    def _has_lang(self, locale: str) -> bool:
        return self._locales.targets.get(locale, X_DEFAULT) != X_DEFAULT

    def _in_run(self, locale: str | None) -> bool:
        return locale is None or locale in self._locales.targets


def _url(attribute: AssetAttribute, data: str) -> str:
    return f"{attribute.prefix}{data}{attribute.suffix}"
