"""Maps products and models to records (docs/mapping.md sections 5 and 6): the heart of the import."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.mapping.assets import AssetPlan
from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.catalogues import CatalogueChoice
from akeneo_sfcc.mapping.definitions import ASSETS_DATA_ID
from akeneo_sfcc.mapping.family_clearing import FamilyClearing
from akeneo_sfcc.mapping.image_references import ImageReferences
from akeneo_sfcc.mapping.images import ImagePlan
from akeneo_sfcc.mapping.issue_log import IssueLog
from akeneo_sfcc.mapping.known_media import NOTHING_KNOWN, KnownMedia
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.placement import SIMPLE, Placement
from akeneo_sfcc.mapping.product_ids import ProductIds
from akeneo_sfcc.mapping.record import Issue, ItemRecord
from akeneo_sfcc.mapping.value_plan import ValuePlan
from akeneo_sfcc.pim.model import Product, ProductModel, Structure, Values
from akeneo_sfcc.sfcc.limits import AXIS_VALUE_LENGTH, PRODUCT_ID_LENGTH, is_id, utf16_length
from akeneo_sfcc.sfcc.product_element import (
    POSITIONS,
    SLOT_TAGS,
    XML_LANG,
    Cell,
    ProductWriter,
    Text,
    split_at_slots,
)

if TYPE_CHECKING:
    from akeneo_sfcc.settings import Settings

_ONLINE, _IMAGES, _VARIATIONS = (Cell(tag) for tag in SLOT_TAGS)
_SLOT_CELLS = frozenset((_ONLINE, _IMAGES, _VARIATIONS))
# Simple products get their images here: they need nothing from other items. Unlike the slot, it is a written key.
_PICTURES = Cell("images")
_ASSETS = Cell("custom-attribute", ASSETS_DATA_ID)
_IMAGES_SLOT = "<images/>"
_ONLINE_TARGET = "onlineflag"
_NAME_TARGET = "name"
_CUSTOM = "custom"


class ProductMapper:
    """Maps products and models with the plans of one run."""

    def __init__(self, settings: Settings, structure: Structure, media: KnownMedia = NOTHING_KNOWN) -> None:
        """Compile the plans; media: what the media job knows.

        Raises ConfigurationError with everything that is wrong with locales and attributes.
        """
        self.locales = LocalePlan(settings, structure)
        self.attributes = AttributePlan(settings, structure, self.locales)
        problems = (*self.locales.errors, *self.attributes.errors)
        if problems:
            raise ConfigurationError(problems)
        self._structure = structure
        self._online = settings.products.online
        self._groups = settings.models.modelisation == "master-group-variation"
        self._values = ValuePlan(settings, structure, self.attributes, self.locales, media.gone)
        self._ids = ProductIds(settings, structure, self.attributes)
        self._catalogues = CatalogueChoice(settings.master_catalogs, structure.categories)
        self._images = ImageReferences(settings, structure, self.attributes, self.locales, media.gone)
        self._assets = AssetPlan(settings, structure, self.locales, media.families, media.find_asset, media.gone)
        self._groups_of_images = ImagePlan(settings, structure, self.attributes, self.locales)
        self._clearing = FamilyClearing(structure, self._values) if settings.products.clear_empty == "family" else None
        self._writer = ProductWriter()
        self._product_steps = self._steps((_ONLINE,))
        self._pictured_steps = self._steps((_ONLINE, _PICTURES))
        self._model_steps = self._steps((_ONLINE, _IMAGES, _VARIATIONS))

    def _steps(self, slots: Iterable[Cell]) -> tuple[str | Cell, ...]:
        """Return what is written, in document order: system attributes, slots, and all custom attributes."""
        steps: list[tuple[int, str | Cell]] = [(POSITIONS[slot.tag], slot) for slot in slots]
        steps.append((POSITIONS["custom-attribute"], _CUSTOM))
        for target, sources in self._values.system.items():
            if target != _ONLINE_TARGET:
                steps.append((sources[0].target.position, target))
        return tuple(step for _, step in sorted(steps, key=lambda pair: pair[0]))

    def map_product(self, product: Product, placement: Placement = SIMPLE) -> tuple[ItemRecord, list[Issue]]:
        """Return a product's record and everything worth reporting about it."""
        uuid = product.key if self._structure.products_by_uuid else None
        log = IssueLog("product", product.identifier or product.key, uuid)
        variant = placement.role == "variant" and not placement.orphan
        record = ItemRecord(
            role="variant" if variant else "simple",
            key=product.key,
            id="",
            root=placement.root if variant else None,
            parent=placement.parent or product.parent,
            family=product.family,
            family_variant=placement.family_variant if variant else None,
        )
        product_id = self._ids.of_product(product, log)
        if product_id is None or not is_id(product_id, PRODUCT_ID_LENGTH):
            return self._rejected(record, log, "bad_id", product_id)
        record.id = log.id = product_id
        if placement.reject is not None:
            return self._rejected(record, log, placement.reject)
        if placement.orphan:
            log.item("warn", "root_missing", product.parent)
        if not variant:
            record.catalogue = self._catalogues.catalogue(product.categories)
            if record.catalogue is None:
                return self._rejected(record, log, "no_master_catalog")
        axes: Sequence[str] = ()
        if variant:
            axes = self._axes(placement.family_variant)
            record.axes = self._axis_values(axes, product.values, log)
            too_long = next((text for text in record.axes.values() if utf16_length(text) > AXIS_VALUE_LENGTH), None)
            if too_long is not None:
                return self._rejected(record, log, "axis_value_too_long", too_long)
        record.online = self._is_online(product, log)
        online = "true" if record.online else "false"
        record.images = self._pictures(product)
        pictured = not variant and bool(record.images or self._takes_over_images(product.family))
        steps = self._pictured_steps if pictured else self._product_steps
        xml = self._element(record, product.values, log, steps, axes, online)
        if pictured:
            # The empty element cannot be mistaken: values have no `<`.
            xml = xml.replace(_IMAGES_SLOT, self._groups_of_images.simple(record.images, record.alt), 1)
        record.xml = [xml]
        self._fill(record, product)
        return record, log.issues

    def map_model(self, model: ProductModel) -> tuple[ItemRecord, list[Issue]]:
        """Return a model's record and everything worth reporting about it.

        A level-1 model that is merged into its root (`models.import: master-variation`) has no element: its `xml` is
        empty without a reject, and its values are not reported, because its variants carry them all.
        """
        log = IssueLog("model", model.code, None)
        is_root = model.parent is None
        record = ItemRecord(
            role="root" if is_root else "level1",
            key=model.code,
            id=model.code,
            root=model.parent or model.code,
            parent=model.parent,
            family=model.family,
            family_variant=model.family_variant,
        )
        axes = () if is_root else self._axes(model.family_variant, level=1)
        record.axes = self._axis_values(axes, model.values, log)
        record.images = self._pictures(model)
        if not is_root and not self._groups:
            self._fill(record, model)
            return record, []
        if not is_id(model.code, PRODUCT_ID_LENGTH):
            record.id = ""
            return self._rejected(record, log, "bad_id", model.code)
        if is_root:
            record.catalogue = self._catalogues.catalogue(model.categories)
            if record.catalogue is None:
                return self._rejected(record, log, "no_master_catalog")
        record.xml = split_at_slots(self._element(record, model.values, log, self._model_steps, axes))
        self._fill(record, model)
        return record, log.issues

    def _element(
        self,
        record: ItemRecord,
        values: Values,
        log: IssueLog,
        steps: tuple[str | Cell, ...],
        axes: Sequence[str],
        online: str | None = None,
    ) -> str:
        cells: list[Cell] = []
        texts: list[Text] = []
        for step in steps:
            if step is _CUSTOM:
                before = len(cells)
                self._values.write_custom(values, log, cells, texts, axes)
                if (assets := self._assets.data(values)) is not None:
                    # Custom attributes stand by id.
                    place = bisect_left(cells, _ASSETS.order, before, key=lambda cell: cell.order)
                    cells.insert(place, _ASSETS)
                    texts.insert(place, assets)
            elif isinstance(step, Cell):
                cells.append(step)
                texts.append(online if step is _ONLINE else None)
            else:
                written = self._values.write_system(step, values, log)
                for cell, text in written:
                    cells.append(cell)
                    texts.append(text)
                if step == _NAME_TARGET:
                    record.alt = {cell.attrib[XML_LANG]: str(text) for cell, text in written}
        keys = [cell.key for cell in cells if cell not in _SLOT_CELLS and (cell is not _PICTURES or record.images)]
        keys.sort()
        record.keys = "|".join(keys)
        if self._clearing is not None:
            cells, texts = self._clearing.add(record, keys, cells, texts)
        return self._writer.write(record.id, cells, texts, (record.family, record.role))

    def _pictures(self, item: Product | ProductModel) -> list[list[Any]]:
        return [*self._images.of(item.family, item.values), *self._assets.images(item.values)]

    def _takes_over_images(self, family: str | None) -> bool:
        """Tell whether a product without images empties those another tool may have given it."""
        return self._clearing is not None and self._images.belong_to(family)

    def _axes(self, family_variant: str | None, level: int | None = None) -> tuple[str, ...]:
        found = self._structure.family_variants.get(family_variant or "")
        if found is None:
            return ()
        axes = (axis for one in found.attribute_sets if level in (None, one.level) for axis in one.axes)
        return tuple(self.attributes.find(axis) or axis for axis in axes)

    def _axis_values(self, axes: Iterable[str], values: Values, log: IssueLog) -> dict[str, str]:
        texts = ((axis, self._values.axis_text(axis, values, log)) for axis in axes)
        return {axis: text for axis, text in texts if text is not None}

    def _is_online(self, product: Product, log: IssueLog) -> bool:
        if _ONLINE_TARGET in self._values.system:
            written = self._values.write_system(_ONLINE_TARGET, product.values, log)
            return bool(written) and written[0][1] == "true"
        return product.enabled if self._online == "status" else self._online == "always"

    def _fill(self, record: ItemRecord, item: Product | ProductModel) -> None:
        codes = self._catalogues.codes
        record.categories = [codes.get(code.lower(), code) for code in item.categories]
        record.relations = {
            kind: [[target.key, target.is_model, target.quantity] for target in targets]
            for kind, targets in item.associations.items()
            if targets
        }
        record.hash = _content_hash(record)

    @staticmethod
    def _rejected(
        record: ItemRecord, log: IssueLog, reason: str, value: str | None = None
    ) -> tuple[ItemRecord, list[Issue]]:
        record.reject = reason
        record.catalogue = None
        record.axes = {}
        log.item("reject", reason, value)
        record.hash = _content_hash(record)
        return record, log.issues


def _content_hash(record: ItemRecord) -> str:
    """Return a hash (BLAKE2b, 16 bytes, hex) of everything in the record that decides what is written."""
    digest = blake2b(digest_size=16)
    for piece in record.xml:
        digest.update(piece.encode())
        digest.update(b"\0")
    # The standard library's writer, because it escapes lone surrogates, which a rejected id may hold.
    rest = json.dumps(
        (
            (record.role, record.id, record.root, record.parent, record.family, record.family_variant),
            (record.catalogue, record.online, record.keys, record.axes, record.categories, record.relations),
            (record.images, record.alt, record.reject),
        ),
        sort_keys=True,
    )
    digest.update(rest.encode())
    return digest.hexdigest()
