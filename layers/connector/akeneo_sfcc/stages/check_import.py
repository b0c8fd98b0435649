"""Check Import: see whether an import is over, and whether its log says that everything was imported."""

from __future__ import annotations

from datetime import UTC, datetime

from akeneo_sfcc.delivery.client import SfccClient
from akeneo_sfcc.delivery.log import Verdict, judge
from akeneo_sfcc.errors import DataError
from akeneo_sfcc.stages.contracts import CheckImportTask, DeliveryResult, ImportPlace
from akeneo_sfcc.stages.delivery_plan import Import, read_plan, write_outcome
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.start_import import pause
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.storage.layout import RunLayout


def check_import(task: CheckImportTask, services: Services) -> DeliveryResult:
    """Return `running`, or `ready` for the next import when this one is over and good.

    "Exit OK" alone proves nothing: the log counts. Raises DataError with SFCC's own words when data were refused, the
    job failed or left no log. A search index that could not be rebuilt does not fail the run: the data are imported.
    """
    run, place = task.run, task.place
    layout = RunLayout(run.job, run.run_id)
    if place.job_id is None or place.execution_id is None:
        raise DataError(f"import {place.position} was not started")
    settings = services.settings(run.scope)
    client = services.sfcc(settings)
    found = client.jobs.poll(place.job_id, place.execution_id)
    if not found.ended:
        at = place.model_copy(update={"looks": place.looks + 1})
        return DeliveryResult(status="running", place=at, wait_seconds=pause(at))
    done = read_plan(services.store, layout)[place.position]
    with Tally(services, run, "check_import", f"{place.position:06d}") as tally:
        verdict = judge(found, client.findings(found), done.name)
        took = services.now().astimezone(UTC) - datetime.fromisoformat(place.since or run.started_at)
        write_outcome(
            services.store,
            layout,
            place.position,
            done,
            execution=found.id,
            seconds=took.total_seconds(),
            problems=verdict.problems,
            findings=verdict.findings,
        )
        if not settings.delivery.keep_archives:
            _clear(client, done)
        _tell(tally, done, verdict)
    if done.kind == "archive" and not settings.delivery.keep_archives:
        services.store.delete(upload.key for upload in done.uploads)
    return DeliveryResult(status="ready", place=ImportPlace(position=place.position + 1))


def _tell(tally: Tally, done: Import, verdict: Verdict) -> None:
    """Fail, or note what is worth knowing."""
    if verdict.good:
        if verdict.findings.warnings:
            tally.note(f"delivery: SFCC imported {done.name} with {verdict.findings.warnings} data warnings")
        return
    if done.kind == "reindex":
        tally.note(f"delivery: the search index of {done.name} was not rebuilt: {'; '.join(verdict.problems)}")
        return
    raise DataError("\n".join(verdict.problems))


def _clear(client: SfccClient, done: Import) -> None:
    """Delete on the instance what was uploaded for an import, with the folder that was made for it."""
    if done.kind == "archive":
        for upload in done.uploads:
            client.webdav.delete(upload.path)
    elif done.uploads:
        client.webdav.delete(done.uploads[0].path.rpartition("/")[0])
