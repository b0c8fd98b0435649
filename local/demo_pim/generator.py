"""A made-up catalogue of any size: every item is made from its number when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from local.demo_pim.encoding import ESCAPED_PLACEHOLDER, encode, with_self_link
from local.demo_pim.generated_numbers import (
    BLOCK,
    BY_SIZE,
    MODELS_PER_BLOCK,
    NEWEST,
    SIMPLE,
    Catalogue,
    Made,
    identifier,
    times,
)
from local.demo_pim.generated_structure import make_structure
from local.demo_pim.items import Doc
from local.demo_pim.pictures import draw_png
from local.demo_pim.store import Store

LOCALES = ("en_US", "fr_FR", "de_DE")

PRODUCT = (
    b'{"_links":{"self":{"href":"%s\\/products-uuid\\/%s"}},"uuid":"%s","enabled":%s,"family":"%s","categories":["%s"],'
    b'"groups":[],"parent":%s,"values":{%s},"created":"%s","updated":"%s","associations":%s,"quantified_associations":{}}'
)
"""An encoded product; all that goes into it is plain ASCII without anything to escape."""


class Products:
    """The products of a generated catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Make products of this catalogue."""
        self._catalogue = catalogue
        self.keys: Sequence[str] = Made(catalogue.size, catalogue.uuid_at)
        self.newest: str | None = NEWEST

    def has(self, key: str) -> bool:
        """Say whether there is a product with this uuid."""
        return self._catalogue.position_of(key) is not None

    def hints(self, key: str) -> Mapping[str, Any]:
        """Return nothing: a generated catalogue has no hints."""
        del key
        return {}

    def children(self, code: str) -> Sequence[str]:
        """Return the uuids of the products directly below a model."""
        model = self._catalogue.model_number(code)
        return [] if model is None else [self._catalogue.uuid(number) for number in self._catalogue.variants_of(model)]

    def raw(self, key: str) -> bytes:
        """Make the encoded product."""
        about, pieces, associations = self._made(key)
        return PRODUCT % (
            ESCAPED_PLACEHOLDER,
            key.encode(),
            key.encode(),
            b"true" if about["enabled"] else b"false",
            about["family"].encode(),
            '","'.join(about["categories"]).encode(),
            b"null" if about["parent"] is None else b'"%s"' % about["parent"].encode(),
            b",".join(pieces),
            about["created"].encode(),
            about["updated"].encode(),
            associations,
        )

    def facts(self, key: str) -> Doc:
        """Make the product with its identifier as the only value."""
        about = self._about(key)[0]
        number = self._number(key)
        return {**about, "values": {"sku": [{"locale": None, "scope": None, "data": identifier(number)}]}}

    def _number(self, key: str) -> int:
        position = self._catalogue.position_of(key)
        if position is None:
            raise KeyError(key)
        return self._catalogue.number_at(position)

    def _about(self, key: str) -> tuple[Doc, int, int | None, bytes, bytes]:
        catalogue = self._catalogue
        number = self._number(key)
        own = catalogue.hash("p", number)
        parent = catalogue.parent_of(number)
        root = own if parent is None else catalogue.hash("m", catalogue.root_of(parent))
        created, updated = times(own)
        about = {
            "uuid": key,
            "enabled": own[59] >= 12,
            "family": catalogue.family(root),
            "categories": catalogue.categories(root),
            "groups": [],
            "parent": None if parent is None else catalogue.model_code(parent),
            "created": created,
            "updated": updated,
        }
        return about, number, parent, own, root

    def _made(self, key: str) -> tuple[Doc, list[bytes], bytes]:
        catalogue = self._catalogue
        about, number, parent, own, root = self._about(key)
        sku = identifier(number)
        mine = [
            b'"sku":[{"locale":null,"scope":null,"data":"%s"}]' % sku.encode(),
            b'"ean":[{"locale":null,"scope":null,"data":"40%011d"}]' % number,
        ]
        if parent is None:
            pieces = [*mine, *catalogue.simple_values(own), *catalogue.picture(sku)]
            return about, pieces, _associations(catalogue, own)
        root_model = catalogue.root_of(parent)
        two_level = root_model != parent
        pieces = catalogue.root_values(root, two_level=two_level) + catalogue.picture(catalogue.model_code(root_model))
        place = number % BLOCK
        if two_level:
            pieces += catalogue.sub_model_values(root, catalogue.hash("m", parent), parent % MODELS_PER_BLOCK)
            size = (place - BY_SIZE) % 6
        else:
            size = place - SIMPLE
        return about, [*pieces, *mine, *catalogue.variant_values(own, size)], _associations(catalogue, root)


class Models:
    """The product models of a generated catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Make models of this catalogue."""
        self._catalogue = catalogue
        self.keys: Sequence[str] = Made(catalogue.models, catalogue.model_code)
        self.newest: str | None = NEWEST

    def has(self, key: str) -> bool:
        """Say whether there is a model with this code."""
        return self._catalogue.model_number(key) is not None

    def hints(self, key: str) -> Mapping[str, Any]:
        """Return nothing: a generated catalogue has no hints."""
        del key
        return {}

    def children(self, code: str) -> Sequence[str]:
        """Return the codes of a root model's sub-models."""
        model = self._catalogue.model_number(code)
        if model is None or model % MODELS_PER_BLOCK != 1:
            return []
        return [self._catalogue.model_code(below) for below in (model + 1, model + 2) if below < self._catalogue.models]

    def facts(self, key: str) -> Doc:
        """Make the model without values."""
        return {**self._about(key)[0], "values": {}}

    def raw(self, key: str) -> bytes:
        """Make the encoded model."""
        catalogue = self._catalogue
        about, model, own, root = self._about(key)
        root_model = catalogue.root_of(model)
        two_level = root_model % MODELS_PER_BLOCK == 1
        pieces = catalogue.root_values(root, two_level=two_level) + catalogue.picture(catalogue.model_code(root_model))
        if model != root_model:
            pieces += catalogue.sub_model_values(root, own, model % MODELS_PER_BLOCK)
        head, created = encode(about)[:-1].split(b',"created":', 1)
        item = b'%s,"values":{%s},"created":%s,"associations":%s,"quantified_associations":{}}' % (
            head,
            b",".join(pieces),
            created,
            _associations(catalogue, root),
        )
        return with_self_link(f"product-models/{key}", item)

    def _about(self, key: str) -> tuple[Doc, int, bytes, bytes]:
        catalogue = self._catalogue
        model = catalogue.model_number(key)
        if model is None:
            raise KeyError(key)
        own, root_model = catalogue.hash("m", model), catalogue.root_of(model)
        root = own if root_model == model else catalogue.hash("m", root_model)
        family = catalogue.family(root)
        created, updated = times(own)
        about = {
            "code": key,
            "family": family,
            "family_variant": f"{family}_color_size" if root_model % MODELS_PER_BLOCK == 1 else f"{family}_size",
            "parent": None if root_model == model else catalogue.model_code(root_model),
            "categories": catalogue.categories(root),
            "created": created,
            "updated": updated,
        }
        return about, model, own, root


ASSOCIATIONS = (
    b'{"PACK":{"products":[],"product_models":[],"groups":[]},"SUBSTITUTION":{"products":[],"product_models":[],"groups":[]},'
    b'"UPSELL":{"products":[],"product_models":[%s],"groups":[]},"X_SELL":{"products":[%s],"product_models":[],"groups":[]}}'
)
NO_ASSOCIATIONS = ASSOCIATIONS % (b"", b"")


def _associations(catalogue: Catalogue, digest: bytes) -> bytes:
    """Encode the associations a simple product's or root model's hash stands for; one in four has some."""
    if digest[58] >= 64:
        return NO_ASSOCIATIONS
    numbers = sorted({int.from_bytes(digest[at : at + 4], "big") % catalogue.size for at in (50, 54)})
    products = b",".join(b'"%s"' % catalogue.uuid(number).encode() for number in numbers)
    if not catalogue.models:
        return ASSOCIATIONS % (b"", products)
    model = catalogue.root_of(int.from_bytes(digest[46:50], "big") % catalogue.models)
    return ASSOCIATIONS % (b'"%s"' % catalogue.model_code(model).encode(), products)


class GeneratedIdentifiers:
    """The products of a generated catalogue by identifier."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Look products of this catalogue up."""
        self._catalogue = catalogue
        self.ordered: Sequence[str] = Made(catalogue.size, lambda number: identifier(number).lower())

    def uuid(self, identifier: str) -> str | None:
        """Return the uuid of the product with this lower-cased identifier."""
        digits = identifier.removeprefix("sku-")
        if len(digits) != 8 or not digits.isdecimal() or int(digits) >= self._catalogue.size:
            return None
        return self._catalogue.uuid(int(digits))


class GeneratedMedia:
    """The pictures of a generated catalogue: list and binaries; one per simple product and root model."""

    PER_BLOCK = SIMPLE + 2

    def __init__(self, catalogue: Catalogue) -> None:
        """Make pictures for this catalogue."""
        self._catalogue = catalogue
        blocks, rest = divmod(catalogue.size, BLOCK)
        count = blocks * self.PER_BLOCK + min(rest, SIMPLE) + (rest > SIMPLE) + (rest > BY_SIZE)
        self.keys: Sequence[str] = Made(count, lambda at: catalogue.media_code(self._owner(at)))
        self.newest: str | None = None

    def _owner(self, at: int) -> str:
        block, place = divmod(at, self.PER_BLOCK)
        if place < SIMPLE:
            return identifier(block * BLOCK + place)
        return self._catalogue.model_code(block * MODELS_PER_BLOCK + place - SIMPLE)

    def has(self, key: str) -> bool:
        """Say whether there is a picture with this media code."""
        owner = key.rpartition("/")[2].partition("_")[2].removesuffix(".png").replace("_", "-")
        code = owner.upper() if owner.startswith("sku") else owner
        known = GeneratedIdentifiers(self._catalogue).uuid(owner) or self._catalogue.model_number(owner) is not None
        return bool(known) and self._catalogue.media_code(code) == key

    def raw(self, key: str) -> bytes:
        """Make the encoded media file."""
        return with_self_link(f"media-files/{key}", encode(self.facts(key)))

    def facts(self, key: str) -> Doc:
        """Make the media file."""
        name = key.rpartition("/")[2].partition("_")[2]
        size = len(self._draw(key))
        return {"code": key, "original_filename": name, "mime_type": "image/png", "size": size, "extension": "png"}

    def children(self, code: str) -> Sequence[str]:
        """Return nothing: media files have no children."""
        del code
        return ()

    def hints(self, key: str) -> Mapping[str, Any]:
        """Return nothing."""
        del key
        return {}

    @property
    def other_paths(self) -> Sequence[str]:
        """Nothing: there are no other files."""
        return ()

    def read(self, path: str) -> bytes | None:
        """Draw the picture at an endpoint path."""
        key = path.removeprefix("media-files/")
        return self._draw(key) if self.has(key) else None

    def _draw(self, key: str) -> bytes:
        return draw_png(int(key.rpartition("/")[2][:8], 16))


def generate(
    products: int, seed: int = 1, values: int = 20, locales: Sequence[str] = LOCALES, *, images: bool = False
) -> Store:
    """Make a catalogue of so many products with about `values` values each; the same arguments give the same bytes."""
    if products < 0:
        raise ValueError(f"products: {products} is less than 0")
    structure = make_structure(seed, values, locales, images=images)
    catalogue = Catalogue(products, seed, structure, images=images)
    media = GeneratedMedia(catalogue) if images else None
    return Store(
        Products(catalogue),
        Models(catalogue),
        structure.lists if media else {**structure.lists, "media-files": []},
        structure.arrays,
        identifiers=GeneratedIdentifiers(catalogue),
        media=media,
        binaries=media,
    )
