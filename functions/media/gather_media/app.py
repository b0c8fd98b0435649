"""Decide which binaries are transferred and where they go."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.stages.gather_media import gather_media

handler = stage_handler(gather_media, StageTask)
