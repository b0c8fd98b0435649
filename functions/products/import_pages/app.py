"""Read and map one range of products or models."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import ImportPagesTask
from akeneo_sfcc.stages.import_pages import import_pages

handler = stage_handler(import_pages, ImportPagesTask)
