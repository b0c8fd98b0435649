"""Build Categories: the category file of every storefront catalogue (docs/mapping.md section 4)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from akeneo_sfcc.mapping.categories import (
    CatalogueTree,
    CategoryTrees,
    GoneCategory,
    category_elements,
    category_issues,
    committed_categories,
    deletion_elements,
    gone_categories,
)
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.sfcc.catalog import CatalogFile
from akeneo_sfcc.stages.attempted import unite_categories
from akeneo_sfcc.stages.committed import read_attempted, read_committed
from akeneo_sfcc.stages.contracts import RunContext, StageResult, StageTask
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import kept_structure
from akeneo_sfcc.storage.layout import RunLayout


@dataclass(frozen=True, slots=True)
class BuiltCategories:
    """What this stage leaves for the run's manifest and the next committed state.

    categories: storefront catalogue → `[code, depth]` of what SFCC has from us after this run. files: one entry per
    file as the manifest lists them (path below the export's folder, size in bytes, sha256, items by element).
    """

    categories: dict[str, list[list[Any]]] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)


def read_categories(services: Services, run: RunContext) -> BuiltCategories:
    """Return what Build Categories left in this run."""
    return BuiltCategories(**orjson.loads(services.store.get(RunLayout(run.job, run.run_id).categories)))


def build_categories(task: StageTask, services: Services) -> StageResult:
    """Write all categories of all storefront catalogues, and delete those that are gone if the settings say so."""
    run = task.run
    settings = services.settings(run.scope)
    structure = kept_structure(services, run)
    layout = RunLayout(run.job, run.run_id)
    trees = CategoryTrees(settings, structure)
    locales = LocalePlan(settings, structure)
    attempted = read_attempted(services.store, run).categories
    before = unite_categories(read_committed(services.store, run, shards=1).categories, attempted)
    built = BuiltCategories()
    with Tally(services, run, "build_categories") as tally:
        for id_, tree in trees.catalogues.items():
            committed = [GoneCategory(code, depth) for code, depth in before.get(id_, ())]
            if not tree.catalogue.write_categories:
                # Somebody else looks after the categories; ours of old stay known for the day this is switched back.
                built.categories[id_] = [[c.code, c.depth] for c in committed]
                continue
            gone = gone_categories(tree, committed) if settings.deletions.categories == "delete" else []
            entry = _write(services, layout, tree, locales, gone)
            built.files.append(entry)
            built.categories[id_] = [[c.code, c.depth] for c in committed_categories(tree, committed)]
            tally.wrote(entry["size"])
        tally.issues(category_issues(trees))
        _count(tally, trees)
        services.store.put(layout.categories, orjson.dumps(asdict(built)))
    return StageResult(counts=tally.counts)


def _write(
    services: Services, layout: RunLayout, tree: CatalogueTree, locales: LocalePlan, gone: list[GoneCategory]
) -> dict[str, Any]:
    key = layout.catalog_file(tree.catalogue.id, "10-categories", 0)
    items = 0
    with services.store.write(key) as target, CatalogFile(target, tree.catalogue.id) as file:
        for element in category_elements(tree, locales):
            file.write(element)
            items += 1
        for element in deletion_elements(gone):
            file.write(element)
            items += 1
    path = key.removeprefix(layout.exports)
    return {"path": path, "size": file.size, "sha256": file.sha256, "items": {"category": items}}


def _count(tally: Tally, trees: CategoryTrees) -> None:
    """Count each category once, however many catalogues show it: written if one of them does."""
    written: set[str] = set()
    rejected: set[str] = set()
    for tree in trees.catalogues.values():
        rejected.update(tree.rejected)
        if tree.catalogue.write_categories:
            written.update(placed.category.code for placed in tree.placed)
            if tree.root is not None:
                written.add(tree.root.code)
    rejected -= written
    tally.count("category", "read", len(written | rejected))
    tally.count("category", "written", len(written))
    tally.count("category", "rejected", len(rejected))
