"""The run's report: the sum of what every stage tallied, and the gates a run must pass.

A report is plain data, ready to be written as `report.json` (docs/mapping.md section 13), and as the page made of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.contracts import RunContext
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.objects import ObjectStore

OUTCOMES = ("read", "written", "unchanged", "merged", "filtered", "rejected")

# One small object per stage and item: reading hundreds one after the other would take longer than the stage.
_READERS = 16


@dataclass(slots=True)
class StageTotals:
    """The sum over all items of one stage; counts per kind, issues per reason."""

    items: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    rejected: dict[str, Counter[str]] = field(default_factory=dict)
    warned: dict[str, Counter[str]] = field(default_factory=dict)
    issues: int = 0
    seconds: float = 0.0
    api: Counter[str] = field(default_factory=Counter)
    files: int = 0
    bytes_written: int = 0
    began: datetime | None = None
    ended: datetime | None = None

    def add(self, stats: Mapping[str, Any]) -> None:
        """Add one item's stats as `Tally` writes them."""
        self.items += 1
        _merge(self.counts, stats["counts"])
        _merge(self.rejected, stats["rejected"])
        _merge(self.warned, stats["warned"])
        self.issues += stats["issues"]
        self.seconds += stats["seconds"]
        self.api.update(stats["api"])
        self.files += stats["files"]
        self.bytes_written += stats["bytes_written"]
        ended = datetime.fromisoformat(stats["ended_at"])
        began = ended - timedelta(seconds=stats["seconds"])
        self.ended = ended if self.ended is None else max(self.ended, ended)
        self.began = began if self.began is None else min(self.began, began)

    def as_json(self) -> dict[str, Any]:
        """Return the stage's part of the report.

        seconds: summed over parallel items. began_at, ended_at: of the first item that began and the last that ended.
        """
        return {
            "items": self.items,
            "began_at": _moment(self.began),
            "ended_at": _moment(self.ended),
            "counts": {kind: _present(outcomes) for kind, outcomes in sorted(self.counts.items())},
            "rejected": _by_reason(self.rejected),
            "warned": _by_reason(self.warned),
            "seconds": round(self.seconds, 3),
            "calls": self.api["calls"],
            "retries": self.api["retries"],
            "throttled": self.api["throttled"],
            "bytes": self.api["bytes"],
            "files": self.files,
            "bytes_written": self.bytes_written,
        }


@dataclass(slots=True)
class Totals:
    """All stages of a run, the (stage, item) pairs that wrote issues, their notes, and the stage that ended last."""

    stages: dict[str, StageTotals] = field(default_factory=dict)
    with_issues: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    last: str | None = None
    _last_at: str = ""

    def add(self, stats: Mapping[str, Any]) -> None:
        """Add one item's stats."""
        self.stages.setdefault(stats["stage"], StageTotals()).add(stats)
        if stats["ended_at"] >= self._last_at:
            self.last, self._last_at = stats["stage"], stats["ended_at"]
        if stats["issues"]:
            self.with_issues.append((stats["stage"], stats["item"]))
        self.notes += stats.get("notes", ())

    @property
    def counts(self) -> dict[str, Counter[str]]:
        """Per kind the outcomes of all stages."""
        return _total(stage.counts for stage in self.stages.values())

    @property
    def rejected(self) -> dict[str, Counter[str]]:
        """Per kind the reasons of all rejects."""
        return _total(stage.rejected for stage in self.stages.values())

    @property
    def warned(self) -> dict[str, Counter[str]]:
        """Per kind the reasons of all warnings."""
        return _total(stage.warned for stage in self.stages.values())


def sum_stats(stats: Iterable[Mapping[str, Any]]) -> Totals:
    """Return the sum of what the stages tallied."""
    totals = Totals()
    for one in stats:
        totals.add(one)
    totals.with_issues.sort()
    return totals


def read_totals(store: ObjectStore, layout: RunLayout) -> Totals:
    """Return the sum of all stats the run's stages have written so far."""
    with ThreadPoolExecutor(_READERS) as readers:
        return sum_stats(orjson.loads(body) for body in readers.map(store.get, store.list(layout.stats_dir)))


def build_report(
    totals: Totals,
    run: RunContext,
    *,
    status: str,
    finished_at: str,
    issues: Iterable[Mapping[str, Any]] = (),
    failure: Mapping[str, Any] | None = None,
    delivery: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the report of a run; `failure` (error, cause, stage) stands in it only when the run failed.

    issues: what `write_records` returned. delivery: as `delivery_plan.read_delivery` has it.
    """
    counts = totals.counts
    stages = {name: stage.as_json() for name, stage in sorted(totals.stages.items())}
    report: dict[str, Any] = {
        "job": run.job,
        "mode": run.mode,
        "run_id": run.run_id,
        "execution": run.execution_arn,
        "scope": run.scope,
        "status": status,
        "started_at": run.started_at,
        "finished_at": finished_at,
        "since": run.since,
        "dry_run": run.dry_run,
        "only": None if run.only is None else list(run.only.identifiers),
        "notes": [*run.notes, *totals.notes],
        "counts": {kind: {o: counts[kind][o] for o in OUTCOMES} for kind in sorted(counts)},
        "rejected": _sorted(totals.rejected),
        "warned": _sorted(totals.warned),
        "issues": list(issues),
        "api": {name: sum(s[name] for s in stages.values()) for name in ("calls", "retries", "throttled", "bytes")},
        "stages": stages,
    }
    if delivery is not None:
        report["delivery"] = dict(delivery)
    if failure is not None:
        report["failure"] = dict(failure)
    return report


def unbalanced(report: Mapping[str, Any]) -> list[str]:
    """Return a sentence per kind of which the outcomes do not add up to what was read."""
    problems = []
    for kind, outcomes in report["counts"].items():
        accounted = sum(outcomes[outcome] for outcome in OUTCOMES if outcome != "read")
        if outcomes["read"] != accounted:
            parts = ", ".join(f"{outcomes[o]} {o}" for o in OUTCOMES if o != "read")
            problems.append(f"{kind}: {outcomes['read']} read, but {accounted} accounted for ({parts})")
    return problems


def check_gates(report: Mapping[str, Any], settings: Settings, *, left: int = 0, committed: int = 0) -> list[str]:
    """Return why a run must not be delivered; nothing when it may.

    left: products and models of the committed state that this run found gone. committed: how many of them it held.
    A differential run reads few items, often a single one, so its rejects are compared with the whole catalogue: one
    bad product must not stop all that come after it.
    """
    problems = []
    kinds = [report["counts"].get(kind, {}) for kind in ("product", "model")]
    read = sum(kind.get("read", 0) for kind in kinds)
    rejected = sum(kind.get("rejected", 0) for kind in kinds)
    allowed = settings.products.max_reject_ratio
    of_all = max(read, committed) if report.get("mode") == "differential" else read
    if rejected > allowed * of_all:
        reasons = ", ".join(f"{reason} {n}" for reason, n in _reject_reasons(report))
        problems.append(
            f"products.max_reject_ratio: {rejected} of {of_all} products and models were rejected ({reasons}), "
            f"{_percent(rejected, of_all)}; allowed: {allowed:.2%}"
        )
    allowed = settings.deletions.max_ratio
    if left > allowed * committed:
        problems.append(
            f"deletions.max_ratio: {left} of {committed} products and models have left, "
            f"{_percent(left, committed)}; allowed: {allowed:.2%}"
        )
    return problems


def _reject_reasons(report: Mapping[str, Any]) -> list[tuple[str, int]]:
    reasons: Counter[str] = Counter()
    for kind in ("product", "model"):
        reasons.update(report["rejected"].get(kind, {}))
    return sorted(reasons.items(), key=lambda entry: (-entry[1], entry[0]))


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _merge(into: dict[str, Counter[str]], more: Mapping[str, Mapping[str, int]]) -> None:
    for kind, numbers in more.items():
        into.setdefault(kind, Counter()).update(numbers)


def _total(parts: Iterable[Mapping[str, Mapping[str, int]]]) -> dict[str, Counter[str]]:
    total: dict[str, Counter[str]] = {}
    for part in parts:
        _merge(total, part)
    return total


def _by_reason(per_kind: Mapping[str, Counter[str]]) -> dict[str, int]:
    reasons: Counter[str] = Counter()
    for numbers in per_kind.values():
        reasons.update(numbers)
    return dict(sorted(reasons.items()))


def _sorted(per_kind: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {kind: dict(sorted(numbers.items())) for kind, numbers in sorted(per_kind.items())}


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "of none"


def _present(outcomes: Counter[str]) -> dict[str, int]:
    return {outcome: outcomes[outcome] for outcome in OUTCOMES if outcomes[outcome]}
