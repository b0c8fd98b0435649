"""The client of one SFCC instance: its files, its jobs, what their logs say."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import requests

from akeneo_sfcc.delivery.auth import AccountManager, Authorised, SfccCredentials
from akeneo_sfcc.delivery.errors import JobAlreadyRunningError, MissingFileError
from akeneo_sfcc.delivery.executions import Execution, JobRequest
from akeneo_sfcc.delivery.jobs import HttpJobs, JobsApi, PreferredJobs, ocapi, scapi
from akeneo_sfcc.delivery.log import Findings, LogReader
from akeneo_sfcc.delivery.permissions import scapi_scopes
from akeneo_sfcc.delivery.policy import RetryPolicy
from akeneo_sfcc.delivery.transport import Transport, Upload
from akeneo_sfcc.delivery.webdav import WebDav

ARCHIVES = "Impex/src/instance"
"""Where site archives are imported from."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything answers: scheme, host and port, without a path. scapi: None if it is not used."""

    instance: str
    account_manager: str = "https://account.demandware.com"
    scapi: str | None = None

    @classmethod
    def of(cls, host: str, short_code: str | None = None) -> Addresses:
        """Return the addresses that follow from the settings `delivery.host` and `delivery.short_code`.

        A host may be an https:// address. An http:// address, which settings allow on this machine alone, is that of a
        stand-in.
        """
        if host.startswith("http://"):
            return cls.all_at(host, with_scapi=short_code is not None)
        scapi_url = f"https://{short_code}.api.commercecloud.salesforce.com" if short_code else None
        return cls(host if "://" in host else f"https://{host}", scapi=scapi_url)

    @classmethod
    def all_at(cls, url: str, *, with_scapi: bool = False) -> Addresses:
        """Return the addresses of a stand-in that answers for everything at one address."""
        url = url.rstrip("/")
        return cls(url, url, url if with_scapi else None)


@dataclass(frozen=True, slots=True)
class Begun:
    """What became of the wish to start a job. execution: ours; None: the job is busy, with waits_for if it shows."""

    execution: Execution | None
    waits_for: Execution | None = None


class SfccClient:
    """Talks to one instance; one per process. Nothing is sent before something is asked for."""

    def __init__(
        self,
        addresses: Addresses,
        credentials: SfccCredentials,
        *,
        ocapi_version: str = "v25_6",
        tenant_id: str | None = None,
        session: requests.Session | None = None,
        policy: RetryPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take addresses and credentials; with SCAPI's address and tenant_id its jobs are preferred to OCAPI's."""
        transport = Transport(
            session=session or requests.Session(),
            policy=policy or RetryPolicy(),
            sleep=sleep,
            jitter=jitter,
            now=now,
        )
        manager = AccountManager(addresses.account_manager, credentials, transport)
        calls = Authorised(transport, manager)
        self.webdav = WebDav(addresses.instance, calls)
        apis: list[JobsApi] = [HttpJobs(ocapi(addresses.instance, ocapi_version), calls)]
        if addresses.scapi is not None and tenant_id is not None:
            scoped = Authorised(transport, manager, scapi_scopes(tenant_id))
            apis.insert(0, HttpJobs(scapi(addresses.scapi, tenant_id), scoped))
        self.jobs: JobsApi = PreferredJobs(apis)

    def put_archive(self, file_name: str, upload: Upload) -> None:
        """Upload a site archive; file_name: with `.zip`."""
        self.webdav.put(f"{ARCHIVES}/{file_name}", upload)

    def delete_archive(self, file_name: str) -> None:
        """Delete a site archive after its import."""
        self.webdav.delete(f"{ARCHIVES}/{file_name}")

    def begin(self, request: JobRequest) -> Begun:
        """Start a job, or tell that it is busy: nothing is waited for here.

        An execution that imports the archive of this very request is ours: the reply to an earlier try was lost. Where
        executions do not show what they import, the same archive is imported again later, which changes nothing.
        """
        try:
            return Begun(self.jobs.start(request))
        except JobAlreadyRunningError:
            busy = self.jobs.under_way(request.job_id)
        own = next((one for one in busy if one.imports(request.file_name)), None)
        return Begun(own, None if own is not None else next(iter(busy), None))

    def findings(self, execution: Execution) -> Findings | None:
        """Return what the log of an execution says, and the import logs it names; None if there is no log."""
        if execution.log_path is None:
            return None
        reader = LogReader()
        try:
            self._read(execution.log_path, reader)
        except MissingFileError:
            return None
        for path in reader.findings.other_logs:
            try:
                self._read(path, reader)
            except MissingFileError:
                reader.warn(f"the log {path}, which the job's log names, is not there")
        return reader.findings

    def _read(self, path: str, reader: LogReader) -> None:
        with self.webdav.open(path) as chunks:
            reader.read(chunks)
