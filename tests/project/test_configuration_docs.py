"""The page on configuration names every setting with its default, and nothing else."""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from akeneo_sfcc.settings import Settings, load_json

ROW = re.compile(r"^\| (`[^|]+`) \| ([^|]+) \|", re.MULTILINE)
EXAMPLE = re.compile(r"```json\n(.*?)```", re.DOTALL)
REQUIRED = "required"


@pytest.fixture
def page(repo_root: Path) -> str:
    return (repo_root / "docs" / "configuration.md").read_text("utf-8")


def settings_of(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every setting's path and its default as JSON; sections themselves are no settings."""
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.alias or name}"
        below = list(models_in(field.annotation))
        section = below and not prefix and isinstance(field.annotation, type)
        if not section:
            yield path, REQUIRED if field.is_required() else as_json(field.default)
        for inner in below:
            yield from settings_of(inner, f"{path}[]." if is_list(field.annotation) else f"{path}.")


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from models_in(inner)


def is_list(annotation: Any) -> bool:
    return typing.get_origin(annotation) is tuple


def as_json(default: Any) -> str:
    if isinstance(default, BaseModel):
        default = default.model_dump(exclude_defaults=True)
    return json.dumps(default)


def documented(page: str) -> dict[str, str]:
    return {key: default.strip("` ") for names, default in ROW.findall(page) for key in re.findall(r"`([^`]+)`", names)}


def paths_in(value: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{prefix}{key}"
            yield from paths_in(inner, f"{prefix}{key}.")
    elif isinstance(value, list):
        for inner in value:
            yield from paths_in(inner, f"{prefix.removesuffix('.')}[].")


def test_every_setting_is_documented_with_its_default(page):
    assert documented(page) == dict(settings_of(Settings))


def test_a_setting_has_one_row(page):
    keys = [key for names, _ in ROW.findall(page) for key in re.findall(r"`([^`]+)`", names)]
    assert len(keys) == len(set(keys))


def test_the_examples_are_valid(page):
    examples = EXAMPLE.findall(page)
    assert len(examples) == 2
    for example in examples:
        Settings.parse(load_json(example))


def test_the_minimal_example_says_no_more_than_it_must(page):
    minimal = Settings.parse(load_json(EXAMPLE.findall(page)[0]))
    defaults = minimal.model_dump(exclude_defaults=True)
    assert set(defaults) == {"pim", "master_catalogs", "storefront_catalogs"}


def test_the_full_example_has_every_setting(page):
    used = set(paths_in(load_json(EXAMPLE.findall(page)[-1])))
    assert {path for path, _ in settings_of(Settings)} <= used


def test_what_can_change_freely_is_what_the_fingerprint_leaves_out(page):
    free = page.split("can change freely: ")[1].split("\n#")[0]
    named = set(re.findall(r"`([^`]+)`", free))
    documentation = " ".join((Settings.fingerprint.__doc__ or "").split())
    assert named
    for path in named:
        assert path.rpartition(".")[2] in documentation
