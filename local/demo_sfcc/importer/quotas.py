"""Object quotas of an instance: a warning comes first, what exceeds the limit is an error and not imported."""

from __future__ import annotations

from dataclasses import dataclass

from local.demo_sfcc.importer.log import ImportLog


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit, and the number beyond which the log warns."""

    what: str
    warning: int
    most: int


VARIANTS = Quota("variants of a master", 600, 1_000)
CATALOGS = Quota("catalogs", 120, 200)
SUBCATEGORIES = Quota("subcategories of a category", 600, 1_000)
CATEGORY_LINKS = Quota("links of a category", 30, 50)
"""As published for object.ProductPO, CatalogPO and CategoryPO in Salesforce's list of object quotas."""


def exceeds(log: ImportLog, quota: Quota, about: str, number: int) -> bool:
    """Tell whether a number is beyond the limit, and note it, or that it comes near."""
    if number > quota.most:
        log.error(about, f"quota exceeded: {number} {quota.what}, allowed are {quota.most}")
        return True
    if number > quota.warning:
        log.warn(about, f"quota warning: {number} {quota.what}, allowed are {quota.most}")
    return False
