"""Gather Media: which binaries the products read name, where they go, and which of them the PIM still has to send.

Works piece by piece (a piece of all media codes, by hash), so memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import orjson

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.mapping.assets import AssetPlan
from akeneo_sfcc.mapping.known_media import no_asset
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.media_paths import media_path
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.asset_files import ASSET_PIECES, AssetIndex, asset_piece, load_families
from akeneo_sfcc.stages.committed_media import GONE, UNUSABLE, CommittedMedia, read_committed_media
from akeneo_sfcc.stages.contracts import GatherMediaResult, RunContext, StageTask
from akeneo_sfcc.stages.media_entities import find_entities
from akeneo_sfcc.stages.media_hierarchy import MediaHierarchy
from akeneo_sfcc.stages.media_lines import (
    ASSET_MEDIA,
    PIECES,
    PRODUCT_MEDIA,
    StoredBinary,
    WantedBinary,
    export_path,
    kind_of,
    piece_of,
)
from akeneo_sfcc.stages.media_parts import finished_media_parts, read_media_items
from akeneo_sfcc.stages.read_assets import read_assets_note
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import kept_structure, state_layout
from akeneo_sfcc.storage.layout import RunLayout, media
from akeneo_sfcc.storage.sections import pack_lines, read_lines, unpack_lines, write_lines
from akeneo_sfcc.storage.spool import Partitions

TRANSFERS = "transfers"
PRICES = "prices"
MODELS = "models"
_BATCHES_PER_CALLER = 8
_SMALLEST_BATCH = 10
_LARGEST_BATCH = 200


def gather_media(task: StageTask, services: Services) -> GatherMediaResult:
    """Write the batches of the transfer map and the prices of all products that SFCC gets."""
    run = task.run
    layout = RunLayout(run.job, run.run_id)
    settings = services.settings(run.scope)
    committed = read_committed_media(services.store, run.committed)
    with (
        Tally(services, run, "gather_media") as tally,
        Partitions(PIECES) as named,
        Partitions(ASSET_PIECES) as shown,
        Partitions(PIECES) as wanted,
    ):
        _spread(services, run, committed, named, shown)
        _add_assets(services, run, settings, shown, named, tally)
        gathering = _Gathering(services, run, settings, committed, tally)
        total = unknown = 0
        for piece in named.touched():
            for binary in gathering.decide(piece, named):
                wanted.add(piece, binary.dump())
                total += 1
                unknown += binary.sha256 is None and binary.source == PRODUCT_MEDIA
        client = services.pim(settings)
        tally.watch(client)
        with find_entities(services, client, unknown, run.max_concurrency) as entities:
            described = (
                entities.described(piece, WantedBinary.parse(line))
                for piece in wanted.touched()
                for line in wanted.lines(piece)
            )
            batches = _write_batches(services, run, described, total)
        services.store.put(layout.plan("missing"), orjson.dumps(gathering.missing))
    return GatherMediaResult(
        transfers_key=layout.plan(TRANSFERS),
        counts={"binaries": total, "unknown": unknown, "batches": batches, "missing": len(gathering.missing)},
    )


def _spread(
    services: Services, run: RunContext, committed: CommittedMedia, named: Partitions, shown: Partitions
) -> None:
    """Regroup what was read: by media code, by asset; write models and prices as the stages behind need them."""
    store, layout, state = services.store, RunLayout(run.job, run.run_id), state_layout(run)
    markers = finished_media_parts(services, run)
    keeps = run.mode != "full" and committed.models is not None
    hierarchy = MediaHierarchy(read_lines(store, str(committed.models)) if keeps else ())
    for item in read_media_items(services, markers):
        if item.model:
            hierarchy.add(item)
    with write_lines(store, state.index(MODELS, 0, run.run_id)) as write:
        for line in hierarchy.lines():
            write(line)
    with write_lines(store, layout.part(PRICES, 0, 0, 0, "items")) as write:
        for item in read_media_items(services, markers):
            catalogue = hierarchy.catalogue(item)
            if not item.model and item.id:
                # What is rejected stays in SFCC as it was, and so does its price; a product set has none of its own.
                write(orjson.dumps([item.id, None if catalogue is None else item.prices or {}]))
            for code in item.media if catalogue is not None else ():
                named.add(piece_of(code), orjson.dumps([code, PRODUCT_MEDIA, catalogue]))
            for key in item.assets if catalogue is not None else ():
                shown.add(asset_piece(key), orjson.dumps([key, catalogue]))


def _add_assets(
    services: Services, run: RunContext, settings: Settings, shown: Partitions, named: Partitions, tally: Tally
) -> None:
    """Add the binaries of the assets that products show, and warn of links that no image group can show."""
    note = read_assets_note(services, run)
    if note.families is None:
        return
    structure = kept_structure(services, run)
    families = load_families(services.store.get(note.families))
    plan = AssetPlan(settings, structure, LocalePlan(settings, structure), families, no_asset)
    for piece in shown.touched():
        index = AssetIndex(services.store, note.pieces)  # one piece of it is in memory at a time
        catalogues: dict[str, set[str]] = {}
        for line in shown.lines(piece):
            key, catalogue = orjson.loads(line)
            catalogues.setdefault(key, set()).add(catalogue)
        for key in sorted(catalogues):
            asset = index.find(key)
            if asset is None:
                continue
            for attribute, locale, link in plan.outside(asset):
                tally.issue(Issue("warn", "asset", "link_outside_location", asset.code, None, attribute, locale, link))
            for code in plan.binaries(asset):
                for catalogue in sorted(catalogues[key]):
                    named.add(piece_of(code), orjson.dumps([code, ASSET_MEDIA, catalogue]))


class _Gathering:
    """Decides about each media code. missing: `[code, why]` of those that are left out."""

    def __init__(
        self, services: Services, run: RunContext, settings: Settings, committed: CommittedMedia, tally: Tally
    ) -> None:
        self._services = services
        self._run = run
        self._settings = settings
        self._committed = committed
        self._tally = tally
        known = committed.missing_codes(services.store)
        self._gone = frozenset() if run.force_full else frozenset(c for c, why in known.items() if why == GONE)
        self.missing: list[list[str]] = []

    def decide(self, piece: int, named: Partitions) -> Iterator[WantedBinary]:
        """Yield the binaries of a piece that go into the export, by code."""
        sources: dict[str, str] = {}
        catalogues: dict[str, set[str]] = {}
        for line in named.lines(piece):
            code, source, catalogue = orjson.loads(line)
            sources[code] = source
            catalogues.setdefault(code, set()).add(catalogue)
        stored = self._stored(piece)
        taken: dict[str, str] = {}
        for code in sorted(sources):
            source, places = sources[code], sorted(catalogues[code])
            if code in self._gone:
                self._leave_out(code, source, GONE, "media_missing", "gone from the PIM, as an earlier run found")
            elif not self._can_be_stored(code, places):
                self._leave_out(code, source, UNUSABLE, "media_missing", "no name a file can have")
            elif (other := taken.setdefault(media_path("", code), code)) != code:
                self._leave_out(code, source, UNUSABLE, "id_collision", f"has the path of {other}")
            else:
                found = stored.get(code)
                if found is None:
                    yield WantedBinary(code, source, places)
                else:
                    known = self._delivered(found)
                    yield WantedBinary(code, source, places, found.size, found.mime_type, found.sha256, known)

    def _delivered(self, found: StoredBinary) -> Sequence[str]:
        """Return where SFCC has a binary; another instance has nothing, and force_full fills this one anew."""
        known = found.host == self._settings.delivery.host and not self._run.force_full
        return found.delivered if known else ()

    def _stored(self, piece: int) -> dict[str, StoredBinary]:
        key = self._committed.stored[piece] if self._committed.stored else None
        if key is None:
            return {}
        found = (StoredBinary.parse(line) for line in unpack_lines(self._services.store.get(key)))
        return {binary.code: binary for binary in found}

    def _can_be_stored(self, code: str, catalogues: list[str]) -> bool:
        """Tell whether the code is safe as an object's key and as part of an address: no `..`, no NUL, not absolute."""
        layout = RunLayout(self._run.job, self._run.run_id)
        try:
            media(code)
            for catalogue in catalogues:
                layout.export(export_path(self._settings, catalogue, code))
        except DataError:
            return False
        return True

    def _leave_out(self, code: str, source: str, why: str, reason: str, value: str) -> None:
        kind = kind_of(source)
        self._tally.count(kind, "read")
        self._tally.count(kind, "rejected")
        self._tally.issue(Issue("warn", kind, reason, id=code, value=value))
        self.missing.append([code, why])


def _write_batches(services: Services, run: RunContext, binaries: Iterator[WantedBinary], total: int) -> int:
    """Write the map's items: several batches for each connection, so that a slow one does not keep others waiting."""
    layout = RunLayout(run.job, run.run_id)
    size = -(-total // (run.max_concurrency * _BATCHES_PER_CALLER))
    size = max(_SMALLEST_BATCH, min(size, _LARGEST_BATCH))
    items: list[dict[str, int]] = []
    while lines := [binary.dump() for binary in islice(binaries, size)]:
        services.store.put(batch_key(layout, len(items)), pack_lines(lines))
        items.append({"index": len(items)})
    services.store.put(layout.plan(TRANSFERS), orjson.dumps(items))
    return len(items)


def batch_key(layout: RunLayout, index: int) -> str:
    """Return where the binaries of a batch are listed."""
    return layout.part(TRANSFERS, index, 0, 0, "items")
