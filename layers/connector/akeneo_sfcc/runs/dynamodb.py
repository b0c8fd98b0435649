"""The run ledger on one DynamoDB table.

Items, by `pk`:
- `SCOPE#<scope>#<family>`: lock_owner, lock_since, watermark, manifest, committed_run, delivering
- `RUN#<job>#<run_id>`: a run's record
- `CATALOGUE#<id>`: scope, the configuration that writes the catalogue

The index RUNS_INDEX (job, started_at) lists a job's runs; only run records have its keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError, NoCredentialsError

from akeneo_sfcc.errors import ConfigurationError, RunLockedError, TransientError
from akeneo_sfcc.runs.items import commit_of, item_of, run_of, text_of
from akeneo_sfcc.runs.ledger import Commit, RunRecord, claimed_elsewhere, overtaken

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RUNS_INDEX = "runs-by-job"
"""The table's global secondary index: partition key `job`, sort key `started_at`, all projected."""

_MOST_CLAIMS = 100  # DynamoDB's limit for one transaction

_TRANSIENT = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_NOT_SET_UP = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "ResourceNotFoundException",
        "UnrecognizedClientException",
    }
)

_FREE = "attribute_not_exists(lock_owner)"
"""Nobody holds the lock: no run yet, or the last one gave it back."""
_OURS = "lock_owner = :owner"
"""We hold it: a redrive, or a repeated call whose first attempt succeeded but lost its answer."""
_STILL_THE_DEAD_ONES = "lock_owner = :dead"
"""Nobody took the lock over since its owner was found to have ended."""
_NOTHING_COMMITTED = "(attribute_not_exists(manifest) OR manifest = :manifest)"
"""The run started before the first success, and nobody has succeeded since; or its own commit is there already."""
_STILL_THE_BASE = "(manifest = :base OR manifest = :manifest)"
"""What is committed is what the run started from, or its own commit is there already."""
_NOTHING_DELIVERED = "(attribute_not_exists(delivering) OR delivering = :manifest)"
"""No run began to deliver that this one does not know of; or it has begun itself."""
_STILL_THE_ATTEMPT = "(attribute_not_exists(delivering) OR delivering IN (:attempted, :manifest))"
"""The delivery found unfinished at the start is still the last one; or this run's own is."""
_UNCLAIMED = "attribute_not_exists(pk)"
"""No configuration writes the catalogue."""
_CLAIMED_BY_US = "#scope = :scope"
"""This configuration already writes it."""


class DynamoRunLedger:
    """The ledger with the promises of `runs.ledger.RunLedger`, on one table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Take a DynamoDB client and the table's name."""
        self._client = client
        self._table = table

    def acquire(self, family: str, scope: str, owner: str, at: str) -> str | None:
        """Take the lock; None when it is now the owner's or was already, else the current owner."""
        found = self._change_scope(
            family,
            scope,
            "SET lock_owner = :owner, lock_since = :at",
            f"{_FREE} OR {_OURS}",
            {":owner": owner, ":at": at},
        )
        return None if found is None else text_of(found, "lock_owner", _scope_pk(family, scope))

    def take_over(self, family: str, scope: str, *, dead_owner: str, owner: str, at: str) -> bool:
        """Take the lock from an owner whose execution has ended; False when somebody else was faster."""
        found = self._change_scope(
            family,
            scope,
            "SET lock_owner = :owner, lock_since = :at",
            f"{_STILL_THE_DEAD_ONES} OR {_OURS}",
            {":owner": owner, ":at": at, ":dead": dead_owner},
        )
        return found is None

    def release(self, family: str, scope: str, owner: str) -> bool:
        """Give the lock back; False when it is not the owner's."""
        found = self._change_scope(family, scope, "REMOVE lock_owner, lock_since", _OURS, {":owner": owner})
        return found is None

    def hold(
        self, family: str, scope: str, *, owner: str, at: str, base: str | None, attempted: str | None, manifest: str
    ) -> None:
        """Take or keep the lock, if no other run changed SFCC since this one started; RunLockedError otherwise."""
        condition, values = _since_base(base, manifest)
        undelivered = _NOTHING_DELIVERED
        if attempted is not None:
            undelivered, values[":attempted"] = _STILL_THE_ATTEMPT, attempted
        found = self._change_scope(
            family,
            scope,
            "SET lock_owner = :owner, lock_since = if_not_exists(lock_since, :at)",
            f"({_FREE} OR {_OURS}) AND {condition} AND {undelivered}",
            {":owner": owner, ":at": at, **values},
        )
        if found is not None:
            raise RunLockedError(_overtaken("this run cannot go on with", family, scope, found))

    def committed(self, family: str, scope: str) -> Commit | None:
        """Return what the last successful run left, None before the first."""
        pk = _scope_pk(family, scope)
        return commit_of(self._item(pk), pk)

    def begin_delivery(self, family: str, scope: str, *, owner: str, manifest: str) -> None:
        """Record that SFCC may hold what this manifest's state says; RunLockedError when the lock is another's."""
        found = self._change_scope(
            family, scope, "SET delivering = :manifest", _OURS, {":owner": owner, ":manifest": manifest}
        )
        if found is not None:
            raise RunLockedError(_overtaken("this run cannot deliver", family, scope, found))

    def delivering(self, family: str, scope: str) -> str | None:
        """Return the manifest of a delivery that began and that no commit has concluded."""
        pk = _scope_pk(family, scope)
        item = self._item(pk)
        return text_of(item, "delivering", pk) if "delivering" in item else None

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
        """Move watermark and state pointer and release the lock, all in one write."""
        condition, values = _since_base(base, manifest)
        done = "lock_owner, lock_since" + (", delivering" if concludes else "")
        found = self._change_scope(
            family,
            scope,
            f"SET watermark = :watermark, manifest = :manifest, committed_run = :run REMOVE {done}",
            f"{_OURS} AND {condition}",
            {":owner": owner, ":watermark": watermark, ":run": run_id, **values},
        )
        if found is None:
            return
        pk = _scope_pk(family, scope)
        if commit_of(found, pk) == Commit(run_id, watermark, manifest):
            return  # this very commit succeeded before; whoever holds the lock now keeps it
        raise RunLockedError(_overtaken(f"run {run_id} cannot commit", family, scope, found))

    def claim(self, scope: str, catalogues: Sequence[str]) -> None:
        """Claim catalogues for a scope, all or none; ConfigurationError names those another scope has."""
        wanted = sorted(set(catalogues))
        if len(wanted) > _MOST_CLAIMS:
            raise ConfigurationError(
                f"catalogues: too many: value {len(wanted)}; allowed: {_MOST_CLAIMS} in one configuration"
            )
        if not wanted:
            return
        try:
            with self._asking("claim catalogues"):
                self._client.transact_write_items(
                    TransactItems=[
                        {
                            "Put": {
                                "TableName": self._table,
                                "Item": {"pk": {"S": _catalogue_pk(catalogue)}, "scope": {"S": scope}},
                                "ConditionExpression": f"{_UNCLAIMED} OR {_CLAIMED_BY_US}",
                                "ExpressionAttributeNames": {"#scope": "scope"},  # a reserved word
                                "ExpressionAttributeValues": {":scope": {"S": scope}},
                                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                            }
                        }
                        for catalogue in wanted
                    ]
                )
        except ClientError as error:
            if _code(error) != "TransactionCanceledException":
                raise
            raise self._refused(scope, wanted, error) from error

    def put_run(self, record: RunRecord) -> None:
        """Write a run's record, replacing it."""
        item = {"pk": {"S": _run_pk(record.job, record.run_id)}, **item_of(record)}
        with self._asking(f"write {item['pk']['S']}"):
            self._client.put_item(TableName=self._table, Item=item)

    def get_run(self, job: str, run_id: str) -> RunRecord | None:
        """Return a run's record."""
        pk = _run_pk(job, run_id)
        item = self._item(pk)
        return run_of(item, pk) if item else None

    def latest_runs(self, job: str, limit: int = 20) -> tuple[RunRecord, ...]:
        """Return a job's runs, the one started last first; the index may lag a moment behind."""
        with self._asking(f"list runs of {job}"):
            answer = self._client.query(
                TableName=self._table,
                IndexName=RUNS_INDEX,
                KeyConditionExpression="job = :job",
                ExpressionAttributeValues={":job": {"S": job}},
                ScanIndexForward=False,
                Limit=limit,
            )
        return tuple(run_of(item, item["pk"].get("S", "?")) for item in answer["Items"])

    def _item(self, pk: str) -> Mapping[str, Any]:
        with self._asking(f"read {pk}"):
            answer = self._client.get_item(TableName=self._table, Key={"pk": {"S": pk}}, ConsistentRead=True)
        return answer.get("Item", {})

    def _change_scope(
        self, family: str, scope: str, update: str, condition: str, values: Mapping[str, str]
    ) -> Mapping[str, Any] | None:
        """Update the scope's item; None when the condition held, else the item as it is."""
        pk = _scope_pk(family, scope)
        try:
            with self._asking(f"write {pk}"):
                self._client.update_item(
                    TableName=self._table,
                    Key={"pk": {"S": pk}},
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
                    # The item comes with the refusal: reading it afterwards could show another moment.
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if _code(error) != "ConditionalCheckFailedException":
                raise
            return _mapping(error.response.get("Item"))
        return None

    def _refused(self, scope: str, wanted: Sequence[str], error: ClientError) -> Exception:
        reasons = error.response.get("CancellationReasons", [])
        problems = []
        for catalogue, reason in zip(wanted, reasons, strict=True):
            if reason.get("Code") == "ConditionalCheckFailed":
                owner = text_of(_mapping(reason.get("Item")), "scope", _catalogue_pk(catalogue))
                problems.append(claimed_elsewhere(catalogue, owner, scope))
        if problems:
            return ConfigurationError(problems)
        codes = ", ".join(sorted({reason.get("Code", "?") for reason in reasons} - {"None"}))
        return TransientError(f"claim catalogues in {self._table}: {codes}")

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        """Turn the service's errors into ours."""
        what = f"{what} in table {self._table}"
        try:
            yield
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if _code(error) in _TRANSIENT or status >= 500:
                raise TransientError(f"{what}: {_code(error)} ({status})") from error
            if _code(error) in _NOT_SET_UP or status in (401, 403):
                raise ConfigurationError(
                    f"{what}: {_code(error)} ({status}); allowed: an existing table this role may use"
                ) from error
            raise
        except NoCredentialsError as error:
            raise ConfigurationError(f"{what}: no AWS credentials; allowed: a role or a profile") from error
        except (HTTPClientError, ConnectionError) as error:
            raise TransientError(f"{what}: {error}") from error


def _since_base(base: str | None, manifest: str) -> tuple[str, dict[str, str]]:
    """Return the condition that nobody else has committed since a run started, and its values."""
    if base is None:
        return _NOTHING_COMMITTED, {":manifest": manifest}
    return _STILL_THE_BASE, {":base": base, ":manifest": manifest}


def _overtaken(what: str, family: str, scope: str, found: Mapping[str, Any]) -> str:
    pk = _scope_pk(family, scope)
    holder, manifest = (text_of(found, name, pk) if name in found else None for name in ("lock_owner", "manifest"))
    return overtaken(what, family, scope, holder, manifest)


def _scope_pk(family: str, scope: str) -> str:
    return f"SCOPE#{scope}#{family}"


def _run_pk(job: str, run_id: str) -> str:
    return f"RUN#{job}#{run_id}"


def _catalogue_pk(catalogue: str) -> str:
    return f"CATALOGUE#{catalogue}"


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
