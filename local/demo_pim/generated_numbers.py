"""The numbers behind a generated catalogue: what each product and model is, made from its number.

Products stand in blocks of 40: 16 simple ones, 12 variants of a model by size, 12 variants of a model by colour and
size with its two sub-models; so there is about one model per ten products. The order of the uuids is known without
sorting: the uuid at position p begins with p's share of the key space, so uuids are uniform and rise with p. A fixed
permutation scatters a block's products over the positions, as random uuids do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from math import gcd
from typing import overload

from local.demo_pim.encoding import PLACEHOLDER, encode, resource_path
from local.demo_pim.generated_structure import (
    FAMILIES,
    LEVEL_LAST,
    LEVEL_ONE,
    POOL,
    GeneratedStructure,
    root_attributes,
)

BLOCK, SIMPLE, BY_SIZE = 40, 16, 28
MODELS_PER_BLOCK = 4
SUFFIXES = ("a", "b", "b-1", "b-2")
FIRST_OF = (SIMPLE, BY_SIZE, BY_SIZE, 34)
"""Where in a block the variants of each model begin."""

NEWEST = "2026-07-01T00:00:00+00:00"
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


def times(digest: bytes) -> tuple[str, str]:
    """Return when the item a hash stands for was created and last updated."""
    first, second = _time(digest, 40), _time(digest, 45)
    return min(first, second), max(first, second)
