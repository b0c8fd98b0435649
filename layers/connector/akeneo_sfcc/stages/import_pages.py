"""Import Pages: read one range of products or models, map every item, leave records by shard.

The next page is fetched while the current one is mapped. Whatever a part writes has keys that depend on the run, the
range and the part alone, so a retried part overwrites itself; its marker is written last and names the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from akeneo_sfcc.akeneo.client import AkeneoClient, ItemQuery, Page
from akeneo_sfcc.akeneo.pagination import sort_key
from akeneo_sfcc.errors import DataError
from akeneo_sfcc.mapping.record import ItemRecord
from akeneo_sfcc.mapping.shards import shard_of
from akeneo_sfcc.mapping.state import home_of
from akeneo_sfcc.stages.contracts import ImportPagesResult, ImportPagesTask, PageRange, Progress, RunContext
from akeneo_sfcc.stages.hierarchy import ItemMapping, item_mapping
from akeneo_sfcc.stages.item_query import just_before, model_query, of_keys, product_query
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import kept_structure, read_summary
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.objects import ObjectStore
from akeneo_sfcc.storage.sections import SectionWriter, pack_lines

RESERVE_SECONDS = 120.0
"""A part ends when less time than this is left: the page in hand, the mapping and the upload must fit."""

FLUSH_BYTES = 8 << 20
"""Records leave memory when this much (compressed) has gathered."""


def import_pages(task: ImportPagesTask, services: Services) -> ImportPagesResult:
    """Read and map one range, or as much of it as there is time for."""
    run, range_ = task.run, task.range
    part = task.progress.part if task.progress else 0
    settings = services.settings(run.scope)
    structure = kept_structure(services, run)
    layout = RunLayout(run.job, run.run_id)
    client = services.pim(settings)
    mapping = item_mapping(services, run, range_.kind, settings, structure)
    query = (product_query if range_.kind == "product" else model_query)(
        settings, structure, run.model_copy(update={"only": None})
    )
    item = f"{range_.kind}-{range_.index:04d}-{part:03d}"
    with Tally(services, run, "import_pages", item) as tally:
        tally.watch(client)
        output = _Output(services.store, layout, range_, part, read_summary(services, run).shards)
        progress = None
        source = PageReader(client, query, range_, task.progress, settings.pim.page_size)
        for items in source.read(lambda: services.remaining() > RESERVE_SECONDS):
            for raw in items:
                record, issues = mapping.map(raw)
                tally.count(range_.kind, "read")
                tally.issues(issues)
                output.add(record, mapping)
        if not source.finished:
            progress = Progress(part=part + 1, after=source.after, page=source.page)
        tally.wrote(output.finish(source.finished), output.files)
    return ImportPagesResult(done=progress is None, progress=progress, counts=tally.counts)


class PageReader:
    """The pages of one range in order, one fetched ahead; `after` and `page` say where to go on."""

    def __init__(
        self, client: AkeneoClient, query: ItemQuery, range_: PageRange, progress: Progress | None, size: int
    ) -> None:
        self._client = client
        self._query = query
        self._range = range_
        self._size = size
        self.after = progress.after if progress else range_.after
        self.page = progress.page if progress else range_.first_page
        self.finished = False

    def read(self, has_time: Callable[[], bool]) -> Iterator[list[dict[str, Any]]]:
        """Yield the items of page after page, until the range's end or until time is short."""
        with ThreadPoolExecutor(max_workers=1) as pool:
            ahead: Future[Page] | None = pool.submit(self._fetch)
            while ahead is not None:
                page = ahead.result()
                items = self._advance(page)
                ahead = pool.submit(self._fetch) if not self.finished and has_time() else None
                yield items

    def _fetch(self) -> Page:
        kind = self._range.kind
        if self._range.method == "keys":
            return self._fetch_chosen()
        if self._range.method == "pages":
            return self._client.page(kind, self._query, page=self.page, limit=self._size)
        return self._client.page(kind, self._query, after=self.after, limit=self._size)

    def _fetch_chosen(self) -> Page:
        keys = self._range.keys
        if self._range.kind == "product":
            chosen = keys[(self.page - 1) * self._size : self.page * self._size]
            return self._client.page("product", of_keys(self._query, chosen), limit=self._size)
        code = keys[self.page - 1]
        page = self._client.page("model", self._query, after=just_before(code), limit=1)
        return page if page.keys == (sort_key(code),) else replace(page, items=[], keys=())

    def _advance(self, page: Page) -> list[dict[str, Any]]:
        if self._range.method == "keys":
            self.finished = self.page * (self._size if self._range.kind == "product" else 1) >= len(self._range.keys)
            self.page += 1
            return page.items
        if self._range.method == "pages":
            self.page += 1
            self.finished = page.last or self.page > self._range.last_page
            return page.items
        until = self._range.until
        items = page.items
        if until is not None and page.next_after is not None and page.next_after >= until:
            # The range ends inside this page; its keys rise, so what is beyond belongs to the next range.
            items = [item for item, key in zip(page.items, page.keys, strict=True) if key <= until]
            self.finished = True
        self.finished = self.finished or page.last
        self.after = page.next_after if page.next_after is not None else self.after
        return items


@dataclass(slots=True)
class _Output:
    """What one part leaves: record objects by shard, identities in key order, and the marker that names them."""

    store: ObjectStore
    layout: RunLayout
    range: PageRange
    part: int
    shards: int
    objects: list[dict[str, Any]] = field(default_factory=list)
    files: int = 0
    _records: SectionWriter = field(default_factory=SectionWriter)
    _identities: list[bytes] = field(default_factory=list)
    _size: int = 0
    _items: int = 0
    _association_types: set[str] = field(default_factory=set)

    def add(self, record: ItemRecord, mapping: ItemMapping) -> None:
        """Take one mapped item."""
        home = home_of(record.role, record.id, record.root, record.key)
        self._records.add(shard_of(home, self.shards), orjson.dumps(record))
        self._identities.append(orjson.dumps(mapping.identity(record, home)))
        self._items += 1
        self._association_types.update(record.relations)
        if self._records.size >= FLUSH_BYTES:
            self._flush()

    def finish(self, done: bool) -> int:
        """Write what is left and the marker; return the bytes written in all."""
        self._flush()
        marker = {
            "range": self.range.index,
            "part": self.part,
            "done": done,
            "items": self._items,
            "objects": self.objects,
            "association_types": sorted(self._association_types),
        }
        self._put(self.layout.marker(self.range.kind, self.range.index, self.part), orjson.dumps(marker))
        return self._size

    def _flush(self) -> None:
        if not self._identities:
            return
        body, table = self._records.finish()
        records, identities = (
            self.layout.part(self.range.kind, self.range.index, self.part, len(self.objects), content)
            for content in ("records", "identities")
        )
        self._put(records, body)
        self._put(identities, pack_lines(self._identities))
        self.objects.append({"records": records, "identities": identities, "sections": table})
        self._records, self._identities = SectionWriter(), []

    def _put(self, key: str, body: bytes) -> None:
        self.store.put(key, body)
        self._size += len(body)
        self.files += 1


@dataclass(frozen=True, slots=True)
class Part:
    """One object of records that a finished part left."""

    records: str
    identities: str
    sections: dict[str, list[int]]
    association_types: tuple[str, ...]


def finished_parts(services: Services, run: RunContext, kind: str, ranges: int) -> list[Part]:
    """Return the objects of all ranges of a kind in range order.

    Raises DataError when a range has no last part: then pages are missing and going on would lose items.
    """
    layout = RunLayout(run.job, run.run_id)
    chains: dict[int, list[dict[str, Any]]] = {index: [] for index in range(ranges)}
    for key in services.store.list(layout.markers(kind)):
        marker = orjson.loads(services.store.get(key))
        chains[marker["range"]].append(marker)
    parts: list[Part] = []
    for index, chain in chains.items():
        numbers = [marker["part"] for marker in chain]
        ends = [marker["part"] for marker in chain if marker["done"]]
        if not ends or numbers[: ends[0] + 1] != list(range(ends[0] + 1)):
            raise DataError(f"range {index} of the {kind}s is not complete: parts {numbers}, none of them the last")
        for marker in chain[: ends[0] + 1]:
            types = tuple(marker["association_types"])
            parts.extend(Part(**entry, association_types=types) for entry in marker["objects"])
    return parts
