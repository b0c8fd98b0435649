"""A demo instance: what it holds, and the imports that change it, in the order SFCC takes."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from local.demo_sfcc.importer import Importer, mode_of
from local.demo_sfcc.importer.snapshot import other_holdings
from local.demo_sfcc.page import page
from local.demo_sfcc.webdav import WebDavShare

LARGEST_ARCHIVE = 200 << 20
"""An instance refuses a larger one."""

_UNITS = ("meta", "catalogs", "pricebooks", "inventory-lists", "libraries", "sites")
"""The order of what an archive holds; within each, files come in the byte order of their paths."""

IMPORT_STEPS = {"ImportCatalog": "catalog", "ImportPriceBook": "pricebooks", "ImportContent": "library"}
"""Type of a job step → root element of the files it imports."""

_STATIC = re.compile(r"(catalogs|libraries)/([^/]+)/static/(default/.+)")


class ImportFailedError(Exception):
    """An import that could not be done at all; the job ends with ERROR."""


class Instance:
    """Catalogues, metadata, price books, libraries, jobs and files."""

    def __init__(
        self, folder: Path, locales: Iterable[str] | None = None, currencies: Iterable[str] | None = None
    ) -> None:
        """Start empty, with files in this folder.

        locales, currencies: those it knows, the former as `xml:lang` writes them; None: all.
        """
        self.share = WebDavShare(folder)
        self._turn = threading.Lock()
        self.importer = Importer(locales=locales, currencies=currencies, check_attributes=True)

    def import_archive(self, name: str) -> None:
        """Import `Impex/src/instance/<name>`; raise ImportFailedError if SFCC would refuse it whole."""
        path = self.share.path(f"Impex/src/instance/{name}")
        if not path.is_file():
            raise ImportFailedError(f"Archive {name} does not exist in Impex/src/instance")
        if path.stat().st_size > LARGEST_ARCHIVE:
            raise ImportFailedError(f"Archive {name} exceeds the limit of {LARGEST_ARCHIVE} bytes")
        try:
            with self._turn, ZipFile(path) as archive:
                folder = path.stem
                for member in _ordered(archive, folder):
                    self._member(archive, f"{folder}/{member}", member)
        except BadZipFile as error:
            raise ImportFailedError(f"Archive {name} is no zip file: {error}") from None

    def import_folder(self, step: str, parameters: Mapping[str, str]) -> None:
        """Import the files of a folder as a job step of this type does, in alphanumeric order of their names.

        Raises ImportFailedError where the step's parameters want the job to fail: for no file, or for one whose form
        is wrong, which then is the last one that is looked at.
        """
        folder = self._working_folder(parameters.get("WorkingFolder", ""))
        pattern = re.compile(parameters.get("FileNamePattern") or ".*")
        names = sorted(folder.iterdir()) if folder.is_dir() else []
        files = [path for path in names if path.is_file() and pattern.fullmatch(path.name)]
        if not files and parameters.get("NoFilesFoundHandling") == "ERROR":
            raise ImportFailedError(f"No files found in {parameters.get('WorkingFolder', '')}")
        try:
            mode = mode_of(parameters.get("ImportMode") or "Merge")
        except ValueError as error:
            raise ImportFailedError(str(error)) from None
        with self._turn:
            for path in files:
                right = self.importer.load([(path.name, path.read_bytes())], mode, IMPORT_STEPS[step])
                if not right and parameters.get("ImportFailedHandling") == "ERROR":
                    raise ImportFailedError(f"File {path.name} could not be imported")
                self._put_away(path, parameters)

    def _working_folder(self, name: str) -> Path:
        if ".." in name.split("/"):
            raise ImportFailedError(f"WorkingFolder {name} leaves Impex/src")
        return self.share.path(f"Impex/src/{name}")

    def _put_away(self, path: Path, parameters: Mapping[str, str]) -> None:
        """Delete, keep or archive an imported file; SFCC archives it unless it is told otherwise."""
        handling = parameters.get("AfterImportFileHandling") or "Archive"
        if handling == "Delete":
            path.unlink()
        elif handling != "Keep":
            archive = self.share.path(f"Impex/{parameters.get('ArchiveFolder') or 'archive'}")
            archive.mkdir(parents=True, exist_ok=True)
            path.replace(archive / path.name)

    def _member(self, archive: ZipFile, name: str, member: str) -> None:
        if found := _STATIC.fullmatch(member):
            kind, id_, path = found.groups()
            target = self.share.path(f"{kind}/{id_}/{path}")
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        elif member.endswith((".xml", ".xml.gz")):
            self._load(member, archive.read(name))

    def _load(self, name: str, content: bytes) -> None:
        self.importer.load([(name, content)])

    def state(self) -> dict[str, Any]:
        """Return all it holds as plain data, between two imports."""
        with self._turn:
            return self._state()

    def page(self, query: Mapping[str, str]) -> str:
        """Return a page of what it holds; query: see `page`."""
        with self._turn:
            return page(self.importer.holdings, self._files(), query)

    def _files(self) -> list[str]:
        root = self.share.folder
        files = [path for kind in ("Catalogs", "Libraries") for path in (root / kind).rglob("*") if path.is_file()]
        return sorted(path.relative_to(root).as_posix() for path in files)

    def _state(self) -> dict[str, Any]:
        return {
            **self.importer.snapshot(),
            **other_holdings(self.importer.holdings),
            "files": self._files(),
        }


def _ordered(archive: ZipFile, folder: str) -> Iterator[str]:
    """Yield the members below the archive's one folder in the order of import."""
    names = [name for name in archive.namelist() if not name.endswith("/")]
    if strange := [name for name in names if not name.startswith(f"{folder}/")]:
        raise ImportFailedError(f"The archive's folder must be called {folder}; it also holds {strange[0]}")
    members = [name.removeprefix(f"{folder}/") for name in names]
    if any(part in ("", "..") for member in members for part in member.split("/")):
        raise ImportFailedError("The archive holds a path that leaves it")

    def rank(member: str) -> tuple[int, bool, str]:
        unit = member.partition("/")[0]
        return _UNITS.index(unit) if unit in _UNITS else -1, "/static/" not in member, member

    yield from sorted(members, key=rank)
