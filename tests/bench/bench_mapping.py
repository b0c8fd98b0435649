"""Measures what mapping a page of products costs, against the floor: parse the JSON, write the same elements.

Run it with `python -m tests.bench.bench_mapping`. Both sides are measured in turns in the same process, CPU time only;
printed is the ratio of the medians. The budget is 2.5 (see docs/performance.md).

The page: 100 products, 60 values each, in 3 locales; 36 localizable texts, the rest a mix of all common types. In
"alike" all products have all values, in "sparse" every product lacks a random fifth of them.
"""

from __future__ import annotations

import random
import sys
import zlib
from collections.abc import Callable
from dataclasses import asdict, fields
from statistics import median
from time import process_time
from typing import Any

import orjson
from lxml import etree

from akeneo_sfcc.mapping.products import ProductMapper
from akeneo_sfcc.mapping.record import ItemRecord
from akeneo_sfcc.pim.model import (
    Attribute,
    AttributeOption,
    Category,
    Channel,
    Family,
    MeasurementFamily,
    Structure,
)
from akeneo_sfcc.pim.parse import parse_product
from akeneo_sfcc.settings import Settings

BUDGET = 2.5
LOCALES = ("en_US", "de_DE", "fr_FR")
ROUNDS = 15
# How many attributes of each kind make up the 60 values of a product; the identifier is one more.
KINDS = {
    "localizable_text": 30,
    "localizable_textarea": 6,
    "pim_catalog_text": 6,
    "pim_catalog_number": 5,
    "pim_catalog_boolean": 3,
    "pim_catalog_simpleselect": 5,
    "pim_catalog_multiselect": 2,
    "pim_catalog_metric": 2,
    "pim_catalog_date": 1,
}
WORDS = ("light", "steel", "outdoor", "camera", "größe", "élégant", "waterproof", "12 cm", "für", "l'été", "& soft")
FIELDS = tuple(field.name for field in fields(ItemRecord))


def settings() -> Settings:
    """A common configuration: name and description are mapped to SFCC's own attributes."""
    return Settings.parse(
        {
            "pim": {"base_url": "https://pim.example.com", "channel": "shop"},
            "master_catalogs": [{"id": "master"}],
            "attributes": {
                "system_mapping": {"localizable_text_0": "name", "localizable_textarea_0": "longDescription"}
            },
        }
    )


def structure() -> Structure:
    """A PIM with one attribute per value of a product."""
    attributes = {"sku": Attribute("sku", "pim_catalog_identifier", is_main_identifier=True)}
    options = {}
    for kind, count in KINDS.items():
        for index in range(count):
            code = f"{kind.removeprefix('pim_catalog_')}_{index}"
            localizable = kind.startswith("localizable")
            attributes[code] = Attribute(
                code,
                f"pim_catalog_{kind.removeprefix('localizable_')}" if localizable else kind,
                localizable=localizable,
                decimals_allowed=True,
                metric_family="Weight",
            )
            if kind.endswith("select"):
                options[code] = tuple(AttributeOption(f"option_{number}") for number in range(40))
    return Structure(
        channel=Channel("shop", LOCALES, ("EUR",), "tree"),
        locales=LOCALES,
        attributes=attributes,
        attribute_groups={},
        families={"family": Family("family", attributes=tuple(attributes))},
        family_variants={},
        options=options,
        categories=(Category("tree"), Category("leaf", "tree")),
        association_types={},
        measurement_families={"Weight": MeasurementFamily("Weight", "GRAM", {"GRAM": ()})},
    )


def data(kind: str, chance: random.Random) -> Any:
    """A value as the API sends it."""

    def text(words: int) -> str:
        return " ".join(chance.choices(WORDS, k=words))

    return {
        "localizable_text": lambda: text(chance.randint(2, 8)),
        "localizable_textarea": lambda: f"<p>{text(30)}</p>\n<p>{text(20)}</p>",
        "pim_catalog_text": lambda: text(3),
        "pim_catalog_number": lambda: f"{chance.random() * 1000:.4f}",
        "pim_catalog_boolean": lambda: chance.random() < 0.5,
        "pim_catalog_simpleselect": lambda: f"option_{chance.randrange(40)}",
        "pim_catalog_multiselect": lambda: [f"option_{number}" for number in chance.sample(range(40), 4)],
        "pim_catalog_metric": lambda: {"amount": f"{chance.randrange(10000)}.0000", "unit": "GRAM"},
        "pim_catalog_date": lambda: "2025-03-14T00:00:00+00:00",
    }[kind]()


def page(missing: float, seed: int = 1) -> bytes:
    """A page of 100 products as the API's `_embedded.items`; `missing` is the share of values left out."""
    chance = random.Random(seed)
    items = []
    for number in range(100):
        values: dict[str, Any] = {"sku": [{"locale": None, "scope": None, "data": f"sku-{number}"}]}
        for kind, count in KINDS.items():
            locales = LOCALES if kind.startswith("localizable") else (None,)
            for index in range(count):
                if chance.random() >= missing:
                    values[f"{kind.removeprefix('pim_catalog_')}_{index}"] = [
                        {"locale": locale, "scope": None, "data": data(kind, chance)} for locale in locales
                    ]
        items.append(
            {
                "uuid": f"{number:08x}-0000-4000-8000-000000000000",
                "enabled": True,
                "family": "family",
                "categories": ["leaf"],
                "groups": [],
                "parent": None,
                "values": values,
                "associations": {"X_SELL": {"products": [], "product_models": [], "groups": []}},
                "quantified_associations": {},
                "created": "2025-01-24T13:47:19+00:00",
                "updated": "2025-07-28T23:28:28+00:00",
            }
        )
    return orjson.dumps({"_embedded": {"items": items}})


def import_page(mapper: ProductMapper, body: bytes) -> list[ItemRecord]:
    """Do what import_pages does with a page, without reading and storing it."""
    records = []
    lines = []
    for raw in orjson.loads(body)["_embedded"]["items"]:
        record, _issues = mapper.map_product(parse_product(raw, "sku"))
        lines.append(orjson.dumps(tuple(getattr(record, name) for name in FIELDS)))
        records.append(record)
    zlib.compress(b"\n".join(lines), 1)
    return records


Element = tuple[str, dict[str, str], str | None, list[Any]]


def plain(element: etree._Element) -> Element:
    """Take an element apart, so that the floor can write it again."""
    attributes = {str(name): str(value) for name, value in element.attrib.items()}
    return str(element.tag), attributes, element.text, [plain(child) for child in element]


def floor(body: bytes, products: list[Element]) -> None:
    """Parse the page and write the elements, already worked out, one SubElement each."""
    orjson.loads(body)
    for _tag, attrib, _text, children in products:
        product = etree.Element("product", attrib)
        for tag, child_attrib, text, grandchildren in children:
            child = etree.SubElement(product, tag, child_attrib)
            child.text = text
            for inner_tag, inner_attrib, inner_text, values in grandchildren:
                inner = etree.SubElement(child, inner_tag, inner_attrib)
                inner.text = inner_text
                for _, _, value, _ in values:
                    etree.SubElement(inner, "value").text = value
        etree.tostring(product, encoding="unicode")


def timed(action: Callable[[], object]) -> float:
    """Return the CPU seconds of a call."""
    start = process_time()
    action()
    return process_time() - start


def measure(missing: float) -> tuple[float, float, float]:
    """Return the ratio, and the CPU milliseconds of a page: ours and the floor's."""
    mapper = ProductMapper(settings(), structure())
    pages = [page(missing, seed) for seed in range(ROUNDS)]
    written = [[plain(etree.fromstring(record.xml[0])) for record in import_page(mapper, body)] for body in pages]
    ours, floors = [], []
    for body, products in zip(pages, written, strict=True):
        floors.append(timed(lambda body=body, products=products: floor(body, products)))  # type: ignore[misc]
        ours.append(timed(lambda body=body: import_page(mapper, body)))  # type: ignore[misc]
    return median(ours) / median(floors), median(ours) * 1000, median(floors) * 1000


def main() -> int:
    """Print the ratios; 1 if one is over the budget."""
    assert asdict(ItemRecord("simple", "", "")).keys() == set(FIELDS)
    failed = False
    for name, missing in (("alike", 0.0), ("sparse", 0.2)):
        ratio, ours, least = measure(missing)
        failed = failed or ratio > BUDGET
        sys.stdout.write(
            f"mapping, {name} products: {ratio:.2f} x the floor "
            f"({ours:.1f} ms, floor {least:.1f} ms a page; budget {BUDGET})\n"
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
