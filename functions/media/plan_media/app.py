"""Cut products and models into ranges of pages for the media job."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.stages.plan_media import plan_media

handler = stage_handler(plan_media, StageTask)
