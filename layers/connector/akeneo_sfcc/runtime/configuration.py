"""A configuration in SSM Parameter Store: one parameter per section, larger ones split.

    <path>/<name>/<section>                 the section's JSON
    <path>/<name>/<section>/<key>           one key of a section over 8 KB
    <path>/<name>/<section>/<key>/<nnnn>    a run of entries of a key over 8 KB, in order

8 KB is what an advanced parameter holds (https://docs.aws.amazon.com/general/latest/gr/ssm.html).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.settings import load_json

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

LIMIT = 8192
"""Bytes a parameter holds."""

_MOST_CHUNKS = 9999


def split_document(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters of a configuration: name below the configuration's path → value.

    ConfigurationError for a single entry that no parameter can hold.
    """
    parameters: dict[str, str] = {}
    for section, value in document.items():
        text = _dump(value)
        if _fits(text):
            parameters[section] = text
        elif isinstance(value, dict):
            for key, inner in value.items():
                parameters |= _split_key(f"{section}/{key}", inner)
        else:
            parameters |= _split_key(section, value)
    return parameters


def join_document(parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the configuration `split_document` took apart; ConfigurationError names a parameter at fault."""
    document: dict[str, Any] = {}
    for name in sorted(parameters):
        value = _load(name, parameters[name])
        *path, last = name.split("/")
        if last.isdigit() and len(last) == 4:
            _append(document, path, value, name)
        else:
            _place(document, path, name)[last] = value
    return document


def read_document(ssm: SSMClient, path: str, name: str) -> dict[str, Any]:
    """Read a configuration; ConfigurationError when there is none of that name."""
    prefix = f"{path}/{name}/"
    found: dict[str, str] = {}
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=prefix, Recursive=True, WithDecryption=True)
    for page in pages:
        found |= {each["Name"].removeprefix(prefix): each["Value"] for each in page["Parameters"]}
    if not found:
        raise ConfigurationError(
            f"configuration {name!r} does not exist; allowed: one with SSM parameters under {prefix}"
        )
    return join_document(found)


def _split_key(name: str, value: Any) -> dict[str, str]:
    text = _dump(value)
    if _fits(text):
        return {name: text}
    if not isinstance(value, dict | list):
        raise ConfigurationError(f"{name.replace('/', '.')}: {len(text.encode())} bytes; allowed: {LIMIT}")
    return {f"{name}/{number:04d}": chunk for number, chunk in enumerate(_chunks(name, value))}


def _chunks(name: str, value: dict[str, Any] | list[Any]) -> Iterator[str]:
    entries: list[Any] = list(value.items()) if isinstance(value, dict) else value
    make: Any = dict if isinstance(value, dict) else list
    chunk: list[Any] = []
    size = 2
    for entry in entries:
        text = _dump(make([entry]))
        if not _fits(text):
            place = f"{name.replace('/', '.')}.{entry[0]}" if make is dict else name.replace("/", ".")
            raise ConfigurationError(f"{place}: an entry of {len(text.encode())} bytes; allowed: {LIMIT}")
        length = len(text.encode())
        if chunk and size + length > LIMIT:
            yield _dump(make(chunk))
            chunk, size = [], 2
        chunk.append(entry)
        size += length
    yield _dump(make(chunk))


def _append(document: dict[str, Any], path: list[str], value: Any, name: str) -> None:
    target = _place(document, path[:-1], name)
    if isinstance(value, dict):
        target.setdefault(path[-1], {}).update(value)
    elif isinstance(value, list):
        target.setdefault(path[-1], []).extend(value)
    else:
        raise ConfigurationError(f"parameter {name}: a numbered part; allowed: an object or a list")


def _place(document: dict[str, Any], path: list[str], name: str) -> dict[str, Any]:
    for part in path:
        document = document.setdefault(part, {})
        if not isinstance(document, dict):
            raise ConfigurationError(f"parameter {name}: {part} holds no object; allowed: a section that is split")
    return document


def _load(name: str, text: str) -> Any:
    # Lists are wrapped, so that the one strict reader of configurations sees them too.
    return load_json(f'{{"value": {text}}}', f"parameter {name}")["value"]


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _fits(text: str) -> bool:
    return len(text.encode()) <= LIMIT
