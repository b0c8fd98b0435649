"""The stack as the embedded AWS reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from akeneo_sfcc.errors import ConfigurationError
from local.embedded.template import Rule, load_template

SMALL = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Level: {Type: String, Default: INFO}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/worker/
      Handler: app.handler
      Runtime: python3.13
      Timeout: 7
      Environment:
        Variables:
          BUCKET_NAME: !Ref Bucket
          PLACE: !Sub "${Bucket.Arn}/x"
          LEVEL: !Ref Level
          JOINED: !Join ["-", [a, !Ref Level]]
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Name: !Sub ${AWS::StackName}-job
      Role: arn:aws:iam::123456789012:role/machine
      DefinitionUri: job.asl.yaml
      DefinitionSubstitutions: {WorkerArn: !GetAtt Worker.Arn}
"""
DEFINITION = "StartAt: Do\nStates:\n  Do: {Type: Task, Resource: '${WorkerArn}', End: true}\n"


def small(folder: Path, *, text: str = SMALL, definition: str = DEFINITION) -> Path:
    (folder / "template.yaml").write_text(text)
    (folder / "job.asl.yaml").write_text(definition)
    return folder / "template.yaml"


def test_functions_have_their_folder_environment_and_timeout(tmp_path: Path) -> None:
    (worker,) = load_template(small(tmp_path)).functions()
    assert worker.folder == tmp_path / "code/worker"
    assert (worker.handler, worker.timeout) == ("app.handler", 7)
    assert worker.environment == {
        "BUCKET_NAME": "akeneo-sfcc-bucket",
        "PLACE": "arn:aws:s3:::akeneo-sfcc-bucket/x",
        "LEVEL": "INFO",
        "JOINED": "a-INFO",
    }


def test_placeholders_of_a_definition_are_filled(tmp_path: Path) -> None:
    template = load_template(small(tmp_path))
    (machine,) = template.machines()
    (worker,) = template.functions()
    assert machine.name == "akeneo-sfcc-job"
    assert machine.definition["States"]["Do"]["Resource"] == worker.arn


def test_a_placeholder_nothing_fills_is_named(tmp_path: Path) -> None:
    template = load_template(small(tmp_path, definition=DEFINITION.replace("WorkerArn", "OtherArn")))
    with pytest.raises(ConfigurationError, match=r"job\.asl\.yaml: template\.yaml does not fill \$\{OtherArn\}"):
        template.machines()


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("!Select [0, [a]]", "does not know Fn::Select"),
        ("!GetAtt Bucket.DomainName", "does not know Bucket.DomainName"),
        ("!Ref Nothing", "Nothing is neither a parameter nor a resource"),
    ],
)
def test_what_the_embedded_aws_cannot_resolve_is_named(tmp_path: Path, value: str, problem: str) -> None:
    template = load_template(small(tmp_path, text=SMALL.replace("LEVEL: !Ref Level", f"LEVEL: {value}")))
    with pytest.raises(ConfigurationError, match=problem):
        template.functions()


CONDITIONAL = SMALL.replace(
    "Resources:",
    """Conditions:
  IsLoud: !Equals [!Ref Level, DEBUG]
  IsQuiet: !Not [Condition: IsLoud]
  Both: !And [Condition: IsLoud, Condition: IsQuiet]
  Either: !Or [Condition: IsLoud, Condition: IsQuiet]
Resources:
  Loud: {Type: AWS::SNS::Topic, Condition: IsLoud}
  Quiet: {Type: AWS::SNS::Topic, Condition: IsQuiet}
  Never: {Type: AWS::SNS::Topic, Condition: Both}
  Always: {Type: AWS::SNS::Topic, Condition: Either}""",
).replace("LEVEL: !Ref Level", "LEVEL: !If [IsLoud, 'yes', 'no']\n          GONE: !If [IsQuiet, !Ref AWS::NoValue, x]")


def test_conditions_decide_what_there_is(tmp_path: Path) -> None:
    template = load_template(small(tmp_path, text=CONDITIONAL))
    assert [name for name, _ in template.of_type("AWS::SNS::Topic")] == ["Quiet", "Always"]
    (worker,) = template.functions()
    assert worker.environment["LEVEL"] == "no"
    assert "GONE" not in worker.environment


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"template\.yaml: cannot be read"):
        load_template(tmp_path / "template.yaml")


def test_the_products_template_has_a_function_for_every_folder(repo_root: Path) -> None:
    template = load_template(repo_root / "template.yaml")
    template.arns = dict.fromkeys(("PimSecret", "NotificationTopic"), "arn:x")
    folders = {path.parent for path in (repo_root / "functions").rglob("app.py")}
    assert {function.folder for function in template.functions()} == folders
    assert len({tuple(sorted(each.environment.items())) for each in template.functions()}) == 1


def test_rules_match_as_eventbridge_does() -> None:
    rule = Rule({"source": ["aws.states"], "detail": {"status": ["FAILED", "ABORTED"]}}, ())
    assert rule.matches({"source": "aws.states", "detail": {"status": "ABORTED", "name": "x"}})
    assert not rule.matches({"source": "aws.states", "detail": {"status": "SUCCEEDED"}})
    assert not rule.matches({"source": "aws.states"})
