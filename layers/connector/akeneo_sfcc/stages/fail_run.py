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

from akeneo_sfcc.errors import ConnectorError
from akeneo_sfcc.reporting.links import execution_link
from akeneo_sfcc.reporting.message import early_message
from akeneo_sfcc.reporting.wording import ending
from akeneo_sfcc.runs.ledger import RunRecord
from akeneo_sfcc.stages.contracts import ExecutionDetail, FailRunTask, Job, Only, RunContext, StageResult, StartInput
from akeneo_sfcc.stages.delivery_plan import read_delivery
from akeneo_sfcc.stages.records import write_records, write_report
from akeneo_sfcc.stages.report import Totals, build_report, read_totals
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.start_run import FAMILIES
from akeneo_sfcc.stages.telling import tell_numbers, tell_people
from akeneo_sfcc.storage.layout import RunLayout

_RECENT = 100
_CAUSE_CHARACTERS = 2_000
_ITEM_CHARACTERS = 1_000
_CATALOG: Job = "0-Akeneo-Import-Catalog"
_WAITED = (
    "A job that this execution waited for did not end well, and has a message of its own; the jobs before it are done. "
    "Put its cause right, then redrive this execution: it starts that job again and goes on."
)
_MAP_FAILED = "States.ExceedToleratedFailureThreshold"
# Runtimes name the stage at the head of the message; a stack trace shows the module.
_STAGE_IN_MESSAGE = re.compile(r"^([a-z]+(?:_[a-z]+)+): ")
_STAGE_IN_TRACE = re.compile(r"/akeneo_sfcc/stages/([a-z_]+)\.py")


def fail_run(task: FailRunTask, services: Services) -> StageResult:
    """Record the failure; an execution that failed before it had a run only gives its lock back.

    0-Akeneo-Import-Catalog has no run and no lock: the job that failed has had both and its own message, and of the
    execution that waited for it people are told what is to be redriven.
    """
    detail = task.detail
    given = _input(detail)
    job = _job(detail.state_machine_arn)
    record = _find(services, job, detail.execution_arn)
    if record is not None and record.status == "succeeded":
        # Aborted or timed out after the commit: what was committed stays, and its report stays true.
        remark = f"The execution ended as {detail.status} after its run had already committed: what was imported stays."
        _tell(services, detail, record.job, record.scope, _message(detail.cause), remark)
        return StageResult()
    family = record.family if record is not None else FAMILIES[job] if job is not None else None
    scope = record.scope if record is not None else given.config
    if family is not None:
        services.ledger.release(family, scope, detail.execution_arn)
    failure = _failure(detail, services)
    if record is None:
        name = detail.state_machine_arn.rpartition(":")[2]
        _tell(services, detail, name, scope, failure["cause"], _WAITED if name.endswith(_CATALOG) else "")
        return StageResult()
    layout = RunLayout(record.job, record.run_id)
    totals = read_totals(services.store, layout)
    failure["stage"] = failure["stage"] or _after(totals)
    finished_at = services.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    services.ledger.put_run(
        replace(
            record,
            status="failed",
            finished_at=finished_at,
            stage=failure["stage"],
            error=": ".join(filter(None, (failure["error"], failure["cause"]))),
            report=layout.report,
        )
    )
    run = _context(record, dry_run=given.dry_run, only=given.only)
    issues = write_records(services.store, layout, totals)
    delivery = read_delivery(services.store, layout)
    report = build_report(
        totals,
        run,
        status=detail.status,
        finished_at=finished_at,
        issues=issues,
        failure=failure,
        delivery=delivery,
    )
    write_report(services.store, layout, report)
    tell_people(services, layout, report)
    tell_numbers(services, report)
    return StageResult()


def _failure(detail: ExecutionDetail, services: Services) -> dict[str, Any]:
    """Return `{"status", "error", "cause", "stage"}`, with the "item" of the map that failed where there is one.

    The execution's own cause says of a failed map only that too many items failed: the item is looked up, unless
    the event carries it.
    """
    failure = {"status": detail.status, "error": detail.error or detail.status}
    cause = detail.cause or ""
    if detail.error == _MAP_FAILED:
        if (kind := _document(cause).get("errorType")) is not None:
            failure["error"] = str(kind)
        else:
            failure, cause = _look_up(detail, services, failure, cause)
    return {**failure, "cause": _message(cause), "stage": _stage(cause)}


def _look_up(
    detail: ExecutionDetail, services: Services, failure: dict[str, Any], cause: str
) -> tuple[dict[str, Any], str]:
    try:
        found = services.failed_item(detail.execution_arn)
    except ConnectorError as error:
        # The report is written whatever happens here; it says what is missing from it.
        return failure, f"{cause} (the item that failed could not be looked up: {error})"
    if found is None:
        return failure, cause
    return {**failure, "error": found.error, "item": _item(found.item)}, found.cause


def _item(given: str) -> str:
    """Return what tells an item apart: its input without the run that all items are given."""
    item = {name: value for name, value in _document(given).items() if name not in ("run", "progress")}
    text = json.dumps(item, ensure_ascii=False) if item else given
    return text[:_ITEM_CHARACTERS]


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


def _document(text: str) -> dict[str, Any]:
    try:
        found: Any = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _message(cause: str | None) -> str:
    """Return the error's own message: a function's error arrives as JSON with a stack trace.

    That of a job which another one waited for arrives as the whole description of its execution.
    """
    document = _document(cause or "")
    machine, message = document.get("StateMachineArn"), document.get("errorMessage")
    if isinstance(machine, str):
        job, inner = machine.rpartition(":")[2], _message(str(document.get("Cause") or "no cause given"))
        message = f"{job} {document.get('Status')}: {document.get('Error') or 'no error given'}: {inner}"
    return (message if isinstance(message, str) else cause or "")[:_CAUSE_CHARACTERS]


def _stage(cause: str | None) -> str | None:
    found = _STAGE_IN_MESSAGE.search(_message(cause))
    if found is not None:
        return found[1]
    modules = _STAGE_IN_TRACE.findall(cause or "")
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


def _tell(services: Services, detail: ExecutionDetail, job: str, scope: str, cause: str, remark: str = "") -> None:
    """Publish a message about an execution without a report of its failure."""
    execution = execution_link(detail.execution_arn)
    text = early_message(job, scope, detail.status, detail.error, cause, execution=execution, remark=remark)
    services.publish(f"{ending(detail.status)}: {job} ({scope})", text)
