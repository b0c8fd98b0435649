"""Read Assets: the families, attributes and assets that products show, over those of earlier runs.

Only the Enterprise and SaaS editions have an asset manager; without it there is a line in the report and no assets.
The PIM lists assets behind a cursor alone, so they are read one page after the other, part after part; the last part
joins all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.akeneo.errors import ForbiddenError, NotFoundError
from akeneo_sfcc.mapping.assets import collections
from akeneo_sfcc.pim import assets as parse
from akeneo_sfcc.pim.assets import Asset, AssetFamily
from akeneo_sfcc.pim.model import Structure
from akeneo_sfcc.stages.asset_files import ASSET_PIECES, asset_piece, dump_asset, dump_families, load_families
from akeneo_sfcc.stages.committed_media import CommittedMedia, read_committed_media
from akeneo_sfcc.stages.contracts import AssetProgress, ReadAssetsResult, ReadAssetsTask, RunContext
from akeneo_sfcc.stages.services import Services
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.work import kept_structure, state_layout
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import SectionWriter, pack_lines, read_section, unpack_lines

ASSETS = "assets"
FAMILIES = "asset-families"
RESERVE_SECONDS = 120.0
"""Less time than this left: no further page is begun. A page with all the client's retries takes no longer."""
JOIN_RESERVE_SECONDS = 300.0
"""Less time than this left: joining is another part's. A million assets are joined in well under a minute."""
PART_BYTES = 32 << 20
"""A part ends when its compressed assets, which it holds in memory, are more than this."""


@dataclass(frozen=True, slots=True)
class AssetsNote:
    """Where this run's assets are: what Gather Media and the new state go by. digests: of each piece's content."""

    families: str | None
    pieces: tuple[str | None, ...]
    digests: tuple[str, ...]


def read_assets(task: ReadAssetsTask, services: Services) -> ReadAssetsResult:
    """Read all assets of the families that product attributes refer to; in a differential run those that changed.

    Ends when time gets short, with the progress to be called with again.
    """
    run = task.run
    layout = RunLayout(run.job, run.run_id)
    settings = services.settings(run.scope)
    structure = kept_structure(services, run)
    committed = CommittedMedia() if run.mode == "full" else read_committed_media(services.store, run.committed)
    part = task.progress.part if task.progress else 0
    place = task.progress or AssetProgress(part=0, family=0)
    writer = SectionWriter()
    count = 0
    with Tally(services, run, "read_assets", f"{part:04d}") as tally:
        client = services.pim(settings)
        tally.watch(client)
        if task.progress is None:
            wanted = {str(structure.attributes[code].reference_data_name) for code in collections(settings, structure)}
            families = list(_families(client, sorted(wanted), tally))
            services.store.put(layout.plan(FAMILIES), dump_families(families))
        else:
            families = list(load_families(services.store.get(layout.plan(FAMILIES))).values())
        reader = _Reader(client, structure, families, _known_families(services, committed), run.since)
        # A part that has nothing to read joins, whatever the time: it would only be called again for the same.
        joins = place.family == len(families)
        for assets, behind in reader.read(place):
            place = behind
            for asset in assets:
                writer.add(asset_piece(asset.key), dump_asset(asset))
            count += len(assets)
            if services.remaining() < RESERVE_SECONDS or writer.size > PART_BYTES:
                break
        _write_part(services, layout, part, writer)
        done = place.family == len(families) and (joins or services.remaining() > JOIN_RESERVE_SECONDS)
        if done:
            services.store.put(layout.plan(ASSETS), _join(services, run, committed, families, parts=part + 1))
    progress = None if done else place.model_copy(update={"part": part + 1})
    return ReadAssetsResult(done=done, progress=progress, counts={"families": len(families), "assets": count})


def read_assets_note(services: Services, run: RunContext) -> AssetsNote:
    """Return where this run's assets are."""
    found = orjson.loads(services.store.get(RunLayout(run.job, run.run_id).plan(ASSETS)))
    return AssetsNote(found["families"], tuple(found["pieces"]), tuple(found["digests"]))


def _known_families(services: Services, committed: CommittedMedia) -> frozenset[str]:
    """Return the families whose assets were read by an earlier run."""
    key = committed.asset_families
    return frozenset() if key is None else frozenset(load_families(services.store.get(key)))


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


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the assets of families; known: those of which only what changed since then is read."""

    client: AkeneoClient
    structure: Structure
    families: list[AssetFamily]
    known: frozenset[str]
    since: str | None

    def read(self, place: AssetProgress) -> Iterator[tuple[list[Asset], AssetProgress]]:
        """Yield page after page from a place on, each with the place behind it."""
        channel = self.structure.channel.code
        after = place.after
        for position in range(place.family, len(self.families)):
            family = self.families[position]
            path = f"asset-families/{family.code}/assets"
            for page, cursor in self.client.record_pages(path, self._question(family), after):
                following = position + 1 if cursor is None else position
                behind = place.model_copy(update={"family": following, "after": cursor})
                yield [parse.asset(raw, family, channel) for raw in page], behind
            after = None

    def _question(self, family: AssetFamily) -> dict[str, object]:
        question: dict[str, object] = {"channel": self.structure.channel.code}
        if self.since is not None and family.code in self.known:
            question["search"] = {"updated": [{"operator": ">", "value": self.since}]}
        return question


def _write_part(services: Services, layout: RunLayout, part: int, writer: SectionWriter) -> None:
    body, sections = writer.finish()
    key = layout.part(ASSETS, 0, part, 0, "items")
    services.store.put(key, body)
    services.store.put(layout.marker(ASSETS, 0, part), orjson.dumps({"items": key, "sections": sections}))


def _join(
    services: Services, run: RunContext, before: CommittedMedia, families: list[AssetFamily], parts: int
) -> bytes:
    """Write families and pieces, what was read over those before; return the note that says where they are."""
    layout, state = RunLayout(run.job, run.run_id), state_layout(run)
    read = [orjson.loads(services.store.get(layout.marker(ASSETS, 0, part))) for part in range(parts)]
    pieces = list(before.assets) or [None] * ASSET_PIECES
    digests = list(before.asset_digests) or [""] * ASSET_PIECES
    for piece in sorted({int(section) for part in read for section in part["sections"]}):
        old = pieces[piece]
        lines = dict(_keyed(() if old is None else unpack_lines(services.store.get(old))))
        for part in read:
            lines.update(_keyed(read_section(services.store, part["items"], part["sections"], piece)))
        pieces[piece] = key = state.index(ASSETS, piece, run.run_id)
        body = pack_lines([lines[code] for code in sorted(lines)])
        digests[piece] = hashlib.sha256(body).hexdigest()[:16]
        services.store.put(key, body)
    families_key = None
    if families:
        families_key = state.index(FAMILIES, 0, run.run_id)
        services.store.put(families_key, dump_families(families))
    return orjson.dumps(
        {
            "families": families_key,
            "pieces": pieces if families else [],
            "digests": digests if families else [],
        }
    )


def _keyed(lines: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    for line in lines:
        yield orjson.loads(line)[0], line
