"""The functions' log: lines of JSON, by Powertools."""

from __future__ import annotations

from functools import cache

from aws_lambda_powertools import Logger


@cache
def process_logger() -> Logger:
    """Return the process's logger; keys appended to it stand on every line until they are cleared."""
    return Logger(use_rfc3339=True)
