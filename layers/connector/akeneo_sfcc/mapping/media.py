"""What the media job needs of products and models: binaries, assets, prices (docs/mapping.md sections 7 and 8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.mapping.assets import collections
from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.catalogues import CatalogueChoice
from akeneo_sfcc.mapping.image_references import ImageReferences
from akeneo_sfcc.mapping.issue_log import IssueLog
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.prices import PricePlan
from akeneo_sfcc.mapping.product_ids import ProductIds
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.pim.assets import asset_key
from akeneo_sfcc.pim.model import Product, ProductModel, Structure
from akeneo_sfcc.sfcc.limits import PRODUCT_ID_LENGTH, is_id

if TYPE_CHECKING:
    from akeneo_sfcc.settings import Settings

_IMAGE = "pim_catalog_image"


@dataclass(slots=True)
class MediaItem:
    """One product or model as the media job sees it.

    key: model code, or the product's PIM key. id: the SFCC id, "" where there is none that may be used. parent: its
    model's code. catalogue: the master catalogue its own categories lead to; what has a parent follows its root.
    media: media codes of image attributes. prices: currency → amount; None: it has no row in price books.
    assets: keys of the assets in its collections.
    """

    model: bool
    key: str
    id: str
    parent: str | None
    catalogue: str | None
    media: list[str] = field(default_factory=list)
    prices: dict[str, str] | None = None
    assets: list[str] = field(default_factory=list)


class MediaMapper:
    """Maps products and models with the plans of one run.

    attributes: the PIM attributes it reads; nothing else has to be in the payload.
    """

    def __init__(self, settings: Settings, structure: Structure) -> None:
        """Compile the plans; raises ConfigurationError with everything that is wrong with locales and attributes."""
        locales = LocalePlan(settings, structure)
        plan = AttributePlan(settings, structure, locales)
        if problems := (*locales.errors, *plan.errors):
            raise ConfigurationError(problems)
        self._ids = ProductIds(settings, structure, plan)
        self._catalogues = CatalogueChoice(settings.master_catalogs, structure.categories)
        self.prices = PricePlan(settings, structure, plan, locales)
        images = written_images(settings, structure, plan, locales)
        self._images = ImageReferences(settings, structure, plan, locales, codes=images)
        self._collections = {
            code: str(structure.attributes[code].reference_data_name) for code in collections(settings, structure)
        }
        needed = {*images, *self._collections, plan.id_attribute, self.prices.attribute}
        self.attributes: frozenset[str] = frozenset(code for code in needed if code is not None)

    def product(self, product: Product) -> tuple[MediaItem, list[Issue]]:
        """Return what a product brings along, and what is wrong with its prices."""
        product_id = self._ids.of_product(product, IssueLog("product", product.key, None))
        usable = product_id is not None and is_id(product_id, PRODUCT_ID_LENGTH)
        item = MediaItem(
            model=False,
            key=product.key,
            id=str(product_id) if usable else "",
            parent=product.parent,
            catalogue=self._catalogues.catalogue(product.categories),
            media=self._media(product),
            assets=self._assets(product),
        )
        issues: list[Issue] = []
        if usable:
            item.prices, issues = self.prices.of(product, item.id)
        return item, issues

    def model(self, model: ProductModel) -> MediaItem:
        """Return what a model brings along."""
        return MediaItem(
            model=True,
            key=model.code,
            id=model.code if is_id(model.code, PRODUCT_ID_LENGTH) else "",
            parent=model.parent,
            catalogue=self._catalogues.catalogue(model.categories),
            media=self._media(model),
            assets=self._assets(model),
        )

    def _media(self, item: Product | ProductModel) -> list[str]:
        return list(dict.fromkeys(str(reference[2]) for reference in self._images.of(item.family, item.values)))

    def _assets(self, item: Product | ProductModel) -> list[str]:
        """Return the keys of all assets, in whatever locale or channel: a few too many do no harm."""
        found: dict[str, None] = {}
        for code, family in self._collections.items():
            for entry in item.values.get(code, ()):
                data = entry.get("data")
                found.update((asset_key(family, str(name)), None) for name in (data if isinstance(data, list) else ()))
        return list(found)


def written_images(
    settings: Settings, structure: Structure, plan: AttributePlan, locales: LocalePlan
) -> tuple[str, ...]:
    """Return the image attributes whose paths products show: in image groups or as values."""
    shown = ImageReferences(settings, structure, plan, locales).codes
    as_values = (
        code
        for code, role in plan.roles.items()
        if role.attribute.type == _IMAGE and (role.written or role.system is not None)
    )
    return tuple(dict.fromkeys((*shown, *as_values)))
