"""Edits of a served catalogue that keep inheritance true.

A product's payload repeats what it inherits from its models. An edit of a model therefore rewrites the payloads of
everything below it: what came from the model before is taken out, what the model has now is put in. Their own
`updated` stays, as in the PIM.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local.demo_pim.items import Doc, Items
from local.demo_pim.store import Store, listed


class EditError(ValueError):
    """An edit cannot be done; says which and why."""


BLANK: Doc = {"values": {}, "categories": [], "associations": {}, "quantified_associations": {}}


class Editor:
    """Applies edits to a store; `clock` gives the time written as `updated`."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(tz=UTC)) -> None:
        """Edit this store."""
        self._store = store
        self._clock = clock

    def edit(self, *operations: Mapping[str, Any]) -> int:
        """Do the operations in order; return how many items were written or removed.

        An operation is one of (`kind`: `product`, `model` or a list's path such as `categories`,
        `attributes/color/options`):

        - `{"op": "upsert", "kind", "item": {…}}`: adds or replaces an item;
        - `{"op": "patch", "kind", "key", "set": {field: value}, "values": {attribute: [...] or null}}`: changes
          fields and values, null removes an attribute's values;
        - `{"op": "delete", "kind", "key", "cascade": true}`: removes an item, and what stands below a model;
        - `{"op": "touch", "kind", "key", "updated": "…"}`: sets `updated`, by default to now.

        The key of a product is its uuid or identifier. Upsert and patch set `updated` to now unless they give it.
        """
        with self._store.lock:
            return sum(self._counted(operation) for operation in operations)

    def _counted(self, operation: Mapping[str, Any]) -> int:
        try:
            return self._one(operation)
        finally:
            # Last, so that nothing looked up while the operation ran is remembered beyond it.
            self._store.revision += 1

    def _one(self, operation: Mapping[str, Any]) -> int:
        kind = str(operation.get("kind", ""))
        action = operation.get("op")
        if kind not in ("product", "model"):
            return self._structure(kind, operation)
        items = self._store.products if kind == "product" else self._store.models
        if action == "upsert":
            return self._upsert(items, dict(operation["item"]))
        key = self._key(items, str(operation.get("key", "")))
        if action == "patch":
            return self._patch(items, key, operation)
        if action == "touch":
            doc = items.doc(key)
            items.put({**doc, "updated": operation.get("updated") or self._now()})
            return 1
        if action == "delete":
            return self._delete(items, key, cascade=operation.get("cascade", True))
        raise EditError(f"operation {action!r} is unknown; known are: upsert, patch, delete, touch")

    def _key(self, items: Items, key: str) -> str:
        sort_key = key.lower()
        if sort_key in items:
            return sort_key
        if items is self._store.products and (uuid := self._store.identifiers().uuid(sort_key)) is not None:
            return uuid
        raise EditError(f"{items.path} has no item {key!r}")

    def _now(self) -> str:
        return self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")

    def _upsert(self, items: Items, item: Doc) -> int:
        key = items.key_of(str(item[items.key_name]))
        old = items.doc(key) if key in items else None
        now = self._now()
        doc: Doc = {**self._empty(items), **(old or {"created": now}), **item}
        doc.setdefault("created", now)
        if "updated" not in item:
            doc["updated"] = now
        old_parent = self._parent(old) if old is not None else BLANK
        doc = rebase(doc, old_parent, self._parent(doc))
        return self._write(items, doc, old)

    def _empty(self, items: Items) -> Doc:
        plain: Doc = {
            code: {"products": [], "product_models": [], "groups": []}
            for code, about in self._store.docs("association-types").items()
            if not about.get("is_quantified")
        }
        shared: Doc = {"categories": [], "values": {}, "associations": plain, "quantified_associations": {}}
        if items is self._store.products:
            return {"enabled": True, "family": None, "groups": [], "parent": None, **shared}
        return {"family": None, "parent": None, **shared}

    def _patch(self, items: Items, key: str, operation: Mapping[str, Any]) -> int:
        old = items.doc(key)
        doc: Doc = {**old, **operation.get("set", {})}
        values = dict(doc["values"])
        inherited = self._parent(doc)["values"]
        for code, value in operation.get("values", {}).items():
            if code in inherited:
                raise EditError(
                    f"{items.path} {key}: attribute {code!r} belongs to a model above and cannot be set here"
                )
            if value is None:
                values.pop(code, None)
            else:
                values[code] = value
        doc["values"] = values
        if "updated" not in operation.get("set", {}):
            doc["updated"] = self._now()
        return self._write(items, rebase(doc, self._parent(old), self._parent(doc)), old)

    def _write(self, items: Items, doc: Doc, old: Doc | None) -> int:
        items.put(doc)
        if items is self._store.products or old is None:
            return 1
        return 1 + self._pass_on(old, doc)

    def _pass_on(self, old: Doc, new: Doc) -> int:
        written = 0
        code = str(new["code"]).lower()
        for key in self._store.models.children(code):
            before = self._store.models.doc(key)
            after = rebase(before, old, new)
            if after != before:
                self._store.models.put(after)
                written += 1 + self._pass_on(before, after)
        for key in self._store.products.children(code):
            before = self._store.products.doc(key)
            after = rebase(before, old, new)
            if after != before:
                self._store.products.put(after)
                written += 1
        return written

    def _parent(self, doc: Doc) -> Doc:
        parent = doc.get("parent")
        if not parent or parent.lower() not in self._store.models:
            return BLANK
        return self._store.models.doc(parent.lower())

    def _delete(self, items: Items, key: str, *, cascade: bool) -> int:
        removed = 1
        if items is self._store.models and cascade:
            for child in items.children(key):
                removed += self._delete(items, child, cascade=True)
            for child in self._store.products.children(key):
                removed += self._delete(self._store.products, child, cascade=True)
        items.remove(key)
        return removed

    def _structure(self, path: str, operation: Mapping[str, Any]) -> int:
        items = self._store.lists.setdefault(path, listed(path, ())) if path else None
        if items is None:
            raise EditError('an operation needs a "kind": product, model or the path of a list')
        action = operation.get("op")
        if action == "upsert":
            items.put(dict(operation["item"]), before=self._place(items, operation["item"]))
            return 1
        key = str(operation.get("key", ""))
        if key not in items:
            raise EditError(f"{path} has no item {key!r}")
        if action == "patch":
            doc = {**items.doc(key), **operation.get("set", {})}
            if "updated" in doc and "updated" not in operation.get("set", {}):
                doc["updated"] = self._now()
            items.put(doc)
        elif action == "touch":
            items.put({**items.doc(key), "updated": operation.get("updated") or self._now()})
        elif action == "delete":
            items.remove(key)
        else:
            raise EditError(f"operation {action!r} is unknown; known are: upsert, patch, delete, touch")
        return 1

    def _place(self, items: Items, item: Mapping[str, Any]) -> int:
        """Find the place of a new item: by code, a category after everything below its parent."""
        keys = list(items.keys)
        if items.path != "categories":
            return sum(key < str(item["code"]) for key in keys)
        below = {item.get("parent")}
        at = 0 if item.get("parent") in keys else len(keys)
        for position, key in enumerate(keys):
            if key in below or items.doc(key).get("parent") in below:
                below.add(key)
                at = position + 1
        return at


def rebase(child: Doc, old: Doc, new: Doc) -> Doc:
    """Return the child with what it inherits from its parent changed from the old parent's to the new one's."""
    values = {
        **new["values"],
        **{
            code: data
            for code, data in child["values"].items()
            if code not in old["values"] and code not in new["values"]
        },
    }
    own = [code for code in child["categories"] if code not in old["categories"]]
    return {
        **child,
        "values": values,
        "categories": sorted({*own, *new["categories"]}),
        "associations": _rebase_targets(child, old, new, "associations"),
        "quantified_associations": _rebase_targets(child, old, new, "quantified_associations"),
    }


def _rebase_targets(child: Doc, old: Doc, new: Doc, name: str) -> dict[str, dict[str, list[Any]]]:
    mine, before, after = (doc.get(name) or {} for doc in (child, old, new))
    found: dict[str, dict[str, list[Any]]] = {}
    for kind in {**after, **mine}:
        targets: dict[str, list[Any]] = {}
        for target in {**after.get(kind, {}), **mine.get(kind, {})}:
            inherited: Sequence[Any] = after.get(kind, {}).get(target, ())
            gone: Sequence[Any] = before.get(kind, {}).get(target, ())
            own = [one for one in mine.get(kind, {}).get(target, ()) if one not in gone and one not in inherited]
            targets[target] = [*inherited, *own]
        if name == "associations" or any(targets.values()):
            found[kind] = targets
    return found
