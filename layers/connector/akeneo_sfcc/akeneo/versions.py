"""Which PIM answers, and whether it lists products by uuid."""

from __future__ import annotations

import re
from typing import Any

from akeneo_sfcc.errors import ConfigurationError

OLDEST = 6
"""The oldest major version supported: older ones encrypt their cursors."""

_FIRST_BY_UUID = 7
_MAJOR = re.compile(r"v?(\d+)")


def version_and_edition(answer: Any) -> tuple[str, str]:
    """Return what `GET /system-information` says; empty texts for what it does not."""
    if not isinstance(answer, dict):
        return "", ""
    version, edition = answer.get("version"), answer.get("edition")
    return (version if isinstance(version, str) else ""), (edition if isinstance(edition, str) else "")


def lists_by_uuid(version: str, edition: str) -> bool | None:
    """Tell whether `/products-uuid` exists; None if the version does not say.

    SaaS calls itself "Serenity" or counts in years and days (`v20230112013744`); the others count `7.0.12`.
    Raises ConfigurationError for a version that is too old.
    """
    if edition.strip().lower() == "serenity":
        return True
    found = _MAJOR.match(version.strip())
    if found is None:
        return None
    major = int(found.group(1))
    if major < OLDEST:
        raise ConfigurationError(f"pim.base_url: the PIM there is version {version}; allowed: {OLDEST}.0 or newer")
    return major >= _FIRST_BY_UUID
