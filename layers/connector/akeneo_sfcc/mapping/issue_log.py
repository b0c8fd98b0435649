"""Collects what is wrong with one item while it is mapped."""

from __future__ import annotations

from typing import Any

from akeneo_sfcc.mapping.record import Issue, Severity

VALUE_LENGTH = 200
"""Characters of a value that a record shows."""


def shown(value: Any) -> str | None:
    """Return a value as a record shows it: text of at most 200 characters that any UTF-8 writer takes."""
    if value is None:
        return None
    text = value if isinstance(value, str) else str(value)
    return text[:VALUE_LENGTH].encode("utf-8", "replace").decode("utf-8")


class IssueLog:
    """The issues of one product or model; `attribute` and `locale` are set by whoever reads a value."""

    __slots__ = ("_issues", "attribute", "id", "kind", "locale", "uuid")

    def __init__(self, kind: str, item_id: str | None, uuid: str | None) -> None:
        """Start without issues."""
        self.kind = kind
        self.id = shown(item_id)
        self.uuid = shown(uuid)
        self.attribute: str | None = None
        self.locale: str | None = None
        # A value written twice (x-default and its own language) is still one issue.
        self._issues: dict[Issue, None] = {}

    def value(self, severity: Severity, reason: str, value: Any) -> None:
        """Record that a value was left out (reject) or changed (warn)."""
        issue = Issue(severity, "value", reason, self.id, self.uuid, self.attribute, self.locale, shown(value))
        self._issues[issue] = None

    def item(self, severity: Severity, reason: str, value: Any = None) -> None:
        """Record something about the item itself."""
        self._issues[Issue(severity, self.kind, reason, self.id, self.uuid, value=shown(value))] = None

    @property
    def issues(self) -> list[Issue]:
        """All issues, in the order they were found."""
        return list(self._issues)
