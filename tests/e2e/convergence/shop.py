"""One PIM, one SFCC and the jobs between them; and what SFCC would hold if all were imported afresh."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from akeneo_sfcc.mapping import shards
from akeneo_sfcc.stages.committed import read_committed
from akeneo_sfcc.stages.contracts import ExecutionDetail, FailRunTask, RunContext, StartInput
from akeneo_sfcc.stages.fail_run import fail_run
from akeneo_sfcc.stages.index import IDS, IdEntry, make_id
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.work import state_layout
from akeneo_sfcc.storage.layout import RunLayout
from local.demo_sfcc.importer import Importer
from tests.e2e.convergence.catalogue import empty_store
from tests.e2e.convergence.edits import Edit, People
from tests.fakes.in_process import DIFFERENTIAL, FULL, Execution, Finished, run_job
from tests.fakes.services import FakeWorld, document
from tests.fakes.store_pim import StorePim

GATES = {"products": {"max_reject_ratio": 1.0}, "deletions": {"max_ratio": 1.0}}


@pytest.fixture(autouse=True, scope="module")
def small_shards() -> Iterator[None]:
    """Let a handful of products fill several shards, and their number change from run to run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "PRODUCTS_PER_SHARD", 3)
        yield


class Shop:
    """Runs jobs against a PIM that people edit, and imports what they write."""

    def __init__(self, **sections: Any) -> None:
        merged = {
            name: {**GATES.get(name, {}), **section} if isinstance(section, dict) else section
            for name, section in {**GATES, **sections}.items()
        }
        self.world = FakeWorld(documents={"default": document(**merged)})
        self.store = empty_store()
        self.world.pim = StorePim(self.store, lambda: self.world.now)  # type: ignore[assignment]
        self.people = People(self.store, lambda: self.world.now)
        self.sfcc = Importer()
        self.runs = 0
        self.last: Finished | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """The configuration, to be changed."""
        return self.world.documents["default"]

    def edit(self, *edits: Edit) -> None:
        """Let people edit, a minute apart."""
        for edit in edits:
            self.world.wait(60)
            self.people.do(edit)

    def start(self, job: str, **more: Any) -> Execution:
        """Start a job an hour later; nothing has run yet."""
        self.world.wait(3600)
        self.runs += 1
        again = more.pop("again", 0)
        return Execution(self.world.services, job, f"run-{self.runs}", StartInput(**more), again=again)

    def run(self, job: str = DIFFERENTIAL, *, meanwhile: dict[str, Edit] | None = None, **more: Any) -> Finished:
        """Run a job to its end and import its files. meanwhile: stage → an edit just before it."""
        execution = self.start(job, **more)
        self.world.statuses[execution.arn] = "RUNNING"
        try:
            for stage in execution:
                if meanwhile and stage in meanwhile:
                    self.edit(meanwhile[stage])
                if stage == "finish_run" and not more.get("dry_run"):
                    self._begin_delivery(execution)
        finally:
            self.world.statuses[execution.arn] = "SUCCEEDED" if execution.finished else "FAILED"
        assert execution.finished is not None, execution.started
        self.deliver(execution.finished)
        return execution.finished

    def kill(self, job: str, before: str, *, told: bool) -> None:
        """Run a job until the stage `before`; told: whether Fail Run is invoked."""
        execution = self.start(job)
        self.world.statuses[execution.arn] = "RUNNING"
        for stage in execution:
            if stage == before:
                break
        self.world.statuses[execution.arn] = "ABORTED"
        if told:
            self.fail(execution)

    def interrupt(self, job: str, part: float, *, told: bool, **more: Any) -> RunContext:
        """Run a job and import only this part of its files, cut off in the middle of one; then it dies."""
        execution = self.start(job, **more)
        self.world.statuses[execution.arn] = "RUNNING"
        for stage in execution:
            if stage == "finish_run":
                break
        run = self._begin_delivery(execution)
        self.sfcc.load(cut_off(files_in_order(self.world.services, run), part))
        errors = self.sfcc.log.errors
        assert not errors, "\n".join(map(str, errors))
        self.world.statuses[execution.arn] = "ABORTED"
        if told:
            self.fail(execution)
        return run

    def _begin_delivery(self, execution: Execution) -> RunContext:
        run = execution.run
        assert run is not None
        self.world.ledger.begin_delivery(
            run.family, run.scope, owner=run.execution_arn, manifest=state_layout(run).manifest(run.run_id)
        )
        return run

    def fail(self, execution: Execution) -> None:
        """Let an execution be aborted, and Fail Run be told."""
        self.world.statuses[execution.arn] = "ABORTED"
        detail = ExecutionDetail(
            executionArn=execution.arn,
            stateMachineArn=f"arn:aws:states:eu-central-1:000000000000:stateMachine:{execution.job}",
            name=execution.arn.rpartition(":")[2],
            status="ABORTED",
        )
        fail_run(FailRunTask(detail=detail), self.world.services)

    def deliver(self, finished: Finished) -> None:
        """Import a run's files, in the manifest's order."""
        self.last = finished
        load(self.sfcc, finished)
        errors = self.sfcc.log.errors
        assert not errors, "\n".join(map(str, errors))

    def committed_ids(self) -> list[IdEntry]:
        """Return all that is committed, by SFCC id."""
        services = self.world.services
        assert self.last is not None
        commit = services.ledger.committed("products", "default")
        assert commit is not None
        run = self.last.run.model_copy(update={"committed": commit.manifest})
        index = read_committed(services.store, run, 1).index(services.store, IDS)
        return [entry for piece in range(len(index.objects)) for entry in index.entries(piece, make_id)]

    def afresh(self) -> Importer:
        """Return what an empty SFCC holds after a first full import of the PIM as it is."""
        world = FakeWorld(documents=copy.deepcopy(self.world.documents), now=self.world.now)
        world.pim = StorePim(self.store, lambda: world.now)  # type: ignore[assignment]
        sfcc = Importer()
        finished = run_job(world.services, FULL)
        load(sfcc, finished)
        assert not sfcc.log.entries, "\n".join(map(str, sfcc.log.entries))
        return sfcc


def load(sfcc: Importer, finished: Finished) -> None:
    """Import a run's files in the manifest's order."""
    sfcc.load(files_in_order(finished.services, finished.run))


def files_in_order(services: Services, run: RunContext) -> list[tuple[str, bytes]]:
    """Return what a run exports: path and content, in the manifest's order."""
    layout = RunLayout(run.job, run.run_id)
    files = json.loads(services.store.get(layout.manifest))["files"]
    return [(entry["path"], services.store.get(layout.export(entry["path"]))) for entry in files]


def cut_off(files: list[tuple[str, bytes]], part: float) -> Iterator[tuple[str, bytes]]:
    """Yield this part of all elements, 0 to 1, in their files: whole ones, then one that ends in the middle."""
    parsed = [(path, etree.fromstring(body)) for path, body in files]
    left = round(part * sum(len(tree) for _, tree in parsed))
    for path, tree in parsed:
        if left <= 0:
            return
        for element in list(tree)[left:]:
            tree.remove(element)
        left -= len(tree)
        yield path, etree.tostring(tree)


def differences(held: Any, wanted: Any, path: str = "") -> list[str]:
    """Return where two snapshots differ, a line each."""
    if isinstance(held, dict) and isinstance(wanted, dict):
        return [
            line
            for name in sorted(held.keys() | wanted.keys())
            for line in differences(held.get(name), wanted.get(name), f"{path}/{name}")
        ]
    return [] if held == wanted else [f"{path}: SFCC holds {held!r}, should hold {wanted!r}"]


def without(snapshot: dict[str, Any], products: set[str], categories: set[tuple[str, str]]) -> dict[str, Any]:
    """Return a snapshot without these products and (catalogue, category)s: what deletions keep."""
    shown: dict[str, Any] = copy.deepcopy(snapshot)
    for id_ in products:
        shown["products"].pop(id_, None)
    for catalog, held in shown["catalogs"].items():
        gone = {category for one, category in categories if one == catalog}
        for name in gone:
            held.get("categories", {}).pop(name, None)
        assignments = held.get("assignments", {})
        for key in [key for key in assignments if key.split(" ")[1] in products or key.split(" ")[0] in gone]:
            del assignments[key]
        for id_ in products:
            held.get("recommendations", {}).pop(id_, None)
        for name in ("assignments", "recommendations"):
            if not held.get(name, True):
                del held[name]
    shown["catalogs"] = {
        id_: held
        for id_, held in shown["catalogs"].items()
        if set(held) - {"categories"} or set(held.get("categories", {})) - {"root"}
    }
    return shown
