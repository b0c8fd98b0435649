"""The elements of one shard's items: their XML as read, and empty what was written before and has no value now."""

from __future__ import annotations

from collections.abc import Callable

from akeneo_sfcc.mapping.clearing import empty_cell, insert_empty
from akeneo_sfcc.mapping.record import Issue
from akeneo_sfcc.mapping.state import StateRecord, join_keys, written_keys
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.sfcc.elements import online_flag
from akeneo_sfcc.sfcc.image_element import IMAGES_KEY, NO_IMAGES
from akeneo_sfcc.stages.shard_input import Item
from akeneo_sfcc.stages.tally import Tally
from akeneo_sfcc.stages.xml_spool import XmlSpool


class Elements:
    """Makes elements; they are read from disk only when they are written."""

    def __init__(
        self, settings: Settings, spool: XmlSpool, old: Callable[[str], StateRecord | None], tally: Tally
    ) -> None:
        """Take what they are made of. old: what was written under an id before."""
        self._settings = settings
        self._spool = spool
        self._old = old
        self._tally = tally

    def whole(self, item: Item) -> Callable[[], bytes]:
        """Return how to make a simple product's or variant's element."""
        cleared = self._clear_list(item)
        if not cleared:
            return lambda: self._spool.bytes(item.place)
        return lambda: "".join(insert_empty(self._spool.pieces(item.place), cleared)[0]).encode()

    def filled(
        self, item: Item, state: StateRecord, online: bool, variations: bytes, images: str
    ) -> Callable[[], bytes]:
        """Return how to make a model's element around its slots; its images are noted in its new state."""
        cleared = [key for key in self._clear_list(item) if key != IMAGES_KEY]
        pictures = self.images(state, images)

        def make() -> bytes:
            pieces = self._spool.pieces(item.place)
            if cleared:
                pieces = insert_empty(pieces, cleared)[0]
            before, between, middle, after = (piece.encode() for piece in pieces)
            return before + online_flag(online) + between + pictures + middle + variations + after

        return make

    def images(self, state: StateRecord, images: str) -> bytes:
        """Return what to write of a model's images and note it in its state: nothing where there never were any."""
        old = self._old(state.id)
        clear_empty = self._settings.products.clear_empty
        keys = written_keys(state.keys) - {IMAGES_KEY}
        if images != NO_IMAGES:
            state.keys = join_keys({*keys, IMAGES_KEY})
            return images.encode()
        state.keys = join_keys(keys)
        had = old is not None and IMAGES_KEY in written_keys(old.keys) and clear_empty != "none"
        return images.encode() if had or clear_empty == "family" else b""

    def _clear_list(self, item: Item) -> list[str]:
        """Return the written keys that have no value any more and can be emptied; warn of those that cannot."""
        old, record = item.old, item.record
        if old is None or self._settings.products.clear_empty == "none" or old.keys == record.keys:
            return []
        if old.left and self._settings.deletions.products == "delete":
            return []
        cleared = []
        for key in sorted(written_keys(old.keys) - written_keys(record.keys)):
            if empty_cell(key) is not None:
                cleared.append(key)
            else:
                name, _, lang = key[1:].rpartition("=")
                uuid = record.key if item.kind == "product" else None
                issue = Issue("warn", item.kind, "cannot_clear", record.id, uuid, locale=lang or None, value=name)
                self._tally.issue(issue)
        return cleared
