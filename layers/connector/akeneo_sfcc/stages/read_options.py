"""Read Options: the options of a batch of select attributes, one list after the other.

The PIM has no list of all options: every select is a chain of pages of its own. Chains run in parallel over the map's
items; here one page is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.mapping.values import usable_options
from akeneo_sfcc.pim import parse
from akeneo_sfcc.pim.model import AttributeOption
from akeneo_sfcc.stages.contracts import OptionProgress, ReadOptionsResult, ReadOptionsTask
from akeneo_sfcc.stages.option_files import note_options
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import write_lines

RESERVE_SECONDS = 300.0
"""No further list is begun when less time than this is left: 700 pages of 400 ms fit, which is 70,000 options."""


def read_options(task: ReadOptionsTask, services: Services) -> ReadOptionsResult:
    """Read a batch's options, or those of as many of its attributes as there is time for."""
    run, batch = task.run, task.batch
    part, start = (task.progress.part, task.progress.position) if task.progress else (0, 0)
    client = services.pim(services.settings(run.scope))
    layout = RunLayout(run.job, run.run_id)
    usable: dict[str, int] = {}
    read = 0
    with Tally(services, run, "read_options", f"{batch.index:04d}-{part:03d}") as tally:
        tally.watch(client)
        for code in batch.attributes[start:]:
            # The first one always goes ahead: a part that reads nothing would be repeated for ever.
            if usable and services.remaining() < RESERVE_SECONDS:
                break
            usable[code], count = _read(client, services, layout.options(code), code)
            read += count
        note_options(services, run, batch.index, part, usable)
    position = start + len(usable)
    if position < len(batch.attributes):
        return ReadOptionsResult(
            done=False, progress=OptionProgress(part=part + 1, position=position), counts={"options": read}
        )
    return ReadOptionsResult(done=True, counts={"options": read})


def _read(client: AkeneoClient, services: Services, key: str, code: str) -> tuple[int, int]:
    """Write an attribute's options to its file; return how many of them SFCC can hold, and how many there are."""
    count = 0
    with write_lines(services.store, key) as write:

        def options() -> Iterator[AttributeOption]:
            nonlocal count
            for raw in client.items(f"attributes/{code}/options", {"with_count": True}):
                option = parse.attribute_option(raw)
                write(orjson.dumps(option))
                count += 1
                yield option

        usable = sum(1 for _ in usable_options(options()))
    return usable, count
