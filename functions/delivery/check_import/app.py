"""See whether an import is over and good."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.check_import import check_import
from akeneo_sfcc.stages.contracts import CheckImportTask

handler = stage_handler(check_import, CheckImportTask)
