"""Index Media: what was transferred, over what was stored before: the media job's new committed state."""

from __future__ import annotations

from dataclasses import replace

import orjson

from akeneo_sfcc.stages.build_pricebooks import PRICEBOOKS
from akeneo_sfcc.stages.committed_media import CommittedMedia, read_committed_media
from akeneo_sfcc.stages.contracts import RunContext, StageResult, StageTask
from akeneo_sfcc.stages.gather_media import MODELS
from akeneo_sfcc.stages.media_lines import PIECES, StoredBinary, piece_of
from akeneo_sfcc.stages.read_assets import read_assets_note
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.transfer_media import STAGE
from akeneo_sfcc.stages.work import state_layout
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import pack_lines, unpack_lines
from akeneo_sfcc.storage.spool import Partitions

_STORED = "stored"
_MISSING = "missing"


def index_media(task: StageTask, services: Services) -> StageResult:
    """Write the index of binaries, the list of missing ones and the state's manifest."""
    run = task.run
    layout = RunLayout(run.job, run.run_id)
    committed = read_committed_media(services.store, run.committed)
    missing: dict[str, str] = {} if run.mode == "full" else committed.missing_codes(services.store)
    with Tally(services, run, "index_media"), Partitions(PIECES) as spool:
        missing.update(orjson.loads(services.store.get(layout.plan(_MISSING))))
        for key in services.store.list(layout.files_dir):
            if not key.startswith(f"{layout.files_dir}{STAGE}-"):
                continue
            note = orjson.loads(services.store.get(key))
            missing.update(note["missing"])
            for line in note["stored"]:
                stored = StoredBinary(*line)
                missing.pop(stored.code, None)
                spool.add(piece_of(stored.code), stored.dump())
        pieces = _pieces(services, run, committed, spool)
        assets = read_assets_note(services, run)
        books = orjson.loads(services.store.get(layout.plan(PRICEBOOKS)))
        state = replace(
            committed,
            run_id=run.run_id,
            stored=tuple(pieces),
            missing=_put_missing(services, run, missing),
            models=state_layout(run).index(MODELS, 0, run.run_id),
            prices=books["prices"],
            priced=books["priced"],
            pricebooks=books["books"],
            held_prices=books.get("held_prices"),
            held_books=books.get("held_books"),
            assets=assets.pieces,
            asset_digests=assets.digests,
            asset_families=assets.families,
        )
        services.store.put(state_layout(run).manifest(run.run_id), state.dump())
    return StageResult(counts={"missing": len(missing)})


def _pieces(services: Services, run: RunContext, committed: CommittedMedia, spool: Partitions) -> list[str | None]:
    """Return the index's pieces; nothing is ever taken out of it, because nothing is ever taken out of the store."""
    pieces = list(committed.stored) or [None] * PIECES
    for piece in spool.touched():
        old = pieces[piece]
        lines = [] if old is None else unpack_lines(services.store.get(old))
        merged = {StoredBinary.parse(line).code: line for line in (*lines, *spool.lines(piece))}
        key = state_layout(run).index(_STORED, piece, run.run_id)
        services.store.put(key, pack_lines([merged[code] for code in sorted(merged)]))
        pieces[piece] = key
    return pieces


def _put_missing(services: Services, run: RunContext, missing: dict[str, str]) -> str | None:
    if not missing:
        return None
    key = state_layout(run).index(_MISSING, 0, run.run_id)
    services.store.put(key, pack_lines([orjson.dumps([code, missing[code]]) for code in sorted(missing)]))
    return key
