"""`report.html`: the report as a page, self-contained, for a phone, a screen or paper.

The page is made of `report.json` alone, so equal reports give equal bytes. What stands in a report comes from the PIM
and is not trusted: the template escapes everything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from akeneo_sfcc.reporting.advice import REASONS, advice_for
from akeneo_sfcc.reporting.wording import (
    duration,
    extent,
    headline,
    moment,
    outcome,
    quantity,
    seconds_between,
    size,
    window,
)

OUTCOMES = ("read", "written", "unchanged", "merged", "filtered", "rejected")

_LEAST_BAR_PERCENT = 0.6
_CODE = re.compile(r"`([^`]+)`")


def render_page(report: Mapping[str, Any]) -> str:
    """Return the page of a report as `build_report` makes it, with `left` and `delivery` where they are present."""
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            outcome=outcome(report),
            headline=headline(report),
            extent=extent(report),
            failure=report.get("failure"),
            delivery=report.get("delivery"),
            window=window(report),
            seconds=seconds_between(report["started_at"], report["finished_at"]),
            advice=_advice(report),
            counts=_counts(report),
            severities=_severities(report),
            left=[(_LEFT[name], number) for name, number in report.get("left", {}).items() if name in _LEFT and number],
            stages=_stages(report),
            steps=_steps(report),
        )
    )


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("akeneo_sfcc.reporting", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        duration=duration,
        moment=moment,
        number=quantity,
        size=size,
        code=_code,
        words=lambda name: name.replace("_", " "),
    )
    return made


def _code(text: str) -> Markup:
    """Return our own texts with what stands in back-ticks set as code; escaped like everything else."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped just here


_LEFT = {
    "deleted": "products deleted in the PIM",
    "filter": "products the filter or a permission leaves out now",
    "renamed": "products with another id now",
    "not_asked": "products not asked for, being too many",
    "models": "models",
}


def _advice(report: Mapping[str, Any]) -> Any:
    failure = report.get("failure")
    return advice_for(failure["status"], failure["error"]) if failure else None


def _counts(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row per kind, and whether its outcomes add up to what was read."""
    rows = []
    for kind, outcomes in report["counts"].items():
        numbers = [outcomes[outcome] for outcome in OUTCOMES]
        rows.append({"kind": kind, "numbers": numbers, "adds_up": numbers[0] == sum(numbers[1:])})
    return rows


def _severities(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return rejects, then warnings, each with its reasons in the report's order, the kinds of a reason together."""
    found = []
    for severity, heading in (("reject", "Rejected"), ("warn", "Warnings")):
        reasons: dict[str, dict[str, Any]] = {}
        for group in report["issues"]:
            if group["severity"] != severity:
                continue
            known = REASONS.get(group["reason"])
            reason = reasons.setdefault(
                group["reason"],
                {
                    "name": group["reason"],
                    "meaning": known.meaning if known else "",
                    "remedy": known.remedy if known else "",
                    "number": 0,
                    "kinds": [],
                    "samples": [],
                },
            )
            reason["number"] += group["number"]
            reason["kinds"].append((group["kind"], group["number"]))
            reason["samples"] += [{"kind": group["kind"], **sample} for sample in group["samples"]]
        ordered = sorted(reasons.values(), key=lambda each: (-each["number"], each["name"]))
        kinds = Counter[str]()
        for reason in ordered:
            kinds.update(dict(reason["kinds"]))
        found.append(
            {
                "severity": severity,
                "heading": heading,
                "number": kinds.total(),
                "kinds": sorted(kinds.items()),
                "reasons": ordered,
            }
        )
    return found


def _stages(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the stages in the order they began, each with its place on the run's time line in percent."""
    stages = sorted(report["stages"].items(), key=lambda entry: (entry[1]["began_at"], entry[1]["ended_at"], entry[0]))
    if not stages:
        return []
    first = stages[0][1]["began_at"]
    whole = max(seconds_between(first, stage["ended_at"]) for _, stage in stages) or 1.0
    shown = []
    for name, stage in stages:
        elapsed = seconds_between(stage["began_at"], stage["ended_at"])
        width = min(100.0, max(_LEAST_BAR_PERCENT, 100 * elapsed / whole))
        left = min(100.0 - width, 100 * seconds_between(first, stage["began_at"]) / whole)
        shown.append({**stage, "name": name, "elapsed": elapsed, "left": f"{left:.2f}", "width": f"{width:.2f}"})
    return shown


def _steps(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    steps = (report.get("delivery") or {}).get("steps", ())
    return [{"bytes": None, "seconds": None, "job": None, "execution": None, "messages": (), **step} for step in steps]
