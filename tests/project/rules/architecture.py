"""Which module may import and call what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "akeneo_sfcc"
CODE = Path("layers/connector") / PACKAGE

_FOUNDATION = {"errors", "settings", "pim", "sfcc"}
_AWS = {"aws_errors"}
_ADAPTERS = {"akeneo", "storage", "runs", "delivery"}
_HTTP = {"akeneo", "delivery"}
ARROWS: dict[str, set[str]] = {
    "errors": set(),
    "aws_errors": {"errors"},
    "pim": {"errors"},
    "sfcc": {"errors"},
    "settings": {"errors", "pim", "sfcc"},
    "mapping": _FOUNDATION,
    "reporting": set(),
    "http": set(),
    **dict.fromkeys(_ADAPTERS, _FOUNDATION | _AWS),
    **dict.fromkeys(_HTTP, _FOUNDATION | _AWS | {"http"}),
    "stages": _FOUNDATION | _ADAPTERS | {"mapping", "reporting"},
    "runtime": _FOUNDATION | _AWS | _ADAPTERS | {"mapping", "reporting", "stages"},
}
"""Part of the package → the parts it may import besides itself."""

OUTSIDE = {"functions": {*ARROWS, "functions"}, "local": {*ARROWS, "local"}}
"""Top-level folders that use the package; they do not import each other."""

PURE = {"pim", "sfcc", "mapping", "reporting"}
IMPURE_MODULES = {
    "boto3", "botocore", "requests", "urllib3", "http", "socket", "os", "pathlib", "subprocess", "threading",
    "multiprocessing", "asyncio", "time", "random", "secrets", "logging", "tempfile", "shutil",
    "aws_lambda_powertools",
}  # fmt: skip
IMPURE_CALLS = {
    "open", "input", "print", "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "uuid.uuid1",
    "uuid.uuid4", "uuid1", "uuid4",
}  # fmt: skip

AWS_CLIENTS = {"boto3", "botocore"}
AWS_CLIENT_HOMES = ("storage/s3.py", "runs/dynamodb.py", "runtime/", "delivery/")
HTTP_HOMES = ("http/", "akeneo/", "delivery/")
ENVIRONMENT_HOMES = ("runtime/",)
JUNK_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "misc"}
LONGEST_HANDLER = 25
DECISIONS = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.Match, ast.comprehension, ast.Try)


@dataclass(frozen=True)
class Import:
    """One imported module, absolute."""

    line: int
    module: str

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    @property
    def part(self) -> str:
        """The part of the package it belongs to: `akeneo_sfcc.pim.model` → `pim`."""
        return [*self.module.split("."), ""][1]


def python_files(root: Path, folder: Path | str) -> list[Path]:
    """Return the Python files under a folder of the repository, sorted."""
    return sorted((root / folder).rglob("*.py"))


def syntax_tree(path: Path) -> ast.Module:
    """Parse a file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def imports(tree: ast.Module, module: str) -> Iterator[Import]:
    """Yield every import of a module, wherever it stands (also in functions and under TYPE_CHECKING).

    `from akeneo_sfcc import pim` counts as an import of `akeneo_sfcc.pim`; relative ones are made absolute.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                parents = module.split(".")[: -node.level]
                origin = ".".join([*parents, origin]) if origin else ".".join(parents)
            if origin == PACKAGE:
                yield from (Import(node.lineno, f"{origin}.{alias.name}") for alias in node.names)
            else:
                yield Import(node.lineno, origin)


def module_name(path: Path, base: Path) -> str:
    """Return the dotted name of a file below the folder that is on the path."""
    # A package's own name ends in __init__, so that one level up from it is the package, as Python counts it.
    return ".".join(path.relative_to(base).with_suffix("").parts)


def _part_of(path: Path, code: Path) -> str:
    return path.relative_to(code).with_suffix("").parts[0]


def wrong_arrows(root: Path) -> list[str]:
    """Report imports against functions, local → runtime → stages → adapters, mapping → pim, sfcc → errors."""
    problems = []
    code = root / CODE
    for path in python_files(root, CODE):
        part = _part_of(path, code)
        where = path.relative_to(root)
        if part == "__init__":
            allowed: set[str] = set()
        elif part in ARROWS:
            allowed = ARROWS[part] | {part}
        else:
            problems.append(f"{where}: belongs to no part of the architecture")
            continue
        for found in imports(syntax_tree(path), module_name(path, code.parent)):
            if found.top == PACKAGE and found.part not in allowed | {""}:
                problems.append(f"{where}:{found.line}: {part} must not import {found.part}")
            elif found.top in (*OUTSIDE, "tests"):
                problems.append(f"{where}:{found.line}: {part} must not import {found.top}")
    for folder, allowed in OUTSIDE.items():
        for path in python_files(root, folder):
            for found in imports(syntax_tree(path), module_name(path, root)):
                target = found.part if found.top == PACKAGE else found.top
                if found.top in (PACKAGE, *OUTSIDE, "tests") and target not in allowed | {""}:
                    problems.append(f"{path.relative_to(root)}:{found.line}: {folder} must not import {target}")
    return problems


def _called_name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    if isinstance(call.func, ast.Attribute):
        owner = call.func.value
        name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
        return f"{name}.{call.func.attr}"
    return ""


def impurities(root: Path) -> list[str]:
    """Report clocks, chance, environment, network, files and loggers in pim, sfcc and mapping."""
    problems = []
    for part in sorted(PURE):
        for path in python_files(root, CODE / part):
            tree = syntax_tree(path)
            where = path.relative_to(root)
            for found in imports(tree, module_name(path, root / CODE.parent)):
                if found.top in IMPURE_MODULES or found.module == "urllib.request":
                    problems.append(f"{where}:{found.line}: {part} is pure and must not import {found.module}")
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and _called_name(node) in IMPURE_CALLS:
                    problems.append(f"{where}:{node.lineno}: {part} is pure and must not call {_called_name(node)}")
    return problems


def libraries_out_of_place(root: Path) -> list[str]:
    """Report AWS clients, HTTP clients, Powertools and the environment outside the modules made for them."""
    problems = []
    code = root / CODE
    for path in python_files(root, CODE):
        inside = path.relative_to(code).as_posix()
        where = path.relative_to(root)
        tree = syntax_tree(path)
        for found in imports(tree, module_name(path, code.parent)):
            is_aws = found.top in AWS_CLIENTS or found.top.startswith("mypy_boto3")
            if is_aws and not inside.startswith(AWS_CLIENT_HOMES):
                problems.append(f"{where}:{found.line}: {found.top} belongs in {', '.join(AWS_CLIENT_HOMES)}")
            if found.top == "requests" and not inside.startswith(HTTP_HOMES):
                problems.append(f"{where}:{found.line}: requests belongs in {', '.join(HTTP_HOMES)}")
            if found.top == "aws_lambda_powertools" and not inside.startswith("runtime/"):
                problems.append(f"{where}:{found.line}: Powertools belongs in runtime/")
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute) or inside.startswith(ENVIRONMENT_HOMES):
                continue
            if node.attr in ("environ", "getenv", "environb"):
                problems.append(f"{where}:{node.lineno}: the environment is read in runtime/ alone")
    return problems


def junk_names(root: Path) -> list[str]:
    """Report modules and packages whose name says nothing."""
    return [
        f"{path.relative_to(root)}: name the module after what it is about"
        for folder in (CODE, "local", "functions", "tests")
        for path in python_files(root, folder)
        if {*path.relative_to(root).with_suffix("").parts} & JUNK_NAMES
    ]


def thick_handlers(root: Path) -> list[str]:
    """Report entry points that do more than bind a stage."""
    problems = []
    for path in python_files(root, "functions"):
        where = path.relative_to(root)
        if path.name == "__init__.py":
            problems.append(f"{where}: a function's folder is no package")
            continue
        if path.name != "app.py":
            problems.append(f"{where}: a function's folder holds app.py alone")
        lines = len(path.read_text("utf-8").splitlines())
        if lines > LONGEST_HANDLER:
            problems.append(f"{where}: {lines} lines, at most {LONGEST_HANDLER}")
        tree = syntax_tree(path)
        for node in ast.walk(tree):
            if isinstance(node, DECISIONS):
                problems.append(f"{where}: {type(node).__name__} in an entry point")
        for found in imports(tree, module_name(path, root)):
            if found.top in AWS_CLIENTS:
                problems.append(f"{where}:{found.line}: {found.top} in an entry point")
    return problems


def clients_made_at_import(root: Path) -> list[str]:
    """Report AWS clients, sessions and reads of the environment that happen when a module is imported."""
    problems = []
    for folder in (CODE, "functions", "local"):
        for path in python_files(root, folder):
            for statement in syntax_tree(path).body:
                if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    continue
                for node in ast.walk(statement):
                    name = _called_name(node) if isinstance(node, ast.Call) else ""
                    is_environment = isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
                    if name.startswith("boto3.") or name in ("Session", "requests.Session") or is_environment:
                        where = f"{path.relative_to(root)}:{statement.lineno}"
                        problems.append(f"{where}: nothing happens at import: {name or 'os.environ'}")
    return problems
