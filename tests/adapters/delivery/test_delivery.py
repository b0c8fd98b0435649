"""A whole export reaches the instance, by archives and file by file, and the instance then holds the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import orjson

from akeneo_sfcc.delivery.archive import ExportFile, manifest_files, pack
from akeneo_sfcc.delivery.client import SfccClient
from akeneo_sfcc.delivery.executions import JobRequest, own_job, site_import
from akeneo_sfcc.delivery.impex import by_archive, by_job
from akeneo_sfcc.delivery.log import judge
from akeneo_sfcc.delivery.setup import SETUP_NAME, setup_archive
from akeneo_sfcc.delivery.transport import Upload
from akeneo_sfcc.sfcc.jobs import WORKING_FOLDER
from local.demo_sfcc.server import DemoSfcc
from tests.adapters.delivery.archives import catalog, product
from tests.fakes.object_store import InMemoryStore

XML = "http://www.demandware.com/xml/impex"
EXPORT = {
    "catalogs/main/static/default/akeneo/a.jpg": b"picture",
    "meta/system-objecttype-extensions.xml": (
        f'<metadata xmlns="{XML}/metadata/2006-10-31"><type-extension type-id="Product"><custom-attribute-definitions>'
        '<attribute-definition attribute-id="note"><type>string</type></attribute-definition>'
        "</custom-attribute-definitions></type-extension></metadata>"
    ).encode(),
    "catalogs/shop/10-categories-000.xml": catalog(
        "shop", '<category category-id="tops"><parent>root</parent></category>'
    ),
    "catalogs/main/20-products-000.xml": catalog("main", product("A1")),
    "catalogs/main/20-products-001.xml": catalog(
        "main",
        '<product product-id="B1"><online-flag>true</online-flag><custom-attributes>'
        '<custom-attribute attribute-id="note">n</custom-attribute></custom-attributes></product>',
    ),
    "catalogs/main/35-relations-000.xml": catalog(
        "main",
        '<product product-id="A1"><product-links><product-link product-id="B1" type="other"/></product-links>'
        "</product>",
    ),
    "catalogs/shop/40-assignments-000.xml": catalog(
        "shop", '<category-assignment category-id="tops" product-id="A1"/>'
    ),
    "pricebooks/akeneo-EUR.xml": (
        f'<pricebooks xmlns="{XML}/pricebook/2006-10-31"><pricebook><header pricebook-id="akeneo-EUR">'
        "<currency>EUR</currency></header></pricebook></pricebooks>"
    ).encode(),
}


def exported(store: InMemoryStore) -> tuple[ExportFile, ...]:
    """Store the export and return its files in the order of delivery."""
    listed = []
    for path, content in EXPORT.items():
        store.put(f"exports/{path}", content)
        listed.append({"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()})
    return manifest_files(orjson.dumps({"files": listed}), "exports/")


def imported(sfcc: DemoSfcc, client: SfccClient, request: JobRequest) -> None:
    """Run a job to its end and fail unless all was imported without a word."""
    begun = client.begin(request)
    assert begun.execution is not None
    sfcc.jobs.settle()
    ended = client.jobs.poll(begun.execution.job_id, begun.execution.id)
    verdict = judge(ended, client.findings(ended), request.job_id)
    assert verdict.problems == ()
    assert verdict.findings.warnings == 0


def by_archives(sfcc: DemoSfcc, client: SfccClient, store: InMemoryStore, files: tuple[ExportFile, ...]) -> None:
    """Pack, upload and import files, one archive after the other."""
    for archive in pack(files, store, prefix="run-1", key=lambda name: f"work/{name}"):
        client.put_archive(archive.file_name, Upload(archive.size, lambda key=archive.key: store.open(key)))  # type: ignore[misc]
        imported(sfcc, client, site_import(archive.file_name))
        client.delete_archive(archive.file_name)


def held(sfcc: DemoSfcc) -> dict[str, Any]:
    """Return what the instance holds of the export."""
    state = sfcc.state()
    return {name: state[name] for name in ("products", "catalogs", "definitions", "pricebooks", "files")}


def test_an_export_arrives_by_archives_without_a_warning(sfcc: DemoSfcc, client: SfccClient) -> None:
    store = InMemoryStore()
    by_archives(sfcc, client, store, exported(store))
    found = held(sfcc)
    assert found["products"]["A1"]["links"] == [("B1", "other")]
    assert found["products"]["B1"]["custom"] == {"note": ("n",)}
    assert list(found["catalogs"]["shop"]["assignments"]) == ["tops A1"]
    assert found["files"] == ["Catalogs/main/default/akeneo/a.jpg"]
    assert list(found["pricebooks"]) == ["akeneo-EUR"]
    assert client.webdav.names("Impex/src/instance") == ()


def test_delivery_file_by_file_gives_the_same(
    sfcc: DemoSfcc, client: SfccClient, upload: Callable[[bytes], Upload]
) -> None:
    store = InMemoryStore()
    files = exported(store)
    client.put_archive(f"{SETUP_NAME}.zip", upload(setup_archive("Shop")))
    imported(sfcc, client, site_import(f"{SETUP_NAME}.zip"))
    by_archives(sfcc, client, store, by_archive(files))
    delivered = by_job(files, "akeneo/run-1")
    for one in delivered:
        client.webdav.put(one.path, Upload(one.file.size, lambda key=one.file.key: store.open(key)))  # type: ignore[misc]
    for job, folder in dict.fromkeys((one.job, one.working_folder) for one in delivered):
        imported(sfcc, client, own_job(job, {WORKING_FOLDER: folder}))
    with DemoSfcc() as other:
        for name, content in EXPORT.items():
            if name.endswith(".xml"):
                other.instance._load(name, content)
        expected = held(other)
    assert {**held(sfcc), "files": []} == expected
