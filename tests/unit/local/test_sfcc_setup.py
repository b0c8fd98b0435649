"""`akeneo-sfcc sfcc-setup`: the archive, and what an integrator is told to do with it, in order."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from akeneo_sfcc.delivery.setup import SETUP_NAME
from local.cli import main

FILE = f"{SETUP_NAME}.zip"


def documents(text: str) -> list[dict[str, Any]]:
    """Return the JSON documents that stand alone in a text."""
    found = []
    for block in text.split("\n\n"):
        if block.startswith("{"):
            found.append(json.loads(block))
    return found


def test_the_archive_holds_valid_jobs(tmp_path: Path, sfcc_xsd: Callable[..., None]) -> None:
    assert main(["sfcc-setup", "--site", "RefArch", "--library", "shared", "--out", str(tmp_path / FILE)]) == 0
    with zipfile.ZipFile(tmp_path / FILE) as archive:
        sfcc_xsd(archive.read(f"{SETUP_NAME}/jobs.xml"), "jobs")


def test_the_folder_of_the_settings_reaches_the_jobs(tmp_path: Path) -> None:
    main(["sfcc-setup", "--site", "RefArch", "--folder", "pim", "--out", str(tmp_path / FILE)])
    with zipfile.ZipFile(tmp_path / FILE) as archive:
        assert b">pim/pricebooks<" in archive.read(f"{SETUP_NAME}/jobs.xml")


def test_permissions_are_printed_for_the_client_and_its_library(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["sfcc-setup", "--site", "S", "--library", "L", "--client-id", "mine", "--out", str(tmp_path / FILE)])
    webdav, ocapi = documents(capsys.readouterr().out)
    assert [webdav["clients"][0]["client_id"], ocapi["clients"][0]["client_id"]] == ["mine", "mine"]
    assert "/libraries/L" in [one["path"] for one in webdav["clients"][0]["permissions"]]
    assert len(ocapi["clients"][0]["resources"]) == 3


def test_each_step_says_where_before_the_archive_is_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["sfcc-setup", "--site", "S", "--out", str(tmp_path / FILE)])
    said = capsys.readouterr().out
    places = [
        "1. Account Manager",
        "sfcc.jobs.rw",
        "WebDAV Client Permissions",
        "Open Commerce API Settings",
        "Site Import & Export",
    ]
    assert sorted(said.index(place) for place in places) == [said.index(place) for place in places]
    assert "repeat with --client-id" in said


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--site", "x" * 33], "--site:"),
        (["--site", "S", "--library", " "], "--library:"),
        (["--site", "S", "--out", "other.zip"], "--out: other.zip must be called"),
    ],
)
def test_what_sfcc_would_not_take_is_refused(
    tmp_path: Path,
    arguments: list[str],
    problem: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["sfcc-setup", *arguments]) == 2
    assert problem in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
