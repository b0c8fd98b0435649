"""Snapshots: a PIM as a directory whose file paths are endpoint paths below `/api/rest/v1`.

`<endpoint>.jsonl` holds one item per line as the API lists it, without the item's own `_links`; `<endpoint>.json`
holds a bare array; the binaries lie under `media-files/`. Lines end with LF only: texts may hold other separators.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import orjson

from local.demo_pim.items import Doc, Items, MemorySource
from local.demo_pim.store import Store

BINARY_FOLDERS = ("media-files", "asset-media-files", "reference-entities-media-files")


class SnapshotError(ValueError):
    """A snapshot directory cannot be read or written; says which file and why."""


class FolderBinaries:
    """Files of a snapshot directory."""

    def __init__(self, directory: Path) -> None:
        """Serve what lies below this directory."""
        self._directory = directory.resolve()

    @property
    def other_paths(self) -> Sequence[str]:
        """The endpoint paths of the files that are not listed by `media-files`."""
        folders = (self._directory / name for name in BINARY_FOLDERS if name != "media-files")
        return [
            file.relative_to(self._directory).as_posix()
            for folder in folders
            for file in folder.rglob("*")
            if file.is_file()
        ]

    def read(self, path: str) -> bytes | None:
        """Return the file, None if there is none or the path leads out of the directory."""
        file = (self._directory / path).resolve()
        if not file.is_relative_to(self._directory) or not file.is_file():
            return None
        return file.read_bytes()


def load_snapshot(directory: Path) -> Store:
    """Read a snapshot; raise SnapshotError if the directory holds none or a line is no JSON object."""
    if not (directory / "products-uuid.jsonl").is_file():
        raise SnapshotError(f"{directory} is no snapshot: it has no products-uuid.jsonl")
    products = MemorySource("products-uuid", "uuid", ordered=True)
    models = MemorySource("product-models", "code", ordered=True)
    lists: dict[str, list[Doc]] = {}
    arrays: dict[str, list[Doc]] = {}
    for file in sorted(directory.rglob("*.json*")):
        path = file.relative_to(directory).with_suffix("").as_posix()
        if path.split("/", 1)[0] in BINARY_FOLDERS and "/" in path:
            continue
        if file.suffix == ".json":
            arrays[path] = orjson.loads(file.read_bytes())
        elif path in ("products-uuid", "product-models"):
            source = products if path == "products-uuid" else models
            for doc in read_lines(file):
                source.add(doc)
        else:
            lists[path] = list(read_lines(file))
    return Store(products.done(), models.done(), lists, arrays, binaries=FolderBinaries(directory))


def read_lines(file: Path) -> Iterator[Doc]:
    """Go through the items of a `.jsonl` file."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                doc = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise SnapshotError(f"{file}, line {number}: not JSON: {error}") from error
            if not isinstance(doc, dict):
                raise SnapshotError(f"{file}, line {number}: a JSON object is expected")
            yield doc


def write_lines(file: Path, docs: Iterable[Doc]) -> int:
    """Write items as a `.jsonl` file, keys in their order; return how many there were."""
    file.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with file.open("wb") as lines:
        for doc in docs:
            shown = {name: value for name, value in doc.items() if name != "_links"}
            lines.write(orjson.dumps(shown) + b"\n")
            count += 1
    return count


def write_array(file: Path, docs: list[Doc]) -> None:
    """Write a bare array as a `.json` file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(orjson.dumps(docs, option=orjson.OPT_INDENT_2) + b"\n")


def write_snapshot(store: Store, directory: Path) -> None:
    """Write everything a store holds as a snapshot directory."""
    lists: Mapping[str, Items] = {**store.lists, "products-uuid": store.products, "product-models": store.models}
    for path, items in lists.items():
        write_lines(directory / f"{path}.jsonl", ({**doc, **items.hints(key)} for key, doc in _keyed(items)))
    for path, docs in store.arrays.items():
        write_array(directory / f"{path}.json", docs)
    for path in _binary_paths(store):
        content = store.binaries.read(path)
        if content is not None:
            file = directory / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def _keyed(items: Items) -> Iterator[tuple[str, Doc]]:
    for key in items.keys:
        yield key, items.doc(key)


def _binary_paths(store: Store) -> Iterator[str]:
    if "media-files" in store.lists:
        for code in store.lists["media-files"].keys:
            yield f"media-files/{code}"
    yield from store.binaries.other_paths
