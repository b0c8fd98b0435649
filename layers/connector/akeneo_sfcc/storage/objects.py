"""Objects by key: the one door to S3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

from akeneo_sfcc.errors import DataError


class MissingObjectError(DataError):
    """An object that has to be there is not."""

    def __init__(self, key: str) -> None:
        """Take the key of the object."""
        self.key = key
        super().__init__(f"object {key} is missing")

    def __reduce__(self) -> tuple[type[MissingObjectError], tuple[str]]:
        """Travel between processes whole."""
        return type(self), (self.key,)


class ObjectStore(Protocol):
    """What the stages need of a bucket. Missing keys raise `MissingObjectError` (a DataError)."""

    def get(self, key: str) -> bytes:
        """Return the whole object."""

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`; DataError when the object ends before."""

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Open the object for reading as a stream; memory does not grow with its size."""

    def put(self, key: str, body: bytes) -> None:
        """Write the object whole, replacing it."""

    def write(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Open a writer; the object appears, whole, when the block ends without an error, else not at all.

        Parts of 8 MiB go out as they fill (multipart upload), so memory does not grow with the object.
        """

    def exists(self, key: str) -> bool:
        """Tell whether the object is there."""

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys under a prefix, in byte order."""

    def copy(self, source: str, target: str) -> None:
        """Copy inside the bucket."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; missing ones are no error."""
