"""The stages of delivery against a demo SFCC: what is planned, how a call repeated ends, what goes on where."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
import pytest

from akeneo_sfcc.delivery import archive as archives
from akeneo_sfcc.delivery.client import SfccClient
from akeneo_sfcc.errors import DataError, RunLockedError, TransientError
from akeneo_sfcc.stages import delivery_plan
from akeneo_sfcc.stages import start_import as start_import_module
from akeneo_sfcc.stages.check_import import check_import
from akeneo_sfcc.stages.contracts import (
    CheckImportTask,
    DeliveryResult,
    ImportPlace,
    PackageFilesTask,
    RunContext,
    StartImportTask,
)
from akeneo_sfcc.stages.delivery_plan import read_delivery, read_plan
from akeneo_sfcc.stages.package_files import package_files
from akeneo_sfcc.stages.start_import import LONGEST_BUSY_SECONDS, pause, start_import
from akeneo_sfcc.stages.work import state_layout
from akeneo_sfcc.storage.layout import RunLayout
from local.demo_sfcc.jobs import JobFault
from local.demo_sfcc.server import DemoSfcc
from tests.adapters.delivery.archives import catalog, product
from tests.fakes.services import FakeWorld, document
from tests.unit.stages.runs import run_context

FILES = {
    "catalogs/main/20-products-000.xml": catalog("main", product("A1")),
    "catalogs/main/20-products-001.xml": catalog("main", product("B1")),
    "catalogs/main/30-masters-000.xml": catalog("main", product("C1")),
    "catalogs/main/static/default/akeneo/a.jpg": b"picture",
}


class Delivery:
    """One run with an export, and the calls of its stages."""

    def __init__(self, sfcc: DemoSfcc, client: SfccClient, files: dict[str, bytes] = FILES, **settings: Any) -> None:
        self.sfcc = sfcc
        made = document(delivery={"mode": "site_archive", "host": sfcc.url, **settings})
        self.world = FakeWorld(documents={"default": made}, sfcc=client)
        self.run: RunContext = run_context()
        self.layout = RunLayout(self.run.job, self.run.run_id)
        assert self.world.ledger.acquire("products", "default", self.run.execution_arn, "now") is None
        listed = []
        for path, body in files.items():
            self.world.store.put(self.layout.export(path), body)
            digest = hashlib.sha256(body).hexdigest()
            listed.append({"path": path, "size": len(body), "sha256": digest, "items": {}})
        self.world.store.put(self.layout.manifest, orjson.dumps({"files": listed}))

    def package(self, result: DeliveryResult | None = None) -> DeliveryResult:
        task = PackageFilesTask(run=self.run, progress=result.progress if result else None)
        return package_files(task, self.world.services)

    def start(self, place: ImportPlace | None = None) -> DeliveryResult:
        return start_import(StartImportTask(run=self.run, place=place or ImportPlace()), self.world.services)

    def check(self, place: ImportPlace) -> DeliveryResult:
        self.sfcc.jobs.settle()
        return check_import(CheckImportTask(run=self.run, place=place), self.world.services)

    def names(self) -> list[str]:
        return [one.name for one in read_plan(self.world.store, self.layout)]

    def archives(self) -> dict[str, bytes]:
        prefix = f"{self.layout.work}delivery/archives/"
        return {key.removeprefix(prefix): self.world.store.get(key) for key in self.world.store.list(prefix)}


@pytest.fixture
def delivery(sfcc: DemoSfcc, client: SfccClient) -> Delivery:
    return Delivery(sfcc, client)


def test_an_archive_is_made_for_each_step_of_the_import_order(delivery: Delivery) -> None:
    assert delivery.package().status == "ready"
    prefix = f"akeneo-3-2-{delivery.run.run_id}"
    assert delivery.names() == [f"{prefix}-{end}.zip" for end in ("001-20-products", "002-30-masters", "003-static")]
    assert list(delivery.archives()) == delivery.names()


def test_packing_that_ran_out_of_time_goes_on_and_gives_the_same(
    delivery: Delivery, sfcc: DemoSfcc, client: SfccClient
) -> None:
    delivery.world.seconds_left = 1.0
    result, calls = delivery.package(), 1
    while result.status == "more":
        result, calls = delivery.package(result), calls + 1
    assert (result.status, calls) == ("ready", 3)
    at_once = Delivery(sfcc, client)
    at_once.package()
    assert delivery.archives() == at_once.archives()
    assert delivery.names() == at_once.names()


def test_packing_twice_gives_the_same_bytes(delivery: Delivery) -> None:
    delivery.package()
    first = delivery.archives(), delivery.names()
    delivery.package()
    assert (delivery.archives(), delivery.names()) == first


@pytest.mark.parametrize("change", [{"dry_run": True}, {"mode": "none"}])
def test_a_dry_run_and_mode_none_deliver_nothing(sfcc: DemoSfcc, client: SfccClient, change: dict[str, Any]) -> None:
    delivery = Delivery(sfcc, client, **{name: value for name, value in change.items() if name == "mode"})
    if "dry_run" in change:
        delivery.run = run_context(dry_run=True)
    assert delivery.package().status == "nothing"
    assert read_delivery(delivery.world.store, delivery.layout) == {"mode": "none", "planned": 0, "steps": []}


def test_a_file_that_changed_since_the_manifest_was_written_is_not_delivered(delivery: Delivery) -> None:
    delivery.world.store.put(delivery.layout.export("catalogs/main/30-masters-000.xml"), catalog("main", product("X")))
    with pytest.raises(DataError, match=r"30-masters-000\.xml is not the file the manifest lists"):
        delivery.package()


def test_the_ledger_knows_of_the_delivery_before_anything_is_imported(delivery: Delivery) -> None:
    delivery.package()
    assert delivery.world.ledger.delivering("products", "default") is None
    delivery.sfcc.jobs.fail(JobFault("already_running", polls=1))
    assert delivery.start().status == "busy"
    assert delivery.world.ledger.delivering("products", "default") == state_layout(delivery.run).manifest(
        delivery.run.run_id
    )
    assert delivery.sfcc.state()["products"] == {}


def test_a_run_that_was_overtaken_imports_nothing(delivery: Delivery) -> None:
    delivery.package()
    delivery.world.ledger.take_over(
        "products", "default", dead_owner=delivery.run.execution_arn, owner="arn:other", at="now"
    )
    with pytest.raises(RunLockedError):
        delivery.start()
    assert delivery.sfcc.jobs.executions == {}


def test_starting_again_finds_the_execution_that_was_started(delivery: Delivery) -> None:
    delivery.package()
    delivery.sfcc.jobs.fail(JobFault("hold", polls=5))
    first, again = delivery.start(), delivery.start()
    assert first.status == again.status == "running"
    assert first.place.execution_id == again.place.execution_id
    assert delivery.sfcc.calls["PUT webdav"] == 0 or len(delivery.sfcc.jobs.executions) == 1


def test_an_import_goes_from_place_to_place_until_all_is_done(delivery: Delivery) -> None:
    delivery.package()
    result = delivery.start()
    while result.status != "done":
        assert result.status == "running"
        checked = delivery.check(result.place)
        assert (checked.status, checked.place.position) == ("ready", result.place.position + 1)
        result = delivery.start(checked.place)
    assert sorted(delivery.sfcc.state()["products"]) == ["A1", "B1", "C1"]
    assert delivery.sfcc.state()["files"] == ["Catalogs/main/default/akeneo/a.jpg"]
    assert delivery.archives() == {}, "what is imported is not kept"
    assert delivery.world.sfcc is not None
    assert delivery.world.sfcc.webdav.names("Impex/src/instance") == ()
    told = read_delivery(delivery.world.store, delivery.layout)
    assert (told["mode"], told["planned"]) == ("site_archive", 3)
    assert [(step["status"], step["errors"]) for step in told["steps"]] == [("imported", 0)] * 3


def test_checking_again_says_the_same(delivery: Delivery) -> None:
    delivery.package()
    place = delivery.start().place
    assert delivery.check(place) == delivery.check(place)


def test_archives_are_kept_where_that_is_wished(sfcc: DemoSfcc, client: SfccClient) -> None:
    delivery = Delivery(sfcc, client, keep_archives=True)
    delivery.package()
    delivery.check(delivery.start().place)
    assert len(delivery.archives()) == 3
    assert client.webdav.names("Impex/src/instance") == (delivery.names()[0],)


def test_refused_data_are_told_in_sfccs_words_and_stay_in_the_report(delivery: Delivery) -> None:
    delivery.package()
    delivery.sfcc.jobs.fail(JobFault("data_error", message="Currency 'ZZZ' is unknown"))
    place = delivery.start().place
    with pytest.raises(
        DataError, match=r"001-20-products\.zip: job sfcc-site-archive-import, execution 1: SFCC refused data: .*ZZZ"
    ):
        delivery.check(place)
    (step,) = read_delivery(delivery.world.store, delivery.layout)["steps"]
    assert (step["status"], step["errors"], step["execution"]) == ("failed", 1, "1")
    assert "ZZZ" in step["messages"][0]["text"]
    assert len(delivery.archives()) == 3, "what was refused is kept for a look"


def test_a_job_that_stays_busy_for_hours_is_told_by_name(delivery: Delivery) -> None:
    delivery.package()
    delivery.sfcc.jobs.fail(JobFault("already_running", polls=10_000))
    result = delivery.start()
    waited = 0.0
    while waited < LONGEST_BUSY_SECONDS - 120:
        assert result.status == "busy"
        delivery.world.wait(result.wait_seconds)
        waited += result.wait_seconds
        result = delivery.start(result.place)
    delivery.world.wait(240)
    with pytest.raises(TransientError, match=r"job sfcc-site-archive-import has been busy since .* execution \d+"):
        delivery.start(result.place)


def looks_of(seconds: float, place: ImportPlace) -> int:
    """How often an import that takes so long is looked at."""
    waited = looks = 0
    while waited < seconds:
        waited += pause(place.model_copy(update={"looks": looks}))
        looks += 1
    return looks


def test_a_day_of_waiting_is_a_small_part_of_an_executions_history() -> None:
    # A wait, a look and two choices are 11 events; an execution may have 25,000.
    assert looks_of(24 * 3600, ImportPlace()) * 11 < 10_000
    assert pause(ImportPlace()) <= 5


def test_a_large_archive_is_not_looked_at_before_it_can_be_over(
    sfcc: DemoSfcc, client: SfccClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_import_module, "_BYTES_A_SECOND", 100)
    delivery = Delivery(sfcc, client)
    delivery.package()
    result = delivery.start()
    size = read_plan(delivery.world.store, delivery.layout)[0].size
    assert result.wait_seconds == result.place.first_wait == 3 + size // 100
    # 190 MiB at 10 MiB a second: 300 archives of two minutes each fit a history, at 7 events a start, 11 a look.
    assert 300 * (7 + 11 * looks_of(120, ImportPlace(first_wait=3 + 19))) < 25_000


def test_an_index_that_could_not_be_rebuilt_is_told_and_fails_nothing(sfcc: DemoSfcc, client: SfccClient) -> None:
    delivery = Delivery(sfcc, client, sites=["Shop"])
    delivery.package()
    assert delivery.names()[-1] == "Shop"
    place = ImportPlace(position=len(delivery.names()) - 1)
    sfcc.jobs.fail(JobFault("error", job="sfcc-search-index-*", message="Index is locked"))
    checked = delivery.check(delivery.start(place).place)
    assert checked.status == "ready"
    assert read_delivery(delivery.world.store, delivery.layout)["steps"][0]["status"] == "failed"
    (key,) = [key for key in delivery.world.store.list(delivery.layout.stats_dir) if "check_import" in key]
    assert "Index is locked" in orjson.loads(delivery.world.store.get(key))["notes"][0]


def test_files_for_jobs_come_in_batches_from_folders_of_their_own(
    sfcc: DemoSfcc, client: SfccClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_plan, "FOLDER_FILES", 2)
    delivery = Delivery(sfcc, client, mode="impex", impex_folder="akeneo/in")
    delivery.package()
    folder = f"akeneo/in/akeneo-3-2-{delivery.run.run_id}"
    assert delivery.names() == [f"akeneo-3-2-{delivery.run.run_id}-001-static.zip", f"{folder}/001", f"{folder}/002"]
    jobs = read_plan(delivery.world.store, delivery.layout)[1:]
    uploads = [upload.path for one in jobs for upload in one.uploads]
    assert [len(one.uploads) for one in jobs] == [2, 1]
    assert uploads == sorted(uploads), "numbers rise over all folders"


def test_an_archive_has_few_enough_files_to_be_packed_in_time(
    sfcc: DemoSfcc, client: SfccClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_FILES", 1)
    delivery = Delivery(sfcc, client)
    delivery.package()
    assert len(delivery.names()) == len(FILES)
