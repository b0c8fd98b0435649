"""What a log says is counted and grouped, and decides whether an import is good."""

from __future__ import annotations

import pytest

from akeneo_sfcc.delivery.executions import Execution, execution
from akeneo_sfcc.delivery.log import MOST_GROUPS, Findings, LogReader, judge

STAMP = "[2026-11-23 03:00:00.000 GMT]"
DONE = Execution("job", "7", "finished", "OK", log_path="LOGS/a.log")


def read(*lines: str, size: int = 7) -> Findings:
    """Read lines in chunks that are cut anywhere."""
    reader = LogReader()
    body = "\n".join(lines).encode()
    reader.read(body[at : at + size] for at in range(0, len(body), size))
    return reader.findings


def test_lines_that_differ_in_ids_alone_are_one_group() -> None:
    found = read(
        f"{STAMP} ERROR DATAERROR [main] Product 'A1' has no attribute 'x'",
        f"{STAMP} ERROR DATAERROR [main] Product 'B22' has no attribute 'x'",
        f"{STAMP} WARN DATAWARNING Category shoes-12 does not exist",
        f"{STAMP} INFO Processed 12 elements successfully",
    )
    assert (found.errors, found.warnings) == (2, 1)
    (group,) = found.error_groups
    assert (group.count, group.text) == (2, "[main] Product 'A1' has no attribute 'x'")
    assert len(group.examples) == 2


def test_groups_come_by_size_and_keep_few_examples() -> None:
    found = read(f"{STAMP} WARN DATAWARNING rare", *(f"DATAWARNING: often {n}" for n in range(9)))
    assert [(group.text, group.count) for group in found.warning_groups] == [("often 0", 9), ("rare", 1)]
    assert len(found.warning_groups[0].examples) == 3


def test_memory_does_not_grow_with_the_kinds_of_lines() -> None:
    letters = [f"{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(400)]
    found = read(*(f"DATAERROR of kind {name}" for name in letters))
    assert found.errors == 400
    assert len(found.error_groups) == MOST_GROUPS + 1
    assert sum(group.count for group in found.error_groups) == 400


def test_a_line_without_end_is_cut() -> None:
    found = read(f"{STAMP} ERROR DATAERROR " + "x" * 200_000, size=4_096)
    assert len(found.error_groups[0].text) < 3_000


def test_errors_of_the_job_itself_count_and_a_setting_called_so_does_not() -> None:
    found = read(
        f"{STAMP} ERROR File a.xml is not valid",
        f"{STAMP} INFO parameter ImportFailedHandling = ERROR",
    )
    assert [group.text for group in found.error_groups] == ["File a.xml is not valid"]


def test_the_logs_of_imports_are_found() -> None:
    found = read(f"{STAMP} INFO see '/Sites/IMPEX/log/Import-Catalog-1.log' and /Sites/Impex/log/b.log.")
    assert found.other_logs == ("IMPEX/log/Import-Catalog-1.log", "Impex/log/b.log")


def test_an_import_without_errors_is_good() -> None:
    assert judge(DONE, read("DATAWARNING something"), "a.zip").good


@pytest.mark.parametrize(
    ("ended", "findings", "problem"),
    [
        (DONE, Findings(errors=1, error_groups=read("DATAERROR bad").error_groups), "SFCC refused data: bad"),
        (DONE, None, "left no log"),
        (Execution("job", "7", "aborted"), Findings(), "was aborted"),
        (Execution("job", "7", "finished", "ERROR", "no room"), Findings(), "exit status ERROR: no room"),
        (Execution("job", "7", "finished"), Findings(), r"exit status \(none\)"),
        (Execution("job", "7", "finished", "NO_FILES_FOUND"), Findings(), "exit status NO_FILES_FOUND"),
    ],
)
def test_every_other_end_is_told(ended: Execution, findings: Findings | None, problem: str) -> None:
    with pytest.raises(AssertionError, match=f"^a.zip: job job, execution 7.*{problem}"):
        raise AssertionError("\n".join(judge(ended, findings, "a.zip").problems))


def test_both_apis_describe_an_execution_alike() -> None:
    ocapi = {
        "id": "7",
        "job_id": "job",
        "execution_status": "finished",
        "exit_status": {"code": "ERROR", "status": "error"},
        "step_executions": [{"exit_status": {"code": "ERROR", "message": "why"}}],
        "is_log_file_existing": True,
        "log_file_path": "/Sites/LOGS/jobs/job/a.log",
        "parameters": [{"name": "ImportFile", "value": "a.zip"}],
    }
    scapi = {
        "id": "7",
        "jobId": "job",
        "executionStatus": "FINISHED",
        "exitStatus": {"code": "ERROR", "status": "error"},
        "stepExecutions": [{"exitStatus": {"code": "ERROR", "message": "why"}}],
        "isLogFileExisting": True,
        "logFilePath": "/Sites/LOGS/jobs/job/a.log",
        "parameters": [{"name": "ImportFile", "value": "a.zip"}],
    }
    expected = Execution("job", "7", "finished", "ERROR", "why", "LOGS/jobs/job/a.log", (("ImportFile", "a.zip"),))
    assert execution(ocapi) == execution(scapi) == expected
    assert expected.imports("a.zip")
    assert not expected.imports(None)


def test_a_log_that_does_not_exist_has_no_path() -> None:
    assert execution({"id": "7", "log_file_path": "/Sites/LOGS/a.log", "is_log_file_existing": False}).log_path is None
