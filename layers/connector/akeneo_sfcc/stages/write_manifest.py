"""Write Manifest: list the export's files in import order, check the gates, write the new state's manifest.

It stands before delivery: what does not pass a gate never reaches SFCC. Gates and state are those of the product jobs;
other families check their own gates, and leave their state, where they build their files.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

import orjson

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.mapping.shards import shard_of
from akeneo_sfcc.stages.attempted import IDS as ATTEMPTED_IDS
from akeneo_sfcc.stages.attempted import AttemptedState, unite_categories
from akeneo_sfcc.stages.build_categories import read_categories
from akeneo_sfcc.stages.committed import CommittedState, read_attempted, read_committed
from akeneo_sfcc.stages.contracts import RunContext, StageResult, StageTask
from akeneo_sfcc.stages.departures import read_departures
from akeneo_sfcc.stages.index import (
    EXPORTED_MODELS,
    IDS,
    KEYS,
    MISSING,
    MODELS,
    MissingEntry,
    make_missing,
    write_piece,
)
from akeneo_sfcc.stages.report import build_report, check_gates, read_totals
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import PRODUCTS, Summary, index_list_key, piece_key, read_summary, state_layout
from akeneo_sfcc.storage.buckets import BucketFile, bucket_of
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import read_lines
from akeneo_sfcc.storage.spool import Partitions


def write_manifest(task: StageTask, services: Services) -> StageResult:
    """Write `manifest.json` and the new state's manifest; raise DataError when a gate is not passed."""
    run = task.run
    layout = RunLayout(run.job, run.run_id)
    with Tally(services, run, "write_manifest") as tally:
        results = _results(services, layout)
        files = [file for result in results for file in result["files"]]
        left = 0
        if run.family == PRODUCTS:
            built = read_categories(services, run)
            files += built.files
            state = _new_state(services, run, _shards(results), built.categories)
            services.store.put(state_layout(run).manifest(run.run_id), state.dump())
            left = sum(result["left"] for result in _shards(results))
        files.sort(key=_import_order)
        body = orjson.dumps({"files": files}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        services.store.put(layout.manifest, body)
        tally.wrote(len(body))
        if run.family == PRODUCTS:
            _check(services, run, layout, left, sum(result["held_before"] for result in _shards(results)))
        items = Counter[str]()
        for file in files:
            items.update(file["items"])
        return StageResult(counts={"files": len(files), "left": left, **items})


def _shards(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [result for result in results if "shard" in result]


def _check(services: Services, run: RunContext, layout: RunLayout, left: int, held: int) -> None:
    """Check the gates; held: products and models that SFCC holds, or may, in the shards that were built."""
    settings = services.settings(run.scope)
    committed = read_committed(services.store, run, 1).products if run.mode != "full" else held
    totals = read_totals(services.store, layout)
    report = build_report(totals, run, status="RUNNING", finished_at="")
    problems = check_gates(report, settings, left=left, committed=committed)
    if problems and (why := read_departures(services, layout)):
        problems.append(
            "of those that left: " + ", ".join(f"{name} {number}" for name, number in why.items() if number)
        )
    if problems:
        raise DataError("\n".join(problems))


def _results(services: Services, layout: RunLayout) -> list[dict[str, Any]]:
    """Return what every stage's item noted of its files: a shard's state too."""
    return [orjson.loads(services.store.get(key)) for key in services.store.list(layout.files_dir)]


def _import_order(file: dict[str, Any]) -> tuple[int, str, str]:
    """Sort binaries first, then metadata, then catalogue files by number, then price books and libraries."""
    path: str = file["path"]
    folder, _, rest = path.partition("/")
    name = path.rsplit("/", 1)[-1]
    if "/static/" in path:
        return 0, "", path
    if folder == "meta":
        return 1, "", path
    if folder == "catalogs":
        return 2, name.partition("-")[0], path
    return 3, folder, rest


def _missing(
    services: Services, run: RunContext, shards: int, committed: CommittedState, files: list[str | None]
) -> list[str | None]:
    """Write the index of missing targets; a differential adds to the committed one, a full run begins anew."""
    full = run.mode == "full"
    index = committed.index(services.store, MISSING)
    objects: list[str | None] = [None] * shards if full or not index.objects else list(index.objects)
    with Partitions(shards) as spool:
        for key in files:
            for line in read_lines(services.store, key) if key is not None else ():
                spool.add(shard_of(orjson.loads(line)[0], shards), line)
        for piece in spool.touched():
            homes: dict[str, set[str]] = defaultdict(set)
            for line in spool.lines(piece):
                token, home = orjson.loads(line)
                homes[token].add(home)
            if not full:
                buckets = {bucket_of(token) for token in homes}
                for entry in index.entries(piece, make_missing, buckets) if index.objects else ():
                    homes[entry.key].update(entry.homes)
            entries = [MissingEntry(token, sorted(found)) for token, found in sorted(homes.items())]
            file = BucketFile(services.store, None) if full else index.file(piece)
            objects[piece] = write_piece(file, piece_key(run, MISSING, piece), entries)
    return objects


def _fingerprints(run: RunContext, summary: Summary, before: CommittedState) -> str | None:
    """Return the key of what the new state depends on.

    What a run over chosen items did not read was written before: what that depended on stands. If the chosen ones
    depend on something else, nothing is true of all, and the next differential run reads everything.
    """
    if run.only is None:
        return state_layout(run).fingerprints(run.run_id)
    return None if summary.mixed else before.fingerprints


def _new_state(
    services: Services, run: RunContext, shards: list[dict[str, Any]], categories: dict[str, list[list[Any]]]
) -> CommittedState:
    layout = RunLayout(run.job, run.run_id)
    summary = read_summary(services, run)
    before = read_committed(services.store, run, summary.shards)
    same = before.objects and before.shards == summary.shards
    objects = list(before.objects) if same and run.mode != "full" else [None] * summary.shards
    for result in shards:
        objects[result["shard"]] = result["state"]
    lists = {MODELS: EXPORTED_MODELS, IDS: IDS, KEYS: KEYS}
    pieces = {name: orjson.loads(services.store.get(index_list_key(layout, own))) for name, own in lists.items()}
    pieces[MISSING] = _missing(services, run, summary.shards, before, [result["missing"] for result in shards])
    exported = sum(result["exported"] for result in shards)
    if run.mode != "full":
        exported += before.products - sum(result["exported_before"] for result in shards)
    new = CommittedState(
        shards=summary.shards,
        run_id=run.run_id,
        objects=tuple(objects),
        indexes=pieces,
        products=exported,
        categories=categories,
        fingerprints=_fingerprints(run, summary, before),
    )
    return new if run.attempted is None else replace(new, attempted=_attempted(services, run, new, before, shards))


def _attempted(
    services: Services, run: RunContext, new: CommittedState, before: CommittedState, shards: list[dict[str, Any]]
) -> AttemptedState:
    """Return what SFCC may hold until the new state is committed: what it says, and what it was found with."""
    old = read_attempted(services.store, run)
    objects = list(old.objects) if run.mode != "full" and old.objects else [None] * new.shards
    for result in shards:
        objects[result["shard"]] = result["attempted"]
    ids = orjson.loads(services.store.get(index_list_key(RunLayout(run.job, run.run_id), ATTEMPTED_IDS)))
    categories = unite_categories(new.categories, unite_categories(before.categories, old.categories))
    return AttemptedState(new.shards, tuple(objects), tuple(ids), categories)
