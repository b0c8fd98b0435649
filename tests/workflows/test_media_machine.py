"""The media job's state machine, executed as it is; its functions are stand-ins."""

from __future__ import annotations

import pytest

from local.embedded.aws import EmbeddedAws
from tests.workflows.stand_ins import StandIns

JOB = "2-Akeneo-Import-Media-Assets-Pricebook"
ORDER = [
    "start_run", "read_structure", "plan_media", "read_media_pages", "read_assets", "gather_media", "build_pricebooks",
    "transfer_media", "index_media", "write_manifest", "package_files", "finish_run",
]  # fmt: skip


def test_a_run_goes_through_every_stage_in_order(aws: EmbeddedAws, stack: StandIns) -> None:
    outcome = aws.run(JOB, {"since_last_success": True})
    assert (outcome.status, outcome.error) == ("SUCCEEDED", None)
    assert stack.stages() == ORDER, "and Fail Run is left alone"
    (event,) = stack.calls("start_run")
    assert (event["job"], event["input"]) == (JOB, {"since_last_success": True})


def test_ranges_assets_and_batches_that_are_not_done_go_on_where_they_stand(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(product=1, batch=1, parts=3)
    assert aws.run(JOB).status == "SUCCEEDED"
    for stage in ("read_media_pages", "read_assets", "transfer_media"):
        parts = [event["progress"] and event["progress"]["part"] for event in stack.calls(stage)]
        assert parts == [None, 1, 2], stage


def test_a_run_without_anything_to_read_or_transfer_succeeds(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(product=0, batch=0)
    assert aws.run(JOB).status == "SUCCEEDED"
    assert not {"read_media_pages", "transfer_media"} & set(stack.stages())


@pytest.mark.parametrize("stage", ["read_media_pages", "read_assets", "build_pricebooks", "transfer_media"])
def test_a_data_error_fails_the_run_and_is_recorded(aws: EmbeddedAws, stack: StandIns, stage: str) -> None:
    stack.behave(trouble={stage: {"error": "DataError", "times": 99, "message": "no", "index": 0}})
    outcome = aws.run(JOB)
    assert (outcome.status, outcome.error) == ("FAILED", "DataError")
    assert stack.stages()[-2:] == [stage, "fail_run"]


def test_a_transient_error_is_tried_again(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(trouble={"transfer_media": {"error": "TransientError", "times": 2, "message": "later", "index": 0}})
    assert aws.run(JOB).status == "SUCCEEDED"


def test_a_run_beside_another_ends_without_doing_anything(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(already_running=True)
    assert aws.run(JOB).status == "SUCCEEDED"
    assert stack.stages() == ["start_run"]
