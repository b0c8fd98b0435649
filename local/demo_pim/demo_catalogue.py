"""The demo shop's own products: believable at first sight, awkward at the second.

Besides ordinary jackets and boots it holds what breaks importers: markup, emoji, control characters, very long texts,
identifiers with spaces, slashes and ampersands, option codes in another case, options that do not exist, variants
without models, models without variants, products without categories, family or identifier, numbers too big.
"""

from __future__ import annotations

from pathlib import Path

from local.demo_pim.demo_assets import add_assets
from local.demo_pim.demo_shop import Shop, localized, number_of, uuid_of, value
from local.demo_pim.demo_structure import demo_arrays, demo_lists, words
from local.demo_pim.items import Doc, MemorySource
from local.demo_pim.snapshot import write_snapshot as write_store
from local.demo_pim.store import MemoryBinaries, Store

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
    arrays = demo_arrays() | add_assets(shop, {code: name for code, name, _, _ in JACKETS}, lists)
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
            "guides": [value(["washing"])],
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
    ean = f"40{number_of(identifier) % 10**11:011d}"
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
    # The asset is called Studio_Link; the PIM joins codes without regard to case.
    shop.products["tent-family"]["values"]["gallery"] = [value(["banner", "ridge_clip", "studio_link"])]
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
