"""Start Run: check the configuration, claim its catalogues, take the lock, fix the run's identity and window."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from akeneo_sfcc.errors import ConfigurationError, DataError, RunLockedError, TransientError
from akeneo_sfcc.runs.ledger import Commit, RunRecord
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.committed import attempted_by, lost_objects, read_manifest
from akeneo_sfcc.stages.committed_attributes import read_committed_attributes
from akeneo_sfcc.stages.committed_media import read_committed_media
from akeneo_sfcc.stages.contracts import Job, RunContext, StartRunResult, StartRunTask
from akeneo_sfcc.stages.services import Services

FAMILIES: dict[Job, str] = {
    "1-Akeneo-Import-Attributes": "attributes",
    "2-Akeneo-Import-Media-Assets-Pricebook": "media",
    "3-1-Akeneo-Differential-Import-Products": "products",
    "3-2-Akeneo-Full-Import-Products": "products",
}
"""The family of each job: jobs of one family never run side by side for one scope, and share what is committed."""

MEDIA = FAMILIES["2-Akeneo-Import-Media-Assets-Pricebook"]
ATTRIBUTES = FAMILIES["1-Akeneo-Import-Attributes"]
PRODUCTS = FAMILIES["3-2-Akeneo-Full-Import-Products"]
_DIFFERENTIAL: Job = "3-1-Akeneo-Differential-Import-Products"
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_LOCK_ATTEMPTS = 5
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


def start_run(task: StartRunTask, services: Services) -> StartRunResult:
    """Return the run, or the execution that already runs; the same execution always gets the same run.

    Raises ConfigurationError with every problem of the configuration, and when another scope writes one of its
    catalogues; TransientError when the lock kept changing hands; RunLockedError instead of naming the execution that
    runs when another one waits for this run: doing nothing would pass there for done.
    """
    family = FAMILIES.get(task.job)
    if family is None:
        raise DataError(f"job {task.job} has no run of its own; allowed: {', '.join(FAMILIES)}")
    scope = task.input.config
    if task.input.since_last_success and family != MEDIA:
        raise ConfigurationError(
            "input.since_last_success: has no meaning in this job: value true; "
            "allowed: only in 2-Akeneo-Import-Media-Assets-Pricebook"
        )
    if task.input.only is not None and family == ATTRIBUTES:
        raise ConfigurationError("input.only: has no meaning in this job; allowed: only in jobs of media and products")
    settings = services.settings(scope)
    services.ledger.claim(scope, settings.catalogs())
    holder = _lock(services, family, scope, task.execution_arn)
    if holder is not None and task.input.started_by is not None:
        raise RunLockedError(
            f"another run of the {family} of {scope} is active: {holder}; when it has ended, redrive "
            f"{task.input.started_by}, which waits for this one"
        )
    if holder is not None:
        return StartRunResult(status="already_running", held_by=holder)
    committed = services.ledger.committed(family, scope)
    media = services.ledger.committed(MEDIA, scope) if family == PRODUCTS else None
    run = _run(task, family, settings, committed, media, services.ledger.delivering(family, scope))
    if family == PRODUCTS and run.committed is not None:
        run = _with_usable_state(services, run, run.committed)
    if run.attempted is not None:
        run = _with_usable_attempt(services, run, run.attempted)
    services.ledger.put_run(
        RunRecord(
            job=run.job,
            run_id=run.run_id,
            family=family,
            scope=scope,
            execution_arn=run.execution_arn,
            mode=run.mode,
            started_at=run.started_at,
        )
    )
    return StartRunResult(status="started", run=run)


def run_id_of(execution_arn: str, execution_name: str, started_at: str) -> str:
    """Return the id of an execution's run, safe in a file name: `20261123T020000Z-<name>`.

    A name with characters outside `A-Za-z0-9_-` has them replaced, and a piece of the ARN's hash keeps it apart.
    """
    name = _UNSAFE.sub("_", execution_name)
    if name != execution_name:
        name = f"{name}-{hashlib.sha256(execution_arn.encode()).hexdigest()[:8]}"
    return f"{_moment(started_at):%Y%m%dT%H%M%SZ}-{name}"


def _run(
    task: StartRunTask,
    family: str,
    settings: Settings,
    committed: Commit | None,
    media: Commit | None,
    attempted: str | None,
) -> RunContext:
    chosen = task.input.only is not None
    differential = (task.job == _DIFFERENTIAL or task.input.since_last_success) and not chosen
    notes: list[str] = []
    if attempted is not None:
        notes.append(_unfinished(attempted, chosen=chosen))
    if differential and committed is None:
        differential = False
        notes.append("no successful run yet: everything is read")
    elif chosen and committed is None and family == PRODUCTS:
        notes.append("no successful run yet: this one commits nothing")
    elif differential and task.input.force_full:
        differential = False
        notes.append("force_full: everything is read")
    differential = differential and attempted is None
    since = None
    if differential and committed is not None:
        overlap = timedelta(minutes=settings.pim.overlap_minutes)
        since = (_moment(committed.watermark) - overlap).strftime(_TIME)
    return RunContext(
        job=task.job,
        family=family,
        scope=task.input.config,
        run_id=run_id_of(task.execution_arn, task.execution_name, task.started_at),
        execution_arn=task.execution_arn,
        # Chosen items alone must never be taken for the whole catalogue: everything else would count as gone.
        mode="differential" if differential or chosen else "full",
        started_at=_moment(task.started_at).strftime(_TIME),
        since=since,
        committed=None if committed is None else committed.manifest,
        base=None if committed is None else committed.manifest,
        attempted=attempted,
        delivering=attempted,
        media=None if media is None else media.manifest,
        force_full=task.input.force_full,
        dry_run=task.input.dry_run,
        only=task.input.only,
        notes=tuple(notes),
        max_concurrency=settings.pim.max_concurrency,
    )


def _with_usable_state(services: Services, run: RunContext, key: str) -> RunContext:
    """Return the run, without the committed state if that is lost and the run is forced to be full.

    Raises DataError when the state is lost and the run is not.
    """
    lost: list[str] = []
    try:
        state = read_manifest(services.store, key)
        if run.force_full:
            lost = lost_objects(services.store, state)
    except DataError as error:
        if not run.force_full:
            raise
        lost = [str(error)]
    if not lost:
        return run
    more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
    note = (
        f"the committed state is lost ({lost[0]}{more}) and is built anew: what earlier runs wrote is not known, so "
        "values emptied since stay in SFCC and nothing is recognised as gone; products.clear_empty: family empties them"
    )
    return run.model_copy(update={"committed": None, "notes": (*run.notes, note)})


def _with_usable_attempt(services: Services, run: RunContext, key: str) -> RunContext:
    """Return the run, without the unfinished delivery's state if that is lost and the run is forced to be full.

    Raises DataError when the state is lost and the run is not.
    """
    try:
        lost = _lost_attempt(services, run, key)
    except DataError as error:
        if not run.force_full:
            raise DataError(
                f"it is not known what an unfinished delivery wrote: {error}; force_full does without"
            ) from error
        lost = [str(error)]
    if not lost:
        return run
    note = (
        f"what the unfinished delivery wrote is lost ({lost[0]}) and is not known: what it gave SFCC beside the "
        "committed state stays there where this run writes nothing in its place"
    )
    return run.model_copy(update={"attempted": None, "notes": (*run.notes, note)})


def _lost_attempt(services: Services, run: RunContext, key: str) -> list[str]:
    """Return which objects of the attempted state are lost, all of them only where the run can do without."""
    if run.family == PRODUCTS:
        state = attempted_by(read_manifest(services.store, key))
        return lost_objects(services.store, state) if run.force_full else []
    if run.family == MEDIA:
        prices = read_committed_media(services.store, key).attempted_prices
        return [prices] if prices is not None and run.force_full and not services.store.exists(prices) else []
    lines = read_committed_attributes(services.store, key).attributes
    return [lines] if lines is not None and run.force_full and not services.store.exists(lines) else []


def _unfinished(attempted: str, *, chosen: bool) -> str:
    """Return what to say of a delivery that no commit concluded."""
    begun = f"run {PurePosixPath(attempted).stem} began to deliver and committed nothing"
    if chosen:
        return f"{begun}: what it left beside the chosen items is undone by the next run without only"
    return f"{begun}: everything is read and written whole, and what it left in SFCC is undone"


def _lock(services: Services, family: str, scope: str, owner: str) -> str | None:
    """Take the lock; return the execution that holds it and still runs, None when it is ours.

    A lock lives exactly as long as its execution, so that of an ended one is taken over, however it ended.
    """
    for _ in range(_LOCK_ATTEMPTS):
        at = services.now().astimezone(UTC).strftime(_TIME)
        holder = services.ledger.acquire(family, scope, owner, at)
        if holder is None:
            return None
        if services.executions(holder) == "RUNNING":
            return holder
        if services.ledger.take_over(family, scope, dead_owner=holder, owner=owner, at=at):
            return None
        # Somebody else was faster: who holds it now is asked again.
    raise TransientError(f"the lock of {family} in {scope} changed hands {_LOCK_ATTEMPTS} times while it was taken")


def _moment(text: str) -> datetime:
    """Return a UTC time; Step Functions writes it with milliseconds."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise DataError(f"started_at {text!r} is no ISO 8601 time") from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
