"""Join one shard with its committed state and write its files."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.build_catalogs import build_catalogs
from akeneo_sfcc.stages.contracts import BuildCatalogsTask

handler = stage_handler(build_catalogs, BuildCatalogsTask)
