"""Read Assets: the families, attributes and assets that products show, over those of earlier runs.

Only the Enterprise and SaaS editions have an asset manager; without it there is a line in the report and no assets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.akeneo.errors import ForbiddenError, NotFoundError
from akeneo_sfcc.mapping.assets import collections
from akeneo_sfcc.pim import assets as parse
from akeneo_sfcc.pim.assets import AssetFamily
from akeneo_sfcc.pim.model import Structure
from akeneo_sfcc.stages.asset_files import ASSET_PIECES, asset_piece, dump_asset, dump_families, load_families
from akeneo_sfcc.stages.committed_media import CommittedMedia, read_committed_media
from akeneo_sfcc.stages.contracts import RunContext, StageResult, StageTask
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import kept_structure, state_layout
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import pack_lines, unpack_lines
from akeneo_sfcc.storage.spool import Partitions

ASSETS = "assets"
FAMILIES = "asset-families"


@dataclass(frozen=True, slots=True)
class AssetsNote:
    """Where this run's assets are: what Gather Media and the new state go by. digests: of each piece's content."""

    families: str | None
    pieces: tuple[str | None, ...]
    digests: tuple[str, ...]


def read_assets(task: StageTask, services: Services) -> StageResult:
    """Read all assets of the families that product attributes refer to; in a differential run those that changed."""
    run = task.run
    settings = services.settings(run.scope)
    structure = kept_structure(services, run)
    committed = read_committed_media(services.store, run.committed)
    wanted = sorted({str(structure.attributes[code].reference_data_name) for code in collections(settings, structure)})
    with Tally(services, run, "read_assets") as tally, Partitions(ASSET_PIECES) as spool:
        client = services.pim(settings)
        tally.watch(client)
        families: list[AssetFamily] = []
        count = 0
        known = committed.asset_families
        before = load_families(services.store.get(known)) if run.mode != "full" and known is not None else {}
        for family in _families(client, wanted, tally):
            families.append(family)
            code = family.code
            # A family that is looked at for the first time is read whole.
            since = run.since if code in before else None
            for raw in client.records(f"asset-families/{code}/assets", _question(structure, since)):
                asset = parse.asset(raw, family, structure.channel.code)
                spool.add(asset_piece(asset.key), dump_asset(asset))
                count += 1
        note = _write(services, run, committed if run.mode != "full" else CommittedMedia(), families, spool)
        services.store.put(RunLayout(run.job, run.run_id).plan(ASSETS), note)
    return StageResult(counts={"families": len(families), "assets": count})


def read_assets_note(services: Services, run: RunContext) -> AssetsNote:
    """Return where this run's assets are."""
    found = orjson.loads(services.store.get(RunLayout(run.job, run.run_id).plan(ASSETS)))
    return AssetsNote(found["families"], tuple(found["pieces"]), tuple(found["digests"]))


def _families(client: AkeneoClient, wanted: list[str], tally: Tally) -> Iterator[AssetFamily]:
    """Yield the families of this PIM that are wanted; what there is not is told in the report."""
    if not wanted:
        return
    try:
        listed = {raw.get("code"): raw for raw in client.records("asset-families")}
    except (NotFoundError, ForbiddenError) as error:
        tally.note(f"assets were left out: {error}")
        return
    for code in wanted:
        if code not in listed:
            tally.note(f"assets of family {code} were left out: the PIM has no such family")
            continue
        attributes = [parse.asset_attribute(one) for one in client.array(f"asset-families/{code}/attributes")]
        family = parse.asset_family(listed[code], attributes)
        if family.main_media not in family.attributes:
            tally.note(f"asset family {code} has no main media attribute: its assets make no image groups")
        yield family


def _question(structure: Structure, since: str | None) -> dict[str, object]:
    question: dict[str, object] = {"channel": structure.channel.code}
    if since is not None:
        question["search"] = {"updated": [{"operator": ">", "value": since}]}
    return question


def _write(
    services: Services, run: RunContext, before: CommittedMedia, families: list[AssetFamily], spool: Partitions
) -> bytes:
    """Write families and pieces over those before; return the note that says where they are."""
    layout = state_layout(run)
    pieces = list(before.assets) or [None] * ASSET_PIECES
    digests = list(before.asset_digests) or [""] * ASSET_PIECES
    for piece in spool.touched():
        old = pieces[piece]
        lines = dict(_keyed([] if old is None else unpack_lines(services.store.get(old))))
        lines.update(_keyed(list(spool.lines(piece))))
        pieces[piece] = layout.index(ASSETS, piece, run.run_id)
        body = pack_lines([lines[key] for key in sorted(lines)])
        digests[piece] = hashlib.sha256(body).hexdigest()[:16]
        services.store.put(str(pieces[piece]), body)
    families_key = None
    if families:
        families_key = layout.index(FAMILIES, 0, run.run_id)
        services.store.put(families_key, dump_families(families))
    return orjson.dumps(
        {
            "families": families_key,
            "pieces": pieces if families else [],
            "digests": digests if families else [],
        }
    )


def _keyed(lines: list[bytes]) -> Iterator[tuple[str, bytes]]:
    for line in lines:
        yield orjson.loads(line)[0], line
