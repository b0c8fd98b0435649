"""What the template promises, checked without an account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint_file

from local.embedded.template import Machine, Template, load_template
from tests.project.rules.machines import states


@pytest.fixture
def template(repo_root: Path) -> Template:
    found = load_template(repo_root / "template.yaml")
    found.arns = {
        "PimSecret": "arn:aws:secretsmanager:pim",
        "SfccSecret": "arn:aws:secretsmanager:sfcc",
        "NotificationTopic": "arn:aws:sns:topic",
    }
    return found


def statements(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every permission given to a role, with the role's name."""
    for name, role in template.of_type("AWS::IAM::Role"):
        for policy in role.get("Policies", ()):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_cfn_lint_finds_nothing(repo_root: Path) -> None:
    assert [str(found) for found in lint_file(repo_root / "template.yaml")] == []


def test_the_bucket_is_private_encrypted_versioned_and_kept(template: Template) -> None:
    ((name, bucket),) = template.of_type("AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert template.resources[name]["DeletionPolicy"] == "Retain"
    expiring = {rule.get("Prefix") for rule in bucket["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in rule}
    assert expiring == {"runs/", "exports/"}, "committed state and media never expire"


def test_the_bucket_refuses_plain_http(template: Template) -> None:
    ((_, policy),) = template.of_type("AWS::S3::BucketPolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_table_is_kept_and_can_be_restored(template: Template) -> None:
    ((name, table),) = template.of_type("AWS::DynamoDB::Table")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is True
    assert template.resources[name]["DeletionPolicy"] == "Retain"


def test_permissions_name_their_resources(template: Template) -> None:
    # Log deliveries and traces know no resource; every other permission has an ARN.
    without = {"logs:", "xray:"}
    for role, statement in statements(template):
        actions = as_list(statement["Action"])
        assert not any("*" in action for action in actions), f"{role}: {actions}"
        for resource in as_list(statement["Resource"]):
            if resource == "*":
                assert {action.split(":")[0] + ":" for action in actions} <= without, f"{role}: {actions}"
            else:
                assert resource.startswith("arn:"), f"{role}: {resource}"


def given_to(template: Template, machine: Machine) -> dict[str, list[str]]:
    """What a machine's role may do: action → resources."""
    given: dict[str, list[str]] = {}
    for role, statement in statements(template):
        if template.arn_of(role) == machine.role:
            for action in as_list(statement["Action"]):
                given.setdefault(action, []).extend(as_list(statement["Resource"]))
    return given


def test_a_machine_may_invoke_exactly_the_functions_it_names(template: Template) -> None:
    functions = {function.arn for function in template.functions()}
    used_by_any: set[str] = set()
    for machine in template.machines():
        used = {arn for arn in functions if f"'{arn}'" in str(machine.definition)}
        assert set(given_to(template, machine).get("lambda:InvokeFunction", ())) == used, machine.name
        used_by_any |= used
    assert {arn.rpartition(":")[2] for arn in functions - used_by_any} == {"akeneo-sfcc-FailRunFunction"}


def test_a_machine_with_maps_may_run_their_children(template: Template) -> None:
    for machine in template.machines():
        given = given_to(template, machine)
        if "DISTRIBUTED" not in str(machine.definition):
            continue
        children = machine.arn.replace(":stateMachine:", ":execution:") + "/*"
        assert given["states:StartExecution"] == [machine.arn]
        assert given["states:DescribeExecution"] == given["states:StopExecution"] == [children]


def test_the_catalogue_import_may_run_its_jobs_and_nothing_else(template: Template) -> None:
    machines = {machine.name.removeprefix("akeneo-sfcc-"): machine for machine in template.machines()}
    catalogue = machines["0-Akeneo-Import-Catalog"]
    starts = [state for state in catalogue.definition["States"].values() if state["Type"] == "Task"]
    jobs = [state["Parameters"]["StateMachineArn"] for state in starts]
    assert [arn.partition("akeneo-sfcc-")[2] for arn in jobs] == [
        "1-Akeneo-Import-Attributes",
        "2-Akeneo-Import-Media-Assets-Pricebook",
        "3-2-Akeneo-Full-Import-Products",
    ]
    given = given_to(template, catalogue)
    executions = [arn.replace(":stateMachine:", ":execution:") + ":*" for arn in jobs]
    assert given["states:StartExecution"] == jobs
    assert given["states:DescribeExecution"] == given["states:StopExecution"] == executions
    (rule,) = given["events:PutRule"]
    assert rule.endswith(":rule/StepFunctionsGetEventsForStepFunctionsExecutionRule")
    assert given["events:PutTargets"] == given["events:DescribeRule"] == [rule]


def test_every_function_and_machine_has_a_log_group_that_forgets(template: Template) -> None:
    groups = dict(template.of_type("AWS::Logs::LogGroup"))
    assert all(group["RetentionInDays"] for group in groups.values())
    names = {group["LogGroupName"] for group in groups.values()}
    for name, function in template.of_type("AWS::Lambda::Function"):
        assert function["LoggingConfig"]["LogGroup"] in names, name
    assert len(groups) == len(template.functions()) + len(template.machines())


def test_fail_run_hears_of_every_bad_end_of_every_machine(template: Template) -> None:
    (rule,) = template.rules()
    for machine in template.machines():
        for status, expected in (("FAILED", True), ("TIMED_OUT", True), ("ABORTED", True), ("SUCCEEDED", False)):
            event = {
                "source": "aws.states",
                "detail-type": "Step Functions Execution Status Change",
                "detail": {"status": status, "stateMachineArn": machine.arn},
            }
            assert rule.matches(event) is expected
    (target,) = rule.targets
    assert target.endswith(":function:akeneo-sfcc-FailRunFunction")


def test_a_task_outlives_its_function(template: Template) -> None:
    longest = max(function.timeout for function in template.functions())
    assert longest <= 900
    for machine in template.machines():
        for name, state in states(machine.definition):
            if state["Type"] == "Task" and ":function:" in state["Resource"]:
                assert state["TimeoutSeconds"] > longest, name


def test_the_catalogue_import_outlives_its_jobs(template: Template) -> None:
    limits = {machine.name: machine.definition["TimeoutSeconds"] for machine in template.machines()}
    jobs = [limit for name, limit in limits.items() if name != "akeneo-sfcc-0-Akeneo-Import-Catalog"]
    assert limits["akeneo-sfcc-0-Akeneo-Import-Catalog"] >= 3 * max(jobs)
