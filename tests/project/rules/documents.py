"""The documents say what the code holds, and the code holds what the documents say."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable, Iterator
from itertools import dropwhile
from pathlib import Path

from tests.project.rules.architecture import CODE, python_files, syntax_tree
from tests.project.rules.machines import template_resources
from tests.project.rules.naming import available_jobs, function_folders, jobs_in_code, stage_modules

JOB = re.compile(r"\b\d(?:-\d)?-Akeneo-[A-Z][A-Za-z-]*[a-z]")
REASON = re.compile(r"[a-z]+(?:_[a-z]+)+")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
SHELL = {"sh", "bash", "shell", "console"}
COMMAND = "akeneo-sfcc"


def documents(root: Path) -> list[Path]:
    """Return README.md and everything under docs."""
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def _text(path: Path) -> str:
    return path.read_text("utf-8")


def section(text: str, heading: str) -> str:
    """Return what stands under the second-level heading that starts with the given words."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)
    return next((part for part in parts[1:] if part.startswith(heading)), "")


def table(text: str) -> list[list[str]]:
    """Return the rows of all tables in a text without headers; cells stripped of blanks and back-ticks."""
    rows = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        is_header = number + 1 < len(lines) and re.match(r"\|\s*:?-", lines[number + 1])
        if line.startswith("|") and not is_header and not re.match(r"\|\s*:?-", line):
            cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
            rows.append([cell.strip().strip("`").strip() for cell in cells])
    return rows


def _compare(code: set[str], document: set[str], what: str, where: str) -> list[str]:
    return [f"{where}: {what} {name} is not described" for name in sorted(code - document)] + [
        f"{where}: {what} {name} does not exist" for name in sorted(document - code)
    ]


def undocumented_jobs(root: Path) -> list[str]:
    """Report jobs missing from README's table or without a state machine, and unknown ones."""
    rows = {row[0] for row in table(section(_text(root / "README.md"), "Jobs"))}
    jobs = jobs_in_code(root)
    problems = _compare(jobs, rows, "job", "README.md")
    machines = set(available_jobs(root).values())
    problems += [f"README.md: {job}: has no state machine" for job in sorted(rows - machines)]
    for path in documents(root):
        for name in sorted(set(JOB.findall(_text(path))) - jobs):
            problems.append(f"{path.relative_to(root)}: there is no job {name}")
    return problems


def undocumented_stages(root: Path) -> list[str]:
    """Report stages and functions missing from docs/operations.md's table, and rows without one."""
    rows = table(section(_text(root / "docs" / "operations.md"), "Stages"))
    where = "docs/operations.md"
    problems = _compare(stage_modules(root), {row[0] for row in rows}, "stage", where)
    folders = {path.as_posix() for path in function_folders(root).values()}
    return problems + _compare(folders, {row[1] for row in rows}, "function", where)


def undocumented_alarms(root: Path) -> list[str]:
    """Report alarms missing from docs/operations.md's table, and rows without an alarm in the template."""
    rows = table(section(_text(root / "docs" / "operations.md"), "Alarms"))
    alarms = set(template_resources(root, "AWS::CloudWatch::Alarm"))
    return _compare(alarms, {row[0] for row in rows}, "alarm", "docs/operations.md")


def undocumented_errors(root: Path) -> list[str]:
    """Report error names that leave a handler without a section in docs/errors.md, and sections of none."""
    tree = syntax_tree(root / CODE / "errors.py")
    names = {
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id == "ConnectorError" for base in node.bases)
    }
    text = _text(root / "docs" / "errors.md")
    headings = set(re.findall(r"^## `?(\w+Error)`?$", text, flags=re.MULTILINE))
    return _compare(names, headings, "error", "docs/errors.md")


def reasons_in_code(root: Path) -> tuple[set[str], set[str]]:
    """Return the reason codes given to issues, and every text in the code that looks like one.

    Given to an issue is a text handed to a call named after issues, rejects or warnings, or as `reason`
    or `reject`.
    """
    given: set[str] = set()
    texts: set[str] = set()
    for path in python_files(root, CODE):
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and REASON.fullmatch(node.value):
                texts.add(node.value)
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            arguments = [each.value for each in node.keywords if each.arg in ("reason", "reject")]
            if re.search(r"(?:^|_)(?:issue|reject|warn)(?:$|_)", name.lower()):
                arguments += node.args
            for each in arguments:
                if isinstance(each, ast.Constant) and isinstance(each.value, str) and REASON.fullmatch(each.value):
                    given.add(each.value)
    return given, texts


def undocumented_reasons(root: Path) -> list[str]:
    """Report reason codes missing from docs/mapping.md, and documented ones that available jobs never give.

    A row's last cell names the jobs that give the code (`1`, `2`, `3`); once one exists, the code must hold it.
    """
    rows = table(section(_text(root / "docs" / "mapping.md"), "13 "))
    documented = {row[0]: set(re.findall(r"\d", row[-1])) for row in rows if REASON.fullmatch(row[0])}
    given, texts = reasons_in_code(root)
    families = {job[0] for job in available_jobs(root).values()}
    where = "docs/mapping.md"
    problems = [f"{where}: reason {name} is not described" for name in sorted(given - documented.keys())]
    for name, jobs in sorted(documented.items()):
        if jobs & families and name not in texts:
            problems.append(f"{where}: reason {name} is given by no code")
    return problems


def shell_commands(line: str) -> list[list[str]]:
    """Split a shell line into the words of each of its commands; quotes and comments as in a shell."""
    lexer = shlex.shlex(line.removeprefix("$ "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    commands: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("&|;"):
            commands.append([])
        else:
            commands[-1].append(word)
    return commands


def commands_in_documents(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield every `akeneo-sfcc …` line of the documents' shell blocks: where it stands, its arguments."""
    for path in documents(root):
        for language, block in FENCE.findall(_text(path)):
            if language not in SHELL:
                continue
            for line in block.replace("\\\n", " ").splitlines():
                for words in shell_commands(line):
                    # Variables may be set in front of a command; a stack may be called like it.
                    run = list(dropwhile(lambda word: re.match(r"\w+=", word), words))
                    if run and run[0].rsplit("/", 1)[-1] == COMMAND:
                        yield f"{path.relative_to(root)}: {line.strip()}", run[1:]


def unparsable_commands(root: Path, parse: Callable[[list[str]], object]) -> list[str]:
    """Report documented commands the command line refuses."""
    problems = []
    for where, arguments in commands_in_documents(root):
        try:
            parse(arguments)
        except SystemExit as end:
            if end.code:
                problems.append(f"{where}: is refused")
    return problems


def undocumented_commands(root: Path, commands: set[str]) -> list[str]:
    """Report commands missing from README's table, and rows of commands that do not exist."""
    rows = {row[0].removeprefix(COMMAND).strip() for row in table(section(_text(root / "README.md"), "Commands"))}
    return _compare(commands, rows, "command", "README.md")


def unknown_settings(root: Path, settings: dict[str, set[str]]) -> list[str]:
    """Report settings named in the text that the configuration does not have; settings: section → its keys."""
    problems = []
    for path in documents(root):
        for section_name, key in re.findall(r"`(\w+)\.(\w+)[^`]*`", FENCE.sub("", _text(path))):
            if section_name in settings and key not in settings[section_name]:
                problems.append(f"{path.relative_to(root)}: there is no setting {section_name}.{key}")
    return problems


def examples(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the configurations the documents show: where one stands, its JSON."""
    for path in documents(root):
        for language, block in FENCE.findall(_text(path)):
            if language == "json" and '"pim"' in block:
                yield path.relative_to(root).as_posix(), block


def _anchor(heading: str) -> str:
    """Return the anchor GitHub gives a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def dead_links(root: Path) -> list[str]:
    """Report relative links to files or headings that do not exist."""
    problems = []
    for path in documents(root):
        text = FENCE.sub("", _text(path))
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (path.parent / name).resolve() if name else path
            if not target.exists():
                problems.append(f"{path.relative_to(root)}: {link} leads nowhere")
            elif anchor:
                headings = re.findall(r"^#+ (.*)$", _text(target), flags=re.MULTILINE)
                if anchor not in {_anchor(heading) for heading in headings}:
                    problems.append(f"{path.relative_to(root)}: {link} names no heading")
    return problems


def unknown_make_targets(root: Path) -> list[str]:
    """Report `make …` of targets the Makefile lacks, and a README without the two commands everyone needs."""
    targets = set(re.findall(r"^([a-z]+):", _text(root / "Makefile"), flags=re.MULTILINE))
    problems = []
    for path in documents(root):
        for block in [
            *re.findall(r"`([^`\n]+)`", _text(path)),
            *(each[1] for each in FENCE.findall(_text(path))),
        ]:
            for name in re.findall(r"^\s*make ([a-z]+)", block, flags=re.MULTILINE):
                if name not in targets:
                    problems.append(f"{path.relative_to(root)}: make {name} does not exist")
    readme = _text(root / "README.md")
    return problems + [f"README.md: does not say {each}" for each in ("make demo", "make test") if each not in readme]


def undated_decisions(root: Path) -> list[str]:
    """Report decisions without date, alternatives or a word on whether they can be undone, and gaps."""
    problems = []
    for number, path in enumerate(sorted((root / "docs" / "adr").glob("*.md")), 1):
        text = _text(path)
        where = path.relative_to(root)
        if not re.match(rf"{number:04d}-[a-z0-9-]+\.md$", path.name):
            problems.append(f"{where}: decisions are numbered without gaps")
        for wanted, pattern in (
            ("a date", r"^Date: \d{4}-\d{2}-\d{2}$"),
            ("one-way or two-way", r"^Door: (?:one|two)-way\b"),
            ("the alternatives", r"^## Alternatives$"),
        ):
            if not re.search(pattern, text, flags=re.MULTILINE):
                problems.append(f"{where}: lacks {wanted}")
    return problems
