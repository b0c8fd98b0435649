"""Uploads arrive whole, in folders made for them, and what goes wrong has a name."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import pytest

from akeneo_sfcc.delivery.client import SfccClient
from akeneo_sfcc.delivery.errors import (
    InstanceUnavailableError,
    MissingFileError,
    NotGrantedError,
    RefusedUploadError,
    UploadError,
)
from akeneo_sfcc.delivery.transport import Upload
from akeneo_sfcc.errors import DataError
from local.demo_pim.faults import Fault
from local.demo_sfcc.server import DemoSfcc

Make = Callable[[bytes], Upload]
PATH = "Impex/src/akeneo/run 1/ä-file.xml"


def test_an_upload_makes_every_folder_above_it(sfcc: DemoSfcc, client: SfccClient, upload: Make) -> None:
    client.webdav.put(PATH, upload(b"content"))
    assert (sfcc.instance.share.folder / PATH).read_bytes() == b"content"


def test_folders_are_made_once(sfcc: DemoSfcc, client: SfccClient, upload: Make) -> None:
    for name in ("a", "b", "c"):
        client.webdav.put(f"Impex/src/akeneo/{name}.xml", upload(b"x"))
    assert sfcc.calls["MKCOL webdav"] == 2


def test_folders_that_exist_are_no_error(sfcc: DemoSfcc, client: SfccClient) -> None:
    (sfcc.instance.share.folder / "Impex/src/akeneo").mkdir(parents=True)
    client.webdav.make_folders("Impex/src/akeneo/new")
    assert (sfcc.instance.share.folder / "Impex/src/akeneo/new").is_dir()


def test_an_empty_file_can_be_uploaded(client: SfccClient, upload: Make) -> None:
    client.webdav.put(PATH, upload(b""))
    assert client.webdav.size(PATH) == 0


def test_files_are_listed_sized_read_and_deleted(client: SfccClient, upload: Make) -> None:
    client.webdav.put("Impex/src/akeneo/b.xml", upload(b"bb"))
    client.webdav.put("Impex/src/akeneo/a.xml", upload(b"a"))
    assert client.webdav.names("Impex/src/akeneo") == ("a.xml", "b.xml")
    assert client.webdav.size("Impex/src/akeneo/b.xml") == 2
    with client.webdav.open("IMPEX/src/akeneo/b.xml") as chunks:
        assert b"".join(chunks) == b"bb"
    client.webdav.delete("Impex/src/akeneo")
    client.webdav.delete("Impex/src/akeneo")
    assert client.webdav.names("Impex/src/akeneo") == ()
    assert client.webdav.size("Impex/src/akeneo/b.xml") is None


def test_a_folder_that_was_deleted_is_made_again(client: SfccClient, upload: Make) -> None:
    client.webdav.put("Impex/src/akeneo/a.xml", upload(b"a"))
    client.webdav.delete("Impex/src/akeneo")
    client.webdav.put("Impex/src/akeneo/a.xml", upload(b"a"))
    assert client.webdav.size("Impex/src/akeneo/a.xml") == 1


def test_a_missing_file_says_so(client: SfccClient) -> None:
    with pytest.raises(MissingFileError, match=r"Logs/none\.log"), client.webdav.open("Logs/none.log"):
        pass


def test_paths_cannot_leave_the_share(client: SfccClient) -> None:
    with pytest.raises(DataError, match=r"'\.\.'"):
        client.webdav.delete("Impex/../Catalogs")


@pytest.mark.parametrize("status", [429, 503, 423])
def test_an_upload_is_sent_again_from_its_start(
    sfcc: DemoSfcc, client: SfccClient, upload: Make, waits: list[float], status: int
) -> None:
    sfcc.faults.set([Fault("*.xml", "status", status=status, query="PUT", times=2, headers={"Retry-After": "7"})])
    client.webdav.put(PATH, upload(b"content" * 20_000))
    assert client.webdav.size(PATH) == 7 * 20_000
    assert waits == [7.0, 7.0]


def test_an_instance_that_stays_down_is_transient(sfcc: DemoSfcc, client: SfccClient, upload: Make) -> None:
    client.webdav.make_folders("Impex/src/akeneo")
    sfcc.faults.set([Fault("*", "status", status=503)])
    with pytest.raises(InstanceUnavailableError, match=r"PUT Impex/src/akeneo/a\.xml .* in 6 tries; the last: 503"):
        client.webdav.put("Impex/src/akeneo/a.xml", upload(b"a"))


def test_an_upload_that_arrives_cut_short_is_sent_again(sfcc: DemoSfcc, client: SfccClient, upload: Make) -> None:
    sfcc.faults.set([Fault("*.xml", "status", status=201, query="PUT", times=1)])
    client.webdav.put(PATH, upload(b"content"))
    assert client.webdav.size(PATH) == 7


def test_an_upload_that_never_arrives_whole_is_an_error(sfcc: DemoSfcc, client: SfccClient, upload: Make) -> None:
    sfcc.faults.set([Fault("*.xml", "status", status=201, query="PUT")])
    with pytest.raises(UploadError, match="None bytes on the instance after 3 uploads of 7 bytes"):
        client.webdav.put(PATH, upload(b"content"))


def test_size_is_asked_by_head_where_propfind_is_cut_off(sfcc: DemoSfcc, client: SfccClient, upload: Make) -> None:
    sfcc.faults.set([Fault("*", "status", status=405, query="PROPFIND")])
    client.webdav.put(PATH, upload(b"content"))
    assert sfcc.calls["HEAD webdav"] == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_path_that_is_not_granted_names_the_grant(
    sfcc: DemoSfcc, client: SfccClient, upload: Make, status: int
) -> None:
    sfcc.faults.set([Fault("*/Impex/*", "status", status=status)])
    wanted = r'WebDAV Client Permissions: \{"path":"/impex","operations":\["read_write"\]\}'
    with pytest.raises(NotGrantedError, match=wanted):
        client.webdav.put(PATH, upload(b"content"))


@pytest.mark.parametrize(("status", "says"), [(413, "the sandbox is stopped"), (507, "no space is left")])
def test_an_upload_the_instance_has_no_room_for_says_so(
    sfcc: DemoSfcc, client: SfccClient, upload: Make, status: int, says: str
) -> None:
    sfcc.faults.set([Fault("*.xml", "status", status=status, query="PUT")])
    with pytest.raises(RefusedUploadError, match=says):
        client.webdav.put(PATH, upload(b"content"))


def test_a_source_shorter_than_its_size_is_an_error(client: SfccClient) -> None:
    @contextmanager
    def short() -> Iterator[BinaryIO]:
        yield _Zeros(3)  # type: ignore[misc]

    with pytest.raises(DataError, match="ends 4 bytes before the size stated"):
        client.webdav.put(PATH, Upload(7, short))


def test_memory_does_not_grow_with_an_upload(sfcc: DemoSfcc, client: SfccClient) -> None:
    size = 48 << 20

    @contextmanager
    def source() -> Iterator[BinaryIO]:
        yield _Zeros(size)  # type: ignore[misc]

    client.webdav.make_folders("Impex/src/instance")
    tracemalloc.start()
    try:
        client.webdav.put("Impex/src/instance/large.zip", Upload(size, source))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20
    assert (sfcc.instance.share.folder / "Impex/src/instance/large.zip").stat().st_size == size


class _Zeros:
    """A stream of so many zeros."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, wanted: int) -> Any:
        taken = min(self.left, wanted)
        self.left -= taken
        return bytes(taken)
