"""What the functions' log holds after real runs: the lines and fields that docs/operations.md's queries ask for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from akeneo_sfcc.reporting.page import render_page
from local.demo_pim.server import DemoPim
from tests.e2e.stack import LOGIN, Stack
from tests.project.rules.documents import FENCE, section

FIELD = r"@?[A-Za-z_][\w.]*"
COMPARISON = re.compile(rf'({FIELD}) = "([^"]*)"')
PRESENT = re.compile(rf"ispresent\(({FIELD})\)")
WORDS = {"fields", "filter", "sort", "stats", "by", "as", "and", "desc", "limit", "sum", "max", "count", "ispresent"}


@dataclass(frozen=True)
class Query:
    """A query of CloudWatch Logs Insights, as far as the documents use its language."""

    text: str

    @property
    def filters(self) -> list[str]:
        """Every condition; all of them have to hold."""
        commands = [command.strip() for command in self.text.split("|")]
        conditions = [command.removeprefix("filter ") for command in commands if command.startswith("filter ")]
        return [part.strip() for condition in conditions for part in condition.split(" and ")]

    @property
    def fields(self) -> set[str]:
        """Every field it names; names it makes itself and the service's own (@…) are none."""
        bare = re.sub(r'"[^"]*"', "", self.text)
        made = set(re.findall(rf"\bas ({FIELD})", bare))
        return {name for name in re.findall(FIELD, bare) if not name.startswith("@")} - WORDS - made

    def matches(self, line: dict[str, Any]) -> bool:
        """Tell whether the filters let a line pass; AssertionError for a condition this test cannot read."""
        for condition in self.filters:
            if found := COMPARISON.fullmatch(condition):
                holds = str(line.get(found[1])) == found[2]
            else:
                found = PRESENT.fullmatch(condition)
                assert found, f"not understood: {condition}"
                holds = found[1] in line
            if not holds:
                return False
        return True


def flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Name what is nested as Insights does: `item.kind`, `StageSeconds.0`."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        yield name, value
        return
    for key, each in inner:
        yield from flat(each, f"{name}.{key}" if name else str(key))


def documented(root: Path) -> list[Query]:
    text = (root / "docs" / "operations.md").read_text("utf-8")
    return [Query(block) for _, block in FENCE.findall(section(text, "Asking the log"))]


@pytest.fixture
def told(stack: Stack, own_pim: DemoPim) -> list[dict[str, Any]]:
    """The lines of a run with rejects and of one that failed."""
    assert stack.run(stack.document(own_pim)).code == 0
    assert stack.run(stack.document(own_pim, pim={"channel": "nowhere"})).code == 2
    return [dict(flat(json.loads(line))) for line in stack.log.splitlines() if line.startswith("{")]


def test_every_documented_query_finds_lines_that_have_its_fields(told: list[dict[str, Any]], repo_root: Path) -> None:
    queries = documented(repo_root)
    assert len(queries) >= 4
    for query in queries:
        found = [line for line in told if query.matches(line)]
        assert found, f"finds nothing:\n{query.text}"
        known = {name for line in found for name in line}
        assert query.fields <= known, f"no line has {sorted(query.fields - known)}:\n{query.text}"


def test_a_line_names_run_job_stage_and_what_part_it_is_about(told: list[dict[str, Any]]) -> None:
    lines = [line for line in told if "message" in line and line["stage"] != "fail_run"]
    assert {"run_id", "job", "stage", "request_id"} <= set.intersection(*(set(line) for line in lines))
    ranges = {line.get("item.index") for line in lines if line["stage"] == "import_pages"}
    assert None not in ranges
    assert ranges


def test_the_log_says_what_did_not_come_over_and_why(told: list[dict[str, Any]]) -> None:
    found = {
        (line["kind"], line["reason"], line["number"]): line["examples"]
        for line in told
        if line.get("message") == "did not come over" and line["severity"] == "reject"
    }
    assert "lamp-100" in found["product", "duplicate_id", 1]


def test_a_run_leaves_its_numbers_for_the_alarms(told: list[dict[str, Any]]) -> None:
    runs = [line for line in told if "RunSucceeded.0" in line]
    assert [(line["RunSucceeded.0"], line["RunFailed.0"]) for line in runs] == [(1, 0), (0, 1)]
    assert runs[0]["ItemsRead.0"] > runs[0]["ItemsWritten.0"] > 0
    assert runs[0]["service"] == "akeneo-sfcc"


def test_the_exported_page_is_the_reports(stack: Stack, own_pim: DemoPim) -> None:
    ended = stack.run(stack.document(own_pim))
    assert ended.report is not None
    assert ended.files["report.html"].decode() == render_page(ended.report)
    assert "report.html" in ended.said


def test_no_credential_is_in_a_page_or_a_line(stack: Stack, own_pim: DemoPim) -> None:
    ended = stack.run(stack.document(own_pim), login={**LOGIN, "client_secret": "a-wrong-secret-of-ours"})
    assert ended.code == 2
    shown = stack.log + ended.said + "".join(body.decode() for body in ended.files.values())
    assert "a-wrong-secret-of-ours" not in shown
