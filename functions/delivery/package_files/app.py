"""Pack the export for SFCC and plan the imports."""

from akeneo_sfcc.runtime.handler import stage_handler
from akeneo_sfcc.stages.contracts import PackageFilesTask
from akeneo_sfcc.stages.package_files import package_files

handler = stage_handler(package_files, PackageFilesTask)
