"""`akeneo-sfcc check`: does the configuration fit the PIM, and may it deliver into SFCC?"""

from __future__ import annotations

import argparse
from io import BytesIO
from typing import Any

from akeneo_sfcc.delivery.client import ARCHIVES, SfccClient
from akeneo_sfcc.delivery.errors import LoginError
from akeneo_sfcc.delivery.executions import SITE_IMPORT
from akeneo_sfcc.delivery.transport import Upload
from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.stages.read_structure import fetch_structure
from akeneo_sfcc.stages.structure_check import check_structure
from local.commands.attribute_list import attribute_lines
from local.commands.connection import add_connection, add_instance, open_pim, open_sfcc, read_configuration


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "check",
        help="hold the configuration against the PIM and SFCC",
        description="Connect to the PIM, list what becomes of each attribute, and say everything in the configuration "
        "that does not fit the PIM. Where it delivers, connect to SFCC and say which permission is missing.",
    )
    add_connection(parser)
    add_instance(parser)
    parser.set_defaults(command=check)


def check(parsed: argparse.Namespace) -> int:
    """List the attributes as they will be defined; raises ConfigurationError with every problem."""
    _, settings = read_configuration(parsed.config, parsed.pim_url, parsed.sfcc_url)
    pim = open_pim(settings)
    version, edition = pim.version()
    structure, problems = fetch_structure(pim, settings)
    problems = list(dict.fromkeys([*problems, *check_structure(settings, structure)]))
    sfcc = open_sfcc(settings)
    if sfcc is not None:
        problems += instance_problems(sfcc)
    print(f"{settings.pim.base_url}: Akeneo {version or 'of unknown version'} {edition}".rstrip())
    for line in attribute_lines(settings, structure):
        print(line)
    if problems:
        raise ConfigurationError(problems)
    print(f"channel {structure.channel.code}: {', '.join(structure.channel.locales)}")
    print(f"{len(structure.attributes)} attributes, {len(structure.families)} families: the configuration fits")
    if sfcc is not None:
        print(f"{settings.delivery.host}: the API client may upload, see jobs and read logs")
    return 0


def instance_problems(sfcc: SfccClient) -> list[str]:
    """Return what the API client may not do, a sentence each; nothing is started and nothing stays on the instance."""
    probe = f"{ARCHIVES}/akeneo-sfcc-check.txt"
    body = b"akeneo-sfcc check\n"
    problems = []
    for question in (
        lambda: sfcc.webdav.put(probe, Upload(len(body), lambda: BytesIO(body))),
        lambda: sfcc.webdav.delete(probe),
        lambda: sfcc.webdav.names("Logs"),
        lambda: sfcc.jobs.under_way(SITE_IMPORT),
    ):
        try:
            question()
        except LoginError as error:
            return [f"delivery: {error}"]
        except ConfigurationError as error:
            problems += [f"delivery: {problem}" for problem in error.problems]
    return problems
