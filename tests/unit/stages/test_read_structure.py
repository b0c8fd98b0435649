"""Reading the structure: what is asked, what is kept, what a wrong configuration brings to light."""

from __future__ import annotations

from typing import Any

import pytest

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.pim.model import Structure
from akeneo_sfcc.pim.structure_file import load
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.stages.read_structure import read_structure
from akeneo_sfcc.storage.layout import RunLayout
from tests.fakes.services import FakePim, FakeWorld, small_pim, world
from tests.unit.stages.runs import run_context

RUN = run_context()
LAYOUT = RunLayout(RUN.job, RUN.run_id)


def structure(made: FakeWorld) -> Structure:
    read_structure(StageTask(run=RUN), made.services)
    return load(made.store.get(LAYOUT.structure))


def paths(pim: FakePim) -> list[str]:
    return [path for path, _ in pim.asked]


def test_everything_is_read_once_and_kept() -> None:
    made = world()
    found = structure(made)
    assert (found.channel.code, found.locales, found.version, found.edition) == (
        "ecommerce",
        ("en_US", "fr_FR"),
        "7.0.0",
        "CE",
    )
    assert [category.code for category in found.categories] == ["master", "shoes", "boots", "other"]
    assert set(found.families) == {"shoes", "sets"}
    assert found.family_variants["by_size"].family == "shoes"
    assert set(found.association_types) == {"X_SELL", "PACK"}
    assert found.products_by_uuid
    assert len(paths(made.pim)) == len(set(paths(made.pim)))


def test_options_stand_in_their_own_order() -> None:
    assert [option.code for option in structure(world()).options["color"]] == ["blue", "red"]


def test_options_of_excluded_selects_are_not_read_unless_something_needs_them() -> None:
    made = world(attributes={"exclude": ["color", "size", "season"], "custom_mapping": {"akeneo_season": "mySeason"}})
    # size is an axis, season is mapped, colour is neither
    assert set(structure(made).options) == {"size", "season"}
    assert "attributes/color/options" not in paths(made.pim)


def test_the_configured_locales_are_the_runs() -> None:
    assert structure(world(pim={"locales": ["fr_FR"]})).locales == ("fr_FR",)


def test_a_pim_without_measurement_families_is_read() -> None:
    pim = small_pim()
    del pim.lists["measurement-families"]
    assert structure(world(pim)).measurement_families == {}


def test_two_readings_give_the_same_bytes() -> None:
    first, second = world(pim={"max_concurrency": 1}), world(pim={"max_concurrency": 4})
    structure(first)
    structure(second)
    assert first.store.get(LAYOUT.structure) == second.store.get(LAYOUT.structure)


def test_everything_wrong_is_said_at_once_and_nothing_is_kept() -> None:
    made = world(
        pim={"channel": "nowhere"},
        attributes={"exclude": ["no_attribute"]},
        associations={"bundle": {"family": "no_family", "association_type": "PACK"}},
    )
    with pytest.raises(ConfigurationError) as caught:
        structure(made)
    told = "\n".join(caught.value.problems)
    assert 'pim.channel: is no channel of the PIM: value "nowhere"; allowed: ecommerce, print' in told
    assert "no_attribute" in told
    assert "no_family" in told
    assert len(caught.value.problems) == 3
    assert made.store.objects == {}


def test_an_error_of_one_list_ends_the_reading() -> None:
    pim = small_pim()
    del pim.lists["families/shoes/variants"]
    made = world(pim)
    with pytest.raises(Exception, match="families/shoes/variants"):
        structure(made)
    assert made.store.objects == {}


def test_one_thousand_option_lists_are_read_in_parallel_without_loss() -> None:
    more: dict[str, Any] = {f"attributes/s{n}/options": [{"code": f"o{n}"}] for n in range(1_000)}
    pim = small_pim(attributes=[{"code": f"s{n}", "type": "pim_catalog_simpleselect"} for n in range(1_000)])
    pim.lists |= more | {"families": []}
    found = structure(world(pim))
    assert {code: options[0].code for code, options in found.options.items()} == {
        f"s{n}": f"o{n}" for n in range(1_000)
    }
