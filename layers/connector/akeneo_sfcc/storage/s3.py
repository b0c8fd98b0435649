"""The object store on S3."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ResponseStreamingError,
)

from akeneo_sfcc.errors import ConfigurationError, DataError, TransientError
from akeneo_sfcc.storage.objects import MissingObjectError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

PART_BYTES = 8 * 1024 * 1024
"""Size of a multipart upload's parts; S3 asks for at least 5 MiB and takes 10,000 of them."""

_READ_BYTES = 256 * 1024
_DELETE_BATCH = 1000  # S3's limit for one DeleteObjects
_TRANSIENT = frozenset(
    {
        "InternalError",
        "NoSuchUpload",  # the multipart upload was cleaned away: writing again starts a new one
        "OperationAborted",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
    }
)
_NOT_SET_UP = frozenset({"AccessDenied", "ExpiredToken", "InvalidAccessKeyId", "NoSuchBucket", "SignatureDoesNotMatch"})
_MISSING = ("NoSuchKey", "NotFound", "404")


class S3Store:
    """Objects in one bucket, with the promises of `storage.objects.ObjectStore`."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        """Take an S3 client and the bucket's name."""
        self._client = client
        self._bucket = bucket

    def get(self, key: str) -> bytes:
        """Return the whole object."""
        with self._asking("read", key):
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`; DataError when the object ends before."""
        if offset < 0 or length < 1:
            raise ValueError(f"no range: {length} bytes from {offset}")
        span = f"bytes={offset}-{offset + length - 1}"
        try:
            with self._asking("read", key):
                found = self._client.get_object(Bucket=self._bucket, Key=key, Range=span)["Body"].read()
        except ClientError as error:
            if _code(error) != "InvalidRange":
                raise
            found = b""
        if len(found) != length:
            raise DataError(f"object {key} ends before byte {offset + length}")
        return found

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        """Open the object for reading as a stream; memory does not grow with its size."""
        with self._asking("read", key):
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
        try:
            yield cast("BinaryIO", io.BufferedReader(_Stream(self, key, body), _READ_BYTES))
        finally:
            body.close()

    def put(self, key: str, body: bytes) -> None:
        """Write the object whole, replacing it."""
        with self._asking("write", key):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body)

    @contextmanager
    def write(self, key: str) -> Iterator[BinaryIO]:
        """Open a writer; the object appears, whole, when the block ends without an error, else not at all."""
        upload = _Upload(self, self._client, self._bucket, key)
        try:
            yield cast("BinaryIO", upload)
            upload.finish()
        except BaseException:
            upload.abort()
            raise

    def exists(self, key: str) -> bool:
        """Tell whether the object is there."""
        try:
            with self._asking("look for", key):
                self._client.head_object(Bucket=self._bucket, Key=key)
        except MissingObjectError:
            return False
        return True

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys under a prefix, in byte order."""
        pages = iter(self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix))
        while True:
            with self._asking("list", prefix):
                page = next(pages, None)
            if page is None:
                return
            yield from (found["Key"] for found in page.get("Contents", ()))

    def copy(self, source: str, target: str) -> None:
        """Copy inside the bucket (up to 5 GiB, the limit of one copy call)."""
        with self._asking("copy", source):
            self._client.copy_object(
                Bucket=self._bucket, Key=target, CopySource={"Bucket": self._bucket, "Key": source}
            )

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; missing ones are no error."""
        waiting = iter(keys)
        while some := tuple(islice(waiting, _DELETE_BATCH)):
            with self._asking("delete", some[0]):
                answer = self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in some], "Quiet": True}
                )
            for failed in answer.get("Errors", ()):
                raise TransientError(f"delete {failed.get('Key')}: {failed.get('Code')}")

    @contextmanager
    def _asking(self, action: str, key: str) -> Iterator[None]:
        """Turn the service's errors into ours."""
        what = f"{action} s3://{self._bucket}/{key}"
        try:
            yield
        except ClientError as error:
            if _code(error) in _MISSING:
                raise MissingObjectError(key) from error
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if _code(error) in _TRANSIENT or status >= 500:
                raise TransientError(f"{what}: {_code(error)} ({status})") from error
            if _code(error) in _NOT_SET_UP or status in (401, 403):
                raise ConfigurationError(
                    f"{what}: {_code(error)} ({status}); allowed: an existing bucket this role may use"
                ) from error
            raise
        except NoCredentialsError as error:
            raise ConfigurationError(f"{what}: no AWS credentials; allowed: a role or a profile") from error
        except (HTTPClientError, ConnectionError, IncompleteReadError, ResponseStreamingError) as error:
            raise TransientError(f"{what}: {error}") from error


class _Stream(io.RawIOBase):
    """An object's body as a file, so that readers get line and peek functions and our errors."""

    def __init__(self, store: S3Store, key: str, body: Any) -> None:
        self._store, self._key, self._body = store, key, body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with self._store._asking("read", self._key):
            data = self._body.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Upload(io.RawIOBase):
    """A writer that sends a part whenever one is full, and one plain put for what never fills one."""

    def __init__(self, store: S3Store, client: S3Client, bucket: str, key: str) -> None:
        self._store, self._client, self._bucket, self._key = store, client, bucket, key
        self._buffer = bytearray()
        self._sent = 0
        self._upload_id: str | None = None
        self._parts: list[CompletedPartTypeDef] = []

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._sent + len(self._buffer)

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        self._buffer += view
        while len(self._buffer) >= PART_BYTES:
            self._send(PART_BYTES)
        return len(view)

    def finish(self) -> None:
        """Make the object appear."""
        if self._upload_id is None:
            self._store.put(self._key, bytes(self._buffer))
            return
        if self._buffer:
            self._send(len(self._buffer))
        with self._store._asking("write", self._key):
            self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._upload_id,
                MultipartUpload={"Parts": self._parts},
            )

    def abort(self) -> None:
        """Give up what was sent."""
        if self._upload_id is None:
            return
        # The error that brought us here is the one to report; the bucket's lifecycle rule removes what stays.
        with suppress(ClientError, BotoCoreError):
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload_id)

    def _send(self, size: int) -> None:
        with self._store._asking("write", self._key):
            if self._upload_id is None:
                started = self._client.create_multipart_upload(Bucket=self._bucket, Key=self._key)
                self._upload_id = started["UploadId"]
            number = len(self._parts) + 1
            sent = self._client.upload_part(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=self._upload_id,
                PartNumber=number,
                Body=bytes(self._buffer[:size]),
            )
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})
        del self._buffer[:size]
        self._sent += size


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
