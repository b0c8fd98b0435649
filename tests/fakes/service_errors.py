"""Errors as boto3 raises them for what an AWS service answers."""

from __future__ import annotations

from botocore.exceptions import ClientError


def service_error(code: str, status: int, operation: str = "Call") -> ClientError:
    """An error of a service: its code and its HTTP status."""
    return ClientError(
        {
            "Error": {"Code": code},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": "request-1",
                "HostId": "host-1",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        },
        operation,
    )
