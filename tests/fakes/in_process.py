"""Runs the stages of the product jobs one after the other in this process, with everything passed through JSON.

No second interpreter of state machines: the order is fixed and nothing is retried. It serves tests that need many runs
quickly; that the state machine does the same is shown in tests/workflows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    StartRunResult,
    StartRunTask,
)
from akeneo_sfcc.stages.finish_run import finish_run
from akeneo_sfcc.stages.holding import hold_run
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
        found: dict[str, Any] = orjson.loads(self.services.store.get(RunLayout(self.run.job, self.run.run_id).report))
        return found

    def records(self) -> list[dict[str, Any]]:
        """Return the lines of records.jsonl."""
        body = self.services.store.get(RunLayout(self.run.job, self.run.run_id).records)
        return [orjson.loads(line) for line in body.splitlines()]


def execution_arn(job: str, name: str) -> str:
    """Return the ARN of an execution of a job."""
    return f"arn:aws:states:eu-central-1:000000000000:execution:{job}:{name}"


def run_job(services: Services, job: str = FULL, name: str = "run-1", input_: StartInput | None = None) -> Finished:
    """Run a product job to its end; whatever a stage raises comes out."""
    execution = Execution(services, job, name, input_)
    for _ in execution:
        pass
    assert execution.finished is not None, execution.started
    return execution.finished


class Execution:
    """One execution of a product job, stage by stage.

    Iterating yields the name of each stage before it is called, so a test can do something first or stop there.
    again: how often each stage is called once more with the same input, as a redrive or a retry does.
    """

    def __init__(
        self,
        services: Services,
        job: str = FULL,
        name: str = "run-1",
        input_: StartInput | None = None,
        *,
        again: int = 0,
    ) -> None:
        self.services = services
        self.job = job
        self.arn = execution_arn(job, name)
        self.again = again
        self.started: StartRunResult | None = None
        self.run: RunContext | None = None
        self.finished: Finished | None = None
        self._task = StartRunTask(
            job=job,  # type: ignore[arg-type]
            execution_arn=self.arn,
            execution_name=name,
            started_at=services.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            input=input_ or StartInput(),
        )

    def __iter__(self) -> Iterator[str]:
        yield "start_run"
        self.started = self._call(start_run, self._task)
        if self.started.run is None:
            return
        run = RunContext.model_validate_json(self.started.run.model_dump_json())
        yield "read_structure"
        self._call(read_structure, StageTask(run=run))
        yield "build_categories"
        self._call(build_categories, StageTask(run=run))
        yield "plan_pages"
        plan = self._call(plan_pages, StageTask(run=run))
        run = self.run = plan.run
        yield "import_models"
        self._import(run, plan.models_key)
        yield "index_models"
        self._call(index_models, StageTask(run=run))
        yield "import_products"
        self._import(run, plan.products_key)
        yield "index_products"
        shards = self._call(index_products, StageTask(run=run))
        yield "build_catalogs"
        for item in orjson.loads(self.services.store.get(shards.shards_key)):
            self._call(build_catalogs, BuildCatalogsTask(run=run, shard=ShardItem(**item)))
        yield "write_manifest"
        self._call(write_manifest, StageTask(run=run))
        yield "finish_run"
        self.finished = Finished(run, self._call(finish_run, StageTask(run=run)), self.services)

    def _import(self, run: RunContext, items_key: str) -> None:
        for item in orjson.loads(self.services.store.get(items_key)):
            progress: Progress | None = None
            while True:
                task = ImportPagesTask(run=run, range=PageRange(**item), progress=progress)
                result = self._call(import_pages, task)
                if result.done:
                    break
                progress = result.progress

    def _call(self, function: Callable[[Task, Services], Any], task: Task) -> Any:
        result = stage(function, task, self.services)
        for _ in range(self.again):
            result = stage(function, task, self.services)
        return result


def stage(function: Callable[[Task, Services], Any], task: Task, services: Services) -> Any:
    """Call a stage with its task as JSON would carry it, as its handler does."""
    task = type(task).model_validate_json(task.model_dump_json())
    hold_run(task, services)
    return function(task, services)
