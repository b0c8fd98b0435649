"""`akeneo-sfcc configure`: a configuration from its file into a stack's Parameter Store."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from akeneo_sfcc.runtime.configuration import split_document
from akeneo_sfcc.runtime.failures import as_one_of_four
from local.commands.connection import configuration_name, read_configuration

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "configure",
        help="put a configuration into a stack's Parameter Store",
        description="Check a configuration and put it into Parameter Store, one parameter a section.",
    )
    parser.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="the configuration; its name is the file's"
    )
    parser.add_argument("--stack", default="akeneo-sfcc", metavar="NAME", help="the stack's name (akeneo-sfcc)")
    parser.add_argument("--region", metavar="REGION", help="the stack's region, instead of the AWS settings'")
    parser.add_argument("--dry-run", action="store_true", help="check, and say what would be put; AWS is not asked")
    parser.set_defaults(command=configure)


def configure(parsed: argparse.Namespace) -> int:
    """Put what differs, delete what the file no longer has, and say so."""
    name = configuration_name(parsed.config)
    document, _ = read_configuration(parsed.config, None)
    prefix = f"/{parsed.stack}/config/{name}/"
    wanted = {f"{prefix}{place}": value for place, value in split_document(document).items()}
    if parsed.dry_run:
        for place, value in wanted.items():
            print(f"would put {place} ({len(value.encode())} bytes)")
        return 0
    import boto3

    try:
        put, deleted = replace_parameters(boto3.client("ssm", region_name=parsed.region), prefix, wanted)
    except Exception as error:
        raise as_one_of_four(error) from error
    for place in put:
        print(f"put {place}")
    for place in deleted:
        print(f"deleted {place}")
    print(f'configuration {name}: {len(wanted)} parameters; start a job with {{"config": "{name}"}}')
    return 0


def replace_parameters(ssm: SSMClient, prefix: str, wanted: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Make the parameters below a path the wanted ones; returns the names put and the names deleted."""
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=prefix, Recursive=True)
    found = {each["Name"]: each["Value"] for page in pages for each in page["Parameters"]}
    put = [name for name, value in wanted.items() if found.get(name) != value]
    for name in put:
        # A parameter over 4 KB costs; this tier takes that one only where it is needed.
        ssm.put_parameter(Name=name, Value=wanted[name], Type="String", Tier="Intelligent-Tiering", Overwrite=True)
    deleted = sorted(found.keys() - wanted.keys())
    for start in range(0, len(deleted), 10):
        ssm.delete_parameters(Names=deleted[start : start + 10])
    return put, deleted
