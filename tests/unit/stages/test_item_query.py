"""What the product and model lists are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from akeneo_sfcc.akeneo.client import AkeneoClient, ItemQuery
from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.pim.model import Structure
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.stages.contracts import RunContext
from akeneo_sfcc.stages.item_query import model_query, product_query
from akeneo_sfcc.stages.read_structure import fetch_structure
from tests.fakes.services import document, small_pim
from tests.unit.stages.runs import run_context

Query = Callable[[Settings, Structure, RunContext], ItemQuery]

SINCE = {"mode": "differential", "since": "2026-07-01T22:30:00Z"}


def ask(query: Query, run: RunContext, **sections: Any) -> ItemQuery:
    settings = Settings.parse(document(**sections))
    structure, _ = fetch_structure(cast("AkeneoClient", small_pim()), settings)
    return query(settings, structure, run)


def test_a_full_run_without_filters_asks_for_everything_as_it_is() -> None:
    for query in (product_query, model_query):
        assert ask(query, run_context()) == ItemQuery(by_uuid=True)


def test_the_configured_filters_are_passed_on() -> None:
    chosen = {
        "search": {"enabled": [{"operator": "=", "value": True}]},
        "locales": ["fr_FR"],
        "scope": "ecommerce",
        "search_locale": "fr_FR",
    }
    query = ask(product_query, run_context(), pim={"product_filter": chosen})
    assert query.search == chosen["search"]
    assert (query.locales, query.scope, query.search_locale) == (("fr_FR",), "ecommerce", "fr_FR")
    assert ask(model_query, run_context(), pim={"product_filter": chosen}).search == {}


def test_a_differential_run_asks_for_what_changed_in_the_pims_own_time() -> None:
    for query in (product_query, model_query):
        asked = ask(query, run_context(**SINCE), pim={"time_zone": "Europe/Paris"})
        assert asked.search == {"updated": [{"operator": ">", "value": "2026-07-02 00:30:00"}]}


def test_a_differential_run_keeps_the_filters_own_condition_on_the_date() -> None:
    own = {"operator": "<", "value": "2030-01-01 00:00:00"}
    asked = ask(product_query, run_context(**SINCE), pim={"product_filter": {"search": {"updated": [own]}}})
    assert asked.search["updated"] == [own, {"operator": ">", "value": "2026-07-01 22:30:00"}]


def test_a_full_run_ignores_since() -> None:
    assert ask(product_query, run_context(since="2026-07-01T22:30:00Z")).search == {}


def test_narrowed_attributes_get_what_the_mapping_needs() -> None:
    asked = ask(
        product_query,
        run_context(),
        pim={"product_filter": {"attributes": ["season", "sku"]}},
        attributes={"system_mapping": {"akeneo_name": "name"}, "custom_mapping": {"color": "myColor"}},
        products={"id": "attribute:ean", "online": "attribute:active"},
    )
    # the configured ones first; then the id, the axis, the mapped ones and the online flag
    assert asked.attributes == ("season", "sku", "active", "color", "ean", "name", "size")


def test_the_identifier_is_needed_when_it_is_the_id() -> None:
    asked = ask(product_query, run_context(), pim={"product_filter": {"attributes": ["name"]}})
    assert asked.attributes == ("name", "size", "sku")


def test_chosen_identifiers_restrict_the_products_only() -> None:
    run = run_context(only={"identifiers": ["a", "b"]})
    assert ask(product_query, run).search == {"identifier": [{"operator": "IN", "value": ["a", "b"]}]}
    assert ask(model_query, run).search == {}


def test_more_identifiers_than_the_pim_takes_are_refused() -> None:
    run = run_context(only={"identifiers": [str(n) for n in range(101)]})
    with pytest.raises(ConfigurationError, match=r"only\.identifiers: 101 entries; allowed: at most 100"):
        ask(product_query, run)
