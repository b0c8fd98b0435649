"""The structure of the demo shop: an outdoor outfitter with every attribute type the PIM has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.demo_pim import structures as make
from local.demo_pim.items import Doc

LOCALES = ("en_US", "fr_FR", "de_DE")
CURRENCIES = ("EUR", "USD")


def words(en: str, fr: str | None = None, de: str | None = None) -> dict[str, str]:
    """Make labels in the shop's languages; a missing one has no label."""
    given = {"en_US": en, "fr_FR": fr, "de_DE": de}
    return {locale: text for locale, text in given.items() if text is not None}


ATTRIBUTES: tuple[tuple[str, str, str, dict[str, str], dict[str, Any]], ...] = (
    ("sku", "identifier", "general", words("SKU", "Référence", "Artikelnummer"), {}),
    ("name", "text", "general", words("Name", "Nom", "Name"), {"localizable": True}),
    (
        "description",
        "textarea",
        "general",
        words("Description", "Description", "Beschreibung"),
        {"localizable": True, "scopable": True, "wysiwyg_enabled": True},
    ),
    ("care", "textarea", "general", words("Care", "Entretien", "Pflege"), {"localizable": True}),
    ("tagline", "text", "general", words("Tagline", "Accroche", "Slogan"), {"scopable": True}),
    ("ean", "text", "general", words("EAN"), {"unique": True}),
    ("brand", "simpleselect", "general", words("Brand", "Marque", "Marke"), {}),
    ("meta_title", "text", "seo", words("Page title", "Titre de page", "Seitentitel"), {"localizable": True}),
    (
        "legal_note",
        "text",
        "seo",
        words("Legal note", "Mention légale"),
        {"localizable": True, "available_locales": ["fr_FR"]},
    ),
    ("color", "simpleselect", "design", words("Colour", "Couleur", "Farbe"), {}),
    ("size", "simpleselect", "design", words("Size", "Taille", "Größe"), {}),
    ("shoe_size", "simpleselect", "design", words("Shoe size", "Pointure", "Schuhgröße"), {}),
    ("hooded", "boolean", "design", words("Hooded", "À capuche", "Mit Kapuze"), {}),
    ("materials", "multiselect", "design", words("Materials", "Matières", "Materialien"), {}),
    ("season", "multiselect", "design", words("Season", "Saison", "Saison"), {}),
    ("pockets", "number", "technical", words("Pockets", "Poches", "Taschen"), {"number_min": "0", "number_max": "40"}),
    ("article_number", "number", "technical", words("Article number", "Numéro d'article", "Interne Nummer"), {}),
    (
        "water_column",
        "number",
        "technical",
        words("Water column", "Colonne d'eau", "Wassersäule"),
        {"decimals_allowed": True},
    ),
    (
        "min_temperature",
        "number",
        "technical",
        words("Lowest temperature", "Température minimale", "Tiefsttemperatur"),
        {"decimals_allowed": True, "negative_allowed": True},
    ),
    ("is_new", "boolean", "marketing", words("New", "Nouveau", "Neu"), {"scopable": True}),
    ("release_date", "date", "marketing", words("Release date", "Date de sortie", "Erscheinungsdatum"), {}),
    (
        "weight",
        "metric",
        "technical",
        words("Weight", "Poids", "Gewicht"),
        {"metric_family": "Weight", "default_metric_unit": "GRAM", "decimals_allowed": True},
    ),
    (
        "volume",
        "metric",
        "technical",
        words("Volume", "Volume", "Volumen"),
        {"metric_family": "Volume", "default_metric_unit": "LITER"},
    ),
    ("price", "price_collection", "marketing", words("Price", "Prix", "Preis"), {"decimals_allowed": True}),
    ("picture", "image", "media", words("Picture", "Photo", "Bild"), {}),
    ("packshot", "image", "media", words("Pack shot", "Photo d'emballage", "Verpackungsbild"), {"localizable": True}),
    ("datasheet", "file", "media", words("Data sheet", "Fiche technique", "Datenblatt"), {}),
    (
        "gallery",
        "asset_collection",
        "media",
        words("Gallery", "Galerie", "Galerie"),
        {"reference_data_name": "product_images"},
    ),
    (
        "guides",
        "asset_collection",
        "media",
        words("Care guides", "Guides d'entretien"),
        {"reference_data_name": "care_guides"},
    ),
    (
        "designer",
        "akeneo_reference_entity",
        "design",
        words("Designer", "Styliste", "Designer"),
        {"reference_data_name": "designer"},
    ),
    (
        "certifications",
        "akeneo_reference_entity_collection",
        "design",
        words("Certifications", "Certifications", "Zertifikate"),
        {"reference_data_name": "certification"},
    ),
    (
        "fabric",
        "pim_reference_data_simpleselect",
        "design",
        words("Fabric", "Tissu", "Stoff"),
        {"reference_data_name": "fabric"},
    ),
    (
        "finishes",
        "pim_reference_data_multiselect",
        "design",
        words("Finishes", "Finitions", "Ausrüstung"),
        {"reference_data_name": "finish"},
    ),
    (
        "size_chart",
        "table",
        "technical",
        words("Size chart", "Guide des tailles", "Größentabelle"),
        {
            "table_configuration": [
                {
                    "code": "size",
                    "data_type": "select",
                    "labels": {"en_US": "Size"},
                    "validations": {},
                    "is_required_for_completeness": True,
                },
                {
                    "code": "chest",
                    "data_type": "number",
                    "labels": {"en_US": "Chest"},
                    "validations": {"min": 0},
                    "is_required_for_completeness": False,
                },
            ]
        },
    ),
    ("comfort_rating", "acme_catalog_star_rating", "marketing", words("Comfort", "Confort", "Komfort"), {}),
    ("warehouse", "simpleselect", "technical", words("Warehouse", "Entrepôt", "Lager"), {}),
    ("lining_type", "text", "design", words("Lining", "Doublure", "Futter"), {}),
    ("lining__type", "text", "design", words("Lining (old)"), {}),
)
"""Code, type, group, labels, and what differs from the type's defaults."""

GROUPS = {
    "general": words("General", "Général", "Allgemein"),
    "design": words("Design", "Design", "Design"),
    "technical": words("Technical", "Technique", "Technik"),
    "marketing": words("Marketing", "Marketing", "Marketing"),
    "media": words("Media", "Médias", "Medien"),
    "seo": words("Search engines", "Référencement"),
}

OPTIONS: dict[str, dict[str, dict[str, str]]] = {
    "brand": {
        "northway": words("Northway", "Northway", "Northway"),
        "glacier_and_co": words("Glacier & Co", "Glacier & Cie", "Glacier & Co"),
        "fjallmark": words("Fjällmark", "Fjällmark", "Fjällmark"),
    },
    "color": {
        "black": words("Black", "Noir", "Schwarz"),
        "moss_green": words("Moss green", "Vert mousse", "Moosgrün"),
        "glacier_blue": words("Glacier blue", "Bleu glacier", "Gletscherblau"),
        "ember_red": words("Ember red", "Rouge braise", "Glutrot"),
        "sand": {},
    },
    "size": {code: words(code.upper(), code.upper(), code.upper()) for code in ("xs", "s", "m", "l", "xl")},
    "shoe_size": {f"eu_{size}": words(f"EU {size}", f"{size}", f"{size}") for size in range(38, 46)},
    "materials": {
        "merino": words("Merino wool", "Laine mérinos", "Merinowolle"),
        "down": words("Down", "Duvet", "Daune"),
        "recycled_nylon": words("Recycled nylon", "Nylon recyclé", "Recyceltes Nylon"),
        "leather": words("Leather", "Cuir", "Leder"),
        "aluminium": words("Aluminium", "Aluminium", "Aluminium"),
    },
    "season": {
        "spring": words("Spring", "Printemps", "Frühling"),
        "summer": words("Summer", "Été", "Sommer"),
        "autumn": words("Autumn", "Automne", "Herbst"),
        "winter": words("Winter", "Hiver", "Winter"),
    },
    "warehouse": {},
}

CATEGORIES: tuple[tuple[str, str | None, dict[str, str]], ...] = (
    ("master", None, words("Outdoor shop", "Boutique outdoor", "Outdoor-Shop")),
    ("clothing", "master", words("Clothing", "Vêtements", "Bekleidung")),
    ("jackets", "clothing", words("Jackets", "Vestes", "Jacken")),
    ("rain_jackets", "jackets", words("Rain jackets", "Vestes de pluie", "Regenjacken")),
    ("down_jackets", "jackets", words("Down jackets", "Doudounes", "Daunenjacken")),
    ("trousers", "clothing", words("Trousers", "Pantalons", "Hosen")),
    ("hoodies", "clothing", words("Fleece & hoodies", "Polaires et sweats", "Fleece & Hoodies")),
    ("footwear", "master", words("Footwear", "Chaussures", "Schuhe")),
    ("hiking_boots", "footwear", words("Hiking boots", "Chaussures de randonnée", "Wanderschuhe")),
    ("equipment", "master", words("Equipment", "Équipement", "Ausrüstung")),
    ("backpacks", "equipment", words("Backpacks", "Sacs à dos", "Rucksäcke")),
    ("camping", "equipment", words("Camping", "Camping", "Camping")),
    ("lighting", "equipment", words("Lighting", "Éclairage", "Beleuchtung")),
    ("empty_shelf", "equipment", {}),
    ("seasons", None, words("Seasons", "Saisons", "Saisons")),
    ("winter_2026", "seasons", words("Winter 2026", "Hiver 2026", "Winter 2026")),
    ("sale", "seasons", words("Sale", "Soldes", "Angebote")),
    ("print_2026", None, words("Print catalogue 2026", "Catalogue papier 2026", "Printkatalog 2026")),
    ("cover_page", "print_2026", words("Cover page", "Couverture", "Titelseite")),
    ("suppliers", None, words("Suppliers", "Fournisseurs", "Lieferanten")),
)

COMMON = [
    "sku",
    "name",
    "description",
    "care",
    "tagline",
    "ean",
    "brand",
    "meta_title",
    "legal_note",
    "picture",
    "packshot",
    "price",
    "weight",
    "is_new",
    "release_date",
    "gallery",
    "guides",
]
WEAR = [
    "color",
    "size",
    "materials",
    "season",
    "pockets",
    "water_column",
    "fabric",
    "finishes",
    "designer",
    "certifications",
    "size_chart",
    "lining_type",
    "lining__type",
]
GEAR = [
    "materials",
    "volume",
    "min_temperature",
    "datasheet",
    "article_number",
    "comfort_rating",
    "warehouse",
    "color",
    "season",
    "certifications",
]

FAMILIES: dict[str, tuple[dict[str, str], list[str]]] = {
    "jackets": (words("Jackets", "Vestes", "Jacken"), [*COMMON, *WEAR]),
    "hoodies": (words("Hoodies", "Sweats", "Hoodies"), [*COMMON, *WEAR, "hooded"]),
    "trousers": (words("Trousers", "Pantalons", "Hosen"), [*COMMON, *WEAR]),
    "boots": (
        words("Boots", "Chaussures", "Schuhe"),
        [*COMMON, "shoe_size", "color", "materials", "water_column", "designer"],
    ),
    "backpacks": (words("Backpacks", "Sacs à dos", "Rucksäcke"), [*COMMON, *GEAR]),
    "equipment": (words("Equipment", "Équipement", "Ausrüstung"), [*COMMON, *GEAR]),
    "looks": (words("Looks", "Tenues", "Looks"), [*COMMON]),
    "kits": (words("Kits", "Kits", "Sets"), [*COMMON]),
}

OWN = ["sku", "ean", "weight"]
VARIANTS: dict[str, tuple[str, list[tuple[list[str], list[str]]], dict[str, str]]] = {
    "jackets_color_size": (
        "jackets",
        [(["color"], ["picture", "packshot", "lining_type"]), (["size"], OWN)],
        words("By colour and size", "Par couleur et taille", "Nach Farbe und Größe"),
    ),
    "hoodies_hood_size": (
        "hoodies",
        [(["hooded"], ["picture", "pockets"]), (["size"], OWN)],
        words("By hood and size", "Par capuche et taille", "Nach Kapuze und Größe"),
    ),
    "trousers_color_size": (
        "trousers",
        [(["color", "size"], [*OWN, "picture"])],
        words("By colour and size", "Par couleur et taille", "Nach Farbe und Größe"),
    ),
    "boots_size": ("boots", [(["shoe_size"], OWN)], words("By size", "Par pointure", "Nach Größe")),
    "backpacks_volume": (
        "backpacks",
        [(["volume"], [*OWN, "price", "picture"])],
        words("By volume", "Par volume", "Nach Volumen"),
    ),
}

ASSOCIATION_TYPES = (
    make.association_type("COMPATIBLE", words("Goes with", "Va avec", "Passt zu"), two_way=True),
    make.association_type("KIT_PARTS", words("Parts of the kit", "Éléments du kit", "Bestandteile"), quantified=True),
    make.association_type("LOOK", words("Complete the look", "Compléter la tenue", "Komplettes Outfit")),
    make.association_type("PACK", words("Pack", "Lot", "Paket")),
    make.association_type("SUBSTITUTION", words("Substitution", "Remplacement", "Ersatz")),
    make.association_type("UPSELL", words("Upsell", "Montée en gamme", "Bessere Wahl")),
    make.association_type("X_SELL", words("Cross sell", "Vente croisée", "Dazu passend")),
)

DESIGNERS = {"starck": words("Anna Starck", "Anna Starck", "Anna Starck"), "Lindqvist": words("Per Lindqvist")}
CERTIFICATIONS = {
    "bluesign": words("bluesign®"),
    "rds": words("Responsible Down", "Duvet responsable", "Daunenstandard"),
    "gots": words("GOTS"),
}


def demo_lists() -> dict[str, list[Doc]]:
    """Make all lists of the demo shop but products, models, media and assets."""
    codes = {group: [code for code, _, its_group, _, _ in ATTRIBUTES if its_group == group] for group in GROUPS}
    attributes = [
        make.attribute(code, kind, labels, group=group, sort_order=at, group_labels=GROUPS[group], **more)
        for at, (code, kind, group, labels, more) in enumerate(ATTRIBUTES)
    ]
    lists: dict[str, list[Doc]] = {
        "attributes": sorted(attributes, key=_code),
        "attribute-groups": sorted(
            (make.group(code, at, codes[code], labels) for at, (code, labels) in enumerate(GROUPS.items())), key=_code
        ),
        "families": sorted((_family(code, labels, its) for code, (labels, its) in FAMILIES.items()), key=_code),
        "categories": [make.category(code, parent, labels) for code, parent, labels in CATEGORIES],
        "channels": [
            make.channel("ecommerce", LOCALES, CURRENCIES, "master", words("Web shop", "Boutique en ligne", "Webshop")),
            make.channel("print", LOCALES[:2], CURRENCIES[:1], "print_2026", words("Print", "Papier", "Print")),
        ],
        "locales": make.locales(LOCALES),
        "currencies": make.currencies(CURRENCIES),
        "association-types": list(ASSOCIATION_TYPES),
        "reference-entities": [
            {"code": "certification", "labels": words("Certification"), "image": None},
            {"code": "designer", "labels": words("Designer", "Styliste", "Designer"), "image": None},
        ],
        "reference-entities/designer/records": [_record(code, labels) for code, labels in sorted(DESIGNERS.items())],
        "reference-entities/certification/records": [
            _record(code, labels) for code, labels in sorted(CERTIFICATIONS.items())
        ],
    }
    for attribute, options in OPTIONS.items():
        docs = [make.option(attribute, code, at, labels) for at, (code, labels) in enumerate(options.items())]
        lists[f"attributes/{attribute}/options"] = sorted(docs, key=_code)
    for family in FAMILIES:
        lists[f"families/{family}/variants"] = [
            _variant(code, family, levels, labels)
            for code, (owner, levels, labels) in sorted(VARIANTS.items())
            if owner == family
        ]
    return lists


def demo_arrays() -> dict[str, list[Doc]]:
    """Make the bare arrays of the demo shop."""
    label = {"code": "label", "type": "text", "labels": {}, "value_per_locale": True, "value_per_channel": False}
    return {
        "measurement-families": make.measurement_families(),
        "reference-entities/designer/attributes": [label],
        "reference-entities/certification/attributes": [label],
    }


def _family(code: str, labels: Mapping[str, str], attributes: list[str]) -> Doc:
    required = {"ecommerce": ["description", "name", "price", "sku"], "print": ["name", "sku"]}
    return make.family(code, attributes, labels, required=required, image="picture")


def _variant(code: str, family: str, levels: list[tuple[list[str], list[str]]], labels: Mapping[str, str]) -> Doc:
    below = {attribute for axes, attributes in levels for attribute in (*axes, *attributes)}
    common = [attribute for attribute in FAMILIES[family][1] if attribute not in below]
    return make.family_variant(code, common, levels, labels)


def _record(code: str, labels: Mapping[str, str]) -> Doc:
    values = {"label": [{"locale": locale, "channel": None, "data": text} for locale, text in labels.items()]}
    return {"code": code, "values": values, "created": make.UPDATED, "updated": make.UPDATED}


def _code(doc: Doc) -> str:
    return str(doc["code"])
