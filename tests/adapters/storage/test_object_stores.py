"""The promises of `ObjectStore`, kept by the store on S3 and by the fake the other tests use."""

from __future__ import annotations

import gzip
import pickle
import tracemalloc
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, IncompleteReadError, NoCredentialsError
from moto import mock_aws

from akeneo_sfcc.errors import ConfigurationError, DataError, TransientError
from akeneo_sfcc.storage.objects import MissingObjectError, ObjectStore
from akeneo_sfcc.storage.s3 import PART_BYTES, S3Store
from tests.fakes.object_store import InMemoryStore
from tests.fakes.service_errors import service_error

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "exports"


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-1", config=Config(retries={"total_max_attempts": 1}))
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield client


@pytest.fixture(params=["memory", "s3"])
def store(request) -> ObjectStore:
    return InMemoryStore() if request.param == "memory" else S3Store(request.getfixturevalue("client"), BUCKET)


def failing(client, operation: str, error: Exception, *, from_call: int = 1) -> None:
    """Let an operation of the client fail from its nth call on."""
    calls = iter(range(1, 1_000_000))

    def fail(**_: object) -> None:
        if next(calls) >= from_call:
            raise error

    client.meta.events.register(f"before-call.s3.{operation}", fail)


def write_and_fail(store: ObjectStore, size: int) -> None:
    """Let a block fail after it wrote to `file`."""
    with store.write("file") as target:
        target.write(b"x" * size)
        raise ZeroDivisionError


def test_what_was_put_is_read(store):
    store.put("runs/a", b"one")
    store.put("runs/a", b"two")
    assert store.get("runs/a") == b"two"
    assert store.exists("runs/a")


@pytest.mark.parametrize("body", [b"", b"small", bytes(range(256)) * 70_000], ids=["empty", "small", "17 MB"])
def test_what_was_written_is_read_as_a_stream(store, body):
    with store.write("exports/file") as target:
        for start in range(0, len(body), 1_000_003):
            target.write(body[start : start + 1_000_003])
        assert target.tell() == len(body)
    with store.open("exports/file") as source:
        assert source.read(3) == body[:3]
        assert source.read() == body[3:]
    assert store.get("exports/file") == body


def test_gzip_and_lines_work_on_the_streams(store):
    with store.write("lines.gz") as target, gzip.GzipFile(fileobj=target, mode="wb", mtime=0) as packed:
        packed.write(b"one\ntwo\n")
    with store.open("lines.gz") as source, gzip.GzipFile(fileobj=source) as unpacked:
        assert list(unpacked) == [b"one\n", b"two\n"]


@pytest.mark.parametrize("size", [10, PART_BYTES + 1], ids=["one put", "multipart"])
def test_a_failed_writer_leaves_what_was_there(store, size):
    store.put("file", b"before")
    with pytest.raises(ZeroDivisionError):
        write_and_fail(store, size)
    assert store.get("file") == b"before"


def test_a_range_of_an_object_is_read(store):
    store.put("file", b"0123456789")
    assert store.get_range("file", 2, 3) == b"234"
    assert store.get_range("file", 7, 3) == b"789"


@pytest.mark.parametrize(("offset", "length"), [(8, 3), (10, 1), (50, 5)])
def test_a_range_beyond_the_end_is_an_error(store, offset, length):
    store.put("file", b"0123456789")
    with pytest.raises(DataError, match="object file ends before byte"):
        store.get_range("file", offset, length)


@pytest.mark.parametrize(("offset", "length"), [(-1, 3), (0, 0)])
def test_an_impossible_range_is_a_mistake_of_the_caller(store, offset, length):
    store.put("file", b"0123456789")
    with pytest.raises(ValueError, match="no range"):
        store.get_range("file", offset, length)


@pytest.mark.parametrize(
    "read",
    [
        lambda store: store.get("gone"),
        lambda store: store.get_range("gone", 0, 1),
        lambda store: store.open("gone").__enter__(),
        lambda store: store.copy("gone", "there"),
    ],
    ids=["get", "get_range", "open", "copy"],
)
def test_a_missing_object_is_named(store, read):
    with pytest.raises(MissingObjectError, match="object gone is missing") as caught:
        read(store)
    assert pickle.loads(pickle.dumps(caught.value)).key == "gone"
    assert not store.exists("gone")


def test_keys_are_listed_in_byte_order(store):
    for key in ("p/b", "p/a/1", "p/Z", "p/é", "p/a b&+", "q/a", "p/a"):
        store.put(key, b"")
    assert list(store.list("p/")) == ["p/Z", "p/a", "p/a b&+", "p/a/1", "p/b", "p/é"]
    assert list(store.list("nothing/")) == []


def test_more_keys_than_one_page_are_listed_and_deleted(store):
    keys = [f"many/{number:04d}" for number in range(1_001)]
    for key in keys:
        store.put(key, b"")
    assert list(store.list("many/")) == keys
    store.delete(key for key in [*keys, "many/not-there"])
    assert list(store.list("many/")) == []
    store.delete([])


def test_a_copy_is_independent_of_its_source(store):
    store.put("media/ä b+.jpg", b"picture")
    store.copy("media/ä b+.jpg", "exports/picture.jpg")
    store.delete(["media/ä b+.jpg"])
    assert store.get("exports/picture.jpg") == b"picture"


def test_a_failed_upload_leaves_no_parts_behind(client):
    with pytest.raises(ZeroDivisionError):
        write_and_fail(S3Store(client, BUCKET), 2 * PART_BYTES)
    assert client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []
    assert list(S3Store(client, BUCKET).list("")) == []


def test_an_upload_that_fails_on_the_way_is_aborted_and_can_be_tried_again(client):
    failing(client, "UploadPart", service_error("SlowDown", 503), from_call=2)
    with (
        pytest.raises(TransientError, match=r"write s3://exports/file: SlowDown \(503\)"),
        S3Store(client, BUCKET).write("file") as target,
    ):
        target.write(b"x" * (3 * PART_BYTES))
    assert client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []
    assert not S3Store(client, BUCKET).exists("file")


def test_an_abort_that_fails_does_not_hide_the_first_error(client):
    failing(client, "AbortMultipartUpload", service_error("InternalError", 500))
    with pytest.raises(ZeroDivisionError):
        write_and_fail(S3Store(client, BUCKET), PART_BYTES)


def test_a_large_object_is_written_in_parts_of_bounded_memory(client):
    # The memory of the process would count what moto keeps; that no part waits in the writer is what matters.
    sent: list[int] = []
    client.meta.events.register(
        "before-parameter-build.s3.UploadPart", lambda params, **_: sent.append(len(params["Body"]))
    )
    with S3Store(client, BUCKET).write("file") as target:
        for _ in range(40):
            target.write(b"y" * (1024 * 1024))
        assert sent == [PART_BYTES] * 5
    assert S3Store(client, BUCKET).get_range("file", 40 * 1024 * 1024 - 2, 2) == b"yy"


def test_reading_a_stream_holds_a_small_part_of_it(client):
    store = S3Store(client, BUCKET)
    store.put("file", b"z" * (40 * 1024 * 1024))
    with store.open("file") as source:
        tracemalloc.start()
        try:
            while source.read(64 * 1024):
                pass
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 4 * 1024 * 1024


@pytest.mark.parametrize(
    "error",
    [
        service_error("SlowDown", 503),
        service_error("InternalError", 500),
        service_error("RequestTimeout", 400),
        service_error("503", 503),
        ConnectTimeoutError(endpoint_url="https://s3"),
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("GetObject", lambda store: store.get("file")),
        ("PutObject", lambda store: store.put("file", b"")),
        ("HeadObject", lambda store: store.exists("file")),
        ("ListObjectsV2", lambda store: list(store.list("file"))),
        ("DeleteObjects", lambda store: store.delete(["file"])),
    ],
    ids=["get", "put", "exists", "list", "delete"],
)
def test_what_may_pass_is_transient(client, operation, call, error):
    failing(client, operation, error)
    with pytest.raises(TransientError, match="s3://exports/file"):
        call(S3Store(client, BUCKET))


@pytest.mark.parametrize("error", [service_error("AccessDenied", 403), NoCredentialsError()], ids=repr)
def test_a_lack_of_rights_is_a_configuration_error(client, error):
    failing(client, "GetObject", error)
    with pytest.raises(ConfigurationError, match="read s3://exports/file"):
        S3Store(client, BUCKET).get("file")


def test_a_bucket_that_does_not_exist_is_a_configuration_error(client):
    with pytest.raises(ConfigurationError, match="NoSuchBucket"):
        S3Store(client, "nowhere").get("file")


def test_an_error_nobody_foresaw_is_not_disguised(client):
    failing(client, "GetObject", service_error("InvalidArgument", 400))
    with pytest.raises(ClientError, match="InvalidArgument"):
        S3Store(client, BUCKET).get("file")


class BrokenBody:
    """A body whose connection breaks after the first bytes."""

    def __init__(self) -> None:
        self.pieces: Iterator[bytes] = iter([b"first\n"])
        self.closed = False

    def read(self, _: int) -> bytes:
        for piece in self.pieces:
            return piece
        raise IncompleteReadError(actual_bytes=6, expected_bytes=12)

    def close(self) -> None:
        self.closed = True


def test_a_connection_that_breaks_inside_a_stream_is_transient():
    body = BrokenBody()

    class Client:
        def get_object(self, **_: object) -> dict[str, object]:
            return {"Body": body}

    with (
        S3Store(cast("S3Client", Client()), BUCKET).open("file") as source,
        pytest.raises(TransientError, match="read s3://exports/file"),
    ):
        list(source)
    assert body.closed


def test_a_key_that_could_not_be_deleted_is_named():
    class Client:
        def delete_objects(self, **_: object) -> dict[str, object]:
            return {"Errors": [{"Key": "b", "Code": "InternalError"}]}

    with pytest.raises(TransientError, match="delete b: InternalError"):
        S3Store(cast("S3Client", Client()), BUCKET).delete(["a", "b"])
