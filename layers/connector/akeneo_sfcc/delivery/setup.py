"""What has to be set up in Business Manager once: jobs as a site archive."""

from __future__ import annotations

import io
from zipfile import ZIP_DEFLATED, ZipFile

from akeneo_sfcc.delivery.archive import VERSION, entry
from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.sfcc.jobs import import_jobs, jobs_file

SETUP_NAME = "akeneo-sfcc-setup"
"""The archive's folder; its file has to be called the same, with `.zip`."""

_LONGEST_SITE_ID = 32


def setup_archive(site: str, library: str | None = None, folder: str = "akeneo") -> bytes:
    """Return the site archive with the jobs for impex delivery and for the search index; the same bytes every time.

    folder: the setting `delivery.impex_folder`. Raises ConfigurationError for ids SFCC cannot have.
    """
    problems = []
    if not 1 <= len(site) <= _LONGEST_SITE_ID or site.strip() != site:
        problems.append(f"--site: {site!r} is no site id; allowed: 1 to {_LONGEST_SITE_ID} characters, no space around")
    if library is not None and (not 1 <= len(library) <= 256 or library.strip() != library):
        problems.append(f"--library: {library!r} is no library id; allowed: 1 to 256 characters, no space around")
    if problems:
        raise ConfigurationError(problems)
    target = io.BytesIO()
    files = {"version.txt": VERSION, "jobs.xml": jobs_file(import_jobs(site, library, folder))}
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(entry(f"{SETUP_NAME}/{path}", len(content)), content)
    return target.getvalue()
