"""The media job on real input, together with the product jobs that show what it brings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from local.demo_pim.demo_assets import CDN
from local.demo_pim.faults import Fault
from local.demo_pim.server import DemoPim
from tests.e2e.media_jobs import (
    EVERYTHING,
    Jobs,
    binaries,
    elements,
    groups_of,
    parent,
    picture_of,
    rows,
    shown_paths,
)
from tests.e2e.snapshots import Snapshot
from tests.e2e.stack import Stack
from tests.fakes.in_process_media import MEDIA

Validate = Callable[[bytes], None]


def test_every_image_akeneos_catalogue_names_reaches_the_export_and_resolves(
    icecat: Snapshot, icecat_pim: DemoPim, sfcc_xsd: Validate
) -> None:
    jobs = Jobs(icecat_pim, pricebooks={"attribute": "price"})
    before = jobs.downloads()
    first = jobs.media()
    named = {
        value["data"]
        for item in (*icecat.products, *icecat.models)
        for code in ("picture", "variation_image", "side_view")
        for value in item["values"].get(code, ())
    } & {item["code"] for item in icecat["media-files"]}
    found = binaries(first)
    assert len(found) == jobs.downloads() - before == 60
    assert {path.removeprefix("akeneo/") for path in found} >= named
    for item in icecat["media-files"]:
        assert len(found[f"akeneo/{item['code']}"]) == item["size"]
    for path, body in first.files().items():
        if path.startswith("pricebooks/"):
            sfcc_xsd(body)
    products = jobs.products()
    assert shown_paths(products) <= found.keys()
    assert len(elements(products, "image-group")) > 50

    again = jobs.media()
    assert jobs.downloads() - before == 60, "a second run transfers nothing"
    assert again.files() == first.files()
    assert again.report()["counts"]["image"]["unchanged"] == 60


def test_on_the_embedded_aws_media_come_first_and_all_images_of_the_import_resolve(
    stack: Stack, icecat_pim: DemoPim, sfcc_xsd: Validate
) -> None:
    document = stack.document(icecat_pim, pricebooks={"attribute": "price"})
    media = stack.run(document, job=MEDIA)
    assert media.code == 0, media.said
    products = stack.run(document)
    assert products.code == 0, products.said
    shown = {
        f"catalogs/{stack.name}-products/static/default/{image.get('path')}"
        for body in products.export.xml_files.values()
        for image in etree.fromstring(body).iter("{*}image")
    }
    assert len(shown) == 60
    assert shown == {path for path in media.files if "/static/" in path}
    for path in ("pricebooks/akeneo-eur.xml", "pricebooks/akeneo-usd.xml"):
        sfcc_xsd(media.files[path])
    again = stack.run(document, job=MEDIA)
    assert again.report is not None
    assert again.report["stages"]["transfer_media"]["calls"] == 0, "a second run transfers nothing"


def test_every_path_of_the_demo_catalogue_resolves_whatever_the_source(own_pim: DemoPim, sfcc_xsd: Validate) -> None:
    for source in ("images", "assets", "both", "none"):
        jobs = Jobs(own_pim, **{**EVERYTHING, "images": {"source": source, "catalog_base_path": "shop/img"}})
        found = {path.removeprefix("shop/img/") for path in binaries(jobs.media())}
        products = jobs.products()
        assert shown_paths(products) == found
        for path, body in products.files().items():
            if path.endswith(".xml"):
                sfcc_xsd(body)


def test_masters_show_the_images_of_their_variants_by_axis(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.media()
    products = jobs.products()
    shown = [(view, variations, len(paths)) for view, variations, paths in groups_of(products, "storm-shell")]
    green, red = [("akeneo_color", "moss_green")], [("akeneo_color", "ember_red")]
    # The gallery is the root's; picture and pack shot belong to the colour, the pack shot in two languages.
    assert shown == [
        ("large", [], 1),
        ("large", green, 2), ("large", red, 2),
        ("large_en-US", green, 2), ("large_en-US", red, 2),
        ("large_fr-FR", green, 2), ("large_fr-FR", red, 2),
    ]  # fmt: skip
    assert [variations for _, variations, _ in groups_of(products, "ridge-trousers")] == [
        [("akeneo_color", color), ("akeneo_size", size)] for color in ("black", "sand") for size in ("s", "m")
    ]


def test_a_changed_image_of_a_variant_rewrites_its_master(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.media()
    before = groups_of(jobs.products(), "summit-pack")
    code = picture_of(jobs, "mug-enamel")
    jobs.change("summit-pack-30", picture=code)
    jobs.media(since_last_success=True)
    after = groups_of(jobs.products(), "summit-pack")
    assert after[0][2] == [code.rpartition("/")[2]]
    assert after[1:] == before[1:]


def test_a_differential_import_rewrites_the_master_of_a_variant_whose_image_changed(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.media()
    before = groups_of(jobs.products(), "summit-pack")
    jobs.change("summit-pack-30", picture=picture_of(jobs, "mug-enamel"))
    jobs.media(since_last_success=True)
    changed = jobs.products(differential=True)
    assert changed.report()["mode"] == "differential"
    after = groups_of(changed, "summit-pack")
    assert after[0][2] == [picture_of(jobs, "mug-enamel").rpartition("/")[2]]
    assert after[1:] == before[1:]
    assert groups_of(jobs.products(), "summit-pack") == after


@pytest.mark.parametrize("differential", [False, True])
def test_images_a_product_or_a_master_lost_are_emptied_once(own_pim: DemoPim, differential: bool) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.media()
    first = jobs.products()
    carriers = {"mug-enamel": ["mug-enamel"], "summit-pack": [f"summit-pack-{size}" for size in (30, 45, 65)]}
    for shown, products in carriers.items():
        assert groups_of(first, shown)
        for product in products:
            jobs.change(product, picture=None)
    second = jobs.products(differential=differential)
    assert [groups_of(second, shown) for shown in carriers] == [[], []]
    third = jobs.products()
    assert not {parent(one).get("product-id") for one in elements(third, "images")} & carriers.keys()


def test_links_are_shown_relative_to_the_external_location(own_pim: DemoPim) -> None:
    images: dict[str, Any] = {"source": "assets", "import": "media_link", "external_location": CDN}
    images["link_view_types"] = {"link": "hires", "outside": "large"}
    jobs = Jobs(own_pim, images=images)
    media = jobs.media()
    outside = [r for r in media.records() if r["reason"] == "link_outside_location"]
    assert [(r["id"], r["attribute"], r["value"]) for r in outside] == [
        ("Studio_Link", "outside", "https://elsewhere.example.com/storm.jpg")
    ]
    products = jobs.products()
    (image,) = elements(products, "image")
    assert (image.get("path"), parent(image).get("view-type")) == ("studio/storm.jpg?w=800", "hires")


def test_a_pim_without_an_asset_manager_costs_a_line_in_the_report(own_pim: DemoPim) -> None:
    for status in (403, 404):
        own_pim.faults.set([Fault("*/asset-families*", "status", status=status)])
        jobs = Jobs(own_pim, **EVERYTHING)
        media = jobs.media()
        assert len([note for note in media.report()["notes"] if note.startswith("assets were left out: ")]) == 1
        assert len(binaries(media)) == 54
        assert not [
            one
            for one in elements(jobs.products(), "custom-attribute")
            if one.get("attribute-id") == "akeneo_assetsData"
        ]


def test_an_asset_family_without_main_media_is_told_of(own_pim: DemoPim) -> None:
    notes = Jobs(own_pim, **EVERYTHING).media().report()["notes"]
    assert notes == ["asset family care_guides has no main media attribute: its assets make no image groups"]


def test_a_changed_asset_makes_the_next_differential_look_at_all_products(own_pim: DemoPim) -> None:
    # The PIM calls no product changed for it.
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.media()
    first = jobs.products()
    jobs.media()
    quiet = jobs.products(differential=True)
    assert quiet.report()["mode"] == "differential"
    path, key = "asset-families/product_images/assets", "asset_storm_shell"
    media = own_pim.store.lists[path].doc(key)["values"]["media"]
    own_pim.edit({"op": "patch", "kind": path, "key": key, "set": {"values": {"media": media}}})
    jobs.media()
    after = jobs.products(differential=True)
    assert after.report()["mode"] == "full"
    assert first.report()["counts"]["product"]["written"] > 0


def test_a_differential_run_looks_at_changed_products_alone(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.media()
    jobs.change("lamp-400", picture=picture_of(jobs, "mug-enamel"))
    sent = jobs.downloads()
    second = jobs.media(since_last_success=True)
    assert second.report()["mode"] == "differential"
    assert list(binaries(second)) == [f"akeneo/{picture_of(jobs, 'mug-enamel')}"]
    assert list(rows(second, "eur")) == ["lamp-400"]
    assert jobs.downloads() == sent


def test_a_differential_run_reads_the_assets_that_changed_over_those_it_knows(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.media()
    path = "asset-families/product_images/assets"
    banner = own_pim.store.lists[path].doc("banner")
    new = {**banner, "values": {**banner["values"], "film": [{"locale": None, "channel": None, "data": "new-film"}]}}
    own_pim.edit({"op": "upsert", "kind": path, "item": {**new, "updated": jobs.world.now.isoformat()}})
    jobs.media(since_last_success=True)
    shown = [
        json.loads(one.text or "")["gallery"]
        for one in elements(jobs.products(), "custom-attribute")
        if one.get("attribute-id") == "akeneo_assetsData"
    ]
    found = {asset["code"]: asset["files"] for gallery in shown for asset in gallery}
    assert found["banner"]["film"] == "https://videos.example.com/watch/new-film"
    assert found["asset_storm_shell"] == {"media": "akeneo/a/s/s/e/storm-shell_gallery.png"}


def test_variants_of_a_differential_run_go_to_the_catalogue_of_their_unchanged_root(own_pim: DemoPim) -> None:
    masters = [{"id": "boots", "category_trees": ["seasons"]}, {"id": "rest", "default": True}]
    jobs = Jobs(own_pim, **EVERYTHING, master_catalogs=masters)
    full = {path.split("/")[1] for path in jobs.media().files() if "/static/" in path}
    assert full == {"boots", "rest"}
    product = "storm-shell-ember_red-s"
    jobs.change(product)
    second = jobs.media(since_last_success=True)
    assert {path.split("/")[1] for path in second.files() if "/static/" in path} == {"boots"}


def test_the_bytes_do_not_depend_on_how_pages_are_split(own_pim: DemoPim) -> None:
    one = Jobs(own_pim, **EVERYTHING).media().files()
    other = Jobs(own_pim, **EVERYTHING, pim={"page_size": 7, "max_concurrency": 2}).media().files()
    assert one == other


def test_a_repeated_run_writes_the_same_bytes(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    assert jobs.media().files() == jobs.media().files()


def test_a_dry_run_commits_nothing(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.media(dry_run=True)
    assert jobs.world.ledger.committed("media", "default") is None


def test_the_manifest_lists_binaries_before_price_books_with_their_hashes(own_pim: DemoPim) -> None:
    media = Jobs(own_pim, **EVERYTHING).media()
    files = json.loads(media.files()["manifest.json"])["files"]
    kinds = Counter("static" if "/static/" in one["path"] else one["path"].split("/")[0] for one in files)
    assert kinds == {"static": 62, "pricebooks": 2}
    assert ["/static/" in one["path"] for one in files] == [True] * 62 + [False] * 2
    for one in files:
        assert len(media.files()[one["path"]]) == one["size"]
