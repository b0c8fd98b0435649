"""The message people get about a run: plain text with the numbers, the reason, what to do, and where to look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from akeneo_sfcc.reporting.advice import REASONS, ErrorAdvice, advice_for
from akeneo_sfcc.reporting.wording import (
    delivery_messages,
    duration,
    extent,
    headline,
    outcome,
    seconds_between,
    window,
)

_MOST_GROUPS = 10


def subject_of(report: Mapping[str, Any]) -> str:
    """Return the line a message is listed by: how the run ended, job, configuration."""
    return f"{outcome(report).label}: {report['job']} ({report['scope']})"


def run_message(report: Mapping[str, Any], *, execution: str, page: str) -> str:
    """Return the message about a run that has a report; execution, page: where the console shows them."""
    lines = [f"{headline(report)} {extent(report)}".strip(), ""]
    failure = report.get("failure")
    if failure:
        lines += [*_failure(failure), "", *_advice(advice_for(failure["status"], failure["error"])), ""]
    lines += [
        f"Job: {report['job']}",
        f"Configuration: {report['scope']}",
        f"Read: {window(report)}",
        f"Took: {duration(seconds_between(report['started_at'], report['finished_at']))}",
        f"PIM calls: {report['api']['calls']:,}, refused for too many: {report['api']['throttled']:,}",
    ]
    if found := delivery_messages(report):
        lines.append(f"Messages of SFCC: {found:,}")
    lines += _groups(report)
    return "\n".join([*lines, "", *_places(execution, page)])


def early_message(
    job: str, scope: str, status: str, error: str | None, cause: str, *, execution: str, remark: str = ""
) -> str:
    """Return the message about an execution that has no run to report, or whose run was over already.

    remark: what to say first of such a run.
    """
    failure = {"error": error or status, "cause": cause, "stage": None}
    advice = [] if remark else ["", *_advice(advice_for(status, error))]
    first = remark or f"The execution ended as {status} before the run began. Nothing was read or changed."
    lines = [first, "", *_failure(failure), *advice, "", f"Job: {job}", f"Configuration: {scope}"]
    return "\n".join([*lines, "", *_places(execution, None)])


def _failure(failure: Mapping[str, Any]) -> list[str]:
    lines = [f"Error: {failure['error']}"]
    if failure.get("stage"):
        lines.append(f"Stage: {failure['stage']}")
    if failure.get("item"):
        lines.append(f"Item: {failure['item']}")
    return [*lines, f"Cause: {failure['cause'] or 'none given'}"]


def _advice(advice: ErrorAdvice) -> list[str]:
    return [advice.meaning.replace("`", ""), f"What to do: {advice.next_step.replace('`', '')}"]


def _groups(report: Mapping[str, Any]) -> list[str]:
    """Return what was rejected by reason, the largest groups first."""
    groups = [group for group in report["issues"] if group["severity"] == "reject"]
    lines = ["", "Rejected:"] if groups else []
    for group in groups[:_MOST_GROUPS]:
        known = REASONS.get(group["reason"])
        said = f": {known.meaning}; {known.remedy}".replace("`", "") if known else ""
        lines.append(f"- {group['number']:,} {group['kind']} {group['reason']}{said}")
    if len(groups) > _MOST_GROUPS:
        lines.append(f"- and {len(groups) - _MOST_GROUPS} other reasons, in the report")
    return lines


def _places(execution: str, page: str | None) -> list[str]:
    report = [f"Report: {page}"] if page else []
    return [*report, f"Execution: {execution}"]
