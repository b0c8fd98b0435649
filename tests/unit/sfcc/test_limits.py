"""What SFCC accepts in texts and ids."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akeneo_sfcc.sfcc.limits import cut, has_forbidden, is_id, remove_forbidden, utf16_length

TEXTS = st.text(st.characters(exclude_categories=()))


def allowed_in_xml(character: str) -> bool:
    """Production [2] of XML 1.0, written down a second time."""
    code = ord(character)
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def test_every_character_is_judged_as_xml_does() -> None:
    for code in range(sys.maxunicode + 1):
        assert has_forbidden(chr(code)) != allowed_in_xml(chr(code)), hex(code)


@given(TEXTS)
def test_removing_forbidden_characters_keeps_all_others(text: str) -> None:
    assert remove_forbidden(text) == "".join(filter(allowed_in_xml, text))


@given(TEXTS.map(remove_forbidden), st.integers(0, 20))
def test_a_cut_is_the_longest_beginning_that_fits(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert text.startswith(short)
    assert utf16_length(short) <= limit
    assert short == text or utf16_length(text[: len(short) + 1]) > limit


@pytest.mark.parametrize(("text", "length"), [("", 0), ("é", 1), ("\U0001f600", 2), ("\ud800", 1)])
def test_lengths_are_utf_16_units(text: str, length: int) -> None:
    assert utf16_length(text) == length


@pytest.mark.parametrize("text", ["", " a", "a ", "a\n", "a\nb", "a\rb", "\x00", "toolong"])
def test_these_are_no_ids(text: str) -> None:
    assert not is_id(text, 5)


@pytest.mark.parametrize("text", ["a", "a b", "a\tb", "é/&", "\U0001f600\U0001f600"])
def test_these_are_ids(text: str) -> None:
    assert is_id(text, 5)
