"""Delivery file by file: where each file goes in `Impex/src`, which job imports it, what goes by archive instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from akeneo_sfcc.delivery.archive import ExportFile
from akeneo_sfcc.sfcc.jobs import IMPORT_CATALOG, IMPORT_CONTENT, IMPORT_PRICE_BOOK

_JOBS = {"catalogs": IMPORT_CATALOG, "pricebooks": IMPORT_PRICE_BOOK, "libraries": IMPORT_CONTENT}


@dataclass(frozen=True, slots=True)
class ImpexFile:
    """A file to upload. job: that imports it; path: below `Sites` by WebDAV."""

    file: ExportFile
    job: str
    path: str

    @property
    def working_folder(self) -> str:
        """The folder as the job's parameter takes it: below `Impex/src`."""
        return self.path.removeprefix("Impex/src/").rpartition("/")[0]


def by_archive(files: Sequence[ExportFile]) -> tuple[ExportFile, ...]:
    """Return the files no job step imports: metadata and binaries."""
    return tuple(file for file in files if _job(file.path) is None)


def by_job(files: Sequence[ExportFile], folder: str) -> tuple[ImpexFile, ...]:
    """Return the files job steps import, in their order; folder: below `Impex/src`.

    Names are `<number>-<catalogue>-<file>`: a job takes the files of its folder in alphanumeric order, so all numbers
    have the same width. Each kind of file has a folder of its own, since a step takes all that is in its folder:
    catalogues `folder` itself, the other kinds one below.
    """
    found = [(file, job) for file in files if (job := _job(file.path)) is not None]
    width = max(3, len(str(len(found))))
    return tuple(
        ImpexFile(file, job, f"{_folder(file.path, folder)}/{number:0{width}d}-{_name(file.path)}")
        for number, (file, job) in enumerate(found, 1)
    )


def _job(path: str) -> str | None:
    parts = path.split("/")
    return None if "static" in parts else _JOBS.get(parts[0])


def _folder(path: str, folder: str) -> str:
    kind = path.partition("/")[0]
    return f"Impex/src/{folder}" if kind == "catalogs" else f"Impex/src/{folder}/{kind}"


def _name(path: str) -> str:
    return path.partition("/")[2].replace("/", "-")
