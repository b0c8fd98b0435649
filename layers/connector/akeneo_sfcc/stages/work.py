"""A run's work files that several stages read: the structure, the plan's summary, the indexes made on the way."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TypeVar, cast

import orjson

from akeneo_sfcc.pim.model import Structure
from akeneo_sfcc.pim.structure_file import load
from akeneo_sfcc.stages.contracts import RunContext
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.storage.layout import RunLayout, StateLayout

Made = TypeVar("Made")

PRODUCTS = "products"
ATTRIBUTES = "attributes"
"""Families of jobs; `start_run.FAMILIES` says which job belongs to which."""


def state_layout(run: RunContext) -> StateLayout:
    """Return where the run's family keeps its committed state: product jobs above, every other one in its folder."""
    return StateLayout(run.scope, None if run.family == PRODUCTS else run.family)


def kept(services: Services, name: str, key: str, made: Made | None) -> Made | None:
    """Return what a warm process made of the immutable object `key`; with `made` given, keep that from now on."""
    if made is not None:
        services.kept[name] = (key, made)
        return made
    place = services.kept.get(name)
    return cast("Made", place[1]) if place and place[0] == key else None


def kept_structure(services: Services, run: RunContext) -> Structure:
    """Return the run's structure, parsed once per process."""
    key = RunLayout(run.job, run.run_id).structure
    structure: Structure | None = kept(services, "structure", key, None)
    return structure or cast("Structure", kept(services, "structure", key, load(services.store.get(key))))


@dataclass(frozen=True, slots=True)
class Summary:
    """What planning found: shards of the run, items counted, ranges cut, and how (`plan/summary.json`).

    axes: the axes that masters show differently than when they were written; all masters are then looked at.
    mixed: a run over chosen items writes them from a structure or settings that the others were not written from.
    """

    shards: int
    products: int
    models: int
    product_ranges: int
    model_ranges: int
    method: dict[str, str] = field(default_factory=dict)
    axes: tuple[str, ...] = ()
    mixed: bool = False

    def dump(self) -> bytes:
        """Return the file's bytes."""
        return orjson.dumps(asdict(self))


def read_summary(services: Services, run: RunContext) -> Summary:
    """Read the plan's summary."""
    return Summary(**orjson.loads(services.store.get(RunLayout(run.job, run.run_id).plan("summary"))))


def index_list_key(layout: RunLayout, name: str) -> str:
    """Return the key of the list of an index's pieces, as the run made them over the committed ones."""
    return layout.plan(f"{name}-index")


def piece_key(run: RunContext, name: str, piece: int) -> str:
    """Return where this run writes a piece of an index: among the state, because the next runs need it."""
    return StateLayout(run.scope).index(name, piece, run.run_id)
