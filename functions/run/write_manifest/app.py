"""Check the gates and list every file in import order."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.stages.write_manifest import write_manifest

handler = stage_handler(write_manifest, StageTask)
