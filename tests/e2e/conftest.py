"""The catalogues of the acceptance tests, and the demo PIMs that serve them."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import pytest

from local.demo_pim.demo_catalogue import demo_store
from local.demo_pim.generator import generate
from local.demo_pim.server import DemoPim
from local.demo_pim.snapshot import load_snapshot
from local.embedded.aws import EmbeddedAws
from tests.e2e.imports import configured
from tests.e2e.snapshots import Snapshot
from tests.e2e.stack import LOGIN, Stack


@pytest.fixture(scope="session")
def icecat_folder(shared_data: Path) -> Path:
    """Akeneo's public demo catalogue as a snapshot directory."""
    return shared_data / "pim-icecat"


@pytest.fixture(scope="session")
def icecat(icecat_folder: Path) -> Snapshot:
    """Akeneo's public demo catalogue."""
    return Snapshot.read(icecat_folder)


@pytest.fixture(scope="session")
def icecat_pim(icecat_folder: Path) -> Iterator[DemoPim]:
    """A PIM with Akeneo's demo catalogue, which no test may change."""
    with DemoPim(load_snapshot(icecat_folder)) as pim:
        yield pim


@pytest.fixture(scope="session")
def demo_pim() -> Iterator[DemoPim]:
    """A PIM with the project's demo catalogue, which no test may change."""
    with DemoPim(demo_store()) as pim:
        yield pim


@pytest.fixture(scope="session")
def demo(demo_pim: DemoPim) -> Snapshot:
    """The project's own demo catalogue."""
    return Snapshot.of(demo_pim.store)


@pytest.fixture(scope="session")
def generated_pim() -> Iterator[DemoPim]:
    """A PIM with a generated catalogue of many families and models of both depths, which no test may change."""
    with DemoPim(generate(products=600, seed=7)) as pim:
        yield pim


@pytest.fixture(scope="session")
def generated(generated_pim: DemoPim) -> Snapshot:
    """The generated catalogue."""
    return Snapshot.of(generated_pim.store)


@pytest.fixture
def own_pim() -> Iterator[DemoPim]:
    """A PIM with the project's demo catalogue for one test, which may do with it what it likes."""
    with DemoPim(demo_store()) as pim:
        yield pim


@pytest.fixture(scope="module")  # not longer: a process has one engine at a time, and other folders' tests start theirs
def _engine(repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EmbeddedAws, Path]]:
    log = tmp_path_factory.mktemp("engine") / "functions.log"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RETRY_SCALE", "0")  # the workers inherit it: a PIM that fails is asked again at once
        with EmbeddedAws(repo_root / "template.yaml", configured(), LOGIN, retry_scale=0.0, log=log) as aws:
            yield aws, log


@pytest.fixture
def stack(_engine: tuple[EmbeddedAws, Path], tmp_path: Path, request: pytest.FixtureRequest) -> Stack:
    """The real stack with a configuration, a scope and catalogues of the test's own."""
    aws, log = _engine
    name = "t" + blake2b(request.node.nodeid.encode(), digest_size=6).hexdigest()
    return Stack(aws, name, log, tmp_path)
