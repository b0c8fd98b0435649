"""Write the category files of the storefront catalogues."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.build_categories import build_categories
from akeneo_sfcc.stages.contracts import StageTask

handler = stage_handler(build_categories, StageTask)
