"""Build Catalogs: join one shard's records with its committed state, write its files and its new state."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from akeneo_sfcc.mapping.associations import Exported, RelationPlan
from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.categories import CategoryTrees
from akeneo_sfcc.mapping.images import ImagePlan
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.state import StateRecord
from akeneo_sfcc.mapping.variations import VariationPlan
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.attempted import RECORDS, AttemptedState, unite_standings
from akeneo_sfcc.stages.committed import read_attempted, read_committed
from akeneo_sfcc.stages.committed_media import known_media
from akeneo_sfcc.stages.contracts import BuildCatalogsTask, RunContext, StageResult
from akeneo_sfcc.stages.index import EXPORTED_MODELS, KEYS, PiecedIndex, make_key, make_model, token_of
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.shard_build import Plans, ShardBuild
from akeneo_sfcc.stages.shard_input import ShardInput, read_shard
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import index_list_key, kept, kept_structure, piece_key, read_summary
from akeneo_sfcc.stages.xml_spool import XmlSpool
from akeneo_sfcc.storage.buckets import BucketFile, bucket_of
from akeneo_sfcc.storage.layout import RunLayout, StateLayout
from akeneo_sfcc.storage.sections import pack_lines


def build_catalogs(task: BuildCatalogsTask, services: Services) -> StageResult:
    """Build one shard."""
    run, shard = task.run, task.shard.shard
    layout = RunLayout(run.job, run.run_id)
    settings = services.settings(run.scope)
    summary = read_summary(services, run)
    committed = read_committed(services.store, run, summary.shards)
    attempted = read_attempted(services.store, run)
    with Tally(services, run, "build_catalogs", f"{shard:03d}") as tally, XmlSpool() as spool:
        plans = _plans(services, run, settings)
        shard_input = read_shard(services, run, summary, committed, attempted, shard, spool)
        lookup = _targets(services, run, settings, plans.relations, shard_input)
        build = ShardBuild(
            plans, settings, run.mode == "full", shard_input, spool, lookup, tally, rewrite=run.only is not None
        )
        output, state = build.run()
        files = output.write(services.store, layout, shard)
        tally.wrote(sum(file.size for file in files), len(files))
        # Where all of it was read, all of it is written: what a bucket lost must not stay behind.
        before = shard_input.file if shard_input.buckets is not None else None
        place = StateLayout(run.scope).shard(shard, run.run_id)
        state_key = _write_state(services, place, before, state, shard_input.buckets or ())
        result = {
            "shard": shard,
            "state": state_key,
            "attempted": _write_attempted(services, run, shard, attempted, shard_input, state),
            "missing": _write_missing(services, run, shard, state),
            "files": files,
            "left": len(shard_input.left),
            "exported": _exported(state),
            "exported_before": shard_input.committed,
            "held_before": _exported(shard_input.state.values()) + _exported(shard_input.moved_out.values()),
        }
        services.store.put(layout.files("build_catalogs", f"{shard:03d}"), orjson.dumps(result))
        return StageResult(counts=tally.counts)


def _write_state(
    services: Services, place: str, before: BucketFile | None, state: Iterable[StateRecord], buckets: Iterable[int]
) -> str | None:
    """Write a shard's new state over an earlier one; records of a bucket are in the order of their ids."""
    lines: dict[int, list[bytes]] = {number: [] for number in buckets}
    for record in sorted(state, key=lambda record: (record.id, record.merged, bool(record.waiting))):
        lines.setdefault(bucket_of(record.home), []).append(orjson.dumps(record.to_json()))
    return (before or BucketFile(services.store, None)).changed(place, lines)


def _write_attempted(
    services: Services,
    run: RunContext,
    shard: int,
    attempted: AttemptedState,
    shard_input: ShardInput,
    state: Iterable[StateRecord],
) -> str | None:
    """Write what SFCC may hold of the shard if this run dies while it delivers, where that is more than its state."""
    if run.attempted is None:
        return None
    before = None
    if shard_input.buckets is not None and attempted.objects:
        before = BucketFile(services.store, attempted.objects[shard])
    records = unite_standings([*state, *(one for same in shard_input.attempted.values() for one in same)])
    return _write_state(services, piece_key(run, RECORDS, shard), before, records, shard_input.buckets or ())


def _write_missing(services: Services, run: RunContext, shard: int, state: Iterable[StateRecord]) -> str | None:
    """Write which targets the shard's products lack, `[token, home]`; return the file's key, None when none is lacking.

    What is lacking because a root is, stands under the root's token, too: its models arrive with it.
    """
    layout = RunLayout(run.job, run.run_id)
    lacking = [(record, key, is_model) for record in state if not record.left for key, is_model in record.missing]
    if not lacking:
        return None
    index = _index(services, run, EXPORTED_MODELS)
    models = index.select({key.lower() for _, key, is_model in lacking if is_model}, make_model)
    lines = set()
    for record, key, is_model in lacking:
        lines.add(orjson.dumps([token_of(key, is_model), record.home]))
        if is_model and key.lower() in models:
            lines.add(orjson.dumps([token_of(models[key.lower()].root, True), record.home]))
    place = layout.missing(shard)
    services.store.put(place, pack_lines(sorted(lines)))
    return place


def _index(services: Services, run: RunContext, name: str) -> PiecedIndex:
    """Return an index as this run made it; a warm process reads where its buckets are once for all shards."""
    key = index_list_key(RunLayout(run.job, run.run_id), name)
    index: PiecedIndex | None = kept(services, f"index {name}", key, None)
    if index is None:
        index = PiecedIndex(services.store, orjson.loads(services.store.get(key)))
        kept(services, f"index {name}", key, index)
    return index


def _exported(records: Iterable[StateRecord]) -> int:
    return sum(1 for record in records if not (record.left or record.merged or record.waiting))


def _plans(services: Services, run: RunContext, settings: Settings) -> Plans:
    key = RunLayout(run.job, run.run_id).structure
    plans: Plans | None = kept(services, "plans", key, None)
    if plans is None:
        structure = kept_structure(services, run)
        locales = LocalePlan(settings, structure)
        attributes = AttributePlan(settings, structure)
        variations = VariationPlan(structure, attributes, locales)
        gone = known_media(services, run).gone
        plans = Plans(
            variations=variations,
            images=ImagePlan(settings, structure, attributes, locales, variations, gone),
            relations=RelationPlan(settings),
            trees=CategoryTrees(settings, structure),
        )
        kept(services, "plans", key, plans)
    return plans


def _targets(
    services: Services, run: RunContext, settings: Settings, relations: RelationPlan, shard_input: ShardInput
) -> dict[tuple[str, bool], Exported]:
    """Return what SFCC holds for every target the shard's items name: this run's indexes over the committed ones."""
    wanted = {target for item in shard_input.items for target in relations.wanted(item.record.relations)}
    wanted |= {target for record in shard_input.incomplete() for target in relations.wanted(record.relations)}
    found: dict[tuple[str, bool], Exported] = {}
    keys = _index(services, run, KEYS)
    for key, entry in keys.select({key for key, is_model in wanted if not is_model}, make_key).items():
        if entry.id and not entry.reject:
            found[(key, False)] = Exported(entry.id, entry.role)
    codes = {key.lower(): key for key, is_model in wanted if is_model}
    if not codes:
        return found
    index = _index(services, run, EXPORTED_MODELS)
    models = index.select(set(codes), make_model)
    roots = index.select({entry.root.lower() for entry in models.values()}, make_model)
    groups = settings.models.modelisation == "master-group-variation"
    for code, model in models.items():
        root = roots.get(model.root.lower())
        if not model.exported or (root is not None and not root.exported):
            continue
        if model.role == "root" or groups:
            found[(codes[code], True)] = Exported(model.code, model.role)
        elif root is not None:
            found[(codes[code], True)] = Exported(root.code, root.role)
    return found
