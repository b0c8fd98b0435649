"""The full import's state machine, executed as it is; its functions are stand-ins."""

from __future__ import annotations

import json

import pytest

from local.embedded.aws import EmbeddedAws
from local.embedded.engine import Step
from tests.workflows.interrupts import interrupt_at
from tests.workflows.stand_ins import StandIns

JOB = "3-2-Akeneo-Full-Import-Products"
ORDER = [
    "start_run", "read_structure", "build_categories", "plan_pages", "import_pages", "index_models", "import_pages",
    "index_products", "build_catalogs", "write_manifest", "package_files", "finish_run",
]  # fmt: skip


def test_a_run_goes_through_every_stage_in_order(aws: EmbeddedAws, stack: StandIns) -> None:
    outcome = aws.run(JOB, {"config": "default", "dry_run": True})
    assert (outcome.status, outcome.error) == ("SUCCEEDED", None)
    assert stack.stages() == ORDER, "and Fail Run is left alone"
    assert outcome.output["run"]["run_id"] == outcome.run_id
    assert outcome.output["result"] == {"report_key": "runs/report.json", "counts": {"products": 7}}
    (event,) = stack.calls("start_run")
    assert event["execution_arn"].endswith(f":execution:akeneo-sfcc-{JOB}:{event['execution_name']}")
    assert outcome.run_id == f"run-{event['execution_name']}"
    assert event["job"] == JOB
    assert event["input"] == {"config": "default", "dry_run": True}
    assert event["started_at"].startswith("20")


def test_every_stage_gets_the_run_and_nothing_large(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(product=50, shard=50)
    outcome = aws.run(JOB)
    events = stack.calls()
    assert all(event["run"]["run_id"] == outcome.run_id for event in events[1:])
    assert max(len(json.dumps(event)) for event in events) < 1000
    assert len(json.dumps(outcome.output)) < 1000


def test_a_range_that_is_not_done_is_read_on_where_it_stands(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(model=1, product=1, parts=3)
    assert aws.run(JOB).status == "SUCCEEDED"
    parts = [event["progress"] and event["progress"]["part"] for event in stack.calls("import_pages")]
    assert parts == [None, 1, 2, None, 1, 2]


def test_maps_without_items_are_passed_through(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(model=0, product=0, shard=0)
    assert aws.run(JOB).status == "SUCCEEDED"
    assert "import_pages" not in stack.stages()
    assert "build_catalogs" not in stack.stages()


def test_every_item_of_a_map_is_done_once(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(shard=100)
    outcome = aws.run(JOB)
    assert sorted(event["shard"]["shard"] for event in stack.calls("build_catalogs")) == list(range(100))
    assert outcome.seconds < 30


def test_a_run_beside_another_ends_without_doing_anything(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(already_running=True)
    outcome = aws.run(JOB)
    assert outcome.status == "SUCCEEDED"
    assert stack.stages() == ["start_run"]
    assert outcome.output["held_by"] == "arn:other"


def test_a_transient_error_is_tried_again_in_every_state(aws: EmbeddedAws, stack: StandIns) -> None:
    trouble = {"error": "TransientError", "times": 2, "message": "later", "index": 0}
    stack.behave(trouble=dict.fromkeys(ORDER, trouble))
    assert aws.run(JOB).status == "SUCCEEDED"
    assert stack.stages() == ORDER
    assert {stage: len(stack.calls(stage)) for stage in ORDER} == {
        **dict.fromkeys(ORDER, 3),
        "import_pages": 5,
        "build_catalogs": 4,
    }


def test_a_transient_error_that_stays_fails_the_run(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(trouble={"read_structure": {"error": "TransientError", "times": 99, "message": "PIM is down"}})
    outcome = aws.run(JOB)
    assert (outcome.status, outcome.error) == ("FAILED", "TransientError")
    assert len(stack.calls("read_structure")) == 7


def test_a_data_error_fails_the_run_at_once(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(trouble={"build_categories": {"error": "DataError", "times": 99, "message": "no tree"}})
    outcome = aws.run(JOB)
    assert (outcome.status, outcome.error) == ("FAILED", "DataError")
    assert "no tree" in (outcome.cause or "")
    assert stack.stages() == ["start_run", "read_structure", "build_categories", "fail_run"]
    assert len(stack.calls("build_categories")) == 1


def test_a_failed_item_fails_its_map_and_the_run_says_why(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(
        product=30, trouble={"import_pages": {"error": "DataError", "times": 99, "message": "gap", "index": 9}}
    )
    outcome = aws.run(JOB)
    assert (outcome.status, outcome.error) == ("FAILED", "DataError")
    assert [(failure.state, failure.index) for failure in outcome.failures] == [("Import Products", 9)]
    assert "index_products" not in stack.stages()
    (event,) = stack.calls("fail_run")
    assert event["detail"]["error"] == "States.ExceedToleratedFailureThreshold"
    assert "Import Products item 9: DataError" in event["detail"]["cause"]


def test_fail_run_gets_the_event_of_the_bus(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(trouble={"write_manifest": {"error": "DataError", "times": 1, "message": "too many rejects"}})
    outcome = aws.run(JOB, {"config": "default"})
    (event,) = stack.calls("fail_run")
    assert event["source"] == "aws.states"
    assert outcome.run_id == f"run-{event['detail']['name']}"
    assert event["detail"]["status"] == "FAILED"
    assert event["detail"]["error"] == "DataError"
    assert json.loads(event["detail"]["input"]) == {"config": "default"}
    assert json.loads(event["detail"]["cause"])["errorMessage"] == "too many rejects"


def test_a_process_that_dies_is_replaced_and_its_item_tried_again(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(product=6, trouble={"import_pages": {"error": "exit", "times": 1, "message": "", "index": 3}})
    assert aws.run(JOB).status == "SUCCEEDED"
    assert sorted(event["range"]["index"] for event in stack.calls("import_pages")) == [0, 0, 1, 2, 3, 3, 4, 5]


def test_steps_tell_how_far_a_run_is(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(product=5)
    steps: list[Step] = []
    aws.run(JOB, {}, steps.append)
    assert Step("map", "Import Products", 5) in steps
    assert steps.count(Step("item", "Import Products")) == 5
    assert steps[0] == Step("task", "Start Run")
    assert [step.state for step in steps if step.kind != "item"][-4:] == [
        "Build Catalogs",
        "Write Manifest",
        "Package Files",
        "Finish Run",
    ]


def test_a_run_that_is_interrupted_is_aborted_and_fail_run_told(
    aws: EmbeddedAws, stack: StandIns, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_at("Index Models", aws, JOB, monkeypatch)
    (event,) = stack.calls("fail_run")
    assert event["detail"]["status"] == "ABORTED"
    assert aws.run(JOB).status == "SUCCEEDED"
