"""An embedded AWS for each test: moto keeps its things in the process, so none may outlive its test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.embedded.aws import EmbeddedAws
from tests.workflows.stand_ins import StandIns, make_stand_ins


@pytest.fixture
def stack(tmp_path: Path, repo_root: Path) -> StandIns:
    (tmp_path / "stack").mkdir()
    return make_stand_ins(repo_root, tmp_path / "stack")


@pytest.fixture
def aws(stack: StandIns) -> Iterator[EmbeddedAws]:
    """The stack with functions that all succeed."""
    with EmbeddedAws(stack.template, {"pim": {}}, {"client_id": "x"}, retry_scale=0.0) as embedded:
        yield embedded
