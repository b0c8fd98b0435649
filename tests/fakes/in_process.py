"""Runs the stages of the product jobs one after the other in this process, with everything passed through JSON.

No second interpreter of state machines: the order is fixed and nothing is retried. It serves tests that need many runs
quickly; that the state machine does the same is shown in tests/workflows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel

from akeneo_sfcc.stages.build_catalogs import build_catalogs
from akeneo_sfcc.stages.build_categories import build_categories
from akeneo_sfcc.stages.contracts import (
    BuildCatalogsTask,
    FinishRunResult,
    ImportPagesTask,
    PageRange,
    Progress,
    RunContext,
    ShardItem,
    StageTask,
    StartInput,
    StartRunTask,
)
from akeneo_sfcc.stages.finish_run import finish_run
from akeneo_sfcc.stages.import_pages import import_pages
from akeneo_sfcc.stages.index_models import index_models
from akeneo_sfcc.stages.index_products import index_products
from akeneo_sfcc.stages.plan_pages import plan_pages
from akeneo_sfcc.stages.read_structure import read_structure
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.start_run import start_run
from akeneo_sfcc.stages.write_manifest import write_manifest
from akeneo_sfcc.storage.layout import RunLayout

FULL = "3-2-Akeneo-Full-Import-Products"
DIFFERENTIAL = "3-1-Akeneo-Differential-Import-Products"
Task = TypeVar("Task", bound=BaseModel)


@dataclass(frozen=True)
class Finished:
    """A finished run: its context and what is in its export."""

    run: RunContext
    result: FinishRunResult
    services: Services

    def files(self) -> dict[str, bytes]:
        """Return the export tree: path below the export's folder → bytes."""
        prefix = RunLayout(self.run.job, self.run.run_id).exports
        return {key.removeprefix(prefix): self.services.store.get(key) for key in self.services.store.list(prefix)}

    def report(self) -> dict[str, Any]:
        """Return report.json."""
        return orjson.loads(self.services.store.get(RunLayout(self.run.job, self.run.run_id).report))

    def records(self) -> list[dict[str, Any]]:
        """Return the lines of records.jsonl."""
        body = self.services.store.get(RunLayout(self.run.job, self.run.run_id).records)
        return [orjson.loads(line) for line in body.splitlines()]


def run_job(services: Services, job: str = FULL, name: str = "run-1", input_: StartInput | None = None) -> Finished:
    """Run a product job to its end; whatever a stage raises comes out."""
    started = start_run(
        StartRunTask(
            job=job,  # type: ignore[arg-type]
            execution_arn=f"arn:aws:states:eu-central-1:000000000000:execution:{job}:{name}",
            execution_name=name,
            started_at=services.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            input=input_ or StartInput(),
        ),
        services,
    )
    assert started.run is not None, started
    run = RunContext.model_validate_json(started.run.model_dump_json())
    stage(read_structure, StageTask(run=run), services)
    stage(build_categories, StageTask(run=run), services)
    plan = stage(plan_pages, StageTask(run=run), services)
    import_all(services, run, plan.models_key)
    stage(index_models, StageTask(run=run), services)
    import_all(services, run, plan.products_key)
    shards = stage(index_products, StageTask(run=run), services)
    for item in orjson.loads(services.store.get(shards.shards_key)):
        stage(build_catalogs, BuildCatalogsTask(run=run, shard=ShardItem(**item)), services)
    stage(write_manifest, StageTask(run=run), services)
    return Finished(run, stage(finish_run, StageTask(run=run), services), services)


def import_all(services: Services, run: RunContext, items_key: str) -> None:
    """Import every range of an item file."""
    for item in orjson.loads(services.store.get(items_key)):
        progress: Progress | None = None
        while True:
            task = ImportPagesTask(run=run, range=PageRange(**item), progress=progress)
            result = stage(import_pages, task, services)
            if result.done:
                break
            progress = result.progress


def stage(function: Callable[[Task, Services], Any], task: Task, services: Services) -> Any:
    """Call a stage with its task as JSON would carry it."""
    return function(type(task).model_validate_json(task.model_dump_json()), services)
