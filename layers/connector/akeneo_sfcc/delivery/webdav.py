"""Files on the instance: folders made as needed, uploads streamed and verified, logs read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from posixpath import dirname
from urllib.parse import quote, unquote

from lxml import etree

from akeneo_sfcc.delivery.auth import Authorised
from akeneo_sfcc.delivery.errors import (
    MissingFileError,
    NotGrantedError,
    RefusedRequestError,
    RefusedUploadError,
    UploadError,
)
from akeneo_sfcc.delivery.permissions import webdav_hint
from akeneo_sfcc.delivery.transport import Answer, Call, Upload
from akeneo_sfcc.errors import ConnectorError, DataError

ROOT = "/on/demandware.servlet/webdav/Sites"
"""Below it are Impex, Logs, Catalogs, Libraries, …: roots that always exist."""

_DAV = "{DAV:}"
_UPLOADS = 3


class WebDav:
    """The WebDAV share of one instance. Paths are below `Sites`: `Impex/src/instance/a.zip`."""

    def __init__(self, instance: str, calls: Authorised) -> None:
        """Take the instance's address, without a path, and who sends the calls."""
        self._root = instance + ROOT
        self._calls = calls
        self._made: set[str] = set()

    def make_folders(self, path: str) -> None:
        """Make a folder and every folder above it; those that exist stay. The first part is a root and exists."""
        parts = path.strip("/").split("/")
        for count in range(2, len(parts) + 1):
            folder = "/".join(parts[:count])
            if folder in self._made:
                continue
            answer = self._send("MKCOL", folder)
            if answer.status not in (201, 405):  # 405: it is there
                raise self._refused("MKCOL", folder, answer)
            self._made.add(folder)

    def put(self, path: str, upload: Upload) -> None:
        """Upload a file of known size into its folder, made if need be, and verify that all of it arrived.

        Raises UploadError when the size on the instance is wrong again and again, RefusedUploadError when there is
        no room.
        """
        self.make_folders(dirname(path))
        there: int | None = None
        for _ in range(_UPLOADS):
            kind = "application/zip" if path.endswith(".zip") else "application/octet-stream"
            body: bytes | Upload = upload if upload.size else b""
            answer = self._send("PUT", path, {"Content-Type": kind}, body)
            if answer.status not in (200, 201, 204):
                raise self._refused("PUT", path, answer)
            there = self.size(path)
            if there == upload.size:
                return
        self.delete(path)
        raise UploadError(f"{path} has {there} bytes on the instance after {_UPLOADS} uploads of {upload.size} bytes")

    def size(self, path: str) -> int | None:
        """Return a file's size in bytes, None if there is no such file."""
        answer = self._send("PROPFIND", path, {"Depth": "0"})
        if answer.status == 404:
            return None
        if answer.status == 207:
            for _, size in _entries(answer.body):
                return size
        # Some set-ups in front of an instance let no PROPFIND through.
        answer = self._send("HEAD", path)
        if answer.status == 404:
            return None
        length = answer.headers.get("Content-Length", "")
        if answer.status != 200 or not length.isdigit():
            raise self._refused("HEAD", path, answer)
        return int(length)

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of what a folder holds, sorted; nothing if there is no such folder."""
        answer = self._send("PROPFIND", folder, {"Depth": "1"})
        if answer.status == 404:
            return ()
        if answer.status != 207:
            raise self._refused("PROPFIND", folder, answer)
        own = f"/{folder.strip('/')}"
        paths = [path.rstrip("/") for path, _ in _entries(answer.body)]
        return tuple(sorted({path.rpartition("/")[2] for path in paths if not path.endswith(own)}))

    def delete(self, path: str) -> None:
        """Delete a file, or a folder with all in it; what is not there is no error."""
        self._made = {made for made in self._made if made != path and not made.startswith(f"{path}/")}
        answer = self._send("DELETE", path)
        if answer.status not in (200, 204, 404):
            raise self._refused("DELETE", path, answer)

    @contextmanager
    def open(self, path: str) -> Iterator[Iterator[bytes]]:
        """Open a file as chunks; raise MissingFileError if it is not there."""
        with self._calls.open(self._call("GET", path)) as (answer, chunks):
            if answer.status != 200:
                raise self._refused("GET", path, answer)
            yield chunks

    def _call(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | Upload | None = None
    ) -> Call:
        parts = path.strip("/").split("/")
        if any(part in ("", ".", "..") for part in parts):
            raise DataError(f"WebDAV path {path!r} has an empty part, '.' or '..' in it")
        address = "/".join(quote(part, safe="") for part in parts)
        return Call(method, f"{self._root}/{address}", f"{method} {path} (WebDAV)", headers or {}, body)

    def _send(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | Upload | None = None
    ) -> Answer:
        answer = self._calls.send(self._call(method, path, headers, body))
        if answer.status in (401, 403):
            raise self._refused(method, path, answer)
        return answer

    def _refused(self, method: str, path: str, answer: Answer) -> ConnectorError:
        what = f"the instance answered {method} {path} with {answer.status}"
        match answer.status:
            case 401 | 403:
                # An instance says 401 where the client is known and the path is not granted.
                hint = webdav_hint(path, write=method not in ("GET", "HEAD", "PROPFIND"))
                return NotGrantedError(f"{what}: the API client has no WebDAV permission for it. {hint}")
            case 404:
                return MissingFileError(f"{what}: there is no such file")
            case 413:
                return RefusedUploadError(
                    f"{what}: too large, or the sandbox is stopped. Start it, or see what limits uploads in front of it"
                )
            case 507:
                return RefusedUploadError(f"{what}: no space is left. Delete what is not needed in Impex")
            case _:
                return RefusedRequestError(what)


def _entries(body: bytes) -> Iterator[tuple[str, int | None]]:
    """Yield path and size (None: a folder) of a multistatus body."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise RefusedRequestError("the instance's answer to PROPFIND is no XML") from None
    for response in root.iter(f"{_DAV}response"):
        length = response.findtext(f".//{_DAV}getcontentlength") or ""
        path = unquote(response.findtext(f"{_DAV}href") or "")
        if "://" in path:
            path = "/" + path.split("/", 3)[3]
        yield path, int(length) if length.strip().isdigit() else None
