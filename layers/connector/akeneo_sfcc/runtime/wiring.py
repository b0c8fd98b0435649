"""The composition root: everything a stage is given is made here, and nowhere else.

One `Wiring` lives as long as its process. Clients of AWS are kept for good; settings, PIM clients and what stages
keep belong to one run and are dropped when the next one begins, so that a warm process sees changed settings and
secrets.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from akeneo_sfcc.akeneo.client import AkeneoClient, Usage
from akeneo_sfcc.akeneo.credentials import Credentials
from akeneo_sfcc.delivery.auth import SfccCredentials
from akeneo_sfcc.delivery.client import Addresses, SfccClient
from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.reporting.links import object_link
from akeneo_sfcc.runs.dynamodb import DynamoRunLedger
from akeneo_sfcc.runtime.configuration import read_document
from akeneo_sfcc.runtime.environment import Environment
from akeneo_sfcc.runtime.executions import execution_status, failed_item
from akeneo_sfcc.runtime.log import process_logger
from akeneo_sfcc.runtime.metrics import measure_run
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.storage.s3 import S3Store

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient

PIM_SECRET = ("client_id", "client_secret", "username", "password")
SFCC_SECRET = ("client_id", "client_secret")
"""The keys of the two secrets."""

_SUBJECT_CHARACTERS = 100  # https://docs.aws.amazon.com/sns/latest/api/API_Publish.html

# A stage's own threads share the clients: as many connections as it may use at once.
_CLIENT_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 5},
    connect_timeout=5,
    read_timeout=60,
    max_pool_connections=32,
)


@dataclass(frozen=True)
class AwsClients:
    """The AWS services the product talks to; each client is made when first needed."""

    session: boto3.Session = field(default_factory=boto3.Session)

    def store(self, bucket: str) -> S3Store:
        """Return the bucket's objects."""
        return S3Store(self.session.client("s3", config=_CLIENT_CONFIG), bucket)

    def ledger(self, table: str) -> DynamoRunLedger:
        """Return the table's run ledger."""
        return DynamoRunLedger(self.session.client("dynamodb", config=_CLIENT_CONFIG), table)

    def parameters(self) -> SSMClient:
        """Return a client of Parameter Store."""
        client: SSMClient = self.session.client("ssm", config=_CLIENT_CONFIG)
        return client

    def secrets(self) -> SecretsManagerClient:
        """Return a client of Secrets Manager."""
        client: SecretsManagerClient = self.session.client("secretsmanager", config=_CLIENT_CONFIG)
        return client

    def machines(self) -> SFNClient:
        """Return a client of Step Functions."""
        client: SFNClient = self.session.client("stepfunctions", config=_CLIENT_CONFIG)
        return client

    def topics(self) -> SNSClient:
        """Return a client of SNS."""
        client: SNSClient = self.session.client("sns", config=_CLIENT_CONFIG)
        return client


class Wiring:
    """Makes the services of one process."""

    def __init__(self, environment: Environment, aws: AwsClients) -> None:
        """Take what the stack says and how AWS is reached."""
        self._environment = environment
        self._aws = aws
        self._store = aws.store(environment.bucket_name)
        self._ledger = aws.ledger(environment.table_name)
        self._run_id: str | None = None
        self._settings: dict[str, Settings] = {}
        self._pims: dict[tuple[str, int], AkeneoClient] = {}
        self._instances: dict[str, SfccClient] = {}
        self._kept: dict[str, tuple[str, object]] = {}

    def services(self, run_id: str | None, remaining: Callable[[], float]) -> Services:
        """Return the services for one invocation; None for a run that does not exist yet."""
        if run_id is None or run_id != self._run_id:
            self._run_id = run_id
            self._settings, self._pims, self._instances, self._kept = {}, {}, {}, {}
        return Services(
            store=self._store,
            ledger=self._ledger,
            settings=self._read_settings,
            pim=self._pim,
            sfcc=self._sfcc,
            now=_now,
            remaining=remaining,
            executions=lambda arn: execution_status(self._aws.machines(), arn),
            failed_item=lambda arn: failed_item(self._aws.machines(), arn),
            publish=self._publish,
            tell_success=self._environment.notify_success,
            page_link=self._page_link,
            measure=measure_run,
            log=_log,
            kept=self._kept,
        )

    def usage(self) -> Usage:
        """Return what all calls of the PIM have come to since the process turned to the run."""
        return sum((client.usage for client in self._pims.values()), Usage())

    def _read_settings(self, name: str) -> Settings:
        if name not in self._settings:
            document = read_document(self._aws.parameters(), self._environment.config_path, name)
            self._settings[name] = Settings.parse(document)
        return self._settings[name]

    def _pim(self, settings: Settings) -> AkeneoClient:
        place = (settings.pim.base_url, settings.pim.max_concurrency)
        if place not in self._pims:
            self._pims[place] = AkeneoClient(
                settings.pim.base_url,
                Credentials(*self._secret(self._environment.pim_secret_arn, PIM_SECRET)),
                max_concurrency=settings.pim.max_concurrency,
                sleep=self._sleep,
            )
        return self._pims[place]

    def _sfcc(self, settings: Settings) -> SfccClient:
        delivery = settings.delivery
        host = delivery.host
        if host is None:
            raise ConfigurationError("delivery.host: is needed to deliver: value null; allowed: a host name")
        if host not in self._instances:
            self._instances[host] = SfccClient(
                Addresses.of(host, delivery.short_code),
                SfccCredentials(*self._secret(self._environment.sfcc_secret_arn, SFCC_SECRET)),
                ocapi_version=delivery.ocapi_version,
                tenant_id=delivery.tenant_id,
                sleep=self._sleep,
            )
        return self._instances[host]

    def _sleep(self, seconds: float) -> None:
        time.sleep(seconds * self._environment.retry_scale)

    def _secret(self, arn: str, names: tuple[str, ...]) -> tuple[str, ...]:
        secret = ""
        # A secret that was created and never filled has no current version.
        with _without("ResourceNotFoundException"):
            secret = self._aws.secrets().get_secret_value(SecretId=arn)["SecretString"]
        return read_secret(secret, names, f"secret {arn}")

    def _page_link(self, key: str) -> str:
        # The topic is of this stack: its ARN tells partition and region.
        _, partition, _, region, *_ = self._environment.topic_arn.split(":")
        return object_link(partition, region, self._environment.bucket_name, key)

    def _publish(self, subject: str, text: str) -> None:
        line = " ".join(subject.split())[:_SUBJECT_CHARACTERS].encode("ascii", "replace").decode()
        self._aws.topics().publish(TopicArn=self._environment.topic_arn, Subject=line, Message=text)


def read_secret(secret: str, names: tuple[str, ...], source: str) -> tuple[str, ...]:
    """Return the named values of a secret's JSON; ConfigurationError names what is missing, no value."""
    wanted = ", ".join(names)
    try:
        found: Any = json.loads(secret or "{}")
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{source}: is not JSON; allowed: an object with {wanted}") from error
    values = [found.get(name) for name in names] if isinstance(found, dict) else [None] * len(names)
    missing = [name for name, value in zip(names, values, strict=True) if not isinstance(value, str) or not value]
    if missing:
        raise ConfigurationError(f"{source}: lacks {', '.join(missing)}; allowed: an object with {wanted}")
    return tuple(map(str, values))


class _without(suppress):  # noqa: N801 - reads as the context manager it is
    """Go on after an AWS error of one code; any other passes."""

    def __init__(self, code: str) -> None:
        super().__init__(ClientError)
        self._code = code

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        if not isinstance(error, ClientError):
            return False
        return bool(error.response["Error"].get("Code") == self._code)


def _log(message: str, fields: Mapping[str, Any]) -> None:
    process_logger().info(message, extra=dict(fields))


def _now() -> datetime:
    return datetime.now(UTC)
