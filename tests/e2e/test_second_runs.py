"""What a full import does with what an earlier one committed (docs/mapping.md sections 5, 6 and 10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from akeneo_sfcc.errors import DataError
from local.demo_pim.server import DemoPim
from tests.e2e.exported import NAMESPACE, Export, attributes_of, variations_of
from tests.e2e.imports import Importer, configured
from tests.fakes.in_process import Finished

Validate = Callable[[bytes], None]

RECOMMENDED = {"recommendation_types": {"X_SELL": 1, "UPSELL": 2, "SUBSTITUTION": 3}}


def configuration(**sections: Any) -> dict[str, Any]:
    return configured(
        **{
            "products": {"max_reject_ratio": 0.5},
            "associations": RECOMMENDED,
            "deletions": {"max_ratio": 0.5},
            **sections,
        }
    )


class Second:
    """A run, an edit of the PIM, and another run; both checked against SFCC's schema."""

    def __init__(self, pim: DemoPim, validate: Validate, document: dict[str, Any] | None = None) -> None:
        self.importer = Importer(pim, document or configuration())
        self.pim = pim
        self.validate = validate
        self.first = self.run()

    def run(self) -> Finished:
        finished = self.importer.run()
        for body in Export(finished.files()).xml_files.values():
            self.validate(body)
        return finished

    def after(self, *edits: dict[str, Any]) -> Export:
        self.pim.edit(*edits)
        self.finished = self.run()
        return Export(self.finished.files())

    def item(self, identifier: str) -> dict[str, Any]:
        """A product as the PIM has it."""
        uuid = self.pim.store.identifiers().uuid(identifier)
        assert uuid is not None
        return self.pim.store.products.doc(uuid)


@pytest.fixture
def second(own_pim: DemoPim, sfcc_xsd: Validate) -> Second:
    return Second(own_pim, sfcc_xsd)


def kinds(export: Export) -> set[str]:
    return {path.rpartition("/")[2].rpartition("-")[0] for path in export.xml_files}


def ids(export: Export, kind: str) -> list[str]:
    return [attributes_of(element)["product-id"] for element in export.elements("products", kind)]


def delete(kind: str, key: str) -> dict[str, Any]:
    return {"op": "delete", "kind": kind, "key": key}


def patch(kind: str, key: str, **values: Any) -> dict[str, Any]:
    return {"op": "patch", "kind": kind, "key": key, "values": values}


def value(data: Any, locale: str | None = None, scope: str | None = None) -> dict[str, Any]:
    return {"locale": locale, "scope": scope, "data": data}


def test_an_unchanged_pim_gives_the_same_bytes_again(second: Second) -> None:
    again = second.after()
    assert again.files == second.first.files()
    counts = second.finished.report()["counts"]
    assert counts == second.first.report()["counts"]
    assert second.run().files() == again.files


def test_a_product_that_left_goes_offline_once(second: Second) -> None:
    export = second.after(delete("product", "towel-quick"))
    (element,) = export.elements("products", "60-deletions")
    assert etree.tostring(element, method="c14n").decode().count("<") == 4  # the product and its flag alone
    assert (element.attrib["product-id"], element.findtext(f"{NAMESPACE}online-flag")) == ("towel-quick", "false")
    assert "towel-quick" not in ids(export, "20-products")
    assert second.finished.report()["counts"]["product"]["read"] == 90
    assert "60-deletions" not in kinds(second.after())


def test_a_product_that_left_is_deleted_if_the_configuration_says_so(own_pim: DemoPim, sfcc_xsd: Validate) -> None:
    second = Second(own_pim, sfcc_xsd, configuration(deletions={"products": "delete", "max_ratio": 0.5}))
    export = second.after(delete("product", "towel-quick"))
    (element,) = export.elements("products", "60-deletions")
    assert attributes_of(element) == {"product-id": "towel-quick", "mode": "delete"}


def test_a_product_that_left_is_left_alone_if_the_configuration_says_so(own_pim: DemoPim, sfcc_xsd: Validate) -> None:
    second = Second(own_pim, sfcc_xsd, configuration(deletions={"products": "ignore", "max_ratio": 0.5}))
    assert "60-deletions" not in kinds(second.after(delete("product", "towel-quick")))


def test_a_variant_that_left_leaves_its_masters_list_first(second: Second) -> None:
    export = second.after(delete("product", "granite-mid-41"))
    stay = ["granite-mid-39", "granite-mid-42", "granite-mid-44"]
    (unlinked,) = export.elements("products", "28-unlink")
    assert unlinked.attrib["product-id"] == "granite-mid"
    assert [one.attrib["product-id"] for one in unlinked.iter(f"{NAMESPACE}variant")] == stay
    assert variations_of(export.products("products", "30-masters")["granite-mid"])["variants"] == stay
    assert ids(export, "60-deletions") == ["granite-mid-41"]


def test_a_variant_that_moved_is_unlinked_from_its_old_master(second: Second) -> None:
    move = {"op": "patch", "kind": "product", "key": "granite-mid-44", "set": {"parent": "pebble-low"}}
    # A combination of its own in the new family.
    export = second.after(move, patch("product", "granite-mid-44", shoe_size=[value("eu_45")]))
    (unlinked,) = export.elements("products", "28-unlink")
    assert unlinked.attrib["product-id"] == "granite-mid"
    stay = ["granite-mid-39", "granite-mid-41", "granite-mid-42"]
    assert [one.attrib["product-id"] for one in unlinked.iter(f"{NAMESPACE}variant")] == stay
    masters = export.products("products", "30-masters")
    assert variations_of(masters["granite-mid"])["variants"] == stay
    assert "granite-mid-44" in variations_of(masters["pebble-low"])["variants"]
    assert "60-deletions" not in kinds(export)


def test_a_model_that_left_takes_its_variants_with_it(second: Second) -> None:
    export = second.after(delete("model", "granite-mid"))
    gone = {"granite-mid", *(f"granite-mid-{size}" for size in (39, 41, 42, 44))}
    assert set(ids(export, "60-deletions")) == gone
    (unlinked,) = export.elements("products", "28-unlink")
    assert unlinked.attrib["product-id"] == "granite-mid"
    assert not list(unlinked.iter(f"{NAMESPACE}variant"))
    assert not gone & set(export.products("products"))
    removals = [element.attrib for element in export.elements("shop", "48-removals")]
    assert {(one["source-id"], one["target-id"]) for one in removals if "source-id" in one} == {
        ("pebble-low", "granite-mid")
    }


def test_emptied_values_are_written_empty(second: Second) -> None:
    export = second.after(
        patch("product", "mat-air", name=[value("Airmat", "en_US")], weight=None, brand=None, release_date=None)
    )
    values = export.products("products")["mat-air"].values
    assert values["c:akeneo_name", "en-US"] == "Airmat"
    assert values["c:akeneo_name", "x-default"] == "Airmat"
    for key in (
        ("c:akeneo_name", "fr-FR"),
        ("c:akeneo_name", "de-DE"),
        ("c:akeneo_weight", ""),
        ("c:akeneo_brand", ""),
    ):
        assert values[key] == ""
    before = Export(second.first.files()).products("products")["mat-air"].values
    assert set(before) == set(values)
    assert ("c:akeneo_weight", "") not in Export(second.run().files()).products("products")["mat-air"].values


def test_mapped_values_are_emptied_in_the_way_sfcc_takes(own_pim: DemoPim, sfcc_xsd: Validate) -> None:
    mapping = {
        "name": "name", "release_date": "onlineFrom", "weight": "unit", "min_temperature": "searchRank",
        "is_new": "searchable", "pockets": "stepQuantity",
    }  # fmt: skip
    own_pim.edit(
        patch("product", "mat-air", min_temperature=[value("4.0000")]),
        patch("product", "mat-air", pockets=[value(3)]),
    )
    second = Second(own_pim, sfcc_xsd, configuration(attributes={"system_mapping": mapping}))
    before = Export(second.first.files()).products("products")["mat-air"].values
    assert (before["search-rank", ""], before["step-quantity", ""]) == ("4", "3")
    export = second.after(patch("product", "mat-air", **dict.fromkeys(mapping)))
    values = export.products("products")["mat-air"].values
    assert {key: text for key, text in values.items() if not key[0].startswith("c:")} == {
        ("display-name", "x-default"): "",
        ("display-name", "de-DE"): "",
        ("display-name", "en-US"): "",
        ("display-name", "fr-FR"): "",
        ("online-from", ""): "(nil)",
        ("search-rank", ""): "(nil)",
        ("unit", ""): "",
        ("step-quantity", ""): "1",
    }
    told = [one for one in second.finished.records() if one["reason"] == "cannot_clear"]
    assert [(one["id"], one["severity"]) for one in told] == [("mat-air", "warn")]


def test_a_product_that_came_back_is_written_whole_and_cleared(second: Second) -> None:
    doc = second.item("mat-air")
    second.after(delete("product", "mat-air"))
    del doc["values"]["weight"]
    export = second.after({"op": "upsert", "kind": "product", "item": doc})
    back = export.products("products")["mat-air"]
    assert back.online
    assert back.values["c:akeneo_weight", ""] == ""
    assert "60-deletions" not in kinds(export)


def test_a_renamed_product_is_written_anew_and_its_old_id_has_left(second: Second) -> None:
    export = second.after(patch("product", "towel-quick", sku=[value("towel-slow")]))
    assert "towel-slow" in ids(export, "20-products")
    assert ids(export, "60-deletions") == ["towel-quick"]


def test_a_product_that_is_rejected_now_stays_as_it_was(second: Second) -> None:
    export = second.after(patch("product", "towel-quick", sku=[value(" towel ")]))
    assert "60-deletions" not in kinds(export)
    assert ("product", "bad_id", " towel ") in {
        (one["kind"], one["reason"], one["id"]) for one in second.finished.records()
    }


def test_a_product_that_changed_its_master_catalogue_is_left_out(own_pim: DemoPim, sfcc_xsd: Validate) -> None:
    document = configuration(
        master_catalogs=[
            {"id": "seasonal", "category_trees": ["seasons"]},
            {"id": "products"},
        ],
        storefront_catalogs=[{"id": "shop"}],
    )
    second = Second(own_pim, sfcc_xsd, document)
    move = {"op": "patch", "kind": "product", "key": "towel-quick", "set": {"categories": ["sale"]}}
    export = second.after(move)
    assert "towel-quick" not in {**export.products("seasonal"), **export.products("products")}
    assert "60-deletions" not in kinds(export)
    assert [one["id"] for one in second.finished.records() if one["reason"] == "catalog_changed"] == ["towel-quick"]


def test_assignments_and_recommendations_that_vanished_are_removed(second: Second) -> None:
    move = {"op": "patch", "kind": "product", "key": "lamp-400", "set": {"categories": ["camping"], "associations": {}}}
    export = second.after(move)
    removed = [attributes_of(element) for element in export.elements("shop", "48-removals")]
    assert {"category-id": "lighting", "product-id": "lamp-400", "mode": "delete"} in removed
    about = {"source-type": "product", "target-type": "product", "type": "3", "mode": "delete"}
    assert {"source-id": "lamp-400", "target-id": "knife-fold", **about} in removed
    assert export.assignments("shop")["camping", "lamp-400"] is None
    assert "lamp-400" not in export.recommendations("shop")


def test_recommendations_in_another_order_are_deleted_and_written_again(second: Second) -> None:
    product = second.item("tent-duo")
    targets = product["associations"]["X_SELL"]["products"]
    product["associations"]["X_SELL"]["products"] = [targets[1], targets[0], *targets[2:]]
    export = second.after({"op": "upsert", "kind": "product", "item": product})
    removed = [
        element.attrib["target-id"]
        for element in export.elements("shop", "48-removals")
        if element.attrib.get("source-id") == "tent-duo"
    ]
    assert removed == ["mat-air", "bag-minus5", "summit-pack"]
    wanted = [("bag-minus5", "1"), ("mat-air", "1"), ("summit-pack", "1")]
    assert export.recommendations("shop")["tent-duo"] == wanted


def test_categories_that_are_gone_are_deleted_deepest_first_if_asked_for(own_pim: DemoPim, sfcc_xsd: Validate) -> None:
    second = Second(own_pim, sfcc_xsd, configuration(deletions={"categories": "delete", "max_ratio": 0.5}))
    gone = ["rain_jackets", "down_jackets", "jackets"]
    export = second.after(*(delete("categories", code) for code in gone))
    elements = list(export.elements("shop", "10-categories"))
    deleted = [element.attrib["category-id"] for element in elements if element.get("mode") == "delete"]
    assert deleted == ["down_jackets", "rain_jackets", "jackets"]
    assert [element.get("mode") for element in elements[-3:]] == ["delete"] * 3


def test_more_deletions_than_allowed_fail_the_run_and_commit_nothing(own_pim: DemoPim, sfcc_xsd: Validate) -> None:
    second = Second(own_pim, sfcc_xsd, configuration(deletions={"max_ratio": 0.02}))
    own_pim.edit(delete("model", "granite-mid"))
    with pytest.raises(DataError, match=r"deletions\.max_ratio: 5 of \d+ products and models have left"):
        second.importer.run()
    # Nothing was committed: what left is found gone once more.
    with pytest.raises(DataError, match=r"deletions\.max_ratio: 5 of"):
        second.importer.run()


def test_groups_that_left_leave_their_masters_list(own_pim: DemoPim, sfcc_xsd: Validate) -> None:
    second = Second(own_pim, sfcc_xsd, configuration(models={"import": "master-group-variation"}))
    export = second.after(delete("model", "campfire-hood"))
    gone = {"campfire-hood", "campfire-hood-m", "campfire-hood-xl"}
    assert set(ids(export, "60-deletions")) == gone
    (unlinked,) = export.elements("products", "28-unlink")
    assert [one.attrib["product-id"] for one in unlinked.iter(f"{NAMESPACE}variation-group")] == ["campfire-plain"]
    master = export.products("products", "30-masters")["campfire"]
    assert master.variations == {**(master.variations or {}), "groups": ["campfire-plain"]}


def test_all_groups_gone_leave_an_empty_list(own_pim: DemoPim, sfcc_xsd: Validate) -> None:
    second = Second(own_pim, sfcc_xsd, configuration(models={"import": "master-group-variation"}))
    export = second.after(delete("model", "campfire-hood"), delete("model", "campfire-plain"))
    master = export.products("products", "30-masters")["campfire"]
    assert not master.online
    assert master.variations == {**(master.variations or {}), "variants": [], "groups": []}
