"""Read the options of one batch of select attributes."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import ReadOptionsTask
from akeneo_sfcc.stages.read_options import read_options

handler = stage_handler(read_options, ReadOptionsTask)
