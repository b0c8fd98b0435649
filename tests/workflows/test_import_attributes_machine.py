"""The attribute job's state machine, executed as it is; its functions are stand-ins."""

from __future__ import annotations

import json

from local.embedded.aws import EmbeddedAws
from tests.workflows.stand_ins import StandIns

JOB = "1-Akeneo-Import-Attributes"
ORDER = [
    "start_run", "read_structure", "read_options", "build_metadata", "write_manifest", "package_files", "finish_run",
]  # fmt: skip


def test_a_run_goes_through_every_stage_in_order(aws: EmbeddedAws, stack: StandIns) -> None:
    outcome = aws.run(JOB, {"config": "default"})
    assert (outcome.status, outcome.error) == ("SUCCEEDED", None)
    assert stack.stages() == ORDER
    assert {event["job"] for event in stack.calls("start_run")} == {JOB}
    assert outcome.output["result"] == {"report_key": "runs/report.json", "counts": {"products": 7}}


def test_every_batch_of_the_plan_is_read_and_the_events_stay_small(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(batch=60)
    outcome = aws.run(JOB)
    assert outcome.status == "SUCCEEDED"
    assert sorted(event["batch"]["index"] for event in stack.calls("read_options")) == list(range(60))
    assert stack.calls("read_options")[0]["run"]["job"] == JOB
    assert max(len(json.dumps(event)) for event in stack.calls()) < 1000
    assert len(json.dumps(outcome.output)) < 1000


def test_a_batch_that_is_not_done_is_read_on_where_it_stands(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(batch=1, parts=3)
    assert aws.run(JOB).status == "SUCCEEDED"
    assert [event["progress"] for event in stack.calls("read_options")] == [
        None,
        {"part": 1, "position": 1},
        {"part": 2, "position": 2},
    ]


def test_a_pim_without_selects_is_passed_through(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(batch=0)
    assert aws.run(JOB).status == "SUCCEEDED"
    assert stack.stages() == [stage for stage in ORDER if stage != "read_options"]


def test_a_run_beside_another_ends_without_doing_anything(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(already_running=True)
    assert aws.run(JOB).status == "SUCCEEDED"
    assert stack.stages() == ["start_run"]


def test_a_transient_error_is_tried_again_in_every_stage(aws: EmbeddedAws, stack: StandIns) -> None:
    trouble = {"error": "TransientError", "times": 2, "message": "later", "index": 0}
    stack.behave(trouble=dict.fromkeys(ORDER, trouble))
    assert aws.run(JOB).status == "SUCCEEDED"
    assert sorted(file.name for file in stack.folder.glob("*.failed")) == sorted(f"{one}-0.failed" for one in ORDER)


def test_a_failed_batch_fails_the_run_and_fail_run_is_told_why(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(batch=9, trouble={"read_options": {"error": "DataError", "times": 99, "message": "gap", "index": 4}})
    outcome = aws.run(JOB)
    assert (outcome.status, outcome.error) == ("FAILED", "DataError")
    assert [(failure.state, failure.index) for failure in outcome.failures] == [("Read Options", 4)]
    assert "build_metadata" not in stack.stages()
    (event,) = stack.calls("fail_run")
    assert "Read Options item 4: DataError" in event["detail"]["cause"]


def test_a_type_change_stops_the_run_before_the_manifest(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(trouble={"build_metadata": {"error": "DataError", "times": 99, "message": "type"}})
    assert aws.run(JOB).error == "DataError"
    assert stack.stages() == ["start_run", "read_structure", "read_options", "build_metadata", "fail_run"]
    assert len(stack.calls("build_metadata")) == 1
