# ruff: noqa: E501 - the table of broken samples reads best with one sample a line
"""Every rule of this folder reports what it forbids: a sound sample passes, each broken one is named."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.project import check_machines
from tests.project.rules import architecture, documents, machines, naming, permissions, repository, walkthrough
from tests.project.sample import DEFINITION, README, TEMPLATE

CODE = architecture.CODE.as_posix()
MACHINE = "statemachines/3-2-akeneo-full-import-products.asl.yaml"

SOUND = {
    "Makefile": "demo:\n\ntest:\n\tpytest\n",
    "README.md": README,
    "docs/operations.md": "## Stages\n\n| stage | function |\n|---|---|\n| `start_run` | `functions/run/start_run` |\n\n"
    "## Alarms\n\n| alarm | do |\n|---|---|\n| `FailedAlarm` | look |\n",
    "docs/errors.md": "## DataError\n\nStop.\n",
    "docs/mapping.md": "## 13 Records\n\n| code | job |\n|---|---|\n| `bad_id` | 3 |\n| `bad_amount` | 2 |\n",
    "docs/adr/0001-first.md": "# First\n\nDate: 2026-01-01\nDoor: two-way\n\n## Alternatives\n\nNone.\n",
    "pyproject.toml": '[project]\nname = "sample"\n[project.scripts]\nakeneo-sfcc = "local.cli:main"\n',
    "requirements-dev.in": "-r layers/dependencies/requirements.in\npytest\n",
    "requirements-dev.txt": "orjson==3.0 \\\n    --hash=sha256:aa\npytest==9.0 \\\n    --hash=sha256:bb\n",
    "layers/dependencies/requirements.in": "orjson  # JSON\n",
    "layers/dependencies/requirements.txt": "orjson==3.0 \\\n    --hash=sha256:aa\n",
    "template.yaml": TEMPLATE,
    MACHINE: DEFINITION,
    "events/functions/start_run.json": "{}",
    "events/jobs/3-2-akeneo-full-import-products.json": "{}",
    "functions/run/start_run/app.py": (
        "from akeneo_sfcc.runtime.handler import stage_handler\n"
        "from akeneo_sfcc.stages.start_run import start_run\n\n"
        "handler = stage_handler(start_run, object)\n"
    ),
    "local/cli.py": "def main() -> int:\n    return 0\n",
    "tests/unit/test_start.py": "import pytest\nfrom akeneo_sfcc.stages.start_run import start_run\n",
    f"{CODE}/__init__.py": "",
    f"{CODE}/errors.py": "class ConnectorError(Exception): ...\n\nclass DataError(ConnectorError): ...\n",
    f"{CODE}/pim/model.py": "import orjson\nfrom akeneo_sfcc import errors\n",
    f"{CODE}/mapping/values.py": 'from ..pim.model import orjson\n\nissue("reject", "product", "bad_id")\n',
    f"{CODE}/stages/contracts.py": 'Job = Literal["3-2-Akeneo-Full-Import-Products"]\n',
    f"{CODE}/stages/start_run.py": "def start_run(task, services):\n    return task\n",
    f"{CODE}/runtime/handler.py": "from akeneo_sfcc.stages import contracts\n",
}

PARSER = argparse.ArgumentParser()
PARSER.add_argument("command", choices=["run"])
PARSER.add_argument("job")
PARSER.add_argument("--config")


def unparsable_commands(root: Path) -> list[str]:
    return documents.unparsable_commands(root, PARSER.parse_args)


def undocumented_commands(root: Path) -> list[str]:
    return documents.undocumented_commands(root, {"run"})


def unknown_settings(root: Path) -> list[str]:
    return documents.unknown_settings(root, {"pim": {"channel"}})


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    for name, text in SOUND.items():
        write(tmp_path, name, text)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


Rule = Callable[[Path], list[str]]
RULES: tuple[Rule, ...] = (
    architecture.wrong_arrows,
    architecture.impurities,
    architecture.libraries_out_of_place,
    architecture.junk_names,
    architecture.thick_handlers,
    architecture.clients_made_at_import,
    machines.broken_graphs,
    machines.missing_retries,
    machines.caught_failures,
    machines.unreadable_names,
    machines.hard_coded_places,
    machines.unmatched_substitutions,
    permissions.wide_permissions,
    naming.broken_handlers,
    naming.broken_resources,
    naming.broken_substitutions,
    naming.broken_chain,
    naming.misnamed_jobs,
    naming.jobs_without_input,
    repository.paths_of_a_machine,
    repository.index_addresses,
    repository.unfinished_work,
    repository.long_modules,
    repository.loose_requirements,
    repository.unused_or_undeclared_dependencies,
    repository.command_not_installed,
    walkthrough.unknown_aws_calls,
    walkthrough.unknown_parameters,
    walkthrough.unknown_outputs,
    documents.undocumented_jobs,
    documents.undocumented_stages,
    documents.undocumented_alarms,
    documents.undocumented_errors,
    documents.undocumented_reasons,
    documents.dead_links,
    documents.unknown_make_targets,
    documents.undated_decisions,
    unparsable_commands,
    undocumented_commands,
    unknown_settings,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_sample_passes(rule: Rule, sample: Path) -> None:
    assert rule(sample) == []


def added(name: str, text: str) -> Callable[[Path], None]:
    """Break the sample by a file that must not be there."""
    return lambda root: write(root, name, text)


def changed(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Break the sample by changing one of its files."""
    assert old in SOUND[name], f"{old!r} is not in {name}"
    return lambda root: write(root, name, SOUND[name].replace(old, new))


def removed(name: str) -> Callable[[Path], None]:
    """Break the sample by leaving a file out."""
    return lambda root: (root / name).unlink()


HANDLER = "functions/run/start_run/app.py"
RETRY_LINE = "      - ErrorEquals: [TransientError, "
EVENT_WITHOUT_JOB = "events/jobs/1-akeneo-import-attributes.json"

BROKEN: tuple[tuple[Rule, Callable[[Path], None], str], ...] = (
    (architecture.wrong_arrows, added(f"{CODE}/pim/parse.py", "import akeneo_sfcc.sfcc.xml\n"), "pim must not import sfcc"),
    (architecture.wrong_arrows, added(f"{CODE}/pim/parse.py", "from ..stages import work\n"), "pim must not import stages"),
    (architecture.wrong_arrows, added(f"{CODE}/runs/a.py", "from akeneo_sfcc import storage\n"), "runs must not import storage"),
    (architecture.wrong_arrows, added(f"{CODE}/stages/a.py", "def f():\n    import local.cli\n"), "stages must not import local"),
    (architecture.wrong_arrows, added(f"{CODE}/extras/a.py", ""), "belongs to no part"),
    (architecture.wrong_arrows, added("local/a.py", "import functions.run\n"), "local must not import functions"),
    (architecture.wrong_arrows, added("local/a.py", "from tests import conftest\n"), "local must not import tests"),
    (architecture.impurities, added(f"{CODE}/sfcc/a.py", "import boto3\n"), "must not import boto3"),
    (architecture.impurities, added(f"{CODE}/sfcc/a.py", "from os import environ\n"), "must not import os"),
    (architecture.impurities, added(f"{CODE}/pim/a.py", "import logging\n"), "must not import logging"),
    (architecture.impurities, added(f"{CODE}/mapping/a.py", "t = datetime.datetime.now()\n"), "must not call datetime.now"),
    (architecture.impurities, added(f"{CODE}/mapping/a.py", "i = uuid.uuid4()\n"), "must not call uuid.uuid4"),
    (architecture.libraries_out_of_place, added(f"{CODE}/stages/a.py", "import boto3\n"), "boto3 belongs in"),
    (architecture.libraries_out_of_place, added(f"{CODE}/stages/a.py", "import requests\n"), "requests belongs in"),
    (
        architecture.libraries_out_of_place,
        added(f"{CODE}/akeneo/a.py", "from aws_lambda_powertools import Logger\n"),
        "Powertools belongs in",
    ),
    (architecture.libraries_out_of_place, added(f"{CODE}/runs/a.py", "x = os.environ['A']\n"), "the environment is read"),
    (architecture.junk_names, added(f"{CODE}/stages/utils.py", ""), "name the module"),
    (architecture.junk_names, added("local/common/a.py", ""), "name the module"),
    (architecture.thick_handlers, added(HANDLER, "if True:\n    handler = 1\n"), "If in an entry point"),
    (architecture.thick_handlers, added(HANDLER, "handler = [x for x in y]\n"), "comprehension in an entry point"),
    (architecture.thick_handlers, added(HANDLER, "import boto3\n"), "boto3 in an entry point"),
    (architecture.thick_handlers, added(HANDLER, "a = 1\n" * 26), "26 lines"),
    (architecture.thick_handlers, added("functions/run/start_run/more.py", ""), "app.py alone"),
    (
        architecture.clients_made_at_import,
        added(f"{CODE}/runtime/a.py", "client = boto3.client('s3')\n"),
        "nothing happens at import: boto3.client",
    ),
    (architecture.clients_made_at_import, added("local/a.py", "A = os.environ['A']\n"), "nothing happens at import"),
    (machines.broken_graphs, changed(MACHINE, "StartAt: Start Run", "StartAt: Begin"), "StartAt 'Begin' is no state"),
    (machines.broken_graphs, changed(MACHINE, "Next: Already Running?", "Next: Nowhere"), "leads to 'Nowhere'"),
    (machines.broken_graphs, changed(MACHINE, "StartAt: Import Range", "StartAt: Range"), "StartAt 'Range' is no state"),
    (machines.broken_graphs, changed(MACHINE, "Default: Done", "Default: Gone"), "leads to 'Gone'"),
    (machines.broken_graphs, changed(MACHINE, "          End: true\n", ""), "neither Next nor End"),
    (machines.broken_graphs, added(MACHINE, DEFINITION + "  Alone:\n    Type: Succeed\n"), "nothing leads here"),
    (machines.broken_graphs, added(MACHINE, "States: [\n"), "cannot be read"),
    (machines.missing_retries, changed(MACHINE, "TransientError, ", ""), "does not retry TransientError"),
    (
        machines.missing_retries,
        changed(MACHINE, ", Lambda.TooManyRequestsException", ""),
        "does not retry Lambda.TooManyRequestsException",
    ),
    (machines.missing_retries, changed(MACHINE, RETRY_LINE, f"{RETRY_LINE}DataError, "), "must not retry DataError"),
    (machines.missing_retries, changed(MACHINE, "MaxAttempts: 3", "MaxAttempts: 0"), "needs attempts"),
    (machines.missing_retries, changed(MACHINE, "        JitterStrategy: FULL\n", ""), "full jitter"),
    (
        machines.missing_retries,
        changed(MACHINE, "states:::lambda:invoke", "states:::states:startExecution.sync:2"),
        "does not retry StepFunctions.AWSStepFunctionsException",
    ),
    (machines.caught_failures, changed(MACHINE, "    Retry:", "    Catch: []\n    Retry:"), "is not caught"),
    (machines.caught_failures, changed(MACHINE, "Type: Succeed", "Type: Fail"), "is not caught"),
    (
        machines.caught_failures,
        changed(MACHINE, "    Type: Map\n", "    Type: Map\n    ToleratedFailurePercentage: 100\n"),
        "ToleratedFailurePercentage hides failures",
    ),
    (machines.unreadable_names, changed(MACHINE, "Import Range", "import_range"), "not in Title Case"),
    (
        machines.hard_coded_places,
        changed(MACHINE, "${StartRunFunctionArn}", "arn:aws:lambda:eu-west-1:123456789012:function:a"),
        "a hard-coded place",
    ),
    (machines.unmatched_substitutions, changed(MACHINE, "${StartRunFunctionArn}", "${OtherArn}"), "is filled nowhere"),
    (machines.unmatched_substitutions, changed(MACHINE, "${StartRunFunctionArn}", "a"), "which is not used"),
    (machines.unmatched_substitutions, removed(MACHINE), "not in statemachines"),
    (
        machines.unmatched_substitutions,
        added("statemachines/1-akeneo-import-attributes.asl.yaml", DEFINITION),
        "not in template.yaml",
    ),
    (permissions.wide_permissions, changed("template.yaml", "s3:GetObject", "s3:*"), "StartRunFunction: allows s3:*"),
    (permissions.wide_permissions, changed("template.yaml", "s3:GetObject", '"*"'), "StartRunFunction: allows *"),
    (
        permissions.wide_permissions,
        changed("template.yaml", "!Sub ${Bucket.Arn}/runs/*", '"*"'),
        "StartRunFunction: allows s3:GetObject on everything",
    ),
    (permissions.wide_permissions, changed("template.yaml", "!Sub ${Bucket.Arn}/runs/*", "arn:aws:s3:::*"), "names nothing"),
    (
        permissions.wide_permissions,
        changed("template.yaml", "        - Statement:", "        - AmazonS3FullAccess\n        - Statement:"),
        "has the managed policy AmazonS3FullAccess",
    ),
    (naming.broken_handlers, changed(HANDLER, "stage_handler(start_run", "stage_handler(begin"), "handler is not"),
    (naming.broken_resources, changed("template.yaml", "functions/run/start_run/", "functions/run/"), "CodeUri is"),
    (naming.broken_resources, changed("template.yaml", "app.handler", "app.main"), "Handler is not"),
    (naming.broken_resources, changed("template.yaml", "StartRunFunction", "BeginFunction"), "no template resource"),
    (naming.broken_resources, added("functions/run/fail_run/app.py", ""), "FailRunFunction: has a function folder but no"),
    (
        naming.broken_substitutions,
        changed("template.yaml", "        StartRunFunctionArn: !GetAtt", "        Starter: !GetAtt"),
        "so it is named StartRunFunctionArn",
    ),
    (
        naming.broken_substitutions,
        changed("template.yaml", "!GetAtt StartRunFunction.Arn", "!Ref FullImport"),
        "StartRunFunctionArn stands for FullImport, so it is named FullImportArn",
    ),
    (
        naming.broken_substitutions,
        changed("template.yaml", "!GetAtt StartRunFunction.Arn", "something"),
        "no state invokes it",
    ),
    (naming.broken_chain, removed("events/functions/start_run.json"), "no sample event"),
    (naming.broken_chain, added("events/functions/other.json", "{}"), "other: has a sample event but no stage module"),
    (naming.broken_chain, removed("tests/unit/test_start.py"), "no test that imports it"),
    (naming.broken_chain, removed(HANDLER), "start_run: has a stage module but no function folder"),
    (naming.broken_chain, removed(f"{CODE}/stages/start_run.py"), "start_run: has a function folder but no stage module"),
    (naming.misnamed_jobs, changed("template.yaml", "-3-2-Akeneo-Full", "-3-2-Full"), "which is no job"),
    (
        naming.misnamed_jobs,
        changed("template.yaml", "machines/3-2-akeneo", "machines/akeneo"),
        "the definition of 3-2-Akeneo-Full-Import-Products is",
    ),
    (naming.misnamed_jobs, changed(MACHINE, "job: 3-2", "job: 3-1"), "Start Run is not told"),
    (naming.jobs_without_input, removed("events/jobs/3-2-akeneo-full-import-products.json"), "no start input"),
    (naming.jobs_without_input, added(EVENT_WITHOUT_JOB, "{}"), "belongs to no job"),
    (repository.paths_of_a_machine, added("local/a.py", 'A = "/home/me/x"\n'), "a path of a machine"),
    (repository.index_addresses, added("a.txt", "--index-url https://mirror.example/a\n"), "an address of a package index"),
    (repository.index_addresses, added("a.md", "https://mirror.example/simple\n"), "an address of a package index"),
    (repository.unfinished_work, added("local/a.py", "# TO" "DO later\n"), "unfinished"),
    (repository.unfinished_work, added("tests/test_a.py", "@pytest.mark.skip\n"), "switched off"),
    (repository.long_modules, added("local/a.py", "a = 1\n" * 451), "451 lines"),
    (repository.loose_requirements, changed("requirements-dev.txt", "pytest==9.0", "pytest>=9.0"), "no exact version"),
    (repository.loose_requirements, changed("requirements-dev.txt", "--hash=sha256:bb", ""), "no hash"),
    (repository.loose_requirements, changed("requirements-dev.txt", "orjson==3.0", "orjson==3.1"), "another version"),
    (repository.loose_requirements, changed("requirements-dev.in", "pytest", "pytest\nruff"), "ruff: not in"),
    (
        repository.unused_or_undeclared_dependencies,
        changed("layers/dependencies/requirements.in", "orjson", "orjson\nlxml"),
        "lxml: nothing imports it",
    ),
    (
        repository.unused_or_undeclared_dependencies,
        added(f"{CODE}/sfcc/a.py", "import lxml.etree\n"),
        "lxml: imported by the layer's code",
    ),
    (
        repository.unused_or_undeclared_dependencies,
        changed("requirements-dev.in", "pytest", "pytest\nruff"),
        "ruff: nothing uses it",
    ),
    (repository.unused_or_undeclared_dependencies, added("local/a.py", "import rich\n"), "rich: imported by local"),
    (repository.command_not_installed, changed("pyproject.toml", "cli:main", "cli:start"), "names no function"),
    (
        documents.undocumented_jobs,
        changed(f"{CODE}/stages/contracts.py", '"]', '", "1-Akeneo-Import-Attributes"]'),
        "job 1-Akeneo-Import-Attributes is not described",
    ),
    (documents.undocumented_jobs, changed("template.yaml", "-3-2-Akeneo", "-3-9-Akeneo"), "has no state machine"),
    (documents.undocumented_jobs, added("docs/a.md", "Start 7-Akeneo-Import-Stock.\n"), "there is no job 7-Akeneo"),
    (walkthrough.unknown_aws_calls, added("docs/a.md", "```sh\naws s4 ls\n```\n"), "there is no service s4"),
    (walkthrough.unknown_aws_calls, added("docs/a.md", "```sh\naws sns publich\n```\n"), "sns has no publich"),
    (walkthrough.unknown_aws_calls, added("docs/a.md", "```sh\naws sns publish --massage x\n```\n"), "has no --massage"),
    (walkthrough.unknown_aws_calls, added("docs/a.md", "```sh\naws sns publish\n```\n"), "publish needs --message"),
    (walkthrough.unknown_parameters, added("docs/a.md", "```sh\nsam deploy --parameter-overrides Lovel=1\n```\n"), "no parameter Lovel"),
    (walkthrough.unknown_parameters, added("docs/a.md", "```sh\nsam deploy --parameter-overrides Level=LOUD\n```\n"), "cannot be LOUD"),
    (walkthrough.unknown_outputs, added("docs/a.md", "See output `Bucket` and the outputs `Tables`.\n"), "there is no output Tables"),
    (documents.undocumented_alarms, changed("template.yaml", "FailedAlarm", "LateAlarm"), "alarm LateAlarm is not described"),
    (documents.undocumented_alarms, changed("template.yaml", "  FailedAlarm:", "  Other:"), "alarm FailedAlarm does not exist"),
    (documents.undocumented_stages, changed("docs/operations.md", "| `start_run` |", "| `begin` |"), "stage begin does not"),
    (documents.undocumented_stages, changed("docs/operations.md", "functions/run/", "functions/"), "is not described"),
    (
        documents.undocumented_errors,
        changed(f"{CODE}/errors.py", "class DataError", "class OtherError"),
        "error OtherError is not described",
    ),
    (documents.undocumented_errors, changed("docs/errors.md", "## DataError", "## BadError"), "BadError does not exist"),
    (documents.undocumented_reasons, changed(f"{CODE}/mapping/values.py", "bad_id", "bad_name"), "bad_name is not"),
    (documents.undocumented_reasons, changed("docs/mapping.md", "| `bad_id` | 3 |", "| `no_id` | 3 |"), "no_id is given by no"),
    (documents.dead_links, added("docs/a.md", "[there](nowhere.md)\n"), "leads nowhere"),
    (documents.dead_links, added("docs/a.md", "[there](errors.md#nothing)\n"), "names no heading"),
    (documents.unknown_make_targets, added("docs/a.md", "Run `make coffee`.\n"), "make coffee does not exist"),
    (documents.unknown_make_targets, changed("README.md", "make demo", "the demo"), "does not say make demo"),
    (documents.undated_decisions, changed("docs/adr/0001-first.md", "Date: 2026-01-01", ""), "lacks a date"),
    (documents.undated_decisions, changed("docs/adr/0001-first.md", "Door: two-way", ""), "lacks one-way"),
    (documents.undated_decisions, changed("docs/adr/0001-first.md", "## Alternatives", ""), "lacks the alternatives"),
    (documents.undated_decisions, added("docs/adr/0003-third.md", SOUND["docs/adr/0001-first.md"]), "without gaps"),
    (unparsable_commands, changed("README.md", "--config my.json", "--setting my.json"), "is refused"),
    (unknown_settings, added("docs/a.md", "`pim.channel` and `pim.channels: 3`\n"), "no setting pim.channels"),
    (undocumented_commands, changed("README.md", "`akeneo-sfcc run`", "`akeneo-sfcc walk`"), "command walk does not exist"),
)  # fmt: skip


@pytest.mark.parametrize(("rule", "breakage", "report"), BROKEN)
def test_a_broken_sample_is_reported(
    rule: Rule,
    breakage: Callable[[Path], None],
    report: str,
    sample: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    breakage(sample)
    problems = rule(sample)
    assert any(report in problem for problem in problems), problems


def checkers(module: ModuleType) -> set[str]:
    """Return the names of a module's own rules: what takes a root and returns problems."""
    return {
        name
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__
        and not name.startswith("_")
        and found.__annotations__.get("return") == "list[str]"
        and next(iter(inspect.signature(found).parameters)) == "root"
    }


def test_every_rule_has_a_sound_and_a_broken_sample() -> None:
    named = set().union(
        *(
            checkers(module)
            for module in (architecture, documents, machines, naming, permissions, repository, walkthrough)
        )
    )
    assert {rule.__name__ for rule in RULES} == named
    assert {rule.__name__ for rule, _, _ in BROKEN} == named


def test_the_check_command_tells_sound_from_broken(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_machines.main(sample) == 0
    write(sample, MACHINE, DEFINITION.replace("Next: Import Pages", "Next: Nowhere"))
    assert check_machines.main(sample) == 1
    assert "leads to 'Nowhere'" in capsys.readouterr().err


def test_the_check_command_refuses_to_check_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "template.yaml", "Resources: {}\n")
    assert check_machines.main(tmp_path) == 1
    assert "no state machine" in capsys.readouterr().err
