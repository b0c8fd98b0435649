"""The modes of an import and of the lists in it (Salesforce Help, "Import Modes"; SFCC's schema, `merge-mode`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeVar, cast, get_args

Mode = Literal["merge", "update", "replace", "delete"]
"""merge creates and changes, update changes alone, replace recreates what is in the file, delete deletes it."""

Id = TypeVar("Id")


def mode_of(text: str) -> Mode:
    """Return a mode by its name in a job step, `Merge`; raise ValueError for another."""
    mode = text.lower()
    if mode not in get_args(Mode):
        raise ValueError(f"{text!r} is no import mode; allowed: {', '.join(get_args(Mode))}")
    return cast("Mode", mode)


def merged(held: list[Id], given: Iterable[Id], merge_mode: str) -> list[Id]:
    """Return a list as it is after an import.

    add: what is new is appended. merge: what stays keeps its place, what is new is appended, the rest goes. remove:
    what is given goes. replace: what is given alone.
    """
    wanted = list(dict.fromkeys(given))
    match merge_mode:
        case "add":
            return held + [one for one in wanted if one not in held]
        case "merge":
            kept = [one for one in held if one in wanted]
            return kept + [one for one in wanted if one not in held]
        case "remove":
            return [one for one in held if one not in wanted]
        case _:
            return wanted
