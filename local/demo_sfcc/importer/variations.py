"""`<variations>` of a master: its variation attributes, variants and variation groups."""

from __future__ import annotations

from local.demo_sfcc.importer.elements import Element, children, is_true, named, plain
from local.demo_sfcc.importer.holdings import Holdings, Product, VariationAttribute, Variations
from local.demo_sfcc.importer.log import ImportLog
from local.demo_sfcc.importer.modes import merged
from local.demo_sfcc.importer.quotas import VARIANTS, exceeds

_VALUES = "variation-attribute-values"


class VariationImport:
    """Applies `<variations>` when all products of the file are there."""

    def __init__(self, holdings: Holdings, log: ImportLog) -> None:
        """Import into these holdings."""
        self._holdings = holdings
        self._log = log

    def read(self, product: Product, element: Element) -> None:
        """Change what a master shows; what is not in the element stays as it is."""
        held = product.variations or Variations()
        for name, part in children(element):
            given = [one.get("product-id", "") for _, one in children(part)]
            merge_mode = part.get("merge-mode", "replace")
            match name:
                case "attributes":
                    held.attributes = self._attributes(product, held.attributes, part)
                case "variants":
                    wanted = merged(held.variants, given, merge_mode)
                    if exceeds(self._log, VARIANTS, product.id, len(wanted)):
                        continue
                    if wanted and other_type(self._holdings, self._log, product, "master"):
                        return
                    self._own(product, held, wanted)
                    self._default(held, part)
                case _:
                    known = [id_ for id_ in given if self._exists(product, id_, "variation group")]
                    held.groups = merged(held.groups, known, merge_mode)
        product.variations = held

    def _attributes(
        self, product: Product, before: list[VariationAttribute], element: Element
    ) -> list[VariationAttribute]:
        """Return the list that replaces the one before; the values of those that stay are merged as each says."""
        found: list[VariationAttribute] = []
        shared = self._holdings.catalog(product.catalog).variation_attributes
        for name, part in children(element):
            id_, attribute = part.get("variation-attribute-id", ""), part.get("attribute-id", "")
            if part.get("mode") == "delete":
                continue
            if name == "shared-variation-attribute" and id_ not in shared:
                self._log.warn(product.id, f"shared variation attribute {id_} does not exist in {product.catalog}")
            elif any(one.attribute == attribute for one in found):
                self._log.error(product.id, f"attribute {attribute} has two variation attributes, {id_} is left out")
            elif self._is_site_specific(attribute):
                self._log.warn(product.id, f"site-specific attribute {attribute} cannot be a variation attribute")
            else:
                held = next((one for one in before if one.id == id_), None)
                found.append(read_attribute(part, held, shared=name == "shared-variation-attribute"))
        return found

    def _is_site_specific(self, attribute: str) -> bool:
        return bool(self._holdings.definitions.get("Product", {}).get(attribute, {}).get("site_specific"))

    def _own(self, product: Product, held: Variations, wanted: list[str]) -> None:
        """Take the list of variants: what is not listed becomes a product of its own."""
        owners = self._holdings.masters
        for variant in set(held.variants) - set(wanted):
            owners.pop(variant, None)
        held.variants = []
        for variant in wanted:
            if not self._exists(product, variant, "variant"):
                continue
            owner = owners.get(variant, product.id)
            if owner != product.id:
                self._log.error(product.id, f"variant {variant} belongs to master {owner}")
                continue
            if self._holdings.products[variant].type != "product":
                self._log.error(product.id, f"variant {variant} is a {self._holdings.products[variant].type}")
                continue
            owners[variant] = product.id
            held.variants.append(variant)

    def _default(self, held: Variations, element: Element) -> None:
        listed = {one.get("product-id", ""): is_true(one.get("default", "")) for _, one in children(element)}
        if (default := next((id_ for id_, is_default in listed.items() if is_default), None)) is not None:
            held.default = default
        elif held.default in listed:
            held.default = ""
        if held.default not in held.variants:
            held.default = ""

    def _exists(self, product: Product, id_: str, what: str) -> bool:
        if id_ in self._holdings.products:
            return True
        self._log.warn(product.id, f"{what} {id_} does not exist")
        return False


def read_attribute(element: Element, before: VariationAttribute | None, *, shared: bool = False) -> VariationAttribute:
    """Return a variation attribute; its lists of values are merged with those before, as each list says."""
    found = VariationAttribute(element.get("variation-attribute-id", ""), element.get("attribute-id", ""), shared)
    found.names = [plain(one) for one in named(element, "display-name")]
    found.values = dict(before.values) if before is not None else {}
    for listed in named(element, _VALUES):
        given = {one.get("value", ""): plain(one) for _, one in children(listed)}
        known = {**found.values, **given}
        order = merged(list(found.values), given, listed.get("merge-mode", "replace"))
        found.values = {value: known[value] for value in order}
    return found


def other_type(holdings: Holdings, log: ImportLog, product: Product, wanted: str) -> bool:
    """Refuse a second type: bundle, product set and master exclude each other, and a variant is none of them."""
    owner = holdings.masters.get(product.id)
    if product.type in ("product", wanted) and owner is None:
        return False
    is_ = product.type if owner is None else f"variant of {owner}"
    log.error(product.id, f"product is a {is_} and cannot be a {wanted}")
    return True
