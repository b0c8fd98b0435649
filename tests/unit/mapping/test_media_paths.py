"""Where media files lie."""

from __future__ import annotations

import pytest

from akeneo_sfcc.mapping.media_paths import media_path


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("0/1/a/2/01a2_x-1.jpg", "akeneo/0/1/a/2/01a2_x-1.jpg"),
        ("a b/ü&.jpg", "akeneo/a_b/__.jpg"),
        ("../a/./b//c", "akeneo/_/a/_/b/_/c"),
        ("/a", "akeneo/_/a"),
        ("a/", "akeneo/a/_"),
        ("...", "akeneo/..."),
        ("\U0001f600.png", "akeneo/_.png"),
    ],
)
def test_paths_are_base_path_and_sanitised_code(code: str, path: str) -> None:
    assert media_path("akeneo", code) == path


def test_an_empty_base_path_adds_nothing() -> None:
    assert media_path("", "a/b.jpg") == "a/b.jpg"
