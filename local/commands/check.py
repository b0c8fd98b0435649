"""`akeneo-sfcc check`: does the configuration fit the PIM?"""

from __future__ import annotations

import argparse
from typing import Any

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.stages.read_structure import fetch_structure
from akeneo_sfcc.stages.structure_check import check_structure
from local.commands.attribute_list import attribute_lines
from local.commands.connection import add_connection, open_pim, read_configuration


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "check",
        help="hold the configuration against the PIM",
        description="Connect to the PIM, list what becomes of each attribute, and say everything in the configuration "
        "that does not fit the PIM.",
    )
    add_connection(parser)
    parser.set_defaults(command=check)


def check(parsed: argparse.Namespace) -> int:
    """List the attributes as they will be defined; raises ConfigurationError with every problem."""
    _, settings = read_configuration(parsed.config, parsed.pim_url)
    pim = open_pim(settings)
    version, edition = pim.version()
    structure, problems = fetch_structure(pim, settings)
    problems = list(dict.fromkeys([*problems, *check_structure(settings, structure)]))
    print(f"{settings.pim.base_url}: Akeneo {version or 'of unknown version'} {edition}".rstrip())
    for line in attribute_lines(settings, structure):
        print(line)
    if problems:
        raise ConfigurationError(problems)
    print(f"channel {structure.channel.code}: {', '.join(structure.channel.locales)}")
    print(f"{len(structure.attributes)} attributes, {len(structure.families)} families: the configuration fits")
    return 0
