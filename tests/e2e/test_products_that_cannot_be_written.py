"""A product that cannot be written is a reject: recorded, counted, and no reason for the run to stop."""

from __future__ import annotations

from typing import Any

from local.demo_pim.server import DemoPim
from tests.e2e.comparison import rejects, value_records
from tests.e2e.imports import Importer, configured, export_of
from tests.e2e.stack import Stack


def product(number: int, sku: str | None, /, **more: Any) -> dict[str, Any]:
    values = dict(more.pop("values", {}))
    if sku is not None:
        values["sku"] = [entry(sku)]
    item = {"uuid": f"00000000-0000-4000-8000-{number:012d}", "family": "equipment", "categories": ["camping"]}
    return {"op": "upsert", "kind": "product", "item": {**item, "values": values, **more}}


def model(code: str, variant: str = "boots_size", /, **more: Any) -> dict[str, Any]:
    item = {"code": code, "family": "boots", "family_variant": variant, "categories": ["hiking_boots"], "values": {}}
    return {"op": "upsert", "kind": "model", "item": {**item, **more}}


def entry(data: Any, locale: str | None = None, scope: str | None = None) -> dict[str, Any]:
    return {"locale": locale, "scope": scope, "data": data}


BY_TEXT = {
    "code": "boots_by_lining",
    "labels": {},
    "variant_attribute_sets": [{"level": 1, "axes": ["lining_type"], "attributes": ["lining_type", "sku"]}],
}


def break_things(pim: DemoPim) -> None:
    """Put in what cannot be written, beside the demo catalogue's own share of it."""
    pim.edit(
        {"op": "upsert", "kind": "families/boots/variants", "item": BY_TEXT},
        product(1, "  "),
        product(2, "line\nbreak"),
        product(3, "bell\u0007"),
        product(4, "x" * 101),
        product(5, "y" * 100),  # the longest that fits
        product(6, "storm-shell-moss_green"),  # a model that is merged into its root has this code
        model(" padded model "),
        product(7, "boot-of-a-padded-model", parent=" padded model ", family="boots", values=shoe("eu_41")),
        model("lined", "boots_by_lining"),
        product(8, "lined-long", parent="lined", family="boots", values={"lining_type": [entry("z" * 257)]}),
        product(9, "lined-short", parent="lined", family="boots", values={"lining_type": [entry("z" * 256)]}),
        product(10, "lined-none", parent="lined", family="boots"),
        product(11, "lined-again", parent="lined", family="boots", values={"lining_type": [entry("z" * 256)]}),
        product(12, "nowhere", categories=["suppliers"]),
        product(13, "odd-data", values={"article_number": [entry("1e99")], "min_temperature": [entry([1])]}),
        product(
            14,
            "odder-data",
            values={"weight": [entry({"amount": "?"})], "is_new": [entry("perhaps", None, "ecommerce")]},
        ),
        product(15, "no-values-at-all", values={}),
    )


def shoe(size: str) -> dict[str, Any]:
    return {"shoe_size": [entry(size)]}


EXPECTED = {
    ("product", "  ", "bad_id"),
    ("product", "line\nbreak", "bad_id"),
    ("product", "bell\u0007", "bad_id"),
    ("product", "x" * 101, "bad_id"),
    ("product", "storm-shell-moss_green", "duplicate_id"),
    ("model", " padded model ", "bad_id"),
    ("product", "boot-of-a-padded-model", "bad_id"),
    ("product", "lined-long", "axis_value_too_long"),
    ("product", "nowhere", "no_master_catalog"),
}
ODD = {
    ("reject", "odd-data", "article_number", "int_out_of_range"),
    ("reject", "odd-data", "min_temperature", "not_a_number"),
    ("reject", "odder-data", "weight", "not_a_number"),
    ("reject", "odder-data", "is_new", "not_a_boolean"),
}
OF_THE_DEMO_ITSELF = {
    ("product", " padded id ", "bad_id"),
    ("product", "x" * 120, "bad_id"),
    ("product", "lamp-100", "duplicate_id"),
    ("product", "no-category", "no_master_catalog"),
}


def test_what_cannot_be_written_is_recorded_and_the_run_goes_on(stack: Stack, own_pim: DemoPim) -> None:
    break_things(own_pim)
    trees = ["master", "seasons", "print_2026"]
    document = stack.document(own_pim, master_catalogs=[{"id": f"{stack.name}-products", "category_trees": trees}])
    ended = stack.run(document)
    assert ended.code == 0, ended.said
    found = rejects(ended.records)
    nameless = {one for one in found if one[1] not in {id_ for _, id_, _ in EXPECTED | OF_THE_DEMO_ITSELF}}
    assert found - nameless == EXPECTED | OF_THE_DEMO_ITSELF
    assert [reason for _, _, reason in nameless] == ["bad_id"]  # the product without identifier, named by its uuid
    assert value_records(ended.records) >= ODD
    report = ended.report
    assert report is not None
    counts = report["counts"]
    assert counts["product"]["read"] == len(own_pim.store.products)
    assert counts["product"]["rejected"] == sum(kind == "product" for kind, _, _ in found)
    assert counts["model"] == {**counts["model"], "read": len(own_pim.store.models), "rejected": 1}
    written = ended.export.products(f"{stack.name}-products")
    assert {"y" * 100, "lined-short", "lined-none", "odd-data", "no-values-at-all"} <= set(written)
    assert not {id_ for _, id_, _ in EXPECTED} & (set(written) - {"lamp-100"})
    assert len(written) == counts["product"]["written"] + counts["model"]["written"]
    assert written["odd-data"].values == written["odder-data"].values == {}


def test_variants_without_or_with_the_same_axis_values_are_written_with_a_warning(own_pim: DemoPim) -> None:
    break_things(own_pim)
    finished = Importer(own_pim, configured(products={"max_reject_ratio": 0.5})).run()
    master = export_of(finished).products("products", "30-masters")["lined"]
    assert master.variations is not None
    assert master.variations["variants"] == ["lined-again", "lined-none", "lined-short"]
    told = {(one["id"], one["reason"]) for one in finished.records() if one["reason"].startswith("axis_value_")}
    assert told == {
        ("lined-long", "axis_value_too_long"),
        ("lined-none", "axis_value_missing"),
        ("lined-short", "axis_value_duplicate"),
    }


def test_variation_groups_of_a_rejected_root_are_rejected_with_its_reason(own_pim: DemoPim) -> None:
    document = configured(
        models={"import": "master-group-variation"},
        master_catalogs=[{"id": "products", "category_trees": ["seasons"]}],
        products={"max_reject_ratio": 1.0},
    )
    finished = Importer(own_pim, document).run()
    found = rejects(finished.records())
    # The jackets are in the winter season, the hoodie is in no season.
    assert {("model", "campfire", "no_master_catalog"), ("model", "campfire-hood", "no_master_catalog")} <= found
    assert ("product", "campfire-hood-m", "no_master_catalog") in found
    written = export_of(finished).products("products")
    assert "storm-shell-moss_green" in written
    assert not {"campfire", "campfire-hood", "campfire-hood-m"} & set(written)
    counts = finished.report()["counts"]
    assert len(written) == counts["product"]["written"] + counts["model"]["written"]


def test_a_product_whose_id_a_model_has_is_recorded_once_and_nothing_of_its_values(own_pim: DemoPim) -> None:
    document = configured(attributes={"system_mapping": {"brand": "searchRank"}}, products={"max_reject_ratio": 0.5})
    records = Importer(own_pim, document).run().records()
    assert [one["reason"] for one in records if one["id"] == "lamp-100" and one["severity"] == "reject"] == [
        "duplicate_id"
    ]
