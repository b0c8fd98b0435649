"""The promises of `RunLedger`, kept by the one on DynamoDB and by the fake the other tests use."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from akeneo_sfcc.errors import ConfigurationError, DataError, RunLockedError, TransientError
from akeneo_sfcc.runs.dynamodb import DynamoRunLedger
from akeneo_sfcc.runs.ledger import Commit, RunRecord
from tests.fakes.service_errors import service_error

TABLE = "runs"
AT = "2026-01-02T03:04:05Z"
ONE = "arn:aws:states:eu-west-1:123456789012:execution:job:one"
TWO = "arn:aws:states:eu-west-1:123456789012:execution:job:two"
FIRST = {
    "run_id": "run-1",
    "watermark": "2026-01-02T03:00:00Z",
    "manifest": "state/default/manifest/run-1.json",
}
SECOND = {
    "run_id": "run-2",
    "watermark": "2026-01-03T03:00:00Z",
    "manifest": "state/default/manifest/run-2.json",
}
RUN = RunRecord(
    job="3-2-Akeneo-Full-Import-Products",
    run_id="run-1",
    family="products",
    scope="default",
    execution_arn=ONE,
    mode="full",
    started_at=AT,
)


def test_a_free_lock_is_taken(ledger):
    assert ledger.acquire("products", "default", ONE, AT) is None


def test_a_held_lock_names_its_owner(ledger):
    ledger.acquire("products", "default", ONE, AT)
    assert ledger.acquire("products", "default", TWO, AT) == ONE


def test_a_redrive_finds_its_own_lock(ledger):
    ledger.acquire("products", "default", ONE, AT)
    assert ledger.acquire("products", "default", ONE, AT) is None


@pytest.mark.parametrize(("family", "scope"), [("media", "default"), ("products", "other")])
def test_families_and_scopes_do_not_block_each_other(ledger, family, scope):
    ledger.acquire("products", "default", ONE, AT)
    assert ledger.acquire(family, scope, TWO, AT) is None


def test_a_released_lock_is_free(ledger):
    ledger.acquire("products", "default", ONE, AT)
    assert ledger.release("products", "default", ONE)
    assert ledger.acquire("products", "default", TWO, AT) is None


def test_a_lock_is_released_by_its_owner_alone(ledger):
    assert not ledger.release("products", "default", ONE)
    ledger.acquire("products", "default", ONE, AT)
    assert not ledger.release("products", "default", TWO)
    assert ledger.acquire("products", "default", TWO, AT) == ONE


def test_a_dead_owner_is_taken_over_once(ledger):
    ledger.acquire("products", "default", "dead", AT)
    assert ledger.take_over("products", "default", dead_owner="dead", owner=ONE, at=AT)
    assert not ledger.take_over("products", "default", dead_owner="dead", owner=TWO, at=AT)
    assert ledger.acquire("products", "default", TWO, AT) == ONE


def test_a_take_over_repeated_after_a_lost_answer_succeeds(ledger):
    ledger.acquire("products", "default", "dead", AT)
    assert ledger.take_over("products", "default", dead_owner="dead", owner=ONE, at=AT)
    assert ledger.take_over("products", "default", dead_owner="dead", owner=ONE, at=AT)


def test_a_lock_released_in_the_meantime_is_not_taken_over(ledger):
    ledger.acquire("products", "default", "dead", AT)
    ledger.release("products", "default", "dead")
    assert not ledger.take_over("products", "default", dead_owner="dead", owner=ONE, at=AT)
    assert ledger.acquire("products", "default", ONE, AT) is None


def race(starters: int, start) -> list[object]:
    """Run start(i) for all i at once; return the results in order."""
    gate = threading.Barrier(starters)

    def one(index: int) -> object:
        gate.wait()
        return start(index)

    with ThreadPoolExecutor(starters) as pool:
        return list(pool.map(one, range(starters)))


@pytest.mark.parametrize("starters", [2, 20])
def test_of_many_starters_exactly_one_gets_the_lock(ledger, starters):
    answers = race(starters, lambda i: ledger.acquire("products", "default", f"run-{i}", AT))
    winners = [index for index, owner in enumerate(answers) if owner is None]
    assert len(winners) == 1
    assert {owner for owner in answers if owner is not None} == {f"run-{winners[0]}"}


@pytest.mark.parametrize("starters", [2, 20])
def test_of_many_starters_exactly_one_takes_a_dead_owner_over(ledger, starters):
    ledger.acquire("products", "default", "dead", AT)
    answers = race(
        starters,
        lambda i: ledger.take_over("products", "default", dead_owner="dead", owner=f"run-{i}", at=AT),
    )
    assert answers.count(True) == 1
    assert ledger.acquire("products", "default", "late", AT) == f"run-{answers.index(True)}"


def test_nothing_is_committed_before_the_first_success(ledger):
    assert ledger.committed("products", "default") is None
    ledger.acquire("products", "default", ONE, AT)
    assert ledger.committed("products", "default") is None


def test_a_commit_moves_watermark_and_state_and_frees_the_lock(ledger):
    ledger.acquire("products", "default", ONE, AT)
    ledger.commit("products", "default", owner=ONE, **FIRST, base=None)
    assert ledger.committed("products", "default") == Commit(**FIRST)
    assert ledger.committed("media", "default") is None
    assert ledger.acquire("products", "default", TWO, AT) is None


def test_a_later_commit_replaces_the_earlier(ledger):
    for owner, commit, base in ((ONE, FIRST, None), (TWO, SECOND, FIRST["manifest"])):
        ledger.acquire("products", "default", owner, AT)
        ledger.commit("products", "default", owner=owner, **commit, base=base)
    assert ledger.committed("products", "default") == Commit(**SECOND)


def test_an_overtaken_run_cannot_commit(ledger):
    ledger.acquire("products", "default", ONE, AT)
    ledger.take_over("products", "default", dead_owner=ONE, owner=TWO, at=AT)
    with pytest.raises(
        RunLockedError,
        match=f"run-1 cannot commit products.*overtaken.*held by {TWO}",
    ):
        ledger.commit("products", "default", owner=ONE, **FIRST, base=None)
    assert ledger.committed("products", "default") is None
    assert ledger.acquire("products", "default", "third", AT) == TWO


def test_a_run_without_the_lock_cannot_commit(ledger):
    with pytest.raises(RunLockedError, match="held by nobody"):
        ledger.commit("products", "default", owner=ONE, **FIRST, base=None)
    assert ledger.committed("products", "default") is None


def test_the_same_commit_again_is_no_error(ledger):
    ledger.acquire("products", "default", ONE, AT)
    ledger.commit("products", "default", owner=ONE, **FIRST, base=None)
    ledger.commit("products", "default", owner=ONE, **FIRST, base=None)
    assert ledger.committed("products", "default") == Commit(**FIRST)


def test_the_same_commit_again_leaves_the_next_runs_lock(ledger):
    ledger.acquire("products", "default", ONE, AT)
    ledger.commit("products", "default", owner=ONE, **FIRST, base=None)
    ledger.acquire("products", "default", TWO, AT)
    ledger.commit("products", "default", owner=ONE, **FIRST, base=None)
    assert ledger.acquire("products", "default", "third", AT) == TWO


def test_another_commit_of_the_same_run_is_refused(ledger):
    ledger.acquire("products", "default", ONE, AT)
    ledger.commit("products", "default", owner=ONE, **FIRST, base=None)
    with pytest.raises(RunLockedError):
        ledger.commit("products", "default", owner=ONE, **{**FIRST, "watermark": "2027-01-01T00:00:00Z"}, base=None)
    assert ledger.committed("products", "default") == Commit(**FIRST)


def test_a_scope_claims_its_catalogues_again_and_again(ledger):
    ledger.claim("default", ["master", "shop"])
    ledger.claim("default", ["shop", "master", "shop", "outlet"])
    ledger.claim("other", ["another"])
    ledger.claim("other", [])


def test_a_catalogue_of_another_scope_is_refused_by_name(ledger):
    ledger.claim("default", ["master", "shop"])
    with pytest.raises(ConfigurationError) as caught:
        ledger.claim("second", ["shop", "new", "master"])
    assert caught.value.problems == (
        "catalogue master is written by configuration default: value second; "
        "allowed: one configuration for each catalogue",
        "catalogue shop is written by configuration default: value second; "
        "allowed: one configuration for each catalogue",
    )


def test_a_refused_claim_claims_nothing(ledger):
    ledger.claim("default", ["shop"])
    with pytest.raises(ConfigurationError):
        ledger.claim("second", ["shop", "new"])
    ledger.claim("third", ["new"])


def test_of_two_scopes_claiming_at_once_one_gets_the_catalogue(ledger):
    def claim(index: int) -> bool:
        try:
            ledger.claim(f"scope-{index}", ["shop"])
        except (ConfigurationError, TransientError):
            return False
        return True

    assert race(2, claim).count(True) == 1


def test_a_run_record_is_read_as_written(ledger):
    done = replace(
        RUN,
        status="failed",
        finished_at=AT,
        stage="import_pages",
        error="why",
        report="runs/x",
        counts={"read": 5},
    )
    assert ledger.get_run(RUN.job, RUN.run_id) is None
    ledger.put_run(RUN)
    assert ledger.get_run(RUN.job, RUN.run_id) == RUN
    ledger.put_run(done)
    assert ledger.get_run(RUN.job, RUN.run_id) == done


def test_the_latest_runs_of_a_job_come_first(ledger):
    runs = [replace(RUN, run_id=f"run-{day}", started_at=f"2026-01-{day:02}T00:00:00Z") for day in range(1, 6)]
    for run in (runs[2], runs[0], runs[4], runs[1], runs[3], replace(RUN, job="1-Akeneo-Import-Attributes")):
        ledger.put_run(run)
    assert ledger.latest_runs(RUN.job, limit=3) == (runs[4], runs[3], runs[2])
    assert ledger.latest_runs("2-Akeneo-Import-Media-Assets-Pricebook") == ()


@pytest.mark.parametrize(
    ("item", "read", "message"),
    [
        (
            {"pk": "SCOPE#default#products", "watermark": "2026"},
            lambda ledger: ledger.committed("products", "default"),
            "item SCOPE#default#products: committed_run is None; allowed: a text",
        ),
        (
            {"pk": "SCOPE#default#products", "committed_run": "r", "watermark": 5, "manifest": "m"},
            lambda ledger: ledger.committed("products", "default"),
            r"item SCOPE#default#products: watermark is \{'N': '5'\}",
        ),
        (
            {"pk": "SCOPE#default#products", "lock_owner": 7},
            lambda ledger: ledger.acquire("products", "default", ONE, AT),
            "item SCOPE#default#products: lock_owner is",
        ),
        (
            {"pk": "SCOPE#default#products", "delivering": 7},
            lambda ledger: ledger.delivering("products", "default"),
            "item SCOPE#default#products: delivering is",
        ),
        (
            {"pk": "CATALOGUE#shop", "owner": "me"},
            lambda ledger: ledger.claim("default", ["shop"]),
            "item CATALOGUE#shop: scope is None",
        ),
        (
            {"pk": "RUN#job#run", "job": "job"},
            lambda ledger: ledger.get_run("job", "run"),
            "item RUN#job#run: run_id is None",
        ),
    ],
    ids=["half a commit", "a number", "a lock by hand", "a delivery by hand", "a claim by hand", "half a run"],
)
def test_an_item_written_by_hand_is_named(client, item, read, message):
    values = {name: {"N": str(v)} if isinstance(v, int) else {"S": v} for name, v in item.items()}
    client.put_item(TableName=TABLE, Item=values)
    with pytest.raises(DataError, match=message):
        read(DynamoRunLedger(client, TABLE))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"status": {"S": "fine"}}, "status is 'fine'; allowed: running, succeeded, failed"),
        ({"mode": {"S": "half"}}, "mode is 'half'; allowed: full, differential"),
        ({"counts": {"S": "many"}}, "counts is"),
        ({"counts": {"M": {"read": {"N": "1.5"}}}}, "counts is"),
    ],
)
def test_a_run_record_changed_by_hand_is_named(client, change, message):
    ledger = DynamoRunLedger(client, TABLE)
    ledger.put_run(RUN)
    pk = {"pk": {"S": f"RUN#{RUN.job}#{RUN.run_id}"}}
    client.put_item(TableName=TABLE, Item=client.get_item(TableName=TABLE, Key=pk)["Item"] | change)
    with pytest.raises(DataError, match=message):
        ledger.get_run(RUN.job, RUN.run_id)


def failing(client, error: Exception) -> DynamoRunLedger:
    """Return a ledger whose every call fails."""

    def fail(**_: object) -> None:
        raise error

    client.meta.events.register("before-call.dynamodb.*", fail)
    return DynamoRunLedger(client, TABLE)


CALLS = {
    "acquire": lambda ledger: ledger.acquire("products", "default", ONE, AT),
    "hold": lambda ledger: ledger.hold(
        "products", "default", owner=ONE, at=AT, base=None, attempted=None, manifest="m"
    ),
    "begin_delivery": lambda ledger: ledger.begin_delivery("products", "default", owner=ONE, manifest="m"),
    "delivering": lambda ledger: ledger.delivering("products", "default"),
    "commit": lambda ledger: ledger.commit("products", "default", owner=ONE, **FIRST, base=None),
    "committed": lambda ledger: ledger.committed("products", "default"),
    "claim": lambda ledger: ledger.claim("default", ["shop"]),
    "put_run": lambda ledger: ledger.put_run(RUN),
    "latest_runs": lambda ledger: ledger.latest_runs(RUN.job),
}


@pytest.mark.parametrize(
    "error",
    [
        service_error("ThrottlingException", 400),
        service_error("ProvisionedThroughputExceededException", 400),
        service_error("InternalServerError", 500),
        EndpointConnectionError(endpoint_url="https://dynamodb"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_may_pass_is_transient(client, call, error):
    ledger = failing(client, error)
    with pytest.raises(TransientError, match=f"in table {TABLE}"):
        call(ledger)


@pytest.mark.parametrize("error", [service_error("AccessDeniedException", 400), NoCredentialsError()], ids=repr)
def test_a_lack_of_rights_is_a_configuration_error(client, error):
    ledger = failing(client, error)
    with pytest.raises(ConfigurationError, match=f"in table {TABLE}"):
        ledger.committed("products", "default")


def test_a_table_that_does_not_exist_is_a_configuration_error(client):
    with pytest.raises(ConfigurationError, match="ResourceNotFoundException"):
        DynamoRunLedger(client, "nowhere").committed("products", "default")


@pytest.mark.parametrize("call", [CALLS["acquire"], CALLS["claim"], CALLS["committed"]])
def test_an_error_nobody_foresaw_is_not_disguised(client, call):
    ledger = failing(client, service_error("ValidationException", 400))
    with pytest.raises(ClientError, match="ValidationException"):
        call(ledger)


def test_a_claim_that_met_another_transaction_can_be_tried_again(client):
    cancelled = ClientError(
        {
            "Error": {"Code": "TransactionCanceledException"},
            "CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}],
        },
        "TransactWriteItems",
    )
    ledger = failing(client, cancelled)
    with pytest.raises(TransientError, match="TransactionConflict"):
        ledger.claim("default", ["master", "shop"])


def test_more_catalogues_than_one_transaction_takes_are_refused(client):
    with pytest.raises(ConfigurationError, match="value 101; allowed: 100"):
        DynamoRunLedger(client, TABLE).claim("default", [f"shop-{number}" for number in range(101)])
