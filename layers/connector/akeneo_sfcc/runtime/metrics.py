"""Numbers for CloudWatch, written to the log in its embedded metric format; no call, no waiting.

Every metric has the dimension `service`, the stack's name. Numbers of a run add `job`, those of an invocation `job` and
`stage`.
"""

from __future__ import annotations

from collections.abc import Mapping

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from akeneo_sfcc.akeneo.client import Usage

NAMESPACE = "AkeneoToSfcc"

RUN_METRICS = {
    "RunSucceeded": MetricUnit.Count,
    "RunFailed": MetricUnit.Count,
    "ItemsRead": MetricUnit.Count,
    "ItemsWritten": MetricUnit.Count,
    "ItemsRejected": MetricUnit.Count,
    "RejectedPercent": MetricUnit.Percent,
    "ApiCalls": MetricUnit.Count,
    "ApiThrottles": MetricUnit.Count,
    "ApiBytes": MetricUnit.Bytes,
    "RunSeconds": MetricUnit.Seconds,
}
"""Metric of a whole run → its unit."""

STAGE_METRICS = {
    "StageSeconds": MetricUnit.Seconds,
    "ApiCalls": MetricUnit.Count,
    "ApiThrottles": MetricUnit.Count,
    "ApiBytes": MetricUnit.Bytes,
}
"""Metric of one invocation → its unit; the calls only where the stage called the PIM."""


def measure_run(job: str, values: Mapping[str, float]) -> None:
    """Write the numbers of a whole run."""
    _emit({"job": job}, values, RUN_METRICS)


def measure_stage(job: str, stage: str, seconds: float, used: Usage) -> None:
    """Write what one invocation took, whether it went well or not."""
    values: dict[str, float] = {"StageSeconds": seconds}
    if used.calls:
        values |= {"ApiCalls": used.calls, "ApiThrottles": used.throttled, "ApiBytes": used.bytes}
    _emit({"job": job, "stage": stage}, values, STAGE_METRICS)


def _emit(dimensions: Mapping[str, str], values: Mapping[str, float], units: Mapping[str, MetricUnit]) -> None:
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    for dimension, of_what in dimensions.items():
        metrics.add_dimension(dimension, of_what)
    for name, value in values.items():
        metrics.add_metric(name, units[name], value)
    metrics.flush_metrics()
