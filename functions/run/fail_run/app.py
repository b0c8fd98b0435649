"""Record a failed, timed-out or aborted execution and tell the topic."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import FailRunTask
from akeneo_sfcc.stages.fail_run import fail_run

handler = stage_handler(fail_run, FailRunTask)
