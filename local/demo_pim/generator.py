"""A made-up catalogue of any size: every item is made from its number when it is asked for.

Products stand in blocks of 40: 16 simple ones, 12 variants of a model by size, 12 variants of a model by colour and
size with its two sub-models; so there is about one model per ten products. The order of the uuids is known without
sorting: the uuid at position p begins with p's share of the key space, so uuids are uniform and rise with p. A fixed
permutation scatters a block's products over the positions, as random uuids do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from math import gcd
from typing import Any, overload

from local.demo_pim.encoding import ESCAPED_PLACEHOLDER, PLACEHOLDER, encode, resource_path, with_self_link
from local.demo_pim.generated_structure import (
    FAMILIES,
    LEVEL_LAST,
    LEVEL_ONE,
    POOL,
    GeneratedStructure,
    make_structure,
    root_attributes,
)
from local.demo_pim.items import Doc
from local.demo_pim.pictures import draw_png
from local.demo_pim.store import Store

BLOCK, SIMPLE, BY_SIZE = 40, 16, 28
MODELS_PER_BLOCK = 4
SUFFIXES = ("a", "b", "b-1", "b-2")
FIRST_OF = (SIMPLE, BY_SIZE, BY_SIZE, 34)
"""Where in a block the variants of each model begin."""

NEWEST = "2026-07-01T00:00:00+00:00"
LOCALES = ("en_US", "fr_FR", "de_DE")
SPACE = 1 << 48
"""How many values the free leading 48 bits of a version 4 uuid have."""


class Made(Sequence[str]):
    """A sequence whose entries are made from their position."""

    def __init__(self, length: int, at: Callable[[int], str]) -> None:
        """Take the length and the function."""
        self._length = length
        self._at = at

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self._at(position) for position in range(*index.indices(self._length))]
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._at(index % self._length)


class Catalogue:
    """The numbers behind a generated catalogue: what each product and model is."""

    def __init__(self, products: int, seed: int, structure: GeneratedStructure, *, images: bool) -> None:
        """Make a catalogue of this many products."""
        self.size = products
        self.images = images
        self.shelves = structure.shelves
        self._key = f"{seed}".encode()
        self._step = SPACE // max(products, 1)
        factor = max(1, round(products * 0.6180339887))
        while gcd(factor, max(products, 1)) != 1:
            factor += 1
        self._factor = factor
        self._inverse = pow(factor, -1, products) if products > 1 else 0
        blocks, rest = divmod(products, BLOCK)
        self.models = blocks * MODELS_PER_BLOCK + sum(rest > first for first in FIRST_OF)
        pools = structure.pools
        self._pools = pools
        self._all = [(pools[code], at % 60) for at, code in enumerate(pools)]
        byte = {code: at % 60 for at, code in enumerate(pools)}
        self._roots = [
            [(pools[code], byte[code]) for code in root_attributes(pools, two_level=two_level)]
            for two_level in (False, True)
        ]
        self._first = [(pools[code], byte[code]) for code in LEVEL_ONE if code in pools and code != "color"]
        self._last = [(pools[code], byte[code]) for code in LEVEL_LAST if code in pools and code != "size"]

    def hash(self, kind: str, number: int) -> bytes:
        """Return 64 bytes that decide everything about an item."""
        return blake2b(b"%s %d" % (kind.encode(), number), key=self._key).digest()

    def uuid_at(self, position: int) -> str:
        """Return the uuid at a position of the sorted uuids."""
        digest = blake2b(b"u %d" % position, key=self._key, digest_size=16).digest()
        lead = position * self._step + int.from_bytes(digest[:8], "big") % self._step
        tail = digest[8:].hex()
        head = f"{lead:012x}"
        return f"{head[:8]}-{head[8:]}-4{tail[:3]}-{'89ab'[digest[8] & 3]}{tail[4:7]}-{tail[4:16]}"

    def position_of(self, uuid: str) -> int | None:
        """Return the position of a uuid, None if it is none of ours."""
        try:
            position = int(uuid[:8] + uuid[9:13], 16) // self._step
        except ValueError:
            return None
        return position if position < self.size and self.uuid_at(position) == uuid else None

    def number_at(self, position: int) -> int:
        """Return which product stands at a position."""
        return position * self._inverse % self.size if self.size > 1 else 0

    def uuid(self, number: int) -> str:
        """Return a product's uuid."""
        return self.uuid_at(number * self._factor % self.size)

    def model_code(self, model: int) -> str:
        """Return a model's code; models are numbered in the order of their codes."""
        block, place = divmod(model, MODELS_PER_BLOCK)
        return f"mod-{block:07d}-{SUFFIXES[place]}"

    def model_number(self, code: str) -> int | None:
        """Return the number of the model with this lower-cased code, None if there is none."""
        head, _, suffix = code[4:].partition("-")
        if not code.startswith("mod-") or not head.isdecimal() or suffix not in SUFFIXES:
            return None
        model = int(head) * MODELS_PER_BLOCK + SUFFIXES.index(suffix)
        return model if model < self.models and self.model_code(model) == code else None

    def parent_of(self, number: int) -> int | None:
        """Return the number of a product's direct parent model, None for a simple product."""
        block, place = divmod(number, BLOCK)
        if place < SIMPLE:
            return None
        return block * MODELS_PER_BLOCK + (0 if place < BY_SIZE else 2 if place < FIRST_OF[3] else 3)

    def root_of(self, model: int) -> int:
        """Return the number of a model's root, itself if it is one."""
        return model - model % MODELS_PER_BLOCK + min(model % MODELS_PER_BLOCK, 1)

    def variants_of(self, model: int) -> range:
        """Return the numbers of the products directly below a model."""
        block, place = divmod(model, MODELS_PER_BLOCK)
        if place == 1:
            return range(0)
        first, last = FIRST_OF[place], (BY_SIZE, 0, FIRST_OF[3], BLOCK)[place]
        return range(block * BLOCK + first, min(block * BLOCK + last, self.size))

    def family(self, digest: bytes) -> str:
        """Return the family an item's hash stands for."""
        return FAMILIES[digest[63] & 3]

    def categories(self, digest: bytes) -> list[str]:
        """Return the categories a simple product's or root model's hash stands for."""
        chosen = {self.shelves[digest[62] % len(self.shelves)], self.shelves[digest[61] % len(self.shelves)]}
        if digest[60] < 32:
            chosen.add("sale")
        return sorted(chosen)

    def simple_values(self, digest: bytes) -> list[bytes]:
        """Return the encoded values of a simple product, besides its identifier, EAN and picture."""
        return [pool[digest[at] & (POOL - 1)] for pool, at in self._all]

    def root_values(self, digest: bytes, *, two_level: bool) -> list[bytes]:
        """Return the encoded values a root model keeps."""
        return [pool[digest[at] & (POOL - 1)] for pool, at in self._roots[two_level]]

    def sub_model_values(self, root: bytes, digest: bytes, place: int) -> list[bytes]:
        """Return the encoded values a sub-model keeps; the second one's colour follows the first one's."""
        color = self._pools["color"][(root[59] + place) & (POOL - 1)]
        return [color, *(pool[digest[at] & (POOL - 1)] for pool, at in self._first)]

    def variant_values(self, digest: bytes, place: int) -> list[bytes]:
        """Return the encoded values a variant keeps, besides its identifier and EAN."""
        return [self._pools["size"][place], *(pool[digest[at] & (POOL - 1)] for pool, at in self._last)]

    def media_code(self, owner: str) -> str:
        """Return the media code of the picture of a product (by identifier) or root model (by code)."""
        digest = blake2b(owner.encode(), key=self._key, digest_size=20).hexdigest()
        return f"{'/'.join(digest[:4])}/{digest}_{owner.lower().replace('-', '_')}.png"

    def picture(self, owner: str) -> list[bytes]:
        """Return the encoded picture value of an owner, nothing if the catalogue has no pictures."""
        if not self.images:
            return []
        code = self.media_code(owner)
        href = f"{PLACEHOLDER}/media-files/{resource_path(code)}/download"
        value = {"locale": None, "scope": None, "data": code, "_links": {"download": {"href": href}}}
        return [encode({"picture": [value]})[1:-1]]


def identifier(number: int) -> str:
    """Return the identifier of a product."""
    return f"SKU-{number:08d}"


def _time(digest: bytes, at: int) -> str:
    """Return a time before NEWEST."""
    month, day, hour, minute, second = digest[at : at + 5]
    year, month = (2025, month % 12 + 1) if month < 170 else (2026, month % 6 + 1)
    return f"{year}-{month:02d}-{day % 28 + 1:02d}T{hour % 24:02d}:{minute % 60:02d}:{second % 60:02d}+00:00"


def _times(digest: bytes) -> tuple[str, str]:
    first, second = _time(digest, 40), _time(digest, 45)
    return min(first, second), max(first, second)


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
        created, updated = _times(own)
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
        created, updated = _times(own)
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
