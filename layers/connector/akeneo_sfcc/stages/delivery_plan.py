"""The plan of a run's delivery: imports, one awaited before the next, and what became of each.

Kept as JSON among the run's work files; the state machine carries a position in it and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import orjson

from akeneo_sfcc.delivery.archive import Archive
from akeneo_sfcc.delivery.executions import PRODUCT_INDEX, SITE_IMPORT, JobRequest, own_job, product_index, site_import
from akeneo_sfcc.delivery.impex import ImpexFile
from akeneo_sfcc.delivery.log import Findings
from akeneo_sfcc.sfcc.jobs import WORKING_FOLDER
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.objects import ObjectStore

Kind = Literal["archive", "job", "reindex"]

FOLDER_BYTES = 200 << 20
"""Bytes of the files one job imports at most: what a function uploads in its time, with room for a slow instance."""

FOLDER_FILES = 500


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to upload before an import. path: below `Sites` by WebDAV; key: of the object; size: in bytes."""

    path: str
    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Import:
    """One import of the plan. name: for people, the archive, the folder or the site; uploads: in order.

    parameters: of a job of Business Manager.
    """

    kind: Kind
    name: str
    job_id: str
    uploads: tuple[Upload, ...] = ()
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def request(self) -> JobRequest:
        """What starts its job."""
        match self.kind:
            case "archive":
                return site_import(self.name)
            case "job":
                return own_job(self.job_id, self.parameters)
            case "reindex":
                return product_index(self.name)

    @property
    def size(self) -> int:
        """The bytes it uploads."""
        return sum(upload.size for upload in self.uploads)


def archive_import(archive: Archive, folder: str) -> Import:
    """Return the import of a site archive; folder: below `Sites`."""
    upload = Upload(f"{folder}/{archive.file_name}", archive.key, archive.size)
    return Import("archive", archive.file_name, SITE_IMPORT, (upload,))


def job_imports(files: Sequence[ImpexFile], run_folder: str) -> Iterator[Import]:
    """Yield imports of files by jobs, in the files' order, each from a folder of its own.

    run_folder: below `Impex/src`, this run's alone, so that no job meets the files of another.
    """
    number = 0
    batch: list[ImpexFile] = []
    for file in files:
        full = batch and (
            file.job != batch[0].job
            or len(batch) >= FOLDER_FILES
            or sum(one.file.size for one in batch) + file.file.size > FOLDER_BYTES
        )
        if full:
            number += 1
            yield _job_import(batch, f"{run_folder}/{number:03d}")
            batch = []
        batch.append(file)
    if batch:
        yield _job_import(batch, f"{run_folder}/{number + 1:03d}")


def reindex(site: str) -> Import:
    """Return the rebuilding of a site's product index."""
    return Import("reindex", site, PRODUCT_INDEX)


def _job_import(batch: Sequence[ImpexFile], folder: str) -> Import:
    uploads = tuple(
        Upload(f"Impex/src/{folder}/{one.path.rpartition('/')[2]}", one.file.key, one.file.size) for one in batch
    )
    return Import("job", folder, batch[0].job, uploads, {WORKING_FOLDER: folder})


def write_plan(store: ObjectStore, layout: RunLayout, mode: str, imports: Sequence[Import]) -> None:
    """Write the plan; mode: the setting `delivery.mode`."""
    store.put(layout.delivery_plan, orjson.dumps({"mode": mode, "imports": [asdict(one) for one in imports]}))


def read_plan(store: ObjectStore, layout: RunLayout) -> tuple[Import, ...]:
    """Read the plan."""
    return tuple(
        Import(**{**one, "uploads": tuple(Upload(**upload) for upload in one["uploads"])})
        for one in orjson.loads(store.get(layout.delivery_plan))["imports"]
    )


def write_archive(store: ObjectStore, layout: RunLayout, number: int, archive: Archive) -> None:
    """Note what is in an archive; number: its place among the archives, from 1."""
    store.put(layout.packed(number), orjson.dumps(asdict(archive)))


def read_archives(store: ObjectStore, layout: RunLayout) -> list[Archive]:
    """Return the archives that are packed, in order."""
    return [Archive(**orjson.loads(store.get(key))) for key in store.list(layout.archives_dir)]


def write_outcome(
    store: ObjectStore,
    layout: RunLayout,
    position: int,
    done: Import,
    *,
    execution: str,
    seconds: float,
    problems: Sequence[str],
    findings: Findings,
) -> None:
    """Note what became of an import, as the report shows it; problems: why it counts as failed."""
    groups = [("error", group) for group in findings.error_groups]
    groups += [("warning", group) for group in findings.warning_groups]
    messages = [
        {"severity": severity, "text": group.text, "count": group.count, "examples": list(group.examples)}
        for severity, group in groups
    ]
    # What the job itself said (aborted, an exit status, no log) stands in no log line.
    said = [{"severity": "error", "text": text, "count": 1, "examples": []} for text in problems]
    outcome = {
        "name": done.name,
        "kind": done.kind,
        "job": done.job_id,
        "execution": execution,
        "status": "failed" if problems else "imported",
        "seconds": round(seconds, 1),
        "bytes": done.size,
        "errors": findings.errors,
        "warnings": findings.warnings,
        "messages": messages if findings.errors else said + messages,
    }
    store.put(layout.imported(position), orjson.dumps(outcome))


def read_delivery(store: ObjectStore, layout: RunLayout) -> dict[str, Any]:
    """Return the delivery as the report shows it: mode, the number of imports planned, and what became of each.

    Before anything was planned, and where nothing is delivered, the mode is `none`.
    """
    # Listed rather than asked for: whether an object is there may only be asked by those who may list everything.
    if layout.delivery_plan not in store.list(layout.delivery_plan):
        return {"mode": "none", "planned": 0, "steps": []}
    plan = orjson.loads(store.get(layout.delivery_plan))
    steps = [orjson.loads(store.get(key)) for key in store.list(layout.imports_dir)]
    return {"mode": plan["mode"], "planned": len(plan["imports"]), "steps": steps}
