"""Lock the job family, read the watermark, write the run record."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import StartRunTask
from akeneo_sfcc.stages.start_run import start_run

handler = stage_handler(start_run, StartRunTask)
