"""Write the metadata file: attributes, options, groups."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.build_metadata import build_metadata
from akeneo_sfcc.stages.contracts import StageTask

handler = stage_handler(build_metadata, StageTask)
