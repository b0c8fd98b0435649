"""Reading options: which lists are asked for, in which batches, and what is left for the next stage."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.pim.model import AttributeOption
from akeneo_sfcc.pim.structure_file import load
from akeneo_sfcc.stages.contracts import OptionBatch, ReadOptionsTask, RunContext, StageTask
from akeneo_sfcc.stages.option_files import OPTIONS, OptionNote, read_notes, read_option_files
from akeneo_sfcc.stages.read_options import RESERVE_SECONDS, read_options
from akeneo_sfcc.stages.read_structure import read_structure
from akeneo_sfcc.storage.layout import RunLayout
from tests.fakes.in_process_attributes import read_all_options, start_attributes
from tests.fakes.services import FakePim, FakeWorld, small_pim, world


def planned(made: FakeWorld) -> tuple[RunContext, list[list[str]]]:
    """Start a run, let it read the structure; return it and the batches of the plan."""
    run = start_attributes(made.services)
    result = read_structure(StageTask(run=run), made.services)
    assert result.options_key is not None
    return run, [item["attributes"] for item in orjson.loads(made.store.get(result.options_key))]


def option_lists(pim: FakePim) -> list[str]:
    return [path for path, _ in pim.asked if path.endswith("/options")]


def usable(made: FakeWorld, run: RunContext) -> dict[str, int]:
    return {code: note.usable for code, note in read_notes(made.services, run).items()}


def pim_with_selects(count: int) -> FakePim:
    attributes = [{"code": f"select_{number:03d}", "type": "pim_catalog_simpleselect"} for number in range(count)]
    pim = small_pim(attributes=attributes)
    pim.lists |= {f"attributes/{one['code']}/options": [{"code": "x"}] for one in attributes}
    pim.lists["families/shoes/variants"] = []
    return pim


def test_the_structure_is_read_without_options_and_the_plan_lists_every_select() -> None:
    made = world()
    run, batches = planned(made)
    assert option_lists(made.pim) == []
    assert load(made.store.get(RunLayout(run.job, run.run_id).structure)).options == {}
    assert sorted(code for batch in batches for code in batch) == ["color", "season", "size"]


@pytest.mark.parametrize(
    ("count", "concurrency", "sizes"),
    [(3, 4, {1}), (16, 4, {1}), (17, 4, {2, 1}), (300, 4, {19, 15}), (1000, 1, {20}), (0, 4, set())],
)
def test_there_are_several_batches_for_each_connection_and_none_is_long(
    count: int, concurrency: int, sizes: set[int]
) -> None:
    _, batches = planned(world(pim_with_selects(count), pim={"max_concurrency": concurrency}))
    assert {len(batch) for batch in batches} == sizes
    assert len({code for batch in batches for code in batch}) == count


def test_only_the_options_of_attributes_that_are_defined_are_read() -> None:
    made = world(
        attributes={"exclude": ["size"], "system_mapping": {"season": "brand"}, "custom_mapping": {"color": "tint"}}
    )
    _, batches = planned(made)
    assert batches == [["size"]]  # an axis, whatever it is excluded from


def test_every_list_is_read_once_and_left_as_it_came() -> None:
    made = world()
    run, _ = planned(made)
    read_all_options(made.services, run, RunLayout(run.job, run.run_id).plan(OPTIONS))
    assert sorted(option_lists(made.pim)) == [f"attributes/{code}/options" for code in ("color", "season", "size")]
    assert list(read_option_files(made.services, run, "color", 0, 0)) == [
        AttributeOption("red", 2),
        AttributeOption("blue", 1),
    ]
    assert usable(made, run) == {"color": 2, "season": 1, "size": 1}


def test_options_sfcc_refuses_are_kept_in_the_file_but_not_counted_as_usable() -> None:
    pim = small_pim()
    pim.lists["attributes/color/options"] = [{"code": " "}, {"code": ""}, {"code": "red"}, {"code": "RED"}]
    pim.lists["attributes/size/options"] = []
    made = world(pim)
    run, _ = planned(made)
    read_all_options(made.services, run, RunLayout(run.job, run.run_id).plan(OPTIONS))
    assert usable(made, run) == {"color": 1, "season": 1, "size": 0}
    assert [option.code for option in read_option_files(made.services, run, "color", 0, 0)] == [" ", "", "red", "RED"]


def batch_of(made: FakeWorld, *codes: str) -> ReadOptionsTask:
    return ReadOptionsTask(run=planned(made)[0], batch=OptionBatch(index=0, attributes=codes))


def test_a_batch_that_runs_out_of_time_goes_on_at_the_next_attribute() -> None:
    made = world(pim_with_selects(3))
    made.seconds_left = RESERVE_SECONDS - 1
    task = batch_of(made, "select_000", "select_001", "select_002")
    first = read_options(task, made.services)
    assert (first.done, first.progress and (first.progress.part, first.progress.position)) == (False, (1, 1))
    second = read_options(task.model_copy(update={"progress": first.progress}), made.services)
    third = read_options(task.model_copy(update={"progress": second.progress}), made.services)
    assert (second.done, third.done) == (False, True)
    assert option_lists(made.pim) == [f"attributes/select_00{number}/options" for number in range(3)]


def read_in_parts(made: FakeWorld, task: ReadOptionsTask) -> int:
    """Read a batch with no time to spare; returns how many calls that took."""
    made.seconds_left = RESERVE_SECONDS - 1
    for calls in range(1, 100):
        result = read_options(task, made.services)
        if result.done:
            return calls
        task = task.model_copy(update={"progress": result.progress})
    raise AssertionError("it never ends")


def test_a_list_that_is_too_long_for_one_invocation_goes_on_at_its_next_page() -> None:
    pim = pim_with_selects(2)
    pim.lists["attributes/select_000/options"] = [{"code": f"o{number:03d}"} for number in range(250)]
    made = world(pim)
    task = batch_of(made, "select_000", "select_001")
    assert read_in_parts(made, task) == 4
    assert option_lists(pim) == ["attributes/select_000/options"] * 3 + ["attributes/select_001/options"]
    notes = read_notes_of(made, task)
    assert notes == {"select_000": OptionNote(250, 0, 2), "select_001": OptionNote(1, 3, 3)}
    found = [option.code for option in read_option_files(made.services, task.run, "select_000", 0, 2)]
    assert found == [f"o{number:03d}" for number in range(250)]


def test_an_option_on_a_page_of_each_part_counts_once() -> None:
    pim = pim_with_selects(1)
    pim.lists["attributes/select_000/options"] = [{"code": f"o{number % 100:03d}"} for number in range(150)]
    made = world(pim)
    task = batch_of(made, "select_000")
    assert read_in_parts(made, task) == 2
    assert read_notes_of(made, task)["select_000"].usable == 100


def test_a_list_of_full_pages_alone_ends_with_the_last_of_them() -> None:
    pim = pim_with_selects(1)
    pim.lists["attributes/select_000/options"] = [{"code": f"o{number:03d}"} for number in range(200)]
    made = world(pim)
    assert read_in_parts(made, batch_of(made, "select_000")) == 2


def read_notes_of(made: FakeWorld, task: ReadOptionsTask) -> dict[str, OptionNote]:
    """The notes on a batch, which here is the whole plan."""
    batch = {"index": task.batch.index, "attributes": list(task.batch.attributes)}
    made.store.put(RunLayout(task.run.job, task.run.run_id).plan(OPTIONS), orjson.dumps([batch]))
    return read_notes(made.services, task.run)


def test_a_part_that_is_tried_again_writes_the_same_objects() -> None:
    made = world(pim_with_selects(2))
    task = batch_of(made, "select_000", "select_001")
    read_options(task, made.services)
    before = dict(made.store.objects)
    read_options(task, made.services)
    assert made.store.objects == before


def test_attributes_without_read_options_stop_the_run() -> None:
    made = world()
    run, _ = planned(made)
    with pytest.raises(DataError, match=r"the options of .*color.* were not read \(3 attributes\)"):
        read_notes(made.services, run)


def test_product_jobs_read_the_options_with_the_structure() -> None:
    made = world()
    run = start_attributes(made.services).model_copy(
        update={"job": "3-2-Akeneo-Full-Import-Products", "family": "products"}
    )
    result: Any = read_structure(StageTask(run=run), made.services)
    assert result.options_key is None
    assert len(option_lists(made.pim)) == 3
