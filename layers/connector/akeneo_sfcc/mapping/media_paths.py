"""Where a PIM media file lies in an SFCC catalogue (docs/mapping.md section 7)."""

from __future__ import annotations

import re

_OUTSIDE = re.compile(r"[^A-Za-z0-9._/-]")
_ODD_SEGMENTS = frozenset(("", ".", ".."))


def media_path(base_path: str, media_code: str) -> str:
    """Return `<base_path>/<path>` of a media code, as `image/@path` and custom attributes hold it.

    `<path>` is the code with every character outside `A-Za-z0-9._/-` and every `.`, `..` and empty segment replaced
    by `_`. An empty base path adds nothing.
    """
    path = "/".join("_" if part in _ODD_SEGMENTS else part for part in _OUTSIDE.sub("_", media_code).split("/"))
    return f"{base_path}/{path}" if base_path else path
