"""Turns what does not fit into lines a person can act on: path, what is wrong, the value, what is allowed."""

from __future__ import annotations

import difflib
import json
import re
import typing
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from akeneo_sfcc.settings.values import WrongValueError

MAX_SHOWN = 80
"""Characters of a value that a message repeats."""

_REQUIRED = {
    "pim": "an object with at least base_url and channel",
    "base_url": "the address of the PIM, such as https://example.cloud.akeneo.com",
    "channel": "the code of a channel of the PIM",
    "master_catalogs": "a list with at least one catalogue",
    "id": "the id of a catalogue",
    "family": "the code of a family",
    "association_type": "the code of an association type",
}
_SHAPES = {
    "model_type": ("is not an object", "an object"),
    "model_attributes_type": ("is not an object", "an object"),
    "dict_type": ("is not an object", "an object"),
    "tuple_type": ("is not a list", "a list"),
}
_SECRET = re.compile(r"secret|password|passwd|token|credential|api_?key", re.IGNORECASE)


def problem(path: str, what: str, value: Any, allowed: str) -> str:
    """Return one problem in the form all messages have."""
    return f"{path}: {what}: value {shown(value)}; allowed: {allowed}"


def shown(value: Any) -> str:
    """Return a value as JSON, cut to MAX_SHOWN characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = text.encode("utf-8", "backslashreplace").decode()  # half a surrogate pair could not be printed
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def path_of(loc: Sequence[int | str]) -> str:
    """Return a place as it is written in messages: `master_catalogs[0].id`."""
    path = ""
    for part in loc:
        if part == "[key]":  # pydantic's mark: the key itself is wrong, not what it holds
            continue
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def describe(error: ErrorDetails, root: type[BaseModel]) -> str:
    """Return the problem behind one of pydantic's errors."""
    loc, value, kind = error["loc"], error["input"], error["type"]
    path = path_of(loc)
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, WrongValueError):
        return problem(path, cause.what, "(not shown)" if cause.secret else value, cause.allowed)
    if kind == "missing":
        return f"{path}: is missing; allowed: {_REQUIRED[str(loc[-1])]}"
    if kind == "extra_forbidden":
        return _unknown(path, str(loc[-1]), value, sorted(_keys_at(root, loc[:-1])))
    if kind == "literal_error":
        return problem(path, "is not a choice", value, error["ctx"]["expected"].replace("'", ""))
    what, allowed = _SHAPES.get(kind, (error["msg"], "a value of the documented kind"))
    return problem(path or "configuration", what, value, allowed)


def _unknown(path: str, key: str, value: Any, keys: list[str]) -> str:
    if _SECRET.search(key):
        return (
            f"{path}: is not a setting: value (not shown); allowed: secrets are never in the configuration, "
            "they come from Secrets Manager or the environment"
        )
    close = difflib.get_close_matches(key.lower(), keys, n=1)
    hint = f", did you mean {close[0]}?" if close else ""
    return problem(path, f"is not a setting{hint}", value, ", ".join(keys))


def _keys_at(root: type[BaseModel], loc: Sequence[int | str]) -> list[str]:
    model = root
    for part in loc:
        if isinstance(part, int):
            continue  # an entry of a list: the list's own annotation already led to the entries' model
        field = next(f for name, f in model.model_fields.items() if (f.alias or name) == part)
        model = next(_models_in(field.annotation))
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _models_in(inner)
