"""What becomes of every attribute of the PIM, as lines to read."""

from __future__ import annotations

from collections.abc import Iterator

from akeneo_sfcc.mapping.attribute_state import DefinedAttribute
from akeneo_sfcc.mapping.attributes import AttributePlan, AttributeRole
from akeneo_sfcc.mapping.definitions import AttributeDefinition
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.mapping.values import SELECT_TYPES
from akeneo_sfcc.pim.model import Structure
from akeneo_sfcc.settings import Settings

_PRICES = "pim_catalog_price_collection"


def attribute_lines(settings: Settings, structure: Structure) -> Iterator[str]:
    """Yield a line for each attribute, by code: what it becomes; then one for each warning and reject."""
    plan = AttributePlan(settings, structure)
    issues = list(plan.issues)
    definitions: dict[str | None, list[AttributeDefinition]] = {}
    for definition in plan.definitions(report=issues.append):
        definitions.setdefault(definition.pim_code, []).append(definition)
    width = max(map(len, structure.attributes), default=0)
    for code in sorted(structure.attributes):
        found = definitions.get(code, [])
        targets = [*_mapped(plan.roles[code]), *map(_described, found)]
        yield f"{code.ljust(width)}  {'; '.join(targets) or _left_out(plan, code)}"
    for definition in definitions.get(None, ()):
        yield f"{'–'.ljust(width)}  {_described(definition)}"
    for issue in issues:
        yield _told(issue)


def _mapped(role: AttributeRole) -> Iterator[str]:
    if role.system is not None:
        yield f"{role.system.id}, SFCC's own"
    if role.custom:
        yield f"{role.id}, an attribute of yours"


def _described(definition: AttributeDefinition) -> str:
    values = f", {len(definition.values)} values" if definition.type == "enum-of-string" else ""
    return f"{definition.id}: {DefinedAttribute.of(definition).kind}{values}"


def _left_out(plan: AttributePlan, code: str) -> str:
    role = plan.roles[code]
    reasons = (
        (code == plan.id_attribute, "the product id"),
        (code in plan.excluded, "excluded"),
        (role.attribute.type == _PRICES, "a price, for price books"),
        (role.attribute.type in SELECT_TYPES, "a select without options"),
    )
    why = next((reason for holds, reason in reasons if holds), "SFCC refuses its id")
    return f"not defined: {why}"


def _told(issue: Issue) -> str:
    place = f"{issue.attribute}: " if issue.attribute != issue.id else ""
    where = f" ({issue.locale})" if issue.locale else ""
    value = f": {issue.value[:60]!r}" if issue.value else ""
    return f"{issue.severity} {issue.reason}: {issue.kind} {place}{issue.id!r}{where}{value}"
