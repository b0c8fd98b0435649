"""The commands a newcomer is told to type: they exist, with these options, and name what the template makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import botocore.session
from botocore import xform_name

from tests.project.rules.documents import FENCE, SHELL, documents, shell_commands
from tests.project.rules.machines import load_yaml

NOT_OF_THE_API = {("s3", "sync"), ("s3", "rb")}
"""Commands of the `aws` line itself."""
EVERYWHERE = {"query", "output", "region", "profile"}


def commands(root: Path, program: str) -> Iterator[tuple[str, list[str]]]:
    """Yield every line of the documents' shell blocks that runs a program: where it stands, its arguments."""
    for path in documents(root):
        for language, block in FENCE.findall(path.read_text("utf-8")):
            if language not in SHELL:
                continue
            for line in block.replace("\\\n", " ").splitlines():
                for words in shell_commands(line):
                    if words and words[0].rsplit("/", 1)[-1] == program:
                        yield f"{path.relative_to(root)}: {line.strip()[:80]}", words[1:]


def unknown_aws_calls(root: Path) -> list[str]:
    """Report `aws` commands of services, operations or options that there are not, and required ones left out."""
    problems = []
    session = botocore.session.get_session()
    for where, words in commands(root, "aws"):
        service, operation = words[:2]
        if (service, operation) in NOT_OF_THE_API:
            continue
        if service not in session.get_available_services():
            problems.append(f"{where}: there is no service {service}")
            continue
        model = session.get_service_model(service)
        found = {xform_name(name, "-"): name for name in model.operation_names}
        if operation not in found:
            problems.append(f"{where}: {service} has no {operation}")
            continue
        shape = model.operation_model(found[operation]).input_shape
        options = {xform_name(name, "-") for name in shape.members} if shape else set()
        given = {word[2:].removeprefix("no-") for word in words if word.startswith("--")}
        required = {xform_name(name, "-") for name in shape.required_members} if shape else set()
        problems += [f"{where}: {operation} has no --{each}" for each in sorted(given - options - EVERYWHERE)]
        problems += [f"{where}: {operation} needs --{each}" for each in sorted(required - given)]
    return problems


def unknown_parameters(root: Path) -> list[str]:
    """Report parameters given to `sam deploy` that the template does not have, and values it does not allow."""
    declared = load_yaml(root / "template.yaml").get("Parameters", {})
    problems = []
    for where, words in commands(root, "sam"):
        for name, _, value in (word.partition("=") for word in words if re.match(r"\w+=", word)):
            if name not in declared:
                problems.append(f"{where}: there is no parameter {name}")
            elif value not in declared[name].get("AllowedValues", [value]):
                problems.append(f"{where}: {name} cannot be {value}")
    return problems


def unknown_outputs(root: Path) -> list[str]:
    """Report outputs the documents name that the template does not have."""
    outputs = load_yaml(root / "template.yaml").get("Outputs", {})
    problems = []
    for path in documents(root):
        text = path.read_text("utf-8")
        for sentence in re.findall(r"outputs? (`\w+`(?:,? and `\w+`)*)", text):
            for name in re.findall(r"`(\w+)`", sentence):
                if name not in outputs:
                    problems.append(f"{path.relative_to(root)}: there is no output {name}")
    return problems
