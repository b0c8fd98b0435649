"""Plan Pages: decide what is read, count it, cut it into ranges, and fix the number of shards."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import orjson

from akeneo_sfcc.akeneo.ranges import RangePlan, plan_ranges
from akeneo_sfcc.errors import DataError
from akeneo_sfcc.mapping.fingerprints import changed_axes, changes, fingerprint
from akeneo_sfcc.mapping.shards import shard_count
from akeneo_sfcc.pim.model import Structure
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.chosen_items import choose_items
from akeneo_sfcc.stages.clock_probe import probe_clock
from akeneo_sfcc.stages.committed import CommittedState, read_attempted, read_committed
from akeneo_sfcc.stages.committed_media import known_media
from akeneo_sfcc.stages.contracts import (
    MOST_KEY_BYTES,
    ItemKind,
    PageRange,
    PlanResult,
    RunContext,
    StageTask,
    json_bytes,
)
from akeneo_sfcc.stages.hierarchy import main_identifier
from akeneo_sfcc.stages.index import MODELS, ModelEntry
from akeneo_sfcc.stages.item_query import model_query, product_query
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import Summary, kept_structure, state_layout
from akeneo_sfcc.storage.layout import RunLayout

_MOST_KEYS = 500
_NAMED = 20


def plan_pages(task: StageTask, services: Services) -> PlanResult:
    """Write the item files of both page maps, the plan's summary and the fingerprints of what products depend on.

    A differential run reads everything when something changed that concerns products the PIM does not call changed.
    Nothing to read gives an empty item file, which makes a map that ends at once.
    """
    run = task.run
    settings = services.settings(run.scope)
    structure = kept_structure(services, run)
    pim = services.pim(settings)
    with Tally(services, run, "plan_pages") as tally:
        tally.watch(pim)
        before = read_committed(services.store, run, shards=1)
        now = _keep_fingerprint(services, run, settings, structure)
        then = _old_fingerprint(services, before)
        run = _decided(services, run, then, now)
        concurrency, page_size = settings.pim.max_concurrency, settings.pim.page_size
        if run.only is not None:
            mixed = then is None or bool(changes(then, now) or changed_axes(then, now))
            return _plan_chosen(services, run, settings, structure, before, tally, mixed=mixed)
        if run.mode == "differential":
            by_uuid, zone = structure.products_by_uuid, settings.pim.time_zone
            run = _noted(run, *probe_clock(pim, by_uuid=by_uuid, now=services.now(), time_zone=zone))
        with ThreadPoolExecutor(max_workers=2) as pool:
            plan = partial(plan_ranges, pim, concurrency=concurrency, page_size=page_size)
            planned = pool.submit(plan, "product", product_query(settings, structure, run))
            known = _model_keys(services, before) if run.mode == "full" else ()
            models = plan("model", model_query(settings, structure, run), known_keys=known)
            products = planned.result()
        summary = Summary(
            shards=_shards(run, before, products.count),
            products=products.count,
            models=models.count,
            product_ranges=len(products.ranges),
            model_ranges=len(models.ranges),
            method={"product": products.method, "model": models.method},
            axes=tuple(changed_axes(then, now)) if then is not None and run.mode == "differential" else (),
        )
        return _write_plan(services, run, tally, summary, _ranges("model", models), _ranges("product", products))


def _write_plan(
    services: Services,
    run: RunContext,
    tally: Tally,
    summary: Summary,
    models: Sequence[PageRange],
    products: Sequence[PageRange],
) -> PlanResult:
    layout = RunLayout(run.job, run.run_id)
    for kind, body in (
        ("models", orjson.dumps([range_.model_dump(mode="json") for range_ in models])),
        ("products", orjson.dumps([range_.model_dump(mode="json") for range_ in products])),
        ("summary", summary.dump()),
    ):
        services.store.put(layout.plan(kind), body)
        tally.wrote(len(body))
    return PlanResult(
        run=run,
        models_key=layout.plan("models"),
        products_key=layout.plan("products"),
        counts={
            "products": summary.products,
            "models": summary.models,
            "product_ranges": summary.product_ranges,
            "model_ranges": summary.model_ranges,
            "shards": summary.shards,
        },
    )


def _plan_chosen(
    services: Services,
    run: RunContext,
    settings: Settings,
    structure: Structure,
    before: CommittedState,
    tally: Tally,
    *,
    mixed: bool,
) -> PlanResult:
    """Plan a run over chosen items: ranges of their keys, few enough for a map item to stay small."""
    attempted = read_attempted(services.store, run)
    shards = before.shards if run.committed is not None else attempted.shards
    if run.attempted is not None and attempted.shards != shards:
        raise DataError(
            f"only: an unfinished delivery cut the catalogue into {attempted.shards} shards, committed are {shards}; "
            "start without only first"
        )
    everything = run.model_copy(update={"only": None})
    chosen = choose_items(
        services.pim(settings),
        product_query(settings, structure, everything),
        model_query(settings, structure, everything),
        run.only.identifiers if run.only is not None else (),
        main_identifier(structure),
    )
    if chosen.unknown:
        note = f"only: the PIM has no product and no model (or the filter leaves it out): {_some(chosen.unknown)}"
        run = _noted(run, note)
    models, products = _of_keys("model", chosen.models), _of_keys("product", chosen.products)
    summary = Summary(
        shards=shards,
        products=len(chosen.products),
        models=len(chosen.models),
        product_ranges=len(products),
        model_ranges=len(models),
        method={"product": "chosen", "model": "chosen"},
        mixed=mixed,
    )
    return _write_plan(services, run, tally, summary, models, products)


def _some(names: Sequence[str]) -> str:
    """Return names for a note, which travels with the run: the first few, and how many more there are."""
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest


def _noted(run: RunContext, *notes: str) -> RunContext:
    return run.model_copy(update={"notes": (*run.notes, *notes)})


def _keep_fingerprint(services: Services, run: RunContext, settings: Settings, structure: Structure) -> dict[str, Any]:
    found = fingerprint(settings, structure, known_media(services, run).signs)
    body = gzip.compress(orjson.dumps(found), compresslevel=6, mtime=0)
    services.store.put(state_layout(run).fingerprints(run.run_id), body)
    return found


def _old_fingerprint(services: Services, before: CommittedState) -> dict[str, Any] | None:
    if before.fingerprints is None:
        return None
    found: dict[str, Any] = orjson.loads(gzip.decompress(services.store.get(before.fingerprints)))
    return found


def _decided(services: Services, run: RunContext, then: dict[str, Any] | None, now: dict[str, Any]) -> RunContext:
    """Return the run as it goes on: reading everything if what all products depend on is not what it was."""
    if run.mode != "differential" or run.only is not None:
        return run
    reasons = ["it is not known what products depended on"] if then is None else changes(then, now)
    if not reasons:
        return run
    note = f"everything is read: {'; '.join(reasons)}"
    record = services.ledger.get_run(run.job, run.run_id)
    if record is not None:
        services.ledger.put_run(replace(record, mode="full"))
    return run.model_copy(update={"mode": "full", "since": None, "notes": (*run.notes, note)})


def _shards(run: RunContext, before: CommittedState, products: int) -> int:
    """Return the number of shards; only a run that reads everything may change what is committed."""
    if run.committed is not None and run.mode != "full":
        return before.shards
    return shard_count(products)


def _model_keys(services: Services, before: CommittedState) -> Sequence[str]:
    """Return a sample of the committed models' keys: a piece is chosen by hash, so any one is spread like all."""
    index = before.index(services.store, MODELS)
    if not index.objects:
        return ()
    return [entry.key for entry in index.entries(0, ModelEntry._make)]


def _of_keys(kind: ItemKind, keys: Sequence[str]) -> list[PageRange]:
    """Return ranges of keys, each small enough for a payload beside the run."""
    chunks: list[list[str]] = []
    size = 0
    for key in keys:
        length = json_bytes((key,))
        if not chunks or len(chunks[-1]) == _MOST_KEYS or size + length > MOST_KEY_BYTES:
            chunks.append([])
            size = 0
        chunks[-1].append(key)
        size += length
    return [PageRange(kind=kind, index=index, method="keys", keys=tuple(chunk)) for index, chunk in enumerate(chunks)]


def _ranges(kind: ItemKind, plan: RangePlan) -> list[PageRange]:
    return [
        PageRange(
            kind=kind,
            index=index,
            method=cut.method,
            after=cut.after,
            until=cut.until,
            first_page=cut.first_page,
            last_page=cut.last_page,
        )
        for index, cut in enumerate(plan.ranges)
    ]
