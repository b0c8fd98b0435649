"""`akeneo-sfcc check` tells what the API client may not do before a run finds out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cli import main
from local.demo_pim.demo_catalogue import demo_store
from local.demo_pim.faults import Fault
from local.demo_pim.server import DemoPim
from local.demo_sfcc.server import DemoSfcc


@pytest.fixture
def sfcc() -> Iterator[DemoSfcc]:
    with DemoSfcc() as server:
        yield server


@pytest.fixture
def arguments(tmp_path: Path, sfcc: DemoSfcc, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    for name in ("AKENEO_CLIENT_ID", "AKENEO_CLIENT_SECRET", "AKENEO_USERNAME", "AKENEO_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    for name in ("SFCC_CLIENT_ID", "SFCC_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    with DemoPim(demo_store()) as pim:
        shop = {"pim": {"base_url": pim.url, "channel": "ecommerce"}, "master_catalogs": [{"id": "m"}]}
        path = tmp_path / "shop.json"
        path.write_text(json.dumps(shop))
        yield ["check", "--config", str(path), "--sfcc-url", sfcc.url]


def test_a_client_that_may_do_everything_leaves_no_trace(
    arguments: list[str], sfcc: DemoSfcc, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0
    assert f"{sfcc.url}: the API client may upload, see jobs and read logs" in capsys.readouterr().out
    assert list(sfcc.instance.share.path("Impex/src/instance").iterdir()) == []
    assert sfcc.jobs.executions == {}


def test_every_missing_permission_is_told_at_once(
    arguments: list[str], sfcc: DemoSfcc, capsys: pytest.CaptureFixture[str]
) -> None:
    sfcc.faults.set(
        [
            Fault(path="*/Impex/*", action="status", status=401, times=99),
            Fault(path="*/job_execution_search", action="status", status=403, times=99),
        ]
    )
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert '"/impex"' in said
    assert "/job_execution_search" in said


def test_a_wrong_client_is_told_once(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SFCC_CLIENT_ID", "demo_client")
    monkeypatch.setenv("SFCC_CLIENT_SECRET", "wr0ng")
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.count("Account Manager refused the API client") == 1
    assert "wr0ng" not in said
