"""What a run that has ended tells: numbers for the metrics, lines for the log, a message for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from akeneo_sfcc.reporting.links import execution_link
from akeneo_sfcc.reporting.message import run_message, subject_of
from akeneo_sfcc.reporting.wording import delivery_messages, rejected, seconds_between
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.storage.layout import RunLayout

ISSUES_MESSAGE = "did not come over"
"""Message of the log lines that name, per kind and reason, what was rejected or changed on the way."""

_MOST_GROUPS = 200


def tell_numbers(services: Services, report: Mapping[str, Any]) -> None:
    """Measure the run, and log each group of its rejects and warnings.

    A success is counted when it moved the watermark alone: an alarm that waits for one must not be calmed by a dry
    run, or by one over chosen items.
    """
    counts = report["counts"].values()
    read = sum(outcomes["read"] for outcomes in counts)
    items_rejected = sum(outcomes["rejected"] for outcomes in counts)
    failed = "failure" in report
    counted = not (failed or report["dry_run"] or report["only"])
    services.measure(
        report["job"],
        {
            "RunSucceeded": int(counted),
            "RunFailed": int(failed),
            "ItemsRead": read,
            "ItemsWritten": sum(outcomes["written"] for outcomes in counts),
            "ItemsRejected": items_rejected,
            "RejectedPercent": 100 * items_rejected / read if read else 0,
            "ApiCalls": report["api"]["calls"],
            "ApiThrottles": report["api"]["throttled"],
            "ApiBytes": report["api"]["bytes"],
            "RunSeconds": seconds_between(report["started_at"], report["finished_at"]),
        },
    )
    for group in report["issues"][:_MOST_GROUPS]:
        named = [sample.get("id") or sample.get("uuid") for sample in group["samples"]]
        services.log(
            ISSUES_MESSAGE,
            {
                "run_id": report["run_id"],
                "job": report["job"],
                "configuration": report["scope"],
                "severity": group["severity"],
                "kind": group["kind"],
                "reason": group["reason"],
                "number": group["number"],
                "examples": ", ".join(name for name in named if name),
            },
        )


def tell_people(services: Services, layout: RunLayout, report: Mapping[str, Any]) -> None:
    """Publish the message about a run: of one that failed always, of one that succeeded as `tell_success` says."""
    if "failure" not in report:
        worth_it = rejected(report) or delivery_messages(report)
        if services.tell_success == "never" or (services.tell_success == "rejects" and not worth_it):
            return
    page = services.page_link(layout.report_html)
    text = run_message(report, execution=execution_link(report["execution"]), page=page)
    services.publish(subject_of(report), text)
