"""What travels between states: small pointers and counts, never data.

Every stage takes one task model and returns one result model; the state machines pass their JSON forms. A payload
stays far below Step Functions' 256 KiB (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Job = Literal[
    "0-Akeneo-Import-Catalog",
    "1-Akeneo-Import-Attributes",
    "2-Akeneo-Import-Media-Assets-Pricebook",
    "3-1-Akeneo-Differential-Import-Products",
    "3-2-Akeneo-Full-Import-Products",
]
ItemKind = Literal["model", "product"]

MOST_KEY_BYTES = 60_000
"""Bytes of keys in a payload, as JSON: a run's chosen items, and a map item's keys besides."""


def json_bytes(texts: Iterable[str]) -> int:
    """Return the bytes of texts as a JSON list, with what is not ASCII escaped."""
    return len(json.dumps(list(texts)))


class Contract(BaseModel):
    """The base of all messages: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Only(Contract):
    """Restricts a product job to these products (by identifier) and models (by code)."""

    identifiers: tuple[Annotated[str, Field(min_length=1)], ...] = Field(min_length=1, max_length=1000)

    @field_validator("identifiers")
    @classmethod
    def _fit_a_payload(cls, identifiers: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what would not fit a state's input together with a map item: every state gets the run whole."""
        if (size := json_bytes(identifiers)) > MOST_KEY_BYTES:
            raise ValueError(f"{size:,} bytes; allowed: {MOST_KEY_BYTES:,} together")
        return identifiers


class StartInput(Contract):
    """What a person or a schedule gives a job; all of it optional.

    since_last_success: the media job looks only at products changed since its last successful run. started_by: the
    execution that waits for this one; the console links the two by this name
    (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-nested-workflows.html).
    """

    config: str = Field(default="default", pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    force_full: bool = False
    since_last_success: bool = False
    dry_run: bool = False
    only: Only | None = None
    started_by: str | None = Field(default=None, alias="AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")


class StartRunTask(Contract):
    """The first state: the execution's identity and its input."""

    job: Job
    execution_arn: str
    execution_name: str
    started_at: str
    input: StartInput = StartInput()


class RunContext(Contract):
    """A run's identity and window; every later state gets it whole.

    run_id: names the run's folders; derived from the execution's name. scope: the configuration's name.
    mode: what is read: all ("full") or what changed since `since` ("differential"). started_at, since: UTC,
    `YYYY-MM-DDTHH:MM:SSZ`; since already contains the overlap. committed: key of the committed state's manifest
    that was valid when the run started, None before the first success. base: the same as the ledger named it, to be
    replaced by this run's own; a commit requires that it still is. attempted: the manifest of a delivery that an
    earlier run began and no commit concluded; delivering: the same as the ledger named it. media: the committed
    manifest of the media job, for product jobs.
    force_full: the input asked for it.
    """

    job: Job
    family: str
    scope: str
    run_id: str
    execution_arn: str
    mode: Literal["full", "differential"]
    started_at: str
    since: str | None = None
    committed: str | None = None
    base: str | None = None
    attempted: str | None = None
    delivering: str | None = None
    media: str | None = None
    force_full: bool = False
    dry_run: bool = False
    only: Only | None = None
    notes: tuple[str, ...] = ()
    max_concurrency: int = 4


class StartRunResult(Contract):
    """`started` with the run, or `already_running` with the execution that holds the lock."""

    status: Literal["started", "already_running"]
    run: RunContext | None = None
    held_by: str | None = None


class StageTask(Contract):
    """A stage that needs nothing but the run."""

    run: RunContext


class StageResult(Contract):
    """A stage's counts for the console; the data is in S3."""

    counts: dict[str, int] = {}


class ReadStructureResult(StageResult):
    """options_key: where the map items of the option map are; None in jobs that read the options with the rest."""

    options_key: str | None = None


class OptionBatch(Contract):
    """One map item: select attributes whose options are read one after the other."""

    index: int
    attributes: tuple[str, ...]


class OptionProgress(Contract):
    """Where a batch stands when its function ran out of time: the next part goes on at this attribute.

    page: of that attribute's list. first_part: the part that read its first page, if that is not the next one.
    """

    part: int
    position: int
    page: int = 1
    first_part: int | None = None


class ReadOptionsTask(Contract):
    """Read the options of one batch, or of what is left of it."""

    run: RunContext
    batch: OptionBatch
    progress: OptionProgress | None = None


class ReadOptionsResult(Contract):
    """`done`, or the progress to go on from."""

    done: bool
    progress: OptionProgress | None = None
    counts: dict[str, int] = {}


class PlanResult(Contract):
    """Where the map items of both product maps are, and the run from here on.

    run: as given, or changed to read everything because what all products depend on has changed.
    """

    run: RunContext
    models_key: str
    products_key: str
    counts: dict[str, int] = {}


class PageRange(Contract):
    """One map item: a part of the key space, read page by page.

    method "cursor": keys after `after` (None: from the start) up to and including `until` (None: to the end);
    "pages": page numbers first_page to last_page; "keys": the items with these keys, a page of products or one model
    at a time.
    """

    kind: ItemKind
    index: int
    method: Literal["cursor", "pages", "keys"]
    keys: tuple[str, ...] = ()
    after: str | None = None
    until: str | None = None
    first_page: int = 1
    last_page: int = 1


class Progress(Contract):
    """Where a range stands when its function ran out of time: the next part continues there."""

    part: int
    after: str | None = None
    page: int = 1


class ImportPagesTask(Contract):
    """Read and map one range, or what is left of it."""

    run: RunContext
    range: PageRange
    progress: Progress | None = None


class ImportPagesResult(Contract):
    """`done`, or the progress to go on from."""

    done: bool
    progress: Progress | None = None
    counts: dict[str, int] = {}


class MediaPlanResult(Contract):
    """Where the map items of the media job's page map are: ranges of models, then of products."""

    pages_key: str
    counts: dict[str, int] = {}


class AssetProgress(Contract):
    """Where reading assets stands when its function ran out of time: the next part goes on there.

    family: its position among the families; behind the last one only joining the parts is left. after: the code of the
    last asset read of that family.
    """

    part: int
    family: int
    after: str | None = None


class ReadAssetsTask(Contract):
    """Read the assets, or what is left of them."""

    run: RunContext
    progress: AssetProgress | None = None


class ReadAssetsResult(Contract):
    """`done`, or the progress to go on from."""

    done: bool
    progress: AssetProgress | None = None
    counts: dict[str, int] = {}


class GatherMediaResult(Contract):
    """Where the map items of the transfer map are."""

    transfers_key: str
    counts: dict[str, int] = {}


class MediaBatch(Contract):
    """One map item: binaries that are brought into the export one after the other."""

    index: int


class TransferProgress(Contract):
    """Where a batch stands when its function ran out of time: the next part goes on at this binary."""

    part: int
    position: int


class TransferMediaTask(Contract):
    """Bring the binaries of one batch, or of what is left of it, into the store and the export."""

    run: RunContext
    batch: MediaBatch
    progress: TransferProgress | None = None


class TransferMediaResult(Contract):
    """`done`, or the progress to go on from."""

    done: bool
    progress: TransferProgress | None = None
    counts: dict[str, int] = {}


class ShardPlanResult(Contract):
    """Where the map items of the shard map are."""

    shards_key: str
    counts: dict[str, int] = {}


class ShardItem(Contract):
    """One map item: a shard to build."""

    shard: int


class BuildCatalogsTask(Contract):
    """Join one shard's records with its committed state and write its files."""

    run: RunContext
    shard: ShardItem


class PackingProgress(Contract):
    """Where packing stands when its function ran out of time: the number of the next archive, its first file."""

    number: int = Field(ge=1)
    first: int = Field(ge=0)


class PackageFilesTask(Contract):
    """Pack what SFCC imports as archives, or what is left of it."""

    run: RunContext
    progress: PackingProgress | None = None


class ImportPlace(Contract):
    """Where delivery stands: an import of the plan, and what is known of its job.

    position: in the plan, from 0. job_id, execution_id: the execution that is looked at, None before it started.
    looks: how often it was looked at, or tried to start. since: when that began, UTC. first_wait: seconds until the
    first look.
    """

    position: int = Field(default=0, ge=0)
    job_id: str | None = None
    execution_id: str | None = None
    looks: int = 0
    since: str | None = None
    first_wait: int = Field(default=3, ge=1)


class DeliveryResult(Contract):
    """What the state machine does next, for all three stages of delivery.

    `nothing`: there is nothing to deliver. `more`: packing goes on at `progress`. `ready`: start the import at
    `place`. `busy`: wait, then try to start it again. `running`: wait, then look at its execution again. `done`: all is
    imported.
    """

    status: Literal["nothing", "more", "ready", "busy", "running", "done"]
    place: ImportPlace = ImportPlace()
    progress: PackingProgress | None = None
    wait_seconds: int = Field(default=1, ge=1)


class StartImportTask(Contract):
    """Start the import the place names."""

    run: RunContext
    place: ImportPlace


class CheckImportTask(Contract):
    """Look at the execution the place names."""

    run: RunContext
    place: ImportPlace


class FinishRunResult(Contract):
    """Where the report is, and its totals."""

    report_key: str
    counts: dict[str, int] = {}


class FailRunTask(Contract):
    """EventBridge's "Step Functions Execution Status Change", reduced to what is used."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    detail: ExecutionDetail


class ExecutionDetail(Contract):
    """The event's `detail`; https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    execution_arn: str = Field(alias="executionArn")
    state_machine_arn: str = Field(alias="stateMachineArn")
    name: str
    status: Literal["FAILED", "TIMED_OUT", "ABORTED"]
    error: str | None = None
    cause: str | None = None
    input: str | None = None


FailRunTask.model_rebuild()
