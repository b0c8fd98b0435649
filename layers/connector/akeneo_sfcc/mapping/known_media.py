"""What the media job found out about binaries and assets, as far as products depend on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from akeneo_sfcc.pim.assets import Asset, AssetFamily


def no_asset(key: str) -> Asset | None:
    """Find no asset."""
    del key
    return None


@dataclass(frozen=True, slots=True)
class KnownMedia:
    """The committed state of the media job, read by product jobs; empty before it ever ran.

    gone: media codes without a binary that can be used; images and values that name one are left out. find_asset:
    asset key → the asset, None when it is gone. families: of the assets, by code. assets_digest: of all of them.
    """

    gone: frozenset[str] = frozenset()
    find_asset: Callable[[str], Asset | None] = no_asset
    families: Mapping[str, AssetFamily] = field(default_factory=dict)
    assets_digest: str = ""

    @property
    def signs(self) -> frozenset[str]:
        """Everything here that decides what is written of a product; the PIM calls no product changed for it."""
        return self.gone | {f"assets {self.assets_digest}"} if self.assets_digest else self.gone


NOTHING_KNOWN = KnownMedia()
