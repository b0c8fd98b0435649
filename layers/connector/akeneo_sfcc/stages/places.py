"""Places: where the records of each shard lie, gathered once so that no shard has to read every part's marker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from akeneo_sfcc.stages.import_pages import Part
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.objects import ObjectStore
from akeneo_sfcc.storage.sections import SectionWriter, read_section


def write_places(store: ObjectStore, layout: RunLayout, parts: Iterable[Part]) -> None:
    """Write the places of all parts' sections, by shard, in the order of the parts."""
    sections = SectionWriter()
    for part in parts:
        for shard, place in part.sections.items():
            sections.add(int(shard), orjson.dumps([part.records, place]))
    body, table = sections.finish()
    store.put(_places(layout), body)
    store.put(_table(layout), orjson.dumps(table))


def read_lines_of(store: ObjectStore, layout: RunLayout, shard: int) -> Iterator[bytes]:
    """Yield the records of a shard, as lines, in the order of the parts."""
    table = orjson.loads(store.get(_table(layout)))
    for line in read_section(store, _places(layout), table, shard):
        records, place = orjson.loads(line)
        yield from read_section(store, records, {str(shard): place}, shard)


def _places(layout: RunLayout) -> str:
    return layout.plan("places")


def _table(layout: RunLayout) -> str:
    return layout.plan("places-table")
