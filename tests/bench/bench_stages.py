"""Measures what the two expensive stages cost a page of products, against the floor: parse and write the same.

Run it with `python -m tests.bench.bench_stages`. Import Pages and Build Catalogs run whole, on pages that lie ready in
memory and with a store in memory; both sides are measured in turns in the same process, CPU time only. The budgets are
2.5 for Import Pages and 4 for both together (see docs/performance.md).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from time import process_time
from typing import Any, cast

import orjson
from lxml import etree

from akeneo_sfcc.akeneo.client import AkeneoClient, ItemQuery, Page, Usage
from akeneo_sfcc.delivery.client import SfccClient
from akeneo_sfcc.mapping.shards import shard_count
from akeneo_sfcc.pim.structure_file import dump
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.build_catalogs import build_catalogs
from akeneo_sfcc.stages.contracts import (
    BuildCatalogsTask,
    ImportPagesTask,
    Job,
    PageRange,
    RunContext,
    ShardItem,
    StageTask,
)
from akeneo_sfcc.stages.import_pages import import_pages
from akeneo_sfcc.stages.index_models import index_models
from akeneo_sfcc.stages.index_products import index_products
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.work import Summary
from akeneo_sfcc.storage.layout import RunLayout
from tests.bench.bench_mapping import floor, page, plain, settings, structure
from tests.fakes.ledger import InMemoryLedger
from tests.fakes.object_store import InMemoryStore

PAGES = 25
ROUNDS = 5
IMPORT_BUDGET = 2.5
BUDGET = 4.0
JOB: Job = "3-2-Akeneo-Full-Import-Products"


class ReadyPim:
    """Serves pages that lie ready as bytes; parsing them is part of what is measured."""

    def __init__(self, pages: list[bytes]) -> None:
        self._pages = pages
        self.usage = Usage()

    def page(
        self, kind: str, query: ItemQuery, *, after: str | None = None, page: int | None = None, limit: int = 100
    ) -> Page:
        """Return the page behind the cursor, which is the number of the page before."""
        assert page is not None
        items: list[dict[str, Any]] = orjson.loads(self._pages[page - 1])["_embedded"]["items"]
        keys = tuple(item["uuid"] for item in items)
        return Page(items, keys, page == len(self._pages), keys[-1])


@dataclass(frozen=True)
class Cost:
    """CPU seconds of one round."""

    imported: float
    built: float
    floor: float


def pages(missing: float) -> list[bytes]:
    """Return pages whose products have distinct uuids and identifiers."""
    made = []
    for number in range(PAGES):
        document = orjson.loads(page(missing, number))
        for position, item in enumerate(document["_embedded"]["items"]):
            index = number * 100 + position
            item["uuid"] = f"{index:08x}-0000-4000-8000-000000000000"
            item["values"]["sku"][0]["data"] = f"sku-{index}"
        made.append(orjson.dumps(document))
    return made


def no_sfcc(settings: Settings) -> SfccClient:
    """Refuse: these stages deliver nothing."""
    raise AssertionError("a stage asked for an SFCC")


def a_run(ready: list[bytes]) -> tuple[Services, RunContext, RunLayout]:
    """Return services and a planned run that is about to import its only range of products."""
    store = InMemoryStore()
    run = RunContext(
        job=JOB, family="products", scope="default", run_id="bench", execution_arn="arn", mode="full",
        started_at="2026-11-23T02:00:00Z",
    )  # fmt: skip
    layout = RunLayout(run.job, run.run_id)
    chosen = settings()
    services = Services(
        store=store,
        ledger=InMemoryLedger(),
        settings=lambda _: chosen,
        pim=lambda _: cast("AkeneoClient", ReadyPim(ready)),
        sfcc=no_sfcc,
        now=lambda: datetime(2026, 11, 23, 2, tzinfo=UTC),
        remaining=lambda: 900.0,
        executions=lambda _: None,
        failed_item=lambda _: None,
        publish=lambda subject, text: None,
        tell_success="never",
        page_link=lambda key: key,
        measure=lambda job, values: None,
        log=lambda message, fields: None,
    )
    items = len(ready) * 100
    store.put(layout.structure, dump(structure()))
    summary = Summary(shards=shard_count(items), products=items, models=0, product_ranges=1, model_ranges=0)
    store.put(layout.plan("summary"), summary.dump())
    index_models(StageTask(run=run), services)
    return services, run, layout


def measure(ready: list[bytes], elements: list[list[Any]]) -> Cost:
    """Run both stages and the floor once."""
    services, run, layout = a_run(ready)
    range_ = PageRange(kind="product", index=0, method="pages", first_page=1, last_page=len(ready))
    imported = timed(lambda: import_pages(ImportPagesTask(run=run, range=range_), services))
    index_products(StageTask(run=run), services)
    shards = [ShardItem(**item) for item in orjson.loads(services.store.get(layout.shard_items))]
    built = timed(lambda: [build_catalogs(BuildCatalogsTask(run=run, shard=shard), services) for shard in shards])

    def write_all() -> None:
        for body, products in zip(ready, elements, strict=True):
            floor(body, products)

    least = timed(write_all)
    return Cost(imported, built, least)


def elements_of(ready: list[bytes]) -> list[list[Any]]:
    """Return, per page, the elements the stages write, taken apart for the floor."""
    services, run, layout = a_run(ready)
    range_ = PageRange(kind="product", index=0, method="pages", first_page=1, last_page=len(ready))
    import_pages(ImportPagesTask(run=run, range=range_), services)
    index_products(StageTask(run=run), services)
    products: list[Any] = []
    for item in orjson.loads(services.store.get(layout.shard_items)):
        build_catalogs(BuildCatalogsTask(run=run, shard=ShardItem(**item)), services)
        body = services.store.get(layout.catalog_file("master", "20-products", item["shard"]))
        for element in etree.fromstring(body):
            for node in element.iter():
                node.tag = etree.QName(node).localname
            products.append(plain(element))
    assert len(products) == len(ready) * 100
    return [products[start : start + 100] for start in range(0, len(products), 100)]


def timed(action: Callable[[], object]) -> float:
    """Return the CPU seconds of a call, all threads of the process included."""
    start = process_time()
    action()
    return process_time() - start


def main() -> int:
    """Print the ratios; 1 if one is over its budget."""
    failed = False
    for name, missing in (("alike", 0.0), ("sparse", 0.2)):
        ready = pages(missing)
        elements = elements_of(ready)
        costs = [measure(ready, elements) for _ in range(ROUNDS)]
        least = median(cost.floor for cost in costs)
        imported = median(cost.imported for cost in costs)
        both = median(cost.imported + cost.built for cost in costs)
        failed = failed or imported > IMPORT_BUDGET * least or both > BUDGET * least
        sys.stdout.write(
            f"{name} products: import_pages {imported / least:.2f} x the floor (budget {IMPORT_BUDGET}), "
            f"with build_catalogs {both / least:.2f} x (budget {BUDGET}); "
            f"floor {least / PAGES * 1000:.1f} ms a page of 100 products\n"
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
