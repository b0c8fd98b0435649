"""Brings binaries from the PIM into the store: streamed, hashed, checked, whole or not at all."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from io import RawIOBase
from threading import BoundedSemaphore
from types import TracebackType
from typing import Self

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.akeneo.errors import NotFoundError, PimUnavailableError
from akeneo_sfcc.errors import ConnectorError
from akeneo_sfcc.stages.committed_media import GONE, UNUSABLE
from akeneo_sfcc.stages.media_entities import description
from akeneo_sfcc.stages.media_lines import PRODUCT_MEDIA, StoredBinary, WantedBinary
from akeneo_sfcc.storage.layout import media
from akeneo_sfcc.storage.objects import ObjectStore

SMALL_BYTES = 4 << 20
"""Up to this size a binary is held in memory and stored beside the next download; a larger one is streamed."""

_WAITING = 4
_WORKERS = 8
_CHUNK = 256 << 10
_TRIES = 3
_ANY_TYPE = frozenset(("", "application/octet-stream", "binary/octet-stream"))
_ALIASES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/svg": "image/svg+xml",
    "application/x-pdf": "application/pdf",
}


@dataclass(slots=True)
class Fate:
    """What became of a binary. places: its keys in the export. fetched: the PIM sent it now.

    is_new: the index of binaries does not know it yet. why, says: for the state and for people, if it is missing.
    """

    binary: WantedBinary
    places: list[str] = field(default_factory=list)
    stored: StoredBinary | None = None
    fetched: bool = False
    is_new: bool = False
    why: str = ""
    says: str = ""


class _BrokenError(ConnectorError):
    """What the PIM sent cannot be used; another try may help."""


class MediaTransfer:
    """Brings the binaries of one batch in their order; use it as a context manager.

    Memory: at most four small binaries that wait to be stored, or one part of a large one.
    """

    def __init__(self, client: AkeneoClient, store: ObjectStore, binaries: Sequence[WantedBinary]) -> None:
        """Take what is to come, so that the store can be asked ahead which of it is there already."""
        self._client = client
        self._store = store
        self._pool = ThreadPoolExecutor(_WORKERS)
        self._waiting = BoundedSemaphore(_WAITING)
        self._jobs: list[Future[Fate]] = []
        self._there = {
            binary.code: self._pool.submit(store.exists, media(binary.code))
            for binary in binaries
            if binary.sha256 is None
        }

    def __enter__(self) -> Self:
        """Use as a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what is under way; give up what is not."""
        self._pool.shutdown(wait=True, cancel_futures=kind is not None)

    def bring(self, binary: WantedBinary, places: list[str]) -> None:
        """Bring one binary to its places in the export; what fails for good is raised here or by `finish`."""
        fate = Fate(binary, places, is_new=binary.sha256 is None)
        if binary.sha256 is not None and binary.size is not None:
            fate.stored = StoredBinary(binary.code, binary.size, binary.sha256, binary.mime_type or "")
            self._jobs.append(self._pool.submit(self._copied, fate))
        elif self._there[binary.code].result():
            # Stored by a run that did not commit, or by another configuration.
            self._jobs.append(self._pool.submit(self._measured, fate))
        else:
            self._fetch(fate)

    def finish(self) -> list[Fate]:
        """Return what became of all binaries, in their order, when all of it is done."""
        return [job.result() for job in self._jobs]

    def _fetch(self, fate: Fate) -> None:
        binary = fate.binary
        try:
            if binary.source == PRODUCT_MEDIA and binary.size is None and binary.mime_type is None:
                size, mime_type = description(self._client.item(f"{PRODUCT_MEDIA}/{binary.code}"))
                fate.binary = binary = binary._replace(size=size, mime_type=mime_type)
            for number in range(1, _TRIES + 1):
                try:
                    self._download(fate)
                    return
                except _BrokenError as error:
                    if number == _TRIES:
                        fate.why, fate.says = UNUSABLE, str(error)
        except NotFoundError:
            fate.why, fate.says = GONE, "gone from the PIM"
        self._jobs.append(_finished(fate))

    def _download(self, fate: Fate) -> None:
        """Read one binary: a small one is left to a worker, a large one goes straight into the store."""
        binary = fate.binary
        suffix = "/download" if binary.source == PRODUCT_MEDIA else ""
        with self._client.download(f"{binary.source}/{binary.code}{suffix}") as body:
            content_type = _type(body.content_type)
            expected = _type(binary.mime_type or "")
            if not _ANY_TYPE & {content_type, expected} and content_type != expected:
                raise _BrokenError(f"of type {content_type}, the PIM says {expected}")
            mime_type = expected or content_type or mimetypes.guess_type(binary.code)[0] or ""
            reader = _Reader(body)
            beginning = reader.read(SMALL_BYTES + 1)
            if len(beginning) > SMALL_BYTES:
                with self._store.write(media(binary.code)) as target:
                    while beginning:
                        target.write(beginning)
                        beginning = reader.read(_CHUNK)
                    _check(binary, reader.size)
        if reader.size <= SMALL_BYTES:
            _check(binary, reader.size)
        fate.stored = StoredBinary(binary.code, reader.size, reader.hash.hexdigest(), mime_type)
        fate.fetched = True
        content = beginning if reader.size <= SMALL_BYTES else None
        self._waiting.acquire()
        self._jobs.append(self._pool.submit(self._kept, fate, content))

    def _kept(self, fate: Fate, content: bytes | None) -> Fate:
        try:
            if content is not None:
                self._store.put(media(fate.binary.code), content)
            return self._copied(fate)
        finally:
            self._waiting.release()

    def _measured(self, fate: Fate) -> Fate:
        """Take a binary that is stored already; reading it at S3 is cheaper than sending it again."""
        digest, size = hashlib.sha256(), 0
        with self._store.open(media(fate.binary.code)) as source:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
        mime_type = fate.binary.mime_type or mimetypes.guess_type(fate.binary.code)[0] or ""
        fate.stored = StoredBinary(fate.binary.code, size, digest.hexdigest(), mime_type)
        return self._copied(fate)

    def _copied(self, fate: Fate) -> Fate:
        for place in fate.places:
            self._store.copy(media(fate.binary.code), place)
        return fate


class _Reader:
    """Reads a body, hashing and counting; a body that breaks off is a broken binary."""

    def __init__(self, body: RawIOBase) -> None:
        self._body = body
        self.hash = hashlib.sha256()
        self.size = 0

    def read(self, wanted: int) -> bytes:
        """Return that many bytes, fewer only at the end."""
        buffer = bytearray()
        try:
            while len(buffer) < wanted and (chunk := self._body.read(min(_CHUNK, wanted - len(buffer)))):
                buffer += chunk
        except PimUnavailableError as error:
            raise _BrokenError(f"broken off after {self.size + len(buffer)} bytes") from error
        self.hash.update(buffer)
        self.size += len(buffer)
        return bytes(buffer)


def _check(binary: WantedBinary, size: int) -> None:
    if size == 0:
        raise _BrokenError("empty")
    if binary.size is not None and size != binary.size:
        raise _BrokenError(f"{size} bytes, the PIM says {binary.size}")


def _type(text: str) -> str:
    plain = text.partition(";")[0].strip().lower()
    return _ALIASES.get(plain, plain)


def _finished(fate: Fate) -> Future[Fate]:
    done: Future[Fate] = Future()
    done.set_result(fate)
    return done
