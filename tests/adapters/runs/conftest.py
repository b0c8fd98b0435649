"""Both ledgers: the one on DynamoDB and the fake the other tests use."""

from __future__ import annotations

import threading

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws
from moto.dynamodb.responses import DynamoHandler

from akeneo_sfcc.runs.dynamodb import RUNS_INDEX, DynamoRunLedger
from akeneo_sfcc.runs.ledger import RunLedger
from tests.fakes.ledger import InMemoryLedger

TABLE = "runs"


@pytest.fixture
def one_write_at_a_time(monkeypatch):
    """DynamoDB checks a condition and writes in one step; moto's threads can come between the two."""
    step = threading.Lock()
    answer = DynamoHandler.call_action

    def in_one_step(self):
        with step:
            return answer(self)

    monkeypatch.setattr(DynamoHandler, "call_action", in_one_step)


@pytest.fixture
def client(monkeypatch, one_write_at_a_time):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1", config=Config(retries={"total_max_attempts": 1}))
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "job", "started_at")
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": RUNS_INDEX,
                    "KeySchema": [
                        {"AttributeName": "job", "KeyType": "HASH"},
                        {"AttributeName": "started_at", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        yield client


@pytest.fixture(params=["memory", "dynamodb"])
def ledger(request) -> RunLedger:
    if request.param == "memory":
        return InMemoryLedger()
    return DynamoRunLedger(request.getfixturevalue("client"), TABLE)
