"""The structure of a generated catalogue, and ready-made pieces of JSON for the values of its products.

Every attribute has a pool of 64 encoded values. An item is then a few bytes of a hash that choose from the pools:
making a page of 100 items costs about as much as joining its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from local.demo_pim import structures as make
from local.demo_pim.encoding import encode
from local.demo_pim.items import Doc

POOL = 64
CHANNEL = "ecommerce"
CURRENCIES = ("EUR", "USD")
FAMILIES = ("apparel", "footwear", "gear", "home")
SIZES = tuple(f"size_{number:02d}" for number in range(12))
COLORS = ("black", "white", "navy", "red", "green", "grey", "orange", "sand")
BRANDS = tuple(f"brand_{number:02d}" for number in range(24))
COUNTRIES = ("de", "fr", "it", "pl", "pt", "vn")
MATERIALS = ("cotton", "down", "fleece", "leather", "merino", "nylon", "polyester", "wool")
DEPARTMENTS, SHELVES = 8, 6

WORDS = [
    "alpine",
    "ridge",
    "light",
    "warm",
    "dry",
    "river",
    "stone",
    "field",
    "cloud",
    "trail",
    "winter",
    "summer",
    "everyday",
    "classic",
    "relaxed",
    "slim",
    "soft",
    "durable",
    "water-repellent",
    "breathable",
    "quilted",
    "woven",
    "recycled",
    "comfortable",
    "compact",
    "reliable",
    "robust",
    "elastic",
    "seamless",
]
ACCENTED = [
    "été",
    "hiver",
    "léger",
    "chaleureux",
    "imperméable",
    "résistant",
    "élégant",
    "matière",
    "façon",
    "qualité",
    "größe",
    "wärme",
    "für",
    "draußen",
    "gefüttert",
    "natürlich",
    "beständig",
    "größer",
    "höhe",
    "weiß",
]

LEVEL_ONE = ("color", "materials", "rating")
"""What differs by the first axis where there are two."""

LEVEL_LAST = ("sku", "size", "ean", "weight", "stock_units")
"""What differs from variant to variant."""

CORE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("sku", "identifier", {}),
    ("name", "text", {"localizable": True}),
    ("description", "textarea", {"localizable": True, "scopable": True}),
    ("price", "price_collection", {"decimals_allowed": True}),
    ("brand", "simpleselect", {}),
    ("color", "simpleselect", {}),
    ("size", "simpleselect", {}),
    ("ean", "text", {}),
    ("weight", "metric", {"metric_family": "Weight", "default_metric_unit": "GRAM", "decimals_allowed": False}),
    ("is_new", "boolean", {}),
    ("release_date", "date", {}),
    ("materials", "multiselect", {}),
    ("rating", "number", {"decimals_allowed": True}),
    ("stock_units", "number", {}),
    ("short_description", "text", {"localizable": True}),
    ("care", "textarea", {"wysiwyg_enabled": True}),
    (
        "packaging_height",
        "metric",
        {"metric_family": "Length", "default_metric_unit": "CENTIMETER", "decimals_allowed": True},
    ),
    ("country", "simpleselect", {}),
    ("keywords", "text", {"localizable": True}),
    ("warranty", "number", {}),
)
FILLERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("text", {"localizable": True}),
    ("simpleselect", {}),
    ("number", {"decimals_allowed": True}),
    ("text", {}),
    ("metric", {"metric_family": "Length", "default_metric_unit": "CENTIMETER", "decimals_allowed": True}),
    ("boolean", {}),
    ("multiselect", {}),
    ("textarea", {"localizable": True}),
    ("date", {}),
    ("number", {}),
)
MIN_VALUES = 8


@dataclass(frozen=True, slots=True)
class GeneratedStructure:
    """Lists and bare arrays of a generated catalogue, and its pools: attribute → 64 encoded `"code":[…]` pieces."""

    lists: dict[str, list[Doc]]
    arrays: dict[str, list[Doc]]
    pools: dict[str, list[bytes]]
    shelves: tuple[str, ...]


def make_structure(seed: int, values: int, locales: Sequence[str], *, images: bool) -> GeneratedStructure:
    """Make the structure for products with `values` values each, at least 8."""
    random = Random(f"structure {seed}")  # noqa: S311 - made-up data
    attributes = _attributes(max(values, MIN_VALUES), images=images)
    codes = [doc["code"] for doc in attributes]
    options = {doc["code"]: _options(doc["code"], locales) for doc in attributes if doc["type"].endswith("select")}
    pools = {
        doc["code"]: [_piece(doc, options.get(doc["code"], []), locales, random) for _ in range(POOL)]
        for doc in attributes
        if doc["code"] not in ("sku", "ean", "picture", "color", "size")
    }
    for axis, choices in (("color", COLORS), ("size", SIZES)):
        pools[axis] = [_encoded(axis, [_value(choices[at % len(choices)])]) for at in range(POOL)]
    categories, shelves = _categories(locales)
    lists: dict[str, list[Doc]] = {
        "attributes": sorted(attributes, key=lambda doc: str(doc["code"])),
        "attribute-groups": [make.group("other", 0, sorted(codes), _labels("Other", locales))],
        "families": [_family(code, codes, locales, images=images) for code in FAMILIES],
        "categories": categories,
        "channels": [make.channel(CHANNEL, locales, CURRENCIES, "master", _labels("Web shop", locales))],
        "locales": make.locales(locales),
        "currencies": make.currencies(CURRENCIES),
        "association-types": [
            make.association_type(code, _labels(code, locales)) for code in ("PACK", "SUBSTITUTION", "UPSELL", "X_SELL")
        ],
    }
    for code, docs in options.items():
        lists[f"attributes/{code}/options"] = docs
    for code in FAMILIES:
        lists[f"families/{code}/variants"] = _variants(code, codes, locales)
    return GeneratedStructure(lists, {"measurement-families": make.measurement_families()}, pools, shelves)


def root_attributes(pools: dict[str, list[bytes]], *, two_level: bool) -> list[str]:
    """Return the codes of the attributes with pools that a root model keeps."""
    below = {*LEVEL_LAST, *(LEVEL_ONE if two_level else ())}
    return [code for code in pools if code not in below]


def _attributes(values: int, *, images: bool) -> list[Doc]:
    docs = [
        make.attribute(code, kind, _labels(code, ("en_US",)), sort_order=at, **more)
        for at, (code, kind, more) in enumerate(CORE[:values])
    ]
    for at in range(len(CORE), values):
        kind, more = FILLERS[(at - len(CORE)) % len(FILLERS)]
        code = f"spec_{at:03d}"
        docs.append(make.attribute(code, kind, _labels(code, ("en_US",)), sort_order=at, **more))
    if images:
        docs.append(make.attribute("picture", "image", {"en_US": "Picture"}, sort_order=values))
    return docs


def _labels(code: str, locales: Sequence[str]) -> dict[str, str]:
    return {locale: code.replace("_", " ").capitalize() for locale in locales}


def _options(code: str, locales: Sequence[str]) -> list[Doc]:
    known = {"brand": BRANDS, "color": COLORS, "size": SIZES, "country": COUNTRIES, "materials": MATERIALS}
    codes = known.get(code, tuple(f"option_{number:02d}" for number in range(20)))
    return [make.option(code, one, at, _labels(one, locales)) for at, one in enumerate(sorted(codes))]


def _family(code: str, attributes: Sequence[str], locales: Sequence[str], *, images: bool) -> Doc:
    required = {CHANNEL: ["name", "price", "sku"]}
    return make.family(code, attributes, _labels(code, locales), required=required, image="picture" if images else None)


def _variants(code: str, attributes: Sequence[str], locales: Sequence[str]) -> list[Doc]:
    last = [one for one in attributes if one in LEVEL_LAST]
    first = [one for one in attributes if one in LEVEL_ONE]
    root = [one for one in attributes if one not in (*first, *last)]
    return [
        make.family_variant(
            f"{code}_color_size", root, [(["color"], first), (["size"], last)], _labels("By color and size", locales)
        ),
        make.family_variant(f"{code}_size", [*root, *first], [(["size"], last)], _labels("By size", locales)),
    ]


def _categories(locales: Sequence[str]) -> tuple[list[Doc], tuple[str, ...]]:
    docs = [make.category("master", None, _labels("Catalogue", locales))]
    shelves = []
    for department in range(DEPARTMENTS):
        docs.append(make.category(f"dept_{department}", "master", _labels(f"Department {department}", locales)))
        for shelf in range(SHELVES):
            shelves.append(f"dept_{department}_shelf_{shelf}")
            docs.append(
                make.category(shelves[-1], f"dept_{department}", _labels(f"Shelf {department}.{shelf}", locales))
            )
    docs.append(make.category("season", None, _labels("Season", locales)))
    docs.append(make.category("sale", "season", _labels("Sale", locales)))
    return docs, tuple(shelves)


def _piece(attribute: Doc, options: Sequence[Doc], locales: Sequence[str], random: Random) -> bytes:
    scope = CHANNEL if attribute["scopable"] else None
    places: Sequence[str | None] = locales if attribute["localizable"] else (None,)
    values = [_value(_data(attribute, options, locale, random), locale, scope) for locale in places]
    return _encoded(attribute["code"], values)


def _value(data: Any, locale: str | None = None, scope: str | None = None) -> Doc:
    return {"locale": locale, "scope": scope, "data": data}


def _encoded(code: str, values: Sequence[Doc]) -> bytes:
    return encode({code: values})[1:-1]


def _data(attribute: Doc, options: Sequence[Doc], locale: str | None, random: Random) -> Any:
    kind = attribute["type"].removeprefix("pim_catalog_")
    data: dict[str, Callable[[], Any]] = {
        "text": lambda: _text(random, locale, random.randint(2, 6)).capitalize(),
        "textarea": lambda: _paragraph(_text(random, locale, random.randint(12, 40)), attribute["wysiwyg_enabled"]),
        "simpleselect": lambda: random.choice(options)["code"],
        "multiselect": lambda: [one["code"] for one in random.sample(list(options), random.randint(1, 4))],
        "number": lambda: _number(random, attribute["decimals_allowed"]),
        "metric": lambda: {
            "amount": _number(random, attribute["decimals_allowed"]),
            "unit": attribute["default_metric_unit"],
        },
        "price_collection": lambda: [
            {"amount": f"{random.randint(500, 50000) / 100:.2f}", "currency": currency} for currency in CURRENCIES
        ],
        "boolean": lambda: random.random() < 0.5,
        "date": lambda: f"2026-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}T00:00:00+00:00",
    }
    return data[kind]()


def _number(random: Random, decimals: bool) -> int | str:
    return f"{random.randint(1, 99999) / 100:.4f}" if decimals else random.randint(1, 9000)


def _paragraph(text: str, rich: bool) -> str:
    return f"<p>{text.capitalize()}.</p>" if rich else f"{text.capitalize()}."


def _text(random: Random, locale: str | None, count: int) -> str:
    words = WORDS if locale in (None, "en_US") else [*WORDS, *ACCENTED]
    return " ".join(random.choices(words, k=count))
