"""What the documents name exists, and what exists is named in the documents."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from akeneo_sfcc.settings import Settings
from local.cli import _parser as build_parser
from tests.project.rules import documents


@pytest.mark.parametrize(
    "rule",
    [
        documents.undocumented_jobs,
        documents.undocumented_stages,
        documents.undocumented_alarms,
        documents.undocumented_errors,
        documents.undocumented_reasons,
        documents.unknown_make_targets,
        documents.dead_links,
        documents.undated_decisions,
    ],
    ids=lambda rule: rule.__name__,
)
def test_the_documents_have_no(rule: Callable[[Path], list[str]], repo_root: Path) -> None:
    assert rule(repo_root) == []


def leaves(parser: argparse.ArgumentParser) -> set[str]:
    """Return the commands of a parser: `run`, `pim serve`."""
    choices = [
        (name, child)
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for name, child in action.choices.items()
    ]
    return {
        f"{name} {inner}".strip()
        for name, child in choices
        for inner in leaves(child) or {""}
    }  # fmt: skip


def test_every_command_is_in_the_readme(repo_root: Path) -> None:
    assert documents.undocumented_commands(repo_root, leaves(build_parser())) == []


def test_every_documented_command_line_is_understood(repo_root: Path) -> None:
    assert documents.unparsable_commands(repo_root, build_parser().parse_args) == []


def test_every_setting_named_in_the_documents_exists(repo_root: Path) -> None:
    schema = Settings.model_json_schema(by_alias=True)
    keys = {
        section: set(schema["$defs"][found["$ref"].rsplit("/", 1)[1]]["properties"])
        for section, found in schema["properties"].items()
        if "$ref" in found
    }
    assert "channel" in keys["pim"]
    assert documents.unknown_settings(repo_root, keys) == []


def test_every_configuration_shown_is_valid(repo_root: Path) -> None:
    shown = list(documents.examples(repo_root))
    assert "README.md" in [where for where, _ in shown]
    for _, text in shown:
        Settings.parse(json.loads(text))


def test_command_lines_are_found_in_the_documents(repo_root: Path) -> None:
    found = [arguments[0] for _, arguments in documents.commands_in_documents(repo_root) if arguments]
    assert {"run", "check", "pim"} <= set(found)
