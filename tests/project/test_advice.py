"""The texts in the report and those in the documents are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from akeneo_sfcc.reporting.advice import ERRORS, OTHER_ENDINGS, REASONS
from tests.project.rules.documents import REASON, section, table


def plain(text: str) -> str:
    return text.replace("`", "")


def document(root: Path, name: str) -> str:
    return (root / "docs" / name).read_text("utf-8")


def test_reasons_mean_what_the_mapping_says(repo_root: Path) -> None:
    rows = {row[0]: row for row in table(section(document(repo_root, "mapping.md"), "13 ")) if REASON.fullmatch(row[0])}
    assert {name: (plain(row[2]), plain(row[3])) for name, row in rows.items()} == {
        name: (plain(each.meaning), plain(each.remedy)) for name, each in REASONS.items()
    }


@pytest.mark.parametrize("name", ERRORS)
def test_cases_of_an_error_are_those_of_its_section(repo_root: Path, name: str) -> None:
    rows = table(section(document(repo_root, "errors.md"), name))
    assert [(plain(row[0]), plain(row[1])) for row in rows] == [
        (plain(seen), plain(remedy)) for seen, remedy in ERRORS[name].cases
    ]


def test_all_errors_have_advice(repo_root: Path) -> None:
    headings = [line[3:].strip("`") for line in document(repo_root, "errors.md").splitlines() if line.startswith("## ")]
    assert [name for name in headings if name.endswith("Error")] == list(ERRORS)


def test_other_endings_are_those_the_errors_page_lists(repo_root: Path) -> None:
    rows = table(section(document(repo_root, "errors.md"), "Without one of these names"))
    assert [(row[0] if row[0] != "anything else" else "", plain(row[1]), plain(row[2])) for row in rows] == [
        (name, plain(each.meaning), plain(each.next_step)) for name, each in OTHER_ENDINGS.items()
    ]
