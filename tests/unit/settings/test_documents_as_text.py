"""Reading a configuration from text and files: every slip is named with its place."""

from __future__ import annotations

import pytest

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.settings import load_file, load_json


def slips(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        load_json(text)
    return caught.value.problems


def test_an_object_is_read_in_order():
    assert list(load_json('\ufeff{"b": [1, {"c": null}], "a": "é"}')) == ["b", "a"]
    assert type(load_json('{"a": {}}')["a"]) is dict


def test_bad_syntax_is_placed():
    assert slips('{\n  "pim": {,}\n}')[0].startswith("configuration: is not valid JSON")
    assert "at line 2, column 11" in slips('{\n  "pim": {,}\n}')[0]


def test_every_repeated_key_is_named():
    assert slips('{"a": {"x": 1, "x": 2, "x": 3}, "l": [{"y": 1, "y": 1}], "a2": 1, "a2": 1}') == (
        "configuration: has the key a2 more than once; allowed: one JSON object",
        "configuration: has the key a.x more than once; allowed: one JSON object",
        "configuration: has the key l[0].y more than once; allowed: one JSON object",
    )


@pytest.mark.parametrize("text", ["NaN", '{"a": Infinity}', '{"a": -Infinity}'])
def test_numbers_json_does_not_have_are_refused(text):
    assert "is no JSON number" in slips(text)[0]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("[]", "a list"), ("5", "a number"), ('"x"', "a text"), ("true", "a boolean"), ("null", "null")],
)
def test_only_an_object_is_a_configuration(text, kind):
    assert slips(text) == (f"configuration: is {kind}; allowed: one JSON object",)


def test_endless_nesting_is_refused():
    assert "nested too deeply" in slips("[" * 100_000)[0]


def test_a_file_is_named_in_what_is_said_of_it(tmp_path):
    file = tmp_path / "shop.json"
    with pytest.raises(ConfigurationError, match=r"shop\.json: cannot be read: No such file"):
        load_file(file)
    file.write_bytes(b"{\xff}")
    with pytest.raises(ConfigurationError, match=r"shop\.json: is not UTF-8 text at byte 1"):
        load_file(file)
    file.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"shop\.json: is not valid JSON.*line 1, column 2"):
        load_file(file)
    file.write_bytes(b'\xef\xbb\xbf{"a": 1}')
    assert load_file(file) == {"a": 1}
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        load_file(tmp_path)
