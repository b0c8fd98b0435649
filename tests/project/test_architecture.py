"""Imports point one way, the core stays pure, entry points stay thin."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.project.rules import architecture
from tests.project.rules.naming import stage_modules

REPORTING_STAGES = {"finish_run", "fail_run"}


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


def test_the_template_library_is_loaded_only_by_stages_that_make_a_page(repo_root: Path) -> None:
    others = sorted(stage_modules(repo_root) - REPORTING_STAGES)
    loading = [f"import akeneo_sfcc.stages.{stage}" for stage in others]
    code = "\n".join([*loading, "import sys", "print(sorted(sys.modules.keys() & {'jinja2', 'markupsafe'}))"])
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
    both = "import akeneo_sfcc.stages.finish_run, akeneo_sfcc.stages.fail_run, sys; assert 'jinja2' in sys.modules"
    subprocess.run([sys.executable, "-c", both], check=True)
