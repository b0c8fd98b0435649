"""The report: sums over stages and items, the accounts, the gates."""

from __future__ import annotations

from typing import Any

import pytest

from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.records import SAMPLES, write_records
from akeneo_sfcc.stages.report import build_report, check_gates, read_totals, unbalanced
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.storage.layout import RunLayout
from tests.fakes.services import FakeWorld, document, world
from tests.unit.stages.runs import run_context, tallied

RUN = run_context()
LAYOUT = RunLayout(RUN.job, RUN.run_id)


def report(made: FakeWorld, **changes: Any) -> dict[str, Any]:
    totals = read_totals(made.store, LAYOUT)
    return build_report(totals, run_context(**changes), status="SUCCEEDED", finished_at="2026-11-23T02:10:00Z")


def test_a_stages_items_are_added_up() -> None:
    made = world()
    for item in ("product-0000-000", "product-0001-000"):
        with Tally(made.services, RUN, "import_pages", item) as tally:
            tally.watch(made.services.pim(made.services.settings("default"))).version()
            tally.count("product", "read", 100)
            tally.issue(Issue("reject", "product", "bad_id"))
            tally.issue(Issue("warn", "value", "text_cut"))
            tally.wrote(1_000)
            made.wait(2)
    stage = report(made)["stages"]["import_pages"]
    assert stage == {
        "items": 2,
        "began_at": "2026-11-23T02:00:00.000Z",
        "ended_at": "2026-11-23T02:00:04.000Z",
        "counts": {"product": {"read": 200}},
        "rejected": {"bad_id": 2},
        "warned": {"text_cut": 2},
        "seconds": 4.0,
        "calls": 2,
        "retries": 0,
        "throttled": 0,
        "bytes": 200,
        "files": 2,
        "bytes_written": 2_000,
    }


def test_counts_are_added_up_over_stages_by_kind() -> None:
    made = world()
    tallied(made, RUN, "import_pages", "a", read=10, rejected=1)
    tallied(made, RUN, "build_catalogs", "0", written=6, unchanged=3)
    assert report(made)["counts"] == {
        "product": {"read": 10, "written": 6, "unchanged": 3, "merged": 0, "filtered": 0, "rejected": 1}
    }


def test_the_run_describes_itself() -> None:
    made = report(
        world(), mode="differential", since="2026-11-22T01:50:00Z", notes=["why"], only={"identifiers": ["a"]}
    )
    assert {name: made[name] for name in ("job", "mode", "run_id", "scope", "status", "since", "notes", "only")} == {
        "job": RUN.job,
        "mode": "differential",
        "run_id": RUN.run_id,
        "scope": "default",
        "status": "SUCCEEDED",
        "since": "2026-11-22T01:50:00Z",
        "notes": ["why"],
        "only": ["a"],
    }
    assert (made["started_at"], made["finished_at"]) == ("2026-11-23T02:00:00Z", "2026-11-23T02:10:00Z")


def test_records_stand_by_stage_then_item_then_as_recorded() -> None:
    made = world()
    for stage, item in (("import_pages", "b"), ("build_catalogs", "1"), ("import_pages", "a"), ("build_catalogs", "0")):
        with Tally(made.services, RUN, stage, item) as tally:
            tally.issues(Issue("warn", "value", "text_cut", f"{stage} {item} {n}") for n in (2, 1))
    tallied(made, RUN, "import_pages", "c", read=1)
    write_records(made.store, LAYOUT, read_totals(made.store, LAYOUT))
    ids = [line.split(b'"id":"')[1].split(b'"')[0].decode() for line in made.store.get(LAYOUT.records).splitlines()]
    assert ids == [
        f"{stage} {item} {n}"
        for stage in ("build_catalogs", "import_pages")
        for item in (("0", "1") if stage == "build_catalogs" else ("a", "b"))
        for n in (2, 1)
    ]


def test_records_of_an_earlier_attempt_without_issues_now_are_left_out() -> None:
    made = world()
    with Tally(made.services, RUN, "import_pages", "a") as tally:
        tally.issue(Issue("warn", "value", "text_cut"))
    tallied(made, RUN, "import_pages", "a", read=1)
    write_records(made.store, LAYOUT, read_totals(made.store, LAYOUT))
    assert made.store.get(LAYOUT.records) == b""


def counted(**kinds: dict[str, int]) -> dict[str, Any]:
    outcomes = ("read", "written", "unchanged", "merged", "filtered", "rejected")
    return {
        "counts": {kind: dict.fromkeys(outcomes, 0) | numbers for kind, numbers in kinds.items()},
        "rejected": {"product": {"bad_id": 1, "duplicate_id": 4}},
    }


def test_outcomes_that_do_not_add_up_name_the_kind() -> None:
    made = counted(
        product={"read": 5, "written": 1, "unchanged": 1, "merged": 1, "filtered": 1, "rejected": 1},
        model={"read": 5, "written": 4},
    )
    assert unbalanced(made) == [
        "model: 5 read, but 4 accounted for (4 written, 0 unchanged, 0 merged, 0 filtered, 0 rejected)"
    ]


@pytest.mark.parametrize(("rejected", "passes"), [(5, True), (6, False)])
def test_the_reject_gate_is_over_products_and_models_together(rejected: int, passes: bool) -> None:
    made = counted(product={"read": 60, "rejected": rejected}, model={"read": 40}, category={"rejected": 90})
    problems = check_gates(made, Settings.parse(document()))
    assert (problems == []) is passes


@pytest.mark.parametrize(("rejected", "passes"), [(5, True), (6, False)])
def test_a_single_bad_product_does_not_stop_a_differential(rejected: int, passes: bool) -> None:
    made = {**counted(product={"read": rejected, "rejected": rejected}), "mode": "differential"}
    assert (check_gates(made, Settings.parse(document()), committed=100) == []) is passes


def test_the_reject_gate_names_numbers_and_reasons() -> None:
    made = counted(product={"read": 10, "rejected": 5})
    assert check_gates(made, Settings.parse(document())) == [
        "products.max_reject_ratio: 5 of 10 products and models were rejected (duplicate_id 4, bad_id 1), 50.00%; "
        "allowed: 5.00%"
    ]


@pytest.mark.parametrize(("left", "passes"), [(0, True), (10, True), (11, False)])
def test_the_deletion_gate_is_over_the_committed_items(left: int, passes: bool) -> None:
    problems = check_gates(counted(), Settings.parse(document()), left=left, committed=100)
    assert (problems == []) is passes


def test_an_empty_catalogue_passes_the_gates() -> None:
    assert check_gates(counted(), Settings.parse(document())) == []


def issues_of(made: FakeWorld) -> list[dict[str, Any]]:
    return write_records(made.store, LAYOUT, read_totals(made.store, LAYOUT))


def test_groups_of_records_are_rejects_first_then_the_largest() -> None:
    made = world()
    with Tally(made.services, RUN, "import_pages", "a") as tally:
        tally.issues(Issue("warn", "value", "text_cut") for _ in range(9))
        tally.issues(Issue("reject", "product", "duplicate_id") for _ in range(2))
        tally.issues(Issue("reject", "product", "bad_id") for _ in range(3))
    assert [(group["severity"], group["reason"], group["number"]) for group in issues_of(made)] == [
        ("reject", "bad_id", 3),
        ("reject", "duplicate_id", 2),
        ("warn", "text_cut", 9),
    ]


def test_a_group_shows_its_first_records_and_no_more_however_many_there_are() -> None:
    made = world()
    for item in ("0", "1"):
        with Tally(made.services, RUN, "import_pages", item) as tally:
            tally.issues(Issue("warn", "value", "text_cut", f"{item}-{n}", locale="fr_FR") for n in range(300))
            tally.issue(Issue("reject", "product", "bad_id", f"late {item}"))
    rejects, warnings = issues_of(made)
    assert [sample["id"] for sample in rejects["samples"]] == ["late 0", "late 1"]
    assert warnings["samples"] == [{"stage": "import_pages", "id": f"0-{n}", "locale": "fr_FR"} for n in range(SAMPLES)]
    assert len(made.store.get(LAYOUT.records).splitlines()) == 602


def test_a_stage_lasts_from_its_first_item_to_its_last() -> None:
    made = world()
    with Tally(made.services, RUN, "import_pages", "late"):
        made.wait(5)
        with Tally(made.services, RUN, "import_pages", "early"):
            made.wait(2)
        made.wait(20)
    stage = report(made)["stages"]["import_pages"]
    assert (stage["began_at"], stage["ended_at"]) == ("2026-11-23T02:00:00.000Z", "2026-11-23T02:00:27.000Z")
    assert stage["seconds"] == 29
