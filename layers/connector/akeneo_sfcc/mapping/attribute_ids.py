"""Names SFCC attributes after PIM attributes (docs/mapping.md section 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

IdStyle = Literal["camel", "raw"]
UNIT_SUFFIX = "Unit"


def camel_name(code: str) -> str:
    """Return the code in camel case: `display_diagonal` is `displayDiagonal`, `a__b` is `aB`, `_ab` is `Ab`."""
    first, *later = code.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in later)


def assign_ids(
    codes: Iterable[str], split: frozenset[str], prefix: str, style: IdStyle, taken: Iterable[str]
) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Return code → SFCC id, and the codes whose id another one had taken.

    `split` codes use `<id>Unit` beside their id; `taken` ids belong to nobody here. Of ids that meet or differ by case
    only, the first code by byte order keeps its id, the others use the raw code.
    """
    used = {attribute_id.lower() for attribute_id in taken}
    ids: dict[str, str] = {}
    collided: list[str] = []
    for code in sorted(codes, key=str.encode):
        name = camel_name(code) if style == "camel" else code
        claims = _claims(prefix + name, code in split)
        if used.intersection(claims):
            collided.append(code)
            name = code
            claims = _claims(prefix + name, code in split)
        used.update(claims)
        ids[code] = prefix + name
    return ids, tuple(collided)


def _claims(attribute_id: str, is_split: bool) -> set[str]:
    return {attribute_id.lower(), (attribute_id + UNIT_SUFFIX).lower()} if is_split else {attribute_id.lower()}
