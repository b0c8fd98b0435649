"""Lists of items: where they come from, and the edits laid over them.

An item is kept as the bytes the API sends, with its `_links`. A source may hold those bytes or make them when asked
(a generated catalogue does), so a list of a million items costs nothing until it is read.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, MutableSequence, Sequence
from typing import Any, Protocol

import orjson

from local.demo_pim.encoding import encode, with_self_link

Doc = dict[str, Any]
"""An API item without its own `_links`."""


class Source(Protocol):
    """The unedited items of a list."""

    @property
    def keys(self) -> Sequence[str]:
        """The sort keys in list order."""

    @property
    def newest(self) -> str | None:
        """A time no item's effective `updated` is later than (ISO 8601 in UTC), None if not known."""

    def has(self, key: str) -> bool:
        """Say whether there is an item with this sort key."""

    def raw(self, key: str) -> bytes:
        """Return the encoded item, `_links` included."""

    def facts(self, key: str) -> Doc:
        """Return the item, possibly without its values: enough to filter by anything but attributes."""

    def children(self, code: str) -> Sequence[str]:
        """Return the keys of the items whose direct parent is the model with this lower-cased code."""

    def hints(self, key: str) -> Mapping[str, Any]:
        """Return what a snapshot says of the item that is no part of a reply (its `_…` keys)."""


class MemorySource:
    """Items held as bytes, in the order given or by key."""

    def __init__(self, path: str, key_name: str, *, ordered: bool) -> None:
        """Make an empty source of the endpoint `path`; `ordered` keeps it sorted by lower-cased key."""
        self._path = path
        self._key_name = key_name
        self._ordered = ordered
        self._keys: list[str] = []
        self._raw: dict[str, bytes] = {}
        self._children: dict[str, list[str]] = {}
        self._hints: dict[str, Doc] = {}

    def add(self, doc: Doc) -> None:
        """Take one item; keys that start with `_` are kept aside as hints."""
        hints = {name: value for name, value in doc.items() if name.startswith("_")}
        shown = {name: value for name, value in doc.items() if name not in hints} if hints else doc
        code = str(shown[self._key_name])
        key = code.lower() if self._ordered else code
        if key not in self._raw:
            self._keys.append(key)
        self._raw[key] = with_self_link(f"{self._path}/{code}", encode(shown))
        hints.pop("_links", None)
        if hints:
            self._hints[key] = hints
        if self._ordered and (parent := shown.get("parent")):
            self._children.setdefault(parent.lower(), []).append(key)

    def done(self) -> MemorySource:
        """Sort what was added and return the source."""
        if self._ordered:
            self._keys.sort()
        return self

    @property
    def keys(self) -> Sequence[str]:
        """The sort keys in list order."""
        return self._keys

    @property
    def newest(self) -> str | None:
        """Not known: it would cost a look at every item."""
        return None

    def has(self, key: str) -> bool:
        """Say whether there is an item with this sort key."""
        return key in self._raw

    def raw(self, key: str) -> bytes:
        """Return the encoded item."""
        return self._raw[key]

    def facts(self, key: str) -> Doc:
        """Return the whole item."""
        return decode(self._raw[key])

    def children(self, code: str) -> Sequence[str]:
        """Return the keys of a model's direct children."""
        return self._children.get(code, ())

    def hints(self, key: str) -> Mapping[str, Any]:
        """Return the item's `_…` keys."""
        return self._hints.get(key, {})


class Items:
    """A list with edits: what was changed, added and removed, over a source that stays as it is."""

    def __init__(self, source: Source, path: str, key_name: str, *, ordered: bool) -> None:
        """Wrap a source; `ordered` lists are sorted by lower-cased key, others keep their order."""
        self.path = path
        self.key_name = key_name
        self.ordered = ordered
        self.source = source
        self._keys: Sequence[str] = source.keys
        self._own_keys: MutableSequence[str] | None = None
        self._changed: dict[str, bytes] = {}
        self._removed: set[str] = set()
        self._adopted: dict[str, set[str]] = {}

    @property
    def keys(self) -> Sequence[str]:
        """The sort keys in list order; compare as UTF-8 bytes do."""
        return self._keys

    @property
    def changed(self) -> Mapping[str, bytes]:
        """The items that differ from the source, by key."""
        return self._changed

    @property
    def newest_unchanged(self) -> str | None:
        """A time no unchanged item's `updated` is later than, None if not known."""
        return self.source.newest

    @property
    def reshaped(self) -> bool:
        """Say whether items were added or removed."""
        return self._own_keys is not None

    def key_of(self, code: str) -> str:
        """Return the sort key of a code."""
        return code.lower() if self.ordered else code

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str):
            return False
        if key in self._changed:
            return True
        return key not in self._removed and self.source.has(key)

    def __len__(self) -> int:
        return len(self._keys)

    def raw(self, key: str) -> bytes:
        """Return the encoded item."""
        return self._changed.get(key) or self.source.raw(key)

    def doc(self, key: str) -> Doc:
        """Return the whole item, a copy of its own."""
        return decode(self.raw(key))

    def facts(self, key: str) -> Doc:
        """Return the item, possibly without values."""
        changed = self._changed.get(key)
        return decode(changed) if changed is not None else self.source.facts(key)

    def hints(self, key: str) -> Mapping[str, Any]:
        """Return what the snapshot says of the item besides."""
        return self.source.hints(key)

    def docs(self) -> Iterable[Doc]:
        """Go through all items."""
        return (self.doc(key) for key in self._keys)

    def children(self, code: str) -> list[str]:
        """Return the keys of the direct children of a model, given by its lower-cased code."""
        adopted = self._adopted.get(code, set())
        born = [key for key in self.source.children(code) if key not in self._changed and key not in self._removed]
        return sorted({*born, *adopted})

    def after(self, cursor: str) -> int:
        """Return the position of the first key greater than the cursor, which need not exist."""
        return bisect_right(self._keys, cursor)

    def put(self, doc: Doc, *, before: int | None = None) -> None:
        """Add or replace an item; `before` is the position of a new one in a list that is not sorted."""
        code = str(doc[self.key_name])
        key = self.key_of(code)
        known = key in self
        if known:
            self._disown(key)
        shown = {name: value for name, value in doc.items() if not name.startswith("_")}
        self._changed[key] = with_self_link(f"{self.path}/{code}", encode(shown))
        self._removed.discard(key)
        if self.ordered and (parent := shown.get("parent")):
            self._adopted.setdefault(parent.lower(), set()).add(key)
        if known:
            return
        keys = self._keys_to_edit()
        if self.ordered:
            insort(keys, key)
        else:
            keys.insert(bisect_left(keys, key) if before is None else before, key)

    def remove(self, key: str) -> None:
        """Take an item out of the list."""
        self._disown(key)
        keys = self._keys_to_edit()
        del keys[bisect_left(keys, key) if self.ordered else keys.index(key)]
        self._changed.pop(key, None)
        self._removed.add(key)

    def _disown(self, key: str) -> None:
        if key in self._changed and (parent := decode(self._changed[key]).get("parent")) and self.ordered:
            self._adopted.get(parent.lower(), set()).discard(key)

    def _keys_to_edit(self) -> MutableSequence[str]:
        if self._own_keys is None:
            self._own_keys = list(self._keys)
            self._keys = self._own_keys
        return self._own_keys


def decode(raw: bytes) -> Doc:
    """Parse an encoded item and leave its own `_links` out."""
    doc: Doc = orjson.loads(raw)
    doc.pop("_links", None)
    return doc
