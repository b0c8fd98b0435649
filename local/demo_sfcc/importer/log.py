"""What an import has to say: data errors and data warnings, none of which stops it, and what it did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["DATAERROR", "DATAWARNING", "INFO"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: where it was found, about which object, what is wrong."""

    severity: Severity
    file: str
    object: str
    message: str

    def __str__(self) -> str:
        if self.severity == "INFO":
            return f"{self.file}: {self.message}"
        return f"{self.severity} {self.file} [{self.object}] {self.message}"


@dataclass(slots=True)
class ImportLog:
    """The log of all files so far; `file` is the one being read."""

    file: str = ""
    lines: list[Entry] = field(default_factory=list)

    def info(self, message: str) -> None:
        """Note what was done."""
        self.lines.append(Entry("INFO", self.file, "", message))

    def warn(self, about: str, message: str) -> None:
        """Note something that was ignored or replaced by a default."""
        self.lines.append(Entry("DATAWARNING", self.file, about, message))

    def error(self, about: str, message: str) -> None:
        """Note an object, a relation or a value that was not imported."""
        self.lines.append(Entry("DATAERROR", self.file, about, message))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def entries(self) -> list[Entry]:
        """The data errors and data warnings, in the order they were found."""
        return [entry for entry in self.lines if entry.severity != "INFO"]

    @property
    def errors(self) -> list[Entry]:
        """The data errors."""
        return [entry for entry in self.lines if entry.severity == "DATAERROR"]

    @property
    def warnings(self) -> list[Entry]:
        """The data warnings."""
        return [entry for entry in self.lines if entry.severity == "DATAWARNING"]
