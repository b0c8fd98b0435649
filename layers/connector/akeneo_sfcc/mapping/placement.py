"""Where a product stands among the models: what the model index knows when products are mapped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Placement:
    """A product's place.

    root: the root model's code, None for simple products. parent: the direct parent's code in its own case.
    family_variant: the root's, which names the axes.
    reject: the reason its root was rejected for. orphan: the PIM names a parent whose root was not read; such a
    product is written as a simple one.
    """

    role: Literal["simple", "variant"] = "simple"
    root: str | None = None
    parent: str | None = None
    family_variant: str | None = None
    reject: str | None = None
    orphan: bool = False


SIMPLE = Placement()
