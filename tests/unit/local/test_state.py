"""Bucket and table survive in a directory."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from akeneo_sfcc.errors import ConfigurationError
from local.embedded.server import aws_server
from local.embedded.state import StateDirectory

BUCKET, TABLE = "data", "runs"


class Aws:
    """An empty AWS with a bucket and a table, and the state of a directory."""

    def __init__(self, endpoint: str, folder: Path) -> None:
        session = boto3.Session("local", "local", region_name="eu-central-1")
        self.s3: Any = session.client("s3", endpoint_url=endpoint)
        self.table: Any = session.client("dynamodb", endpoint_url=endpoint)
        self.state = StateDirectory(folder)
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        self.table.create_table(
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def put(self, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def get(self, key: str, **options: Any) -> bytes:
        body: bytes = self.s3.get_object(Bucket=BUCKET, Key=key, **options)["Body"].read()
        return body

    def keys(self) -> list[str]:
        return [each["Key"] for each in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]

    def save(self) -> None:
        self.state.save(self.table, [BUCKET], [TABLE])

    def load(self, **expire: int) -> None:
        self.state.load(self.table, [BUCKET], [TABLE], {f"{name}/": days for name, days in expire.items()})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "state" / "objects").mkdir(parents=True)
    return tmp_path / "state"


@contextmanager
def fresh(folder: Path) -> Iterator[Aws]:
    with aws_server() as endpoint:
        yield Aws(endpoint, folder)


def test_objects_and_items_are_there_again(folder: Path) -> None:
    with fresh(folder) as aws:
        aws.put("state/a b/ü.gz", b"one")
        aws.put("state/empty", b"")
        aws.table.put_item(TableName=TABLE, Item={"pk": {"S": "x"}, "n": {"N": "1"}, "l": {"L": [{"BOOL": True}]}})
        aws.save()
    with fresh(folder) as aws:
        aws.load()
        assert aws.keys() == ["state/a b/ü.gz", "state/empty"]
        assert aws.get("state/a b/ü.gz") == b"one"
        assert aws.get("state/a b/ü.gz", Range="bytes=1-2") == b"ne"
        assert aws.get("state/empty") == b""
        assert aws.table.scan(TableName=TABLE)["Items"] == [
            {"pk": {"S": "x"}, "n": {"N": "1"}, "l": {"L": [{"BOOL": True}]}}
        ]


def test_loaded_objects_can_be_copied_replaced_and_deleted(folder: Path) -> None:
    with fresh(folder) as aws:
        for key in ("a", "b", "c"):
            aws.put(key, key.encode())
        aws.save()
    with fresh(folder) as aws:
        aws.load()
        aws.s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": "a"})
        aws.put("b", b"new")
        aws.s3.delete_object(Bucket=BUCKET, Key="c")
        aws.save()
    with fresh(folder) as aws:
        aws.load()
        assert {key: aws.get(key) for key in sorted(aws.keys())} == {"a": b"a", "b": b"new", "copy": b"a"}


def test_objects_already_saved_are_not_written_again(folder: Path) -> None:
    with fresh(folder) as aws:
        aws.put("a", b"body")
        aws.save()
    (saved,) = (path for path in (folder / "objects").rglob("*") if path.is_file())
    os.utime(saved, (1, 1))
    with fresh(folder) as aws:
        aws.load()
        aws.put("again", b"body")
        aws.save()
    assert saved.stat().st_mtime == 1


def test_what_is_no_longer_named_is_deleted(folder: Path) -> None:
    with fresh(folder) as aws:
        aws.put("a", b"body")
        aws.save()
        aws.s3.delete_object(Bucket=BUCKET, Key="a")
        aws.save()
    assert [path for path in (folder / "objects").rglob("*") if path.is_file()] == []


def test_an_object_uploaded_in_parts_is_kept_whole(folder: Path) -> None:
    part = os.urandom(5 << 20)
    with fresh(folder) as aws:
        upload = aws.s3.create_multipart_upload(Bucket=BUCKET, Key="big")["UploadId"]
        parts = []
        for number in (1, 2):
            answer = aws.s3.upload_part(Bucket=BUCKET, Key="big", UploadId=upload, PartNumber=number, Body=part)
            parts.append({"ETag": answer["ETag"], "PartNumber": number})
        aws.s3.complete_multipart_upload(Bucket=BUCKET, Key="big", UploadId=upload, MultipartUpload={"Parts": parts})
        aws.save()
    with fresh(folder) as aws:
        aws.load()
        assert aws.get("big") == part + part


def test_what_the_buckets_rules_would_have_deleted_is_left_out(folder: Path) -> None:
    with fresh(folder) as aws:
        aws.put("runs/old", b"1")
        aws.put("state/old", b"2")
        aws.save()
    index = json.loads((folder / "state.json").read_text())
    for entry in index["objects"][BUCKET].values():
        entry["modified"] = "2020-01-01T00:00:00+00:00"
    (folder / "state.json").write_text(json.dumps(index))
    with fresh(folder) as aws:
        aws.load(runs=30)
        assert aws.keys() == ["state/old"]


def test_a_save_that_breaks_off_leaves_the_old_state(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fresh(folder) as aws:
        aws.put("a", b"old")
        aws.save()
        aws.put("a", b"new")
        aws.put("b", b"new too")
        monkeypatch.setattr("local.embedded.state.json.dumps", _break_off)
        with pytest.raises(OSError, match="disk full"):
            aws.save()
        monkeypatch.undo()
    with fresh(folder) as aws:
        aws.load()
        assert {key: aws.get(key) for key in sorted(aws.keys())} == {"a": b"old"}


def _break_off(*_: Any, **__: Any) -> str:
    raise OSError("disk full")


def test_a_directory_is_used_by_one_run_at_a_time(folder: Path) -> None:
    first, second = StateDirectory(folder), StateDirectory(folder)
    with first.lock(), pytest.raises(ConfigurationError, match="another run is using it"), second.lock():
        pass


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 99, "objects": {}, "tables": {}}'])
def test_an_index_that_is_none_is_named(folder: Path, text: str) -> None:
    (folder / "state.json").write_text(text)
    with fresh(folder) as aws, pytest.raises(ConfigurationError, match="is not a saved state"):
        aws.load()


def test_a_lost_object_is_named(folder: Path) -> None:
    with fresh(folder) as aws:
        aws.put("a", b"body")
        aws.save()
    (saved,) = (path for path in (folder / "objects").rglob("*") if path.is_file())
    saved.unlink()
    with fresh(folder) as aws, pytest.raises(ConfigurationError, match=r"\(a\) is missing"):
        aws.load()
