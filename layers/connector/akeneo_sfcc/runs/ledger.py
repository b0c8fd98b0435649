"""The run ledger: who may run, what was committed last, who writes a catalogue, how a run ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

RunStatus = Literal["running", "succeeded", "failed"]


@dataclass(frozen=True, slots=True)
class Commit:
    """What the last successful run of a family and scope left.

    watermark: that run's start, UTC, `YYYY-MM-DDTHH:MM:SSZ`. manifest: key of the committed state's manifest.
    """

    run_id: str
    watermark: str
    manifest: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run, as operators look it up; times are UTC, `YYYY-MM-DDTHH:MM:SSZ`.

    stage, error: where and why a failed run stopped. report: key of its report.
    """

    job: str
    run_id: str
    family: str
    scope: str
    execution_arn: str
    mode: Literal["full", "differential"]
    started_at: str
    status: RunStatus = "running"
    finished_at: str | None = None
    stage: str | None = None
    error: str | None = None
    report: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


class RunLedger(Protocol):
    """What stages need of the ledger; every change is one conditional write.

    An item that does not fit (written by hand) raises DataError naming item and attribute; throttling and
    outages raise TransientError.
    """

    def acquire(self, family: str, scope: str, owner: str, at: str) -> str | None:
        """Take the lock; None when it is now the owner's or was already (a redrive), else the current owner.

        owner: an execution ARN. at: the current time, UTC.
        """

    def take_over(self, family: str, scope: str, *, dead_owner: str, owner: str, at: str) -> bool:
        """Take the lock from an owner whose execution has ended; False when somebody else was faster."""

    def release(self, family: str, scope: str, owner: str) -> bool:
        """Give the lock back; False when it is not the owner's."""

    def hold(
        self, family: str, scope: str, *, owner: str, at: str, base: str | None, attempted: str | None, manifest: str
    ) -> None:
        """Make sure that a run may go on: take or keep the lock, if no other run changed SFCC since the run started.

        base: the committed manifest the run started from, None if there was none. attempted: the delivery it found
        unfinished, likewise. manifest: the one it will commit, or has committed already. RunLockedError when the lock
        is another's, or another run has committed or begun to deliver: the run was overtaken, which a redrive of an
        old execution finds out here.
        """

    def committed(self, family: str, scope: str) -> Commit | None:
        """Return what the last successful run left, None before the first."""

    def begin_delivery(self, family: str, scope: str, *, owner: str, manifest: str) -> None:
        """Record, before the first import of a run, that SFCC may hold what this manifest's state says.

        manifest: the one the run will commit. It stays recorded until a commit, however the run ends. RunLockedError
        when the lock is not the owner's. The same call once more is no error.
        """

    def delivering(self, family: str, scope: str) -> str | None:
        """Return the manifest of a delivery that began and that no commit has concluded."""

    def commit(
        self,
        family: str,
        scope: str,
        *,
        owner: str,
        run_id: str,
        watermark: str,
        manifest: str,
        base: str | None,
        concludes: bool = True,
    ) -> None:
        """Move watermark and state pointer and release the lock, all in one write.

        base: the committed manifest the run started from, None if there was none. concludes: the manifest says all
        that SFCC holds, so no delivery is unfinished any more; False for a run that wrote chosen items on top of an
        unfinished delivery, which stays recorded. RunLockedError when the lock is not the owner's or another run has
        committed since. The same commit once more is no error.
        """

    def claim(self, scope: str, catalogues: Sequence[str]) -> None:
        """Claim catalogues for a scope, all or none; ConfigurationError names those another scope has."""

    def put_run(self, record: RunRecord) -> None:
        """Write a run's record, replacing it."""

    def get_run(self, job: str, run_id: str) -> RunRecord | None:
        """Return a run's record."""

    def latest_runs(self, job: str, limit: int = 20) -> tuple[RunRecord, ...]:
        """Return a job's runs, the one started last first."""


def overtaken(what: str, family: str, scope: str, holder: str | None, manifest: str | None) -> str:
    """Return why a run can do no more: who holds the lock, and what is committed."""
    return (
        f"{what} {family} of {scope}: the run was overtaken; the lock is held by {holder or 'nobody'}, "
        f"committed is {manifest or 'nothing'}"
    )


def claimed_elsewhere(catalogue: str, owner: str, scope: str) -> str:
    """Return the problem of a catalogue that another scope writes."""
    return (
        f"catalogue {catalogue} is written by configuration {owner}: value {scope}; "
        "allowed: one configuration for each catalogue"
    )
