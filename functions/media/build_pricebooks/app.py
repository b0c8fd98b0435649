"""Write the price books."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.build_pricebooks import build_pricebooks
from akeneo_sfcc.stages.contracts import StageTask

handler = stage_handler(build_pricebooks, StageTask)
