"""The attribute job on whole catalogues: its file, its calls, and that it defines all the product job writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from lxml import etree

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.pim.structure_file import load
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.sfcc.catalog import CATALOG_NAMESPACE, XML_LANG
from akeneo_sfcc.storage.layout import RunLayout
from local.demo_pim.server import DemoPim
from tests.e2e.configurations import DEMO, ICECAT
from tests.e2e.imports import DEMO_LOGIN, configured
from tests.e2e.snapshots import Snapshot
from tests.fakes.defined_attributes import definitions, fits
from tests.fakes.in_process import Finished, run_job
from tests.fakes.in_process_attributes import METADATA, run_attributes
from tests.fakes.services import FakeWorld

SELECTS = ("pim_catalog_simpleselect", "pim_catalog_multiselect")


def world_of(pim: DemoPim, document: dict[str, Any]) -> FakeWorld:
    document = {**document, "pim": {**document["pim"], "base_url": pim.url}}
    made = FakeWorld(documents={"default": document})
    made.pim = AkeneoClient(pim.url, DEMO_LOGIN)  # type: ignore[assignment]  # the real client instead of the fake
    return made


def custom_values(finished: Finished) -> Iterator[tuple[str, str, Any]]:
    """Attribute id, language and value (a text or a list) of everything a product run wrote."""
    for path, body in finished.files().items():
        if path.startswith("catalogs/"):
            for one in etree.fromstring(body).iter(f"{{{CATALOG_NAMESPACE}}}custom-attribute"):
                values = [child.text for child in one]
                yield str(one.attrib["attribute-id"]), one.get(XML_LANG) or "", values or one.text


def plan_of(finished: Finished, document: dict[str, Any]) -> AttributePlan:
    layout = RunLayout(finished.run.job, finished.run.run_id)
    return AttributePlan(Settings.parse(document), load(finished.services.store.get(layout.structure)))


def assert_products_fit(pim: DemoPim, document: dict[str, Any], validate: Callable[..., None]) -> None:
    made = world_of(pim, document)
    attributes = run_attributes(made.services)
    validate(attributes.files()[METADATA], "metadata")
    known = definitions(attributes.files()[METADATA])
    products = run_job(made.services, name="products-1")
    own = set(plan_of(products, made.documents["default"]).custom_targets.values())
    wrong = {
        (attribute_id, lang, str(value))
        for attribute_id, lang, value in custom_values(products)
        if attribute_id not in own
        and not (
            attribute_id in known and fits(known[attribute_id], value) and known[attribute_id].localizable == bool(lang)
        )
    }
    assert wrong == set()
    assert len({attribute_id for attribute_id, _, _ in custom_values(products)} - own) > 5


@pytest.mark.parametrize("name", DEMO)
def test_all_the_demo_catalogue_writes_is_defined(name: str, demo_pim: DemoPim, sfcc_xsd: Callable[..., None]) -> None:
    assert_products_fit(demo_pim, DEMO[name], sfcc_xsd)


@pytest.mark.parametrize(
    "name", ["all defaults", "raw ids, split measurements, prices, uuids", "mapped attributes, cleared by family"]
)
def test_all_that_akeneos_demo_catalogue_writes_is_defined(
    name: str, icecat_pim: DemoPim, sfcc_xsd: Callable[..., None]
) -> None:
    assert_products_fit(icecat_pim, ICECAT[name], sfcc_xsd)


def test_akeneos_demo_catalogue_is_defined_completely_and_the_counts_add_up(
    icecat: Snapshot, icecat_pim: DemoPim
) -> None:
    finished = run_attributes(world_of(icecat_pim, configured(attributes={"prices": "attribute"})).services)
    known = definitions(finished.files()[METADATA])
    selects = {one["code"] for one in icecat["attributes"] if one["type"] in SELECTS}
    listed = {code: [one["code"] for one in icecat[f"attributes/{code}/options"]] for code in selects}
    # The identifier is the product id.
    assert len(known) == len(icecat["attributes"]) - 1 + 1
    assert Counter(value for one in known.values() for value in one.values) == Counter(
        code for codes in listed.values() for code in codes
    )
    counts = finished.report()["counts"]
    options = sum(map(len, listed.values()))
    assert (counts["option"]["read"], counts["option"]["written"]) == (options, options)
    assert counts["attribute"]["read"] == len(icecat["attributes"])
    (entry,) = orjson.loads(finished.files()["manifest.json"])["files"]
    assert entry["items"]["attribute-definition"] == len(known)


def test_every_option_list_costs_one_call_and_nothing_is_read_twice(demo: Snapshot, demo_pim: DemoPim) -> None:
    selects = [one["code"] for one in demo["attributes"] if one["type"] in SELECTS]
    stages = run_attributes(world_of(demo_pim, configured()).services).report()["stages"]
    assert stages["read_options"]["calls"] == len(selects)
    assert stages["build_metadata"]["calls"] == 0


def test_two_runs_on_one_catalogue_write_the_same_bytes(demo_pim: DemoPim) -> None:
    made = world_of(demo_pim, configured())
    first = run_attributes(made.services)
    made.wait(3600)
    assert run_attributes(made.services, "run-2").files() == first.files()
