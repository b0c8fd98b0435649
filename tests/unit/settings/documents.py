"""Documents for the tests of the configuration, and what is said against them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.settings import Settings

MINIMAL: dict[str, Any] = {
    "pim": {"base_url": "https://pim.example", "channel": "ecommerce"},
    "master_catalogs": [{"id": "master"}],
}


def document(**changes):
    """Return the minimal document with settings changed: pim__page_size=5, master_catalogs=[…]."""
    made = copy.deepcopy(MINIMAL)
    for path, value in changes.items():
        *sections, key = path.split("__")
        target = made
        for section in sections:
            target = target.setdefault(section, {})
        target[key] = value
    return made


def problems(made) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        Settings.parse(made)
    return caught.value.problems


def refused(made) -> tuple[str, ...]:
    """Return what is said against a document, nothing when it is accepted."""
    try:
        Settings.parse(made)
    except ConfigurationError as error:
        return error.problems
    return ()


def problem(**changes) -> str:
    (only,) = problems(document(**changes))
    return only
