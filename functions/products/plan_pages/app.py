"""Count, cut the key space into ranges, write the maps' items."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.stages.plan_pages import plan_pages

handler = stage_handler(plan_pages, StageTask)
