"""Imports files as B2C Commerce documents it, and shows what an instance would hold.

Rules are those of Salesforce Help, "Catalog Object Import and Export", "Import Modes" and "Import/Export Error
Handling"; what they leave open is decided where it stands in the code, and said there.
"""

from local.demo_sfcc.importer.importer import Importer
from local.demo_sfcc.importer.log import Entry, ImportLog
from local.demo_sfcc.importer.modes import Mode, mode_of

__all__ = ["Entry", "ImportLog", "Importer", "Mode", "mode_of"]
