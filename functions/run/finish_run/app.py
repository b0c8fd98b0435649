"""Write the report and commit."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.stages.finish_run import finish_run

handler = stage_handler(finish_run, StageTask)
