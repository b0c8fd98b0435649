"""`akeneo-sfcc preview`: the first items as SFCC would get them."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from akeneo_sfcc.akeneo.client import ItemQuery
from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.pim.parse import parse_product
from akeneo_sfcc.stages.hierarchy import main_identifier
from akeneo_sfcc.stages.read_structure import fetch_structure
from local.commands.connection import (
    add_connection,
    configuration_name,
    open_pim,
    read_configuration,
    read_credentials,
)
from local.commands.progress import show_progress
from local.commands.run import TEMPLATE, tell

JOB = "3-2-Akeneo-Full-Import-Products"
MOST = 100
"""A page of the PIM's API, and what it takes in one filter."""


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "preview",
        help="show the first mapped items",
        description="Map the PIM's first products in a dry run of the full import; XML goes to standard output, "
        "rejects and warnings to standard error.",
    )
    add_connection(parser)
    parser.add_argument("--limit", type=_limit, default=10, metavar="N", help=f"products to map, at most {MOST}")
    parser.set_defaults(command=preview)


def preview(parsed: argparse.Namespace) -> int:
    """Run the job for the first products and print what it wrote."""
    from local.embedded.aws import EmbeddedAws

    document, settings = read_configuration(parsed.config, parsed.pim_url)
    search = {name: [dict(each) for each in found] for name, found in settings.pim.product_filter.search.items()}
    pim = open_pim(settings)
    structure, problems = fetch_structure(pim, settings)
    if problems:
        raise ConfigurationError(problems)
    page = pim.page("product", ItemQuery(search=search), limit=parsed.limit)
    products = [parse_product(item, main_identifier(structure)) for item in page.items]
    identifiers = [product.identifier for product in products if product.identifier]
    if not identifiers:
        raise ConfigurationError(
            "pim.product_filter: no product with an identifier passes; allowed: one that lets some"
        )
    credentials = read_credentials(settings.pim.base_url)
    name = configuration_name(parsed.config)
    run_input = {"config": name, "dry_run": True, "only": {"identifiers": identifiers}}
    with tempfile.TemporaryDirectory() as folder, EmbeddedAws(TEMPLATE, document, credentials, name=name) as aws:
        with show_progress() as listener:
            outcome = aws.run(JOB, run_input, listener)
        if outcome.status != "SUCCEEDED":
            return tell(outcome, None)
        files = Path(folder) / "preview"
        aws.export(JOB, outcome.run_id, files)
        for path in sorted(files.glob("catalogs/*/*.xml")):
            print(f"<!-- {path.relative_to(files)} -->")
            print(path.read_text("utf-8"))
        records = files / "records.jsonl"
        sys.stderr.write(records.read_text("utf-8") if records.exists() else "")
    return 0


def _limit(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not allowed; allowed: 1 to {MOST}")
    return int(text)
