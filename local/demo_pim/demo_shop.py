"""What the demo shop is collected in: products, models and files that fit together."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import Any

from local.demo_pim.demo_structure import words
from local.demo_pim.edits import BLANK, rebase
from local.demo_pim.encoding import PLACEHOLDER, resource_path
from local.demo_pim.items import Doc
from local.demo_pim.pictures import draw_png

ASSOCIATIONS = ("COMPATIBLE", "LOOK", "PACK", "SUBSTITUTION", "UPSELL", "X_SELL")
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
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
        scoped = [
            *localized(PITCH, "ecommerce"),
            value(f"{name['en_US']}. {PITCH['en_US']}", "en_US", "print"),
        ]
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
        return value(self._file(name, draw_png(number_of(name), 64), "image/png"), locale) | self._links

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


def _no_targets() -> Doc:
    return {kind: {"products": [], "product_models": [], "groups": []} for kind in ASSOCIATIONS}


def number_of(text: str) -> int:
    """Return a number made from a text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
