"""`akeneo-sfcc demo`: everything from the PIM to the shop, as README promises it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest


@pytest.fixture(scope="module")
def demonstrated(repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The folder of a demonstration and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    places = [part for name in ("out", "state", "shop") for part in (f"--{name}", str(folder / name))]
    arguments = [sys.executable, "-m", "local.cli", "demo", *places]
    done = subprocess.run(arguments, cwd=repo_root, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout.splitlines()


def test_it_opens_with_the_report_and_ends_with_the_shop(demonstrated: tuple[Path, list[str]]) -> None:
    folder, lines = demonstrated
    report = Path(lines[0].removeprefix("report: ").partition(" (")[0])
    assert report == folder / "out" / "3-2-Akeneo-Full-Import-Products" / "report.html"
    assert report.read_text().startswith("<!doctype html>")
    assert lines[-1].startswith(f"shop: {folder / 'shop' / 'index.html'}")


def test_every_job_ran_and_sfcc_refused_nothing(demonstrated: tuple[Path, list[str]]) -> None:
    folder, _ = demonstrated
    reports = {path.name: json.loads((path / "report.json").read_text()) for path in (folder / "out").iterdir()}
    assert sorted(name[:3] for name in reports) == ["1-A", "2-A", "3-1", "3-2"]
    for name, report in reports.items():
        steps = report["delivery"]["steps"]
        assert report["status"] == "SUCCEEDED", name
        assert len(steps) == report["delivery"]["planned"] > 0
        assert [(step["status"], step["errors"]) for step in steps] == [("imported", 0)] * len(steps), name


def test_the_differential_import_says_what_changed(demonstrated: tuple[Path, list[str]]) -> None:
    _, lines = demonstrated
    (said,) = [line for line in lines if line.startswith("edited in the PIM: ")]
    assert re.search(r"the differential import read 1 products and 0 models and wrote .*2 product$", said)


def test_the_shop_shows_products_with_images_in_several_languages(demonstrated: tuple[Path, list[str]]) -> None:
    folder, _ = demonstrated
    page = (folder / "shop" / "index.html").read_text()
    sources = {unquote(unescape(found)) for found in re.findall(r'<img[^>]* src="([^"]+)"', page)}
    assert len(sources) > 20
    assert [source for source in sources if not (folder / "shop" / source).is_file()] == []
    for name in ("Storm Shell Jacket", "Veste Storm Shell", "Storm-Shell-Jacke"):
        assert name in page
