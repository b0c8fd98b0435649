"""Index Models: all models read, over the committed ones, by code; the map over products looks variants up in it."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.mapping.shards import shard_of
from akeneo_sfcc.stages.attempted import AttemptedState
from akeneo_sfcc.stages.committed import committed_entries, read_attempted, read_committed
from akeneo_sfcc.stages.contracts import RunContext, StageResult, StageTask
from akeneo_sfcc.stages.hierarchy import Identity
from akeneo_sfcc.stages.import_pages import finished_parts
from akeneo_sfcc.stages.index import MODELS, ModelEntry, PiecedIndex, make_model, write_piece
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import index_list_key, piece_key, read_summary
from akeneo_sfcc.storage.buckets import BucketFile, bucket_of
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import read_lines
from akeneo_sfcc.storage.spool import Partitions

_READ_MODELS = "read-models"


def index_models(task: StageTask, services: Services) -> StageResult:
    """Merge the models read with the committed ones.

    In a full run a model that was not read is gone; in a differential the committed ones stand. A root whose master
    catalogue is another than the committed one is rejected here, before its variants are mapped; so are the variation
    groups of rejected roots.
    """
    run = task.run
    layout = RunLayout(run.job, run.run_id)
    summary = read_summary(services, run)
    committed = read_committed(services.store, run, summary.shards)
    attempted = read_attempted(services.store, run)
    settings = services.settings(run.scope)
    deleted = settings.deletions.products == "delete"
    groups = settings.models.modelisation == "master-group-variation"
    name = _READ_MODELS if groups else MODELS
    indexed = 0
    keys: dict[int, set[str]] = {}
    objects: list[str | None] = []
    with Tally(services, run, "index_models") as tally, Partitions(summary.shards) as spool:
        for part in finished_parts(services, run, "model", summary.model_ranges):
            for line in read_lines(services.store, part.identities):
                spool.add(shard_of(Identity.parse(line).key, summary.shards), line)
        full = run.mode == "full"
        touched = set(spool.touched())
        index = committed.index(services.store, MODELS)
        for piece in range(summary.shards):
            if not full and piece not in touched:
                objects.append(index.objects[piece] if index.objects else None)
                continue
            read = [_entry(Identity.parse(line)) for line in spool.lines(piece)]
            buckets = None if full else {bucket_of(entry.key) for entry in read}
            known = committed_entries(index, piece, summary.shards, make_model, buckets)
            before = {entry.key: entry for entry in known}
            maybe = _attempted_catalogues(services, attempted, piece, summary.shards, buckets, deleted)
            entries = {} if full else dict(before)
            for entry in read:
                judged = _judged(entry, before.get(entry.key), maybe.get(entry.code), deleted, tally)
                entries[entry.key] = judged
            indexed += len(read)
            file = BucketFile(services.store, None) if full else index.file(piece)
            objects.append(write_piece(file, piece_key(run, name, piece), entries.values()))
            keys[piece] = {entry.key for entry in read}
        if groups:
            objects = _with_rejected_roots(services, run, objects, keys, tally)
        services.store.put(index_list_key(layout, MODELS), orjson.dumps(objects))
        return StageResult(counts=tally.counts | {"models": indexed})


def _judged(entry: ModelEntry, old: ModelEntry | None, maybe: str | None, deleted: bool, tally: Tally) -> ModelEntry:
    """Return a model as it was read, rejected if its master catalogue has changed.

    maybe: the catalogue an unfinished delivery may have put it in.
    """
    changed = old is not None and _changed_catalogue(entry, old, deleted)
    moved = entry.role == "root" and not entry.reject and maybe is not None and maybe != entry.catalogue
    if changed or moved:
        tally.issue(Issue("reject", "model", "catalog_changed", id=entry.code, value=entry.catalogue))
        entry = entry._replace(reject="catalog_changed")
    if entry.reject:
        # A catalogue is where SFCC holds the root: what was never written has none.
        entry = entry._replace(catalogue=old.catalogue if old else maybe)
    return entry


def _attempted_catalogues(
    services: Services,
    attempted: AttemptedState,
    piece: int,
    shards: int,
    buckets: Iterable[int] | None,
    deleted: bool,
) -> dict[str, str]:
    """Return id → catalogue of what an unfinished delivery may have put into one."""
    found = attempted.entries(services.store, piece, shards, buckets)
    return {entry.id: entry.catalogue for entry in found if entry.catalogue and not (entry.left and deleted)}


def _with_rejected_roots(
    services: Services, run: RunContext, objects: list[str | None], keys: dict[int, set[str]], tally: Tally
) -> list[str | None]:
    """Reject the level-1 models that were read and whose root is rejected, with its reason.

    A root may stand in another piece, so all of them are written first.
    """
    index = PiecedIndex(services.store, objects)
    final = list(objects)
    for piece, read in keys.items():
        entries = []
        for entry in index.entries(piece, make_model, {bucket_of(key) for key in read}):
            below = entry.key in read and entry.role == "level1" and not entry.reject
            root = index.get(entry.root.lower(), make_model) if below else None
            reason = root.reject if root is not None else None
            if reason:
                tally.issue(Issue("reject", "model", reason, id=entry.code))
            entries.append(entry._replace(reject=reason) if reason else entry)
        final[piece] = write_piece(index.file(piece), piece_key(run, MODELS, piece), entries)
    return final


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
    if old.state == "filtered":
        return False  # it was never written
    # What `deletions.products: delete` removed from SFCC may come back in any catalogue.
    return not (old.state == "left" and deleted)
