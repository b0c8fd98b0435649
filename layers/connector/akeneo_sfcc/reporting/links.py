"""Addresses of AWS's console, for people who follow a message."""

from __future__ import annotations

from urllib.parse import quote

_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


def execution_link(execution_arn: str) -> str:
    """Return the console's page of an execution; partition and region are those of its ARN."""
    _, partition, _, region, *_ = execution_arn.split(":")
    place = f"https://{_console(partition, region)}/states/home?region={quote(region, safe='')}"
    return f"{place}#/v2/executions/details/{quote(execution_arn, safe=':')}"


def object_link(partition: str, region: str, bucket: str, key: str) -> str:
    """Return the console's page of an object in S3, from where it is opened or downloaded."""
    place = f"https://{_console(partition, region)}/s3/object/{quote(bucket, safe='')}"
    return f"{place}?region={quote(region, safe='')}&prefix={quote(key, safe='')}"


def _console(partition: str, region: str) -> str:
    # China and GovCloud have consoles of their own, one for all their regions.
    host = _CONSOLES.get(partition, _CONSOLES["aws"])
    return f"{region}.{host}" if host == _CONSOLES["aws"] else host
