"""Plan Pages: count products and models, cut them into ranges, and fix the number of shards."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from akeneo_sfcc.akeneo.ranges import RangePlan, plan_ranges
from akeneo_sfcc.mapping.shards import shard_count
from akeneo_sfcc.stages.committed import CommittedState, read_committed
from akeneo_sfcc.stages.contracts import ItemKind, PageRange, PlanResult, RunContext, StageTask
from akeneo_sfcc.stages.index import MODELS, ModelEntry
from akeneo_sfcc.stages.item_query import model_query, product_query
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import Summary, kept_structure
from akeneo_sfcc.storage.layout import RunLayout


def plan_pages(task: StageTask, services: Services) -> PlanResult:
    """Write the item files of both page maps and the plan's summary.

    Nothing to read gives an empty item file, which makes a map that ends at once.
    """
    run = task.run
    settings = services.settings(run.scope)
    structure = kept_structure(services, run)
    pim = services.pim(settings)
    layout = RunLayout(run.job, run.run_id)
    with Tally(services, run, "plan_pages") as tally:
        tally.watch(pim)
        before = read_committed(services.store, run, shards=1)
        concurrency, page_size = settings.pim.max_concurrency, settings.pim.page_size
        models = plan_ranges(
            pim,
            "model",
            model_query(settings, structure, run),
            concurrency=concurrency,
            page_size=page_size,
            known_keys=_model_keys(services, before),
        )
        products = plan_ranges(
            pim, "product", product_query(settings, structure, run), concurrency=concurrency, page_size=page_size
        )
        summary = Summary(
            shards=_shards(run, before, products.count),
            products=products.count,
            models=models.count,
            product_ranges=len(products.ranges),
            model_ranges=len(models.ranges),
            method={"product": products.method, "model": models.method},
        )
        for kind, body in (
            ("models", _items("model", models)),
            ("products", _items("product", products)),
            ("summary", summary.dump()),
        ):
            services.store.put(layout.plan(kind), body)
            tally.wrote(len(body))
    return PlanResult(
        models_key=layout.plan("models"),
        products_key=layout.plan("products"),
        counts={
            "products": summary.products,
            "models": summary.models,
            "product_ranges": summary.product_ranges,
            "model_ranges": summary.model_ranges,
            "shards": summary.shards,
        },
    )


def _shards(run: RunContext, before: CommittedState, products: int) -> int:
    """Return the number of shards; only a run that reads everything may change what is committed."""
    if run.committed is not None and (run.mode != "full" or run.only is not None):
        return before.shards
    return shard_count(products)


def _model_keys(services: Services, before: CommittedState) -> Sequence[str]:
    """Return a sample of the committed models' keys: a piece is chosen by hash, so any one is spread like all."""
    index = before.index(services.store, MODELS)
    if not index.objects:
        return ()
    return [entry.key for entry in index.entries(0, ModelEntry._make)]


def _items(kind: ItemKind, plan: RangePlan) -> bytes:
    ranges = [
        PageRange(
            kind=kind,
            index=index,
            method=cut.method,
            after=cut.after,
            until=cut.until,
            first_page=cut.first_page,
            last_page=cut.last_page,
        )
        for index, cut in enumerate(plan.ranges)
    ]
    return orjson.dumps([range_.model_dump(mode="json") for range_ in ranges])
