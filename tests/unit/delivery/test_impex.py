"""Files for job steps: names whose alphanumeric order is the order of import, a folder for each job."""

from __future__ import annotations

from akeneo_sfcc.delivery.archive import ExportFile
from akeneo_sfcc.delivery.impex import by_archive, by_job
from akeneo_sfcc.sfcc.jobs import IMPORT_CATALOG, IMPORT_CONTENT, IMPORT_PRICE_BOOK


def files(*paths: str) -> tuple[ExportFile, ...]:
    return tuple(ExportFile(path, f"exports/{path}", 1, "") for path in paths)


def test_files_are_numbered_in_their_order_and_named_after_their_catalogue() -> None:
    found = by_job(files("catalogs/shop/10-categories-000.xml", "catalogs/main/20-products-000.xml"), "akeneo/run-1")
    assert [file.path for file in found] == [
        "Impex/src/akeneo/run-1/001-shop-10-categories-000.xml",
        "Impex/src/akeneo/run-1/002-main-20-products-000.xml",
    ]
    assert [file.working_folder for file in found] == ["akeneo/run-1", "akeneo/run-1"]


def test_more_than_a_thousand_files_still_sort() -> None:
    found = by_job(files(*(f"catalogs/a/20-products-{n:04d}.xml" for n in range(1_200))), "akeneo")
    paths = [file.path for file in found]
    assert paths == sorted(paths)
    assert paths[0] == "Impex/src/akeneo/0001-a-20-products-0000.xml"


def test_each_kind_of_file_has_its_job_and_folder() -> None:
    found = by_job(files("catalogs/a/b.xml", "pricebooks/eur.xml", "libraries/shared/library.xml"), "akeneo")
    assert [(file.job, file.path) for file in found] == [
        (IMPORT_CATALOG, "Impex/src/akeneo/001-a-b.xml"),
        (IMPORT_PRICE_BOOK, "Impex/src/akeneo/pricebooks/002-eur.xml"),
        (IMPORT_CONTENT, "Impex/src/akeneo/libraries/003-shared-library.xml"),
    ]


def test_metadata_and_binaries_go_by_archive_and_nothing_is_left_out() -> None:
    all_files = files("meta/a.xml", "catalogs/a/static/default/x.xml", "catalogs/a/b.xml", "libraries/l/static/d/y.pdf")
    archived = by_archive(all_files)
    assert [file.path for file in archived] == [all_files[0].path, all_files[1].path, all_files[3].path]
    assert len(archived) + len(by_job(all_files, "akeneo")) == len(all_files)
