"""Transfer Media: bring the binaries of one batch into the store, each once ever, and from there into the export.

One call to the PIM is under way at a time; the map's concurrency gives their number. What is left to do at S3 runs
beside the next download, so the PIM's connection is never idle for it.
"""

from __future__ import annotations

from typing import Any

import orjson

from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.stages.contracts import TransferMediaResult, TransferMediaTask, TransferProgress
from akeneo_sfcc.stages.gather_media import batch_key
from akeneo_sfcc.stages.media_lines import StoredBinary, WantedBinary, export_path, kind_of
from akeneo_sfcc.stages.media_transfer import Fate, MediaTransfer
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import unpack_lines

STAGE = "transfer_media"
RESERVE_SECONDS = 420.0
"""No further binary is begun when less time than this is left: 500 MB at 1.5 MB a second fit."""


def transfer_media(task: TransferMediaTask, services: Services) -> TransferMediaResult:
    """Bring a batch's binaries, or as many of them as there is time for."""
    run, index = task.run, task.batch.index
    part, start = (task.progress.part, task.progress.position) if task.progress else (0, 0)
    settings = services.settings(run.scope)
    layout = RunLayout(run.job, run.run_id)
    client = services.pim(settings)
    binaries = [WantedBinary.parse(line) for line in unpack_lines(services.store.get(batch_key(layout, index)))]
    item = f"{index:06d}-{part:03d}"
    position = start
    with Tally(services, run, STAGE, item) as tally:
        tally.watch(client)
        with MediaTransfer(client, services.store, binaries[start:]) as transfer:
            for binary in binaries[start:]:
                if position > start and services.remaining() < RESERVE_SECONDS:
                    break
                places = {name: layout.export(export_path(settings, name, binary.code)) for name in binary.catalogues}
                transfer.bring(binary, list(places.values()))
                position += 1
            fates = transfer.finish()
        files = [_file(layout, fate, key) for fate in fates if fate.stored for key in fate.places]
        host = settings.delivery.host if settings.delivery.mode != "none" else None
        for fate in fates:
            _count(tally, fate)
        note = {
            "files": files,
            "stored": [list(line) for fate in fates if (line := _stored(layout, fate, host)) is not None],
            "missing": [[fate.binary.code, fate.why] for fate in fates if fate.stored is None],
        }
        services.store.put(layout.files(STAGE, item), orjson.dumps(note))
        tally.wrote(sum(file["size"] for file in files), len(files))
    if position < len(binaries):
        progress = TransferProgress(part=part + 1, position=position)
        return TransferMediaResult(done=False, progress=progress, counts=tally.counts)
    return TransferMediaResult(done=True, counts=tally.counts)


def _file(layout: RunLayout, fate: Fate, key: str) -> dict[str, Any]:
    stored = fate.stored
    if stored is None:
        raise ValueError("a binary that is not stored has no file")
    path = key.removeprefix(layout.exports)
    file = {"path": path, "size": stored.size, "sha256": stored.sha256, "items": {}}
    # Part of the export all the same: it is complete, and what is sent to SFCC is less.
    return {**file, "delivered": True} if path in fate.binary.delivered else file


def _stored(layout: RunLayout, fate: Fate, host: str | None) -> StoredBinary | None:
    """Return the line the index of binaries gets, if it says anything new.

    host: the instance this run delivers to; by the time the index is committed it has the binary.
    """
    stored, before = fate.stored, fate.binary.delivered
    if stored is None:
        return None
    if host is None:
        return stored if fate.is_new else None
    after = sorted({*before, *(key.removeprefix(layout.exports) for key in fate.places)})
    return stored._replace(host=host, delivered=after) if fate.is_new or after != before else None


def _count(tally: Tally, fate: Fate) -> None:
    kind = kind_of(fate.binary.source)
    tally.count(kind, "read")
    if fate.stored is None:
        tally.count(kind, "rejected")
        tally.issue(Issue("warn", kind, "media_missing", id=fate.binary.code, value=fate.says))
    else:
        tally.count(kind, "written" if fate.fetched else "unchanged")
