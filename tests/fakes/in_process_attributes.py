"""Runs the stages of the attribute job one after the other in this process, with everything passed through JSON.

The order is fixed and nothing is retried; that the state machine does the same is shown in tests/workflows.
"""

from __future__ import annotations

from typing import Any

import orjson

from akeneo_sfcc.stages.build_metadata import build_metadata
from akeneo_sfcc.stages.contracts import (
    OptionBatch,
    OptionProgress,
    ReadOptionsTask,
    RunContext,
    StageTask,
    StartInput,
    StartRunTask,
)
from akeneo_sfcc.stages.finish_run import finish_run
from akeneo_sfcc.stages.read_options import read_options
from akeneo_sfcc.stages.read_structure import read_structure
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.start_run import start_run
from akeneo_sfcc.stages.work import state_layout
from akeneo_sfcc.stages.write_manifest import write_manifest
from tests.fakes.in_process import Finished, stage

ATTRIBUTES = "1-Akeneo-Import-Attributes"
METADATA = "meta/system-objecttype-extensions.xml"


def start_attributes(services: Services, name: str = "run-1", **input_: Any) -> RunContext:
    """Start a run of the attribute job."""
    started = start_run(
        StartRunTask(
            job="1-Akeneo-Import-Attributes",
            execution_arn=f"arn:aws:states:eu-central-1:000000000000:execution:{ATTRIBUTES}:{name}",
            execution_name=name,
            started_at=services.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            input=StartInput(**input_),
        ),
        services,
    )
    assert started.run is not None, started
    return RunContext.model_validate_json(started.run.model_dump_json())


def read_all_options(services: Services, run: RunContext, options_key: str) -> list[OptionProgress | None]:
    """Read every batch; return where each call stood before it."""
    steps: list[OptionProgress | None] = []
    for item in orjson.loads(services.store.get(options_key)):
        progress: OptionProgress | None = None
        while True:
            task = ReadOptionsTask(run=run, batch=OptionBatch(**item), progress=progress)
            steps.append(progress)
            result = stage(read_options, task, services)
            if result.done:
                break
            progress = result.progress
    return steps


def read_pim(services: Services, name: str = "run-1", **input_: Any) -> RunContext:
    """Start a run and let it read the structure and all options."""
    run = start_attributes(services, name, **input_)
    structure = stage(read_structure, StageTask(run=run), services)
    read_all_options(services, run, structure.options_key)
    return run


def interrupt_attributes(services: Services, name: str = "run-1", **input_: Any) -> RunContext:
    """Run the attribute job until it has begun to deliver; then it dies."""
    run = read_pim(services, name, **input_)
    stage(build_metadata, StageTask(run=run), services)
    stage(write_manifest, StageTask(run=run), services)
    manifest = state_layout(run).manifest(run.run_id)
    services.ledger.begin_delivery(run.family, run.scope, owner=run.execution_arn, manifest=manifest)
    return run


def run_attributes(services: Services, name: str = "run-1", **input_: Any) -> Finished:
    """Run the attribute job to its end; whatever a stage raises comes out."""
    run = read_pim(services, name, **input_)
    stage(build_metadata, StageTask(run=run), services)
    stage(write_manifest, StageTask(run=run), services)
    return Finished(run, stage(finish_run, StageTask(run=run), services), services)
