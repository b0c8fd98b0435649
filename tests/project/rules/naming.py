"""One name end to end: stage, function folder, template resource, ASL substitution, sample event, test."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from tests.project.rules.architecture import CODE, PACKAGE, imports, syntax_tree
from tests.project.rules.machines import (
    FUNCTION_TYPE,
    MACHINE_TYPE,
    STARTS_A_MACHINE,
    SUBSTITUTION,
    load_yaml,
    machine_files,
    machines_in_template,
    states,
    template_resources,
)

OUTSIDE_MACHINES = {"fail_run"}
"""Stages no state invokes: an EventBridge rule invokes fail_run, for aborts and time-outs too."""


def pascal(stage: str) -> str:
    """`start_run` → `StartRun`."""
    return "".join(word.capitalize() for word in stage.split("_"))


def stage_modules(root: Path) -> set[str]:
    """Return the stages: modules with a function of the module's own name that takes a task and services."""
    return {
        path.stem
        for path in (root / CODE / "stages").glob("*.py")
        for node in syntax_tree(path).body
        if isinstance(node, ast.FunctionDef)
        and node.name == path.stem
        and [each.arg for each in node.args.args] == ["task", "services"]
    }


def jobs_in_code(root: Path) -> set[str]:
    """Return the jobs of stages/contracts.py's `Job`."""
    for node in syntax_tree(root / CODE / "stages" / "contracts.py").body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "Job":
            return {str(each.value) for each in ast.walk(node.value) if isinstance(each, ast.Constant)}
    return set()


def function_folders(root: Path) -> dict[str, Path]:
    """Return the functions: stage → its folder, relative to the repository."""
    return {path.parent.name: path.parent.relative_to(root) for path in sorted((root / "functions").rglob("app.py"))}


def _references(value: Any) -> set[str]:
    """Collect the logical ids a template value names through !GetAtt, !Ref or !Sub."""
    if isinstance(value, dict):
        found = {value["Ref"]} if "Ref" in value else set()
        if "Fn::GetAtt" in value:
            target = value["Fn::GetAtt"]
            found.add(target.split(".")[0] if isinstance(target, str) else target[0])
        if isinstance(value.get("Fn::Sub"), str):
            found |= {each.split(".")[0] for each in SUBSTITUTION.findall(value["Fn::Sub"].replace(".Arn", ""))}
        return found.union(*(_references(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(_references(each) for each in value))
    return set()


def _compare(left: set[str], right: set[str], left_name: str, right_name: str) -> list[str]:
    return [f"{name}: has a {left_name} but no {right_name}" for name in sorted(left - right)] + [
        f"{name}: has a {right_name} but no {left_name}" for name in sorted(right - left)
    ]


def broken_handlers(root: Path) -> list[str]:
    """Report entry points that bind something else than the stage their folder is named after."""
    problems = []
    for stage, folder in function_folders(root).items():
        tree = syntax_tree(root / folder / "app.py")
        bound = [
            node.value.args[0].id
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "handler"
            and isinstance(node.value, ast.Call)
            and node.value.args
            and isinstance(node.value.args[0], ast.Name)
        ]
        if bound != [stage]:
            problems.append(f"{folder}/app.py: handler is not stage_handler({stage}, …)")
    return problems


def broken_resources(root: Path) -> list[str]:
    """Report functions without a resource of their name, and resources whose code or handler is elsewhere."""
    resources = template_resources(root, FUNCTION_TYPE)
    folders = function_folders(root)
    problems = _compare(
        {f"{pascal(stage)}Function" for stage in folders},
        set(resources),
        "function folder",
        "template resource",
    )
    for stage, folder in folders.items():
        found = resources.get(f"{pascal(stage)}Function", {})
        uri = str(found.get("CodeUri", "")).strip("./")
        if found and uri != folder.as_posix():
            problems.append(f"{pascal(stage)}Function: CodeUri is {uri!r}, not {folder.as_posix()!r}")
        if found and found.get("Handler", "app.handler") != "app.handler":
            problems.append(f"{pascal(stage)}Function: Handler is not app.handler")
    return problems


def broken_substitutions(root: Path) -> list[str]:
    """Report stages no machine invokes and substitutions not named after the function or machine they stand for."""
    problems = []
    functions = {f"{pascal(stage)}Function": stage for stage in function_folders(root)}
    used: set[str] = set()
    declared = machines_in_template(root)
    machines = template_resources(root, MACHINE_TYPE).keys()
    for path in machine_files(root):
        fillings = declared.get(path.name, {}).get("DefinitionSubstitutions", {})
        for name, value in fillings.items():
            targets = _references(value) & (functions.keys() | machines)
            used |= {functions[target] for target in targets if target in functions}
            problems += [
                f"{path.name}: {name} stands for {target}, so it is named {target}Arn"
                for target in sorted(targets)
                if name != f"{target}Arn"
            ]
    unused = set(functions.values()) - used - OUTSIDE_MACHINES
    return problems + [f"{stage}: has a function but no state invokes it" for stage in sorted(unused)]


def broken_chain(root: Path) -> list[str]:
    """Report every break between stage, function, resource, substitution, event and test, from both ends."""
    stages = stage_modules(root)
    folders = function_folders(root)
    events = {path.stem for path in (root / "events" / "functions").glob("*.json")}
    problems = _compare(stages, set(folders), "stage module", "function folder")
    problems += _compare(stages, events, "stage module", "sample event")
    tested = {
        found.module.rpartition(".")[2]
        for path in (root / "tests").rglob("test_*.py")
        for found in imports(syntax_tree(path), "")
        if found.module.startswith(f"{PACKAGE}.stages.")
    }
    problems += [f"{stage}: has a stage module but no test that imports it" for stage in sorted(stages - tested)]
    function_tests = {path.stem.removeprefix("test_") for path in (root / "tests" / "stages").glob("test_*.py")}
    problems += [f"{name}: has a test of a stage but no stage module" for name in sorted(function_tests - stages)]
    return problems + broken_handlers(root) + broken_resources(root) + broken_substitutions(root)


def available_jobs(root: Path) -> dict[str, str]:
    """Return the template's jobs: definition file → job, the machine's name behind the stack's."""
    return {
        file: str(found.get("Name", {}).get("Fn::Sub", "")).removeprefix("${AWS::StackName}-")
        for file, found in machines_in_template(root).items()
    }


def misnamed_jobs(root: Path) -> list[str]:
    """Report state machines whose name, file and word to Start Run are not one job of the contract."""
    problems = []
    jobs = jobs_in_code(root)
    files = {path.name: path for path in machine_files(root)}
    for file, job in available_jobs(root).items():
        if job not in jobs:
            problems.append(f"{file}: Name gives {job!r}, which is no job")
        if file.removesuffix(".asl.yaml") != job.lower():
            problems.append(f"{file}: the definition of {job} is {job.lower()}.asl.yaml")
        found = dict(states(load_yaml(files[file]))) if file in files else {}
        starts_jobs = any(STARTS_A_MACHINE in str(state.get("Resource")) for state in found.values())
        if found and not starts_jobs and job not in str(found.get("Start Run", {})):
            problems.append(f"{file}: Start Run is not told that the job is {job}")
    return problems


def jobs_without_input(root: Path) -> list[str]:
    """Report jobs without a sample start input and inputs without a job: `events/jobs/<job>….json`."""
    jobs = {path.name.removesuffix(".asl.yaml") for path in machine_files(root)}
    inputs = {path.stem for path in (root / "events" / "jobs").glob("*.json")}
    return [
        f"{job}: has a state machine but no start input"
        for job in sorted(jobs)
        if not any(name.lower().startswith(job) for name in inputs)
    ] + [
        f"events/jobs/{name}.json: belongs to no job"
        for name in sorted(inputs)
        if not any(name.lower().startswith(job) for job in jobs)
    ]
