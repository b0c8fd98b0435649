"""What a stage did: counts, issues, calls and time, written once when the stage ends well.

Everything is keyed by stage and item, so a retried item overwrites what its earlier attempt wrote; an attempt that
fails writes nothing. The report is the sum of all of them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC
from types import TracebackType
from typing import Any, Literal, Self

import orjson

from akeneo_sfcc.akeneo.client import AkeneoClient, Usage
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.stages.contracts import RunContext
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.storage.layout import RunLayout

Outcome = Literal["read", "written", "unchanged", "merged", "filtered", "rejected"]

ONLY_ITEM = "all"
"""The item of a stage that is not split up."""

_VALUE_CHARACTERS = 200
_SPOOL_BYTES = 1 << 20


def issue_line(issue: Issue, stage: str) -> bytes:
    """Return an issue as one line of JSON with the contract's keys; its value is cut at 200 characters."""
    value = issue.value if issue.value is None else issue.value[:_VALUE_CHARACTERS]
    fields = {
        "stage": stage,
        "severity": issue.severity,
        "kind": issue.kind,
        "id": issue.id,
        "uuid": issue.uuid,
        "attribute": issue.attribute,
        "locale": issue.locale,
        "value": value,
        "reason": issue.reason,
    }
    try:
        return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        # A lone surrogate (legal in JSON escapes, not in UTF-8) must not stop the record of a bad item.
        readable = {k: v if v is None else v.encode("utf-8", "replace").decode() for k, v in fields.items()}
        return orjson.dumps(readable, option=orjson.OPT_APPEND_NEWLINE)


class Tally:
    """Counts what one stage does for one item, and keeps its issues; use it as a context manager.

    On a clean exit `rejects/<stage>-<item>.jsonl` (only if there are issues) and then `stats/<stage>-<item>.json`
    are written; on an exception neither. Issues are kept in the order given, on disk beyond 1 MiB.
    """

    def __init__(self, services: Services, run: RunContext, stage: str, item: str = "") -> None:
        """Take the stage's name and its item; "" for a stage that has only one."""
        self._services = services
        self._stage = stage
        self._item = item or ONLY_ITEM
        layout = RunLayout(run.job, run.run_id)
        self._rejects_key = layout.rejects(stage, item or ONLY_ITEM)
        self._stats_key = layout.stats(stage, item or ONLY_ITEM)
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._reasons: dict[str, dict[str, Counter[str]]] = {
            "reject": defaultdict(Counter),
            "warn": defaultdict(Counter),
        }
        self._issues = 0
        self._notes: list[str] = []
        self._files = 0
        self._bytes_written = 0
        self._watched: list[tuple[AkeneoClient, Usage]] = []
        self._lines = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115
        self._start = services.now()

    def __enter__(self) -> Self:
        """Start the clock."""
        self._start = self._services.now()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what was counted, unless the stage failed."""
        try:
            if kind is None:
                self._write()
        finally:
            self._lines.close()

    def watch(self, client: AkeneoClient) -> AkeneoClient:
        """Count the calls the client makes from now on as this stage's; return the client."""
        self._watched.append((client, client.usage))
        return client

    def count(self, kind: str, outcome: Outcome, n: int = 1) -> None:
        """Add `n` items of a kind to an outcome."""
        self._counts[kind][outcome] += n

    def issue(self, issue: Issue) -> None:
        """Record a reject or a warning; the outcome "rejected" of an item is counted apart, with `count`."""
        self._reasons[issue.severity][issue.kind][issue.reason] += 1
        self._issues += 1
        self._lines.write(issue_line(issue, self._stage))

    def issues(self, issues: Iterable[Issue]) -> None:
        """Record several issues in their order."""
        for issue in issues:
            self.issue(issue)

    def note(self, text: str) -> None:
        """Add a sentence to the report that is about the run and no reject or warning."""
        self._notes.append(text)

    def wrote(self, size: int, files: int = 1) -> None:
        """Add files written and their size in bytes."""
        self._files += files
        self._bytes_written += size

    @property
    def counts(self) -> dict[str, int]:
        """The counts so far as a stage result carries them: `<kind>_<outcome>` → number, zeros left out."""
        return {
            f"{kind}_{outcome}": n
            for kind, outcomes in sorted(self._counts.items())
            for outcome, n in sorted(outcomes.items())
            if n
        }

    def _write(self) -> None:
        store = self._services.store
        if self._issues:
            self._lines.seek(0)
            with store.write(self._rejects_key) as target:
                shutil.copyfileobj(self._lines, target)
        store.put(self._stats_key, orjson.dumps(self._stats(), option=orjson.OPT_SORT_KEYS))

    def _stats(self) -> dict[str, Any]:
        api = dict.fromkeys(("calls", "retries", "throttled", "bytes"), 0)
        for client, before in self._watched:
            used = client.usage - before
            for name in api:
                api[name] += getattr(used, name)
        end = self._services.now()
        return {
            "stage": self._stage,
            "item": self._item,
            "counts": {kind: dict(outcomes) for kind, outcomes in self._counts.items()},
            "rejected": {kind: dict(reasons) for kind, reasons in self._reasons["reject"].items()},
            "warned": {kind: dict(reasons) for kind, reasons in self._reasons["warn"].items()},
            "issues": self._issues,
            "seconds": round((end - self._start).total_seconds(), 3),
            "ended_at": end.astimezone(UTC).isoformat(),
            "api": api,
            "files": self._files,
            "bytes_written": self._bytes_written,
            **({"notes": self._notes} if self._notes else {}),
        }
