"""A demo SFCC on a real socket, and someone who calls it as documented, without the product's client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from local.demo_sfcc.server import DemoSfcc

WEBDAV = "/on/demandware.servlet/webdav/Sites"
OCAPI = "/s/-/dw/data/v19_5"
SITE_IMPORT = "sfcc-site-archive-import"


class Caller:
    """Calls one demo SFCC with a token of its own."""

    def __init__(self, sfcc: DemoSfcc) -> None:
        self.sfcc = sfcc
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {self.token().json()['access_token']}"

    def token(self, login: tuple[str, str] = ("demo_client", "demo_secret"), **form: str) -> requests.Response:
        form = {"grant_type": "client_credentials", **form}
        return requests.post(f"{self.sfcc.url}/dwsso/oauth2/access_token", data=form, auth=login, timeout=10)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(method, self.sfcc.url + path, timeout=10, **options)

    def dav(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.call(method, f"{WEBDAV}/{path}", **options)

    def run(self, name: str, archive: bytes) -> dict[str, Any]:
        """Upload and import an archive; return its execution when it is over."""
        assert self.dav("PUT", f"Impex/src/instance/{name}.zip", data=archive).status_code in (201, 204)
        path = f"{OCAPI}/jobs/{SITE_IMPORT}/executions"
        started = self.call("POST", path, json={"file_name": f"{name}.zip", "mode": "merge"})
        assert started.status_code == 202, started.text
        self.sfcc.jobs.settle()
        ended: dict[str, Any] = self.call("GET", f"{path}/{started.json()['id']}").json()
        return ended

    def log(self, execution: dict[str, Any]) -> str:
        """Return the import log that the job's log names."""
        job_log = self.dav("GET", execution["log_file_path"].removeprefix("/Sites/")).text
        (line,) = [line for line in job_log.splitlines() if "/Sites/IMPEX/log/" in line]
        return self.dav("GET", line.partition("/Sites/")[2]).text


@pytest.fixture
def sfcc(tmp_path: Path) -> Iterator[DemoSfcc]:
    with DemoSfcc(tmp_path / "instance") as server:
        yield server


@pytest.fixture
def caller(sfcc: DemoSfcc) -> Iterator[Caller]:
    found = Caller(sfcc)
    yield found
    found.session.close()
