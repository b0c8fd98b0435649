"""What the ledger remembers of a delivery that did not come to its end, on both ledgers."""

from __future__ import annotations

import pytest

from akeneo_sfcc.errors import RunLockedError
from akeneo_sfcc.runs.ledger import Commit
from tests.adapters.runs.test_overtaken_runs import hold
from tests.adapters.runs.test_run_ledgers import AT, FIRST, ONE, SECOND, TWO


def begin(ledger, owner=ONE, manifest=FIRST["manifest"]):
    ledger.begin_delivery("products", "default", owner=owner, manifest=manifest)


def test_nothing_is_delivered_before_a_run_says_so(ledger):
    assert ledger.delivering("products", "default") is None
    ledger.acquire("products", "default", ONE, AT)
    assert ledger.delivering("products", "default") is None


def test_a_delivery_is_recorded_for_its_family_and_scope_alone(ledger):
    ledger.acquire("products", "default", ONE, AT)
    begin(ledger)
    assert ledger.delivering("products", "default") == FIRST["manifest"]
    assert ledger.delivering("media", "default") is None
    assert ledger.delivering("products", "other") is None
    assert ledger.committed("products", "default") is None


def test_the_same_delivery_may_begin_again(ledger):
    ledger.acquire("products", "default", ONE, AT)
    begin(ledger)
    begin(ledger)
    assert ledger.delivering("products", "default") == FIRST["manifest"]


@pytest.mark.parametrize("held_by", [None, TWO])
def test_a_run_without_the_lock_cannot_deliver(ledger, held_by):
    if held_by is not None:
        ledger.acquire("products", "default", held_by, AT)
    with pytest.raises(RunLockedError, match=f"cannot deliver products.*held by {held_by or 'nobody'}"):
        begin(ledger)
    assert ledger.delivering("products", "default") is None


def test_a_run_that_ends_leaves_its_delivery_recorded(ledger):
    ledger.acquire("products", "default", ONE, AT)
    begin(ledger)
    ledger.release("products", "default", ONE)
    ledger.acquire("products", "default", TWO, AT)
    ledger.take_over("products", "default", dead_owner=TWO, owner="third", at=AT)
    hold(ledger, owner="third", attempted=FIRST["manifest"], manifest=SECOND["manifest"])
    assert ledger.delivering("products", "default") == FIRST["manifest"]


def test_the_next_delivery_replaces_the_unfinished_one(ledger):
    ledger.acquire("products", "default", ONE, AT)
    begin(ledger)
    ledger.take_over("products", "default", dead_owner=ONE, owner=TWO, at=AT)
    begin(ledger, TWO, SECOND["manifest"])
    assert ledger.delivering("products", "default") == SECOND["manifest"]


def test_a_commit_concludes_its_own_delivery_and_an_earlier_one(ledger):
    ledger.acquire("products", "default", ONE, AT)
    begin(ledger)
    ledger.commit("products", "default", owner=ONE, **FIRST, base=None)
    assert ledger.delivering("products", "default") is None
    ledger.acquire("products", "default", ONE, AT)
    begin(ledger, ONE, "of a run that failed")
    ledger.commit("products", "default", owner=ONE, **SECOND, base=FIRST["manifest"])
    assert ledger.delivering("products", "default") is None


def test_a_commit_of_chosen_items_leaves_an_unfinished_delivery_recorded(ledger):
    ledger.acquire("products", "default", ONE, AT)
    begin(ledger)
    ledger.commit("products", "default", owner=ONE, **SECOND, base=None, concludes=False)
    assert ledger.committed("products", "default") == Commit(**SECOND)
    assert ledger.delivering("products", "default") == FIRST["manifest"]
    assert ledger.acquire("products", "default", TWO, AT) is None


def test_a_commit_that_is_refused_concludes_nothing(ledger):
    ledger.acquire("products", "default", ONE, AT)
    begin(ledger)
    with pytest.raises(RunLockedError):
        ledger.commit("products", "default", owner=TWO, **SECOND, base=None)
    assert ledger.delivering("products", "default") == FIRST["manifest"]


def test_a_redriven_run_that_has_begun_to_deliver_goes_on(ledger):
    ledger.acquire("products", "default", ONE, AT)
    hold(ledger)
    begin(ledger)
    ledger.release("products", "default", ONE)
    hold(ledger)
    assert ledger.acquire("products", "default", TWO, AT) == ONE


@pytest.mark.parametrize("attempted", [None, "the one before"])
def test_a_redriven_run_cannot_go_on_after_another_has_begun_to_deliver(ledger, attempted):
    # It knows nothing of what the other has left in SFCC: its state would hide it.
    if attempted is not None:
        ledger.acquire("products", "default", ONE, AT)
        begin(ledger, ONE, attempted)
        ledger.release("products", "default", ONE)
    ledger.acquire("products", "default", TWO, AT)
    begin(ledger, TWO, SECOND["manifest"])
    ledger.release("products", "default", TWO)
    with pytest.raises(RunLockedError, match="overtaken; the lock is held by nobody"):
        hold(ledger, attempted=attempted)
    assert ledger.acquire("products", "default", "third", AT) is None


def test_a_run_goes_on_beside_the_unfinished_delivery_it_knows(ledger):
    ledger.acquire("products", "default", ONE, AT)
    begin(ledger)
    ledger.release("products", "default", ONE)
    hold(ledger, owner=TWO, attempted=FIRST["manifest"], manifest=SECOND["manifest"])
    begin(ledger, TWO, SECOND["manifest"])
    hold(ledger, owner=TWO, attempted=FIRST["manifest"], manifest=SECOND["manifest"])
    assert ledger.acquire("products", "default", "third", AT) == TWO
