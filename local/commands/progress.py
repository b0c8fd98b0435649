"""What a person sees while a job runs: a bar on a terminal, plain lines elsewhere, both on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from local.embedded.engine import Step

LINES_EVERY_SECONDS = 10.0


class Listener(Protocol):
    """Takes an execution's steps."""

    def __call__(self, step: Step, /) -> None:
        """Show a step."""


@contextmanager
def show_progress(stream: TextIO | None = None) -> Iterator[Listener]:
    """Show an execution's steps until the block ends."""
    target = stream or sys.stderr
    if not target.isatty():
        yield Lines(target)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=target)) as progress:
        yield Bars(progress)


class Lines:
    """One line a state, and one from time to time within a map."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        """Take where to write."""
        self._stream = stream
        self._clock = clock
        self._done = 0
        self._total = 0
        self._last = 0.0

    def __call__(self, step: Step) -> None:
        """Write a line for a state or for an item's end, the latter not more often than every ten seconds."""
        now = self._clock()
        if step.kind == "item":
            self._done += 1
            if self._done < self._total and now - self._last < LINES_EVERY_SECONDS:
                return
            text = f"{step.state}: {self._done} of {self._total}"
        else:
            self._done, self._total = 0, step.total
            text = f"{step.state}: {step.total} items" if step.kind == "map" else step.state
        self._last = now
        print(text, file=self._stream, flush=True)


class Bars:
    """A bar for each state."""

    def __init__(self, progress: Progress) -> None:
        """Take where to draw."""
        self._progress = progress
        self._current: TaskID | None = None

    def __call__(self, step: Step) -> None:
        """Draw a bar for a state, or move the current one."""
        if step.kind == "item":
            if self._current is not None:
                self._progress.advance(self._current)
            return
        if self._current is not None:
            # A task is done when the next begins.
            total = self._progress.tasks[-1].total
            self._progress.update(self._current, completed=total)
        self._current = self._progress.add_task(step.state, total=step.total if step.kind == "map" else 1)
