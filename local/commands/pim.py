"""`akeneo-sfcc pim serve` and `pim record`: a PIM to try things on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from akeneo_sfcc.errors import ConfigurationError
from local.commands.connection import add_connection, open_pim, read_configuration


def add_parser(commands: Any) -> None:
    """Declare the commands."""
    parser = commands.add_parser("pim", help="the demo PIM", description="A PIM to try things on.")
    pims = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    serving = pims.add_parser("serve", help="serve a demo PIM on 127.0.0.1 until interrupted")
    source = serving.add_mutually_exclusive_group()
    source.add_argument("--snapshot", type=Path, metavar="DIR", help="what `pim record` wrote")
    source.add_argument("--products", type=_positive, metavar="N", help="make a catalogue of this size")
    serving.add_argument("--seed", type=int, default=1, metavar="S", help="another catalogue of the same size")
    serving.add_argument("--port", type=port_number, default=8080, metavar="P", help="0: a free one")
    serving.add_argument("--latency-ms", type=_not_negative, default=0, metavar="L", help="time each page takes")
    serving.add_argument("--pim-version", default="7.0", metavar="V", help="the version it pretends to be")
    serving.set_defaults(command=serve)
    recording = pims.add_parser("record", help="write a snapshot of a real PIM")
    add_connection(recording)
    recording.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the snapshot goes")
    recording.set_defaults(command=record)


def serve(parsed: argparse.Namespace) -> int:
    """Serve until interrupted, which is how it ends well."""
    from local.demo_pim.commands import serve as serve_pim

    try:
        serve_pim(
            snapshot=parsed.snapshot,
            products=parsed.products,
            seed=parsed.seed,
            port=parsed.port,
            latency_ms=parsed.latency_ms,
            version=parsed.pim_version,
        )
    except KeyboardInterrupt:
        return 0
    except ValueError as error:
        raise ConfigurationError(f"--snapshot {parsed.snapshot}: {error}") from error
    return 0


def record(parsed: argparse.Namespace) -> int:
    """Record the PIM of a configuration."""
    from local.demo_pim.commands import record as record_pim

    _, settings = read_configuration(parsed.config, parsed.pim_url)
    record_pim(open_pim(settings), parsed.out)
    return 0


def _number(text: str, least: int, most: int) -> int:
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not allowed; allowed: {least} to {most}")
    return value


def _positive(text: str) -> int:
    return _number(text, 1, 100_000_000)


def _not_negative(text: str) -> int:
    return _number(text, 0, 60_000)


def port_number(text: str) -> int:
    """Return a port of the command line; 0: a free one."""
    return _number(text, 0, 65535)
