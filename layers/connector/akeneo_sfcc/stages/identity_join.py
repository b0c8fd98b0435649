"""What the passes of Index Products share: the inputs of the join, and the facts it gathers for the shards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import orjson

from akeneo_sfcc.mapping.shards import shard_of
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.attempted import AttemptedState
from akeneo_sfcc.stages.committed import CommittedState
from akeneo_sfcc.stages.contracts import RunContext
from akeneo_sfcc.stages.facts import Fact
from akeneo_sfcc.stages.hierarchy import Identity
from akeneo_sfcc.stages.import_pages import Part
from akeneo_sfcc.stages.index import MODELS, Entry, ModelEntry, PiecedIndex, make_model, write_piece
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import Summary, index_list_key, piece_key
from akeneo_sfcc.storage.buckets import BucketFile
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import read_lines

MODEL_ROLES = ("root", "level1")


@dataclass(slots=True)
class IdentityJoin:
    """The join's inputs and what its passes leave for each other.

    models: the models read over the committed ones. facts: shard → what it has to know. rejected_keys: PIM keys of the
    products that were read and are rejected; late_rejects: those rejected here, with the reason. departed: why → PIM
    keys of what left. arrived: tokens of targets that are exported now and were not. renamed: piece → committed id →
    PIM key of a product that carries another id now.
    """

    services: Services
    run: RunContext
    layout: RunLayout
    summary: Summary
    settings: Settings
    committed: CommittedState
    attempted: AttemptedState
    models: PiecedIndex
    tally: Tally
    facts: dict[int, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    rejected_keys: set[str] = field(default_factory=set)
    late_rejects: dict[str, str] = field(default_factory=dict)
    departed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    arrived: set[str] = field(default_factory=set)
    renamed: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    _indexes: dict[str, PiecedIndex] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Tell whether everything was read, so that what was not is gone."""
        return self.run.mode == "full"

    @property
    def exports_groups(self) -> bool:
        """Tell whether level-1 models are products of their own."""
        return self.settings.models.modelisation == "master-group-variation"

    def exports(self, identity: Identity) -> bool:
        """Tell whether a model gets an id in SFCC."""
        return identity.role == "root" or self.exports_groups

    def index(self, name: str) -> PiecedIndex:
        """Return a committed index; what is read of it is read once."""
        if name not in self._indexes:
            self._indexes[name] = self.committed.index(self.services.store, name)
        return self._indexes[name]

    def known_model(self, code: str) -> ModelEntry | None:
        """Return a model as it was committed, by lower-case code."""
        return self.index(MODELS).get(code, make_model)

    def committed_model(self, code: str) -> ModelEntry | None:
        """Return a model that SFCC holds, by lower-case code."""
        entry = self.known_model(code)
        return entry if entry is not None and entry.exported else None

    def piece(self, key: str) -> int:
        """Return the piece of an index that a key belongs to."""
        return shard_of(key, self.summary.shards)

    def shard(self, home: str) -> int:
        """Return the shard of a home."""
        return shard_of(home, self.summary.shards)

    def fact(self, home: str, fact: Fact) -> None:
        """Tell the shard of a home something."""
        self.facts[self.shard(home)].append(fact)

    def identities(self, parts: Iterable[Part]) -> Iterator[tuple[Identity, bytes]]:
        """Yield who was read, and the line that says so."""
        for part in parts:
            for line in read_lines(self.services.store, part.identities):
                yield Identity.parse(line), line

    def write(self, index: PiecedIndex, name: str, piece: int, entries: Iterable[Entry]) -> str | None:
        """Write a piece of an index: over an earlier one, or in a full run all of it; return its key."""
        file = BucketFile(self.services.store, None) if self.full else index.file(piece)
        return write_piece(file, piece_key(self.run, name, piece), entries)

    def put_list(self, name: str, objects: list[str | None]) -> None:
        """Note where the pieces of an index are."""
        self.services.store.put(index_list_key(self.layout, name), orjson.dumps(objects))
