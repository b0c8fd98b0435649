"""Index Products: join everything read with everything committed, by SFCC id and by PIM key.

An id is one product in SFCC, whatever uuid or master stands behind it, so three questions are answered here, once for
all shards: which committed ids left, which moved to another shard, and which ids are claimed twice or changed their
master catalogue. The answers go to the shards as facts; the indexes become part of the new committed state.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Literal

import orjson

from akeneo_sfcc.mapping.associations import RelationPlan
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.stages.committed import committed_entries, read_attempted, read_committed
from akeneo_sfcc.stages.contracts import ShardPlanResult, StageTask
from akeneo_sfcc.stages.departures import tell_apart
from akeneo_sfcc.stages.facts import Fact, write_facts
from akeneo_sfcc.stages.hierarchy import Identity
from akeneo_sfcc.stages.id_holders import IdHolders
from akeneo_sfcc.stages.identity_join import IdentityJoin
from akeneo_sfcc.stages.import_pages import Part, finished_parts
from akeneo_sfcc.stages.index import (
    KEYS,
    MISSING,
    MODELS,
    KeyEntry,
    PiecedIndex,
    make_key,
    make_missing,
    make_model,
    token_of,
)
from akeneo_sfcc.stages.places import write_places
from akeneo_sfcc.stages.searched_models import SearchedModels
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import index_list_key, kept_structure, read_summary
from akeneo_sfcc.storage.buckets import bucket_of
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.spool import Partitions


def index_products(task: StageTask, services: Services) -> ShardPlanResult:
    """Write the run's indexes, the facts for the shards and the list of shards to build."""
    run = task.run
    layout = RunLayout(run.job, run.run_id)
    summary = read_summary(services, run)
    with Tally(services, run, "index_products") as tally, ExitStack() as stack:
        join = IdentityJoin(
            services=services,
            run=run,
            layout=layout,
            summary=summary,
            settings=services.settings(run.scope),
            committed=read_committed(services.store, run, summary.shards),
            attempted=read_attempted(services.store, run),
            models=PiecedIndex(services.store, orjson.loads(services.store.get(index_list_key(layout, MODELS)))),
            tally=tally,
        )
        by_id = stack.enter_context(Partitions(summary.shards))
        by_key = stack.enter_context(Partitions(summary.shards))
        model_parts = finished_parts(services, run, "model", summary.model_ranges)
        product_parts = finished_parts(services, run, "product", summary.product_ranges)
        _warn_unmapped(join, model_parts + product_parts)
        _spread(join, model_parts, product_parts, by_id, by_key)
        if not join.full:
            _find_renamed(join, by_key)
        IdHolders(join, by_id).write()
        _write_keys(join, by_key)
        write_places(services.store, layout, model_parts + product_parts)
        shards = _finish(join, {int(number) for part in model_parts + product_parts for number in part.sections})
        return ShardPlanResult(shards_key=layout.shard_items, counts=tally.counts | {"shards": shards})


def _warn_unmapped(join: IdentityJoin, parts: list[Part]) -> None:
    """Warn once of every association type that has targets and no place in SFCC."""
    seen = {code for part in parts for code in part.association_types}
    for code in sorted(seen - RelationPlan(join.settings).used):
        join.tally.issue(Issue("warn", "association", "unmapped_association_type", id=code))


def _spread(
    join: IdentityJoin, model_parts: list[Part], product_parts: list[Part], by_id: Partitions, by_key: Partitions
) -> None:
    """Partition all identities by id and by key; note rejects of models that the model index found."""
    searched = SearchedModels(join, product_parts)
    read: set[str] = set()
    for identity, line in join.identities(model_parts):
        code = identity.key.lower()
        read.add(code)
        entry = join.models.get(code, make_model)
        if entry is not None and entry.exported and join.committed_model(code) is None:
            join.arrived.add(token_of(identity.key, True))
        if entry is not None and entry.reject and not identity.reject:
            join.fact(identity.home, Fact("reject", id=identity.id, key=identity.key, reason=entry.reject))
            continue
        _find_moved_model(join, identity)
        if identity.reject or not join.exports(identity):
            continue
        if searched.leave_out(identity):
            join.fact(identity.home, Fact("filtered", id=identity.id, key=identity.key))
            continue
        by_id.add(join.piece(identity.id.lower()), line)
    searched.finish(read, by_id)
    for identity, line in join.identities(product_parts):
        by_key.add(join.piece(identity.key), line)
        if identity.reject:
            join.rejected_keys.add(identity.key)
        if identity.id:
            by_id.add(join.piece(identity.id.lower()), line)


def _find_moved_model(join: IdentityJoin, identity: Identity) -> None:
    """Tell where a merged level-1 model was held that it stands below another root now."""
    if join.full or join.exports(identity):
        return
    old = join.known_model(identity.key.lower())
    if old is not None and old.root.lower() != identity.home.lower():
        same = join.shard(old.root) == join.shard(identity.home)
        kind: Literal["touched", "moved_model"] = "touched" if same else "moved_model"
        join.fact(old.root, Fact(kind, id=old.code, key=old.code, home=old.root))


def _find_renamed(join: IdentityJoin, by_key: Partitions) -> None:
    """Note committed ids whose product carries another id now; a full run sees it without being told."""
    index = join.index(KEYS)
    for piece in by_key.touched():
        current = {
            identity.key: identity
            for identity in map(Identity.parse, by_key.lines(piece))
            if identity.id and not identity.reject
        }
        for key, old in index.select(set(current), make_key).items():
            if old.id and old.id != current[key].id:
                join.renamed[join.piece(old.id.lower())][old.id] = key


def _write_keys(join: IdentityJoin, by_key: Partitions) -> None:
    """Write the key index: every product read, over the committed ones in a differential run."""
    shards = join.summary.shards
    objects: list[str | None] = []
    touched = set(by_key.touched())
    index = join.index(KEYS)
    for piece in range(shards):
        if not join.full and piece not in touched:
            objects.append(index.objects[piece] if index.objects else None)
            continue
        read = [Identity.parse(line) for line in by_key.lines(piece)]
        entries: dict[str, KeyEntry] = {}
        if not join.full:
            buckets = {bucket_of(identity.key) for identity in read}
            committed = committed_entries(index, piece, shards, make_key, buckets)
            entries = {entry.key: entry for entry in committed}
        for identity in read:
            reject = identity.reject or join.late_rejects.get(identity.key)
            before = entries.get(identity.key)
            if not reject and (before is None or before.reject or not before.id):
                join.arrived.add(token_of(identity.key, False))
            entries[identity.key] = KeyEntry(identity.key, identity.id, identity.role, reject)
        objects.append(join.write(index, KEYS, piece, entries.values()))
    join.put_list(KEYS, objects)


def _finish(join: IdentityJoin, with_records: set[int]) -> int:
    """Write facts and shard items; return how many shards will be built.

    A full run builds every shard, because every record must be carried into the new state; so does one that finds an
    axis changed, because any master may show it.
    """
    _explain_departures(join)
    if not join.full:
        _revisit(join)
    write_facts(join.services.store, join.layout, join.facts)
    shards = with_records | set(join.facts)
    known = join.committed.objects or (join.full and join.attempted.objects)
    if known and (join.full or join.summary.axes):
        shards = set(range(join.summary.shards))
    items = orjson.dumps([{"shard": number} for number in sorted(shards)])
    join.services.store.put(join.layout.shard_items, items)
    return len(shards)


def _explain_departures(join: IdentityJoin) -> None:
    """Keep why what left has left; only a full run knows that something did, other than by its new id."""
    if not join.departed:
        return
    structure = kept_structure(join.services, join.run)
    client = join.tally.watch(join.services.pim(join.settings))
    found = tell_apart(
        client,
        sorted(join.departed["product"]),
        by_uuid=structure.products_by_uuid,
        renamed=len(join.departed["renamed"]),
        models=len(join.departed["model"]),
    )
    join.services.store.put(join.layout.plan("left"), orjson.dumps(found))


def _revisit(join: IdentityJoin) -> None:
    """Tell where products are that name a target which is exported now and was not before."""
    index = join.index(MISSING)
    found = index.select(join.arrived, make_missing)
    for home in sorted({home for entry in found.values() for home in entry.homes}):
        join.fact(home, Fact("arrived", id="", key="", home=home))
