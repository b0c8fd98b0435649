"""Tallies: what a stage counted and recorded, written once and only when it ended well."""

from __future__ import annotations

from typing import cast

import orjson
import pytest

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.stages.contracts import RunContext
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.storage.layout import RunLayout
from tests.fakes.services import FakeWorld, world
from tests.unit.stages.runs import run_context


@pytest.fixture
def run() -> RunContext:
    return run_context()


def stats(made: FakeWorld, run: RunContext, stage: str, item: str = "all") -> dict[str, object]:
    found: dict[str, object] = orjson.loads(made.store.get(RunLayout(run.job, run.run_id).stats(stage, item)))
    return found


def records(made: FakeWorld, run: RunContext, stage: str, item: str = "all") -> list[dict[str, object]]:
    body = made.store.get(RunLayout(run.job, run.run_id).rejects(stage, item))
    return [orjson.loads(line) for line in body.splitlines()]


def test_counts_reasons_time_calls_and_files_are_written_at_the_end(run: RunContext) -> None:
    made = world()
    made.pim.version()
    with Tally(made.services, run, "import_pages", "product-0001-000") as tally:
        client = tally.watch(cast("AkeneoClient", made.pim))
        client.version()
        client.version()
        tally.count("product", "read", 3)
        tally.count("product", "written", 2)
        tally.count("product", "rejected")
        tally.issue(Issue("reject", "product", "bad_id", id=" x"))
        tally.issues([Issue("warn", "value", "text_cut"), Issue("warn", "value", "text_cut")])
        tally.wrote(500)
        tally.wrote(700, files=2)
        made.wait(1.5)
    assert tally.counts == {"product_read": 3, "product_rejected": 1, "product_written": 2}
    assert stats(made, run, "import_pages", "product-0001-000") == {
        "stage": "import_pages",
        "item": "product-0001-000",
        "counts": {"product": {"read": 3, "written": 2, "rejected": 1}},
        "rejected": {"product": {"bad_id": 1}},
        "warned": {"value": {"text_cut": 2}},
        "issues": 3,
        "seconds": 1.5,
        "ended_at": "2026-11-23T02:00:01.500000+00:00",
        "api": {"calls": 2, "retries": 0, "throttled": 0, "bytes": 200},
        "files": 3,
        "bytes_written": 1200,
    }


def test_records_carry_the_contracts_keys_in_the_order_given(run: RunContext) -> None:
    made = world()
    with Tally(made.services, run, "build_catalogs", "007") as tally:
        tally.issue(Issue("warn", "value", "text_cut", "b", "u-1", "name", "en_US", "x" * 300))
        tally.issue(Issue("reject", "product", "bad_id", "a"))
    first, second = records(made, run, "build_catalogs", "007")
    assert first == {
        "stage": "build_catalogs",
        "severity": "warn",
        "kind": "value",
        "id": "b",
        "uuid": "u-1",
        "attribute": "name",
        "locale": "en_US",
        "value": "x" * 200,
        "reason": "text_cut",
    }
    assert (second["id"], second["uuid"], second["value"]) == ("a", None, None)


def test_half_a_surrogate_pair_does_not_stop_the_record(run: RunContext) -> None:
    made = world()
    with Tally(made.services, run, "import_pages") as tally:
        tally.issue(Issue("reject", "product", "bad_id", "a\ud83d"))
    assert records(made, run, "import_pages")[0]["id"] == "a?"


def test_more_issues_than_fit_in_memory_are_all_written(run: RunContext) -> None:
    made = world()
    with Tally(made.services, run, "import_pages") as tally:
        tally.issues(Issue("warn", "value", "text_cut", str(n), value="v" * 200) for n in range(5_000))
    assert [record["id"] for record in records(made, run, "import_pages")] == [str(n) for n in range(5_000)]


def test_a_stage_that_fails_writes_nothing(run: RunContext) -> None:
    made = world()

    def failing() -> None:
        with Tally(made.services, run, "import_pages") as tally:
            tally.issue(Issue("reject", "product", "bad_id"))
            raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        failing()
    assert made.store.objects == {}


def test_a_retried_item_overwrites_itself(run: RunContext) -> None:
    made = world()
    for n in (5, 7):
        with Tally(made.services, run, "import_pages", "a") as tally:
            tally.count("product", "read", n)
    assert len(made.store.objects) == 1
    assert stats(made, run, "import_pages", "a")["counts"] == {"product": {"read": 7}}
