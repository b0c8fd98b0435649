"""Read Options: the options of a batch of select attributes, one list after the other.

The PIM has no list of all options: every select is a chain of pages of its own. Chains run in parallel over the map's
items; here one page is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.mapping.values import usable_options
from akeneo_sfcc.pim import parse
from akeneo_sfcc.pim.model import AttributeOption
from akeneo_sfcc.stages.contracts import OptionProgress, ReadOptionsResult, ReadOptionsTask
from akeneo_sfcc.stages.option_files import OptionNote, note_options, read_option_files
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import write_lines

RESERVE_SECONDS = 120.0
"""Less time than this left: no further page is begun. A page with all the client's retries takes no longer."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one part has read of an attribute; next_page: where the next part goes on, None at the end."""

    count: int
    usable: int
    next_page: int | None


def read_options(task: ReadOptionsTask, services: Services) -> ReadOptionsResult:
    """Read a batch's options, or as many pages of them as there is time for, at least one."""
    run, batch = task.run, task.batch
    begun = task.progress or OptionProgress(part=0, position=0)
    client = services.pim(services.settings(run.scope))
    layout = RunLayout(run.job, run.run_id)
    notes: dict[str, OptionNote] = {}
    progress: OptionProgress | None = None
    read = 0
    with Tally(services, run, "read_options", f"{batch.index:04d}-{begun.part:03d}") as tally:
        tally.watch(client)
        for position in range(begun.position, len(batch.attributes)):
            if position > begun.position and services.remaining() < RESERVE_SECONDS:
                progress = OptionProgress(part=begun.part + 1, position=position)
                break
            code = batch.attributes[position]
            goes_on = position == begun.position and begun.first_part is not None
            page, first = (begun.page, begun.first_part or 0) if goes_on else (1, begun.part)
            reading = _read(client, services, layout.options(code, begun.part), code, page)
            read += reading.count
            if reading.next_page is not None:
                progress = OptionProgress(
                    part=begun.part + 1, position=position, page=reading.next_page, first_part=first
                )
                break
            usable = reading.usable
            if goes_on:
                # An option may stand on a page of each part: it counts once.
                usable = sum(1 for _ in usable_options(read_option_files(services, run, code, first, begun.part)))
            notes[code] = OptionNote(usable, first, begun.part)
        note_options(services, run, batch.index, begun.part, notes)
    return ReadOptionsResult(done=progress is None, progress=progress, counts={"options": read})


def _read(client: AkeneoClient, services: Services, key: str, code: str, first_page: int) -> _Reading:
    """Write an attribute's options from a page on, until its end or until time gets short."""
    count, next_page = 0, None
    with write_lines(services.store, key) as write:

        def options() -> Iterator[AttributeOption]:
            nonlocal count, next_page
            pages = client.list_pages(f"attributes/{code}/options", {"with_count": True}, first_page)
            for number, (items, last) in enumerate(pages, first_page):
                for raw in items:
                    option = parse.attribute_option(raw)
                    write(orjson.dumps(option))
                    count += 1
                    yield option
                if not last and services.remaining() < RESERVE_SECONDS:
                    next_page = number + 1
                    return

        usable = sum(1 for _ in usable_options(options()))
    return _Reading(count, usable, next_page)
