"""What of the template exists in the embedded AWS besides functions and machines: bucket, table, secret, topic."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.embedded.template import REGION, Template


@dataclass(frozen=True, slots=True)
class Resources:
    """The names of what was created; expire: key prefix → days after which the bucket's rules delete."""

    buckets: tuple[str, ...]
    tables: tuple[str, ...]
    expire: dict[str, int]


def create_resources(
    template: Template,
    client: Callable[[str], Any],
    secrets: Mapping[str, Mapping[str, str] | None],
) -> Resources:
    """Create the data resources and tell the template the ARNs that AWS chooses.

    client: makes the client of a service. secrets: logical id → what the secret holds; one without is created empty, as
    in a new stack.

    The bucket has no versions here: they would keep every overwritten object in memory.
    """

    buckets, tables = [], []
    expire: dict[str, int] = {}
    for logical_id, properties in template.of_type("AWS::S3::Bucket"):
        buckets.append(template.name_of(logical_id))
        client("s3").create_bucket(Bucket=buckets[-1], CreateBucketConfiguration={"LocationConstraint": REGION})
        for rule in properties.get("LifecycleConfiguration", {}).get("Rules", ()):
            if "ExpirationInDays" in rule and rule.get("Prefix"):
                expire[rule["Prefix"]] = int(rule["ExpirationInDays"])
    for logical_id, properties in template.of_type("AWS::DynamoDB::Table"):
        tables.append(template.name_of(logical_id))
        wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        client("dynamodb").create_table(
            TableName=tables[-1], **{name: properties[name] for name in wanted if name in properties}
        )
    for logical_id, _ in template.of_type("AWS::SecretsManager::Secret"):
        content = secrets.get(logical_id)
        secret = {"SecretString": json.dumps(dict(content))} if content else {}
        answer = client("secretsmanager").create_secret(Name=template.name_of(logical_id), **secret)
        template.arns[logical_id] = answer["ARN"]
    for logical_id, _ in template.of_type("AWS::SNS::Topic"):
        template.arns[logical_id] = client("sns").create_topic(Name=template.name_of(logical_id))["TopicArn"]
    return Resources(tuple(buckets), tuple(tables), expire)
