"""The demo shop's assets: pictures, films, manuals, links, in one language or all, and some that break importers."""

from __future__ import annotations

from typing import Any

from local.demo_pim.demo_shop import PDF, Shop, number_of
from local.demo_pim.demo_structure import words
from local.demo_pim.encoding import PLACEHOLDER, resource_path
from local.demo_pim.items import Doc
from local.demo_pim.pictures import draw_png

PICTURES = "product_images"
GUIDES = "care_guides"
"""A family without a main media attribute: its assets are listed, but make no image groups."""

CDN = "https://cdn.example.com/demo/"
_DATES = {"created": "2026-01-10T08:00:00+00:00", "updated": "2026-02-10T08:00:00+00:00"}


def add_assets(shop: Shop, names: dict[str, dict[str, str]], lists: dict[str, list[Doc]]) -> dict[str, list[Doc]]:
    """Add families, assets and files; return the bare arrays of attributes. names: jacket code → its labels."""
    assets = [_picture(shop, code, labels) for code, labels in names.items()]
    assets += [
        _asset(PICTURES, "care_video", {"film": [_value("care-guide")]}, words("Care video", "Vidéo d'entretien")),
        _asset(PICTURES, "ridge_clip", {"clip": [_value("4711")]}, words("On the ridge")),
        _asset(PICTURES, "banner", _banner(shop), words("Banner", "Bannière", "Banner")),
        _asset(PICTURES, "Studio_Link", {"link": [_value("studio/storm.jpg")], "outside": [_value("storm.jpg")]}, {}),
    ]
    guides = [
        _asset(
            GUIDES,
            "washing",
            {
                "manual": [_value(_file(shop, f"washing_{locale}.pdf", PDF), locale) for locale in ("en_US", "fr_FR")],
                "sheet": [_value(_file(shop, "washing.bin", b"\x00\x01demo"), None, "ecommerce")],
            },
            words("Washing", "Lavage", "Waschen"),
        )
    ]
    lists["asset-families"] = [
        _family(GUIDES, None, words("Care guides", "Guides d'entretien")),
        _family(PICTURES, "media", words("Product images", "Images de produits", "Produktbilder")),
    ]
    for family, found in ((PICTURES, assets), (GUIDES, guides)):
        lists[f"asset-families/{family}/assets"] = sorted(found, key=lambda doc: str(doc["code"]))
    video = {"prefix": "https://videos.example.com/watch/", "suffix": None}
    return {
        f"asset-families/{PICTURES}/attributes": [
            _attribute("label", "text", value_per_locale=True),
            _attribute("media", "media_file", media_type="image", value_per_locale=True),
            _attribute("film", "media_link", media_type="youtube", **video),
            _attribute("clip", "media_link", media_type="vimeo", **video),
            _attribute("link", "media_link", media_type="image", prefix=CDN, suffix="?w=800"),
            _attribute("outside", "media_link", media_type="image", prefix="https://elsewhere.example.com/", suffix=""),
        ],
        f"asset-families/{GUIDES}/attributes": [
            _attribute("label", "text", value_per_locale=True),
            _attribute("manual", "media_file", media_type="pdf", value_per_locale=True),
            _attribute("sheet", "media_file", media_type="other", value_per_channel=True),
        ],
    }


def _picture(shop: Shop, code: str, labels: dict[str, str]) -> Doc:
    name = f"{code.lower()}_gallery.png"
    asset = f"asset_{code.lower().replace('-', '_')}"
    return _asset(PICTURES, asset, {"media": [_value(_file(shop, name, draw_png(number_of(name), 64)))]}, labels)


def _banner(shop: Shop) -> dict[str, list[Doc]]:
    """Make a picture per language; in print it would be another one."""
    return {
        "media": [
            *(
                _value(_file(shop, f"banner {loc}.png", draw_png(number_of(loc), 64)), loc)
                for loc in ("en_US", "fr_FR")
            ),
            _value(_file(shop, "banner_print.png", draw_png(7, 64)), "en_US", "print"),
        ]
    }


def _file(shop: Shop, name: str, content: bytes) -> str:
    path = f"a/s/s/e/{name}"
    shop.files[f"asset-media-files/{path}"] = content
    return path


def _value(data: str, locale: str | None = None, channel: str | None = None) -> Doc:
    value: Doc = {"locale": locale, "channel": channel, "data": data}
    if data.startswith("a/s/s/e/"):
        value["_links"] = {"download": {"href": f"{PLACEHOLDER}/asset-media-files/{resource_path(data)}"}}
    return value


def _asset(family: str, code: str, values: dict[str, list[Doc]], labels: dict[str, str]) -> Doc:
    label = [{"locale": locale, "channel": None, "data": text} for locale, text in labels.items()]
    shown = {"label": label, **values} if label else values
    return {"code": code, "asset_family_code": family, "values": shown, **_DATES}


def _family(code: str, main: str | None, labels: dict[str, str]) -> Doc:
    more: Doc = {"product_link_rules": [], "transformations": [], "naming_convention": {}}
    return {"code": code, "labels": labels, "attribute_as_main_media": main, **more}


def _attribute(code: str, kind: str, **more: Any) -> Doc:
    plain = {"labels": {}, "value_per_locale": False, "value_per_channel": False, "is_required_for_completeness": False}
    return {**plain, "code": code, "type": kind, **more}
