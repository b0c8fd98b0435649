"""`akeneo-sfcc run`: a job of the stack, on this machine."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.runtime.failures import input_keys
from akeneo_sfcc.stages.contracts import StartInput
from local.commands.connection import (
    add_connection,
    add_instance,
    configuration_name,
    read_configuration,
    read_credentials,
    read_sfcc_credentials,
)
from local.commands.progress import show_progress

if TYPE_CHECKING:
    from local.embedded.aws import EmbeddedAws, Outcome

TEMPLATE = Path(__file__).resolve().parent.parent.parent / "template.yaml"

DONE, FAILED, BAD_CONFIGURATION = 0, 1, 2

RETRIES = 1
"""Retries of a state when somebody waits at a terminal: the client has tried for minutes by then."""


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("run", help="run a job", description="Run a job to its end on this machine.")
    parser.add_argument("job", help="the job's name, such as 3-2-Akeneo-Full-Import-Products, or its number")
    add_connection(parser)
    add_instance(parser)
    parser.add_argument("--state", type=Path, metavar="DIR", help="where bucket and table are kept between runs")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the files for SFCC and the report go")
    parser.add_argument("--log", type=Path, metavar="FILE", help="where the functions' log lines go")
    given = parser.add_argument_group("the job's input")
    given.add_argument("--input", metavar="JSON", help="the whole input, instead of the options below")
    given.add_argument("--force-full", action="store_true", help="write everything, changed or not")
    given.add_argument("--dry-run", action="store_true", help="write the files and the report, commit nothing")
    given.add_argument("--only", action="append", metavar="ID", help="only this product or model; may be repeated")
    parser.set_defaults(command=run)


def run(parsed: argparse.Namespace) -> int:
    """Run the job; 0 done, 1 the run failed, 2 what it was given is wrong."""
    from local.embedded.aws import EmbeddedAws

    name = configuration_name(parsed.config)
    run_input = job_input(parsed, name)
    document, settings = read_configuration(parsed.config, parsed.pim_url, parsed.sfcc_url)
    credentials, sfcc = read_credentials(settings.pim.base_url), read_sfcc_credentials(settings)
    log = parsed.log
    with EmbeddedAws(
        TEMPLATE,
        document,
        credentials,
        parsed.state,
        sfcc_credentials=sfcc,
        name=name,
        retry_attempts=RETRIES,
        log=log,
    ) as aws:
        job = find_job(parsed.job, aws.jobs)
        jobs = aws.jobs_of(job) or (job,)
        folders = {} if parsed.out is None else out_folders(parsed.out, jobs)
        with show_progress() as listener:
            outcome = aws.run(job, run_input, listener)
        take_files(aws, outcome, folders)
    return tell_all(outcome, folders, jobs)


def find_job(wanted: str, jobs: tuple[str, ...]) -> str:
    """Return the job of that name, whatever its case, or of that number; ConfigurationError lists the jobs."""
    lowered = wanted.lower()
    found = [job for job in jobs if job.lower() == lowered or job.lower().startswith(f"{lowered}-akeneo-")]
    if len(found) != 1:
        raise ConfigurationError(f"job {wanted!r}: unknown; allowed: {', '.join(jobs)}")
    return found[0]


def job_input(parsed: argparse.Namespace, name: str) -> dict[str, Any]:
    """Return the input of the execution; ConfigurationError names what is wrong in it."""
    options = {"force_full": parsed.force_full, "dry_run": parsed.dry_run, "only": parsed.only}
    if parsed.input is None:
        only = {"identifiers": parsed.only} if parsed.only else None
        given: Any = {"force_full": parsed.force_full, "dry_run": parsed.dry_run, "only": only}
    elif any(options.values()):
        raise ConfigurationError("--input: cannot be joined with --force-full, --dry-run or --only")
    else:
        try:
            given = json.loads(parsed.input)
        except json.JSONDecodeError as error:
            raise ConfigurationError(f"--input: is not valid JSON: {error}") from error
    if not isinstance(given, dict):
        raise ConfigurationError("--input: is not an object; allowed: one JSON object")
    if given.setdefault("config", name) != name:
        raise ConfigurationError(f"--input: config is {given['config']!r}; allowed: {name!r}, the name of --config")
    try:
        checked = StartInput.model_validate(given)
    except ValidationError as error:
        raise ConfigurationError([_input_problem(each) for each in error.errors(include_url=False)]) from error
    return checked.model_dump(mode="json", by_alias=True, exclude_none=True)


def check_out(folder: Path) -> None:
    """Raise ConfigurationError unless the folder is new, empty or an earlier export: it is going to be replaced."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ConfigurationError(f"--out {folder}: is a file; allowed: a folder")
    is_export = (folder / "report.json").exists() or (folder / "manifest.json").exists()
    if any(folder.iterdir()) and not is_export:
        raise ConfigurationError(
            f"--out {folder}: holds other files, and would be replaced; allowed: a new or empty folder or an export"
        )


def out_folders(out: Path, jobs: Sequence[str]) -> dict[str, Path]:
    """Return job → where its files go: the folder itself, or one below it for each of several jobs; all are checked."""
    folders = {jobs[0]: out} if len(jobs) == 1 else {job: out / job for job in jobs}
    for folder in folders.values():
        check_out(folder)
    return folders


def take_files(aws: EmbeddedAws, outcome: Outcome, folders: Mapping[str, Path]) -> None:
    """Put what a job and the jobs it started have written into their folders; that of a job that did not run goes."""
    ended = {each.job: each for each in outcome.jobs or (outcome,)}
    for job, folder in folders.items():
        if job in ended:
            aws.export(job, ended[job].run_id, folder, files=ended[job].status == "SUCCEEDED")
        elif folder.exists():
            shutil.rmtree(folder)


def tell_all(outcome: Outcome, folders: Mapping[str, Path], jobs: Sequence[str]) -> int:
    """Say how a job ended, or each of those it was to start; returns the exit code."""
    codes = [tell(each, folders.get(each.job)) for each in outcome.jobs]
    if not codes or outcome.status == "SUCCEEDED":
        return tell(outcome, folders.get(outcome.job))
    not_run = [job for job in jobs if job not in {each.job for each in outcome.jobs}]
    if not_run:
        print(f"akeneo-sfcc: not run: {', '.join(not_run)}", file=sys.stderr)
    return max(codes) or tell(outcome, None)


def tell(outcome: Outcome, out: Path | None) -> int:
    """Say how it ended; returns the exit code."""
    where = f", files in {out}" if out is not None else ""
    if outcome.status == "SUCCEEDED":
        output = outcome.output if isinstance(outcome.output, dict) else {}
        if output.get("status") == "already_running":
            print(f"another run is active: {output.get('held_by')}")
            return DONE
        counts = output.get("result", {}).get("counts", {})
        said = ", ".join(f"{key.replace('_', ' ')} {value:,}" for key, value in counts.items())
        done = f"{outcome.job}, run {outcome.run_id}: done in {outcome.seconds:.1f} s"
        print(f"{done}{where}{': ' + said if said else ''}")
        _point_to_report(out)
        return DONE
    print(
        f"akeneo-sfcc: run {outcome.run_id} {outcome.status.lower().replace('_', ' ')}: {reason(outcome)}",
        file=sys.stderr,
    )
    report = outcome.fail_run or {}
    if "error" in report:
        print(f"akeneo-sfcc: the failure could not be recorded: {report['error']['errorMessage']}", file=sys.stderr)
    _point_to_report(out)
    return BAD_CONFIGURATION if outcome.error == "ConfigurationError" else FAILED


def _point_to_report(out: Path | None) -> None:
    """Say where the reports are; a run that failed before it began has none."""
    if out is not None:
        for name in ("report.html", "report.json"):
            if (out / name).exists():
                print(f"report: {out / name}")


def reason(outcome: Outcome) -> str:
    """Return why a run failed, for people: the error's own message."""
    message = outcome.cause or ""
    try:
        found = json.loads(message)
    except json.JSONDecodeError:
        found = None
    if isinstance(found, dict) and "errorMessage" in found:
        message = str(found["errorMessage"])
    state = f"{outcome.failures[0].state}: " if outcome.failures else ""
    return f"{state}{outcome.error or 'no error given'}: {message}" if message else f"{state}{outcome.error}"


def _input_problem(error: Mapping[str, Any]) -> str:
    path = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"input {path}: unknown key; allowed: {', '.join(input_keys(StartInput))}"
    return f"input {path}: {error['msg']}: value {error['input']!r}"
