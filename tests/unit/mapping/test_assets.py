"""Assets: what becomes an image, and what the JSON says of all of them (docs/mapping.md section 7)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from akeneo_sfcc.mapping.assets import AssetPlan
from akeneo_sfcc.mapping.known_media import KnownMedia
from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.mapping.products import ProductMapper
from akeneo_sfcc.pim.assets import Asset, AssetAttribute, AssetFamily, asset, asset_attribute, asset_family
from akeneo_sfcc.pim.model import Structure
from tests.unit.mapping.builders import Mapped, attribute, product, settings, structure, value

FAMILY = AssetFamily(
    "pictures",
    "media",
    {
        one.code: one
        for one in (
            AssetAttribute("media", "media_file", "image"),
            AssetAttribute("manual", "media_file", "pdf"),
            AssetAttribute("film", "media_link", "youtube", "https://video/", "?x"),
            AssetAttribute("link", "media_link", "image", "https://cdn.example.com/", ""),
            AssetAttribute("zoom", "media_link", "image", "https://cdn.example.com/", ""),
        )
    },
)
LINKED = AssetFamily("pictures", "link", FAMILY.attributes)
LOCATION = "https://cdn.example.com"
LINKS: dict[str, Any] = {"import": "media_link"}
BOTH: dict[str, Any] = {"import": "both"}


def pim(**more: Any) -> Structure:
    return structure(attribute("gallery", "pim_catalog_asset_collection", reference_data_name="pictures", **more))


def plan(*assets: Asset, family: AssetFamily = FAMILY, gone: frozenset[str] = frozenset(), **images: Any) -> AssetPlan:
    config = settings(images={"source": "assets", **images})
    known = pim()
    by_key = {one.key: one for one in assets}
    return AssetPlan(config, known, LocalePlan(config, known), {family.code: family}, by_key.get, gone)


def gallery(*codes: str) -> dict[str, Any]:
    return {"gallery": [value(list(codes))]}


def test_the_main_media_of_each_asset_becomes_an_image_in_the_pims_order() -> None:
    made = plan(
        Asset("pictures", "one", files=(("media", None, "1.png"),)),
        Asset("pictures", "two", files=(("manual", None, "2.pdf"), ("media", None, "2.png"))),
    )
    assert made.images(gallery("two", "one")) == [["gallery", None, "2.png"], ["gallery", None, "1.png"]]


def test_media_of_a_language_carries_it() -> None:
    made = plan(Asset("pictures", "one", files=(("media", "en_US", "en.png"), ("media", "it_IT", "it.png"))))
    assert made.images(gallery("one")) == [["gallery", "en_US", "en.png"]]


def test_a_family_without_main_media_or_with_another_kind_makes_no_image() -> None:
    one = Asset("pictures", "one", files=(("manual", None, "1.pdf"), ("media", None, "1.png")))
    for main in (None, "manual"):
        family = AssetFamily("pictures", main, FAMILY.attributes)
        assert plan(one, family=family).images(gallery("one")) == []
        assert plan(one, family=family).data(gallery("one"))


def test_assets_that_are_gone_are_left_out_and_codes_are_joined_without_case() -> None:
    made = plan(Asset("pictures", "One", files=(("media", None, "1.png"),)))
    assert made.images(gallery("oNE", "gone")) == [["gallery", None, "1.png"]]
    assert [one["code"] for one in json.loads(made.data(gallery("oNE", "gone")) or "")["gallery"]] == ["One"]


def test_the_json_lists_every_asset_with_all_its_files() -> None:
    made = plan(
        Asset("pictures", "one", {"en_US": "One", "it_IT": "Uno"}, (("media", "fr_FR", "1 a.png"),)),
        Asset("pictures", "clip", {}, (("film", None, "abc"),)),
    )
    assert json.loads(made.data(gallery("clip", "one")) or "") == {
        "gallery": [
            {"code": "clip", "family": "pictures", "label": {}, "files": {"film": "https://video/abc?x"}},
            {
                "code": "one",
                "family": "pictures",
                "label": {"en-US": "One"},
                "files": {"media_fr-FR": "akeneo/1_a.png"},
            },
        ]
    }


def test_a_missing_binary_is_in_neither_group_nor_json() -> None:
    made = plan(Asset("pictures", "one", files=(("media", None, "1.png"),)), gone=frozenset(["1.png"]))
    assert made.images(gallery("one")) == []
    assert json.loads(made.data(gallery("one")) or "")["gallery"][0]["files"] == {}


def test_links_make_groups_relative_to_the_external_location() -> None:
    made = plan(
        Asset("pictures", "one", files=(("link", None, "a/1.jpg"), ("media", None, "1.png"), ("zoom", None, "z.jpg"))),
        family=LINKED,
        external_location=LOCATION,
        link_view_types={"zoom": "hires"},
        **LINKS,
    )
    assert made.images(gallery("one")) == [
        ["gallery", None, "a/1.jpg", "large"],
        ["gallery", None, "z.jpg", "hires"],
    ]


@pytest.mark.parametrize("link", ["https://elsewhere/1.jpg", "https://cdn.example.com/../1.jpg"])
def test_links_outside_the_external_location_make_no_group_and_are_told(link: str) -> None:
    one = Asset("pictures", "one", files=(("link", None, link),))
    attributes = {**FAMILY.attributes, "link": AssetAttribute("link", "media_link", "image")}
    family = AssetFamily("pictures", "link", attributes)
    made = plan(one, family=family, external_location=LOCATION, **LINKS)
    assert made.images(gallery("one")) == []
    assert made.outside(one) == [("link", None, link)]


def test_with_both_binaries_make_groups_and_links_are_data() -> None:
    one = Asset("pictures", "one", files=(("link", None, "1.jpg"), ("media", None, "1.png")))
    made = plan(one, external_location=LOCATION, **BOTH)
    assert made.images(gallery("one")) == [["gallery", None, "1.png"]]
    assert set(json.loads(made.data(gallery("one")) or "")["gallery"][0]["files"]) == {"link", "media"}
    assert made.outside(one) == []


def test_all_binaries_of_the_run_are_transferred_whatever_they_are() -> None:
    one = Asset(
        "pictures", "one", files=(("film", None, "abc"), ("manual", "it_IT", "it.pdf"), ("media", None, "1.png"))
    )
    assert plan(one).binaries(one) == ["1.png"]


@pytest.mark.parametrize(("source", "written"), [("images", False), ("none", False), ("assets", True), ("both", True)])
def test_the_json_stands_among_the_custom_attributes_for_the_sources_with_assets(source: str, written: bool) -> None:
    known = structure(
        attribute("aa"),
        attribute("gallery", "pim_catalog_asset_collection", reference_data_name="pictures"),
        attribute("zz"),
    )
    found = Asset("pictures", "one", files=(("media", None, "1.png"),))
    media = KnownMedia(find_asset={found.key: found}.get, families={"pictures": FAMILY})
    config = settings(images={"source": source})
    made = Mapped(ProductMapper(config, known, media).map_product(product(aa="1", zz="2", **gallery("one"))))
    ids = [one for one, _, _ in made.custom()]
    assert ids == sorted(ids)
    assert ("akeneo_assetsData" in ids) is written
    assert bool(made.record.images) is written


def test_an_asset_is_read_with_what_it_has_in_the_channel() -> None:
    raw = {
        "code": "one",
        "values": {
            "label": [{"locale": "en_US", "channel": None, "data": "One"}],
            "media": [
                {"locale": None, "channel": "print", "data": "print.png"},
                {"locale": None, "channel": "shop", "data": "shop.png"},
            ],
            "tags": [{"locale": None, "channel": None, "data": ["a"]}],
        },
    }
    assert asset(raw, FAMILY, "shop") == Asset("pictures", "one", {"en_US": "One"}, (("media", None, "shop.png"),))


def test_a_family_is_read_with_its_attributes() -> None:
    attributes = [asset_attribute({"code": "media", "type": "media_file", "media_type": "image", "prefix": None})]
    family = asset_family({"code": "pictures", "attribute_as_main_media": "media"}, attributes)
    assert family.attributes["media"] == AssetAttribute("media", "media_file", "image")
