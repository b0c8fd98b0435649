"""What a run asks the PIM's product and model lists for; planning and reading use the same question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from akeneo_sfcc.akeneo.client import ItemQuery
from akeneo_sfcc.akeneo.pagination import sort_key
from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.mapping.attributes import AttributePlan
from akeneo_sfcc.pim.model import Structure
from akeneo_sfcc.settings import ItemFilter, Settings
from akeneo_sfcc.stages.contracts import RunContext

_LAST = "\U0010ffff"
_MOST_IDENTIFIERS = 100  # the PIM refuses an IN over the identifier with more (since version 7)


def product_query(settings: Settings, structure: Structure, run: RunContext) -> ItemQuery:
    """Return the question for products: the configured filter, what changed since, the chosen identifiers."""
    chosen = settings.pim.product_filter
    search = _search(chosen, settings, run)
    if run.only is not None:
        identifiers = list(run.only.identifiers)
        if len(identifiers) > _MOST_IDENTIFIERS:
            raise ConfigurationError(
                f"only.identifiers: {len(identifiers)} entries; allowed: at most {_MOST_IDENTIFIERS}, the PIM's limit"
            )
        search["identifier"] = [*search.get("identifier", ()), {"operator": "IN", "value": identifiers}]
    return _query(chosen, search, settings, structure)


def of_keys(query: ItemQuery, keys: Sequence[str]) -> ItemQuery:
    """Return a question for products narrowed to these keys: uuids, or identifiers where there are none."""
    name = "identifier" if query.by_uuid is False else "uuid"
    search = {**query.search, name: [*query.search.get(name, ()), {"operator": "IN", "value": list(keys)}]}
    return replace(query, search=search)


def just_before(code: str) -> str:
    """Return a cursor right before a model's code: nothing but this code, if there is one, can follow first.

    The list of models cannot be relied on to be filtered by code; it is sorted by it, and takes any cursor (PIM 6 on).
    """
    key = sort_key(code)
    return key[:-1] + chr(max(ord(key[-1]) - 1, 1)) + _LAST


def model_query(settings: Settings, structure: Structure, run: RunContext) -> ItemQuery:
    """Return the question for product models; the API cannot be relied on to filter them by code."""
    chosen = settings.pim.product_model_filter
    return _query(chosen, _search(chosen, settings, run), settings, structure)


def pim_time(moment: str, time_zone: str) -> str:
    """Return a UTC moment (`YYYY-MM-DDTHH:MM:SSZ`) as the filters take it: local time of the PIM, no zone."""
    utc = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return utc.astimezone(ZoneInfo(time_zone)).strftime("%Y-%m-%d %H:%M:%S")


def _search(chosen: ItemFilter, settings: Settings, run: RunContext) -> dict[str, list[dict[str, object]]]:
    search = {name: [dict(condition) for condition in conditions] for name, conditions in chosen.search.items()}
    if run.mode == "differential" and run.since is not None:
        since = {"operator": ">", "value": pim_time(run.since, settings.pim.time_zone)}
        search["updated"] = [*search.get("updated", ()), since]
    return search


def _query(
    chosen: ItemFilter, search: dict[str, list[dict[str, object]]], settings: Settings, structure: Structure
) -> ItemQuery:
    attributes = None
    if chosen.attributes is not None:
        needed = sorted(_needed(settings, structure) - set(chosen.attributes))
        attributes = (*dict.fromkeys(chosen.attributes), *needed)
    return ItemQuery(
        search=search,
        attributes=attributes,
        locales=chosen.locales,
        scope=chosen.scope,
        search_locale=chosen.search_locale,
        by_uuid=structure.products_by_uuid,
    )


def _needed(settings: Settings, structure: Structure) -> frozenset[str]:
    """Return the attributes a narrowed payload must still have: ids, axes, what is mapped, the online flag."""
    plan = AttributePlan(settings, structure)
    codes = plan.axes.union(plan.custom_targets, *plan.system_sources.values())
    return codes if plan.id_attribute is None else codes | {plan.id_attribute}
