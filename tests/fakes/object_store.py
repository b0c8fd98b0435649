"""An object store in memory; passes the contract tests of the one on S3."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.storage.objects import MissingObjectError


class InMemoryStore:
    """Objects in a dict, open to the test as `objects`."""

    def __init__(self, objects: dict[str, bytes] | None = None) -> None:
        self.objects: dict[str, bytes] = dict(objects or {})

    def get(self, key: str) -> bytes:
        try:
            return self.objects[key]
        except KeyError:
            raise MissingObjectError(key) from None

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        if offset < 0 or length < 1:
            raise ValueError(f"no range: {length} bytes from {offset}")
        found = self.get(key)[offset : offset + length]
        if len(found) != length:
            raise DataError(f"object {key} ends before byte {offset + length}")
        return found

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        yield io.BufferedReader(io.BytesIO(self.get(key)))

    def put(self, key: str, body: bytes) -> None:
        self.objects[key] = bytes(body)

    @contextmanager
    def write(self, key: str) -> Iterator[BinaryIO]:
        buffer = io.BytesIO()
        yield buffer
        self.objects[key] = buffer.getvalue()

    def exists(self, key: str) -> bool:
        return key in self.objects

    def list(self, prefix: str) -> Iterator[str]:
        yield from sorted((key for key in self.objects if key.startswith(prefix)), key=str.encode)

    def copy(self, source: str, target: str) -> None:
        self.objects[target] = self.get(source)

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.objects.pop(key, None)
