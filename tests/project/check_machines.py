"""Check the state machine definitions and permissions without running anything; `make check` calls it."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.project.rules import machines, permissions

CHECKS = (
    machines.broken_graphs,
    machines.missing_retries,
    machines.caught_failures,
    machines.unreadable_names,
    machines.hard_coded_places,
    machines.unmatched_substitutions,
    permissions.wide_permissions,
)


def main(root: Path) -> int:
    """Print what is wrong with the state machines below a folder; return the process's exit status."""
    files = machines.machine_files(root)
    problems = [problem for check in CHECKS for problem in check(root)]
    problems += [] if files else [f"no state machine in {root / machines.MACHINES}"]
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201 - a command's output
    if not problems:
        print(f"{len(files)} state machine definitions and all permissions are sound")  # noqa: T201
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[2]))
