"""The repository works on any machine and brings what it uses."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.project.rules import repository


@pytest.mark.parametrize(
    "rule",
    [
        repository.paths_of_a_machine,
        repository.index_addresses,
        repository.unfinished_work,
        repository.long_modules,
        repository.loose_requirements,
        repository.unused_or_undeclared_dependencies,
        repository.command_not_installed,
    ],
    ids=lambda rule: rule.__name__,
)
def test_the_repository_has_no(rule: Callable[[Path], list[str]], repo_root: Path) -> None:
    assert rule(repo_root) == []


def test_continuous_integration_can_start(repo_root: Path) -> None:
    script = repo_root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text("utf-8")
    assert "set -euo pipefail" in text
    assert "make check" in text
    assert "make test" in text
