"""Bucket and table between local runs: objects in files named by content, and one index that makes them valid.

    state.json     {"objects": {bucket: {key: {file, size, etag, modified}}}, "tables": {name: [item, …]}}
    objects/<xx>/<etag>-<size>

Objects are written first, the index replaces its predecessor in one step, what it no longer names is deleted
last: a crash at any moment leaves the old state or the new one. Objects already there are not written again, and
none is read before somebody asks for it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.s3.models import FakeKey, s3_backends

from akeneo_sfcc.errors import ConfigurationError
from local.embedded.template import ACCOUNT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_INDEX = "state.json"
_FORMAT = 1


class StoredKey(FakeKey):
    """An object of moto's S3 whose bytes stay in their file."""

    def __init__(self, path: Path, *, name: str, bucket: str, etag: str, size: int, modified: datetime) -> None:
        """Take over what the index says of the object."""
        self.path = path
        super().__init__(name, b"", ACCOUNT, "aws", etag=etag, bucket_name=bucket, version_id="null")
        self.contentsize = size
        self.last_modified = modified

    @property
    def value(self) -> bytes:
        """The object's bytes, read now."""
        return self.path.read_bytes()

    @value.setter
    def value(self, new_value: bytes) -> None:
        """Take nothing: the bytes are in the file."""


class StateDirectory:
    """The state of one working directory; used by one process at a time."""

    def __init__(self, folder: Path) -> None:
        """Take the directory; it is made when it is not there."""
        self.folder = folder

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other processes out; ConfigurationError when one is in."""
        try:
            (self.folder / "objects").mkdir(parents=True, exist_ok=True)
            handle = (self.folder / "lock").open("w")
        except OSError as error:
            raise ConfigurationError(f"--state {self.folder}: cannot be written: {error.strerror}") from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ConfigurationError(f"--state {self.folder}: another run is using it") from error
            yield

    def load(
        self,
        table_client: DynamoDBClient,
        buckets: Iterable[str],
        tables: Iterable[str],
        expire: dict[str, int],
    ) -> None:
        """Put what was saved into moto's buckets and tables.

        expire: key prefix → days; older objects are left out, as the bucket's lifecycle rules would.
        """
        index = self._index()
        now = datetime.now(UTC)
        for bucket in buckets:
            target = s3_backends[ACCOUNT]["aws"].buckets[bucket].keys
            for key, entry in index["objects"].get(bucket, {}).items():
                modified = datetime.fromisoformat(entry["modified"])
                if any(key.startswith(prefix) and now - modified > timedelta(days) for prefix, days in expire.items()):
                    continue
                path = self.folder / "objects" / entry["file"]
                if not path.is_file():
                    raise ConfigurationError(f"--state {self.folder}: objects/{entry['file']} ({key}) is missing")
                target[key] = StoredKey(
                    path,
                    name=key,
                    bucket=bucket,
                    etag=entry["etag"],
                    size=entry["size"],
                    modified=modified.replace(tzinfo=None),
                )
        for table in tables:
            for item in index["tables"].get(table, []):
                table_client.put_item(TableName=table, Item=item)

    def save(self, table_client: DynamoDBClient, buckets: Iterable[str], tables: Iterable[str]) -> None:
        """Save moto's buckets and tables."""
        objects: dict[str, dict[str, dict[str, Any]]] = {}
        for bucket in buckets:
            keys = s3_backends[ACCOUNT]["aws"].buckets[bucket].keys
            objects[bucket] = {name: self._keep(keys[name]) for name in sorted(keys)}
        items = {
            table: [
                item for page in table_client.get_paginator("scan").paginate(TableName=table) for item in page["Items"]
            ]
            for table in tables
        }
        body = json.dumps({"format": _FORMAT, "objects": objects, "tables": items}, indent=1, sort_keys=True)
        _write(self.folder / _INDEX, body.encode())
        self._delete_all_but({entry["file"] for found in objects.values() for entry in found.values()})

    def _index(self) -> dict[str, Any]:
        path = self.folder / _INDEX
        if not path.exists():
            return {"objects": {}, "tables": {}}
        try:
            index = json.loads(path.read_bytes())
            if index["format"] != _FORMAT:
                raise ValueError(f"format {index['format']}, not {_FORMAT}")
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigurationError(f"--state {self.folder}: {_INDEX} is not a saved state: {error}") from error
        found: dict[str, Any] = index
        return found

    def _keep(self, key: FakeKey) -> dict[str, Any]:
        etag = key.etag.strip('"')
        name = f"{etag[:2]}/{etag}-{key.contentsize}"
        path = self.folder / "objects" / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            _write(path, key.value)
        modified = key.last_modified.replace(tzinfo=UTC).isoformat()
        return {"file": name, "size": key.contentsize, "etag": etag, "modified": modified}

    def _delete_all_but(self, named: set[str]) -> None:
        for folder in (self.folder / "objects").iterdir():
            for path in folder.iterdir():
                if f"{folder.name}/{path.name}" not in named:
                    path.unlink()


def _write(path: Path, body: bytes) -> None:
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as target:
        target.write(body)
        target.flush()
        if path.name == _INDEX:
            os.fsync(target.fileno())
    new.replace(path)
