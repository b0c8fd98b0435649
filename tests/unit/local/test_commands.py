"""The command line: what it takes, what it refuses, and how it says so."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path
from typing import Any, cast

import pytest

from akeneo_sfcc.errors import ConfigurationError
from local.cli import main
from local.commands.connection import DEMO, configuration_name, is_loopback, read_configuration, read_credentials
from local.commands.progress import Lines
from local.commands.run import check_out, find_job, job_input, out_folders, reason, take_files, tell, tell_all
from local.embedded.aws import Outcome
from local.embedded.engine import ChildFailure, Step

JOBS = ("1-Akeneo-Import-Attributes", "3-1-Akeneo-Differential-Import-Products", "3-2-Akeneo-Full-Import-Products")
COMPLETE = {
    "AKENEO_CLIENT_ID": "i",
    "AKENEO_CLIENT_SECRET": "s",
    "AKENEO_USERNAME": "u",
    "AKENEO_PASSWORD": "p",
}


def configuration(folder: Path, **sections: Any) -> Path:
    document = {
        "pim": {"base_url": "https://pim.example.com", "channel": "ecommerce"},
        "master_catalogs": [{"id": "master"}],
        **sections,
    }
    path = folder / "shop.json"
    path.write_text(json.dumps(document))
    return path


def given(**options: Any) -> argparse.Namespace:
    usual: dict[str, Any] = {"input": None, "force_full": False, "dry_run": False, "only": None}
    return argparse.Namespace(**{**usual, **options})


@pytest.mark.parametrize("wanted", ["3-2", "3-2-Akeneo-Full-Import-Products", "3-2-akeneo-full-import-products"])
def test_a_job_is_found_by_name_or_number(wanted: str) -> None:
    assert find_job(wanted, JOBS) == JOBS[2]


@pytest.mark.parametrize("wanted", ["3", "", "4", "Full"])
def test_an_unknown_job_is_answered_with_the_jobs_there_are(wanted: str) -> None:
    with pytest.raises(ConfigurationError, match="unknown; allowed: 1-Akeneo-Import-Attributes, 3-1"):
        find_job(wanted, JOBS)


def test_options_become_the_jobs_input() -> None:
    found = job_input(given(force_full=True, only=["a", "b"]), "shop")
    assert (found["config"], found["force_full"], found["dry_run"]) == ("shop", True, False)
    assert found["only"] == {"identifiers": ["a", "b"]}


def test_input_is_taken_as_it_is() -> None:
    assert job_input(given(input='{"dry_run": true}'), "shop")["dry_run"] is True


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"input": "{"}, "--input: is not valid JSON"),
        ({"input": "[]"}, "--input: is not an object"),
        ({"input": '{"full": 1}'}, "input full: unknown key; allowed: config, .*force_full"),
        ({"input": '{"config": "other"}'}, "config is 'other'; allowed: 'shop'"),
        ({"input": "{}", "dry_run": True}, "--input: cannot be joined"),
        ({"input": '{"dry_run": "perhaps"}'}, "input dry_run: .*: value 'perhaps'"),
    ],
)
def test_wrong_input_is_refused(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        job_input(given(**options), "shop")


def outcome(job: str, status: str, error: str | None = None, *jobs: Outcome) -> Outcome:
    return Outcome(status, f"run-of-{job}", error, "why", job=job, jobs=jobs)


class Exporter:
    """Stands for the embedded AWS: a job's export is one file that tells whether its files were wanted too."""

    def export(self, job: str, run_id: str, folder: Path, *, files: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.json").write_text(f"{run_id} {files}")


def taken(out: Path, ended: Outcome, jobs: tuple[str, ...]) -> dict[str, str]:
    take_files(cast("Any", Exporter()), ended, out_folders(out, jobs))
    return {path.relative_to(out).as_posix(): path.read_text() for path in out.rglob("*") if path.is_file()}


def test_the_files_of_one_job_go_into_the_folder_itself(tmp_path: Path) -> None:
    assert taken(tmp_path, outcome("1", "SUCCEEDED"), ("1",)) == {"report.json": "run-of-1 True"}


def test_the_files_of_several_jobs_go_into_a_folder_each_and_old_ones_of_jobs_that_did_not_run_go(
    tmp_path: Path,
) -> None:
    everything = outcome("0", "SUCCEEDED", None, *(outcome(job, "SUCCEEDED") for job in "123"))
    assert sorted(taken(tmp_path, everything, ("1", "2", "3"))) == ["1/report.json", "2/report.json", "3/report.json"]
    broken = outcome("0", "FAILED", None, outcome("1", "SUCCEEDED"), outcome("2", "FAILED", "DataError"))
    assert taken(tmp_path, broken, ("1", "2", "3")) == {
        "1/report.json": "run-of-1 True",
        "2/report.json": "run-of-2 False",
    }


def test_a_folder_with_other_files_is_refused_for_every_job(tmp_path: Path) -> None:
    (tmp_path / "2").mkdir()
    (tmp_path / "2" / "holiday.jpg").touch()
    with pytest.raises(ConfigurationError, match="2: holds other files"):
        out_folders(tmp_path, ("1", "2"))


def test_of_several_jobs_is_said_how_each_ended_and_which_did_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    broken = outcome("0", "FAILED", "x", outcome("1", "SUCCEEDED"), outcome("2", "FAILED", "ConfigurationError"))
    assert tell_all(broken, {}, ("1", "2", "3")) == 2
    said = capsys.readouterr()
    assert said.out.startswith("1, run run-of-1: done")
    assert said.err.splitlines() == [
        "akeneo-sfcc: run run-of-2 failed: ConfigurationError: why",
        "akeneo-sfcc: not run: 3",
    ]


def test_a_parent_that_fails_by_itself_is_a_failure_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell_all(outcome("0", "TIMED_OUT", None, outcome("1", "SUCCEEDED")), {}, ("1", "2")) == 1
    assert "akeneo-sfcc: run run-of-0 timed out" in capsys.readouterr().err


def test_credentials_come_from_the_environment() -> None:
    found = read_credentials("https://pim.example.com", COMPLETE)
    assert found == {"client_id": "i", "client_secret": "s", "username": "u", "password": "p"}


def test_missing_credentials_are_named() -> None:
    partly = {"AKENEO_CLIENT_ID": "i", "AKENEO_USERNAME": "u"}
    with pytest.raises(ConfigurationError, match="AKENEO_CLIENT_SECRET, AKENEO_PASSWORD not set"):
        read_credentials("http://127.0.0.1:8080", partly)


def test_the_demo_login_is_for_a_pim_on_this_machine_alone() -> None:
    assert read_credentials("http://localhost:8080", {}) == DEMO
    with pytest.raises(ConfigurationError, match="AKENEO_CLIENT_ID, AKENEO_CLIENT_SECRET"):
        read_credentials("https://pim.example.com", {})


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:1", True),
        ("http://[::1]/", True),
        ("http://localhost", True),
        ("http://127.0.0.1.example.com", False),
        ("https://10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback_addresses_are_told_from_others(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


def test_the_address_of_the_command_line_wins(tmp_path: Path) -> None:
    document, settings = read_configuration(configuration(tmp_path), "http://127.0.0.1:9")
    assert settings.pim.base_url == document["pim"]["base_url"] == "http://127.0.0.1:9"


@pytest.mark.parametrize(("name", "expected"), [("shop.json", "shop"), ("eu.live v2.json", "eu-live-v2")])
def test_the_configuration_is_named_after_its_file(name: str, expected: str) -> None:
    assert configuration_name(Path(name)) == expected


def test_an_export_goes_to_a_new_or_empty_folder_or_over_an_export(tmp_path: Path) -> None:
    check_out(tmp_path / "new")
    check_out(tmp_path)
    (tmp_path / "report.json").touch()
    check_out(tmp_path)


def test_a_folder_with_other_files_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").touch()
    with pytest.raises(ConfigurationError, match="holds other files"):
        check_out(tmp_path)
    with pytest.raises(ConfigurationError, match="is a file"):
        check_out(tmp_path / "thesis.odt")


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome("SUCCEEDED", "r"), 0),
        (Outcome("SUCCEEDED", "r", output={"status": "already_running", "held_by": "arn"}), 0),
        (Outcome("FAILED", "r", "DataError", "x"), 1),
        (Outcome("TIMED_OUT", "r"), 1),
        (Outcome("FAILED", "r", "ConfigurationError", "x"), 2),
    ],
)
def test_the_exit_code_says_how_it_ended(outcome: Outcome, code: int) -> None:
    assert tell(outcome, None) == code


def test_a_failure_is_told_in_the_errors_own_words() -> None:
    cause = json.dumps({"errorMessage": "a gap after key 7", "errorType": "DataError", "stackTrace": ["x"]})
    failure = ChildFailure("Import Products", 3, "DataError", cause)
    outcome = Outcome("FAILED", "r", "DataError", cause, failures=(failure,))
    assert reason(outcome) == "Import Products: DataError: a gap after key 7"


def test_plain_progress_is_one_line_a_state_and_some_in_between() -> None:
    now = [0.0]
    stream = io.StringIO()
    lines = Lines(stream, lambda: now[0])
    lines(Step("task", "Plan Pages"))
    lines(Step("map", "Import Products", 4))
    for seconds in (1, 12, 13, 14):
        now[0] = seconds
        lines(Step("item", "Import Products"))
    assert stream.getvalue().splitlines() == [
        "Plan Pages",
        "Import Products: 4 items",
        "Import Products: 2 of 4",
        "Import Products: 4 of 4",
    ]


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert "Traceback" not in error
    return error


def test_every_problem_of_a_configuration_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = configuration(tmp_path, pim={"channel": "ecommerce", "colour": 1})
    error = refused(["run", "3-2", "--config", str(path)], capsys)
    assert "pim.colour" in error
    assert "pim.base_url" in error


def test_a_missing_configuration_is_bad_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "none.json: cannot be read" in refused(["check", "--config", str(tmp_path / "none.json")], capsys)


def test_missing_credentials_are_bad_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in COMPLETE:
        monkeypatch.delenv(name, raising=False)
    error = refused(["run", "3-2", "--config", str(configuration(tmp_path))], capsys)
    assert "AKENEO_PASSWORD" in error


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["run"],
        ["run", "3-2"],
        ["pim", "serve", "--port", "99999"],
        ["pim", "serve", "--products", "0"],
        ["preview", "--config", "x", "--limit", "500"],
    ],
)
def test_wrong_usage_is_told_by_the_parser(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: akeneo-sfcc" in capsys.readouterr().err


def test_a_defect_is_one_line_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("local.commands.check.read_configuration", broken)
    assert main(["check", "--config", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        "akeneo-sfcc: unexpected ZeroDivisionError: division by zero (--verbose says where)\n"
    )
