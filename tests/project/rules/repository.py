"""Rules about files: no machine's paths, no package index, pinned dependencies in use, short modules."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.project.rules.architecture import CODE, imports, module_name, python_files, syntax_tree

LONGEST_MODULE = 450
IGNORED_FOLDERS = {
    ".git", ".venv", ".tools", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".aws-sam",
    ".demo", "build", "dist", "node_modules",
}  # fmt: skip
TEXT = {
    ".py", ".md", ".toml", ".txt", ".in", ".yaml", ".yml", ".json", ".cfg", ".ini", ".sh", ".html", ".jsonl",
    ".xml",
    ".j2", ".css", "",
}  # fmt: skip

MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|Users|home|mnt|private)/\w")
INDEX_ADDRESS = re.compile(
    r"(?:--(?:extra-)?index-url|--find-links|--trusted-host)\b"
    r"|https?://[^\s\"'<>]*(?:/simple\b|pypi\.org|pythonhosted\.org|registry\.npmjs\.org)"
)
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
SKIPPED = re.compile(r"pytest\.mark\.(?:skip|xfail)|unittest\.skip")

IMPORT_NAMES = {
    "aws-lambda-powertools": "aws_lambda_powertools",
    "aws-sam-translator": "samtranslator",
    "cfn-lint": "cfnlint",
    "lxml-stubs": "lxml",
    "pyyaml": "yaml",
}
COMES_WITH = {"markupsafe": "jinja2", "pydantic_core": "pydantic", "urllib3": "requests"}
"""Modules that are part of a dependency's interface though another distribution holds them."""
DATA_ALONE = frozenset({"tzdata"})
"""Packages that are read, not imported: zoneinfo finds its time zones in this one."""

TYPES_ALONE = {"_typeshed"}
IN_THE_LAMBDA_RUNTIME = {"boto3", "botocore"}
RUN_BY_NAME = {"cfn-lint", "ruff", "mypy", "uv", "hatchling", "pytest-xdist"}
"""Development tools that are run, not imported: each must stand in the Makefile or pyproject.toml."""
OPTION_OF = {"pytest-xdist": "-n 2", "hatchling": "hatchling.build"}


RUN_OUTPUT = {"state", "out"}
"""Where README's examples put a run's state and files."""


def text_files(root: Path, ignored: frozenset[str] = frozenset(IGNORED_FOLDERS | RUN_OUTPUT)) -> Iterator[Path]:
    """Yield the repository's text files; what is generated, installed or a run's output is left out."""
    for path in sorted(root.iterdir()):
        if path.name in ignored or path.name.endswith(".egg-info"):
            continue
        if path.is_dir():
            yield from text_files(path, frozenset(IGNORED_FOLDERS))
        elif path.suffix in TEXT:
            yield path


def _matches(root: Path, pattern: re.Pattern[str], message: str, *, exempt: tuple[str, ...] = ()) -> list[str]:
    problems = []
    for path in text_files(root):
        where = path.relative_to(root).as_posix()
        if where in exempt:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if found := pattern.search(line):
                problems.append(f"{where}:{number}: {message}: {found.group()}")
    return problems


THIS = "tests/project/rules/repository.py"
SAMPLES = "tests/project/test_checks_can_fail.py"


def paths_of_a_machine(root: Path) -> list[str]:
    """Report absolute paths that exist on somebody's machine alone."""
    return _matches(root, MACHINE_PATH, "a path of a machine", exempt=(THIS, SAMPLES))


def index_addresses(root: Path) -> list[str]:
    """Report addresses of package indexes: pip's own configuration decides where packages come from."""
    return _matches(root, INDEX_ADDRESS, "an address of a package index", exempt=(THIS, SAMPLES))


def unfinished_work(root: Path) -> list[str]:
    """Report markers of unfinished work and tests that are switched off."""
    marks = _matches(
        root, UNFINISHED, "unfinished", exempt=("requirements-dev.txt", "tools/sam.txt", "tools/checkov.txt")
    )
    return marks + _matches(root, SKIPPED, "a test that is switched off", exempt=(THIS, SAMPLES))


def long_modules(root: Path) -> list[str]:
    """Report Python modules that are too long to be about one thing."""
    problems = []
    for path in text_files(root):
        if path.suffix == ".py" and (lines := len(path.read_text("utf-8").splitlines())) > LONGEST_MODULE:
            problems.append(f"{path.relative_to(root)}: {lines} lines, at most {LONGEST_MODULE}")
    return problems


REQUIREMENT_FILES = ("requirements-dev", "layers/dependencies/requirements")


def _pins(path: Path) -> dict[str, str]:
    """Return the requirements of a pinned file: name → the whole requirement with its hashes."""
    logical = path.read_text("utf-8").replace("\\\n", " ").splitlines()
    found = {}
    for line in logical:
        if line.strip() and not line.startswith("#"):
            found[re.split(r"[=<>~! \[;]", line.strip())[0].lower()] = line
    return found


def _wanted(path: Path) -> list[str]:
    lines = [line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines()]
    return [re.split(r"[=<>~! \[;]", line)[0].lower() for line in lines if line and not line.startswith("-")]


def loose_requirements(root: Path) -> list[str]:
    """Report requirements without an exact version and hashes, and ones the two files pin differently."""
    problems = []
    pins = {name: _pins(root / f"{name}.txt") for name in REQUIREMENT_FILES}
    for file, found in pins.items():
        for name, line in found.items():
            if not re.match(r"[\w.\[\]-]+==[\w.!+]+(?:\s|$)", line):
                problems.append(f"{file}.txt: {name}: no exact version")
            if "--hash=sha256:" not in line:
                problems.append(f"{file}.txt: {name}: no hash")
        for name in _wanted(root / f"{file}.in"):
            if name not in found:
                problems.append(f"{file}.in: {name}: not in {file}.txt; run make lock")
    development, layer = (pins[name] for name in REQUIREMENT_FILES)
    for name, line in layer.items():
        if development.get(name, "").split() != line.split():
            problems.append(f"{name}: tested in another version than the layer ships; run make lock")
    return problems


def _imported(root: Path, *folders: Path | str) -> set[str]:
    return {
        found.top
        for folder in folders
        for path in python_files(root, folder)
        for found in imports(syntax_tree(path), module_name(path, root / (CODE.parent if folder == CODE else ".")))
    }


def _import_name(requirement: str) -> str:
    return IMPORT_NAMES.get(requirement, requirement.replace("-", "_"))


def unused_or_undeclared_dependencies(root: Path) -> list[str]:
    """Report dependencies nothing uses, and imports of the shipped code that its layer does not bring."""
    problems = []
    layer_file = "layers/dependencies/requirements.in"
    shipped = _imported(root, CODE, "functions")
    layer = {_import_name(name) for name in _wanted(root / layer_file)}
    own = {"akeneo_sfcc", "functions", "local", "tests"}
    layer |= {part for part, whole in COMES_WITH.items() if whole in layer}
    known = layer | own | TYPES_ALONE | IN_THE_LAMBDA_RUNTIME | set(sys.stdlib_module_names)
    problems += [
        f"layers/dependencies/requirements.in: {name}: nothing imports it"
        for name in sorted(layer - shipped - COMES_WITH.keys() - DATA_ALONE)
    ]
    problems += [
        f"{name}: imported by the layer's code but not in {layer_file}"
        for name in sorted(shipped - known)
        if not name.startswith("mypy_boto3")
    ]
    used = _imported(root, CODE, "functions", "local", "tests")
    tools = (root / "Makefile").read_text("utf-8") + (root / "pyproject.toml").read_text("utf-8")
    for name in _wanted(root / "requirements-dev.in"):
        if name in RUN_BY_NAME:
            is_used = OPTION_OF.get(name, name) in tools
        elif name.startswith("types-") or "-stubs" in name:
            subject = re.sub(r"^types-|-stubs.*$", "", name)
            is_used = _import_name(subject) in used
        else:
            is_used = _import_name(name) in used
        if not is_used:
            problems.append(f"requirements-dev.in: {name}: nothing uses it")
    declared = {_import_name(name) for name in _wanted(root / "requirements-dev.in")} | known
    problems += [
        f"{name}: imported by local or tests but not in requirements-dev.in"
        for name in sorted(used - declared)
        if not name.startswith("mypy_boto3")
    ]
    return problems


def command_not_installed(root: Path) -> list[str]:
    """Report a project file that does not give the `akeneo-sfcc` command."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    target = str(project.get("scripts", {}).get("akeneo-sfcc", ""))
    module, _, name = target.partition(":")
    path = root / (module.replace(".", "/") + ".py")
    if not path.is_file() or f"def {name}(" not in path.read_text("utf-8"):
        return [f"pyproject.toml: akeneo-sfcc = {target!r} names no function"]
    return []
