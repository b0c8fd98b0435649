"""A run ledger in memory; passes the contract tests of the one on DynamoDB."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from akeneo_sfcc.errors import ConfigurationError, RunLockedError
from akeneo_sfcc.runs.ledger import Commit, RunRecord, claimed_elsewhere, overtaken


@dataclass
class ScopeState:
    """What the ledger knows of a family and scope."""

    lock_owner: str | None = None
    lock_since: str | None = None
    commit: Commit | None = None
    delivering: str | None = None

    @property
    def manifest(self) -> str | None:
        """The key of the committed manifest."""
        return None if self.commit is None else self.commit.manifest


class InMemoryLedger:
    """Items in dicts, open to the test as `scopes`, `claims` and `runs`."""

    def __init__(self) -> None:
        self.scopes: dict[tuple[str, str], ScopeState] = {}
        self.claims: dict[str, str] = {}
        self.runs: dict[tuple[str, str], RunRecord] = {}
        self._one_at_a_time = threading.RLock()

    def acquire(self, family: str, scope: str, owner: str, at: str) -> str | None:
        with self._one_at_a_time:
            state = self._state(family, scope)
            if state.lock_owner not in (None, owner):
                return state.lock_owner
            state.lock_owner, state.lock_since = owner, at
            return None

    def take_over(self, family: str, scope: str, *, dead_owner: str, owner: str, at: str) -> bool:
        with self._one_at_a_time:
            state = self._state(family, scope)
            if state.lock_owner not in (dead_owner, owner):
                return False
            state.lock_owner, state.lock_since = owner, at
            return True

    def release(self, family: str, scope: str, owner: str) -> bool:
        with self._one_at_a_time:
            state = self._state(family, scope)
            if state.lock_owner != owner:
                return False
            state.lock_owner = state.lock_since = None
            return True

    def hold(
        self, family: str, scope: str, *, owner: str, at: str, base: str | None, attempted: str | None, manifest: str
    ) -> None:
        with self._one_at_a_time:
            state = self._state(family, scope)
            unknown = state.manifest not in (base, manifest) or state.delivering not in (None, attempted, manifest)
            if state.lock_owner not in (None, owner) or unknown:
                why = overtaken("this run cannot go on with", family, scope, state.lock_owner, state.manifest)
                raise RunLockedError(why)
            state.lock_owner, state.lock_since = owner, state.lock_since or at

    def committed(self, family: str, scope: str) -> Commit | None:
        return self._state(family, scope).commit

    def begin_delivery(self, family: str, scope: str, *, owner: str, manifest: str) -> None:
        with self._one_at_a_time:
            state = self._state(family, scope)
            if state.lock_owner != owner:
                why = overtaken("this run cannot deliver", family, scope, state.lock_owner, state.manifest)
                raise RunLockedError(why)
            state.delivering = manifest

    def delivering(self, family: str, scope: str) -> str | None:
        return self._state(family, scope).delivering

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
        commit = Commit(run_id, watermark, manifest)
        with self._one_at_a_time:
            state = self._state(family, scope)
            if state.lock_owner == owner and state.manifest in (base, manifest):
                state.commit, state.lock_owner, state.lock_since = commit, None, None
                state.delivering = None if concludes else state.delivering
            elif state.commit != commit:
                what = f"run {run_id} cannot commit"
                raise RunLockedError(overtaken(what, family, scope, state.lock_owner, state.manifest))

    def claim(self, scope: str, catalogues: Sequence[str]) -> None:
        with self._one_at_a_time:
            problems = [
                claimed_elsewhere(catalogue, self.claims[catalogue], scope)
                for catalogue in sorted(set(catalogues))
                if self.claims.get(catalogue, scope) != scope
            ]
            if problems:
                raise ConfigurationError(problems)
            self.claims.update(dict.fromkeys(catalogues, scope))

    def put_run(self, record: RunRecord) -> None:
        self.runs[record.job, record.run_id] = record

    def get_run(self, job: str, run_id: str) -> RunRecord | None:
        return self.runs.get((job, run_id))

    def latest_runs(self, job: str, limit: int = 20) -> tuple[RunRecord, ...]:
        found = [record for record in self.runs.values() if record.job == job]
        return tuple(sorted(found, key=lambda record: record.started_at, reverse=True)[:limit])

    def _state(self, family: str, scope: str) -> ScopeState:
        return self.scopes.setdefault((family, scope), ScopeState())
