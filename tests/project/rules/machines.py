"""What every state machine keeps: references that exist, retries on every task, no catch-all, plain names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.embedded.yaml_files import read_yaml

MACHINES = "statemachines"
SUFFIX = ".asl.yaml"
MACHINE_TYPE = "AWS::Serverless::StateMachine"
FUNCTION_TYPE = "AWS::Serverless::Function"

LAMBDA_ERRORS = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}
"""https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html"""
RETRIED = LAMBDA_ERRORS | {"TransientError"}
STARTS_A_MACHINE = "states:startExecution"
RETRIED_STARTS = {
    "StepFunctions.ExecutionLimitExceededException",
    "StepFunctions.AWSStepFunctionsException",
    "StepFunctions.SfnException",
    "StepFunctions.SdkClientException",
}
"""What may pass when an execution is started; the names of the service's own errors differ between SDKs."""
NEVER_RETRIED = {"States.ALL", "States.TaskFailed", "ConfigurationError", "DataError", "RunLockedError"}
SUBSTITUTION = re.compile(r"\$\{(\w+)\}")
SMALL_WORDS = {"a", "an", "and", "for", "in", "of", "on", "or", "the", "to", "with"}


def machine_files(root: Path) -> list[Path]:
    """Return the definitions, sorted by job."""
    return sorted((root / MACHINES).glob(f"*{SUFFIX}"))


def load_yaml(path: Path) -> dict[str, Any]:
    """Parse YAML with CloudFormation's short tags."""
    document = read_yaml(path)
    if not isinstance(document, dict):
        raise TypeError(f"{path} holds no mapping")
    return document


def template_resources(root: Path, kind: str) -> dict[str, dict[str, Any]]:
    """Return the template's resources of one type: logical id → properties."""
    resources = load_yaml(root / "template.yaml")["Resources"]
    return {name: found.get("Properties", {}) for name, found in resources.items() if found["Type"] == kind}


def machines_in_template(root: Path) -> dict[str, dict[str, Any]]:
    """Return the template's state machines: file name of the definition → properties."""
    machines = template_resources(root, MACHINE_TYPE)
    return {Path(str(found.get("DefinitionUri", name))).name: found for name, found in machines.items()}


def scopes(definition: dict[str, Any], where: str = "top") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every graph of states: the machine's own, and those of its maps and parallel branches."""
    yield where, definition
    for name, state in definition.get("States", {}).items():
        for inner in (state.get("ItemProcessor"), state.get("Iterator"), *state.get("Branches", ())):
            if inner:
                yield from scopes(inner, name)


def states(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every state of every graph."""
    for _, graph in scopes(definition):
        yield from graph.get("States", {}).items()


def _targets(state: dict[str, Any]) -> list[str]:
    choices = [choice.get("Next") for choice in state.get("Choices", ())]
    catchers = [catcher.get("Next") for catcher in state.get("Catch", ())]
    return [target for target in (state.get("Next"), state.get("Default"), *choices, *catchers) if target]


def broken_graphs(root: Path) -> list[str]:
    """Report definitions that do not parse, lead nowhere, never end or hold states that nothing reaches."""
    problems = []
    for path in machine_files(root):
        try:
            definition = load_yaml(path)
        except Exception as error:
            problems.append(f"{path.name}: cannot be read: {error}")
            continue
        for where, graph in scopes(definition):
            names = graph.get("States") or {}
            start = graph.get("StartAt")
            if start not in names:
                problems.append(f"{path.name}: {where}: StartAt {start!r} is no state")
            reached = {start}
            for name, state in names.items():
                for target in _targets(state):
                    reached.add(target)
                    if target not in names:
                        problems.append(f"{path.name}: {name}: leads to {target!r}, which is no state here")
                ends = state.get("End") or state["Type"] in ("Succeed", "Fail", "Choice")
                if not ends and not state.get("Next"):
                    problems.append(f"{path.name}: {name}: has neither Next nor End")
            problems += [f"{path.name}: {name}: nothing leads here" for name in names if name not in reached]
    return problems


def missing_retries(root: Path) -> list[str]:
    """Report tasks without the retry block, and retries of errors that a second try cannot mend."""
    problems = []
    for path in machine_files(root):
        for name, state in states(load_yaml(path)):
            retriers = state.get("Retry", [])
            retried = {error for retrier in retriers for error in retrier["ErrorEquals"]}
            wanted = RETRIED_STARTS if STARTS_A_MACHINE in str(state.get("Resource")) else RETRIED
            if state["Type"] == "Task" and (missing := wanted - retried):
                problems.append(f"{path.name}: {name}: does not retry {', '.join(sorted(missing))}")
            if useless := NEVER_RETRIED & retried:
                problems.append(f"{path.name}: {name}: must not retry {', '.join(sorted(useless))}")
            for retrier in retriers:
                if retrier.get("MaxAttempts", 3) < 1 or retrier.get("BackoffRate", 2) <= 1:
                    problems.append(f"{path.name}: {name}: a retry needs attempts and a back-off above 1")
                if retrier.get("JitterStrategy") != "FULL":
                    problems.append(f"{path.name}: {name}: a retry needs full jitter")
    return problems


def caught_failures(root: Path) -> list[str]:
    """Report whatever hides a failure: a catcher, a Fail state, a map that tolerates failed items."""
    problems = []
    for path in machine_files(root):
        for name, state in states(load_yaml(path)):
            if "Catch" in state or state["Type"] == "Fail":
                problems.append(f"{path.name}: {name}: a failure is not caught, so that redrive continues at it")
            problems += [f"{path.name}: {name}: {key} hides failures" for key in state if key.startswith("Tolerated")]
    return problems


def unreadable_names(root: Path) -> list[str]:
    """Report state names that are not in Title Case: `Import Products`, `Already Running?`."""
    problems = []
    for path in machine_files(root):
        for name, _ in states(load_yaml(path)):
            words = name.rstrip("?").split(" ")
            if not all(re.fullmatch(r"[A-Z][A-Za-z0-9]*", word) or word in SMALL_WORDS for word in words):
                problems.append(f"{path.name}: {name!r} is not in Title Case")
    return problems


def hard_coded_places(root: Path) -> list[str]:
    """Report ARNs, account numbers and regions written into a definition.

    `arn:aws:states:::…` names a service integration, not a thing of an account, and stays.
    """
    problems = []
    for path in machine_files(root):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            text = re.sub(r"arn:aws:states:::[\w.:-]+", "", line)
            if re.search(r"arn:[\w-]*:|\b\d{12}\b|\b[a-z]{2}-[a-z]+-\d\b", text):
                problems.append(f"{path.name}:{number}: a hard-coded place: {line.strip()}")
    return problems


def unmatched_substitutions(root: Path) -> list[str]:
    """Report placeholders the template does not fill, fillings nothing uses, and files without a resource."""
    problems = []
    declared_by = machines_in_template(root)
    files = {path.name: path for path in machine_files(root)}
    for name in sorted(files.keys() ^ declared_by.keys()):
        place = "template.yaml" if name in files else MACHINES
        problems.append(f"{name}: not in {place}")
    for name in sorted(files.keys() & declared_by.keys()):
        used = set(SUBSTITUTION.findall(files[name].read_text("utf-8")))
        declared = set(declared_by[name].get("DefinitionSubstitutions", {}))
        problems += [f"{name}: ${{{each}}} is filled nowhere in template.yaml" for each in sorted(used - declared)]
        problems += [f"{name}: template.yaml fills {each}, which is not used" for each in sorted(declared - used)]
    return problems
