"""What people do in a PIM, as operations on numbers: any number means something in any catalogue, so cases shrink.

An edit that makes no sense now (a move while there is only one model) does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import count
from typing import Any, NamedTuple

from local.demo_pim.edits import EditError, Editor
from local.demo_pim.items import Doc
from local.demo_pim.store import Store
from tests.e2e.convergence.catalogue import COLOURS, SIZES, TREES, VARIANTS

NAMES = ("one", "two", "three")


class Edit(NamedTuple):
    """One operation: what is done, to the a-th of the items it fits, with choices b and c."""

    what: str
    a: int = 0
    b: int = 0
    c: int = 0


class People:
    """Do edits in a store, through the demo PIM's own editor."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self.store = store
        self._editor = Editor(store, clock)
        self._uuids = count(1)
        self._deleted: set[str] = set()
        self._remembered: list[tuple[str, Doc]] = []

    def remember(self) -> None:
        """Keep all products and models as they are now, for `restore`."""
        self._remembered = [("model", doc) for doc in self._models()] + [("product", doc) for doc in self._products()]

    def restore(self) -> None:
        """Make every product and model what it was when all was remembered; what is new since stays."""
        for kind, doc in self._remembered:
            with suppress(EditError):
                self._edit("upsert", kind, item={name: value for name, value in doc.items() if name != "updated"})

    def do(self, edit: Edit) -> None:
        """Do one edit."""
        with suppress(EditError):  # as in the PIM's own screens: a refused edit changes nothing
            getattr(self, f"_{edit.what}")(edit.a, edit.b, edit.c)

    # Products

    def _insert(self, a: int, b: int, c: int) -> None:
        identifier = f"P{a % 9}"
        if self.store.identifiers().uuid(identifier.lower()) is not None:
            return self._update(a, b, c)
        # A new product gets any uuid: where it stands in the list has nothing to do with its age.
        number = next(self._uuids)
        uuid = f"{(number * 7919 + a * 31 + b) % 0xFFFF:04x}{number:04x}-0000-4000-8000-{number:012x}"
        parents = self._parents()
        parent = parents[b % (len(parents) + 2)] if b % (len(parents) + 2) < len(parents) else None
        family = "shoes" if parent else ("shoes", "packs", "sets")[c % 3]
        values: dict[str, Any] = {"sku": _plain(identifier)}
        if parent:
            values |= self._axes(parent, c)
        item = {"uuid": uuid, "family": family, "parent": parent and parent["code"], "values": values}
        item["categories"] = self._categories(c)
        self._edit("upsert", "product", item=item)
        return self._update_one(uuid, b, c)

    def _update(self, a: int, b: int, c: int) -> None:
        if product := self._product(a):
            self._update_one(product["uuid"], b, c)

    def _update_one(self, uuid: str, b: int, c: int) -> None:
        values = _values(b, c)
        for code, value in values.items():  # one by one: what a model above has cannot be set here
            try:
                self._patch("product", uuid, values={code: value})
            except EditError:
                continue

    def _empty(self, a: int, b: int, c: int) -> None:
        if product := self._product(a):
            own = [code for code in sorted(product["values"]) if code not in ("sku", "color", "size")]
            for code in own[b % 3 :: 1 + c % 2]:
                try:
                    self._patch("product", product["uuid"], values={code: None})
                except EditError:
                    continue

    def _delete(self, a: int, b: int, c: int) -> None:
        if product := self._product(a):
            self._edit("delete", "product", key=product["uuid"])

    def _recreate(self, a: int, b: int, c: int) -> None:
        """Delete a product and create one with its identifier and another uuid."""
        if product := self._product(a):
            identifier = str(self.store.identifier(product))
            self._edit("delete", "product", key=product["uuid"])
            self._insert(int(identifier[1:]) if identifier[1:].isdigit() else 0, b, c)

    def _move(self, a: int, b: int, c: int) -> None:
        """Move a variant to another model with the same axes."""
        if product := self._product(a, lambda doc: doc["parent"]):
            old = self._family_variant(product["parent"])
            fits = [one for one in self._parents() if one["family_variant"] == old]
            if fits:
                parent = fits[b % len(fits)]
                values = {code: None for code in ("color", "size") if code in product["values"]}
                self._patch("product", product["uuid"], set={"parent": parent["code"]}, values={})
                del values
                for code, value in self._axes(parent, c).items():
                    self._patch("product", product["uuid"], values={code: value})

    def _convert(self, a: int, b: int, c: int) -> None:
        """Make a simple product a variant, or a variant a simple product."""
        if product := self._product(a):
            if product["parent"]:
                self._patch("product", product["uuid"], set={"parent": None})
            elif parents := self._parents():
                parent = parents[b % len(parents)]
                self._patch("product", product["uuid"], set={"parent": parent["code"], "family": "shoes"})
                for code, value in self._axes(parent, c).items():
                    self._patch("product", product["uuid"], values={code: value})

    def _axis(self, a: int, b: int, c: int) -> None:
        if product := self._product(a, lambda doc: doc["parent"]):
            self._patch("product", product["uuid"], values={"size": _plain(SIZES[b % len(SIZES)])})

    def _enable(self, a: int, b: int, c: int) -> None:
        if product := self._product(a, lambda doc: not doc["enabled"]):
            self._patch("product", product["uuid"], set={"enabled": True})

    def _insert_disabled(self, a: int, b: int, c: int) -> None:
        """Insert a product that is not enabled yet, or change one."""
        known = {str(doc["uuid"]) for doc in self._products()}
        self._insert(a, b, c)
        for doc in self._products():
            if doc["uuid"] not in known:
                self._patch("product", doc["uuid"], set={"enabled": False})

    def _disable(self, a: int, b: int, c: int) -> None:
        if product := self._product(a):
            self._patch("product", product["uuid"], set={"enabled": not product["enabled"]})

    def _recategorise(self, a: int, b: int, c: int) -> None:
        if product := self._product(a):
            self._patch("product", product["uuid"], set={"categories": self._categories(b)})

    def _rename(self, a: int, b: int, c: int) -> None:
        if product := self._product(a):
            identifier = f"R{b % 4}" if c % 3 else f"P{b % 9}"
            if self.store.identifiers().uuid(identifier.lower()) is None:
                self._patch("product", product["uuid"], values={"sku": _plain(identifier)})

    def _swap(self, a: int, b: int, c: int) -> None:
        one, two = self._product(a), self._product(b)
        if one and two and one["uuid"] != two["uuid"]:
            ids = self.store.identifier(one), self.store.identifier(two)
            self._patch("product", one["uuid"], values={"sku": _plain(ids[1])})
            self._patch("product", two["uuid"], values={"sku": _plain(ids[0])})

    def _nameless(self, a: int, b: int, c: int) -> None:
        """Take a product's identifier away, which makes it a reject, or give it one."""
        if product := self._product(a):
            if self.store.identifier(product):
                self._patch("product", product["uuid"], values={"sku": None})
            else:
                self._patch("product", product["uuid"], values={"sku": _plain(f"N{product['uuid'][-4:]}")})

    def _associate(self, a: int, b: int, c: int) -> None:
        items = [("product", doc["uuid"]) for doc in self._products()] + [("model", d["code"]) for d in self._models()]
        products = [key for kind, key in items if kind == "product"]
        models = [doc["code"] for doc in self._models() if not doc["parent"]]
        if not items:
            return
        kind, key = items[a % len(items)]
        targets = _pick(products, b, 1 + c % 3)
        plain: dict[str, Any] = {
            "X_SELL": {"products": targets, "product_models": _pick(models, c, b % 2), "groups": []},
            "UPSELL": {"products": _pick(products, c, b % 3), "product_models": [], "groups": []},
            "SET": {"products": _pick(products, b + c, c % 3), "product_models": [], "groups": []},
        }
        pack = {"PACK": {"products": [{"uuid": t, "quantity": 1 + c % 4} for t in targets], "product_models": []}}
        self._patch(kind, key, set={"associations": plain, "quantified_associations": pack if b % 2 else {}})

    # Models

    def _model(self, a: int, b: int, c: int) -> None:
        """Insert a root model, or a model below one."""
        code = f"M{a % 4}"
        roots = [doc for doc in self._models() if not doc["parent"] and doc["family_variant"] == "by_both"]
        if roots and b % 2:
            root = roots[c % len(roots)]
            code = f"{root['code']}-{COLOURS[a % len(COLOURS)]}"
            if code.lower() in self.store.models:
                return
            item = {"parent": root["code"], "family_variant": "by_both"}
            item["values"] = {"color": _plain(COLOURS[a % len(COLOURS)]), "about": _plain(f"about {code}")}
        else:
            if code.lower() in self.store.models:
                return
            item = {"parent": None, "family_variant": tuple(VARIANTS)[c % 2]}
            item["values"] = {"name": _localised(f"model {code}")}
            if item["family_variant"] == "by_size":
                item["values"]["about"] = _plain(f"all about {code}")
        self._edit(
            "upsert", "model", item={"code": code, "family": "shoes", "categories": self._categories(b + c), **item}
        )

    def _edit_model(self, a: int, b: int, c: int) -> None:
        models = self._models()
        if not models:
            return
        model = models[a % len(models)]
        if c % 3 == 0:
            self._patch("model", model["code"], set={"categories": self._categories(b)})
            return
        below = model["parent"] or model["family_variant"] == "by_size"
        choices = ["about"] if model["parent"] else ["name", "season", "launch", *(["about"] if below else [])]
        code = choices[b % len(choices)]
        value = None if c % 3 == 1 else {**_values(b, c), "about": _plain(f"about {b}")}.get(code)
        self._patch("model", model["code"], values={code: value})

    def _delete_model(self, a: int, b: int, c: int) -> None:
        models = self._models()
        if models:
            self._edit("delete", "model", key=models[a % len(models)]["code"], cascade=c % 4 != 0)

    def _move_model(self, a: int, b: int, c: int) -> None:
        """Move a level-1 model below another root."""
        below = [doc for doc in self._models() if doc["parent"]]
        roots = [doc for doc in self._models() if not doc["parent"] and doc["family_variant"] == "by_both"]
        if below and roots:
            self._patch("model", below[a % len(below)]["code"], set={"parent": roots[b % len(roots)]["code"]})

    # Structure

    def _option_label(self, a: int, b: int, c: int) -> None:
        attribute, codes = (("color", COLOURS), ("size", SIZES), ("brand", ("acme", "best")))[a % 3]
        labels = {"en_US": NAMES[c % 3], "fr_FR": NAMES[b % 3]}
        self._edit("patch", f"attributes/{attribute}/options", key=codes[b % len(codes)], set={"labels": labels})

    def _option_order(self, a: int, b: int, c: int) -> None:
        self._edit("patch", "attributes/size/options", key=SIZES[a % 3], set={"sort_order": b % 5})

    def _axis_label(self, a: int, b: int, c: int) -> None:
        self._edit("patch", "attributes", key=("color", "size")[a % 2], set={"labels": {"en_US": NAMES[b % 3]}})

    def _category(self, a: int, b: int, c: int) -> None:
        """Insert, label or delete a category.

        One that was deleted does not come back: the PIM takes it off products silently, and with the same category
        there again nothing would tell.
        """
        code, tree = f"extra{a % 2}", tuple(TREES)[b % 2]
        known = self.store.docs("categories")
        if code in self._deleted:
            return
        if code not in known:
            item = {"code": code, "parent": tree, "labels": {}}
            self._edit("upsert", "categories", item=item)
        elif c % 3:
            self._edit("patch", "categories", key=code, set={"labels": {"en_US": NAMES[c % 3]}})
        else:
            self._edit("delete", "categories", key=code)
            self._deleted.add(code)
            for items in (self.store.products, self.store.models):
                for doc in [one for one in items.docs() if code in one["categories"]]:
                    # The PIM takes it off everything without touching `updated`.
                    items.put({**doc, "categories": [one for one in doc["categories"] if one != code]})
            self.store.revision += 1

    def _localizable(self, a: int, b: int, c: int) -> None:
        """Restrict an attribute to locales, or not: a change of structure that changes what products show."""
        self._edit("patch", "attributes", key="name", set={"available_locales": [[], ["en_US"], ["fr_FR"]][a % 3]})

    # What the edits are made of

    def _edit(self, op: str, kind: str, **more: Any) -> None:
        self._editor.edit({"op": op, "kind": kind, **more})

    def _patch(self, kind: str, key: str, **more: Any) -> None:
        self._edit("patch", kind, key=key, **more)

    def _products(self) -> list[Doc]:
        return list(self.store.products.docs())

    def _models(self) -> list[Doc]:
        return list(self.store.models.docs())

    def _product(self, a: int, fits: Callable[[Doc], Any] = lambda _: True) -> Doc | None:
        found = [doc for doc in self._products() if fits(doc)]
        return found[a % len(found)] if found else None

    def _parents(self) -> list[Doc]:
        """Return the models that variants stand below: of the last level."""
        return [doc for doc in self._models() if bool(doc["parent"]) == (doc["family_variant"] == "by_both")]

    def _categories(self, number: int) -> list[str]:
        known = [code for below in TREES.values() for code in below]
        known += [code for code in ("extra0", "extra1") if code in self.store.docs("categories")]
        return sorted(set(_pick(known, number, number % 4)))

    def _family_variant(self, code: str) -> str | None:
        key = code.lower()
        return str(self.store.models.doc(key)["family_variant"]) if key in self.store.models else None

    def _axes(self, parent: Doc, c: int) -> dict[str, Any]:
        return {"size": _plain(SIZES[c % len(SIZES)])}


def _plain(data: Any) -> list[Doc]:
    return [{"locale": None, "scope": None, "data": data}]


def _localised(text: str) -> list[Doc]:
    return [{"locale": locale, "scope": None, "data": f"{text} {locale}"} for locale in ("en_US", "fr_FR")]


def _values(b: int, c: int) -> dict[str, Any]:
    """Choose some values: which, and what they hold."""
    every: dict[str, Any] = {
        "name": _localised(NAMES[c % 3])[: 1 + b % 2],
        "label": [{"locale": "fr_FR", "scope": "ecommerce", "data": NAMES[b % 3]}],
        "weight": _plain({"amount": str(c), "unit": ("GRAM", "KILOGRAM")[b % 2]}),
        "season": _plain((["summer"], ["winter"], ["winter", "summer"])[c % 3]),
        "brand": _plain(("acme", "best")[b % 2]),
        "launch": _plain(f"2026-0{1 + c % 9}-01"),
        "rank": _plain(c),
        "picture": _plain(f"a/b/{NAMES[b % 3]}.png"),
    }
    codes = sorted(every)
    return {code: every[code] for code in _pick(codes, b + c, 1 + c % 4)}


def _pick(choices: Sequence[str], start: int, number: int) -> list[str]:
    if not choices:
        return []
    return list(dict.fromkeys(choices[(start + step * (1 + start % 2)) % len(choices)] for step in range(number)))
