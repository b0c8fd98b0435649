"""The configuration of a run: the settings, how they are read, and the rules they keep."""

from akeneo_sfcc.settings.document import load_file, load_json
from akeneo_sfcc.settings.model import Settings
from akeneo_sfcc.settings.sections import (
    AssociationSettings,
    AttributeSettings,
    DeletionSettings,
    DeliverySettings,
    FamilyAssociation,
    ImageSettings,
    ItemFilter,
    LocaleSettings,
    MasterCatalog,
    ModelSettings,
    PimSettings,
    PricebookSettings,
    ProductSettings,
    StorefrontCatalog,
)
from akeneo_sfcc.settings.system_attributes import SYSTEM_ATTRIBUTES

__all__ = [
    "SYSTEM_ATTRIBUTES",
    "AssociationSettings",
    "AttributeSettings",
    "DeletionSettings",
    "DeliverySettings",
    "FamilyAssociation",
    "ImageSettings",
    "ItemFilter",
    "LocaleSettings",
    "MasterCatalog",
    "ModelSettings",
    "PimSettings",
    "PricebookSettings",
    "ProductSettings",
    "Settings",
    "StorefrontCatalog",
    "load_file",
    "load_json",
]
