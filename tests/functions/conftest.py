"""The real stack against a small generated PIM, run once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from local.demo_pim.generator import generate
from local.demo_pim.server import DemoPim
from local.demo_sfcc.server import DemoSfcc
from local.embedded.aws import EmbeddedAws, Outcome

JOB = "3-2-Akeneo-Full-Import-Products"
CREDENTIALS = {"client_id": "demo_client", "client_secret": "demo_secret", "username": "demo", "password": "demo"}
SFCC_CREDENTIALS = {"client_id": "demo_client", "client_secret": "demo_secret"}


@dataclass(frozen=True)
class Finished:
    """The embedded AWS after one successful run."""

    aws: EmbeddedAws
    outcome: Outcome
    _others: dict[str, Outcome] = field(default_factory=dict)

    def run_of(self, logical_id: str) -> dict[str, Any]:
        """The context of a run that called this function: the full import's, else that of a run of another job."""
        outcome = self.outcome
        jobs = [job for job in self.aws.jobs if logical_id in json.dumps(self.aws._machine(job).definition)]
        if JOB not in jobs:
            if jobs[0] not in self._others:
                self._others[jobs[0]] = self.aws.run(jobs[0])
            outcome = self._others[jobs[0]]
        context: dict[str, Any] = outcome.output["run"]
        return context


@pytest.fixture
def finished(repo_root: Path) -> Iterator[Finished]:
    pim = DemoPim(generate(products=80, seed=1, images=True)).start()
    sfcc = DemoSfcc().start()
    document = {
        "pim": {"base_url": pim.url, "channel": "ecommerce"},
        "master_catalogs": [{"id": "demo-master"}],
        "storefront_catalogs": [{"id": "demo-storefront"}],
        "delivery": {"mode": "site_archive", "host": sfcc.url, "keep_archives": True},
    }
    try:
        with EmbeddedAws(
            repo_root / "template.yaml", document, CREDENTIALS, sfcc_credentials=SFCC_CREDENTIALS, retry_scale=0.0
        ) as aws:
            yield Finished(aws, aws.run(JOB))
    finally:
        pim.stop()
        sfcc.stop()
