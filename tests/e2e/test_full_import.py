"""The whole job on real input: complete, valid, and the same bytes however the work was split."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from local.demo_pim.server import DemoPim
from tests.e2e.comparison import compare
from tests.e2e.exported import NAMESPACE, Export, variations_of
from tests.e2e.imports import Importer, configured, export_of
from tests.e2e.oracle import Oracle
from tests.e2e.snapshots import Item, Snapshot
from tests.e2e.stack import Stack

Validate = Callable[[bytes], None]
KINDS = [
    "10-categories", "20-products", "28-unlink", "30-masters", "35-relations", "40-assignments", "48-removals",
    "50-recommendations", "60-deletions",
]  # fmt: skip
ISSUE_KEYS = ["stage", "severity", "kind", "id", "uuid", "attribute", "locale", "value", "reason"]
OUTCOMES = ["read", "written", "unchanged", "merged", "filtered", "rejected"]


def test_the_job_imports_akeneos_demo_catalogue_on_the_embedded_aws(
    stack: Stack, icecat: Snapshot, icecat_pim: DemoPim, sfcc_xsd: Validate
) -> None:
    document = stack.document(icecat_pim, pim={"max_concurrency": 2})
    ended = stack.run(document)
    assert ended.code == 0, ended.said
    for body in ended.export.xml_files.values():
        sfcc_xsd(body)
    counts = ended.report["counts"]  # type: ignore[index]
    assert counts["product"] == dict(zip(OUTCOMES, (1239, 1239, 0, 0, 0, 0), strict=True))
    assert counts["model"] == dict(zip(OUTCOMES, (81, 50, 0, 31, 0, 0), strict=True))
    masters_have_all_their_variants(ended.export, f"{stack.name}-products", icecat)
    # The same as the stages alone write, and so the same as everything in tests/e2e/test_contents.py.
    assert xml(ended.files) == xml(Importer(icecat_pim, document).run().files())


def masters_have_all_their_variants(export: Export, catalogue: str, icecat: Snapshot) -> None:
    """Counted straight from the snapshot's lines."""
    parents = {model["code"]: model["parent"] for model in icecat.models}
    wanted: dict[str, set[str]] = {code: set() for code, parent in parents.items() if parent is None}
    axes: dict[str, set[tuple[str, str]]] = {code: set() for code in wanted}
    axes_of = {
        model["code"]: [
            axis
            for variant in icecat[f"families/{model['family']}/variants"]
            if variant["code"] == model["family_variant"]
            for level in variant["variant_attribute_sets"]
            for axis in level["axes"]
        ]
        for model in icecat.models
    }
    ids = {
        "color": "akeneo_color",
        "size": "akeneo_size",
        "eu_shoes_size": "akeneo_euShoesSize",
        "material": "akeneo_material",
        "display_diagonal": "akeneo_displayDiagonal",
    }
    for product in icecat.products:
        if product["parent"] is not None:
            root = parents[product["parent"]] or product["parent"]
            wanted[root].add(product["values"]["sku"][0]["data"])
            axes[root] |= {(ids[code], axis_text(product["values"][code][0]["data"])) for code in axes_of[root]}
    found = {id_: variations_of(one) for id_, one in export.products(catalogue, "30-masters").items()}
    assert {id_: set(one["variants"]) for id_, one in found.items()} == wanted
    used = {
        id_: {(axis, value) for axis, _, values in one["axes"] for value, _ in values} for id_, one in found.items()
    }
    assert used == axes
    languages = {"x-default", "de-DE", "en-US", "fr-FR"}
    assert {lang for one in found.values() for _, names, _ in one["axes"] for lang, _ in names} == languages
    assert {lang for one in export.products(catalogue, "20-products").values() for _, lang in one.values} == {
        "",
        "en-US",
        "fr-FR",  # no product has a German text in this channel
    }


def axis_text(data: Any) -> str:
    return data if isinstance(data, str) else f"{float(data['amount']):g} {data['unit']}"


@pytest.mark.parametrize("pim", [{"max_concurrency": 1}, {"page_size": 7}, {"page_size": 33, "max_concurrency": 3}])
@pytest.mark.parametrize("modelisation", ["master-variation", "master-group-variation"])
def test_the_bytes_do_not_depend_on_how_the_pages_were_split(
    pim: dict[str, int], modelisation: str, demo_pim: DemoPim
) -> None:
    recommended = {"recommendation_types": {"X_SELL": 1, "UPSELL": 2, "SUBSTITUTION": 3}}
    usual = configured(models={"import": modelisation}, associations=recommended, products={"max_reject_ratio": 0.5})
    split = configured(
        models={"import": modelisation}, associations=recommended, products={"max_reject_ratio": 0.5}, pim=pim
    )
    first, second = Importer(demo_pim, usual).run(), Importer(demo_pim, split).run()
    assert first.files() == second.files()
    assert first.report()["counts"] == second.report()["counts"]
    assert sorted(map(str, first.records())) == sorted(map(str, second.records()))


def test_two_runs_on_the_embedded_aws_write_the_same(stack: Stack, demo_pim: DemoPim) -> None:
    first = stack.run(stack.document(demo_pim, pim={"max_concurrency": 4}))
    second = stack.run(stack.document(demo_pim, pim={"max_concurrency": 1, "page_size": 10}))
    assert (first.code, second.code) == (0, 0)
    assert xml(first.files) == xml(second.files)
    assert first.files["manifest.json"] == second.files["manifest.json"]


def xml(files: dict[str, bytes]) -> dict[str, bytes]:
    return {path: body for path, body in files.items() if path.endswith(".xml")}


def complete(product: Item, families: dict[str, Item], channel: str, locales: list[str]) -> bool:
    """Whether a product has everything its family requires, in at least one locale."""
    if product["family"] is None:
        return False

    def has(code: str, locale: str) -> bool:
        return any(
            entry["data"] not in (None, "", [])
            for entry in product["values"].get(code, [])
            if entry["locale"] in (None, locale) and entry["scope"] in (None, channel)
        )

    required = families[product["family"]]["attribute_requirements"].get(channel, [])
    return any(all(has(code, locale) for code in required) for locale in locales)


def test_a_filter_leaves_masters_without_variants_out(
    icecat: Snapshot, icecat_pim: DemoPim, sfcc_xsd: Validate
) -> None:
    families = ["clothing", "shoes", "camcorders"]
    search = {
        "family": [{"operator": "IN", "value": families}],
        "completeness": [{"operator": "=", "value": 100, "scope": "ecommerce"}],
    }
    document = configured(pim={"product_filter": {"search": search}})
    by_code = {family["code"]: family for family in icecat["families"]}

    def wanted(product: Item) -> bool:
        return product["family"] in families and complete(product, by_code, "ecommerce", ["de_DE", "en_US", "fr_FR"])

    oracle = Oracle(icecat, document, products=wanted)
    expected = oracle.expect()
    assert 0 < len(oracle.filtered) < 50
    assert 0 < len(oracle.read_products) < 1239
    finished = Importer(icecat_pim, document).run()
    compare(finished, expected, document)
    for body in export_of(finished).xml_files.values():
        sfcc_xsd(body)


def test_models_left_out_by_their_filter_make_simple_products_of_their_variants(
    icecat: Snapshot, icecat_pim: DemoPim
) -> None:
    search = {"family": [{"operator": "IN", "value": ["clothing"]}]}
    document = configured(pim={"product_model_filter": {"search": search}})
    expected = Oracle(icecat, document, models=lambda model: model["family"] == "clothing").expect()
    finished = Importer(icecat_pim, document).run()
    compare(finished, expected, document)
    orphans = {product["uuid"] for product in icecat.products if product["parent"] and product["family"] != "clothing"}
    assert orphans
    assert {one["uuid"] for one in finished.records() if one["reason"] == "root_missing"} == orphans


# ---------------------------------------------------------------------- the files beside the XML


@pytest.fixture(scope="module")
def everything(demo_pim: DemoPim) -> Any:
    """A run with every kind of file a first run can write."""
    return Importer(
        demo_pim,
        configured(
            associations={
                "recommendation_types": {"X_SELL": 1, "UPSELL": 2},
                "product_set": {"family": "looks", "association_type": "LOOK"},
            },
            products={"max_reject_ratio": 0.5},
        ),
    ).run()


def test_the_manifest_lists_every_file_truly_and_in_import_order(everything: Any) -> None:
    export = export_of(everything)
    listed = export.manifest["files"]
    assert [list(one) for one in listed] == [["path", "size", "sha256", "items"]] * len(listed)
    assert {one["path"] for one in listed} == set(export.files) - {"manifest.json"}
    for one in listed:
        body = export.files[one["path"]]
        assert one["size"] == len(body)
        assert one["sha256"] == hashlib.sha256(body).hexdigest()
        elements = Counter(str(each.tag).removeprefix(NAMESPACE) for each in etree.fromstring(body))
        assert one["items"] == dict(elements)
    kinds = [one["path"].rpartition("/")[2].rpartition("-")[0] for one in listed]
    assert kinds == sorted(kinds, key=KINDS.index)
    assert {
        "10-categories",
        "20-products",
        "30-masters",
        "35-relations",
        "40-assignments",
        "50-recommendations",
    } == set(kinds)


def test_the_report_adds_up(everything: Any) -> None:
    report, records = everything.report(), everything.records()
    assert report["job"] == "3-2-Akeneo-Full-Import-Products"
    assert report["mode"] == "full"
    assert set(report["counts"]) >= {"product", "model", "category"}
    for numbers in report["counts"].values():
        assert list(numbers) == OUTCOMES
        assert numbers["read"] == sum(numbers[outcome] for outcome in OUTCOMES[1:])
    for severity, part in (("reject", "rejected"), ("warn", "warned")):
        told = Counter((one["kind"], one["reason"]) for one in records if one["severity"] == severity)
        assert {
            (kind, reason): number for kind, reasons in report[part].items() for reason, number in reasons.items()
        } == told
        by_stage = Counter((one["stage"], one["reason"]) for one in records if one["severity"] == severity)
        assert {
            (stage, reason): number
            for stage, about in report["stages"].items()
            for reason, number in about[part].items()
        } == by_stage
    for name in ("calls", "retries", "throttled", "bytes"):
        assert report["api"][name] == sum(stage[name] for stage in report["stages"].values())


def test_calls_to_the_pim_are_counted_as_the_pim_counts_them(own_pim: DemoPim) -> None:
    report = Importer(own_pim, configured(products={"max_reject_ratio": 0.5})).run().report()
    assert report["api"]["calls"] == sum(own_pim.stats()["calls"].values())


def test_records_have_the_keys_of_the_contract(everything: Any) -> None:
    records = everything.records()
    assert records
    for one in records:
        assert list(one) == ISSUE_KEYS
        assert one["severity"] in ("reject", "warn")
        assert one["value"] is None or len(one["value"]) <= 200


def test_custom_attributes_stand_by_id_then_language_and_products_by_id(everything: Any) -> None:
    export = export_of(everything)
    for kind in ("20-products", "30-masters"):
        elements = list(export.elements("products", kind))
        ids = [element.attrib["product-id"] for element in elements]
        assert ids == sorted(ids)
        for element in elements:
            keys = [
                (one.attrib["attribute-id"], order_of(one.get("{http://www.w3.org/XML/1998/namespace}lang")))
                for one in element.iterfind(f"{NAMESPACE}custom-attributes/{NAMESPACE}custom-attribute")
            ]
            assert keys == sorted(keys)


def order_of(lang: str | None) -> tuple[int, str]:
    return (0, "") if lang is None else (1, "") if lang == "x-default" else (2, lang)
