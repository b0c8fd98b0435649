"""Read Media Pages: read one range of products or models for the binaries they name and what they cost."""

from __future__ import annotations

import orjson

from akeneo_sfcc.pim.parse import parse_product, parse_product_model
from akeneo_sfcc.stages.contracts import ImportPagesResult, ImportPagesTask, Progress
from akeneo_sfcc.stages.hierarchy import main_identifier
from akeneo_sfcc.stages.import_pages import RESERVE_SECONDS, PageReader
from akeneo_sfcc.stages.media_parts import MEDIA, dump_item
from akeneo_sfcc.stages.plan_media import media_mapper, media_query
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import kept_structure
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import write_lines


def read_media_pages(task: ImportPagesTask, services: Services) -> ImportPagesResult:
    """Read one range, or as much of it as there is time for."""
    run, range_ = task.run, task.range
    part = task.progress.part if task.progress else 0
    settings = services.settings(run.scope)
    structure = kept_structure(services, run)
    mapper = media_mapper(services, run, settings, structure)
    identifier = main_identifier(structure)
    chosen = None if run.only is None else frozenset(run.only.identifiers)
    layout = RunLayout(run.job, run.run_id)
    client = services.pim(settings)
    query = media_query(services, run, range_.kind, settings, structure)
    items_key = layout.part(MEDIA, range_.index, part, 0, "items")
    items = 0
    with Tally(services, run, "read_media_pages", f"{range_.index:04d}-{part:03d}") as tally:
        tally.watch(client)
        source = PageReader(client, query, range_, task.progress, settings.pim.page_size)
        with write_lines(services.store, items_key) as write:
            for page in source.read(lambda: services.remaining() > RESERVE_SECONDS):
                for raw in page:
                    if range_.kind == "product":
                        item, issues = mapper.product(parse_product(raw, identifier))
                        tally.issues(issues)
                        # Rows are counted where they are written; these never get there.
                        tally.count("price", "read", len(issues))
                        tally.count("price", "rejected", len(issues))
                    else:
                        item = mapper.model(parse_product_model(raw))
                        if chosen is not None and item.key not in chosen:
                            # The PIM cannot be asked for models by code; here they only say where variants belong.
                            item.media = item.assets = []
                    write(dump_item(item))
                    items += 1
        marker = {
            "range": range_.index,
            "part": part,
            "done": source.finished,
            "items": items_key,
            "inactive": sorted(mapper.prices.inactive),
        }
        services.store.put(layout.marker(MEDIA, range_.index, part), orjson.dumps(marker))
        progress = None if source.finished else Progress(part=part + 1, after=source.after, page=source.page)
    return ImportPagesResult(done=progress is None, progress=progress, counts={"items": items})
