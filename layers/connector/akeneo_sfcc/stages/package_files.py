"""Package Files: make of the export what SFCC imports, archives and lists of files, and plan the imports."""

from __future__ import annotations

from akeneo_sfcc.delivery.archive import ExportFile, manifest_files, pack
from akeneo_sfcc.delivery.client import ARCHIVES
from akeneo_sfcc.delivery.impex import by_archive, by_job
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.contracts import DeliveryResult, PackageFilesTask, PackingProgress, RunContext
from akeneo_sfcc.stages.delivery_plan import (
    Import,
    archive_import,
    job_imports,
    read_archives,
    reindex,
    write_archive,
    write_plan,
)
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.storage.layout import RunLayout

RESERVE_SECONDS = 420.0
"""No further archive is begun when less time than this is left: one of the largest takes a minute or two."""


def package_files(task: PackageFilesTask, services: Services) -> DeliveryResult:
    """Pack archives, as many as there is time for; write the plan when all are packed.

    Nothing is delivered by a dry run, without `delivery.mode`, or when the export is empty. The same run always gets
    the same archives. Raises DataError for a file of the export that was changed since it was written.
    """
    run, settings = task.run, services.settings(task.run.scope)
    layout = RunLayout(run.job, run.run_id)
    if run.dry_run or settings.delivery.mode == "none":
        return DeliveryResult(status="nothing")
    files = manifest_files(services.store.get(layout.manifest), layout.exports)
    packed = by_archive(files) if settings.delivery.mode == "impex" else files
    at = task.progress or PackingProgress(number=1, first=0)
    number = at.number
    with Tally(services, run, "package_files", f"{at.number:06d}") as tally:
        for archive in pack(
            packed, services.store, prefix=_name(run), key=layout.archive, first=at.first, number=at.number
        ):
            write_archive(services.store, layout, number, archive)
            tally.wrote(archive.size)
            number += 1
            if archive.next < len(packed) and services.remaining() < RESERVE_SECONDS:
                return DeliveryResult(status="more", progress=PackingProgress(number=number, first=archive.next))
        imports = _plan(services, run, settings, files)
        write_plan(services.store, layout, settings.delivery.mode, imports)
    return DeliveryResult(status="ready" if imports else "nothing")


def _plan(services: Services, run: RunContext, settings: Settings, files: tuple[ExportFile, ...]) -> list[Import]:
    delivery = settings.delivery
    layout = RunLayout(run.job, run.run_id)
    imports = [archive_import(archive, ARCHIVES) for archive in read_archives(services.store, layout)]
    if delivery.mode == "impex":
        imports += job_imports(by_job(files, delivery.impex_folder), f"{delivery.impex_folder}/{_name(run)}")
    if delivery.reindex and any(file.path.endswith(".xml") and file.path.startswith("catalogs/") for file in files):
        imports += [reindex(site) for site in delivery.sites]
    return imports


def _name(run: RunContext) -> str:
    """Return the run's name on the instance: `akeneo-3-2-20261123T020000Z-<execution>`, its own among all jobs'."""
    job = run.job.partition("-Akeneo-")[0]
    return f"akeneo-{job}-{run.run_id}"
