"""Which locale is written as which language."""

from __future__ import annotations

from typing import Any

import pytest

from akeneo_sfcc.mapping.locales import LocalePlan
from akeneo_sfcc.pim.model import Channel
from tests.unit.mapping.builders import attribute, mapped, product, settings, structure


def plan(pim: dict[str, Any] | None = None, **locales: Any) -> LocalePlan:
    config = settings(pim=pim or {})
    # The document's own rules already refuse most mistakes; derived targets depend on the channel, so they come here.
    return LocalePlan(config.model_copy(update={"locales": config.locales.model_copy(update=locales)}), structure())


def test_the_default_locale_is_written_as_x_default_and_as_itself() -> None:
    assert plan().outputs == (
        ("en_US", "x-default"),
        ("de_DE", "de-DE"),
        ("en_US", "en-US"),
        ("fr_FR", "fr-FR"),
    )


def test_the_default_is_the_first_of_the_runs_locales() -> None:
    assert plan({"locales": ["fr_FR", "en_US"]}).outputs == (
        ("fr_FR", "x-default"),
        ("en_US", "en-US"),
        ("fr_FR", "fr-FR"),
    )


def test_a_locale_mapped_to_x_default_is_the_default() -> None:
    made = plan(map={"fr_FR": "x-default"})
    assert (made.default, made.outputs[0]) == ("fr_FR", ("fr_FR", "x-default"))
    assert [lang for _, lang in made.outputs] == ["x-default", "de-DE", "en-US"]


def test_without_default_nothing_is_x_default() -> None:
    assert [lang for _, lang in plan(default=None).outputs] == ["de-DE", "en-US", "fr-FR"]


@pytest.mark.parametrize("target", ["fr_FR", "zh-Hans", "FR", "fr-fr", "default", ""])
def test_a_target_sfcc_does_not_know_is_an_error(target: str) -> None:
    (error,) = plan(map={"fr_FR": target}).errors
    assert error.startswith("locales.map.fr_FR")
    assert "x-default" in error


def test_a_derived_target_is_checked_too() -> None:
    # The channel's locales are known only once the PIM was asked.
    channel = Channel("shop", ("en_US", "zh_Hans_CN"), ("EUR",), "tree")
    (error,) = LocalePlan(settings(), structure(channel=channel)).errors
    assert "zh-Hans-CN" in error


def test_two_locales_on_one_target_are_an_error() -> None:
    (error,) = plan(map={"fr_FR": "de-DE"}).errors
    assert "de_DE" in error
    assert "fr_FR" in error


def test_a_target_outside_the_site_is_an_error() -> None:
    errors = plan(site=("en-US", "de-DE")).errors
    assert len(errors) == 1
    assert "fr-FR" in errors[0]


def test_a_default_that_is_not_read_is_an_error() -> None:
    (error,) = plan(default="it_IT").errors
    assert error.startswith("locales.default")


def test_labels_always_have_x_default() -> None:
    made = plan()
    assert made.labels({"en_US": "Colour", "fr_FR": "Couleur", "it_IT": "Colore"}, "color") == [
        ("x-default", "Colour"),
        ("en-US", "Colour"),
        ("fr-FR", "Couleur"),
    ]
    assert made.labels({"de_DE": "Farbe", "en_US": " "}, "color") == [("x-default", "color"), ("de-DE", "Farbe")]


def test_without_default_labels_are_the_code() -> None:
    assert plan(default=None).labels({"en_US": "Colour"}, "color") == [("x-default", "color"), ("en-US", "Colour")]


TEXT = attribute("note", "text", localizable=True)


def test_localizable_values_are_written_x_default_first_then_alphabetically() -> None:
    made = mapped(product(note={"fr_FR": "F", "de_DE": "D", "en_US": "E"}), structure(TEXT))
    assert made.custom() == [
        ("akeneo_note", "x-default", "E"),
        ("akeneo_note", "de-DE", "D"),
        ("akeneo_note", "en-US", "E"),
        ("akeneo_note", "fr-FR", "F"),
    ]


def test_there_is_no_x_default_where_the_default_locale_has_no_value() -> None:
    made = mapped(product(note={"fr_FR": "F", "en_US": " \t\n"}), structure(TEXT))
    assert made.custom() == [("akeneo_note", "fr-FR", "F")]


def test_values_in_other_locales_are_left_out() -> None:
    made = mapped(product(note={"it_IT": "I", "en_US": "E"}), structure(TEXT), settings(pim={"locales": ["en_US"]}))
    assert made.custom() == [("akeneo_note", "x-default", "E"), ("akeneo_note", "en-US", "E")]


def test_values_that_are_not_localizable_have_no_language() -> None:
    assert mapped(product(note="N"), structure(attribute("note"))).custom() == [("akeneo_note", "", "N")]


def test_scopable_values_are_those_of_the_channel() -> None:
    entries = [
        {"locale": None, "scope": "print", "data": "P"},
        {"locale": None, "scope": "shop", "data": "S"},
    ]
    made = mapped(product(note=entries), structure(attribute("note", scopable=True)))
    assert made.custom() == [("akeneo_note", "", "S")]
    localized = [
        {"locale": "en_US", "scope": "print", "data": "P"},
        {"locale": "en_US", "scope": "shop", "data": "S"},
    ]
    pim = structure(attribute("note", scopable=True, localizable=True))
    assert mapped(product(note=localized), pim).text("akeneo_note", "en-US") == "S"


def test_locale_specific_attributes_are_written_in_their_locales_only() -> None:
    pim = structure(attribute("note", localizable=True, available_locales=("fr_FR",)))
    made = mapped(product(note={"fr_FR": "F", "en_US": "E"}), pim)
    assert made.custom() == [("akeneo_note", "fr-FR", "F")]


def test_a_locale_specific_attribute_of_no_locale_of_the_run_is_not_written() -> None:
    pim = structure(attribute("note", available_locales=("it_IT",)))
    assert mapped(product(note="N"), pim).custom() == []
