"""The page in a browser: images that load, names side by side, prices, categories with their counts."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
import requests

from local.demo_sfcc.server import DemoSfcc
from tests.adapters.delivery.archives import catalog, site_archive
from tests.adapters.demo_sfcc.conftest import Caller
from tests.unit.demo_sfcc.files import IMPEX

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=900,500",
)
CHECK = "addEventListener('load',()=>{for(const i of document.images)i.setAttribute('data-width',i.naturalWidth)})"


def png(width: int, red: int) -> bytes:
    """Return a square picture of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    lines = (b"\0" + bytes((red, 40, 80)) * width) * width
    head = struct.pack(">IIBBBBB", width, width, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def group(path: str, color: str = "") -> str:
    variation = f'<variation attribute-id="color" value="{color}"/>' if color else ""
    return f'<image-group view-type="large">{variation}<image path="{path}"/></image-group>'


def shop() -> bytes:
    names = '<display-name xml:lang="x-default">Jacket</display-name><display-name xml:lang="de">Jacke</display-name>'
    online = "<online-flag>true</online-flag>"
    color = '<custom-attributes><custom-attribute attribute-id="color">{}</custom-attribute></custom-attributes>'
    images = f"<images>{group('all.png')}{group('red.png', 'red')}{group('blue.png', 'blue')}</images>"
    variants = '<variants><variant product-id="red"/><variant product-id="plain"/></variants>'
    groups = '<variation-groups><variation-group product-id="blue"/></variation-groups>'
    header = '<header><image-settings><internal-location base-path="/akeneo"/></image-settings></header>'
    products = (
        f'<product product-id="m">{names}{online}{images}<variations>{variants}{groups}</variations></product>'
        f'<product product-id="red">{online}{color.format("red")}</product>'
        f'<product product-id="plain"><online-flag>false</online-flag></product>'
        f'<product product-id="blue">{online}{color.format("blue")}</product>'
    )
    category = (
        '<category category-id="{}"><display-name xml:lang="x-default">{}</display-name><parent>{}</parent></category>'
    )
    tree = category.format("clothes", "Clothes &amp; more", "root") + category.format("jackets", "Jackets", "clothes")
    assigned = '<category-assignment category-id="jackets" product-id="m"/>'
    metadata = (
        f'<metadata xmlns="{IMPEX}/metadata/2006-10-31"><type-extension type-id="Product">'
        "<custom-attribute-definitions>"
        '<attribute-definition attribute-id="color"><type>string</type></attribute-definition>'
        "</custom-attribute-definitions></type-extension></metadata>"
    )
    prices = (
        f'<pricebooks xmlns="{IMPEX}/pricebook/2006-10-31"><pricebook><header pricebook-id="list"><currency>EUR'
        '</currency></header><price-tables><price-table product-id="red"><amount>89.90</amount></price-table>'
        "</price-tables></pricebook></pricebooks>"
    )
    static = "catalogs/main/static/default/akeneo"
    return site_archive(
        "shop",
        {
            "meta/a.xml": metadata.encode(),
            "catalogs/1/a.xml": catalog("main", header + products),
            "catalogs/2/b.xml": catalog("shop", tree + assigned),
            "pricebooks/list.xml": prices.encode(),
            **{f"{static}/{name}.png": png(16, red) for name, red in (("all", 10), ("red", 250), ("blue", 90))},
        },
    )


@pytest.fixture
def filled(sfcc: DemoSfcc, caller: Caller) -> DemoSfcc:
    assert "DATA" not in caller.log(caller.run("shop", shop()))
    return sfcc


@pytest.fixture
def chromium(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run headless Chromium with a profile of its own; skips where there is none."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        return subprocess.run(
            [program, *FLAGS, profile, *arguments], capture_output=True, text=True, timeout=120, check=True
        )

    return run


def rows(html: str) -> Iterator[tuple[str, str]]:
    """Yield the id and the markup of each product's row."""
    for row in re.findall(r'<tr class="(?:on|off)line">.*?</tr>', html):
        found = re.search(r'<div class="id">(.*?)</div>', row)
        assert found is not None
        yield unescape(found[1]), row


def test_every_image_loads_in_a_browser(
    filled: DemoSfcc, chromium: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    page = requests.get(f"{filled.url}/__page", timeout=10).text
    addressed = page.replace("<head>", f'<head><base href="{filled.url}/"><script>{CHECK}</script>')
    (tmp_path / "page.html").write_text(addressed)
    shown = chromium("--virtual-time-budget=10000", "--dump-dom", f"file://{tmp_path / 'page.html'}").stdout
    assert re.findall(r'<img [^>]*data-width="(\d+)"', shown) == ["16"] * page.count("<img ")
    assert page.count("<img ") == 6


def test_a_screenshot_shows_the_colours_of_the_images(
    filled: DemoSfcc, chromium: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    target = tmp_path / "page.png"
    chromium(f"--screenshot={target}", f"{filled.url}/__page")
    colours = pixels(target.read_bytes())
    assert {(250, 40, 80), (10, 40, 80), (90, 40, 80)} <= colours


def test_variants_and_groups_show_the_images_of_their_values(filled: DemoSfcc) -> None:
    page = requests.get(f"{filled.url}/__page", timeout=10).text
    images = {id_: re.findall(r"akeneo/(\w+)\.png", row) for id_, row in rows(page)}
    assert images == {"m": ["all", "red", "blue"], "red": ["red"], "plain": ["all"], "blue": ["blue"]}


def test_a_row_says_type_flag_price_names_and_categories(filled: DemoSfcc) -> None:
    page = requests.get(f"{filled.url}/__page", timeout=10).text
    shown = dict(rows(page))
    assert "<th>Name, default</th><th>Name, de</th>" in page
    assert '<td class="name">Jacke</td><td class="name">' not in shown["m"]
    assert '<td class="name">Jacket</td><td class="name">Jacke</td>' in shown["m"]
    assert "Jackets</div>" in shown["m"]
    assert "89.90 EUR" in shown["red"]
    types = {id_: re.findall(r'class="(?:type|flag o\w+)">(.*?)<', row) for id_, row in shown.items()}
    assert types == {
        "m": ["master", "online"],
        "red": ["variant", "online"],
        "plain": ["variant", "offline"],
        "blue": ["variation group", "online"],
    }


def test_categories_are_a_tree_that_chooses_products(filled: DemoSfcc) -> None:
    page = requests.get(f"{filled.url}/__page", timeout=10).text
    assert re.search(r'Clothes &amp; more</a> <span class="number">0</span><ul><li><a [^>]*>Jackets</a> '
                     r'<span class="number">1</span>', page)  # fmt: skip
    (address,) = re.findall(r'href="([^"]*)" title="jackets"', page)
    chosen = requests.get(filled.url + unescape(address), timeout=10).text
    assert [id_ for id_, _ in rows(chosen)] == ["m"]
    found = requests.get(f"{filled.url}/__page?q=jack", timeout=10).text
    assert [id_ for id_, _ in rows(found)] == ["m"]


def test_many_products_have_many_pages(caller: Caller) -> None:
    products = "".join(f'<product product-id="p{number:03d}"/>' for number in range(250))
    caller.run("shop", site_archive("shop", {"catalogs/1/a.xml": catalog("main", products)}))
    address, seen = f"{caller.sfcc.url}/__page", 0
    while address:
        page = requests.get(address, timeout=10).text
        seen += len(list(rows(page)))
        more = re.search(r'href="([^"]*)">more<', page)
        address = caller.sfcc.url + unescape(more[1]) if more else ""
    assert seen == 250


def pixels(picture: bytes) -> set[tuple[int, int, int]]:
    """Return the colours of a PNG of eight bits a channel, with or without alpha."""
    at, data, width, channels = 8, b"", 0, 3
    while at < len(picture):
        size, kind = struct.unpack(">I4s", picture[at : at + 8])
        content = picture[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, _, depth, colour = struct.unpack(">IIBB", content[:10])
            assert depth == 8
            channels = {2: 3, 6: 4}[colour]
        elif kind == b"IDAT":
            data += content
        at += size + 12
    return _colours(zlib.decompress(data), width * channels, channels)


def _colours(raw: bytes, stride: int, channels: int) -> set[tuple[int, int, int]]:
    found: set[tuple[int, int, int]] = set()
    above = bytearray(stride)
    for start in range(0, len(raw), stride + 1):
        kind, line = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        for index in range(stride):
            left = line[index - channels] if index >= channels else 0
            corner = above[index - channels] if index >= channels else 0
            line[index] = (line[index] + _predicted(kind, left, above[index], corner)) & 255
        found.update(zip(line[::channels], line[1::channels], line[2::channels], strict=True))
        above = line
    return found


def _predicted(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        estimate = left + up - corner
        return min((left, up, corner), key=lambda one: abs(estimate - one))
    return (0, left, up, (left + up) // 2)[kind]
