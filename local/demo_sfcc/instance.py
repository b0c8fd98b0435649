"""A demo instance: what it holds, and the imports that change it, in the order SFCC takes."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from local.demo_sfcc.importer import Importer
from local.demo_sfcc.other_files import OtherImport
from local.demo_sfcc.page import page
from local.demo_sfcc.value_check import ValueCheck
from local.demo_sfcc.webdav import WebDavShare

LARGEST_ARCHIVE = 200 << 20
"""An instance refuses a larger one."""

_UNITS = ("meta", "catalogs", "pricebooks", "inventory-lists", "libraries", "sites")
"""The order of what an archive holds; within each, files come in the byte order of their paths."""

_STATIC = re.compile(r"(catalogs|libraries)/([^/]+)/static/(default/.+)")


class ImportFailedError(Exception):
    """An import that could not be done at all; the job ends with ERROR."""


class Instance:
    """Catalogues, metadata, price books, libraries, jobs and files."""

    def __init__(self, folder: Path, locales: frozenset[str] | None = None) -> None:
        """Start empty, with files in this folder; locales: those it knows, as `xml:lang` writes them (None: all)."""
        self.share = WebDavShare(folder)
        self._turn = threading.Lock()
        self.importer = Importer()
        self.others = OtherImport(self.importer.log)
        self._check = ValueCheck(self.others.holdings.definitions, locales, self.importer.log)

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

    def import_folder(self, parameters: Mapping[str, str]) -> None:
        """Import the files of a folder as a job step with these parameters does, in alphanumeric order."""
        folder = self.share.path(f"Impex/src/{parameters.get('WorkingFolder', '')}")
        pattern = re.compile(parameters.get("FileNamePattern") or ".*")
        names = sorted(folder.iterdir()) if folder.is_dir() else []
        files = [path for path in names if path.is_file() and pattern.fullmatch(path.name)]
        if not files and parameters.get("NoFilesFoundHandling") == "ERROR":
            raise ImportFailedError(f"No files found in {parameters.get('WorkingFolder', '')}")
        with self._turn:
            for path in files:
                self._load(path.name, path.read_bytes())
                if parameters.get("AfterImportFileHandling") == "Delete":
                    path.unlink()

    def _member(self, archive: ZipFile, name: str, member: str) -> None:
        if found := _STATIC.fullmatch(member):
            kind, id_, path = found.groups()
            target = self.share.path(f"{kind}/{id_}/{path}")
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        elif member.endswith(".xml"):
            self._load(member, archive.read(name))

    def _load(self, name: str, content: bytes) -> None:
        self.importer.log.file = name
        if not self.others.load(content):
            self.importer.load([(name, self._check.passed(content))])

    def state(self) -> dict[str, Any]:
        """Return all it holds as plain data, between two imports."""
        with self._turn:
            return self._state()

    def page(self) -> str:
        """Return a page of what it holds."""
        with self._turn:
            return page(self.importer.holdings, self._files())

    def _files(self) -> list[str]:
        root = self.share.folder
        files = [path for kind in ("Catalogs", "Libraries") for path in (root / kind).rglob("*") if path.is_file()]
        return sorted(path.relative_to(root).as_posix() for path in files)

    def _state(self) -> dict[str, Any]:
        others = self.others.holdings
        return {
            **self.importer.snapshot(),
            "definitions": others.definitions,
            "pricebooks": others.pricebooks,
            "libraries": others.libraries,
            "jobs": {id_: [asdict(step) for step in steps] for id_, steps in sorted(others.jobs.items())},
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
