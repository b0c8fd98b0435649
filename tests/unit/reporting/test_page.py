"""The report as a page: what it says, what it does with hostile values, that equal reports give equal pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import html

from akeneo_sfcc.reporting.advice import ERRORS, REASONS
from akeneo_sfcc.reporting.page import render_page
from tests.unit.reporting.reports import a_failure, a_report, counted, issues, stage

HOSTILE = "</code><script>alert(1)</script><img src=x onerror=alert(2)>\"'`&{{ 7*7 }}"


def page(report: dict[str, Any]) -> Any:
    return html.fromstring(render_page(report))


def text(report: dict[str, Any], section: str | None = None) -> str:
    found = page(report)
    part = found.get_element_by_id(section) if section else found.find(".//main")
    return " ".join(part.text_content().split())


def test_outcome_job_configuration_window_and_duration_are_told() -> None:
    said = text(a_report())
    for wanted in (
        "The full import of products succeeded.",
        "12,345 products and 1 model read, 41 written, 0 rejected.",
        "configuration default",
        "everything",
        "1 min 40 s",
        "2026-11-23 02:00:00 UTC",
    ):
        assert wanted in said


def test_a_differential_says_since_when() -> None:
    made = a_report(job="3-1-Akeneo-Differential-Import-Products", mode="differential", since="2026-11-22T01:50:00Z")
    assert "what changed since 2026-11-22 01:50:00 UTC" in text(made, "run")


def test_a_dry_run_says_that_nothing_was_committed() -> None:
    assert "as a dry run: nothing was committed." in text(a_report(dry_run=True))


def test_counts_are_a_table_that_adds_up() -> None:
    table = page(a_report()).get_element_by_id("counts").find(".//table")
    rows = [[cell.text_content() for cell in row] for row in table.iter("tr")]
    assert rows[0] == ["kind", "read", "written", "unchanged", "merged", "filtered", "rejected"]
    assert rows[2] == ["product", "12,345", "40", "12,300", "0", "5", "0"]
    for row in rows[1:]:
        read, *others = (int(cell.replace(",", "")) for cell in row[1:])
        assert read == sum(others)


def test_counts_that_do_not_add_up_are_not_claimed_to() -> None:
    made = {**a_failure(), "counts": {"product": counted(read=5)}}
    assert "Each row adds up" not in text(made, "counts")
    assert "did not get to the end" in text(made, "counts")


def test_rejects_come_with_meaning_remedy_and_examples() -> None:
    made = a_report(
        issues=[
            issues("reject", "bad_id", 4, {"stage": "import_pages", "id": "a b", "value": "a b"}),
            issues("reject", "bad_id", 1, kind="model"),
            issues(
                "warn",
                "text_cut",
                9,
                {"id": "1", "attribute": "name", "locale": "fr_FR", "value": "long"},
                kind="value",
            ),
        ]
    )
    rejected, warned = text(made, "reject"), text(made, "warn")
    assert rejected.startswith("Rejected: 5 · model 1, product 4")
    assert REASONS["bad_id"].meaning in rejected
    assert "product 4, model 1" in rejected
    assert "change it in the PIM, or products.id" in rejected
    assert "product a b" in rejected
    assert warned.startswith("Warnings: 9")
    assert "value 1 · name [fr_FR] long" in warned
    assert "Succeeded with rejects" in text(made)


def test_blanks_of_an_id_are_kept_for_the_eye() -> None:
    made = page(a_report(issues=[issues("reject", "bad_id", 1, {"id": " padded ", "value": " padded "})]))
    assert [each.text_content() for each in made.find_class("exact")] == [" padded "]
    assert "white-space: pre-wrap" in render_page(a_report())


def test_a_reason_of_a_later_version_is_shown_by_its_name() -> None:
    assert "brand_new" in text(a_report(issues=[issues("reject", "brand_new", 1)]), "reject")


def test_a_failure_says_where_why_and_what_to_do() -> None:
    said = text(a_failure(item='{"index": 3}'), "failure")
    assert said.startswith("DataError · import_pages")
    for wanted in ("a gap in the keys", '{"index": 3}', ERRORS["DataError"].next_step, "keys of a page do not rise"):
        assert wanted in said
    assert "Nothing was committed" in text(a_failure())


@pytest.mark.parametrize(
    ("status", "error", "advice"),
    [
        ("TIMED_OUT", "TIMED_OUT", "Look at the stages"),
        ("ABORTED", "Interrupted", "Start a new execution when it suits"),
        ("FAILED", "States.Timeout", "look at the function's log"),
        ("FAILED", "Sandbox.Timedout", "look at the function's log"),
    ],
)
def test_an_ending_without_one_of_the_four_names_has_advice_too(status: str, error: str, advice: str) -> None:
    assert advice in text(a_failure(status=status, error=error), "failure")


def test_stages_stand_in_their_order_on_one_time_line() -> None:
    made = page(a_report())
    names = [each.text_content() for each in made.find_class("name")]
    bars = [re.findall(r"[\d.]+", each.get("style")) for each in made.find_class("bar")]
    assert names == ["plan pages", "import pages"]
    assert bars == [["0.00", "25.00"], ["25.00", "75.00"]]
    assert "8 items, 1 min 50 s in all · 120 PIM calls · 8 files, 2.0 MB" in text(a_report(), "stages")


def test_a_stage_of_no_length_is_still_seen() -> None:
    made = a_report(stages={"a": stage("00.0", "30.0"), "b": stage("30.0", "30.0")})
    left, width = re.findall(r"[\d.]+", page(made).find_class("bar")[1].get("style"))
    assert float(width) > 0
    assert float(left) + float(width) <= 100


def test_a_run_that_had_no_stage_says_so() -> None:
    made = {**a_failure(stage="before any stage had ended"), "stages": {}, "counts": {}}
    assert "No stage had ended." in text(made)
    assert "failed in before" not in text(made)


def test_notes_and_what_left_are_listed() -> None:
    made = a_report(
        notes=["the PIM's clock is ahead"], left={"deleted": 12, "filter": 0, "renamed": 0, "not_asked": 0, "models": 1}
    )
    assert "the PIM's clock is ahead" in text(made, "notes")
    rows = [[cell.text_content() for cell in row] for row in page(made).get_element_by_id("left").iter("tr")]
    assert rows == [["products deleted in the PIM", "12"], ["models", "1"]]


def test_throttling_is_told_and_explained_where_there_is_much() -> None:
    much = a_report(api={"calls": 100, "retries": 40, "throttled": 40, "bytes": 1})
    assert "40" in text(much, "pim")
    assert "pim.max_concurrency" in text(much, "pim")
    assert "pim.max_concurrency" not in text(a_report(), "pim")


def test_delivery_shows_every_step_with_sfccs_messages() -> None:
    message = {"severity": "warning", "text": "unknown product", "count": 2, "examples": ["p-1", "p-2"]}
    step: dict[str, Any] = {
        "name": "20-products",
        "kind": "archive",
        "job": "sfcc-site-archive-import",
        "execution": "7",
    }
    step |= {"status": "imported", "seconds": 65, "bytes": 2_500_000, "errors": 0, "warnings": 2, "messages": [message]}
    made = a_report(delivery={"mode": "site_archive", "planned": 3, "steps": [step]})
    said = text(made, "delivery")
    for wanted in (
        "1 of 3 imports done",
        "20-products",
        "1 min 5 s",
        "2.5 MB",
        "0 errors, 2 warnings",
        "unknown product",
        "p-1",
        "p-2",
    ):
        assert wanted in said
    assert "Succeeded with messages of SFCC" in text(made)


def test_no_delivery_is_told_as_such() -> None:
    assert "the files stay in S3" in text(a_report(delivery={"mode": "none", "planned": 0, "steps": []}), "delivery")


def hostile() -> dict[str, Any]:
    message = {"severity": "error", "text": HOSTILE, "count": 1, "examples": [HOSTILE]}
    step = {"name": HOSTILE, "kind": HOSTILE, "job": HOSTILE, "execution": HOSTILE, "status": "failed", "seconds": 1}
    sample = {"stage": HOSTILE, "id": HOSTILE, "attribute": HOSTILE, "locale": HOSTILE, "value": HOSTILE}
    failure = {"status": "FAILED", "error": HOSTILE, "cause": HOSTILE, "stage": HOSTILE, "item": HOSTILE}
    return a_report(
        scope=HOSTILE,
        run_id=HOSTILE,
        status="FAILED",
        failure=failure,
        notes=[HOSTILE],
        counts={HOSTILE: counted(read=1)},
        issues=[issues("reject", HOSTILE, 1, sample, kind=HOSTILE), issues("warn", "bad_id", 1, sample, kind=HOSTILE)],
        stages={HOSTILE: stage("00.0", "01.0")},
        delivery={"mode": HOSTILE, "planned": 1, "steps": [{**step, "messages": [message]}]},
    )


def test_markup_in_what_the_pim_and_sfcc_say_stays_text() -> None:
    made = page(hostile())
    assert {each.tag for each in made.iter() if isinstance(each.tag, str)}.isdisjoint({"script", "img", "iframe", "a"})
    assert [name for each in made.iter() for name in each.attrib if name.startswith("on")] == []
    assert text(hostile()).count("<script>alert(1)</script>") >= 15
    assert "49" not in render_page(hostile())


def test_the_page_needs_nothing_from_outside() -> None:
    made = render_page(a_report())
    assert "default-src 'none'" in made
    assert re.findall(r"(?:src|href|url)\s*[=(]", made) == []


def test_equal_reports_give_equal_pages() -> None:
    assert render_page(hostile()) == render_page(hostile())
