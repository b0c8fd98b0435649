"""Index Models: all models read, over the committed ones, by code; the map over products looks variants up in it."""

from __future__ import annotations

import orjson

from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.mapping.shards import shard_of
from akeneo_sfcc.stages.committed import CommittedState, read_committed
from akeneo_sfcc.stages.contracts import StageResult, StageTask
from akeneo_sfcc.stages.hierarchy import Identity
from akeneo_sfcc.stages.import_pages import finished_parts
from akeneo_sfcc.stages.index import MODELS, ModelEntry, dump_entry, make_model, write_piece
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import index_list_key, piece_key, read_summary
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import read_lines
from akeneo_sfcc.storage.spool import Partitions


def index_models(task: StageTask, services: Services) -> StageResult:
    """Merge the models read with the committed ones.

    In a full run a model that was not read is gone; in a differential the committed ones stand. A root whose master
    catalogue is another than the committed one is rejected here, before its variants are mapped.
    """
    run = task.run
    layout = RunLayout(run.job, run.run_id)
    summary = read_summary(services, run)
    committed = read_committed(services.store, run, summary.shards)
    settings = services.settings(run.scope)
    deleted = settings.deletions.products == "delete"
    indexed = 0
    objects: list[str | None] = []
    with Tally(services, run, "index_models") as tally, Partitions(summary.shards) as spool:
        for part in finished_parts(services, run, "model", summary.model_ranges):
            for line in read_lines(services.store, part.identities):
                spool.add(shard_of(Identity.parse(line).key, summary.shards), line)
        touched = set(spool.touched())
        for piece in range(summary.shards):
            if run.mode != "full" and piece not in touched and committed.shards == summary.shards:
                objects.append(committed.index(services.store, MODELS).objects[piece])
                continue
            before = _committed_models(services, committed, piece, summary.shards)
            entries = {} if run.mode == "full" else dict(before)
            for line in spool.lines(piece):
                entry = _entry(Identity.parse(line))
                old = before.get(entry.key)
                if old is not None and _changed_catalogue(entry, old, deleted):
                    tally.issue(Issue("reject", "model", "catalog_changed", id=entry.code, value=entry.catalogue))
                    entry = entry._replace(reject="catalog_changed")
                if entry.reject:
                    # A catalogue is where SFCC holds the root: what was never written has none.
                    entry = entry._replace(catalogue=old.catalogue if old else None)
                entries[entry.key] = entry
            indexed += len(entries)
            lines = [dump_entry(entry) for entry in entries.values()]
            objects.append(write_piece(services.store, piece_key(run, MODELS, piece), lines) if lines else None)
        services.store.put(index_list_key(layout, MODELS), orjson.dumps(objects))
        return StageResult(counts=tally.counts | {"models": indexed})


def _committed_models(services: Services, committed: CommittedState, piece: int, shards: int) -> dict[str, ModelEntry]:
    """Return the committed models of one piece of this run, also when the number of pieces has changed."""
    return {
        entry.key: entry
        for number in committed.sharing(piece, shards)
        for entry in committed.index(services.store, MODELS).entries(number, make_model)
        if shard_of(entry.key, shards) == piece
    }


def _entry(identity: Identity) -> ModelEntry:
    return ModelEntry(
        key=identity.key.lower(),
        code=identity.key,
        role=identity.role,
        root=identity.root or identity.key,
        family_variant=identity.family_variant or "",
        catalogue=identity.catalogue,
        reject=identity.reject,
        state="",
    )


def _changed_catalogue(entry: ModelEntry, old: ModelEntry, deleted: bool) -> bool:
    if entry.role != "root" or entry.reject or old.catalogue is None or entry.catalogue == old.catalogue:
        return False
    # What `deletions.products: delete` removed from SFCC may come back in any catalogue.
    return not (old.state == "left" and deleted)
