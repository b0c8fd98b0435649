"""What starts jobs, watches them and tells people, as the template describes it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from akeneo_sfcc.runtime.metrics import NAMESPACE, RUN_METRICS
from akeneo_sfcc.stages.contracts import StartInput
from local.embedded.template import STACK, Template, load_template


@pytest.fixture
def template(repo_root: Path) -> Template:
    found = load_template(repo_root / "template.yaml")
    found.arns = dict.fromkeys(("PimSecret", "SfccSecret"), "arn:aws:secretsmanager:secret")
    found.arns["NotificationTopic"] = "arn:aws:sns:topic"
    return found


def jobs(template: Template) -> dict[str, str]:
    """Job → ARN of its machine."""
    return {machine.name.removeprefix(f"{STACK}-"): machine.arn for machine in template.machines()}


def test_every_job_has_a_schedule_that_is_off(template: Template) -> None:
    found = {schedule["Target"]["Arn"]: schedule for _, schedule in template.of_type("AWS::Scheduler::Schedule")}
    assert sorted(found) == sorted(jobs(template).values())
    for schedule in found.values():
        assert schedule["State"] == "DISABLED"
        assert re.fullmatch(r"(cron|rate)\(.+\)", schedule["ScheduleExpression"])
        assert ZoneInfo(schedule["ScheduleExpressionTimezone"])
        assert schedule["Target"]["DeadLetterConfig"]["Arn"] == template.arn_of("UndeliveredQueue")
    assert len({schedule["ScheduleExpression"] for schedule in found.values()}) == len(found), "none begin together"


def test_a_schedule_gives_its_job_input_the_job_takes(template: Template) -> None:
    for _, schedule in template.of_type("AWS::Scheduler::Schedule"):
        given = StartInput.model_validate_json(schedule["Target"]["Input"])
        assert given.config == "default"
        assert given.since_last_success is schedule["Target"]["Arn"].endswith("-2-Akeneo-Import-Media-Assets-Pricebook")


def test_a_schedule_may_start_its_own_job_alone(template: Template) -> None:
    roles = {template.arn_of(name): role for name, role in template.of_type("AWS::IAM::Role")}
    for _, schedule in template.of_type("AWS::Scheduler::Schedule"):
        (policy,) = roles[schedule["Target"]["RoleArn"]]["Policies"]
        may = {one["Action"]: one["Resource"] for one in policy["PolicyDocument"]["Statement"]}
        assert may == {
            "states:StartExecution": schedule["Target"]["Arn"],
            "sqs:SendMessage": template.arn_of("UndeliveredQueue"),
        }


def metrics_of(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    several = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", ()) if "MetricStat" in each]
    return several or [{name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions")}]


def dimensions(metric: dict[str, Any]) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in metric["Dimensions"]}


def alarms(template: Template, **parameters: str) -> dict[str, dict[str, Any]]:
    template.parameters.update(parameters)
    return {
        found["AlarmName"].removeprefix(f"{STACK}-"): found for _, found in template.of_type("AWS::CloudWatch::Alarm")
    }


def test_every_alarm_tells_the_topic(template: Template) -> None:
    found = alarms(template, DifferentialImportProductsScheduleState="ENABLED")
    assert len(found) == 8
    for name, alarm in found.items():
        assert alarm["AlarmActions"] == ["arn:aws:sns:topic"], name
        assert alarm["AlarmDescription"], name


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("ExecutionFailedAlarm", "ExecutionsFailed"),
        ("ExecutionTimedOutAlarm", "ExecutionsTimedOut"),
        ("ExecutionAbortedAlarm", "ExecutionsAborted"),
        ("ExecutionThrottledAlarm", "ExecutionThrottled"),
    ],
)
def test_every_machine_is_watched(template: Template, name: str, metric: str) -> None:
    watched = metrics_of(alarms(template)[name])
    assert {(each["Namespace"], each["MetricName"]) for each in watched} == {("AWS/States", metric)}
    assert sorted(dimensions(each)["StateMachineArn"] for each in watched) == sorted(jobs(template).values())


def test_what_the_functions_measure_is_what_is_watched(template: Template) -> None:
    own = [
        metric
        for alarm in alarms(template, DifferentialImportProductsScheduleState="ENABLED").values()
        for metric in metrics_of(alarm)
        if metric["Namespace"] == NAMESPACE
    ]
    assert {metric["MetricName"] for metric in own} == {"RejectedPercent", "ApiThrottles", "RunSucceeded"}
    assert {metric["MetricName"] for metric in own} <= set(RUN_METRICS)
    for metric in own:
        assert dimensions(metric).keys() == {"service", "job"}
        assert dimensions(metric)["service"] == STACK
        assert dimensions(metric)["job"] in jobs(template)


def test_a_missing_differential_import_is_news_only_where_one_is_scheduled(template: Template) -> None:
    assert "NoDifferentialAlarm" not in alarms(template)
    alarm = alarms(template, DifferentialImportProductsScheduleState="ENABLED")["NoDifferentialAlarm"]
    assert alarm["TreatMissingData"] == "breaching"
    # Seven days are the most CloudWatch looks back, in periods of at least an hour.
    longest = int(template.source["Parameters"]["DifferentialMaxAgeHours"]["MaxValue"])
    assert longest * alarm["Period"] <= 7 * 86400


def test_alarms_may_use_topic_and_key(template: Template) -> None:
    ((_, topic),) = template.of_type("AWS::SNS::Topic")
    ((key, properties),) = template.of_type("AWS::KMS::Key")
    assert topic["KmsMasterKeyId"] == template.name_of(key)
    statements = properties["KeyPolicy"]["Statement"]
    assert {"Service": "cloudwatch.amazonaws.com"} in [each["Principal"] for each in statements]
    for function in ("FinishRunFunctionRole", "FailRunFunctionRole"):
        (role,) = (found for name, found in template.of_type("AWS::IAM::Role") if name == function)
        assert template.arn_of(key) in str(role), function


def test_an_address_is_subscribed_only_when_given(template: Template) -> None:
    assert list(template.of_type("AWS::SNS::Subscription")) == []
    template.parameters["NotificationEmail"] = "me@example.com"
    ((_, subscription),) = template.of_type("AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "me@example.com")


def test_what_fail_run_does_not_hear_is_kept(template: Template) -> None:
    queue = template.arn_of("UndeliveredQueue")
    ((_, rule),) = template.of_type("AWS::Events::Rule")
    assert rule["Targets"][0]["DeadLetterConfig"]["Arn"] == queue
    ((_, invocation),) = template.of_type("AWS::Lambda::EventInvokeConfig")
    assert invocation["DestinationConfig"]["OnFailure"]["Destination"] == queue


def test_the_dashboard_shows_what_is_measured(template: Template) -> None:
    text = template.resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    body = json.loads(re.sub(r"\$\{(\w+)StateMachine\}", r"arn:\1", text))
    shown = [metric for widget in body["widgets"] for metric in widget["properties"].get("metrics", ())]
    own = [metric for metric in shown if metric[0] == NAMESPACE]
    assert {metric[1] for metric in own} == set(RUN_METRICS)
    assert {metric[5] for metric in own} == jobs(template).keys() - {"0-Akeneo-Import-Catalog"}
    assert all((metric[2], metric[4]) == ("service", "job") for metric in own)
    (listed,) = (widget["properties"]["alarms"] for widget in body["widgets"] if widget["type"] == "alarm")
    assert {each.strip("${}").removesuffix(".Arn") for each in listed} == alarms(template).keys()


def test_every_parameter_stands_in_a_group_and_says_what_it_is_for(template: Template) -> None:
    groups = template.source["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(template.source["Parameters"])
    assert all(parameter.get("Description") for parameter in template.source["Parameters"].values())


def test_every_job_is_one_click_from_the_outputs(template: Template) -> None:
    outputs = template.source["Outputs"]
    assert all(output.get("Description") for output in outputs.values())
    values = [str(output["Value"]) for output in outputs.values()]
    for logical_id, machine in template.resources.items():
        if machine["Type"] == "AWS::StepFunctions::StateMachine":
            assert any(f"view/${{{logical_id}}}" in value for value in values), logical_id
