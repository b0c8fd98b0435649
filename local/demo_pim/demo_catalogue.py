"""The demo shop's own products: believable at first sight, awkward at the second.

Besides ordinary jackets and boots it holds what breaks importers: markup, emoji, control characters, very long texts,
identifiers with spaces, slashes and ampersands, option codes in another case, options that do not exist, variants
without models, models without variants, products without categories, family or identifier, numbers too big.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

from local.demo_pim.demo_structure import demo_arrays, demo_lists, words
from local.demo_pim.edits import BLANK, rebase
from local.demo_pim.encoding import PLACEHOLDER, resource_path
from local.demo_pim.items import Doc, MemorySource
from local.demo_pim.pictures import draw_png
from local.demo_pim.snapshot import write_snapshot as write_store
from local.demo_pim.store import MemoryBinaries, Store

ASSOCIATIONS = ("COMPATIBLE", "LOOK", "PACK", "SUBSTITUTION", "UPSELL", "X_SELL")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

JACKETS = (
    ("storm-shell", words("Storm Shell Jacket", "Veste Storm Shell", "Storm-Shell-Jacke"), "rain_jackets", 249),
    ("aurora-down", words("Aurora Down Jacket", "Doudoune Aurora", "Aurora-Daunenjacke"), "down_jackets", 329),
    (
        "Drizzle_Light",
        words("Drizzle Light Anorak", "Anorak Drizzle Light", "Drizzle-Light-Anorak"),
        "rain_jackets",
        119,
    ),
)
TROUSERS = (
    ("ridge-trousers", words("Ridge Trekking Trousers", "Pantalon de trek Ridge", "Ridge-Trekkinghose"), 109),
    ("tundra-trousers", words("Tundra Winter Trousers", "Pantalon d'hiver Tundra", "Tundra-Winterhose"), 149),
)
BOOTS = (
    ("granite-mid", words("Granite Mid Boot", "Chaussure Granite Mid", "Granite-Mid-Stiefel"), 189),
    ("pebble-low", words("Pebble Low Shoe", "Chaussure basse Pebble", "Pebble-Low-Schuh"), 129),
)
BACKPACKS = (
    ("summit-pack", words("Summit Pack", "Sac Summit", "Summit-Rucksack"), (30, 45, 65), 139),
    ("daytrip-pack", words("Daytrip Pack", "Sac Daytrip", "Daytrip-Rucksack"), (18, 24), 69),
)
SIMPLE = (
    ("lamp-100", words("Firefly 100 Headlamp", "Lampe frontale Firefly 100", "Firefly-100-Stirnlampe"), "lighting", 29),
    ("lamp-400", words("Firefly 400 Headlamp", "Lampe frontale Firefly 400", "Firefly-400-Stirnlampe"), "lighting", 59),
    ("lantern-camp", words("Camp Lantern", "Lanterne de camp", "Camping-Laterne"), "lighting", 39),
    ("tent-duo", words("Duo Trail Tent", "Tente Duo Trail", "Duo-Trail-Zelt"), "camping", 299),
    ("tent-family", words("Basecamp Family Tent", "Tente familiale Basecamp", "Basecamp-Familienzelt"), "camping", 549),
    ("mat-air", words("Air Sleeping Mat", "Matelas gonflable Air", "Air-Isomatte"), "camping", 89),
    ("bag-minus5", words("Polar -5 Sleeping Bag", "Sac de couchage Polar -5", "Polar--5-Schlafsack"), "camping", 179),
    ("stove-gas", words("Pocket Gas Stove", "Réchaud à gaz Pocket", "Pocket-Gaskocher"), "camping", 45),
    ("pot-set", words("Titanium Pot Set", "Popote en titane", "Titan-Topfset"), "camping", 75),
    ("mug-enamel", words("Enamel Mug", "Tasse émaillée", "Emaille-Becher"), "camping", 12),
    ("bottle-steel", words("Steel Bottle 0.75 l", "Gourde en acier 0,75 l", "Stahlflasche 0,75 l"), "camping", 25),
    ("filter-straw", words("Water Filter Straw", "Paille filtrante", "Wasserfilter-Strohhalm"), "camping", 35),
    (
        "poles-carbon",
        words("Carbon Trekking Poles", "Bâtons de trek en carbone", "Carbon-Trekkingstöcke"),
        "equipment",
        119,
    ),
    ("gaiters-snow", words("Snow Gaiters", "Guêtres de neige", "Schneegamaschen"), "equipment", 49),
    ("compass-pro", words("Pro Compass", "Boussole Pro", "Pro-Kompass"), "equipment", 55),
    ("knife-fold", words("Folding Knife", "Couteau pliant", "Klappmesser"), "equipment", 42),
    ("firstaid", words("First Aid Kit", "Trousse de secours", "Erste-Hilfe-Set"), "equipment", 27),
    ("rope-60", words("Dynamic Rope 60 m", "Corde dynamique 60 m", "Dynamikseil 60 m"), "equipment", 159),
    ("towel-quick", words("Quick-dry Towel", "Serviette à séchage rapide", "Schnelltrocken-Handtuch"), "equipment", 19),
    ("drybag-20", words("Dry Bag 20 l", "Sac étanche 20 l", "Packsack 20 l"), "equipment", 22),
)
PITCH = words(
    "Built for long days outside: light, <strong>durable</strong> and easy to repair.",
    "Conçu pour les longues journées dehors : léger, <strong>résistant</strong> et facile à réparer.",
    "Für lange Tage draußen gemacht: leicht, <strong>robust</strong> und leicht zu reparieren.",
)


def value(data: Any, locale: str | None = None, scope: str | None = None) -> Doc:
    """Make one value of an attribute."""
    return {"locale": locale, "scope": scope, "data": data}


def localized(texts: dict[str, str], scope: str | None = None) -> list[Doc]:
    """Make the values of a localizable attribute."""
    return [value(text, locale, scope) for locale, text in texts.items()]


def uuid_of(identifier: str) -> str:
    """Return the uuid of a demo product: made from its identifier, shaped like version 4."""
    hexes = blake2b(identifier.encode(), digest_size=16).hexdigest()
    return f"{hexes[:8]}-{hexes[8:12]}-4{hexes[13:16]}-{'89ab'[int(hexes[16], 16) & 3]}{hexes[17:20]}-{hexes[20:]}"


class Shop:
    """Collects the demo shop's products, models and files."""

    def __init__(self, seed: int) -> None:
        """Start with nothing; prices' cents, weights and dates depend on the seed."""
        self.random = Random(seed)  # noqa: S311 - made-up data
        self.products: dict[str, Doc] = {}
        self.models: dict[str, Doc] = {}
        self.media: dict[str, Doc] = {}
        self.files: dict[str, bytes] = {}
        self.assets: list[Doc] = []

    def product(
        self, identifier: str, family: str | None, values: Doc, categories: Sequence[str] = (), **more: Any
    ) -> Doc:
        """Add a product; a variant names its `parent` and inherits from it."""
        doc = {
            "uuid": uuid_of(identifier),
            "enabled": True,
            "family": family,
            "categories": sorted(categories),
            "groups": [],
            "parent": None,
            "values": {"sku": [value(identifier)], **values},
            **self._dates(),
            "associations": _no_targets(),
            "quantified_associations": {},
            **more,
        }
        doc = rebase(doc, BLANK, self.models.get((doc["parent"] or "").lower(), BLANK))
        self.products[identifier] = doc
        return doc

    def model(
        self,
        code: str,
        family_variant: str,
        family: str,
        values: Doc,
        categories: Sequence[str] = (),
        parent: str | None = None,
    ) -> Doc:
        """Add a model; a sub-model names its `parent` and inherits from it."""
        doc = {
            "code": code,
            "family": family,
            "family_variant": family_variant,
            "parent": parent,
            "categories": sorted(categories),
            "values": values,
            **self._dates(),
            "associations": _no_targets(),
            "quantified_associations": {},
        }
        doc = rebase(doc, BLANK, self.models.get((parent or "").lower(), BLANK))
        self.models[code.lower()] = doc
        return doc

    def general(self, name: dict[str, str], price: float) -> Doc:
        """Make the values most products have."""
        scoped = localized(PITCH, "ecommerce") + [value(f"{name['en_US']}. {PITCH['en_US']}", "en_US", "print")]
        return {
            "name": localized(name),
            "description": scoped,
            "brand": [value(self.random.choice(("northway", "glacier_and_co", "fjallmark")))],
            "price": self.price(price),
            "is_new": [value(self.random.random() < 0.3, None, "ecommerce"), value(False, None, "print")],
            "release_date": [
                value(f"2026-{self.random.randint(1, 9):02d}-{self.random.randint(1, 28):02d}T00:00:00+00:00")
            ],
        }

    def price(self, euros: float) -> list[Doc]:
        """Make a price in the shop's currencies."""
        amounts = {"EUR": euros - 0.05, "USD": euros * 1.1}
        return [value([{"amount": f"{amount:.2f}", "currency": currency} for currency, amount in amounts.items()])]

    def weight(self) -> list[Doc]:
        """Make a weight."""
        return [value({"amount": f"{self.random.randint(90, 2400)}.0000", "unit": "GRAM"})]

    def picture(self, owner: str, locale: str | None = None) -> Doc:
        """Draw a picture, add it to the media files and make the value that shows it."""
        name = f"{owner}{'-' + locale if locale else ''}.png"
        return value(self._file(name, draw_png(_number(name), 64), "image/png"), locale) | self._links

    def document(self, owner: str) -> Doc:
        """Add a data sheet and make its value."""
        return value(self._file(f"{owner}.pdf", PDF, "application/pdf")) | self._links

    def _file(self, name: str, content: bytes, mime_type: str) -> str:
        digest = blake2b(name.encode(), digest_size=20).hexdigest()
        code = f"{'/'.join(digest[:4])}/{digest}_{''.join(c if c.isalnum() or c == '.' else '_' for c in name)}"
        extension = name.rpartition(".")[2]
        about = {
            "code": code,
            "original_filename": name,
            "mime_type": mime_type,
            "size": len(content),
            "extension": extension,
        }
        self.media[code] = about
        self.files[f"media-files/{code}"] = content
        href = f"{PLACEHOLDER}/media-files/{resource_path(code)}/download"
        self._links = {"_links": {"download": {"href": href}}}
        return code

    def _dates(self) -> Doc:
        day, hour = self.random.randint(1, 28), self.random.randint(0, 23)
        month = self.random.randint(1, 6)
        return {
            "created": f"2025-{month:02d}-{day:02d}T{hour:02d}:15:00+00:00",
            "updated": f"2026-{month:02d}-{day:02d}T{hour:02d}:45:30+00:00",
        }

    def relate(
        self,
        doc: Doc,
        kind: str,
        *,
        products: Sequence[str] = (),
        models: Sequence[str] = (),
        groups: Sequence[str] = (),
    ) -> None:
        """Give a product or model targets; they come after those it has."""
        targets = doc["associations"][kind]
        targets["products"] += [uuid_of(one) for one in products]
        targets["product_models"] += list(models)
        targets["groups"] += list(groups)


def demo_store(seed: int = 1) -> Store:
    """Make the demo shop."""
    shop = Shop(seed)
    _jackets(shop)
    _hoodies(shop)
    _trousers(shop)
    _boots(shop)
    _backpacks(shop)
    _equipment(shop)
    _kits_and_looks(shop)
    _awkward(shop)
    lists = demo_lists() | {"media-files": [shop.media[code] for code in sorted(shop.media)]}
    arrays = demo_arrays()
    _add_assets(shop, lists, arrays)
    products = MemorySource("products-uuid", "uuid", ordered=True)
    models = MemorySource("product-models", "code", ordered=True)
    for doc in shop.products.values():
        products.add(doc)
    for doc in shop.models.values():
        models.add(doc)
    return Store(products.done(), models.done(), lists, arrays, binaries=MemoryBinaries(shop.files))


def write_snapshot(directory: Path, seed: int = 1) -> None:
    """Write the demo shop as a snapshot directory."""
    write_store(demo_store(seed), directory)


def _jackets(shop: Shop) -> None:
    for code, name, category, price in JACKETS:
        values = {
            **shop.general(name, price),
            "materials": [value(["recycled_nylon", "down"])],
            "season": [value(["Autumn", "WINTER"])],  # codes in another case than the options'
            "water_column": [value("20000.0000")],
            "fabric": [value("ripstop_40d")],
            "finishes": [value(["dwr", "pfc_free"])],
            "designer": [value("Starck" if code == "storm-shell" else "Lindqvist")],
            "certifications": [value(["bluesign", "rds"])],
            "size_chart": [value([{"size": "s", "chest": 92}, {"size": "m", "chest": "98.5"}])],
            "gallery": [value([f"asset_{code.lower().replace('-', '_')}", "care_video", "asset_that_is_gone"])],
            "legal_note": [value("Produit fabriqué en Europe.", "fr_FR")],
        }
        root = shop.model(code, "jackets_color_size", "jackets", values, [category, "winter_2026"])
        shop.relate(root, "X_SELL", products=["lamp-400", "gaiters-snow"], models=["ridge-trousers"])
        for color in ("moss_green", "ember_red"):
            own = {
                "color": [value(color.upper() if code == "Drizzle_Light" else color)],
                "picture": [shop.picture(f"{code}-{color}")],
                "packshot": [shop.picture(f"{code}-{color}-pack", locale) for locale in ("en_US", "fr_FR")],
                "lining_type": [value("mesh")],
            }
            sub_model = f"{code}-{color}"
            # The parent's code is given in another case, as the PIM accepts it.
            shop.model(sub_model, "jackets_color_size", "jackets", own, ["sale"] if color == "ember_red" else [], code)
            for size in ("s", "m", "l"):
                _variant(shop, f"{sub_model}-{size}", "jackets", sub_model.upper(), {"size": [value(size)]})


def _hoodies(shop: Shop) -> None:
    name = words("Campfire Hoodie", "Sweat Campfire", "Campfire-Hoodie")
    shop.model(
        "campfire", "hoodies_hood_size", "hoodies", {**shop.general(name, 79), "color": [value("black")]}, ["hoodies"]
    )
    for hooded in (True, False):
        code = f"campfire-{'hood' if hooded else 'plain'}"
        own = {"hooded": [value(hooded)], "pockets": [value(2 if hooded else 0)], "picture": [shop.picture(code)]}
        shop.model(code, "hoodies_hood_size", "hoodies", own, [], "campfire")
        for size in ("m", "xl"):
            _variant(shop, f"{code}-{size}", "hoodies", code, {"size": [value(size)]})


def _trousers(shop: Shop) -> None:
    for code, name, price in TROUSERS:
        root = shop.model(
            code, "trousers_color_size", "trousers", {**shop.general(name, price), "pockets": [value(6)]}, ["trousers"]
        )
        shop.relate(root, "SUBSTITUTION", models=[other for other, _, _ in TROUSERS if other != code])
        for color in ("black", "sand"):
            for size in ("s", "m"):
                own = {
                    "color": [value(color)],
                    "size": [value(size)],
                    "picture": [shop.picture(f"{code}-{color}-{size}")],
                }
                _variant(shop, f"{code}-{color}-{size}", "trousers", code, own)


def _boots(shop: Shop) -> None:
    for code, name, price in BOOTS:
        values = {**shop.general(name, price), "color": [value("black")], "picture": [shop.picture(code)]}
        root = shop.model(code, "boots_size", "boots", values, ["hiking_boots"])
        shop.relate(root, "UPSELL", models=["granite-mid"] if code != "granite-mid" else [])
        for size in (39, 41, 42, 44):
            _variant(shop, f"{code}-{size}", "boots", code, {"shoe_size": [value(f"eu_{size}")]})
    shop.products["pebble-low-44"]["enabled"] = False


def _backpacks(shop: Shop) -> None:
    for code, name, volumes, price in BACKPACKS:
        values = {name_: data for name_, data in shop.general(name, price).items() if name_ != "price"}
        shop.model(code, "backpacks_volume", "backpacks", values, ["backpacks", "cover_page"])
        for volume in volumes:
            own = {
                "volume": [
                    value(
                        {"amount": volume, "unit": "LITER"} if volume != 65 else {"amount": 65000, "unit": "MILLILITER"}
                    )
                ],
                "price": shop.price(price + volume),
                "picture": [shop.picture(f"{code}-{volume}")],
            }
            _variant(shop, f"{code}-{volume}", "backpacks", code, own)


def _variant(shop: Shop, identifier: str, family: str, parent: str, own: Doc) -> Doc:
    ean = f"40{_number(identifier) % 10**11:011d}"
    return shop.product(
        identifier, family, {**own, "ean": [value(ean)], "weight": shop.weight()}, parent=_real_code(shop, parent)
    )


def _real_code(shop: Shop, code: str) -> str:
    return str(shop.models[code.lower()]["code"])


def _equipment(shop: Shop) -> None:
    for identifier, name, category, price in SIMPLE:
        values = {
            **shop.general(name, price),
            "weight": shop.weight(),
            "picture": [shop.picture(identifier)],
            "min_temperature": [value(f"{shop.random.randint(-25, 5)}.5000")],
            "comfort_rating": [value({"stars": shop.random.randint(1, 5)})],
        }
        shop.product(identifier, "equipment", values, [category], enabled=identifier not in ("knife-fold", "rope-60"))
    shop.products["tent-duo"]["values"]["datasheet"] = [shop.document("tent-duo")]
    shop.relate(shop.products["lamp-100"], "UPSELL", products=["lamp-400"])
    shop.relate(shop.products["lamp-400"], "SUBSTITUTION", products=["lamp-100", "knife-fold"])
    shop.relate(
        shop.products["tent-duo"],
        "X_SELL",
        products=["mat-air", "bag-minus5", "tent-duo"],
        models=["summit-pack"],
        groups=["camping_week"],
    )
    shop.relate(shop.products["stove-gas"], "PACK", products=["pot-set", "mug-enamel"])
    for one, other in (("stove-gas", "pot-set"), ("pot-set", "stove-gas")):
        shop.relate(shop.products[one], "COMPATIBLE", products=[other])
    shop.products["mug-enamel"]["groups"] = ["camping_week"]


def _kits_and_looks(shop: Shop) -> None:
    kit = shop.product(
        "kit-weekend", "kits", shop.general(words("Weekend Kit", "Kit week-end", "Wochenend-Set"), 199), ["camping"]
    )
    parts = [
        {"uuid": uuid_of(one), "quantity": count}
        for one, count in (("mug-enamel", 2), ("stove-gas", 1), ("mat-air", 2))
    ]
    kit["quantified_associations"] = {"KIT_PARTS": {"products": parts, "product_models": []}}
    odd = shop.product(
        "kit-hiker", "kits", shop.general(words("Hiker's Kit", "Kit du randonneur", "Wanderer-Set"), 289), ["equipment"]
    )
    parts = [{"uuid": uuid_of("poles-carbon"), "quantity": 1}]
    odd["quantified_associations"] = {
        "KIT_PARTS": {"products": parts, "product_models": [{"identifier": "granite-mid", "quantity": 1}]}
    }
    look = shop.product(
        "look-alpine", "looks", shop.general(words("Alpine Look", "Tenue alpine", "Alpin-Look"), 0), ["clothing"]
    )
    shop.relate(look, "LOOK", products=["gaiters-snow", "poles-carbon"], models=["storm-shell", "ridge-trousers"])


def _awkward(shop: Shop) -> None:
    """Add what a careful importer must survive."""
    texts = {
        "Markup & more": "<script>alert('x')</script> ]]> &amp; & < > \" '",
        "Emoji 🏔️ tent": "Sleep under the stars 🌌⛺ — 👩🏽‍🚀 approved",
        "Control\u0001 characters": "bell\u0007 form feed\u000c not a character \ufffe\uffff end",
        "Line\u2028separators": "one\u2028two\u2029three\r\nfour\tfive",
        "Long story": "All day long. " * 400,
    }
    for number, (name, text) in enumerate(texts.items(), 1):
        values = {
            "name": [value(name, "en_US")],
            "description": [value(text, "en_US", "ecommerce")],
            "tagline": [value(text, None, "ecommerce")],
        }
        shop.product(f"awkward-{number}", "equipment", values, ["equipment"])
    simple = words("Spare Strap", "Sangle de rechange", "Ersatzriemen")
    for identifier in (
        "strap 25 mm",
        "strap/25/black",
        "strap & buckle",
        "Strap+100%",
        "ÉLASTIQUE-ß",
        "strap#5?x=1",
        "STRAP-1",
        "strap_1",
    ):
        shop.product(identifier, "equipment", {"name": localized(simple), "price": shop.price(5)}, ["equipment"])
    shop.product(" padded id ", "equipment", {"name": localized(simple)}, ["equipment"])
    shop.product("x" * 120, "equipment", {"name": localized(simple)}, ["equipment"])
    shop.product("no-family", None, {"name": localized(simple)}, ["equipment"])
    shop.product("no-category", "equipment", {"name": localized(simple), "price": shop.price(5)})
    shop.product("only-print", "equipment", {"name": localized(simple)}, ["cover_page"])
    shop.product("no-values", "equipment", {}, ["sale"])
    shop.product(
        "big-number", "equipment", {"name": localized(simple), "article_number": [value(98765432109)]}, ["equipment"]
    )
    shop.product(
        "unknown-options",
        "equipment",
        {"name": localized(simple), "brand": [value("nobody")], "materials": [value(["merino", "unobtainium"])]},
        ["equipment"],
    )
    shop.product(
        "odd-values",
        "equipment",
        {
            "name": [value("  ", "en_US")],
            "min_temperature": [value("cold")],
            "release_date": [value("soon")],
            "price": [value([{"amount": None, "currency": "EUR"}, {"amount": "-1.00", "currency": "USD"}])],
        },
        ["equipment"],
    )
    nameless = shop.product("no-identifier", "equipment", {"name": localized(simple)}, ["equipment"])
    del nameless["values"]["sku"]
    for size in ("m", "l"):  # their model is gone
        shop.product(
            f"orphan-{size}",
            "jackets",
            {"size": [value(size)], "color": [value("black")]},
            ["jackets"],
            parent="model-that-is-gone",
        )
    shop.model(
        "no-variants",
        "boots_size",
        "boots",
        shop.general(words("Prototype Boot", "Prototype", "Prototyp"), 99),
        ["hiking_boots"],
    )
    shop.model("lamp-100", "boots_size", "boots", {"name": localized(words("Same id as a lamp"))}, ["footwear"])
    shop.relate(
        shop.products["no-category"], "X_SELL", products=["no-family", "not-in-this-pim"], models=["no-such-model"]
    )


def _add_assets(shop: Shop, lists: dict[str, list[Doc]], arrays: dict[str, list[Doc]]) -> None:
    dates = {"created": "2026-01-10T08:00:00+00:00", "updated": "2026-02-10T08:00:00+00:00"}
    assets = []
    for code, name, _, _ in JACKETS:
        path = f"a/s/s/e/{code.lower()}_gallery.png"
        shop.files[f"asset-media-files/{path}"] = draw_png(_number(path), 64)
        href = f"{PLACEHOLDER}/asset-media-files/{resource_path(path)}"
        labels = [{"locale": locale, "channel": None, "data": text} for locale, text in name.items()]
        media = [{"locale": None, "channel": None, "data": path, "_links": {"download": {"href": href}}}]
        asset = f"asset_{code.lower().replace('-', '_')}"
        assets.append(
            {"code": asset, "asset_family_code": "product_images", "values": {"label": labels, "media": media}, **dates}
        )
    video = [{"locale": None, "channel": None, "data": "care-guide"}]
    assets.append({"code": "care_video", "asset_family_code": "product_images", "values": {"film": video}, **dates})
    lists["asset-families"] = [
        {
            "code": "product_images",
            "labels": words("Product images", "Images de produits", "Produktbilder"),
            "attribute_as_main_media": "media",
            "product_link_rules": [],
            "transformations": [],
            "naming_convention": {},
        }
    ]
    lists["asset-families/product_images/assets"] = sorted(assets, key=lambda doc: str(doc["code"]))
    plain = {"labels": {}, "value_per_locale": False, "value_per_channel": False, "is_required_for_completeness": False}
    link = {"prefix": "https://videos.example.com/watch/", "suffix": None}
    arrays["asset-families/product_images/attributes"] = [
        {**plain, "code": "label", "type": "text", "value_per_locale": True},
        {**plain, "code": "media", "type": "media_file", "media_type": "image"},
        {**plain, "code": "film", "type": "media_link", "media_type": "other", **link},
    ]


def _no_targets() -> Doc:
    return {kind: {"products": [], "product_models": [], "groups": []} for kind in ASSOCIATIONS}


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
