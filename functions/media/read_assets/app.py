"""Read the assets that products show."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import ReadAssetsTask
from akeneo_sfcc.stages.read_assets import read_assets

handler = stage_handler(read_assets, ReadAssetsTask)
