"""The ledger's table items: how a record is written, and what an item must hold to be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.runs.ledger import Commit, RunRecord, RunStatus

_COMMIT = ("committed_run", "watermark", "manifest")
_TEXTS = ("job", "run_id", "family", "scope", "execution_arn", "mode", "started_at", "status")
_OPTIONAL_TEXTS = ("finished_at", "stage", "error", "report")


def commit_of(item: Mapping[str, Any], pk: str) -> Commit | None:
    """Return the commit in a scope's item, None when there is none; DataError when it is incomplete."""
    if not any(name in item for name in _COMMIT):
        return None
    return Commit(*(text_of(item, name, pk) for name in _COMMIT))


def item_of(record: RunRecord) -> dict[str, Any]:
    """Return a run record as DynamoDB attributes; what is not known is left out."""
    item: dict[str, Any] = {name: {"S": getattr(record, name)} for name in _TEXTS}
    for name in _OPTIONAL_TEXTS:
        if (value := getattr(record, name)) is not None:
            item[name] = {"S": value}
    item["counts"] = {"M": {name: {"N": str(count)} for name, count in record.counts.items()}}
    return item


def run_of(item: Mapping[str, Any], pk: str) -> RunRecord:
    """Return the run record in an item; DataError names item and attribute that do not fit."""
    texts: dict[str, Any] = {name: text_of(item, name, pk) for name in _TEXTS}
    texts |= {name: text_of(item, name, pk) for name in _OPTIONAL_TEXTS if name in item}
    for name, allowed in (("status", get_args(RunStatus)), ("mode", ("full", "differential"))):
        if texts[name] not in allowed:
            raise DataError(f"item {pk}: {name} is {texts[name]!r}; allowed: {', '.join(allowed)}")
    return RunRecord(**texts, counts=_counts(item, pk))


def text_of(item: Mapping[str, Any], name: str, pk: str) -> str:
    """Return a text attribute; DataError names item and attribute when it is no text."""
    found = item.get(name)
    text = found.get("S") if isinstance(found, Mapping) else None
    if not isinstance(text, str) or not text:
        raise DataError(f"item {pk}: {name} is {found!r}; allowed: a text that is not empty")
    return text


def _counts(item: Mapping[str, Any], pk: str) -> dict[str, int]:
    found = item.get("counts", {"M": {}})
    try:
        return {name: int(count["N"]) for name, count in found["M"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"item {pk}: counts is {found!r}; allowed: a map of whole numbers") from error
