"""The message about a run, and the links in it."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

from akeneo_sfcc.reporting.links import execution_link, object_link
from akeneo_sfcc.reporting.message import early_message, run_message, subject_of
from tests.unit.reporting.reports import EXECUTION, a_failure, a_report, issues

LINKS = {"execution": "https://execution", "page": "https://page"}


def test_a_failure_says_numbers_reason_next_step_and_where_to_look() -> None:
    said = run_message(a_failure(item='{"index": 3}'), **LINKS).splitlines()
    for wanted in (
        "Error: DataError",
        "Stage: import_pages",
        'Item: {"index": 3}',
        "Cause: a gap in the keys",
        "Job: 3-2-Akeneo-Full-Import-Products",
        "Configuration: default",
        "PIM calls: 130, refused for too many: 1",
        "Report: https://page",
        "Execution: https://execution",
    ):
        assert wanted in said
    assert said[0].startswith("The full import of products failed in import_pages.")
    assert "12,345 products" in said[0]
    assert any(line.startswith("What to do: ") for line in said)
    assert subject_of(a_failure()) == "Failed: 3-2-Akeneo-Full-Import-Products (default)"


def test_a_failure_in_the_middle_of_a_delivery_says_what_becomes_of_the_half() -> None:
    step = {"name": "20-products", "kind": "archive", "status": "imported", "errors": 0, "warnings": 0}
    half = {**a_failure(), "delivery": {"mode": "site_archive", "planned": 2, "steps": [step]}}
    sentence = "What SFCC has already imported of it is put right by that run."
    assert sentence in run_message(half, **LINKS)
    assert sentence not in run_message(a_failure(), **LINKS)


def test_rejects_are_listed_with_what_to_do_the_largest_first_and_not_all() -> None:
    groups = [issues("reject", "bad_id", 7), *(issues("reject", f"reason_{n}", 1) for n in range(11))]
    said = run_message(a_report(issues=[*groups, issues("warn", "text_cut", 99)]), **LINKS)
    assert "- 7 product bad_id: SFCC refuses the id, or the option's code; change it in the PIM, or products.id" in said
    assert "- and 2 other reasons, in the report" in said
    assert "text_cut" not in said


def test_an_execution_without_a_run_is_told_with_its_own_words() -> None:
    said = early_message("the job", "b2b", "FAILED", "ConfigurationError", "no channel", execution="https://execution")
    assert said.startswith("The execution ended as FAILED before the run began.")
    assert "Cause: no channel" in said
    assert "akeneo-sfcc check" in said
    assert "Report:" not in said


def test_the_execution_is_found_in_the_console_of_its_region() -> None:
    link = execution_link(EXECUTION)
    assert link.startswith("https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/")
    assert link.endswith(":nightly%20run")
    assert unquote(link).endswith(EXECUTION)


def test_an_object_is_found_whatever_its_key_holds() -> None:
    key = "runs/3-2/a b&c=d#e/ü.html"
    link = urlsplit(object_link("aws", "eu-west-1", "my-bucket", key))
    assert (link.netloc, link.path) == ("eu-west-1.console.aws.amazon.com", "/s3/object/my-bucket")
    assert parse_qs(link.query) == {"region": ["eu-west-1"], "prefix": [key]}
    assert link.fragment == ""


def test_other_partitions_have_consoles_of_their_own() -> None:
    china = EXECUTION.replace("arn:aws:", "arn:aws-cn:").replace("eu-central-1", "cn-north-1")
    assert urlsplit(execution_link(china)).netloc == "console.amazonaws.cn"
    assert urlsplit(object_link("aws-us-gov", "us-gov-west-1", "b", "k")).netloc == "console.amazonaws-us-gov.com"
