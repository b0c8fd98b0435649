"""Job steps of Business Manager import the files of a folder as their parameters say."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.demo_sfcc.instance import ImportFailedError, Instance
from tests.unit.demo_sfcc.files import catalog_file, product

BROKEN = b"<catalog"


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path)


def put(instance: Instance, files: dict[str, bytes]) -> Path:
    """Write files into the folder of a step and return it."""
    folder = instance.share.path("Impex/src/pim")
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def run(instance: Instance, **parameters: str) -> None:
    instance.import_folder("ImportCatalog", {"WorkingFolder": "pim", **parameters})


def brand(value: str) -> bytes:
    return catalog_file("m", product("a", f"<online-flag>true</online-flag><brand>{value}</brand>"))


def held(instance: Instance) -> str:
    found: str = instance.state()["products"]["a"]["values"]["brand"]
    return found


def test_files_come_in_the_order_of_their_names(instance: Instance) -> None:
    put(instance, {"10.xml": brand("first"), "9.xml": brand("last")})
    run(instance)
    assert held(instance) == "last"


def test_a_pattern_chooses_files(instance: Instance) -> None:
    put(instance, {"1-catalog.xml": brand("taken"), "2-other.xml": brand("left")})
    run(instance, FileNamePattern=r".*-catalog\.xml")
    assert held(instance) == "taken"


@pytest.mark.parametrize(("handling", "kept", "archived"), [("Keep", 1, 0), ("Delete", 0, 0), ("", 0, 1)])
def test_files_are_kept_deleted_or_archived(instance: Instance, handling: str, kept: int, archived: int) -> None:
    folder = put(instance, {"a.xml": brand("x")})
    run(instance, **({"AfterImportFileHandling": handling} if handling else {}))
    assert len(list(folder.iterdir())) == kept
    assert len(list(instance.share.path("Impex/archive").glob("*.xml"))) == archived


def test_a_file_that_fails_ends_the_job_where_that_is_asked_for_and_stays(instance: Instance) -> None:
    folder = put(instance, {"1.xml": BROKEN, "2.xml": brand("x")})
    with pytest.raises(ImportFailedError, match=r"1\.xml could not be imported"):
        run(instance, ImportFailedHandling="ERROR")
    assert not instance.state()["products"]
    assert len(list(folder.iterdir())) == 2


def test_a_file_that_fails_is_passed_over_by_default(instance: Instance) -> None:
    put(instance, {"1.xml": BROKEN, "2.xml": brand("x")})
    run(instance)
    assert held(instance) == "x"
    assert len(instance.importer.log.errors) == 1


def test_the_mode_is_the_steps(instance: Instance) -> None:
    put(instance, {"1.xml": brand("x")})
    run(instance, AfterImportFileHandling="Keep")
    run(instance, ImportMode="Delete")
    assert not instance.state()["products"]
    with pytest.raises(ImportFailedError, match="'Upsert' is no import mode"):
        run(instance, ImportMode="Upsert")


def test_no_files_fail_a_job_that_wants_some(instance: Instance) -> None:
    run(instance)
    with pytest.raises(ImportFailedError, match="No files found"):
        run(instance, NoFilesFoundHandling="ERROR")


def test_a_step_stays_in_its_place_and_with_its_kind(instance: Instance) -> None:
    with pytest.raises(ImportFailedError, match="leaves Impex/src"):
        instance.import_folder("ImportCatalog", {"WorkingFolder": "../../Logs"})
    put(instance, {"1.xml": brand("x")})
    instance.import_folder("ImportPriceBook", {"WorkingFolder": "pim"})
    assert not instance.state()["products"]
