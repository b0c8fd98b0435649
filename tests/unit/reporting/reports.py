"""Reports as `build_report` makes them, for the tests of what people see of them."""

from __future__ import annotations

from typing import Any

OUTCOMES = ("read", "written", "unchanged", "merged", "filtered", "rejected")
EXECUTION = "arn:aws:states:eu-central-1:123456789012:execution:akeneo-sfcc-3-2-Akeneo-Full-Import-Products:nightly run"


def counted(**outcomes: int) -> dict[str, int]:
    return dict.fromkeys(OUTCOMES, 0) | outcomes


def stage(began: str, ended: str, **changes: Any) -> dict[str, Any]:
    """A stage between two times of one minute, `07.5` for instance."""
    made: dict[str, Any] = {"items": 1, "seconds": 1.0, "calls": 0, "retries": 0, "throttled": 0, "bytes": 0}
    made |= {"files": 0, "bytes_written": 0, "counts": {}, "rejected": {}, "warned": {}}
    return made | {"began_at": f"2026-11-23T02:00:{began}Z", "ended_at": f"2026-11-23T02:00:{ended}Z"} | changes


def issues(severity: str, reason: str, number: int, *samples: dict[str, Any], kind: str = "product") -> dict[str, Any]:
    return {"severity": severity, "kind": kind, "reason": reason, "number": number, "samples": list(samples)}


def a_report(**changes: Any) -> dict[str, Any]:
    """A full import that succeeded."""
    made: dict[str, Any] = {
        "job": "3-2-Akeneo-Full-Import-Products",
        "mode": "full",
        "run_id": "20261123T020000Z-nightly",
        "execution": EXECUTION,
        "scope": "default",
        "status": "SUCCEEDED",
        "started_at": "2026-11-23T02:00:00Z",
        "finished_at": "2026-11-23T02:01:40Z",
        "since": None,
        "dry_run": False,
        "only": None,
        "notes": [],
        "counts": {
            "model": counted(read=1, written=1),
            "product": counted(read=12345, written=40, unchanged=12300, filtered=5),
        },
        "rejected": {},
        "warned": {},
        "issues": [],
        "api": {"calls": 130, "retries": 2, "throttled": 1, "bytes": 1_500_000},
        "stages": {
            "plan_pages": stage("00.0", "10.0", calls=3),
            "import_pages": stage("10.0", "40.0", items=8, seconds=110.0, calls=120, files=8, bytes_written=2_000_000),
        },
    }
    return made | changes


def a_failure(**changes: Any) -> dict[str, Any]:
    """The same, failed."""
    failure = {"status": "FAILED", "error": "DataError", "cause": "a gap in the keys", "stage": "import_pages"}
    return a_report(status="FAILED", failure=failure | changes)
