"""The PIM's asset manager (Enterprise Edition): families, their attributes, assets.

Shapes: https://api.akeneo.com/api-reference-index.html#Assetfamily. Unlike products, values name their `channel`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from akeneo_sfcc.errors import DataError

MEDIA_FILE = "media_file"
MEDIA_LINK = "media_link"
LABEL = "label"
"""The attribute every asset family has; it cannot be renamed or removed."""

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AssetAttribute:
    """An attribute of an asset family. media_type: image, pdf, youtube, vimeo, other; prefix, suffix: of links."""

    code: str
    type: str
    media_type: str = ""
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class AssetFamily:
    """An asset family; main_media: the attribute that stands for its assets, None where the PIM names none."""

    code: str
    main_media: str | None
    attributes: Mapping[str, AssetAttribute]


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset in one channel.

    labels: PIM locale → text. files: `(asset attribute, PIM locale or None, media code or link)`, by attribute.
    """

    family: str
    code: str
    labels: Mapping[str, str] = field(default_factory=dict)
    files: tuple[tuple[str, str | None, str], ...] = ()

    @property
    def key(self) -> str:
        """What collections find it by; codes are joined without regard to case."""
        return asset_key(self.family, self.code)


def asset_key(family: str, code: str) -> str:
    """Return the key of an asset."""
    return f"{family}/{code.lower()}"


def asset_attribute(raw: Raw) -> AssetAttribute:
    """Return an attribute of `/asset-families/{family}/attributes`."""
    return AssetAttribute(
        _code(raw, "asset attribute"),
        _text(raw, "type"),
        _text(raw, "media_type"),
        _text(raw, "prefix"),
        _text(raw, "suffix"),
    )


def asset_family(raw: Raw, attributes: Iterable[AssetAttribute]) -> AssetFamily:
    """Return a family of `/asset-families` with its attributes."""
    main = _text(raw, "attribute_as_main_media") or None
    return AssetFamily(_code(raw, "asset family"), main, {one.code: one for one in attributes})


def asset(raw: Raw, family: AssetFamily, channel: str) -> Asset:
    """Return an asset of `/asset-families/{family}/assets`, with what it has in this channel."""
    code = _code(raw, "asset")
    values = raw.get("values") or {}
    if not isinstance(values, dict):
        raise DataError(f"the PIM sent an asset that cannot be read ({code!r}): values is no object")
    labels: dict[str, str] = {}
    files: list[tuple[str, str | None, str]] = []
    for name in sorted(values):
        attribute = family.attributes.get(name)
        for locale, data in _entries(values[name], channel):
            if name == LABEL and locale is not None:
                labels[locale] = data
            elif attribute is not None and attribute.type in (MEDIA_FILE, MEDIA_LINK):
                files.append((name, locale, data))
    return Asset(family.code, code, labels, tuple(sorted(files, key=lambda one: (one[0], one[1] or ""))))


def _entries(entries: Any, channel: str) -> Iterable[tuple[str | None, str]]:
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and entry.get("channel") in (None, channel):
            data = entry.get("data")
            if isinstance(data, str) and data.strip():
                yield entry.get("locale"), data


def _code(raw: Any, kind: str) -> str:
    code = raw.get("code") if isinstance(raw, dict) else None
    if not isinstance(code, str) or not code:
        raise DataError(f"the PIM sent an {kind} that cannot be read ({str(raw)[:100]!r}): no code")
    return code


def _text(raw: Raw, name: str) -> str:
    text = raw.get(name)
    return text if isinstance(text, str) else ""
