"""Read one range of pages for images and prices."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import ImportPagesTask
from akeneo_sfcc.stages.read_media_pages import read_media_pages

handler = stage_handler(read_media_pages, ImportPagesTask)
