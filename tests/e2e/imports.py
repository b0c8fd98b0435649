"""Runs the job's stages one after the other in this process, against a demo PIM over HTTP."""

from __future__ import annotations

import copy
from typing import Any

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.akeneo.credentials import Credentials
from local.demo_pim.server import DemoPim
from tests.e2e.exported import Export
from tests.fakes.in_process import Finished, run_job
from tests.fakes.services import FakeWorld

DEMO_LOGIN = Credentials("demo_client", "demo_secret", "demo", "demo")

CATALOGUES = {"master_catalogs": [{"id": "products"}], "storefront_catalogs": [{"id": "shop"}]}


def configured(pim: DemoPim | None = None, /, **sections: Any) -> dict[str, Any]:
    """A configuration of the channel ecommerce; sections are merged into it."""
    made: dict[str, Any] = {
        "pim": {"base_url": pim.url if pim else "http://127.0.0.1", "channel": "ecommerce"},
        **copy.deepcopy(CATALOGUES),
    }
    for name, section in sections.items():
        made[name] = {**made.get(name, {}), **section} if isinstance(section, dict) else section
    return made


class Importer:
    """Runs full imports of one PIM; state is kept from one to the next."""

    def __init__(self, pim: DemoPim, document: dict[str, Any]) -> None:
        self.pim = pim
        self.document = copy.deepcopy(document)
        self.document["pim"]["base_url"] = pim.url
        self._world = FakeWorld(documents={"default": self.document})
        self._runs = 0

    def run(self) -> Finished:
        """Run the import once more; whatever a stage raises comes out."""
        self._runs += 1
        client = AkeneoClient(self.pim.url, DEMO_LOGIN, max_concurrency=self.document["pim"].get("max_concurrency", 4))
        self._world.pim = client  # type: ignore[assignment]  # the real client instead of the fake
        self._world.wait(3600)
        return run_job(self._world.services, name=f"run-{self._runs}")


def export_of(finished: Finished) -> Export:
    """The files of a finished run."""
    return Export(finished.files())
