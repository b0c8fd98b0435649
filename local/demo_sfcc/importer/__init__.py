"""Imports catalogue files as B2C Commerce documents it, in MERGE mode, and shows what an instance would hold.

Rules are those of Salesforce Help, "Catalog Object Import and Export", "Import Modes" and "Import/Export Error
Handling"; what they leave open is decided where it stands in the code, and said there.
"""

from local.demo_sfcc.importer.importer import Importer
from local.demo_sfcc.importer.log import Entry, ImportLog

__all__ = ["Entry", "ImportLog", "Importer"]
