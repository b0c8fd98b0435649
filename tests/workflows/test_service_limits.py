"""Step Functions' limits, at a million products: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from akeneo_sfcc.akeneo.ranges import few_ranges, many_ranges
from akeneo_sfcc.mapping.shards import shard_count
from akeneo_sfcc.stages import gather_media, option_files
from akeneo_sfcc.stages.contracts import (
    MOST_KEY_BYTES,
    ImportPagesTask,
    ImportPlace,
    OptionBatch,
    PageRange,
    Progress,
    ReadOptionsTask,
    RunContext,
    StartInput,
    StartRunResult,
    json_bytes,
)
from akeneo_sfcc.stages.plan_pages import _of_keys, _some
from akeneo_sfcc.stages.start_import import pause
from tests.project.rules.machines import load_yaml, machine_files, states
from tests.unit.stages.runs import run_context

PAYLOAD = 256 * 1024
EVENTS = 25_000
PRODUCTS = 1_000_000
BINARIES = 3_000_000
SELECTS = 20_000
EVENTS_OF = {"Task": 5, "Map": 6, "Choice": 2, "Wait": 2, "Pass": 2, "Succeed": 2}
"""Events a state leaves when all goes well; a map's items are executions of their own."""
EVENTS_OF_A_RETRY = 3

KEY = "k" * 255
"""As long as an identifier of the PIM may be."""


def largest(count: int) -> tuple[str, ...]:
    """So many keys as a payload takes at most."""
    return tuple(f"{number:04d}{KEY}"[:255] for number in range(min(count, MOST_KEY_BYTES // 260)))


def largest_run() -> RunContext:
    """A run with all its notes, over as many chosen items as it may have."""
    unknown = _some([KEY] * 1000)
    return run_context(
        mode="differential",
        committed="state/" + KEY,
        base="state/" + KEY,
        media="state/" + KEY,
        only={"identifiers": largest(1000)},
        notes=[f"only: the PIM has no product: {unknown}", "x" * 2000, "y" * 2000],
    )


def size(payload: Any) -> int:
    text = payload.model_dump_json() if hasattr(payload, "model_dump_json") else json.dumps(payload)
    return len(text.encode())


def test_the_largest_payloads_fit() -> None:
    run = largest_run()
    assert size(run) > MOST_KEY_BYTES * 0.9, "it is as large as it may be"
    page_range = PageRange(kind="product", index=1, method="keys", keys=largest(500))
    progress = Progress(part=9999, after=KEY, page=9999)
    assert size(ImportPagesTask(run=run, range=page_range, progress=progress)) < PAYLOAD * 0.6
    batch = OptionBatch(index=1, attributes=tuple("a" * 100 for _ in range(option_files._LARGEST_BATCH)))
    assert size(ReadOptionsTask(run=run, batch=batch)) < PAYLOAD * 0.6
    # The machine's own state holds the run once, and small results beside it.
    state = {"run": run.model_dump(mode="json"), "plan": {"shards_key": KEY}, "delivery": ImportPlace().model_dump()}
    assert size(state) < PAYLOAD * 0.6
    assert size(StartRunResult(status="started", run=run)) < PAYLOAD * 0.6


@pytest.mark.parametrize("identifier", [KEY, "é" * 255, "🧦" * 255])
def test_input_that_would_not_fit_is_refused_before_anything_begins(identifier: str) -> None:
    with pytest.raises(ValidationError, match="allowed: 60,000 together"):
        StartInput.model_validate({"only": {"identifiers": [f"{n}{identifier}" for n in range(1000)]}})


def test_a_thousand_usual_identifiers_are_taken() -> None:
    given = {"only": {"identifiers": [f"sku-{number:020d}" for number in range(1000)]}}
    assert StartInput.model_validate(given).only is not None


@pytest.mark.parametrize("key", ["k" * 36, KEY, "é" * 255])
def test_ranges_of_chosen_keys_are_cut_to_fit(key: str) -> None:
    keys = [f"{number}{key}" for number in range(3000)]
    ranges = _of_keys("product", keys)
    assert [key for each in ranges for key in each.keys] == keys
    assert [each.index for each in ranges] == list(range(len(ranges)))
    assert max(json_bytes(each.keys) for each in ranges) <= MOST_KEY_BYTES
    assert max(len(each.keys) for each in ranges) <= 500


def test_a_note_names_some_and_counts_the_rest() -> None:
    assert _some(["a", "b"]) == "a, b"
    assert _some([str(number) for number in range(1000)]).endswith("19 and 980 more")


def most_items() -> dict[str, int]:
    """Map → how many items it gets at most from a catalogue of a million products."""
    ranges = max(
        max(many_ranges(PRODUCTS, size, callers), few_ranges(10_000, size, callers))
        for size in (10, 100)
        for callers in (1, 2, 3, 4)
    )
    return {
        "Import Models": ranges,
        "Import Products": ranges,
        "Read Media Pages": 2 * ranges,
        "Build Catalogs": shard_count(PRODUCTS),
        "Transfer Media": -(-BINARIES // gather_media._LARGEST_BATCH),
        "Read Options": -(-SELECTS // option_files._LARGEST_BATCH),
    }


def distributed_maps(root: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in machine_files(root):
        for name, state in states(load_yaml(path)):
            if state["Type"] == "Map":
                assert state["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
                yield path.name, name, state


def test_what_a_maps_items_answer_fits_together(repo_root: Path) -> None:
    items = most_items()
    found = list(distributed_maps(repo_root))
    assert {name for _, name, _ in found} == items.keys()
    for file, name, state in found:
        (last,) = (each for each in state["ItemProcessor"]["States"].values() if each.get("End"))
        empty = last.get("Result") == {} if last["Type"] == "Pass" else last.get("ResultSelector") == {}
        assert empty, f"{file}: {name}: an item ends with more than {{}}"
        assert len("{},") * items[name] < PAYLOAD, f"{file}: {name}"


def test_no_map_runs_more_children_than_asked_of_the_pim_or_the_account(repo_root: Path) -> None:
    for file, name, state in distributed_maps(repo_root):
        limit = state.get("MaxConcurrency", state.get("MaxConcurrencyPath"))
        assert limit in ("$.run.max_concurrency", 16), f"{file}: {name}"


def history(states_of: dict[str, Any], names: Iterator[str] | list[str], *, retried: bool) -> int:
    """Events of going once through these states; retried: with every retry they have."""
    total = 0
    for name in names:
        state = states_of[name]
        total += EVENTS_OF[state["Type"]]
        if retried:
            total += sum(EVENTS_OF_A_RETRY * each["MaxAttempts"] for each in state.get("Retry", ()))
    return total


DELIVERY = {"Wait for Import", "Has the Import Started?", "Check Import", "Is the Import Over?"}


def test_a_run_with_every_retry_and_the_longest_wait_leaves_few_events(repo_root: Path) -> None:
    looks, waited = 0, 0
    while waited < 86_400:
        waited += pause(ImportPlace(looks=looks))
        looks += 1
    for path in machine_files(repo_root):
        found = load_yaml(path)
        once = history(found["States"], list(found["States"]), retried=True)
        waiting = looks * history(found["States"], sorted(DELIVERY & found["States"].keys()), retried=False)
        assert found["TimeoutSeconds"] <= 3 * 86_400
        assert once + waiting < EVENTS * 0.6, f"{path.name}: {once} and {waiting}"


def test_a_loop_that_looks_every_few_seconds_would_be_noticed() -> None:
    assert 86_400 / 3 * sum(EVENTS_OF[kind] for kind in ("Wait", "Choice", "Task", "Choice")) > EVENTS


def test_every_way_through_a_machine_ends_in_a_state_that_can_be_redriven(repo_root: Path) -> None:
    # A Fail state would be what a redrive continues at; a caught error never fails the state that raised it.
    for path in machine_files(repo_root):
        definition = load_yaml(path)
        for name, state in states(definition):
            assert state["Type"] != "Fail", f"{path.name}: {name}"
            assert "Catch" not in state, f"{path.name}: {name}"
