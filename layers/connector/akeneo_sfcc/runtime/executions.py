"""What Step Functions tells of an execution: its status, and why an item of its map failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from akeneo_sfcc.runtime.failures import as_one_of_four
from akeneo_sfcc.stages.services import FailedItem

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_BAD_ENDS = ("FAILED", "TIMED_OUT")
"""How a child ends that makes its map fail; the ones ABORTED were stopped because of it."""


def execution_status(machines: SFNClient, arn: str) -> str | None:
    """Return the status of an execution, None when there is none of this ARN."""
    try:
        return machines.describe_execution(executionArn=arn)["status"]
    except ClientError as error:
        if error.response["Error"].get("Code") == "ExecutionDoesNotExist":
            return None
        raise


def failed_item(machines: SFNClient, arn: str) -> FailedItem | None:
    """Return the first item that failed in the last map run of an execution, None when none did.

    Raises the kinds of ConnectorError. The path is ListMapRuns, ListExecutions of the map run, DescribeExecution
    (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-examine-map-run.html).
    """
    try:
        runs = machines.get_paginator("list_map_runs").paginate(executionArn=arn)
        map_runs = [run for page in runs for run in page["mapRuns"]]
        for run in sorted(map_runs, key=lambda each: each["startDate"], reverse=True):
            ended = [child for status in _BAD_ENDS for child in _children(machines, run["mapRunArn"], status)]
            if ended:
                first = min(ended, key=lambda child: child["stopDate"])
                return _item(machines, first["executionArn"])
    except (ClientError, BotoCoreError) as error:
        raise as_one_of_four(error) from error
    return None


def _children(machines: SFNClient, map_run: str, status: Any) -> list[Any]:
    # A map stops at its first failure: there are no more of them than items run at once, and a page holds 100.
    return machines.list_executions(mapRunArn=map_run, statusFilter=status)["executions"]


def _item(machines: SFNClient, arn: str) -> FailedItem:
    child = machines.describe_execution(executionArn=arn)
    return FailedItem(
        error=child.get("error") or child["status"], cause=child.get("cause") or "", item=child.get("input") or ""
    )
