"""Reading a configuration document: JSON text in, plain dicts out, every slip named with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from akeneo_sfcc.errors import ConfigurationError


class JsonTextError(ValueError):
    """Text that is no acceptable JSON; `slips` says where and why, one line each."""

    def __init__(self, *slips: str) -> None:
        """Take every slip found."""
        self.slips = slips
        super().__init__("; ".join(slips))


class _Object(dict[str, Any]):
    """A JSON object that remembers the keys it was given more than once."""

    repeated: tuple[str, ...] = ()


def decode(text: str) -> Any:
    """Return the value of JSON text; JsonTextError on bad syntax, NaN and infinities, and repeated keys.

    Python's parser lets the last of two equal keys win, which hides a setting somebody wrote.
    """
    try:
        value = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_object, parse_constant=_no_constant)
        repeated = [f"has the key {path} more than once" for path in _repeated(value, "")]
        plain = _plain(value)
    except json.JSONDecodeError as error:
        raise JsonTextError(f"is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise JsonTextError("is not valid JSON: nested too deeply") from error
    if repeated:
        raise JsonTextError(*repeated)
    return plain


def load_json(text: str, source: str = "configuration") -> dict[str, Any]:
    """Return the object in JSON text; ConfigurationError names `source` and the line and column of a slip."""
    try:
        value = decode(text)
    except JsonTextError as error:
        raise ConfigurationError([f"{source}: {slip}; allowed: one JSON object" for slip in error.slips]) from error
    if not isinstance(value, dict):
        raise ConfigurationError(f"{source}: is {_kind(value)}; allowed: one JSON object")
    return value


def load_file(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file; ConfigurationError when it says why it cannot be used."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(f"{path}: cannot be read: {reason}; allowed: a JSON file") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{path}: is not UTF-8 text at byte {error.start}; allowed: a JSON file in UTF-8"
        ) from error
    return load_json(text, str(path))


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        found.repeated = tuple(dict.fromkeys(key for key in keys if keys.count(key) > 1))
    return found


def _no_constant(name: str) -> Any:
    raise JsonTextError(f"is not valid JSON: {name} is no JSON number")


def _repeated(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, _Object):
        yield from (_join(path, key) for key in value.repeated)
        for key, inner in value.items():
            yield from _repeated(inner, _join(path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _repeated(inner, f"{path}[{index}]")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "null")
