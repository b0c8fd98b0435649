"""A run's options on their way to the metadata file: a plan of batches, a file per select, a note per part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import orjson

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.mapping.values import SELECT_TYPES
from akeneo_sfcc.pim.model import AttributeOption
from akeneo_sfcc.stages.contracts import OptionBatch, RunContext
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import read_lines

OPTIONS = "options"
"""Names the plan and the markers."""

_BATCHES_PER_CALLER = 4
_LARGEST_BATCH = 20


def plan_options(services: Services, run: RunContext, plan: AttributePlan) -> None:
    """Write the map's items: the selects that are going to be defined, in batches.

    Several batches for each of the PIM's connections, so that one with long lists does not keep all others waiting.
    """
    codes = [code for code, role in plan.roles.items() if role.defined and role.attribute.type in SELECT_TYPES]
    size = -(-len(codes) // (run.max_concurrency * _BATCHES_PER_CALLER))
    size = max(1, min(size, _LARGEST_BATCH))
    batches = [codes[start : start + size] for start in range(0, len(codes), size)]
    items = [{"index": index, "attributes": batch} for index, batch in enumerate(batches)]
    services.store.put(RunLayout(run.job, run.run_id).plan(OPTIONS), orjson.dumps(items))


@dataclass(frozen=True, slots=True)
class OptionNote:
    """What was read of an attribute: how many options SFCC can hold, and from which to which part they are."""

    usable: int
    first: int
    last: int


def note_options(services: Services, run: RunContext, index: int, part: int, notes: Mapping[str, OptionNote]) -> None:
    """Leave the note that these attributes' options are read."""
    body = orjson.dumps({code: asdict(note) for code, note in notes.items()})
    services.store.put(RunLayout(run.job, run.run_id).marker(OPTIONS, index, part), body)


def read_notes(services: Services, run: RunContext) -> dict[str, OptionNote]:
    """Return attribute → what was read of it, of all selects of the plan.

    Raises DataError when the options of one were not read: its list of values would be replaced by an empty one.
    """
    layout = RunLayout(run.job, run.run_id)
    found: dict[str, OptionNote] = {}
    for key in services.store.list(layout.markers(OPTIONS)):
        found |= {code: OptionNote(**note) for code, note in orjson.loads(services.store.get(key)).items()}
    batches = [OptionBatch(**item) for item in orjson.loads(services.store.get(layout.plan(OPTIONS)))]
    missing = [code for batch in batches for code in batch.attributes if code not in found]
    if missing:
        raise DataError(f"the options of {', '.join(missing[:10])} were not read ({len(missing)} attributes)")
    return found


def read_option_files(
    services: Services, run: RunContext, attribute: str, first: int, last: int
) -> Iterator[AttributeOption]:
    """Yield the options of an attribute as the PIM sent them to these parts of its batch."""
    layout = RunLayout(run.job, run.run_id)
    for part in range(first, last + 1):
        for line in read_lines(services.store, layout.options(attribute, part)):
            yield AttributeOption(**orjson.loads(line))
