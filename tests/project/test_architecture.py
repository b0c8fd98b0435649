"""Imports point one way, the core stays pure, entry points stay thin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.project.rules import architecture


@pytest.mark.parametrize(
    "rule",
    [
        architecture.wrong_arrows,
        architecture.impurities,
        architecture.libraries_out_of_place,
        architecture.junk_names,
        architecture.thick_handlers,
        architecture.clients_made_at_import,
    ],
    ids=lambda rule: rule.__name__,
)
def test_the_code_has_no(rule: Callable[[Path], list[str]], repo_root: Path) -> None:
    assert rule(repo_root) == []


def test_every_part_of_the_architecture_has_code(repo_root: Path) -> None:
    # A part whose folder were renamed would silently fall out of every other check.
    for part in architecture.PURE | {"akeneo", "storage", "runs", "stages", "runtime"}:
        assert len(architecture.python_files(repo_root, architecture.CODE / part)) > 1, part
    assert architecture.python_files(repo_root, "functions")
