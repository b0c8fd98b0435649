"""What an import's log says: data errors and data warnings, grouped; other errors; where more logs are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from akeneo_sfcc.delivery.executions import Execution

MOST_GROUPS = 100
_EXAMPLES = 3
_LONGEST_LINE = 2_000

_DATA = re.compile(r"\bDATA(ERROR|WARNING)\b[\s:]*")
_ERROR = re.compile(r"^\[[^\]]*\]\s+(?:ERROR|FATAL)\b[\s:]*")
"""A line of that level: `[2024-05-01 10:00:00.000 GMT] ERROR …`. A parameter that is named so does not count."""

_OTHER_LOG = re.compile(r"/Sites/(IMPEX/log/[^\s'\"<>]+?\.log)\b", re.IGNORECASE)
_PARTICULAR = re.compile(r"'[^']*'|\"[^\"]*\"|\[[^\]]*\]|\b[\w.-]*\d[\w.-]*\b")


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that say the same of different things. text: of the first; examples: whole lines, the first few."""

    text: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a log says. errors, warnings: numbers of lines. other_logs: WebDAV paths that it mentions."""

    errors: int = 0
    warnings: int = 0
    error_groups: tuple[Group, ...] = ()
    warning_groups: tuple[Group, ...] = ()
    other_logs: tuple[str, ...] = ()


@dataclass(slots=True)
class _Counter:
    """Counts lines by what they say; what comes after the first so many kinds is counted alone."""

    lines: int = 0
    groups: dict[str, tuple[int, str, list[str]]] = field(default_factory=dict)

    def add(self, text: str, line: str) -> None:
        self.lines += 1
        kind = _PARTICULAR.sub("…", text)
        if kind not in self.groups and len(self.groups) >= MOST_GROUPS:
            kind, text = "", "other messages"
        count, first, examples = self.groups.get(kind, (0, text, []))
        if len(examples) < _EXAMPLES:
            examples.append(line)
        self.groups[kind] = (count + 1, first, examples)

    def grouped(self) -> tuple[Group, ...]:
        found = [Group(first, count, tuple(examples)) for count, first, examples in self.groups.values()]
        return tuple(sorted(found, key=lambda group: -group.count))


class LogReader:
    """Reads logs line by line; memory does not grow with them."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._errors = _Counter()
        self._warnings = _Counter()
        self._other: dict[str, None] = {}

    def read(self, chunks: Iterable[bytes]) -> None:
        """Read one log, given as chunks of bytes cut anywhere."""
        for line in _lines(chunks):
            self._line(line)

    def warn(self, text: str) -> None:
        """Add a warning of our own."""
        self._warnings.add(text, text)

    def _line(self, line: str) -> None:
        for path in _OTHER_LOG.findall(line):
            self._other[path] = None
        if found := _DATA.search(line):
            counter = self._errors if found[1] == "ERROR" else self._warnings
        elif found := _ERROR.search(line):
            counter = self._errors
        else:
            return
        counter.add(line[found.end() :].strip(), line)

    @property
    def findings(self) -> Findings:
        """What was found so far."""
        return Findings(
            self._errors.lines,
            self._warnings.lines,
            self._errors.grouped(),
            self._warnings.grouped(),
            tuple(self._other),
        )


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (_text(line) for line in whole)
        # A line without an end keeps its beginning, where the level stands.
        rest = rest[: 10 * _LONGEST_LINE]
    if rest:
        yield _text(rest)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").strip()[:_LONGEST_LINE]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an import is good. problems: why not, in words for an operator; empty: it is."""

    problems: tuple[str, ...]
    findings: Findings

    @property
    def good(self) -> bool:
        """Tell whether all was imported."""
        return not self.problems


def judge(execution: Execution, findings: Findings | None, what: str) -> Verdict:
    """Judge an execution that is over; findings: None without a log. what: what was imported, for messages.

    "Exit OK" proves nothing: neither data errors nor a log that is missing count as imported.
    """
    named = f"{what}: job {execution.job_id}, execution {execution.id}"
    problems = []
    if execution.status == "aborted":
        problems.append(f"{named} was aborted, by a person in Business Manager or by a restart of the instance")
    elif execution.failed:
        said = f": {execution.message}" if execution.message else ""
        problems.append(f"{named} ended with exit status {execution.exit_code or '(none)'}{said}")
    if findings is None:
        problems.append(f"{named} left no log, so nothing shows that the data were imported")
        return Verdict(tuple(problems), Findings())
    for group in findings.error_groups:
        times = f" ({group.count} times)" if group.count > 1 else ""
        problems.append(f"{named}: SFCC refused data: {group.text}{times}")
    return Verdict(tuple(problems), findings)
