"""Starting a run: identity, window, mode, and the lock."""

from __future__ import annotations

from typing import Any

import pytest

from akeneo_sfcc.errors import ConfigurationError, DataError, RunLockedError, TransientError
from akeneo_sfcc.stages.committed import CommittedState
from akeneo_sfcc.stages.contracts import StartRunResult, StartRunTask
from akeneo_sfcc.stages.index import IDS, KEYS, MISSING, MODELS
from akeneo_sfcc.stages.start_run import start_run
from tests.fakes.ledger import InMemoryLedger
from tests.fakes.services import FakeWorld, world
from tests.unit.stages.runs import committed

FULL = "3-2-Akeneo-Full-Import-Products"
DIFFERENTIAL = "3-1-Akeneo-Differential-Import-Products"


def arn(name: str) -> str:
    return f"arn:aws:states:eu-central-1:123456789012:execution:akeneo-sfcc:{name}"


def start(made: FakeWorld, job: str = FULL, name: str = "nightly", **input_: Any) -> StartRunResult:
    task = {
        "job": job,
        "execution_arn": arn(name),
        "execution_name": name,
        "started_at": "2026-11-23T02:00:00.123Z",
        "input": input_,
    }
    return start_run(StartRunTask.model_validate(task), made.services)


def after_a_success(**sections: Any) -> FakeWorld:
    made = world(**sections)
    committed(made)
    made.ledger.acquire("products", "default", "before", "2026-11-22T02:00:00Z")
    made.ledger.commit(
        "products",
        "default",
        owner="before",
        run_id="before",
        watermark="2026-11-22T02:00:00Z",
        manifest="state/default/manifest/before.json",
        base=None,
    )
    return made


def test_a_full_run_starts_with_its_identity_and_a_record() -> None:
    made = world(pim={"max_concurrency": 2})
    run = start(made).run
    assert run is not None
    assert (run.run_id, run.mode, run.family, run.scope) == (
        "20261123T020000Z-nightly",
        "full",
        "products",
        "default",
    )
    assert (run.started_at, run.since, run.committed) == ("2026-11-23T02:00:00Z", None, None)
    assert run.max_concurrency == 2
    record = made.ledger.get_run(FULL, run.run_id)
    assert record is not None
    assert (record.status, record.execution_arn) == ("running", arn("nightly"))


def test_the_same_execution_gets_the_same_run_again() -> None:
    made = world()
    first = start(made)
    made.wait(60)
    assert start(made) == first


def test_names_that_differ_in_unsafe_characters_only_stay_apart() -> None:
    made = world()
    one = start(made, name="näch/t").run
    made.statuses[arn("näch/t")] = "FAILED"
    two = start(made, name="nach:t").run
    assert one is not None
    assert two is not None
    assert one.run_id.isascii()
    assert "/" not in one.run_id
    assert one.run_id != two.run_id


def test_a_differential_run_reads_from_the_watermark_less_the_overlap() -> None:
    run = start(after_a_success(pim={"overlap_minutes": 15}), DIFFERENTIAL).run
    assert run is not None
    assert (run.mode, run.since) == ("differential", "2026-11-22T01:45:00Z")
    assert run.committed == "state/default/manifest/before.json"
    assert run.notes == ()


def test_a_differential_run_without_a_success_reads_everything_and_says_so() -> None:
    run = start(world(), DIFFERENTIAL).run
    assert run is not None
    assert (run.mode, run.since, run.notes) == ("full", None, ("no successful run yet: everything is read",))


def test_force_full_reads_everything_and_says_so() -> None:
    run = start(after_a_success(), DIFFERENTIAL, force_full=True).run
    assert run is not None
    assert (run.mode, run.since, run.notes) == ("full", None, ("force_full: everything is read",))


def test_dry_run_and_only_are_carried() -> None:
    run = start(world(), dry_run=True, only={"identifiers": ["a"]}).run
    assert run is not None
    assert run.dry_run
    assert run.only is not None
    assert run.only.identifiers == ("a",)


KEY = "state/default/manifest/before.json"


@pytest.mark.parametrize(("lost", "said"), [(None, "is missing"), (b"{}", "is damaged"), (b'{"format": 0}', "format")])
@pytest.mark.parametrize("job", [FULL, DIFFERENTIAL])
def test_a_lost_state_stops_a_run_and_says_what_helps(job: str, lost: bytes | None, said: str) -> None:
    made = after_a_success()
    made.store.delete([KEY])
    if lost is not None:
        made.store.put(KEY, lost)
    with pytest.raises(DataError, match=f"the committed state {KEY}.*{said}.*start with force_full"):
        start(made, job)


def test_force_full_does_without_a_lost_state_and_says_so() -> None:
    made = after_a_success()
    made.store.delete([KEY])
    run = start(made, FULL, force_full=True).run
    assert run is not None
    assert (run.committed, run.base) == (None, KEY)
    assert run.notes[-1].startswith(f"the committed state is lost (the committed state {KEY} is missing")


def test_force_full_does_without_a_state_of_which_a_part_is_lost() -> None:
    made = world()
    made.ledger.acquire("products", "default", "before", "2026-11-22T02:00:00Z")
    committed(made, objects=("state/default/000/before.jsonl.gz",))
    made.ledger.commit("products", "default", owner="before", run_id="b", watermark="x", manifest=KEY, base=None)
    run = start(made, FULL, force_full=True).run
    assert run is not None
    assert run.committed is None
    assert "state/default/000/before.jsonl.gz" in run.notes[-1]


@pytest.mark.parametrize("job", [FULL, DIFFERENTIAL])
def test_chosen_items_are_never_taken_for_the_whole_catalogue_and_are_read_whenever_they_changed(job: str) -> None:
    run = start(after_a_success(), job, only={"identifiers": ["a"]}).run
    assert run is not None
    assert (run.mode, run.since) == ("differential", None)


def test_a_second_start_while_the_first_runs_ends_as_already_running() -> None:
    made = world()
    start(made, name="first")
    made.statuses[arn("first")] = "RUNNING"
    assert start(made, DIFFERENTIAL, name="second") == StartRunResult(status="already_running", held_by=arn("first"))
    assert len(made.ledger.runs) == 1


def test_a_second_start_that_somebody_waits_for_fails_instead() -> None:
    made = world()
    start(made, name="first")
    made.statuses[arn("first")] = "RUNNING"
    with pytest.raises(
        RunLockedError, match=f"another run of the products of default is active: {arn('first')}.*arn:all"
    ):
        start(made, name="second", AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID="arn:all")
    assert made.ledger.scopes["products", "default"].lock_owner == arn("first")


def test_a_first_start_that_somebody_waits_for_is_as_any_other() -> None:
    assert start(world(), AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID="arn:all").status == "started"


@pytest.mark.parametrize("job", ["2-Akeneo-Import-Media-Assets-Pricebook", FULL])
def test_chosen_items_are_taken_where_there_are_items(job: str) -> None:
    assert start(world(), job, only={"identifiers": ["a"]}).status == "started"


def test_attributes_cannot_be_restricted_to_chosen_items() -> None:
    with pytest.raises(ConfigurationError, match=r"input\.only: has no meaning in this job"):
        start(world(), "1-Akeneo-Import-Attributes", only={"identifiers": ["a"]})


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED", None])
def test_the_lock_of_an_ended_execution_is_taken_over(status: str | None) -> None:
    made = world()
    start(made, name="first")
    if status is not None:
        made.statuses[arn("first")] = status
    assert start(made, name="second").status == "started"
    assert made.ledger.scopes["products", "default"].lock_owner == arn("second")


def test_configurations_do_not_wait_for_each_other() -> None:
    made = world()
    made.documents["other"] = made.documents["default"] | {
        "master_catalogs": [{"id": "m2"}],
        "storefront_catalogs": [{"id": "s2"}],
    }
    start(made, name="first")
    made.statuses[arn("first")] = "RUNNING"
    assert start(made, name="second", config="other").status == "started"


def test_two_configurations_cannot_write_one_catalogue() -> None:
    made = world()
    made.documents["other"] = made.documents["default"]
    start(made)
    with pytest.raises(ConfigurationError, match="catalogue products is written by configuration default"):
        start(made, name="second", config="other")
    assert ("products", "other") not in made.ledger.scopes


class Losing(InMemoryLedger):
    """A lock that somebody else always takes over first."""

    def take_over(self, family: str, scope: str, *, dead_owner: str, owner: str, at: str) -> bool:
        self.scopes[family, scope].lock_owner = dead_owner + "'"
        return False


def test_a_race_lost_to_a_running_execution_ends_as_already_running() -> None:
    made = world()
    made.ledger = Losing()
    start(made, name="first")
    made.statuses[arn("first") + "'"] = "RUNNING"
    assert start(made, name="second").held_by == arn("first") + "'"


def test_a_lock_that_keeps_changing_hands_is_tried_again_later() -> None:
    made = world()
    made.ledger = Losing()
    start(made, name="first")
    with pytest.raises(TransientError, match="changed hands 5 times"):
        start(made, name="second")


def test_an_unknown_configuration_takes_no_lock() -> None:
    made = world()
    with pytest.raises(ConfigurationError, match="configuration nowhere does not exist"):
        start(made, config="nowhere")
    assert made.ledger.scopes == {}


def test_the_job_that_only_starts_others_has_no_run() -> None:
    with pytest.raises(DataError, match="0-Akeneo-Import-Catalog"):
        start(world(), "0-Akeneo-Import-Catalog")


def after_an_unfinished_delivery(**sections: Any) -> FakeWorld:
    made = after_a_success(**sections)
    manifest = committed(made, "state/default/manifest/died.json")
    made.ledger.acquire("products", "default", "died", "2026-11-22T12:00:00Z")
    made.ledger.begin_delivery("products", "default", owner="died", manifest=manifest)
    made.ledger.release("products", "default", "died")
    return made


def test_after_an_unfinished_delivery_everything_is_read_and_the_report_says_why() -> None:
    run = start(after_an_unfinished_delivery(), DIFFERENTIAL).run
    assert run is not None
    assert (run.mode, run.since) == ("full", None)
    assert run.committed == "state/default/manifest/before.json"
    assert run.attempted == run.delivering == "state/default/manifest/died.json"
    assert run.notes == (
        "run died began to deliver and committed nothing: everything is read and written whole, and what it left in "
        "SFCC is undone",
    )


def test_chosen_items_after_an_unfinished_delivery_are_chosen_items_still() -> None:
    run = start(after_an_unfinished_delivery(), DIFFERENTIAL, only={"identifiers": ["a"]}).run
    assert run is not None
    assert (run.mode, run.attempted) == ("differential", "state/default/manifest/died.json")
    assert run.notes == (
        "run died began to deliver and committed nothing: what it left beside the chosen items is undone by the next "
        "run without only",
    )


@pytest.mark.parametrize("body", [None, b"{", b"{}"], ids=["missing", "no JSON", "something else"])
def test_a_lost_state_of_an_unfinished_delivery_is_named_and_force_full_does_without(body: bytes | None) -> None:
    made = after_an_unfinished_delivery()
    del made.store.objects["state/default/manifest/died.json"]
    if body is not None:
        made.store.put("state/default/manifest/died.json", body)
    with pytest.raises(
        DataError, match=r"not known what an unfinished delivery wrote: .*/died\.json .*; force_full does without"
    ):
        start(made)
    run = start(made, force_full=True).run
    assert run is not None
    assert (run.attempted, run.delivering) == (None, "state/default/manifest/died.json")
    assert run.committed == "state/default/manifest/before.json"
    assert "what the unfinished delivery wrote is lost (" in run.notes[-1]


def test_a_lost_object_of_an_unfinished_delivery_is_noticed_by_force_full() -> None:
    made = after_an_unfinished_delivery()
    lost = "state/default/000/died.jsonl.gz"
    state = CommittedState(1, "died", (lost,), {name: [None] for name in (IDS, KEYS, MODELS, MISSING)})
    made.store.put("state/default/manifest/died.json", state.dump())
    run = start(made, force_full=True).run
    assert run is not None
    assert run.attempted is None
    assert f"is lost ({lost})" in run.notes[-1]


@pytest.mark.parametrize(
    ("job", "family"),
    [("2-Akeneo-Import-Media-Assets-Pricebook", "media"), ("1-Akeneo-Import-Attributes", "attributes")],
)
def test_the_other_families_do_without_a_lost_delivery_when_forced(job: str, family: str) -> None:
    made = world()
    made.ledger.acquire(family, "default", "died", "2026-11-22T12:00:00Z")
    made.ledger.begin_delivery(family, "default", owner="died", manifest="state/default/x/manifest/died.json")
    made.ledger.release(family, "default", "died")
    with pytest.raises(DataError, match=r"/x/manifest/died\.json is missing; force_full does without"):
        start(made, job)
    run = start(made, job, force_full=True).run
    assert run is not None
    assert (run.mode, run.attempted) == ("full", None)
