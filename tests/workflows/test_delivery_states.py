"""The states of delivery, executed as they are; the functions are stand-ins."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.embedded.aws import EmbeddedAws
from tests.project.rules.machines import load_yaml
from tests.workflows.stand_ins import StandIns

JOBS = (
    "1-Akeneo-Import-Attributes",
    "2-Akeneo-Import-Media-Assets-Pricebook",
    "3-1-Akeneo-Differential-Import-Products",
    "3-2-Akeneo-Full-Import-Products",
)
FULL = JOBS[3]
DELIVERY = ("package_files", "start_import", "check_import")
STATES = (
    "Package Files",
    "Is Everything Packed?",
    "Start Import",
    "Is Everything Imported?",
    "Wait for Import",
    "Has the Import Started?",
    "Check Import",
    "Is the Import Over?",
)


def delivered(stack: StandIns) -> list[str]:
    """The calls of delivery's stages, in order."""
    found = [(stage, len(stack.calls(stage))) for stage in DELIVERY]
    assert sum(number for _, number in found) > 0
    return [name for name in stack.stages() if name in DELIVERY]


@pytest.mark.parametrize("job", JOBS)
def test_every_job_imports_one_after_the_other_and_then_finishes(aws: EmbeddedAws, stack: StandIns, job: str) -> None:
    stack.behave(imports=3)
    assert aws.run(job).status == "SUCCEEDED"
    assert delivered(stack) == ["package_files", *["start_import", "check_import"] * 3, "start_import"]
    assert [call["place"]["position"] for call in stack.calls("start_import")] == [0, 1, 2, 3]
    assert [call["place"]["position"] for call in stack.calls("check_import")] == [0, 1, 2]
    assert stack.stages()[-1] == "finish_run"


def test_without_anything_to_deliver_no_import_is_started(aws: EmbeddedAws, stack: StandIns) -> None:
    assert aws.run(FULL).status == "SUCCEEDED"
    assert delivered(stack) == ["package_files"]


def test_packing_goes_on_where_it_stood(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(imports=1, packings=3)
    assert aws.run(FULL).status == "SUCCEEDED"
    progress = [call["progress"] for call in stack.calls("package_files")]
    assert progress == [None, {"number": 2, "first": 1}, {"number": 3, "first": 2}]


def test_an_import_is_looked_at_until_it_is_over(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(imports=2, looks=3)
    assert aws.run(FULL).status == "SUCCEEDED"
    looked = [(call["place"]["position"], call["place"]["looks"]) for call in stack.calls("check_import")]
    assert looked == [(position, looks) for position in (0, 1) for looks in (0, 1, 2, 3)]


def test_a_busy_job_is_tried_again_and_not_looked_at(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(imports=1, busy=2)
    assert aws.run(FULL).status == "SUCCEEDED"
    assert [call["place"]["looks"] for call in stack.calls("start_import")] == [0, 1, 2, 0]
    assert len(stack.calls("check_import")) == 1


def test_a_refused_import_fails_the_run(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(imports=2, trouble={"check_import": {"error": "DataError", "times": 9, "message": "DATAERROR"}})
    outcome = aws.run(FULL)
    assert (outcome.status, outcome.error) == ("FAILED", "DataError")
    assert stack.stages()[-2:] == ["check_import", "fail_run"]


def test_all_jobs_have_the_same_states_of_delivery(repo_root: Path) -> None:
    found = [
        {
            name: load_yaml(repo_root / "statemachines" / f"{job.lower()}.asl.yaml")["States"].get(name)
            for name in STATES
        }
        for job in JOBS
    ]
    assert all(found[0].values())
    assert found == [found[0]] * len(JOBS)
