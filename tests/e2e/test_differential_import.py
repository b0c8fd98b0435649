"""After an edit in the PIM, a differential import writes what was edited and what shows it, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from akeneo_sfcc.akeneo.client import AkeneoClient
from local.demo_pim.server import DemoPim
from local.demo_pim.snapshot import load_snapshot
from local.demo_sfcc.importer import Importer
from tests.e2e.convergence.shop import differences, load
from tests.e2e.imports import DEMO_LOGIN, configured
from tests.fakes.in_process import DIFFERENTIAL, FULL, Finished, run_job
from tests.fakes.services import FakeWorld

PRODUCT_ID = re.compile(rb'<product product-id="([^"]+)"')


@pytest.fixture
def pim(icecat_folder: Path) -> Any:
    """A PIM with Akeneo's demo catalogue, to be edited."""
    with DemoPim(load_snapshot(icecat_folder)) as served:
        yield served


def written(finished: Finished) -> set[str]:
    return {id_.decode() for body in finished.files().values() for id_ in PRODUCT_ID.findall(body)}


def test_only_edited_products_and_their_masters_are_written(pim: DemoPim, sfcc_xsd: Callable[..., None]) -> None:
    world = FakeWorld(documents={"default": configured(pim, associations={"recommendation_types": {"X_SELL": 1}})})
    world.pim = AkeneoClient(pim.url, DEMO_LOGIN)  # type: ignore[assignment]
    sfcc = Importer()
    load(sfcc, run_job(world.services, FULL, "first"))
    products = [doc for doc in pim.store.products.docs() if pim.store.identifier(doc)]
    simple = [doc for doc in products if not doc["parent"]][:3]
    variant = next(doc for doc in products if doc["parent"])
    root = pim.store.ancestors(variant)[-1]["code"]
    pim.edit(
        *({"op": "patch", "kind": "product", "key": doc["uuid"], "set": {"enabled": False}} for doc in simple),
        {"op": "patch", "kind": "product", "key": variant["uuid"], "set": {"enabled": False}},
        {"op": "touch", "kind": "product", "key": products[-1]["uuid"]},
    )
    differential = run_job(world.services, DIFFERENTIAL, "second")
    for path, body in differential.files().items():
        if path.endswith(".xml"):
            sfcc_xsd(body)
    ids = {str(pim.store.identifier(doc)) for doc in (*simple, variant)}
    assert written(differential) == {*ids, root}
    counts = differential.report()["counts"]["product"]
    assert (counts["read"], counts["written"], counts["unchanged"]) == (5, 4, 1)
    load(sfcc, differential)
    afresh = Importer()
    fresh = FakeWorld(documents=world.documents)
    fresh.pim = world.pim
    load(afresh, run_job(fresh.services, FULL, "fresh"))
    assert not differences(sfcc.snapshot(), afresh.snapshot())
    assert not sfcc.log.entries
