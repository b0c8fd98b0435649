"""Site archives: export files streamed into zip files that SFCC imports one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, Protocol
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from akeneo_sfcc.errors import DataError

LIMIT = 190 << 20
"""Bytes of an archive at most; an instance refuses one above some 200 MB."""

MOST_FILES = 10_000
"""Files of an archive at most: reading them one after the other is done in minutes, and beyond 65,535 a zip needs
extensions that older readers lack."""

VERSION = b"# Written by akeneo-sfcc\n103.0.0\n"
"""The content of `version.txt`: the version of the format."""

_CHUNK = 256 << 10
_LONGEST_ENTRY = (2 << 30) - 1
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Files(Protocol):
    """What packing needs of an object store."""

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Open an object for reading."""

    def write(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Open a writer; the object appears when the block ends without an error."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of the export tree. path: below the export's folder; key: of the object; size: in bytes."""

    path: str
    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that is written. name: of its folder, and with `.zip` of its file; key: of the object.

    step: of the import order, `meta` or `20-products`. first, next: of the list of files, those from first up to but
    not including next are in it.
    """

    name: str
    key: str
    step: str
    first: int
    next: int
    size: int
    sha256: str

    @property
    def file_name(self) -> str:
        """The name under which it is uploaded and imported."""
        return f"{self.name}.zip"


def manifest_files(manifest: bytes, prefix: str) -> tuple[ExportFile, ...]:
    """Return the files of a `manifest.json` to deliver, in order: its own, metadata before all else.

    Those marked as delivered, binaries that SFCC has from an earlier run, are left out.

    prefix: of the export tree's keys, with a slash at its end.
    """
    listed = orjson.loads(manifest)["files"]
    files = [
        ExportFile(one["path"], prefix + one["path"], one["size"], one["sha256"])
        for one in listed
        if not one.get("delivered")
    ]
    return tuple(sorted(files, key=lambda file: not file.path.startswith("meta/")))


def step_of(path: str) -> str:
    """Return the step of the import order a file belongs to; files of one step may be imported in any order."""
    parts = path.split("/")
    if parts[0] == "catalogs" and len(parts) == 3:
        return "-".join(parts[2].split("-")[:2]).removesuffix(".xml")
    return "static" if "static" in parts else parts[0]


def member_path(path: str) -> str:
    """Return where a file of the export tree stands in an archive.

    SFCC reads one file per folder of `catalogs/` and takes the catalogue's id from the file, so each file gets a
    folder. The other parts of the tree are in SFCC's layout already.
    """
    parts = path.split("/")
    if parts[0] == "catalogs" and len(parts) == 3:
        _, catalog, name = parts
        return f"catalogs/{name.removesuffix('.xml')}-{catalog}/{name}"
    return path


def pack(
    files: Sequence[ExportFile],
    store: Files,
    *,
    prefix: str,
    key: Callable[[str], str],
    limit: int = LIMIT,
    first: int = 0,
    number: int = 1,
) -> Iterator[Archive]:
    """Write archives and yield each when it is there; the same files give the same bytes.

    An archive holds files of one step, in their order, as many as surely fit. prefix: of the archives' names;
    key: archive's file name → key. first, number: where to go on, `Archive.next` and the next archive's number.
    Memory does not grow with the files. Raises DataError for a file that is damaged or too large by itself.
    """
    while first < len(files):
        name = f"{prefix}-{number:03d}-{step_of(files[first].path)}"
        archive = _write(files, first, store, name, key(f"{name}.zip"), limit)
        yield archive
        first, number = archive.next, number + 1


def _write(files: Sequence[ExportFile], first: int, store: Files, name: str, key: str, limit: int) -> Archive:
    step = step_of(files[first].path)
    at = first
    with store.write(key) as target:
        counted = _Counted(target)
        # The counter has no `tell`: zipfile then writes in one go and never back.
        with ZipFile(counted, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # the stubs ask for more
            with archive.open(entry(f"{name}/version.txt"), "w") as member:
                member.write(VERSION)
            room = limit - counted.size - _end_bytes(f"{name}/version.txt")
            while at < len(files) and at - first < MOST_FILES and step_of(files[at].path) == step:
                file = files[at]
                path = f"{name}/{member_path(file.path)}"
                before = counted.size
                if at > first and _most_bytes(file.size) + _end_bytes(path) > room:
                    break
                _add(archive, entry(path, file.size), file, store)
                room -= counted.size - before + _end_bytes(path)
                at += 1
        if counted.size > limit:
            raise DataError(
                f"{files[first].path} has {counted.size} bytes compressed, an archive may have {limit}; "
                "more shards make smaller files"
            )
    return Archive(name, key, step, first, at, counted.size, counted.hash.hexdigest())


def _add(archive: ZipFile, info: ZipInfo, file: ExportFile, store: Files) -> None:
    if file.size > _LONGEST_ENTRY:
        raise DataError(f"{file.path} has {file.size} bytes, a file of an archive may have {_LONGEST_ENTRY}")
    digest, size = hashlib.sha256(), 0
    with store.open(file.key) as source, archive.open(info, "w") as member:
        while chunk := source.read(_CHUNK):
            member.write(chunk)
            digest.update(chunk)
            size += len(chunk)
            if size > file.size:
                break
    if (size, digest.hexdigest()) != (file.size, file.sha256):
        raise DataError(f"{file.path} is not the file the manifest lists: its size or content changed since")


def entry(path: str, size: int = 0) -> ZipInfo:
    """Return a member that has the same bytes whenever and wherever it is written.

    Always compressed: Java's stream reader cannot read stored members whose size follows them.
    """
    info = ZipInfo(path, _EPOCH)
    info.compress_type = ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    info.file_size = size
    return info


def _most_bytes(size: int) -> int:
    """Return how much a member takes at most: deflate adds 5 bytes per block to what it cannot compress."""
    return size + size // 1000 + 256


def _end_bytes(path: str) -> int:
    """Return what a member takes besides its content: two headers with its name, a descriptor, its share of the end."""
    return 256 + 2 * len(path.encode())


class _Counted:
    """A stream that is only written to, counted and hashed."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self.size = 0
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._target.write(data)
        self.hash.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Leave it to the target when to send."""
