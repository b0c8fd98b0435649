"""What the last successful run defined, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from akeneo_sfcc.mapping.definitions import AttributeDefinition
from akeneo_sfcc.settings.problems import problem


@dataclass(frozen=True, slots=True)
class DefinedAttribute:
    """One attribute definition as SFCC holds it.

    code: the PIM attribute it came from, None for our own. options: the codes of its values, in order. left: it was
    not written by the last run; SFCC keeps it, because we delete none.
    """

    id: str
    code: str | None
    type: str
    localizable: bool = False
    multi: bool = False
    options: tuple[str, ...] = ()
    left: bool = False

    @classmethod
    def of(cls, definition: AttributeDefinition) -> DefinedAttribute:
        """Return what a definition leaves behind."""
        return cls(
            id=definition.id,
            code=definition.pim_code,
            type=definition.type,
            localizable=definition.localizable,
            multi=definition.multi,
            options=tuple(value.value for value in definition.values),
        )

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> DefinedAttribute:
        """Undo orjson's form of one; TypeError when it is none."""
        return cls(**{**raw, "options": tuple(raw["options"])})

    @property
    def kind(self) -> str:
        """What must not change: the type, whether it is localizable, whether it takes several values."""
        extras = [word for word, holds in (("multi-select", self.multi), ("localizable", self.localizable)) if holds]
        return ", ".join((self.type, *extras))


def type_changes(
    before: Mapping[str, DefinedAttribute], now: Iterable[AttributeDefinition], allowed: Iterable[str]
) -> list[str]:
    """Return a problem per attribute that SFCC would take for a new one, dropping its values in all products.

    before: id → what SFCC holds, attributes that left included. allowed: codes of attributes that may change.
    """
    free = {code.lower() for code in allowed}
    problems = []
    for definition in now:
        old, new = before.get(definition.id), DefinedAttribute.of(definition)
        if old is None or old.kind == new.kind or (new.code or "").lower() in free:
            continue
        what = f"does not list {new.code}: {new.id} would change from {old.kind} to {new.kind}, and lose all its values"
        rule = f"{new.code} in the list, or the type it had"
        problems.append(problem("attributes.allow_type_change", what, sorted(free), rule))
    return problems
