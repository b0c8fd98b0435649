"""Start Import: upload what one import of the plan needs, and start its job."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import BinaryIO

from akeneo_sfcc.delivery import transport
from akeneo_sfcc.delivery.client import SfccClient
from akeneo_sfcc.delivery.errors import JobAlreadyRunningError
from akeneo_sfcc.stages.contracts import DeliveryResult, ImportPlace, StartImportTask
from akeneo_sfcc.stages.delivery_plan import Upload, read_plan
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import state_layout
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.objects import ObjectStore

LONGEST_BUSY_SECONDS = 4 * 3600.0
"""How long a job that others keep busy is waited for."""

_SHORTEST_WAIT, _LONGEST_WAIT = 3, 120
_BYTES_A_SECOND = 10 << 20
"""An import is first looked at when it would be over at this speed."""
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def start_import(task: StartImportTask, services: Services) -> DeliveryResult:
    """Start the import at the place, or tell that its job is busy; `done` behind the last one.

    SFCC runs one execution of a job at a time; another's is waited for by the state machine. Before anything is
    imported the ledger notes that this run is delivering: what it leaves behind if it never ends well is known then.
    Called again after it started, it finds the execution it started. Raises JobAlreadyRunningError (a
    TransientError) when the job stays busy for hours.
    """
    run, place = task.run, task.place
    layout = RunLayout(run.job, run.run_id)
    plan = read_plan(services.store, layout)
    if place.position >= len(plan):
        return DeliveryResult(status="done", place=place)
    wanted = plan[place.position]
    settings = services.settings(run.scope)
    with Tally(services, run, "start_import", f"{place.position:06d}") as tally:
        client = services.sfcc(settings)
        for upload in wanted.uploads:
            if _send(client, services.store, upload):
                tally.wrote(upload.size)
        services.ledger.begin_delivery(
            run.family, run.scope, owner=run.execution_arn, manifest=state_layout(run).manifest(run.run_id)
        )
        begun = client.begin(wanted.request)
    now = services.now().astimezone(UTC)
    if begun.execution is None:
        since = place.since or now.strftime(_TIME)
        if (now - datetime.fromisoformat(since)).total_seconds() > LONGEST_BUSY_SECONDS:
            other = f", execution {begun.waits_for.id}" if begun.waits_for else ""
            raise JobAlreadyRunningError(f"job {wanted.job_id} has been busy since {since}{other}; it is not ours")
        at = ImportPlace(position=place.position, looks=place.looks + 1, since=since, first_wait=place.first_wait)
        return DeliveryResult(status="busy", place=at, wait_seconds=pause(at))
    at = ImportPlace(
        position=place.position,
        job_id=begun.execution.job_id,
        execution_id=begun.execution.id,
        since=now.strftime(_TIME),
        first_wait=_SHORTEST_WAIT + wanted.size // _BYTES_A_SECOND,
    )
    return DeliveryResult(status="running", place=at, wait_seconds=pause(at))


def pause(place: ImportPlace) -> int:
    """Return the seconds until the next look: few at first, then longer and longer.

    A day of waiting is then some thousand events of an execution's history, and an import of the largest archive, which
    takes a minute or two, some fifty; 25,000 are allowed
    (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
    """
    return min(_LONGEST_WAIT, int(place.first_wait * 1.3 ** min(place.looks, 20)))


def _send(client: SfccClient, store: ObjectStore, upload: Upload) -> bool:
    """Upload a file unless it is there already: a name belongs to one run, and so to one content."""
    if client.webdav.size(upload.path) == upload.size:
        return False

    def source() -> AbstractContextManager[BinaryIO]:
        return store.open(upload.key)

    client.webdav.put(upload.path, transport.Upload(upload.size, source))
    return True
