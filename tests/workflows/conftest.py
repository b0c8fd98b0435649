"""One embedded AWS for all tests of the state machine: starting it takes longer than most of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.embedded.aws import EmbeddedAws
from tests.workflows.stand_ins import StandIns, make_stand_ins


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory, repo_root: Path) -> StandIns:
    return make_stand_ins(repo_root, tmp_path_factory.mktemp("stack"))


@pytest.fixture(scope="package")
def started(stack: StandIns, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    state = tmp_path_factory.mktemp("state")
    with EmbeddedAws(stack.template, {"pim": {}}, {"client_id": "x"}, state, retry_scale=0.0) as aws:
        yield aws


@pytest.fixture
def aws(stack: StandIns, started: EmbeddedAws) -> EmbeddedAws:
    """The embedded AWS with functions that all succeed."""
    stack.behave()
    return started
