"""Plan Media: cut products and models into ranges of pages that hold nothing but images and prices."""

from __future__ import annotations

from dataclasses import replace

import orjson

from akeneo_sfcc.akeneo.client import ItemQuery
from akeneo_sfcc.akeneo.ranges import plan_ranges
from akeneo_sfcc.mapping.media import MediaMapper
from akeneo_sfcc.pim.model import Structure
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.contracts import ItemKind, MediaPlanResult, PageRange, RunContext, StageTask
from akeneo_sfcc.stages.hierarchy import main_identifier
from akeneo_sfcc.stages.item_query import model_query, product_query
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import kept, kept_structure
from akeneo_sfcc.storage.layout import RunLayout

PAGES = "pages"


def plan_media(task: StageTask, services: Services) -> MediaPlanResult:
    """Write the item file of the page map: all ranges, models first.

    Nothing to read gives an empty item file, which makes a map that ends at once.
    """
    run = task.run
    settings = services.settings(run.scope)
    structure = kept_structure(services, run)
    pim = services.pim(settings)
    layout = RunLayout(run.job, run.run_id)
    ranges: list[PageRange] = []
    counts: dict[str, int] = {}
    with Tally(services, run, "plan_media") as tally:
        tally.watch(pim)
        kinds: tuple[ItemKind, ...] = ("model", "product")
        for kind in kinds:
            plan = plan_ranges(
                pim,
                kind,
                media_query(services, run, kind, settings, structure),
                concurrency=settings.pim.max_concurrency,
                page_size=settings.pim.page_size,
            )
            for cut in plan.ranges:
                ranges.append(
                    PageRange(
                        kind=kind,
                        index=len(ranges),
                        method=cut.method,
                        after=cut.after,
                        until=cut.until,
                        first_page=cut.first_page,
                        last_page=cut.last_page,
                    )
                )
            counts[f"{kind}s"] = plan.count
        body = orjson.dumps([range_.model_dump(mode="json") for range_ in ranges])
        services.store.put(layout.plan(PAGES), body)
        tally.wrote(len(body))
    return MediaPlanResult(pages_key=layout.plan(PAGES), counts={**counts, "ranges": len(ranges)})


def media_query(
    services: Services, run: RunContext, kind: ItemKind, settings: Settings, structure: Structure
) -> ItemQuery:
    """Return the question of the product jobs, narrowed to the attributes this job needs."""
    question = (product_query if kind == "product" else model_query)(settings, structure, run)
    needed = media_mapper(services, run, settings, structure).attributes | {main_identifier(structure)}
    if question.attributes is not None:
        # Product jobs do not see other attributes either; the price alone is read here only.
        needed &= {*question.attributes, main_identifier(structure), settings.pricebooks.attribute}
    return replace(question, attributes=tuple(sorted(needed)))


def media_mapper(services: Services, run: RunContext, settings: Settings, structure: Structure) -> MediaMapper:
    """Return the run's mapper, made once per process."""
    key = RunLayout(run.job, run.run_id).structure
    mapper: MediaMapper | None = kept(services, "media mapper", key, None)
    if mapper is None:
        mapper = MediaMapper(settings, structure)
        kept(services, "media mapper", key, mapper)
    return mapper
