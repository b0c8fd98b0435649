"""Metrics have the same names where they are measured, described, and used in the template."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from akeneo_sfcc.runtime.metrics import NAMESPACE, RUN_METRICS, STAGE_METRICS
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.stages.finish_run import finish_run
from tests.fakes.services import world
from tests.project.rules.documents import section, table
from tests.project.rules.machines import load_yaml
from tests.unit.stages.runs import started


def test_what_a_run_measures_are_the_metrics_of_a_run() -> None:
    made = world()
    finish_run(StageTask(run=started(made)), made.services)
    [(_, numbers)] = made.measured
    assert set(numbers) == set(RUN_METRICS)


def test_the_metrics_described_are_those_there_are(repo_root: Path) -> None:
    text = section((repo_root / "docs" / "operations.md").read_text("utf-8"), "Metrics")
    described = [set(re.findall(r"\w+", row[1])) for row in table(text)]
    assert described == [set(RUN_METRICS), set(STAGE_METRICS)]
    assert NAMESPACE in text


def test_the_template_uses_no_metric_that_nobody_measures(repo_root: Path) -> None:
    known = {frozenset({"service", "job"}): RUN_METRICS, frozenset({"service", "job", "stage"}): STAGE_METRICS}
    for properties in _metrics(load_yaml(repo_root / "template.yaml")):
        dimensions = frozenset(each["Name"] for each in properties.get("Dimensions", ()))
        assert properties["MetricName"] in known[dimensions], properties


def _metrics(value: Any) -> list[dict[str, Any]]:
    """Return every part of a template that names a metric of ours."""
    if isinstance(value, list):
        return [found for each in value for found in _metrics(each)]
    if not isinstance(value, dict):
        return []
    own = [value] if value.get("Namespace") == NAMESPACE and "MetricName" in value else []
    return own + [found for each in value.values() for found in _metrics(each)]


def test_a_metric_of_the_template_is_found_wherever_it_stands() -> None:
    alarm = {"Namespace": NAMESPACE, "MetricName": "Unknown"}
    assert _metrics({"Resources": [{"Properties": alarm}, {"Namespace": "AWS/States", "MetricName": "x"}]}) == [alarm]
