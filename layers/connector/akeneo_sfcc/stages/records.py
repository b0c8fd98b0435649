"""The files a run leaves for people: report, page, all rejects and warnings."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

import orjson

from akeneo_sfcc.reporting.page import render_page
from akeneo_sfcc.stages.report import Totals
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.objects import ObjectStore

SAMPLES = 5
"""Records of a group of rejects or warnings that the report shows."""

_CHUNK = 1 << 20


def write_report(store: ObjectStore, layout: RunLayout, report: Mapping[str, Any]) -> None:
    """Write `report.json`, and `report.html` which shows the same; equal reports give equal bytes."""
    store.put(layout.report, orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    store.put(layout.report_html, render_page(report).encode("utf-8", "replace"))


def write_records(store: ObjectStore, layout: RunLayout, totals: Totals) -> list[dict[str, Any]]:
    """Write `records.jsonl`: every reject and warning, by stage, then item, then as recorded.

    Returns the groups of them, rejects first, then the largest first: `{"severity", "kind", "reason", "number",
    "samples"}`, the samples being the first records of the group.
    """
    samples = _Samples(totals)
    with store.write(layout.records) as target:
        for stage, item in totals.with_issues:
            with store.open(layout.rejects(stage, item)) as source:
                while samples.missing and (line := source.readline()):
                    samples.see(line)
                    target.write(line)
                shutil.copyfileobj(source, target, _CHUNK)
    return samples.groups()


class _Samples:
    """Takes the first records of every group while they pass; memory is bounded by the number of groups."""

    def __init__(self, totals: Totals) -> None:
        self._numbers = {
            (severity, kind, reason): number
            for severity, kinds in (("reject", totals.rejected), ("warn", totals.warned))
            for kind, reasons in kinds.items()
            for reason, number in reasons.items()
        }
        self._found: dict[tuple[str, str, str], list[dict[str, Any]]] = {group: [] for group in self._numbers}
        # Once no group wants more, records are copied without being read.
        self.missing = sum(min(number, SAMPLES) for number in self._numbers.values())

    def see(self, line: bytes) -> None:
        record = orjson.loads(line)
        found = self._found.get((record["severity"], record["kind"], record["reason"]))
        if found is not None and len(found) < SAMPLES:
            names = ("stage", "id", "uuid", "attribute", "locale", "value")
            found.append({name: record[name] for name in names if record[name] is not None})
            self.missing -= 1

    def groups(self) -> list[dict[str, Any]]:
        order = sorted(
            self._numbers, key=lambda group: (group[0] != "reject", -self._numbers[group], group[2], group[1])
        )
        return [
            {
                "severity": group[0],
                "kind": group[1],
                "reason": group[2],
                "number": self._numbers[group],
                "samples": self._found[group],
            }
            for group in order
        ]
