"""The page as a browser lays it out, where headless Chromium is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from akeneo_sfcc.reporting.page import render_page
from tests.unit.reporting.reports import a_failure, a_report, counted, issues, stage

LONG = "a_very_long_identifier_without_any_blank_" * 5
PHONE, SCREEN = 390, 1200
OPTIONS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]  # fmt: skip

# Asks for the page in a frame of the wanted width: a headless window is never narrower than 500 pixels. The page allows
# no script, so a frame of the same origin is measured from outside.
FRAME = """<!doctype html>
<iframe id="page" style="width: {width}px; height: 4000px; border: 0" srcdoc="{page}"></iframe>
<pre id="measured"></pre><script>
document.getElementById("page").addEventListener("load", function () {{
  const page = this.contentDocument, root = page.documentElement;
  const wide = [...page.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > {width} + 0.5);
  document.getElementById("measured").textContent = [
    "inner=" + this.contentWindow.innerWidth, "scroll=" + root.scrollWidth, "wide=" + wide.length,
    "bars=" + [...page.querySelectorAll(".bar")].filter((one) => one.getBoundingClientRect().width >= 1).length,
  ].join(" ");
}});
</script>"""


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


def measure(chromium: str, folder: Path, report: dict[str, Any], width: int) -> dict[str, int]:
    """Lay the page out at a width and return what it measures."""
    page = render_page(report).replace("&", "&amp;").replace('"', "&quot;")
    place = folder / "frame.html"
    place.write_text(FRAME.format(width=width, page=page), "utf-8")
    command = [chromium, *OPTIONS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", place.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r'<pre id="measured">([^<]+)</pre>', shown)
    assert found, shown[-2000:]
    return {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", found[1])}


def full_of_everything() -> dict[str, Any]:
    """A report with the longest of everything, failed, so that every section is there."""
    sample = {"stage": "import_pages", "id": LONG, "attribute": LONG, "locale": "fr_FR", "value": LONG}
    message = {"severity": "error", "text": LONG, "count": 10**6, "examples": [LONG]}
    step = {"name": LONG, "kind": "archive", "job": LONG, "execution": LONG, "status": "failed", "seconds": 5000}
    step |= {"bytes": 10**9, "errors": 10**6, "warnings": 10**6, "messages": [message]}
    million = counted(read=9_999_999, written=9_999_999, unchanged=9_999_999, merged=9_999_999, rejected=9_999_999)
    return a_failure(cause=LONG, item=LONG) | {
        "scope": LONG,
        "notes": [LONG],
        "counts": dict.fromkeys(("asset", "category", "model", "product"), million),
        "issues": [issues("reject", "bad_id", 10**6, sample), issues("warn", "text_cut", 10**6, sample, kind="value")],
        "left": {"deleted": 10**6, "filter": 10**6, "renamed": 1, "not_asked": 1, "models": 1},
        "stages": {
            "import_pages": stage("00.0", "50.0", items=1000, calls=10**6, files=10**5, bytes_written=10**9),
            LONG[:40]: stage("50.0", "50.0"),
        },
        "delivery": {"mode": "site_archive", "planned": 1, "steps": [step]},
    }


@pytest.mark.parametrize("width", [PHONE, SCREEN])
@pytest.mark.parametrize("report", [a_report(), full_of_everything()], ids=["small", "full of everything"])
def test_nothing_is_wider_than_the_window(chromium: str, tmp_path: Path, report: dict[str, Any], width: int) -> None:
    found = measure(chromium, tmp_path, report, width)
    assert found["inner"] == width
    assert found["scroll"] <= width
    assert found["wide"] == 0
    assert found["bars"] == len(report["stages"])


def test_too_wide_a_page_is_noticed(chromium: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    too_wide = "<main><div style='width: 600px'>x</div></main>"
    monkeypatch.setattr("tests.unit.reporting.test_page_in_a_browser.render_page", lambda report: too_wide)
    found = measure(chromium, tmp_path, {}, PHONE)
    assert found["scroll"] > PHONE
    assert found["wide"] == 1
