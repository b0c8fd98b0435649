"""Which value of a product is its SFCC product-id (docs/mapping.md section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.issue_log import IssueLog
from akeneo_sfcc.mapping.sources import Entries
from akeneo_sfcc.mapping.values import convert_date, number_converter
from akeneo_sfcc.pim.model import Product, Structure

if TYPE_CHECKING:
    from akeneo_sfcc.settings import Settings

_number = number_converter(as_int=False)


class ProductIds:
    """Reads product ids; ids are never changed, so nothing is cut, stripped or cleaned here."""

    def __init__(self, settings: Settings, structure: Structure, attributes: AttributePlan) -> None:
        """Take the choice of `products.id`."""
        self._choice = settings.products.id
        self._channel = structure.channel.code
        self._attribute = structure.attributes.get(attributes.id_attribute or "")

    def of_product(self, product: Product, log: IssueLog) -> str | None:
        """Return the product's id as the PIM has it, or None."""
        if self._choice == "identifier":
            return product.identifier
        if self._choice == "uuid":
            return product.key
        return self._from(product.values.get(self._attribute.code, ()), log) if self._attribute else None

    def _from(self, entries: Entries, log: IssueLog) -> str | None:
        attribute = self._attribute
        data = next((entry.get("data") for entry in entries if entry.get("scope") in (None, self._channel)), None)
        if attribute is None or data is None:
            return None
        log.attribute = attribute.code
        if attribute.type == "pim_catalog_date":
            return convert_date(data, log)
        if attribute.type == "pim_catalog_number":
            number = _number(data, log)
            return number if isinstance(number, str) else None
        return data if isinstance(data, str) else str(data)
