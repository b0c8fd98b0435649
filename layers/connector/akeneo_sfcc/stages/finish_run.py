"""Finish Run: account for every item, commit, and write the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.runs.ledger import RunRecord
from akeneo_sfcc.stages.contracts import FinishRunResult, RunContext, StageTask
from akeneo_sfcc.stages.delivery_plan import read_delivery
from akeneo_sfcc.stages.departures import read_departures
from akeneo_sfcc.stages.records import write_records, write_report
from akeneo_sfcc.stages.report import build_report, read_totals, unbalanced
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.superseded_state import remove_superseded
from akeneo_sfcc.stages.telling import tell_numbers, tell_people
from akeneo_sfcc.stages.work import PRODUCTS, state_layout
from akeneo_sfcc.storage.layout import RunLayout


def finish_run(task: StageTask, services: Services) -> FinishRunResult:
    """Commit the run, write report and records, tell people; calling it again does no harm.

    A dry run commits nothing and only gives the lock back. A run over chosen items commits what it wrote, so that
    later runs know it, and leaves the watermark and an earlier unfinished delivery where they are; before the first
    success there is no watermark, and nothing is committed. Raises DataError when items are not accounted for (an error
    of ours, which must not pass in silence) and RunLockedError when the run was overtaken.
    """
    run = task.run
    layout = RunLayout(run.job, run.run_id)
    totals = read_totals(services.store, layout)
    issues = write_records(services.store, layout, totals)
    finished_at = services.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    delivery = read_delivery(services.store, layout)
    report = build_report(totals, run, status="SUCCEEDED", finished_at=finished_at, issues=issues, delivery=delivery)
    report["left"] = read_departures(services, layout)
    if problems := unbalanced(report):
        raise DataError("items are not accounted for: " + "; ".join(problems))
    # The commit comes before the report: a report of success without a commit would be a lie, the reverse is mended
    # by the retry, because the same commit again is no error.
    _commit(run, services)
    write_report(services.store, layout, report)
    counts = _flat(report["counts"])
    record = services.ledger.get_run(run.job, run.run_id) or _record(run)
    services.ledger.put_run(
        replace(record, status="succeeded", finished_at=finished_at, report=layout.report, counts=counts)
    )
    tell_people(services, layout, report)
    tell_numbers(services, report)
    remove_superseded(services, run)
    return FinishRunResult(report_key=layout.report, counts=counts)


def _commit(run: RunContext, services: Services) -> None:
    watermark: str | None = run.started_at
    if run.only is not None and run.family == PRODUCTS:
        before = services.ledger.committed(run.family, run.scope)
        watermark = before.watermark if before is not None else None
    elif run.only is not None:
        watermark = None
    if run.dry_run or watermark is None:
        services.ledger.release(run.family, run.scope, run.execution_arn)
        return
    services.ledger.commit(
        run.family,
        run.scope,
        owner=run.execution_arn,
        run_id=run.run_id,
        watermark=watermark,
        manifest=state_layout(run).manifest(run.run_id),
        base=run.base,
        # What an earlier delivery left beside the chosen items is still there.
        concludes=run.only is None or run.delivering is None,
    )


def _record(run: RunContext) -> RunRecord:
    return RunRecord(run.job, run.run_id, run.family, run.scope, run.execution_arn, run.mode, run.started_at)


def _flat(counts: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    return {f"{kind}_{outcome}": n for kind, outcomes in counts.items() for outcome, n in outcomes.items() if n}
