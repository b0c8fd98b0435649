"""Recording: a real PIM becomes a snapshot directory that a demo PIM can serve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from akeneo_sfcc.akeneo.client import AkeneoClient, ItemQuery, Kind
from akeneo_sfcc.akeneo.errors import ForbiddenError, NotFoundError
from akeneo_sfcc.errors import ConfigurationError
from local.demo_pim.encoding import PLACEHOLDER, resource_path
from local.demo_pim.items import Doc
from local.demo_pim.snapshot import SnapshotError, write_array, write_lines

LISTS = (
    "attributes",
    "attribute-groups",
    "families",
    "categories",
    "channels",
    "locales",
    "currencies",
    "association-types",
    "media-files",
)
MEDIA = "media-files"
ASSET_MEDIA = "asset-media-files"
SELECTS = ("pim_catalog_simpleselect", "pim_catalog_multiselect")
CHUNK = 1 << 20


def record(client: AkeneoClient, out: Path, progress: Callable[[str], None] = print) -> None:
    """Store everything the jobs read, and the files, below `out`, which must be empty or new.

    Raises SnapshotError if `out` holds something, ConfigurationError for a PIM older than 7.0 (its products have
    no uuid), and what the client raises. Media files that are gone are left out.
    """
    if out.exists() and any(out.iterdir()):
        raise SnapshotError(f"{out} is not empty: a snapshot is recorded into a new directory")
    if not client.products_by_uuid():
        raise ConfigurationError("recording needs products listed by uuid: PIM 7.0 or newer")
    found: dict[str, list[Doc]] = {}
    for path in LISTS:
        found[path] = list(client.items(path))
        _write(out, path, found[path], progress)
    write_array(out / "measurement-families.json", client.array("measurement-families"))
    for attribute in found["attributes"]:
        if attribute["type"] in SELECTS:
            path = f"attributes/{attribute['code']}/options"
            _write(out, path, list(client.items(path)), progress)
    for family in found["families"]:
        path = f"families/{family['code']}/variants"
        _write(out, path, list(client.items(path)), progress)
    big: tuple[tuple[Kind, str], ...] = (("product", "products-uuid"), ("model", "product-models"))
    for kind, path in big:
        count = write_lines(out / f"{path}.jsonl", (_placed(item) for item in _all(client, kind)))
        progress(f"{path}: {count}")
    progress(f"media files: {_binaries(client, out, MEDIA, [str(item['code']) for item in found['media-files']])}")
    _assets(client, out, progress)


def _assets(client: AkeneoClient, out: Path, progress: Callable[[str], None]) -> None:
    """Store families, attributes, assets and their files; nothing where there is no asset manager."""
    try:
        families = [str(one["code"]) for one in _listed(client, out, "asset-families", progress)]
    except (NotFoundError, ForbiddenError):
        return
    codes: dict[str, None] = {}
    for family in families:
        attributes = client.array(f"asset-families/{family}/attributes")
        write_array(out / f"asset-families/{family}/attributes.json", attributes)
        files = [str(one["code"]) for one in attributes if one.get("type") == "media_file"]
        for asset in _listed(client, out, f"asset-families/{family}/assets", progress):
            values = asset.get("values") or {}
            codes |= dict.fromkeys(str(value["data"]) for code in files for value in values.get(code, ()))
    progress(f"asset media files: {_binaries(client, out, ASSET_MEDIA, list(codes))}")


def _listed(client: AkeneoClient, out: Path, path: str, progress: Callable[[str], None]) -> list[Doc]:
    items = [_placed(item) for item in client.records(path)]
    _write(out, path, items, progress)
    return items


def _write(out: Path, path: str, items: list[Doc], progress: Callable[[str], None]) -> None:
    progress(f"{path}: {write_lines(out / f'{path}.jsonl', items)}")


def _all(client: AkeneoClient, kind: Kind) -> Iterator[Doc]:
    after: str | None = None
    while True:
        page = client.page(kind, ItemQuery(), after=after)
        yield from page.items
        if page.last:
            return
        after = page.next_after


def _placed(item: Doc) -> Doc:
    """Return the item with the placeholder in place of the PIM's address in its download links."""
    for values in (item.get("values") or {}).values():
        for value in values:
            if isinstance(value.get("data"), str) and "download" in (links := value.get("_links") or {}):
                is_asset = "channel" in value  # values of products have a scope
                path = f"{ASSET_MEDIA}/{resource_path(value['data'])}" if is_asset else _download(value["data"])
                links["download"] = {"href": f"{PLACEHOLDER}/{path}"}
    return item


def _download(code: str) -> str:
    return f"{MEDIA}/{resource_path(code)}/download"


def _binaries(client: AkeneoClient, out: Path, source: str, codes: list[str]) -> int:
    folder = (out / source).resolve()
    written = 0
    for code in codes:
        file = (folder / code).resolve()
        if not file.is_relative_to(folder):
            raise SnapshotError(f"media code {code!r} leads out of the snapshot directory")
        try:
            with client.stream(f"{source}/{code}/download" if source == MEDIA else f"{source}/{code}") as body:
                file.parent.mkdir(parents=True, exist_ok=True)
                _copy(body, file)
        except NotFoundError:
            continue
        written += 1
    return written


def _copy(body: BinaryIO, file: Path) -> None:
    with file.open("wb") as target:
        while chunk := body.read(CHUNK):
            target.write(chunk)
