"""The whole configuration: parsed with every problem named, fingerprinted by what decides the output."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import AfterValidator, ValidationError

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.settings.problems import describe, path_of, problem
from akeneo_sfcc.settings.rules import RULES
from akeneo_sfcc.settings.sections import (
    AssociationSettings,
    AttributeSettings,
    DeletionSettings,
    DeliverySettings,
    ImageSettings,
    LocaleSettings,
    MasterCatalog,
    ModelSettings,
    PimSettings,
    PricebookSettings,
    ProductSettings,
    Section,
    StorefrontCatalog,
)
from akeneo_sfcc.settings.values import WrongValueError

_STAND_INS: Mapping[str, Any] = {
    "pim": {"base_url": "https://pim.invalid", "channel": "channel"},
    "pim.base_url": "https://pim.invalid",
    "pim.channel": "channel",
    "master_catalogs": [{"id": "catalog"}],
}
"""Required settings get these when theirs is wrong, so that the rules about the others still run."""

_NOT_OUTPUT: Mapping[str, Any] = {
    "pim": {"base_url", "max_concurrency", "page_size", "time_zone", "overlap_minutes"},
    "attributes": {"allow_type_change"},
    "products": {"max_reject_ratio"},
    "deletions": {"max_ratio"},
    "delivery": True,
}
"""What never changes a byte of the files: how the PIM is reached and read, gates, and delivery."""


def _at_least_one(catalogs: tuple[MasterCatalog, ...]) -> tuple[MasterCatalog, ...]:
    if not catalogs:
        raise WrongValueError("is an empty list", "at least one catalogue")
    return catalogs


class Settings(Section):
    """A valid configuration; attribute names are the JSON keys.

    `import` is a Python keyword: `models.import` is `models.modelisation`, `images.import` is `images.media`.
    Lists are tuples. Mappings keep the document's order, which decides what wins.
    """

    pim: PimSettings
    locales: LocaleSettings = LocaleSettings()
    attributes: AttributeSettings = AttributeSettings()
    products: ProductSettings = ProductSettings()
    models: ModelSettings = ModelSettings()
    master_catalogs: Annotated[tuple[MasterCatalog, ...], AfterValidator(_at_least_one)]
    storefront_catalogs: tuple[StorefrontCatalog, ...] = ()
    associations: AssociationSettings = AssociationSettings()
    images: ImageSettings = ImageSettings()
    pricebooks: PricebookSettings = PricebookSettings()
    deletions: DeletionSettings = DeletionSettings()
    delivery: DeliverySettings = DeliverySettings()

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        """Return the settings of a document; ConfigurationError names all problems at once.

        A problem reads `setting.path: what is wrong: value …; allowed: …`.
        """
        if not isinstance(document, Mapping):
            raise ConfigurationError(problem("configuration", "is not an object", document, "one JSON object"))
        try:
            settings, problems, wrong = cls.model_validate(dict(document)), [], set[str]()
        except ValidationError as error:
            errors = error.errors(include_url=False)
            problems = [describe(found, cls) for found in errors]
            wrong = {path_of(found["loc"]) for found in errors}
            settings = cls.model_validate(_repaired(document, [found["loc"] for found in errors]))
        for rule in RULES:
            if not any(_overlap(path, bad) for path in rule.reads for bad in wrong):
                problems.extend(rule.check(settings))
        if problems:
            raise ConfigurationError(problems)
        return settings

    def catalogs(self) -> tuple[str, ...]:
        """Return the ids of all catalogues this configuration writes, each once, sorted."""
        masters = {catalog.id for catalog in self.master_catalogs}
        return tuple(sorted(masters | {catalog.id for catalog in self.storefront_catalogs}))

    def fingerprint(self) -> str:
        """Return a hash (SHA-256, hex) of every setting that decides what is written.

        Left out: pim.base_url, max_concurrency, page_size, time_zone, overlap_minutes (how the PIM is reached
        and read), attributes.allow_type_change, products.max_reject_ratio, deletions.max_ratio (gates) and
        delivery. The order of mappings and lists counts: where several attributes meet, the first wins.
        """
        decisive = self.model_dump(mode="json", by_alias=True, exclude=dict(_NOT_OUTPUT))
        for name in ("product_filter", "product_model_filter"):
            search = decisive["pim"][name]["search"]
            # Conditions are joined by "and": in which order they stand changes nothing.
            decisive["pim"][name]["search"] = json.dumps(search, sort_keys=True)
        return hashlib.sha256(json.dumps(decisive, ensure_ascii=True).encode()).hexdigest()


def _overlap(one: str, other: str) -> bool:
    return one == other or _below(one, other) or _below(other, one)


def _below(path: str, top: str) -> bool:
    return path.startswith((f"{top}.", f"{top}["))


def _repaired(document: Mapping[str, Any], wrong: Sequence[tuple[int | str, ...]]) -> dict[str, Any]:
    """Return the document with every wrong setting gone, or with a stand-in where it is required.

    A setting inside a list, a mapping or a filter takes the whole of it along: what is left has to be valid.
    """
    known = {field.alias or name for name, field in Settings.model_fields.items()}
    repaired = {key: copy.copy(value) for key, value in document.items() if key in known}
    for loc in wrong:
        section = loc[0] if loc else ""
        values = repaired.get(str(section))
        inner = isinstance(values, dict) and len(loc) > 1
        path = path_of(loc[:2] if inner else loc[:1])
        if inner and isinstance(values, dict):
            values.pop(loc[1], None)
            if path in _STAND_INS:
                values[loc[1]] = copy.deepcopy(_STAND_INS[path])
        else:
            repaired.pop(str(section), None)
            if path in _STAND_INS:
                repaired[str(section)] = copy.deepcopy(_STAND_INS[path])
    return repaired
