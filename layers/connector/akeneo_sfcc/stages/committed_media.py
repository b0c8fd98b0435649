"""What the media job commits: which binaries are stored, which are gone, the assets, the prices written.

Product jobs read it, too: an image without a binary is left out of products, and assets are known from here alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import orjson

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.mapping.known_media import NOTHING_KNOWN, KnownMedia
from akeneo_sfcc.stages.asset_files import AssetIndex, load_families
from akeneo_sfcc.stages.contracts import RunContext
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.work import kept
from akeneo_sfcc.storage.objects import ObjectStore
from akeneo_sfcc.storage.sections import read_lines

FORMAT = 1
GONE = "gone"
"""The PIM answered that there is no such binary: it is not asked again, unless a run is forced to be full."""
UNUSABLE = "unusable"
"""What came was not what the PIM describes: every run tries again."""


@dataclass(frozen=True, slots=True)
class CommittedMedia:
    """The media state of one scope, as keys of objects; empty before the first success.

    stored: pieces of the index of binaries, lines `[code, size, sha256, mime type]`. missing: lines `[code, why]`.
    models: lines `[lower-case code, parent, catalogue]`. prices: lines `[product id, currencies]`, by id.
    pricebooks: currency → id of its book, of all that are online. assets, asset_digests: pieces of the asset index, and
    of what is in them. asset_families: the families' definitions, as `read_assets` keeps them.
    held_prices, held_books: after an unfinished delivery, what SFCC may hold until this state is committed: lines as
    in prices, and `[currency, id]` of books; None when the state says it all.
    """

    run_id: str | None = None
    stored: tuple[str | None, ...] = ()
    missing: str | None = None
    models: str | None = None
    prices: str | None = None
    priced: int = 0
    pricebooks: dict[str, str] = field(default_factory=dict)
    assets: tuple[str | None, ...] = ()
    asset_digests: tuple[str, ...] = ()
    asset_families: str | None = None
    held_prices: str | None = None
    held_books: tuple[tuple[str, str], ...] | None = None

    @property
    def attempted_prices(self) -> str | None:
        """Return the key of the prices that SFCC may hold when a delivery of this state was not concluded."""
        return self.prices if self.held_books is None else self.held_prices

    @property
    def attempted_books(self) -> tuple[tuple[str, str], ...]:
        """Return `(currency, id)` of the books that may be online when a delivery of this state was not concluded."""
        return tuple(sorted(self.pricebooks.items())) if self.held_books is None else self.held_books

    def dump(self) -> bytes:
        """Return the manifest's bytes."""
        return orjson.dumps({"format": FORMAT, **{name: getattr(self, name) for name in self.__slots__}})

    def missing_codes(self, store: ObjectStore) -> dict[str, str]:
        """Return media code → why there is no usable binary of it."""
        if self.missing is None:
            return {}
        return dict(orjson.loads(line) for line in read_lines(store, self.missing))


def read_committed_media(store: ObjectStore, key: str | None) -> CommittedMedia:
    """Read a manifest; an empty state for None. Raises DataError when it is missing or damaged."""
    if key is None:
        return CommittedMedia()
    body = store.get(key)
    try:
        document: dict[str, Any] = orjson.loads(body)
        if document.pop("format") != FORMAT:
            raise DataError(f"the committed state {key} has another format than {FORMAT}; start with force_full")
        tuples: dict[str, Any] = {name: tuple(document[name]) for name in ("stored", "assets", "asset_digests")}
        if document.get("held_books") is not None:
            tuples["held_books"] = tuple((currency, id_) for currency, id_ in document["held_books"])
        return CommittedMedia(**{**document, **tuples})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"the committed state {key} is damaged ({error}); start with force_full") from error


def known_media(services: Services, run: RunContext) -> KnownMedia:
    """Return what a product job has to know of binaries and assets, read once per process."""
    if run.media is None:
        return NOTHING_KNOWN
    known: KnownMedia | None = kept(services, "media", run.media, None)
    if known is None:
        committed = read_committed_media(services.store, run.media)
        families = committed.asset_families
        body = b"[]" if families is None else services.store.get(families)
        digest = hashlib.sha256(b"\0".join((body, *(piece.encode() for piece in committed.asset_digests))))
        known = KnownMedia(
            gone=frozenset(committed.missing_codes(services.store)),
            find_asset=AssetIndex(services.store, committed.assets).find,
            families=load_families(body),
            assets_digest="" if families is None else digest.hexdigest(),
        )
        kept(services, "media", run.media, known)
    return known
