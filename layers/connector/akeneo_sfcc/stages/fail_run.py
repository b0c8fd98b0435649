"""Fail Run: record why an execution ended badly, give its lock back, write the report, tell people.

It is no state of the machine: an EventBridge rule invokes it for failed, timed out and aborted executions alike.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC
from typing import Any

from pydantic import ValidationError

from akeneo_sfcc.runs.ledger import RunRecord
from akeneo_sfcc.stages.contracts import ExecutionDetail, FailRunTask, Job, Only, RunContext, StageResult, StartInput
from akeneo_sfcc.stages.delivery_plan import read_delivery
from akeneo_sfcc.stages.report import Totals, build_report, read_totals, write_records, write_report
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.start_run import FAMILIES
from akeneo_sfcc.storage.layout import RunLayout

_RECENT = 100
_CAUSE_CHARACTERS = 2_000
# Runtimes name the stage at the head of the message; a stack trace shows the module.
_STAGE_IN_MESSAGE = re.compile(r"^([a-z]+(?:_[a-z]+)+): ")
_STAGE_IN_TRACE = re.compile(r"/akeneo_sfcc/stages/([a-z_]+)\.py")


def fail_run(task: FailRunTask, services: Services) -> StageResult:
    """Record the failure; an execution that failed before it had a run only gives its lock back."""
    detail = task.detail
    given = _input(detail)
    job = _job(detail.state_machine_arn)
    record = _find(services, job, detail.execution_arn)
    if record is not None and record.status == "succeeded":
        # Aborted or timed out after the commit: what was committed stays, and its report stays true.
        _tell(services, detail, record, "it had already committed", given.config)
        return StageResult()
    family = record.family if record is not None else FAMILIES[job] if job is not None else None
    scope = record.scope if record is not None else given.config
    if family is not None:
        services.ledger.release(family, scope, detail.execution_arn)
    message = _message(detail)
    if record is None:
        _tell(services, detail, None, message, scope)
        return StageResult()
    layout = RunLayout(record.job, record.run_id)
    totals = read_totals(services.store, layout)
    stage = _stage(detail) or _after(totals)
    finished_at = services.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    error = detail.error or detail.status
    services.ledger.put_run(
        replace(
            record,
            status="failed",
            finished_at=finished_at,
            stage=stage,
            error=f"{error}: {message}" if message else error,
            report=layout.report,
        )
    )
    failure = {"status": detail.status, "error": error, "cause": message, "stage": stage}
    run = _context(record, dry_run=given.dry_run, only=given.only)
    delivery = read_delivery(services.store, layout)
    report = build_report(
        totals, run, status=detail.status, finished_at=finished_at, failure=failure, delivery=delivery
    )
    write_records(services.store, layout, totals)
    write_report(services.store, layout, report)
    _tell(services, detail, replace(record, stage=stage), message, scope)
    return StageResult()


def _job(state_machine_arn: str) -> Job | None:
    """Return the job of a state machine; its name is the job's, behind the stack's prefix."""
    name = state_machine_arn.rpartition(":")[2]
    return next((job for job in FAMILIES if name == job or name.endswith(f"-{job}")), None)


def _find(services: Services, job: Job | None, execution_arn: str) -> RunRecord | None:
    """Return the execution's run; the run's id is not in the event, but the run is among the job's latest."""
    if job is None:
        return None
    found = (record for record in services.ledger.latest_runs(job, _RECENT) if record.execution_arn == execution_arn)
    return next(found, None)


def _input(detail: ExecutionDetail) -> StartInput:
    """Return what the execution was started with; input that was refused is read as none."""
    try:
        return StartInput.model_validate_json(detail.input or "{}")
    except ValidationError:
        return StartInput()


def _message(detail: ExecutionDetail) -> str:
    """Return the error's own message: a function's error arrives as JSON with a stack trace."""
    cause = detail.cause or ""
    try:
        document: Any = json.loads(cause)
    except ValueError:
        document = None
    if isinstance(document, dict) and isinstance(document.get("errorMessage"), str):
        cause = document["errorMessage"]
    return cause[:_CAUSE_CHARACTERS]


def _stage(detail: ExecutionDetail) -> str | None:
    found = _STAGE_IN_MESSAGE.search(_message(detail))
    if found is not None:
        return found[1]
    modules = _STAGE_IN_TRACE.findall(detail.cause or "")
    return modules[0] if modules else None


def _after(totals: Totals) -> str:
    """Return the closest that can be said without a name: the stage that left its numbers last."""
    return f"after {totals.last}" if totals.last else "before any stage had ended"


def _context(record: RunRecord, *, dry_run: bool, only: Only | None) -> RunContext:
    return RunContext.model_validate(
        {
            "job": record.job,
            "family": record.family,
            "scope": record.scope,
            "run_id": record.run_id,
            "execution_arn": record.execution_arn,
            "mode": record.mode,
            "started_at": record.started_at,
            "dry_run": dry_run,
            "only": only,
        }
    )


def _tell(services: Services, detail: ExecutionDetail, record: RunRecord | None, message: str, scope: str) -> None:
    job = record.job if record is not None else detail.state_machine_arn.rpartition(":")[2]
    lines = [
        f"Job: {job}",
        f"Configuration: {scope}",
        f"Execution: {detail.execution_arn}",
        f"Status: {detail.status}",
        f"Error: {detail.error or 'none given'}",
        f"Cause: {message or 'none given'}",
    ]
    if record is not None:
        lines += [f"Stage: {record.stage or 'none'}", f"Report: {RunLayout(record.job, record.run_id).report}"]
    services.publish(f"{job} {detail.status} ({scope})", "\n".join(lines))
