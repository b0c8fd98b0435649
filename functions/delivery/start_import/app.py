"""Upload what one import needs and start its job."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import StartImportTask
from akeneo_sfcc.stages.start_import import start_import

handler = stage_handler(start_import, StartImportTask)
