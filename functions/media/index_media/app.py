"""Write the media job's new state."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.stages.index_media import index_media

handler = stage_handler(index_media, StageTask)
