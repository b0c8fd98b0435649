"""A stage has one name from its module to its test."""

from __future__ import annotations

from pathlib import Path

from tests.project.rules import naming


def test_stage_function_resource_substitution_event_and_test_share_one_name(repo_root: Path) -> None:
    assert naming.broken_chain(repo_root) == []


def test_a_job_has_one_name_in_template_definition_and_contract(repo_root: Path) -> None:
    assert naming.misnamed_jobs(repo_root) == []


def test_every_job_has_a_start_input(repo_root: Path) -> None:
    assert naming.jobs_without_input(repo_root) == []


def test_the_stages_of_the_full_product_import_are_found(repo_root: Path) -> None:
    # The chain compares what it finds; this names what must be found.
    assert naming.stage_modules(repo_root) >= {
        "start_run",
        "read_structure",
        "build_categories",
        "plan_pages",
        "import_pages",
        "index_models",
        "index_products",
        "build_catalogs",
        "write_manifest",
        "finish_run",
        "fail_run",
    }
