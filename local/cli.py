"""The `akeneo-sfcc` command.

Exit codes: 0 done, 1 the run failed, 2 bad usage or configuration. Errors are one message on standard error.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence

from akeneo_sfcc.errors import ConfigurationError, ConnectorError
from local.commands import check, configure, demo, pim, preview, run, sfcc

DONE, FAILED, BAD_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    parsed = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = parsed.command
    try:
        return command(parsed)
    except KeyboardInterrupt:
        return _say(parsed, "stopped", FAILED)
    except ConfigurationError as error:
        return _say(parsed, "\n".join(error.problems), BAD_USAGE)
    except ConnectorError as error:
        return _say(parsed, str(error), FAILED)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _say(parsed, f"{place}{error.strerror or error}", FAILED)
    except Exception as error:
        return _say(parsed, f"unexpected {type(error).__name__}: {error} (--verbose says where)", FAILED)


def _say(parsed: argparse.Namespace, message: str, code: int) -> int:
    if parsed.verbose:
        traceback.print_exc()
    print(f"akeneo-sfcc: {message}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="akeneo-sfcc", description="Imports an Akeneo PIM catalogue into Salesforce B2C Commerce, on this machine."
    )
    parser.add_argument("--verbose", action="store_true", help="show where an error comes from")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for module in (run, check, configure, preview, pim, sfcc, demo):
        module.add_parser(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
