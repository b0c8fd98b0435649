"""Facts: what the indexes know about items of a shard that the shard's own records cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import orjson

from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.objects import ObjectStore
from akeneo_sfcc.storage.sections import SectionWriter, read_section


class Fact(NamedTuple):
    """One fact about an id or a PIM key.

    reject: the record of `key` must not be written, for `reason`. filtered: a model whose variants a search leaves out.
    revived: a model that a search left out has a variant that passes now. left: the committed `id` is gone.
    moved_out: the committed `id` belongs to another shard now. moved_in: the committed record of `id` stands in the
    shard of `home`. moved_model: the same as moved_out of a level-1 model that is not written itself. touched:
    something of `home`, in this shard before and now, belongs elsewhere now. arrived: a target that something of `home`
    names is exported now. home: what the committed record's shard and bucket are computed from.
    """

    kind: Literal["reject", "filtered", "left", "moved_out", "moved_in", "moved_model", "revived", "touched", "arrived"]
    id: str
    key: str
    reason: str | None = None
    home: str | None = None


def write_facts(store: ObjectStore, layout: RunLayout, facts: Mapping[int, list[Fact]]) -> None:
    """Write the facts of all shards as one sectioned object and its table."""
    sections = SectionWriter()
    for shard in sorted(facts):
        for fact in facts[shard]:
            sections.add(shard, orjson.dumps(list(fact)))
    body, table = sections.finish()
    store.put(layout.facts, body)
    store.put(layout.facts + ".table", orjson.dumps(table))


def read_facts(store: ObjectStore, layout: RunLayout, shard: int) -> list[Fact]:
    """Read the facts of one shard."""
    table = orjson.loads(store.get(layout.facts + ".table"))
    return [Fact(*orjson.loads(line)) for line in read_section(store, layout.facts, table, shard)]
