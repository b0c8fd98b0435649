"""What the attribute jobs commit: a manifest, and one line per attribute definition SFCC holds, by id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from heapq import merge
from itertools import groupby

import orjson

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.mapping.attribute_state import DefinedAttribute
from akeneo_sfcc.storage.objects import ObjectStore
from akeneo_sfcc.storage.sections import read_lines

FORMAT = 1


@dataclass(frozen=True, slots=True)
class CommittedAttributes:
    """The state of one scope: the key of its lines (None before the first success), the groups written."""

    attributes: str | None = None
    groups: tuple[str, ...] = ()
    run_id: str | None = None

    def dump(self) -> bytes:
        """Return the manifest's bytes."""
        return orjson.dumps({"format": FORMAT, **{name: getattr(self, name) for name in self.__slots__}})

    def lines(self, store: ObjectStore) -> Iterator[DefinedAttribute]:
        """Yield the attributes by id, one at a time; DataError when a line is damaged."""
        if self.attributes is None:
            return
        try:
            for line in read_lines(store, self.attributes):
                yield DefinedAttribute.from_json(orjson.loads(line))
        except (OSError, EOFError, ValueError, TypeError, KeyError) as error:
            raise DataError(f"the committed state {self.attributes} is damaged: {error}") from error


def read_committed_attributes(store: ObjectStore, key: str | None) -> CommittedAttributes:
    """Read a manifest; an empty state for None. Raises DataError when it is missing or damaged."""
    if key is None:
        return CommittedAttributes()
    body = store.get(key)
    try:
        document = orjson.loads(body)
        if document.pop("format") != FORMAT:
            raise DataError(f"the committed state {key} has another format than {FORMAT}")
        return CommittedAttributes(**{**document, "groups": tuple(document["groups"])})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"the committed state {key} is damaged: {error}") from error


def unite_lines(
    committed: Iterable[DefinedAttribute], attempted: Iterable[DefinedAttribute]
) -> Iterator[DefinedAttribute]:
    """Yield what SFCC may hold of each attribute, by id: what an unfinished delivery wrote, over what is committed.

    Both come by id. Options are those of both.
    """
    for _, same in groupby(merge(committed, attempted, key=_id), key=_id):
        *before, last = same  # of one id, what is committed comes first
        yield replace(last, options=tuple(dict.fromkeys(code for one in (*before, last) for code in one.options)))


def _id(attribute: DefinedAttribute) -> str:
    return attribute.id


@dataclass(slots=True)
class StateJoin:
    """Walks along the committed lines while definitions are written by id, and writes the new lines.

    defined: told of each attribute that is defined now, with what was committed of it. gone: told once of each that
    is not any more; its line stays, marked, because SFCC keeps its definition.
    """

    before: Iterator[DefinedAttribute]
    write: Callable[[bytes], None]
    defined: Callable[[DefinedAttribute, DefinedAttribute], None]
    gone: Callable[[DefinedAttribute], None]
    _ahead: DefinedAttribute | None = None

    def __post_init__(self) -> None:
        """Read the first line."""
        self._ahead = next(self.before, None)

    def add(self, now: DefinedAttribute) -> None:
        """Take the next definition; ids rise."""
        while self._ahead is not None and self._ahead.id < now.id:
            self._leave()
        if self._ahead is not None and self._ahead.id == now.id:
            self.defined(self._ahead, now)
            self._ahead = next(self.before, None)
        self.write(orjson.dumps(now))

    def finish(self) -> None:
        """Take the lines behind the last definition."""
        while self._ahead is not None:
            self._leave()

    def _leave(self) -> None:
        old = self._ahead
        if old is None:
            return
        if not old.left:
            self.gone(old)
        self.write(orjson.dumps(replace(old, left=True)))
        self._ahead = next(self.before, None)
