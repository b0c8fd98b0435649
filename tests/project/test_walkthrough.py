"""A newcomer's way through docs/deploy.md, as far as it goes without an account."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from local.cli import main
from tests.project.rules import walkthrough
from tests.project.rules.documents import commands_in_documents, examples


@pytest.mark.parametrize(
    "rule",
    [walkthrough.unknown_aws_calls, walkthrough.unknown_parameters, walkthrough.unknown_outputs],
    ids=lambda rule: rule.__name__,
)
def test_the_documents_have_no(rule: Callable[[Path], list[str]], repo_root: Path) -> None:
    assert rule(repo_root) == []


def test_there_is_something_to_check(repo_root: Path) -> None:
    assert {words[0] for _, words in walkthrough.commands(repo_root, "aws")} >= {"cloudformation", "secretsmanager"}
    assert {words[0] for _, words in walkthrough.commands(repo_root, "sam")} == {"build", "deploy", "delete"}


def test_the_commands_that_need_nobody_work_as_they_stand(
    repo_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (configuration,) = (text for where, text in examples(repo_root) if where == "docs/deploy.md")
    Path("default.json").write_text(configuration)
    lines = [arguments for where, arguments in commands_in_documents(repo_root) if where.startswith("docs/deploy.md")]
    alone = [line for line in lines if line[0] == "sfcc-setup" or "--dry-run" in line]
    assert [line[0] for line in alone] == ["sfcc-setup", "configure"]
    for line in alone:
        assert main(line) == 0
    said = capsys.readouterr().out
    assert "would put /akeneo-sfcc/config/default/pim" in said
    assert Path("akeneo-sfcc-setup.zip").is_file()


def test_the_input_of_the_first_run_is_there(repo_root: Path) -> None:
    (start,) = (words for _, words in walkthrough.commands(repo_root, "aws") if words[1] == "start-execution")
    (given,) = (word.removeprefix("file://") for word in start if word.startswith("file://"))
    assert json.loads((repo_root / given).read_text()) == {"config": "default"}
