"""The stack as template.yaml describes it: SAM translated to CloudFormation, references resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from akeneo_sfcc.errors import ConfigurationError
from local.embedded.yaml_files import read_yaml

ACCOUNT = "123456789012"
REGION = "eu-central-1"
STACK = "akeneo-sfcc"

_NOTHING = object()
"""Stands for `AWS::NoValue`: what has it is left out."""

_LOCAL = "s3://local/"
_PLACES = ("CodeUri", "ContentUri", "DefinitionUri")
_PLACEHOLDER = re.compile(r"\$\{([^}!]+)\}")
_SERVICES = {
    "AWS::Lambda::Function": ("lambda", "function:", "FunctionName"),
    "AWS::StepFunctions::StateMachine": ("states", "stateMachine:", "StateMachineName"),
    "AWS::DynamoDB::Table": ("dynamodb", "table/", "TableName"),
    "AWS::SNS::Topic": ("sns", "", "TopicName"),
    "AWS::SecretsManager::Secret": ("secretsmanager", "secret:", "Name"),
    "AWS::Logs::LogGroup": ("logs", "log-group:", "LogGroupName"),
    "AWS::IAM::Role": ("iam", "role/", "RoleName"),
    "AWS::SQS::Queue": ("sqs", "", "QueueName"),
    "AWS::KMS::Key": ("kms", "key/", "KeyId"),
}
"""Resource type → service and prefix of its ARN, property of its name."""
_REF_IS_ARN = {"AWS::StepFunctions::StateMachine", "AWS::SNS::Topic", "AWS::SecretsManager::Secret"}


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function: its code's folder, its handler, its environment."""

    logical_id: str
    name: str
    arn: str
    folder: Path
    handler: str
    timeout: int
    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class Machine:
    """A state machine with its definition, placeholders filled."""

    name: str
    arn: str
    role: str
    definition: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """An EventBridge rule: the pattern and the ARNs of its targets."""

    pattern: dict[str, Any]
    targets: tuple[str, ...]

    def matches(self, event: dict[str, Any]) -> bool:
        """Tell whether the event has every field of the pattern with one of its values."""
        return _matches(self.pattern, event)


@dataclass(slots=True)
class Template:
    """A translated template; `arns` takes the ARNs that exist only once a resource was created."""

    folder: Path
    source: dict[str, Any]
    resources: dict[str, dict[str, Any]]
    parameters: dict[str, str]
    conditions: dict[str, Any] = field(default_factory=dict)
    arns: dict[str, str] = field(default_factory=dict)

    def of_type(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield logical id and resolved properties of every resource of a type, as far as conditions allow it."""
        for logical_id, resource in self.resources.items():
            if resource["Type"] == kind and self.holds(resource.get("Condition")):
                yield logical_id, self.resolve(resource.get("Properties", {}))

    def name_of(self, logical_id: str) -> str:
        """Return the physical name: the one given, else one made of the stack's and the logical id."""
        resource = self.resources[logical_id]
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind == "AWS::S3::Bucket":
            return str(self.resolve(properties.get("BucketName", f"{STACK}-{logical_id}".lower())))
        name_property = _SERVICES.get(kind, ("", "", ""))[2]
        return str(self.resolve(properties.get(name_property, f"{STACK}-{logical_id}")))

    def arn_of(self, logical_id: str) -> str:
        """Return the ARN of a resource; ConfigurationError for types the embedded AWS does not have."""
        if logical_id in self.arns:
            return self.arns[logical_id]
        kind = self.resources[logical_id]["Type"]
        name = self.name_of(logical_id)
        if kind == "AWS::S3::Bucket":
            return f"arn:aws:s3:::{name}"
        if kind not in _SERVICES:
            raise ConfigurationError(f"template: {logical_id} ({kind}) has no ARN in the embedded AWS")
        service, prefix, _ = _SERVICES[kind]
        region = "" if service == "iam" else REGION
        return f"arn:aws:{service}:{region}:{ACCOUNT}:{prefix}{name}"

    def functions(self) -> list[Function]:
        """Return every function."""
        return [
            Function(
                logical_id=logical_id,
                name=self.name_of(logical_id),
                arn=self.arn_of(logical_id),
                folder=self.folder / self.source["Resources"][logical_id]["Properties"]["CodeUri"].removeprefix(_LOCAL),
                handler=found["Handler"],
                timeout=int(found.get("Timeout", 3)),
                environment={
                    key: str(value) for key, value in found.get("Environment", {}).get("Variables", {}).items()
                },
            )
            for logical_id, found in self.of_type("AWS::Lambda::Function")
        ]

    def layer_folders(self) -> list[Path]:
        """Return the folders of the layers' own code."""
        return [
            self.folder / resource["Properties"]["ContentUri"].removeprefix(_LOCAL)
            for resource in self.source["Resources"].values()
            if resource["Type"] == "AWS::Serverless::LayerVersion"
        ]

    def machines(self) -> list[Machine]:
        """Return every state machine; ConfigurationError names a placeholder nothing fills."""
        found = []
        for logical_id, properties in self.of_type("AWS::StepFunctions::StateMachine"):
            path = self.folder / properties["DefinitionS3Location"]["Key"]
            fillings = properties.get("DefinitionSubstitutions", {})
            definition = _fill(read_yaml(path), fillings, path.name)
            found.append(
                Machine(self.name_of(logical_id), self.arn_of(logical_id), str(properties["RoleArn"]), definition)
            )
        return found

    def rules(self) -> list[Rule]:
        """Return every EventBridge rule with a pattern."""
        return [
            Rule(found["EventPattern"], tuple(target["Arn"] for target in found["Targets"]))
            for _, found in self.of_type("AWS::Events::Rule")
            if "EventPattern" in found
        ]

    def resolve(self, value: Any) -> Any:
        """Return a value, its intrinsic functions evaluated; ConfigurationError for one not known here."""
        if isinstance(value, list):
            return [found for each in value if (found := self.resolve(each)) is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref":
                return self._ref(argument)
            if name.startswith("Fn::"):
                return self._call(name, argument)
        found = ((key, self.resolve(each)) for key, each in value.items())
        return {key: each for key, each in found if each is not _NOTHING}

    def holds(self, condition: str | None) -> bool:
        """Tell whether a condition of the template holds; one that is not named does."""
        return condition is None or self._is_true(self.conditions[condition])

    def _is_true(self, rule: Any) -> bool:
        name, argument = next(iter(rule.items()))
        if name == "Condition":
            return self.holds(argument)
        if name == "Fn::Equals":
            return bool(self.resolve(argument[0]) == self.resolve(argument[1]))
        if name == "Fn::Not":
            return not self._is_true(argument[0])
        if name in ("Fn::And", "Fn::Or"):
            return (all if name == "Fn::And" else any)(self._is_true(each) for each in argument)
        raise ConfigurationError(f"template: the embedded AWS does not know {name} in a condition")

    def _call(self, name: str, argument: Any) -> Any:
        if name == "Fn::GetAtt":
            logical_id, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
            return self._attribute(logical_id, attribute)
        if name == "Fn::Sub":
            text, extra = argument if isinstance(argument, list) else (argument, {})
            return _PLACEHOLDER.sub(lambda found: self._placeholder(found.group(1), extra), text)
        if name == "Fn::Join":
            return argument[0].join(str(self.resolve(each)) for each in argument[1])
        if name == "Fn::If":
            return self.resolve(argument[1 if self.holds(argument[0]) else 2])
        known = "Ref, GetAtt, Sub, Join, If"
        raise ConfigurationError(f"template: the embedded AWS does not know {name}; allowed: {known}")

    def _placeholder(self, name: str, extra: dict[str, Any]) -> str:
        if name in extra:
            return str(self.resolve(extra[name]))
        logical_id, dot, attribute = name.partition(".")
        return self._attribute(logical_id, attribute) if dot else str(self._ref(name))

    def _attribute(self, logical_id: str, attribute: str) -> str:
        if attribute == _SERVICES.get(self.resources[logical_id]["Type"], ("", "", ""))[2]:
            return self.name_of(logical_id)
        if attribute != "Arn":
            raise ConfigurationError(f"template: the embedded AWS does not know {logical_id}.{attribute}; allowed: Arn")
        return self.arn_of(logical_id)

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        if name in self.parameters:
            return self.parameters[name]
        if name not in self.resources:
            raise ConfigurationError(f"template: {name} is neither a parameter nor a resource")
        kind = self.resources[name]["Type"]
        return self.arn_of(name) if kind in _REF_IS_ARN else self.name_of(name)


@cache
def local_session() -> boto3.Session:
    """Return the session of the embedded AWS, one for the process: it reads botocore's descriptions of the services."""
    return boto3.Session("local", "local", region_name=REGION)


def load_template(path: Path) -> Template:
    """Read and translate a SAM template; ConfigurationError when it is not there or says nothing."""
    try:
        source = read_yaml(path)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    if not isinstance(source, dict) or "Resources" not in source:
        raise ConfigurationError(f"{path}: holds no Resources")
    for resource in source["Resources"].values():
        properties = resource.get("Properties", {})
        # The translator wants code in S3, as `sam package` leaves it; the place is taken from here again.
        for place in _PLACES:
            if place in properties:
                properties[place] = _LOCAL + properties[place]
    parameters = {
        "AWS::Region": REGION,
        "AWS::Partition": "aws",
        "AWS::AccountId": ACCOUNT,
        "AWS::StackName": STACK,
        "AWS::URLSuffix": "amazonaws.com",
        **{
            name: str(declared["Default"])
            for name, declared in source.get("Parameters", {}).items()
            if "Default" in declared
        },
    }
    translator = Translator({}, Parser(), boto_session=local_session())
    translated = translator.translate(source, parameter_values=dict(parameters))
    # What it counts it would send to CloudWatch; left alone it warns when it is collected.
    translator.metrics.publish()
    conditions = source.get("Conditions", {})
    return Template(path.resolve().parent, source, translated["Resources"], parameters, conditions)


def _fill(value: Any, fillings: dict[str, Any], where: str) -> Any:
    if isinstance(value, dict):
        return {key: _fill(each, fillings, where) for key, each in value.items()}
    if isinstance(value, list):
        return [_fill(each, fillings, where) for each in value]
    if not isinstance(value, str):
        return value

    def replacement(found: re.Match[str]) -> str:
        if found.group(1) not in fillings:
            raise ConfigurationError(f"{where}: template.yaml does not fill ${{{found.group(1)}}}")
        return str(fillings[found.group(1)])

    return _PLACEHOLDER.sub(replacement, value)


def _matches(pattern: dict[str, Any], event: Any) -> bool:
    for key, wanted in pattern.items():
        found = event.get(key) if isinstance(event, dict) else None
        if isinstance(wanted, dict):
            if not _matches(wanted, found):
                return False
        elif found not in wanted:
            return False
    return True
