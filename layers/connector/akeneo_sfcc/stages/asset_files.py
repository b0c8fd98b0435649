"""The media job's assets: the families in one file, the assets in an index of pieces, found by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict

import orjson

from akeneo_sfcc.mapping.shards import shard_of
from akeneo_sfcc.pim.assets import Asset, AssetAttribute, AssetFamily
from akeneo_sfcc.storage.objects import ObjectStore
from akeneo_sfcc.storage.sections import unpack_lines

ASSET_PIECES = 32


def asset_piece(key: str) -> int:
    """Return the piece of the index an asset is in."""
    return shard_of(key, ASSET_PIECES)


def dump_asset(asset: Asset) -> bytes:
    """Return an asset as one line, its key first."""
    return orjson.dumps([asset.key, asset.family, asset.code, asset.labels, asset.files])


def load_asset(line: bytes) -> Asset:
    """Undo `dump_asset`."""
    _, family, code, labels, files = orjson.loads(line)
    return Asset(family, code, labels, tuple((name, locale, data) for name, locale, data in files))


def dump_families(families: Iterable[AssetFamily]) -> bytes:
    """Return families as they are kept."""
    return orjson.dumps([asdict(family) for family in families])


def load_families(body: bytes) -> dict[str, AssetFamily]:
    """Undo `dump_families`; by code."""
    return {
        raw["code"]: AssetFamily(
            raw["code"],
            raw["main_media"],
            {code: AssetAttribute(**attribute) for code, attribute in raw["attributes"].items()},
        )
        for raw in orjson.loads(body)
    }


class AssetIndex:
    """Finds assets by key; pieces are read when first asked for and kept as lines, about 300 bytes an asset."""

    def __init__(self, store: ObjectStore, pieces: Iterable[str | None]) -> None:
        """Take the pieces' keys; nothing is read yet."""
        self._store = store
        self._objects = list(pieces)
        self._kept: dict[int, Mapping[str, bytes]] = {}

    def find(self, key: str) -> Asset | None:
        """Return an asset, or None."""
        if not self._objects:
            return None
        piece = asset_piece(key)
        if piece not in self._kept:
            place = self._objects[piece]
            lines = unpack_lines(self._store.get(place)) if place else []
            self._kept[piece] = {orjson.loads(line)[0]: line for line in lines}
        line = self._kept[piece].get(key)
        return load_asset(line) if line is not None else None
