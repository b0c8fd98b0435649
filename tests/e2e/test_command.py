"""The command as people call it: exit codes, one message, the files, and state that outlives a failure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.cli import main
from local.demo_pim.server import DemoPim
from tests.e2e.imports import Importer, configured
from tests.fakes.in_process import FULL

SECRET = "s3cret-of-a-test-that-must-not-show"


def write(folder: Path, document: Any, name: str = "shop.json") -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def command(repo_root: Path, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AKENEO_")}
    return subprocess.run(
        [sys.executable, "-m", "local.cli", *map(str, arguments)],
        cwd=repo_root,
        env={**kept, "RETRY_SCALE": "0", **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextmanager
def served(repo_root: Path, snapshot: Path) -> Iterator[str]:
    """`akeneo-sfcc pim serve` in a process of its own; gives the address it tells."""
    arguments = [sys.executable, "-m", "local.cli", "pim", "serve", "--snapshot", str(snapshot), "--port", "0"]
    with subprocess.Popen(arguments, cwd=repo_root, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = next(one for one in process.stdout if "http://" in one)
            yield next(word for word in line.split() if word.startswith("http://")).rstrip(".,:;")
        finally:
            process.terminate()


def test_the_commands_import_akeneos_demo_catalogue(
    repo_root: Path, icecat_folder: Path, icecat_pim: DemoPim, tmp_path: Path
) -> None:
    config = write(tmp_path, configured())
    out = tmp_path / "out"
    with served(repo_root, icecat_folder) as url:
        ended = command(
            repo_root, "run", FULL, "--config", config, "--pim-url", url, "--state", tmp_path / "state", "--out", out
        )
    assert ended.returncode == 0, ended.stderr
    assert "product written 1,239" in ended.stdout
    found = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    reported = {found.pop(name) and name for name in ("report.json", "report.html", "records.jsonl") if name in found}
    assert {"report.json", "report.html"} <= reported
    assert found == Importer(icecat_pim, configured()).run().files()


def test_after_a_failure_the_next_run_starts_from_the_same_state(
    repo_root: Path, own_pim: DemoPim, tmp_path: Path
) -> None:
    document = configured(products={"max_reject_ratio": 0.5})
    document["pim"]["base_url"] = own_pim.url
    config, state, out = write(tmp_path, document), tmp_path / "state", tmp_path / "out"
    login = {"AKENEO_CLIENT_ID": "demo_client", "AKENEO_USERNAME": "demo", "AKENEO_PASSWORD": "demo"}
    arguments = ("run", "3-2", "--config", config, "--state", state, "--out", out, "--log", tmp_path / "log")
    failed = command(repo_root, *arguments, AKENEO_CLIENT_SECRET=SECRET, **login)
    assert failed.returncode == 2
    messages = [line for line in failed.stderr.splitlines() if line.startswith("akeneo-sfcc: ")]
    assert len(messages) == 1
    assert "AKENEO_CLIENT_SECRET" in messages[0]
    assert "Traceback" not in failed.stderr + failed.stdout
    report = json.loads((out / "report.json").read_text())
    assert report["failure"]["error"] == "ConfigurationError"
    assert sorted(path.name for path in out.iterdir()) == ["records.jsonl", "report.html", "report.json"]
    everything = [failed.stdout.encode(), failed.stderr.encode()]
    everything += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in one for one in everything)
    ended = command(repo_root, *arguments, AKENEO_CLIENT_SECRET="demo_secret", **login)
    assert ended.returncode == 0, ended.stderr
    names = {path.name.rpartition("-")[0] for path in out.rglob("*.xml")}
    assert names == {"10-categories", "20-products", "30-masters", "40-assignments"}


def test_the_whole_catalogue_is_imported_by_one_command(repo_root: Path, tmp_path: Path, demo_pim: DemoPim) -> None:
    document = configured(demo_pim, products={"max_reject_ratio": 0.5})
    login = {"AKENEO_CLIENT_ID": "demo_client", "AKENEO_USERNAME": "demo", "AKENEO_PASSWORD": "demo"}
    arguments = ("--config", write(tmp_path, document), "--state", tmp_path / "state", "--out", tmp_path / "out")
    ended = command(
        repo_root, "run", "0-Akeneo-Import-Catalog", *arguments, AKENEO_CLIENT_SECRET="demo_secret", **login
    )
    assert ended.returncode == 0, ended.stderr
    jobs = ["1-Akeneo-Import-Attributes", "2-Akeneo-Import-Media-Assets-Pricebook", FULL]
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == jobs
    reports = [json.loads((out / job / "report.json").read_text()) for job in jobs]
    assert [(each["job"], each["status"]) for each in reports] == [(job, "SUCCEEDED") for job in jobs]
    assert (out / jobs[0] / "meta" / "system-objecttype-extensions.xml").is_file()
    assert list((out / FULL / "catalogs").rglob("20-products-*.xml"))
    for job in ("Run Attributes Job", "Run Media Job", "Run Products Job"):
        assert job in ended.stderr


# ---------------------------------------------------------------------- refused before anything starts


@pytest.fixture(autouse=True)
def _no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AKENEO_")]:
        monkeypatch.delenv(name)


REFUSED: dict[str, tuple[Any, tuple[str, ...]]] = {
    "no JSON": ("{", ("is not valid JSON",)),
    "no object": ("[]", ("object",)),
    "an unknown key": (configured(pim={"chanel": "x"}), ("pim.chanel: is not a setting", "channel")),
    "no channel": ({**configured(), "pim": {"base_url": "http://127.0.0.1"}}, ("pim.channel",)),
    "a filter that is no JSON": (
        configured(pim={"product_filter": '{"search": {'}),
        ("pim.product_filter", "JSON"),
    ),
    "a filter with unknown keys": (
        configured(pim={"product_filter": {"serach": {}}}),
        ("pim.product_filter.serach: is not a setting", "search"),
    ),
    "a search that is no object": (configured(pim={"product_filter": {"search": [1]}}), ("pim.product_filter.search",)),
    "a scope that is not the channel": (configured(pim={"product_filter": {"scope": "print"}}), ("scope",)),
    "a mapping to what SFCC keeps for itself": (
        configured(attributes={"system_mapping": {"sku": "UUID"}}),
        ("attributes.system_mapping", "UUID"),
    ),
    "an address that is none": (configured(pim={"base_url": "pim.example"}), ("pim.base_url",)),
    "an address with a password": (
        configured(pim={"base_url": f"https://me:{SECRET}@pim.example"}),
        ("pim.base_url",),
    ),
    "credentials on an open line": (configured(pim={"base_url": "http://pim.example"}), ("pim.base_url", "https")),
    "two catalogues with one id": (
        configured(master_catalogs=[{"id": "a"}, {"id": "a"}]),
        ("master_catalogs",),
    ),
    "no master catalogue": (configured(master_catalogs=[]), ("master_catalogs",)),
    "two locales on one target": (
        configured(pim={"locales": ["fr_FR", "fr_CA"]}, locales={"map": {"fr_FR": "fr", "fr_CA": "fr"}}),
        ("locales.map", "fr"),
    ),
    "several things at once": (
        configured(pim={"page_size": 0, "max_concurrency": "many"}, models={"import": "flat"}),
        ("pim.page_size", "pim.max_concurrency", "models.import"),
    ),
}


@pytest.mark.parametrize(("document", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_configuration_is_refused_at_once(
    document: Any, says: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["run", FULL, "--config", str(write(tmp_path, document)), "--out", str(tmp_path / "out")])
    said = capsys.readouterr()
    assert code == 2
    for words in says:
        assert words in said.err
    assert said.err.count("akeneo-sfcc: ") == 1
    assert "Traceback" not in said.err
    assert SECRET not in said.err + said.out
    assert not (tmp_path / "out").exists()


WRONGLY_CALLED: dict[str, tuple[list[str], str]] = {
    "no such file": ([FULL, "--config", "missing.json"], "missing.json"),
    "input that is no JSON": ([FULL, "--config", "CONFIG", "--input", "{"], "--input"),
    "unknown input": ([FULL, "--config", "CONFIG", "--input", '{"full": true}'], "full: unknown key"),
    "a folder with other files": ([FULL, "--config", "CONFIG", "--out", "FOLDER"], "holds other files"),
}


@pytest.mark.parametrize(("arguments", "says"), WRONGLY_CALLED.values(), ids=WRONGLY_CALLED.keys())
def test_a_wrong_call_is_refused(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], demo_pim: DemoPim
) -> None:
    given = {"CONFIG": str(write(tmp_path, configured(demo_pim))), "FOLDER": str(tmp_path)}
    assert main(["run", *(given.get(one, one) for one in arguments)]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("akeneo-sfcc: ") == 1


def test_half_a_login_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, demo_pim: DemoPim
) -> None:
    monkeypatch.setenv("AKENEO_CLIENT_SECRET", SECRET)
    assert main(["run", FULL, "--config", str(write(tmp_path, configured(demo_pim)))]) == 2
    said = capsys.readouterr().err
    assert "AKENEO_CLIENT_ID, AKENEO_USERNAME, AKENEO_PASSWORD not set" in said
    assert SECRET not in said
