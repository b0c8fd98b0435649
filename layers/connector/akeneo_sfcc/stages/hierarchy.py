"""Where an item stands: which root a variant or level-1 model belongs to, and whether that root may be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson

from akeneo_sfcc.mapping.placement import Placement
from akeneo_sfcc.mapping.products import ProductMapper
from akeneo_sfcc.mapping.record import Issue, ItemRecord
from akeneo_sfcc.pim.model import Product, ProductModel, Structure
from akeneo_sfcc.pim.parse import parse_product, parse_product_model
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.committed_media import known_media
from akeneo_sfcc.stages.contracts import ItemKind, RunContext
from akeneo_sfcc.stages.index import MODELS, ModelEntry, PiecedIndex, make_model
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.work import index_list_key, kept
from akeneo_sfcc.storage.layout import RunLayout


class Identity(NamedTuple):
    """Who an item is, as one line beside its record; the indexes are made of these."""

    key: str
    id: str
    role: str
    root: str | None
    home: str
    catalogue: str | None
    reject: str | None
    family_variant: str | None

    @classmethod
    def parse(cls, line: bytes) -> Identity:
        """Undo `ItemMapping.identity`."""
        return cls(*orjson.loads(line))

    def dump(self) -> bytes:
        """Return the line."""
        return orjson.dumps(list(self))


class ItemMapping:
    """Maps raw items of one kind to records, with their place among the models."""

    def __init__(self, mapper: ProductMapper, structure: Structure, kind: ItemKind, models: PiecedIndex | None) -> None:
        """Take the mapper and, for products, the run's model index."""
        self._mapper = mapper
        self._models = models
        self._identifier = main_identifier(structure)
        self.map: Callable[[Mapping[str, Any]], tuple[ItemRecord, list[Issue]]] = (
            self._map_product if kind == "product" else self._map_model
        )

    def identity(self, record: ItemRecord, home: str) -> list[str | None]:
        """Return a record's identity line, before encoding."""
        catalogue = record.catalogue
        if catalogue is None and record.root and self._models is not None:
            root = self._model(record.root)
            catalogue = root.catalogue if root else None
        return [
            record.key,
            record.id,
            record.role,
            record.root,
            home,
            catalogue,
            record.reject,
            record.family_variant,
        ]

    def _map_model(self, raw: Mapping[str, Any]) -> tuple[ItemRecord, list[Issue]]:
        model: ProductModel = parse_product_model(raw)
        return self._mapper.map_model(model)

    def _map_product(self, raw: Mapping[str, Any]) -> tuple[ItemRecord, list[Issue]]:
        product: Product = parse_product(raw, self._identifier)
        record, issues = self._mapper.map_product(product, self._place(product))
        if record.reject is None:
            same = self._model(record.id)
            if same is not None and same.code == record.id:
                record.reject, record.xml = "duplicate_id", []
                # What was said about its values would be about an item that is not written.
                issues = [Issue("reject", "product", "duplicate_id", id=record.id, uuid=record.key)]
            elif same is not None:
                issues.append(Issue("warn", "product", "id_collision", id=record.id, uuid=record.key, value=same.code))
        return record, issues

    def _place(self, product: Product) -> Placement:
        if product.parent is None:
            return Placement(role="simple")
        parent = self._model(product.parent)
        root = self._model(parent.root) if parent else None
        if parent is None or root is None or parent.state == "left" or root.state == "left":
            return Placement(role="simple", orphan=True)
        return Placement(
            role="variant",
            root=root.code,
            parent=parent.code,
            family_variant=root.family_variant,
            reject=root.reject,
        )

    def _model(self, code: str) -> ModelEntry | None:
        return self._models.get(code.lower(), make_model) if self._models is not None else None


def main_identifier(structure: Structure) -> str:
    """Return the code of the attribute that identifies products: the main one, else the first identifier by code."""
    identifiers = [item for item in structure.attributes.values() if item.type == "pim_catalog_identifier"]
    chosen = [item.code for item in identifiers if item.is_main_identifier] or sorted(item.code for item in identifiers)
    return chosen[0] if chosen else "sku"


def item_mapping(
    services: Services, run: RunContext, kind: ItemKind, settings: Settings, structure: Structure
) -> ItemMapping:
    """Return the mapping of a kind for this run, made once per process."""
    layout = RunLayout(run.job, run.run_id)
    mapper: ProductMapper | None = kept(services, "mapper", layout.structure, None)
    if mapper is None:
        mapper = ProductMapper(settings, structure, known_media(services, run))
        kept(services, "mapper", layout.structure, mapper)
    if kind == "model":
        return ItemMapping(mapper, structure, kind, None)
    key = index_list_key(layout, MODELS)
    models: PiecedIndex | None = kept(services, "models", key, None)
    if models is None:
        models = PiecedIndex(services.store, orjson.loads(services.store.get(key)))
        kept(services, "models", key, models)
    return ItemMapping(mapper, structure, kind, models)
