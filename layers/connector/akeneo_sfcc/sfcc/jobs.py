"""Jobs of Business Manager as an import file (jobs.xsd)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

JOBS_NAMESPACE = "http://www.demandware.com/xml/impex/jobs/2015-07-01"
ORGANIZATION = "Sites"
"""The site id that stands for the whole organisation."""

IMPORT_CATALOG = "AkeneoImportCatalog"
IMPORT_PRICE_BOOK = "AkeneoImportPriceBook"
IMPORT_CONTENT = "AkeneoImportContent"
SEARCH_REINDEX = "AkeneoSearchReindex"
WORKING_FOLDER = "WorkingFolder"
"""The job parameter that says where the files are, below `Impex/src`."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job of one step. id: at most 100 characters; type: of the step; site: its scope.

    parameters: the step's. job_parameters: those that whoever starts the job may set, with their defaults.
    """

    id: str
    description: str
    type: str
    site: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    job_parameters: Mapping[str, str] = field(default_factory=dict)


def import_jobs(site: str, library: str | None, folder: str) -> tuple[Job, ...]:
    """Return the jobs that import files of `Impex/src/<folder>` and rebuild a site's search indexes.

    A step that finds an error fails: SFCC's default is a warning. Files stay where they are; who uploaded them deletes
    them. library: a shared one that content is imported into; the file itself names it.
    """
    content = f"library {library}" if library else f"the library of site {site}"
    return (
        _import(IMPORT_CATALOG, "ImportCatalog", ORGANIZATION, folder, "Imports catalogue files of Akeneo"),
        _import(
            IMPORT_PRICE_BOOK, "ImportPriceBook", ORGANIZATION, f"{folder}/pricebooks", "Imports price books of Akeneo"
        ),
        _import(IMPORT_CONTENT, "ImportContent", site, f"{folder}/libraries", f"Imports assets of Akeneo to {content}"),
        Job(
            SEARCH_REINDEX,
            f"Rebuilds the search indexes of site {site}",
            "SearchReindex",
            site,
            {
                "Product related search indexes": "true",
                "Content search index": "true",
                "Active data search index": "false",
                "Indexer Type": "Full Index Rebuild",
            },
        ),
    )


def _import(id_: str, type_: str, site: str, folder: str, description: str) -> Job:
    return Job(
        id_,
        f"{description}, in the order of their names",
        type_,
        site,
        {
            "FileNamePattern": r"[0-9]+-.*\.xml",
            "ImportMode": "Merge",
            "ImportFailedHandling": "ERROR",
            "NoFilesFoundHandling": "ERROR",
            "AfterImportFileHandling": "Keep",
        },
        {WORKING_FOLDER: folder},
    )


def jobs_file(jobs: Sequence[Job]) -> bytes:
    """Return `jobs.xml`, valid against jobs.xsd; jobs are started by hand or by API, never by a schedule."""
    root = etree.Element(_name("jobs"), nsmap={None: JOBS_NAMESPACE})  # type: ignore[dict-item]
    for job in jobs:
        element = etree.SubElement(root, _name("job"), {"job-id": job.id})
        etree.SubElement(element, _name("description")).text = job.description
        _parameters(element, job.job_parameters)
        flow = etree.SubElement(element, _name("flow"))
        etree.SubElement(flow, _name("context"), {"site-id": job.site})
        step = etree.SubElement(
            flow, _name("step"), {"step-id": job.type, "type": job.type, "enforce-restart": "false"}
        )
        parameters = _parameters(step, job.parameters)
        for name, value in job.job_parameters.items():
            attributes = {"name": name, "job-parameter-ref": name}
            etree.SubElement(parameters, _name("parameter"), attributes).text = value
        etree.SubElement(element, _name("triggers"))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _parameters(parent: etree._Element, values: Mapping[str, str]) -> etree._Element:
    element = etree.SubElement(parent, _name("parameters"))
    for name, value in values.items():
        etree.SubElement(element, _name("parameter"), {"name": name}).text = value
    return element


def _name(tag: str) -> str:
    return f"{{{JOBS_NAMESPACE}}}{tag}"
