"""Runs the stages of the media job one after the other in this process, with everything passed through JSON."""

from __future__ import annotations

import orjson

from akeneo_sfcc.stages.build_pricebooks import build_pricebooks
from akeneo_sfcc.stages.contracts import (
    AssetProgress,
    ImportPagesTask,
    Job,
    MediaBatch,
    PageRange,
    Progress,
    ReadAssetsTask,
    RunContext,
    StageTask,
    StartInput,
    StartRunTask,
    TransferMediaTask,
    TransferProgress,
)
from akeneo_sfcc.stages.finish_run import finish_run
from akeneo_sfcc.stages.gather_media import gather_media
from akeneo_sfcc.stages.index_media import index_media
from akeneo_sfcc.stages.plan_media import plan_media
from akeneo_sfcc.stages.read_assets import read_assets
from akeneo_sfcc.stages.read_media_pages import read_media_pages
from akeneo_sfcc.stages.read_structure import read_structure
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.start_run import start_run
from akeneo_sfcc.stages.transfer_media import transfer_media
from akeneo_sfcc.stages.work import state_layout
from akeneo_sfcc.stages.write_manifest import write_manifest
from tests.fakes.in_process import Finished, execution_arn, stage

MEDIA: Job = "2-Akeneo-Import-Media-Assets-Pricebook"


def run_media_job(services: Services, name: str = "media-1", **input_: object) -> Finished:
    """Run the media job to its end; whatever a stage raises comes out."""
    run = run_media_job_to_delivery(services, name, **input_)
    return Finished(run, stage(finish_run, StageTask(run=run), services), services)


def interrupt_media_job(services: Services, name: str = "media-1", **input_: object) -> RunContext:
    """Run the media job until it has begun to deliver; then it dies."""
    run = run_media_job_to_delivery(services, name, **input_)
    manifest = state_layout(run).manifest(run.run_id)
    services.ledger.begin_delivery(run.family, run.scope, owner=run.execution_arn, manifest=manifest)
    return run


def run_media_job_to_delivery(services: Services, name: str = "media-1", **input_: object) -> RunContext:
    """Run the media job until its files can be delivered."""
    run = start_media_run(services, name, **input_)
    read_pages(services, run)
    read_all_assets(services, run)
    gathered = stage(gather_media, StageTask(run=run), services)
    stage(build_pricebooks, StageTask(run=run), services)
    transfer(services, run, gathered.transfers_key)
    stage(index_media, StageTask(run=run), services)
    stage(write_manifest, StageTask(run=run), services)
    return run


def start_media_run(services: Services, name: str = "media-1", **input_: object) -> RunContext:
    """Start a run of the media job and read the structure."""
    started = start_run(
        StartRunTask(
            job=MEDIA,
            execution_arn=execution_arn(MEDIA, name),
            execution_name=name,
            started_at=services.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            input=StartInput.model_validate(input_),
        ),
        services,
    )
    assert started.run is not None, started
    run = RunContext.model_validate_json(started.run.model_dump_json())
    stage(read_structure, StageTask(run=run), services)
    return run


def read_pages(services: Services, run: RunContext) -> None:
    """Plan and read all ranges."""
    planned = stage(plan_media, StageTask(run=run), services)
    for item in orjson.loads(services.store.get(planned.pages_key)):
        progress: Progress | None = None
        while True:
            task = ImportPagesTask(run=run, range=PageRange(**item), progress=progress)
            result = stage(read_media_pages, task, services)
            if result.done:
                break
            progress = result.progress


def read_all_assets(services: Services, run: RunContext) -> None:
    """Read the assets, however many parts that takes."""
    progress: AssetProgress | None = None
    while True:
        result = stage(read_assets, ReadAssetsTask(run=run, progress=progress), services)
        if result.done:
            break
        progress = result.progress


def transfer(services: Services, run: RunContext, transfers_key: str) -> None:
    """Transfer every batch of an item file."""
    for item in orjson.loads(services.store.get(transfers_key)):
        progress: TransferProgress | None = None
        while True:
            task = TransferMediaTask(run=run, batch=MediaBatch(**item), progress=progress)
            result = stage(transfer_media, task, services)
            if result.done:
                break
            progress = result.progress
