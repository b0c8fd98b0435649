"""A run that was redriven after another has taken its place, on both ledgers."""

from __future__ import annotations

import pytest

from akeneo_sfcc.errors import RunLockedError
from akeneo_sfcc.runs.ledger import Commit
from tests.adapters.runs.test_run_ledgers import AT, FIRST, ONE, SECOND, TWO


@pytest.mark.parametrize("base", [None, "state/default/manifest/run-0.json"])
def test_a_run_that_did_not_start_from_what_is_committed_cannot_commit(ledger, base):
    ledger.acquire("products", "default", ONE, AT)
    ledger.commit("products", "default", owner=ONE, **FIRST, base=None)
    ledger.acquire("products", "default", TWO, AT)
    with pytest.raises(RunLockedError, match=r"run-2 cannot commit.*overtaken.*committed is .*run-1.json"):
        ledger.commit("products", "default", owner=TWO, **SECOND, base=base)
    assert ledger.committed("products", "default") == Commit(**FIRST)


def hold(ledger, owner=ONE, base=None, manifest=FIRST["manifest"], attempted=None):
    ledger.hold("products", "default", owner=owner, at=AT, base=base, attempted=attempted, manifest=manifest)


def test_a_redriven_run_takes_its_lock_back(ledger):
    ledger.acquire("products", "default", ONE, AT)
    ledger.release("products", "default", ONE)
    hold(ledger)
    assert ledger.acquire("products", "default", TWO, AT) == ONE
    hold(ledger)


def test_a_run_whose_lock_another_has_cannot_go_on(ledger):
    ledger.acquire("products", "default", TWO, AT)
    with pytest.raises(RunLockedError, match=f"overtaken; the lock is held by {TWO}, committed is nothing"):
        hold(ledger)
    assert ledger.acquire("products", "default", "third", AT) == TWO


def test_a_redriven_run_cannot_go_on_after_another_has_committed(ledger):
    ledger.acquire("products", "default", TWO, AT)
    ledger.commit("products", "default", owner=TWO, **SECOND, base=None)
    with pytest.raises(RunLockedError, match=r"held by nobody, committed is .*run-2.json"):
        hold(ledger)
    assert ledger.acquire("products", "default", "third", AT) is None


def test_a_run_that_has_committed_may_repeat_its_last_stage(ledger):
    ledger.acquire("products", "default", ONE, AT)
    ledger.commit("products", "default", owner=ONE, **FIRST, base=None)
    hold(ledger)
    ledger.commit("products", "default", owner=ONE, **FIRST, base=None)
    assert ledger.acquire("products", "default", TWO, AT) is None
