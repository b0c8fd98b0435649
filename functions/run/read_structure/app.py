"""Read channels, locales, attributes, families, categories into one file."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.stages.read_structure import read_structure

handler = stage_handler(read_structure, StageTask)
