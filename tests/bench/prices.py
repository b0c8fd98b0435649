"""What AWS charges: list prices, to be checked before anybody relies on them.

They are those of us-east-1 as published in 2025, arm64, without free tiers and discounts; nothing here asks AWS. Every
one can be given to `bench_cost` by its name (`--lambda-gb-second 0.0000133334`).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields

REGION = "us-east-1"
TAKEN = "2025; check them"

FULL_CPU_MB = 1769
"""Memory at which a function has one whole virtual CPU; below it has a share in proportion."""


@dataclass(frozen=True)
class Prices:
    """US dollars, each for one unit."""

    lambda_gb_second: float = 0.0000133334
    lambda_request: float = 0.20 / 1e6
    state_transition: float = 0.025 / 1e3
    s3_write: float = 0.005 / 1e3  # PUT, POST, COPY, LIST
    s3_read: float = 0.0004 / 1e3  # GET, HEAD
    s3_gb_month: float = 0.023
    dynamodb_write: float = 0.625 / 1e6
    dynamodb_read: float = 0.125 / 1e6
    log_gb: float = 0.50
    metric_month: float = 0.30
    trace: float = 5.00 / 1e6
    secret_read: float = 0.05 / 1e4


def add_prices(parser: argparse.ArgumentParser) -> None:
    """Give the parser an option for each price."""
    group = parser.add_argument_group(f"prices in US dollars, {REGION}, {TAKEN}")
    for each in fields(Prices):
        group.add_argument(f"--{each.name.replace('_', '-')}", type=float, default=each.default)


def prices_from(parsed: argparse.Namespace) -> Prices:
    """Return the prices of the command line."""
    return Prices(**{each.name: getattr(parsed, each.name) for each in fields(Prices)})
