"""What an import must produce, worked out from a snapshot and a configuration in the simplest way.

It follows docs/mapping.md sections 4, 5, 6 and 9 and shares no code with the product's mapping.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from tests.e2e.oracle_values import SELECTS, ValueOracle, Values
from tests.e2e.snapshots import Item, Snapshot


@dataclass
class Element:
    """A `<product>`: its flag, its values, and for a master its variations."""

    online: bool
    values: Values
    variations: Item | None = None


@dataclass
class Placed:
    """A product or model that is exported. role: simple, variant, root or group."""

    raw: Item
    role: str
    id: str
    catalogue: str
    root: str | None = None
    online: bool = False


@dataclass
class Expected:
    """Everything the files must say; ids are SFCC's."""

    products: dict[str, dict[str, Element]] = field(default_factory=lambda: defaultdict(dict))
    masters: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    categories: dict[str, list[Item]] = field(default_factory=dict)
    assignments: dict[str, dict[tuple[str, str], bool | None]] = field(default_factory=dict)
    recommendations: dict[str, dict[str, list[tuple[str, str]]]] = field(default_factory=dict)
    relations: dict[str, dict[str, Item]] = field(default_factory=lambda: defaultdict(dict))
    rejects: set[tuple[str, str, str]] = field(default_factory=set)
    issues: set[tuple[str, str, str | None, str]] = field(default_factory=set)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)


class Oracle:
    """Expects what one configuration makes of one snapshot.

    products, models: which of them the configuration's filters let through, by uuid and code; None for all.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        document: Item,
        products: Callable[[Item], bool] | None = None,
        models: Callable[[Item], bool] | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.document = document
        self.values = ValueOracle(snapshot, document)
        self.read_products = [one for one in snapshot.products if products is None or products(one)]
        self.read_models = [one for one in snapshot.models if models is None or models(one)]
        self.models = {one["code"].lower(): one for one in self.read_models}
        self.groups = self.setting("models", "import", "master-variation") == "master-group-variation"
        self.placed: dict[str, Placed] = {}
        self.rejected: dict[str, str] = {}
        self.expected = Expected()

    def setting(self, section: str, name: str, default: Any = None) -> Any:
        return self.values.setting(section, name, default)

    def expect(self) -> Expected:
        """Work everything out."""
        self._place_models()
        self._place_products()
        self._leave_out_masters_without_variants_of_a_search()
        for one in self.placed.values():
            self._expect_element(one)
        for storefront in self.document.get("storefront_catalogs", []):
            self._expect_storefront(storefront)
        self._expect_relations()
        self._count()
        self.expected.issues = self.values.issues
        return self.expected

    # ------------------------------------------------------------------ who is written, where, as what

    def _place_models(self) -> None:
        for one in sorted(self.read_models, key=lambda one: one["parent"] is not None):
            code, root = one["code"], self.root_of(one)
            if one["parent"] is not None and not self.groups:
                continue
            if not self.is_id(code):
                self._reject("model", one, code, "bad_id")
            elif root is not None and root["code"].lower() in self.rejected:
                self._reject("model", one, code, self.rejected[root["code"].lower()])
                # What is wrong with its values was recorded before its root was looked at.
                self.values.values(code, one["values"])
            elif one["parent"] is None:
                catalogue = self.catalogue_of(one)
                if catalogue is None:
                    self._reject("model", one, code, "no_master_catalog")
                else:
                    self.placed[code.lower()] = Placed(one, "root", code, catalogue)
            else:
                assert root is not None, "a level-1 model without root is not in these catalogues"
                catalogue = self.placed[root["code"].lower()].catalogue
                self.placed[code.lower()] = Placed(one, "group", code, catalogue, root["code"].lower())

    def _place_products(self) -> None:
        codes = {one["code"] for one in self.read_models}
        for one in self.read_products:
            product_id = self.product_id(one)
            root = self.root_of(one)
            if product_id is None or not self.is_id(product_id):
                self._reject("product", one, product_id or self.identifier(one) or one["uuid"], "bad_id")
            elif root is not None and root["code"].lower() in self.rejected:
                self._reject("product", one, product_id, self.rejected[root["code"].lower()])
            elif root is None and self.catalogue_of(one) is None:
                self._reject("product", one, product_id, "no_master_catalog")
            elif product_id in codes:
                self._reject("product", one, product_id, "duplicate_id")
            elif root is not None:
                texts = [self.values.axis_text(product_id, axis, one["values"]) for axis in self.axes_of(root)]
                if any(text is not None and len(text) > 256 for text in texts):
                    self._reject("product", one, product_id, "axis_value_too_long")
                    continue
                catalogue = self.placed[root["code"].lower()].catalogue
                self._place_product(one, "variant", product_id, catalogue, root["code"].lower())
            else:
                self._place_product(one, "simple", product_id, str(self.catalogue_of(one)))

    def _place_product(self, one: Item, role: str, id_: str, catalogue: str, root: str | None = None) -> None:
        choice = self.setting("products", "online", "status")
        flag = self.values.system.get("onlineflag")
        if flag:
            texts = self.values.system_values(id_, "onlineflag", flag[0], one["values"])
            online = texts.get(("online-flag", "")) == "true"
        else:
            online = one["enabled"] if choice == "status" else choice == "always"
        self.placed[one["uuid"]] = Placed(one, role, id_, catalogue, root, online)

    def _leave_out_masters_without_variants_of_a_search(self) -> None:
        self.filtered: list[Placed] = []
        if not self.document["pim"].get("product_filter", {}).get("search"):
            return
        with_variants = {root["code"].lower() for one in self.read_products if (root := self.root_of(one))}
        for key, one in list(self.placed.items()):
            if one.role in ("root", "group") and (one.root or key) not in with_variants:
                self.filtered.append(self.placed.pop(key))

    def _reject(self, kind: str, one: Item, id_: str, reason: str) -> None:
        self.rejected[str(one.get("uuid") or one["code"]).lower()] = reason
        self.expected.rejects.add((kind, id_, reason))

    def root_of(self, one: Item) -> Item | None:
        """The root model above an item, which may be the item itself; None without one."""
        if "code" not in one and not one["parent"]:
            return None
        while one["parent"] is not None:
            above = self.models.get(one["parent"].lower())
            if above is None:
                return None
            one = above
        return one

    def product_id(self, one: Item) -> str | None:
        choice = self.setting("products", "id", "identifier")
        if choice == "uuid":
            return str(one["uuid"])
        if choice == "identifier":
            return self.identifier(one)
        found = next((entry["data"] for entry in one["values"].get(choice.removeprefix("attribute:"), [])), None)
        return None if found is None else str(found)

    def identifier(self, one: Item) -> str | None:
        code = next(code for code, about in self.values.attributes.items() if "identifier" in about["type"])
        return next((entry["data"] for entry in one["values"].get(code, [])), None)

    @staticmethod
    def is_id(text: str) -> bool:
        return 0 < len(text) <= 100 and text == text.strip() and text.isprintable()

    def catalogue_of(self, one: Item) -> str | None:
        trees = {self.tree_of(code) for code in one["categories"]}
        for entry in self.document["master_catalogs"]:
            if not entry.get("category_trees") or trees & set(entry["category_trees"]):
                return str(entry["id"])
        return next((entry["id"] for entry in self.document["master_catalogs"] if entry.get("default")), None)

    # ------------------------------------------------------------------ elements

    def below(self, root: str) -> list[Placed]:
        """The variants and groups of a root."""
        return [one for one in self.placed.values() if one.root == root]

    def _expect_element(self, one: Placed) -> None:
        values = self.values.values(one.id, one.raw["values"])
        if self.setting("products", "clear_empty", "state") == "family":
            values |= self.values.emptied(self._own_attributes(one), values)
        element = Element(one.online, values)
        if one.role == "root":
            variants = [other for other in self.below(one.id.lower()) if other.role == "variant"]
            element.online = any(variant.online for variant in variants)
            element.variations = self._variations(one, variants)
        if one.role == "group":
            element.online = any(variant.online for variant in self._variants_of_group(one))
        if one.role in ("root", "group"):
            self.expected.masters[one.catalogue].add(one.id)
        self.expected.products[one.catalogue][one.id] = element

    def _variants_of_group(self, group: Placed) -> list[Placed]:
        return [
            one
            for one in self.placed.values()
            if one.role == "variant" and (one.raw["parent"] or "").lower() == group.id.lower()
        ]

    def _own_attributes(self, one: Placed) -> list[str]:
        family = self.values.families.get(one.raw["family"] or "")
        attributes = family["attributes"] if family else []
        if one.role in ("simple", "variant"):
            return list(attributes)
        levels = self.values.family_variants[one.raw["family_variant"]]["variant_attribute_sets"]
        if one.role == "group":
            return [code for level in levels if level["level"] == 1 for code in (*level["axes"], *level["attributes"])]
        below = {code for level in levels for code in (*level["axes"], *level["attributes"])}
        return [code for code in attributes if code not in below]

    def axes_of(self, root: Item) -> list[str]:
        levels = self.values.family_variants[root["family_variant"]]["variant_attribute_sets"]
        return [axis for level in sorted(levels, key=lambda level: level["level"]) for axis in level["axes"]]

    def _variations(self, root: Placed, variants: list[Placed]) -> Item:
        axes = []
        for code in self.axes_of(root.raw):
            texts = {self.values.axis_text(one.id, code, one.raw["values"]) for one in variants} - {None}
            about = self.values.attributes[code]
            shown = []
            for text in sorted((str(text) for text in texts), key=lambda text: self._axis_order(about, text)):
                labels = [("x-default", text)]
                if about["type"] in SELECTS:
                    labels = self.values.labels(self.values.options[code][text.lower()]["labels"], text)
                shown.append((text, labels))
            axes.append((self.values.axis_id[code], self.values.labels(about["labels"], code), shown))
        found: Item = {"axes": axes, "variants": sorted(one.id for one in variants)}
        if groups := sorted(one.id for one in self.below(root.id.lower()) if one.role == "group"):
            found["groups"] = groups
        return found

    def _axis_order(self, attribute: Item, text: str) -> Any:
        if attribute["type"] in SELECTS:
            option = self.values.options[attribute["code"]][text.lower()]
            return option["sort_order"], option["code"]
        if attribute["type"] == "pim_catalog_metric":
            amount, unit = text.split(" ")
            family = next(
                one for one in self.snapshot["measurement-families"] if one["code"] == attribute["metric_family"]
            )
            (step,) = family["units"][unit]["convert_from_standard"]
            assert step["operator"] == "mul"
            return Decimal(amount) * Decimal(step["value"])
        return text

    # ------------------------------------------------------------------ storefronts

    @cached_property
    def parents(self) -> dict[str, str | None]:
        return {one["code"]: one["parent"] for one in self.snapshot["categories"]}

    def tree_of(self, code: str) -> str | None:
        """The root of a category's tree."""
        while code in self.parents:
            above = self.parents[code]
            if above is None:
                return code
            code = above
        return None

    @cached_property
    def tree_order(self) -> dict[str, int]:
        order: dict[str, int] = {}

        def walk(parent: str | None) -> None:
            for one in self.snapshot["categories"]:
                if one["parent"] == parent:
                    order[one["code"]] = len(order)
                    walk(one["code"])

        walk(None)
        return order

    def _expect_storefront(self, storefront: Item) -> None:
        top = storefront.get("root_category")
        trees = storefront.get("category_trees") or [self.values.channel["category_tree"]]
        labels = {one["code"]: one["labels"] for one in self.snapshot["categories"]}
        written: list[Item] = [
            {"id": "root", "online": True, "names": self.values.labels(labels[top], top) if top else []}
        ]
        siblings: Counter[str] = Counter()
        placed: dict[str | None, str] = {top: "root"} if top else {None: "root"}
        for code in self.tree_order:
            parent = self.parents[code]
            if parent not in placed or (parent is None and code not in trees):
                continue
            placed[code] = code
            siblings[placed[parent]] += 1
            written.append(
                {
                    "id": code,
                    "online": storefront.get("categories_online", True),
                    "names": self.values.labels(labels[code], code),
                    "parent": placed[parent],
                    "position": siblings[placed[parent]],
                }
            )
        ids = {one["id"] for one in written} - {"root"}
        self.expected.categories[storefront["id"]] = written if storefront.get("write_categories", True) else []
        self.expected.assignments[storefront["id"]] = self._assignments(storefront, ids)
        self.expected.recommendations[storefront["id"]] = self._recommendations(storefront["id"])

    def _assignments(self, storefront: Item, ids: set[str]) -> dict[tuple[str, str], bool | None]:
        found: dict[tuple[str, str], bool | None] = {}
        primary = storefront.get("primary_category", False)
        for key, one in self.placed.items():
            if one.role == "variant" and not storefront.get("assign_variants", False):
                continue
            codes = set(one.raw["categories"])
            if one.role == "root":
                below = [*self.read_models, *self.read_products]
                codes |= {
                    code
                    for item in below
                    if (root := self.root_of(item)) and root["code"].lower() == key
                    for code in item["categories"]
                }
            for number, code in enumerate(sorted(codes & ids, key=lambda code: self.tree_order[code])):
                found[code, one.id] = number == 0 if primary else None
        return found

    # ------------------------------------------------------------------ associations

    def targets(self, one: Placed, kind: str) -> list[tuple[str, str, int]]:
        """The exported targets of one type: (id, role, quantity)."""
        plain = one.raw["associations"].get(kind, {})
        counted = one.raw["quantified_associations"].get(kind, {})
        keys = [(uuid, 1) for uuid in plain.get("products", [])]
        keys += [(code.lower(), 1) for code in plain.get("product_models", [])]
        keys += [(target["uuid"], target["quantity"]) for target in counted.get("products", [])]
        keys += [(target["identifier"].lower(), target["quantity"]) for target in counted.get("product_models", [])]
        found: dict[str, tuple[str, str, int]] = {}
        for key, quantity in keys:
            if not self.groups and key in self.models and (root := self.root_of(self.models[key])) is not None:
                key = root["code"].lower()  # noqa: PLW2901
            target = self.placed.get(key)
            if target is None:
                self.values.note("warn", one.id, kind, "target_not_exported")
            elif target.id != one.id:
                found.setdefault(target.id, (target.id, target.role, quantity))
        return list(found.values())

    def typed(self, one: Placed) -> list[tuple[str, str]]:
        """All (target id, SFCC type) of the mapped types, in the mapping's order, each once."""
        links = self.setting("associations", "target", "recommendations") == "links"
        types = self.setting("associations", "link_types" if links else "recommendation_types", {})
        special = [self.setting("associations", name) for name in ("product_set", "bundle")]
        used = {pair["association_type"] for pair in special if pair}
        listed = [
            (target, str(kind))
            for code, kind in types.items()
            if code not in used
            for target, _, _ in self.targets(one, code)
        ]
        if one.role == "variant":
            assert one.root is not None
            listed = [entry for entry in listed if entry not in self.typed(self.placed[one.root])]
        return list(dict.fromkeys(listed))

    def _recommendations(self, storefront: str) -> dict[str, list[tuple[str, str]]]:
        if self.setting("associations", "target", "recommendations") == "links":
            return {}
        assigned = {product for _, product in self.expected.assignments[storefront]}
        found = {}
        for one in self.placed.values():
            holder = self.placed[one.root] if one.role == "variant" and one.root else one
            listed = self.typed(one)
            if holder.id in assigned and listed:
                found[one.id] = listed
        return found

    def _expect_relations(self) -> None:
        product_set, bundle = self.setting("associations", "product_set"), self.setting("associations", "bundle")
        links = self.setting("associations", "target", "recommendations") == "links"
        for one in self.placed.values():
            found: Item = {}
            if links and (listed := self.typed(one)):
                found["links"] = listed
            if one.role == "simple" and product_set and one.raw["family"] == product_set["family"]:
                found["set"] = [id_ for id_, _, _ in self.targets(one, product_set["association_type"])]
            if one.role == "simple" and bundle and one.raw["family"] == bundle["family"]:
                parts = self.targets(one, bundle["association_type"])
                found["bundle"] = [(id_, number) for id_, role, number in parts if role not in ("root", "group")]
                if len(found["bundle"]) < len(parts):
                    self.values.note("warn", one.id, bundle["association_type"], "target_not_exported")
            found = {name: listed for name, listed in found.items() if listed}
            if found:
                self.expected.relations[one.catalogue][one.id] = found

    # ------------------------------------------------------------------ counts

    def _count(self) -> None:
        models = {"root", "group"}
        rejected = Counter(kind for kind, _, _ in self.expected.rejects)
        for kind, read in (("product", self.read_products), ("model", self.read_models)):
            written = sum((one.role in models) == (kind == "model") for one in self.placed.values())
            filtered = len(self.filtered) if kind == "model" else 0
            self.expected.counts[kind] = {
                "read": len(read),
                "written": written,
                "unchanged": 0,
                "merged": len(read) - written - filtered - rejected[kind],
                "filtered": filtered,
                "rejected": rejected[kind],
            }


def of_family(*families: str) -> Callable[[Item], bool]:
    """Say whether an item belongs to one of these families."""
    return lambda one: one["family"] in families


def roots(items: Iterable[Item]) -> list[Item]:
    """The models without parent."""
    return [one for one in items if one["parent"] is None]
