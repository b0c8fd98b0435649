"""A configuration goes to Parameter Store in pieces and comes back whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.runtime.configuration import LIMIT, join_document, split_document


def mapping(entries: int) -> dict[str, str]:
    return {f"attribute_{number}": f"custom{entries - number}" for number in range(entries)}


def test_small_sections_are_one_parameter_each() -> None:
    document = {"pim": {"channel": "ecommerce"}, "master_catalogs": [{"id": "a"}]}
    assert split_document(document) == {
        "pim": '{"channel":"ecommerce"}',
        "master_catalogs": '[{"id":"a"}]',
    }


@pytest.mark.parametrize(
    ("document", "names"),
    [
        ({"attributes": {"prefix": "x", "custom_mapping": mapping(250), "exclude": ["e" * 4000]}}, 3),
        ({"attributes": {"prefix": "x", "custom_mapping": mapping(1000)}}, 5),
        ({"storefront_catalogs": [{"id": f"catalogue-{n}", "x": "y" * 300} for n in range(60)]}, 3),
    ],
)
def test_large_sections_are_split_and_keep_their_order(document: dict[str, Any], names: int) -> None:
    parameters = split_document(document)
    assert len(parameters) == names
    assert max(len(value.encode()) for value in parameters.values()) <= LIMIT
    assert json.dumps(join_document(parameters)["attributes"]["custom_mapping"] if "attributes" in document else 0) == (
        json.dumps(document["attributes"]["custom_mapping"] if "attributes" in document else 0)
    )
    assert join_document(parameters) == document


def test_an_entry_no_parameter_holds_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"attributes\.custom_mapping\.a: an entry of 9\d\d\d bytes"):
        split_document({"attributes": {"custom_mapping": {"a": "x" * 9000}}})
    with pytest.raises(ConfigurationError, match=r"pim\.channel: 9\d\d\d bytes; allowed: 8192"):
        split_document({"pim": {"channel": "x" * 9000}})


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"pim": "{"}, "parameter pim: is not valid JSON"),
        ({"pim": "1", "pim/channel": '"x"'}, "parameter pim/channel: pim holds no object"),
        ({"attributes/exclude/0000": '"x"'}, "parameter attributes/exclude/0000: a numbered part"),
    ],
)
def test_a_parameter_at_fault_is_named(parameters: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        join_document(parameters)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=200),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text("abcxyz_", min_size=1), inner, max_size=8),
    max_leaves=60,
)


@given(st.dictionaries(st.sampled_from(["pim", "attributes", "images", "delivery"]), VALUES))
def test_whatever_is_split_comes_back(document: dict[str, Any]) -> None:
    assert join_document(split_document(document)) == document
