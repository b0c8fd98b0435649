"""What the template allows: actions by name, on things by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.project.rules.machines import load_yaml

KNOW_NO_RESOURCE = {
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
}
"""Actions that have no resource to name: https://docs.aws.amazon.com/service-authorization/latest/reference/."""

OF_THE_RESOURCE_ITSELF = {"AWS::KMS::Key"}
"""Types whose policy means the resource it stands in by `*`, and its owner by `kms:*`."""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every policy statement below a value of the template."""
    if isinstance(value, dict):
        if value.get("Effect") in ("Allow", "Deny"):
            yield value
        for inner in value.values():
            yield from statements(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from statements(inner)


def _text(resource: Any) -> str:
    """Return a resource's ARN as far as it is written out: what !Sub says, nothing for a reference."""
    found = resource.get("Fn::Sub", "") if isinstance(resource, dict) else resource
    return str(found[0] if isinstance(found, list) else found)


def wide_permissions(root: Path) -> list[str]:
    """Report allowed actions with a wildcard, and allowed resources without a name where one can be given."""
    problems = []
    for name, resource in load_yaml(root / "template.yaml")["Resources"].items():
        if resource["Type"] in OF_THE_RESOURCE_ITSELF:
            continue
        for statement in statements(resource.get("Properties", {})):
            if statement["Effect"] != "Allow":
                continue
            actions = _listed(statement.get("Action", "*"))
            problems += [f"{name}: allows {action}" for action in actions if "*" in action]
            # Who may take a role on stands in the role: such a statement has no resource.
            for found in _listed(statement.get("Resource", [] if "Principal" in statement else "*")):
                text = _text(found)
                if text == "*" and (nameable := sorted(set(actions) - KNOW_NO_RESOURCE)):
                    problems.append(f"{name}: allows {', '.join(nameable)} on everything")
                # arn:partition:service:region:account:thing; a thing that is all wildcard names nothing.
                if text.startswith("arn:") and set(text.split(":", 5)[-1]) <= set("*:/"):
                    problems.append(f"{name}: {text} names nothing")
        problems += [
            f"{name}: has the managed policy {policy}"
            for policy in _listed(resource.get("Properties", {}).get("Policies", []))
            if isinstance(policy, str)
        ]
    return problems
