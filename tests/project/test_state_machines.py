"""State machines lead somewhere, retry what can pass, hide nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.project.check_machines import CHECKS
from tests.project.rules import machines


@pytest.mark.parametrize("rule", CHECKS, ids=lambda rule: rule.__name__)
def test_the_state_machines_have_no(rule: Callable[[Path], list[str]], repo_root: Path) -> None:
    assert rule(repo_root) == []


def test_the_full_product_import_is_among_them(repo_root: Path) -> None:
    names = {path.name for path in machines.machine_files(repo_root)}
    assert "3-2-akeneo-full-import-products.asl.yaml" in names
