"""How a report's numbers and outcome are put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

_TITLES = {
    "0-Akeneo-Import-Catalog": "import of the whole catalogue",
    "1-Akeneo-Import-Attributes": "import of attributes",
    "2-Akeneo-Import-Media-Assets-Pricebook": "import of media, assets and price books",
    "3-1-Akeneo-Differential-Import-Products": "differential import of products",
    "3-2-Akeneo-Full-Import-Products": "full import of products",
}
_KINDS = ("product", "model", "attribute", "image", "asset", "price")
_PLURALS = {"category": "categories"}
_ENDED = {"FAILED": "failed", "TIMED_OUT": "took too long and was stopped", "ABORTED": "was aborted"}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended in a few words, and whether that is good news."""

    label: str
    tone: Literal["good", "warn", "bad"]


def outcome(report: Mapping[str, Any]) -> Ending:
    """Return how a run ended, with what somebody should look at."""
    if report.get("failure"):
        return Ending(ending(report["status"]), "bad")
    if rejected(report):
        return Ending("Succeeded with rejects", "warn")
    if delivery_messages(report):
        return Ending("Succeeded with messages of SFCC", "warn")
    return Ending("Succeeded", "good")


def ending(status: str) -> str:
    """Return the status of an execution as the head of a line."""
    return status.replace("_", " ").capitalize()


def rejected(report: Mapping[str, Any]) -> int:
    """Return how many rejects were recorded, of items and of values."""
    return sum(group["number"] for group in report["issues"] if group["severity"] == "reject")


def delivery_messages(report: Mapping[str, Any]) -> int:
    """Return how many errors and warnings SFCC gave while it imported."""
    steps = (report.get("delivery") or {}).get("steps", ())
    return sum(step.get("errors", 0) + step.get("warnings", 0) for step in steps)


def job_title(job: str) -> str:
    """Return what a job does, in words; the name of one that is not known."""
    return _TITLES.get(job, job)


def headline(report: Mapping[str, Any]) -> str:
    """Return how a run ended, in a sentence or two."""
    title = job_title(report["job"])
    failure = report.get("failure")
    if failure:
        how = _ENDED.get(report["status"], report["status"].lower())
        place = f" in {failure['stage']}" if failure.get("stage") and not failure["stage"].startswith("before") else ""
        place = place.replace(" in after ", " after ")
        steps = (report.get("delivery") or {}).get("steps", ())
        begun = any(step["status"] == "imported" for step in steps)
        after = " What SFCC has already imported of it is put right by that run." if begun else ""
        return f"The {title} {how}{place}. Nothing was committed: the next run does the work again.{after}"
    return f"The {title} succeeded" + (", as a dry run: nothing was committed." if report["dry_run"] else ".")


def extent(report: Mapping[str, Any]) -> str:
    """Return what was read, written and rejected, of the kinds a run is about; nothing when it read nothing."""
    counts = report["counts"]
    kinds = [kind for kind in _KINDS if counts.get(kind, {}).get("read")]
    if not kinds:
        return ""
    read = _and([_many(counts[kind]["read"], kind) for kind in kinds])
    written = sum(counts[kind]["written"] for kind in kinds)
    rejected = sum(counts[kind]["rejected"] for kind in kinds)
    return f"{read} read, {quantity(written)} written, {quantity(rejected)} rejected."


def window(report: Mapping[str, Any]) -> str:
    """Return what the run looked at."""
    if report["only"]:
        return f"{quantity(len(report['only']))} chosen items and what belongs to them"
    if report["since"]:
        return f"what changed since {moment(report['since'])}"
    return "everything" if report["mode"] == "full" else "what changed since the last successful run"


def quantity(number: float) -> str:
    """Return a number with its thousands apart."""
    return f"{number:,}"


def size(number: float) -> str:
    """Return bytes in a unit a person reads."""
    for unit in ("bytes", "kB", "MB"):
        if number < 1000:
            return f"{number:,.0f} {unit}" if unit == "bytes" else f"{number:,.1f} {unit}"
        number /= 1000
    return f"{number:,.1f} GB"


def duration(seconds: float) -> str:
    """Return seconds as a person says them."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def moment(at: str) -> str:
    """Return a UTC time of a report for people."""
    return f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M:%S} UTC"


def seconds_between(start: str, end: str) -> float:
    """Return the seconds from one UTC time of a report to another."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def _many(number: int, kind: str) -> str:
    return f"{quantity(number)} {kind if number == 1 else _PLURALS.get(kind, f'{kind}s')}"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
