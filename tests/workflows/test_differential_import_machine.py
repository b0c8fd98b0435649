"""The differential import's state machine: that of the full import, but planning decides how the run goes on."""

from __future__ import annotations

from pathlib import Path

from local.embedded.aws import EmbeddedAws
from tests.project.rules.machines import load_yaml
from tests.workflows.stand_ins import StandIns

JOB = "3-1-Akeneo-Differential-Import-Products"
ORDER = [
    "start_run", "read_structure", "build_categories", "plan_pages", "import_pages", "index_models", "import_pages",
    "index_products", "build_catalogs", "write_manifest", "package_files", "finish_run",
]  # fmt: skip


def test_from_planning_on_every_stage_gets_the_run_as_planned(aws: EmbeddedAws, stack: StandIns) -> None:
    outcome = aws.run(JOB)
    assert (outcome.status, outcome.error) == ("SUCCEEDED", None)
    assert stack.stages() == ORDER
    (started,) = stack.calls("start_run")
    assert started["job"] == JOB
    planned = ORDER.index("plan_pages")
    assert all("mode" not in call["run"] for stage in ORDER[1 : planned + 1] for call in stack.calls(stage))
    later = set(ORDER[planned + 1 :])
    assert {call["run"]["mode"] for stage in later for call in stack.calls(stage)} == {"as planned"}
    assert outcome.output["run"]["run_id"] == outcome.run_id


def test_a_second_start_ends_as_already_running(aws: EmbeddedAws, stack: StandIns) -> None:
    stack.behave(already_running=True)
    assert aws.run(JOB).status == "SUCCEEDED"
    assert stack.stages() == ["start_run"]


def test_both_machines_have_the_same_states(repo_root: Path) -> None:
    full, differential = (
        load_yaml(repo_root / "statemachines" / name)["States"]
        for name in ("3-2-akeneo-full-import-products.asl.yaml", "3-1-akeneo-differential-import-products.asl.yaml")
    )
    assert full.keys() == differential.keys()
    assert [name for name in full if full[name] != differential[name]] == ["Start Run", "Plan Pages"]
