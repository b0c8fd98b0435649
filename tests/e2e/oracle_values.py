"""What every value must become, worked out from docs/mapping.md sections 1 to 3 in the simplest way.

Nothing here comes from the product's mapping: that is what it is compared with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.e2e.snapshots import Item, Snapshot

NIL = "(nil)"
"""Stands for an element with xsi:nil."""

Key = tuple[str, str]
"""("c:<custom attribute>" or element name, xml:lang)."""

Values = dict[Key, str | list[str]]

SYSTEM: dict[str, tuple[str, bool, int | str | None]] = {
    # id: (element, has languages, kind of content)
    "ean": ("ean", False, 256), "upc": ("upc", False, 256), "unit": ("unit", False, 256),
    "minorderquantity": ("min-order-quantity", False, "quantity"),
    "stepquantity": ("step-quantity", False, "quantity"),
    "name": ("display-name", True, 4000),
    "shortdescription": ("short-description", True, None), "longdescription": ("long-description", True, None),
    "onlineflag": ("online-flag", False, "flag"),
    "onlinefrom": ("online-from", False, "instant"), "onlineto": ("online-to", False, "instant"),
    "searchable": ("searchable-flag", False, "flag"),
    "searchableifunavailable": ("searchable-if-unavailable-flag", False, "flag"),
    "template": ("template", False, 256), "taxclassid": ("tax-class-id", False, "tax class"),
    "brand": ("brand", False, 256), "manufacturername": ("manufacturer-name", False, 256),
    "manufacturersku": ("manufacturer-sku", False, 256),
    "searchplacement": ("search-placement", False, "int"), "searchrank": ("search-rank", False, "int"),
    "sitemapincluded": ("sitemap-included-flag", False, "flag"),
    "sitemapchangefrequency": ("sitemap-changefrequency", False, "frequency"),
    "sitemappriority": ("sitemap-priority", False, "priority"),
    "pagetitle": ("page-title", True, 4000), "pagedescription": ("page-description", True, 4000),
    "pagekeywords": ("page-keywords", True, 4000), "pageurl": ("page-url", True, 4000),
    "pinterestenabled": ("pinterest-enabled-flag", False, "flag"),
    "facebookenabled": ("facebook-enabled-flag", False, "flag"),
    "storereceiptname": ("receipt-name", True, None), "storetaxclass": ("tax-class", False, 60),
    "storeforcepriceenabled": ("force-price-flag", False, "flag"),
}  # fmt: skip
LABELLED = {
    "name", "shortdescription", "longdescription", "brand", "manufacturername", "unit", "pagetitle",
    "pagedescription", "pagekeywords", "storereceiptname",
}  # fmt: skip
FREQUENCIES = ("always", "hourly", "daily", "weekly", "monthly", "yearly", "never")
EMPTIED_BY_NIL = {
    "online-from", "online-to", "search-rank", "search-placement", "sitemap-included-flag",
    "sitemap-changefrequency", "sitemap-priority",
}  # fmt: skip
SELECTS = ("pim_catalog_simpleselect", "pim_catalog_multiselect")
STRINGS = ("pim_catalog_identifier", "pim_catalog_text", "pim_catalog_file")
CODES = ("akeneo_reference_entity", "pim_reference_data_simpleselect")
CODE_LISTS = (
    "akeneo_reference_entity_collection",
    "pim_reference_data_multiselect",
    "pim_catalog_asset_collection",
)


def camel(code: str) -> str:
    first, *rest = code.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def plain(number: Decimal) -> str:
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text


def number_in(data: Any) -> Decimal | None:
    try:
        return None if isinstance(data, bool) else Decimal(str(data))
    except InvalidOperation:
        return None


def allowed_in_xml(text: str) -> str:
    return "".join(
        c for c in text if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c >= "\U00010000"
    )


def shortened(text: str, limit: int) -> str:
    while len(text.encode("utf-16-le")) > 2 * limit:
        text = text[:-1]
    return text


class ValueOracle:
    """Turns the values of one item into what its element must hold, and notes what must be recorded."""

    def __init__(self, snapshot: Snapshot, document: Item) -> None:
        self.snapshot = snapshot
        self.document = document
        self.attributes = {one["code"]: one for one in snapshot["attributes"]}
        self.options = {
            code: {option["code"].lower(): option for option in snapshot[f"attributes/{code}/options"]}
            for code, one in self.attributes.items()
            if one["type"] in SELECTS
        }
        self.families = {one["code"]: one for one in snapshot["families"]}
        self.family_variants = {
            variant["code"]: variant for code in self.families for variant in snapshot[f"families/{code}/variants"]
        }
        self.channel = next(one for one in snapshot["channels"] if one["code"] == document["pim"]["channel"])
        self.axes = {
            axis
            for variant in self.family_variants.values()
            for level in variant["variant_attribute_sets"]
            for axis in level["axes"]
        }
        self.issues: set[tuple[str, str, str | None, str]] = set()
        self._set_languages()
        self._set_targets()

    def setting(self, section: str, name: str, default: Any = None) -> Any:
        return self.document.get(section, {}).get(name, default)

    def _set_languages(self) -> None:
        self.locales = self.document["pim"].get("locales") or self.channel["locales"]
        renamed = self.setting("locales", "map", {})
        target = {locale: renamed.get(locale, locale.replace("_", "-")) for locale in self.locales}
        on_default = [locale for locale in self.locales if target[locale] == "x-default"]
        wanted = self.setting("locales", "default", "first")
        if on_default:
            self.default = on_default[0]
        else:
            self.default = self.locales[0] if wanted == "first" else wanted
        self.outputs = [("x-default", self.default)] if self.default else []
        self.outputs += sorted((lang, locale) for locale, lang in target.items() if lang != "x-default")

    def labels(self, labels: dict[str, str], code: str) -> list[tuple[str, str]]:
        """A label in every language that has it; x-default always."""
        texts = [(lang, labels.get(locale)) for lang, locale in self.outputs if lang != "x-default"]
        return [
            ("x-default", labels.get(self.default or "") or code),
            *((lang, text) for lang, text in texts if text),
        ]

    # ------------------------------------------------------------------ which attribute goes where

    def _mapping(self, name: str) -> dict[str, str]:
        given = self.setting("attributes", name, {})
        found = {}
        for left, right in given.get("matching", given).items():
            rest = left.removeprefix("akeneo_")
            by_camel = {camel(code): code for code in sorted(self.attributes, reverse=True)}
            code = next(one for one in (left, rest, by_camel.get(rest, rest)) if one in self.attributes)
            found[code] = right
        return found

    def _set_targets(self) -> None:
        self.system: dict[str, list[str]] = {}
        online = self.setting("products", "online", "status")
        if online.startswith("attribute:"):
            self.system["onlineflag"] = [online.removeprefix("attribute:")]
        for code, target in self._mapping("system_mapping").items():
            self.system.setdefault(target.lower(), []).append(code)
        custom = self._mapping("custom_mapping")
        excluded = set(self.setting("attributes", "exclude", []))
        groups = set(self.setting("attributes", "exclude_groups", []))
        product_id = self.setting("products", "id", "identifier")
        as_id = {
            "identifier": next(one["code"] for one in self.attributes.values() if "identifier" in one["type"]),
            "uuid": None,
        }.get(product_id, product_id.removeprefix("attribute:"))
        mapped = {code for codes in self.system.values() for code in codes}
        prices = self.setting("attributes", "prices", "pricebook") == "attribute"
        self.split = self.setting("attributes", "measurements", "text") == "split"
        own = [
            code
            for code, one in self.attributes.items()
            if code not in custom
            and (
                code in self.axes
                or not (
                    code == as_id
                    or code in excluded
                    or one["group"] in groups
                    or code in mapped
                    or (one["type"] == "pim_catalog_price_collection" and not prices)
                    or (one["type"] in SELECTS and not self.options[code])
                )
            )
        ]
        prefix = self.setting("attributes", "prefix", "akeneo_")
        name = camel if self.setting("attributes", "id_style", "camel") == "camel" else str
        taken = {target.lower() for target in custom.values()} | {"akeneo_assetsdata"}
        ids = {}
        for code in sorted(own, key=lambda code: code.encode()):
            wanted = prefix + name(code)
            ids[code] = prefix + code if wanted.lower() in taken else wanted
            taken.add(ids[code].lower())
        # custom id → (attribute, part of a metric) that may fill it, the first with a value does
        self.custom: dict[str, list[tuple[str, str]]] = {}
        for code, id_ in [*custom.items(), *ids.items()]:
            if self.split and self.attributes[code]["type"] == "pim_catalog_metric" and code not in self.axes:
                self.custom.setdefault(id_, []).append((code, "amount"))
                self.custom.setdefault(id_ + "Unit", []).append((code, "unit"))
            else:
                self.custom.setdefault(id_, []).append((code, ""))
        self.axis_id = {code: id_ for id_, codes in self.custom.items() for code, _ in codes if code in self.axes}

    # ------------------------------------------------------------------ one attribute's values

    def entries(self, code: str, values: Item) -> Iterator[tuple[str | None, Any]]:
        """The values that belong to the run: (locale or None, data)."""
        one = self.attributes[code]
        for entry in values.get(code, []):
            if one["scopable"] and entry["scope"] != self.channel["code"]:
                continue
            if one["localizable"]:
                if entry["locale"] in self.languages_of(one).values():
                    yield entry["locale"], entry["data"]
            else:
                yield None, entry["data"]

    def languages_of(self, attribute: Item) -> dict[str, str]:
        available = attribute["available_locales"]
        return {lang: locale for lang, locale in self.outputs if not available or locale in available}

    def note(self, severity: str, id_: str, code: str | None, reason: str) -> None:
        self.issues.add((severity, id_, code, reason))

    def converted(self, id_: str, code: str, data: Any, part: str = "", limit: int | None = 4000) -> Any:
        """What a custom attribute holds: a text, a list of texts, or None."""
        one = self.attributes[code]
        kind = one["type"]
        if data is None or data in ("", []):
            return None
        if kind == "pim_catalog_metric":
            return self.metric(id_, code, data, part)
        if kind == "pim_catalog_number":
            return self.number(id_, one, data, limit)
        ways: dict[str, Callable[[], Any]] = {
            **dict.fromkeys((*STRINGS, *CODES), lambda: self.text(id_, code, str(data), limit)),
            **dict.fromkeys(CODE_LISTS, lambda: data),
            "pim_catalog_textarea": lambda: self.text(id_, code, data, None),
            "pim_catalog_image": lambda: self.image_path(data),
            "pim_catalog_simpleselect": lambda: self.option_code(id_, code, data),
            "pim_catalog_multiselect": lambda: [
                option for option in (self.option_code(id_, code, one) for one in data) if option is not None
            ],
            "pim_catalog_boolean": lambda: self.flag(id_, code, data),
            "pim_catalog_date": lambda: self.day(id_, code, data),
            "pim_catalog_price_collection": lambda: [
                f"{price['amount']} {price['currency']}" for price in data if price["amount"] is not None
            ],
        }
        way = ways.get(kind, lambda: json.dumps(data, ensure_ascii=False, separators=(",", ":")))
        return way() or None

    def flag(self, id_: str, code: str, data: Any) -> str | None:
        if not isinstance(data, bool):
            self.note("reject", id_, code, "not_a_boolean")
            return None
        return "true" if data else "false"

    def day(self, id_: str, code: str, data: Any) -> str | None:
        if not re.match(r"\d{4}-\d\d-\d\d", data):
            self.note("reject", id_, code, "not_a_date")
            return None
        return str(data[:10])

    def number(self, id_: str, attribute: Item, data: Any, limit: int | None) -> str | None:
        number = number_in(data)
        if number is None:
            self.note("reject", id_, attribute["code"], "not_a_number")
            return None
        if limit is not None and self.is_int(attribute) and not -(2**31) <= number < 2**31:
            self.note("reject", id_, attribute["code"], "int_out_of_range")
            return None
        return plain(number)

    def metric(self, id_: str, code: str, data: Any, part: str) -> str | None:
        number = number_in(data["amount"])
        if number is None:
            self.note("reject", id_, code, "not_a_number")
            return None
        return {"": f"{plain(number)} {data['unit']}", "amount": plain(number), "unit": str(data["unit"])}[part]

    def is_int(self, attribute: Item) -> bool:
        bounds = [Decimal(attribute[name]) for name in ("number_min", "number_max") if attribute[name] is not None]
        return attribute["decimals_allowed"] is False and all(-(2**31) <= bound < 2**31 for bound in bounds)

    def text(self, id_: str, code: str, text: str, limit: int | None) -> str | None:
        cleaned = allowed_in_xml(text)
        if cleaned != text:
            self.note("warn", id_, code, "forbidden_characters")
        if limit is not None and shortened(cleaned, limit) != cleaned:
            self.note("warn", id_, code, "text_cut")
            cleaned = shortened(cleaned, limit)
        return cleaned if cleaned.strip() else None

    def image_path(self, media_code: str) -> str:
        base = self.setting("images", "base_path", "akeneo")
        segments = re.sub(r"[^A-Za-z0-9._/-]", "_", media_code).split("/")
        return "/".join([base, *("_" if segment in ("", ".", "..") else segment for segment in segments)])

    def option_code(self, id_: str, code: str, option: str) -> str | None:
        known = self.options[code].get(option.lower())
        if known is None:
            self.note("warn", id_, code, "unknown_option")
            return None
        return str(known["code"])

    # ------------------------------------------------------------------ all values of an item

    def values(self, id_: str, values: Item) -> Values:
        found: Values = {}
        for custom_id, sources in self.custom.items():
            for code, part in sources:
                got = self.custom_values(id_, custom_id, code, part, values)
                found.update(got)
                if got:
                    break
        for target, codes in self.system.items():
            for code in codes:
                got = self.system_values(id_, target, code, values) if target != "onlineflag" else {}
                found.update(got)
                if got:
                    break
        return found

    def custom_values(self, id_: str, custom_id: str, code: str, part: str, values: Item) -> Values:
        by_locale = {locale: self.converted(id_, code, data, part) for locale, data in self.entries(code, values)}
        if not self.attributes[code]["localizable"]:
            return {(f"c:{custom_id}", ""): by_locale[None]} if by_locale.get(None) else {}
        languages = self.languages_of(self.attributes[code])
        return {
            (f"c:{custom_id}", lang): by_locale[locale] for lang, locale in languages.items() if by_locale.get(locale)
        }

    def system_values(self, id_: str, target: str, code: str, values: Item) -> Values:
        element, _, content = SYSTEM[target]
        one = self.attributes[code]
        by_locale = {locale: self.converted(id_, code, data, limit=None) for locale, data in self.entries(code, values)}
        found: Values = {}
        for lang, locale in self.system_languages(target, code):
            value = by_locale.get(locale if one["localizable"] else None)
            if value:
                fitted = self.fitted(id_, code, self.system_text(target, code, value, locale), content)
                if fitted is not None:
                    found[element, lang] = fitted
        return found

    def system_languages(self, target: str, code: str) -> list[tuple[str, str | None]]:
        """(xml:lang or "", the locale whose value or label stands there)."""
        one = self.attributes[code]
        if not SYSTEM[target][1]:
            return [("", self.default)]
        if one["localizable"]:
            return list(self.languages_of(one).items())
        if target in LABELLED and one["type"] in SELECTS:
            return [
                ("x-default", self.default),
                *((lang, locale) for lang, locale in self.outputs if lang != "x-default"),
            ]
        return [("x-default", self.default)]

    def system_text(self, target: str, code: str, value: str | list[str], locale: str | None) -> str:
        texts = value if isinstance(value, list) else [value]
        if target in LABELLED and self.attributes[code]["type"] in SELECTS:
            options = self.options[code]
            texts = [options[text.lower()]["labels"].get(locale or "") or text for text in texts]
        return ", ".join(texts)

    def fitted(self, id_: str, code: str, text: str, content: int | str | None) -> str | None:
        if content is None or isinstance(content, int):
            return self.text(id_, code, text, content)
        if content == "tax class":
            text = self.text(id_, code, text, 256) or ""
        number = number_in(text)
        fits = {
            "flag": lambda: {"true": "true", "1": "true", "false": "false", "0": "false"}.get(text.lower()),
            "quantity": lambda: plain(number) if number is not None and number > 0 else None,
            "priority": lambda: plain(number) if number is not None and 0 <= number <= 1 else None,
            "int": lambda: (
                plain(number) if number is not None and number == int(number) and abs(number) < 2**31 else None
            ),
            "instant": lambda: f"{text[:10]}T00:00:00.000Z" if re.match(r"\d{4}-\d\d-\d\d", text) else None,
            "frequency": lambda: text.lower() if text.lower() in FREQUENCIES else None,
            "tax class": lambda: text if text and text == text.strip() and "\n" not in text else None,
        }[content]()
        if fits is None:
            self.note("reject", id_, code, "does_not_fit")
        return fits

    def emptied(self, codes: list[str], written: Values) -> Values:
        """The empty elements of `products.clear_empty: family` for these attributes."""
        found: Values = {}
        for custom_id, sources in self.custom.items():
            for code, _ in sources:
                if code in codes:
                    one = self.attributes[code]
                    for lang in self.languages_of(one) if one["localizable"] else [""]:
                        found[f"c:{custom_id}", lang] = ""
        for target, sources_ in self.system.items():
            element, _, content = SYSTEM[target]
            for code in sources_:
                if code in codes and not (content in ("flag", "tax class") and element not in EMPTIED_BY_NIL):
                    for lang, _locale in self.system_languages(target, code):
                        empty = "1" if content == "quantity" else ""
                        found[element, lang] = NIL if element in EMPTIED_BY_NIL else empty
        return {key: text for key, text in found.items() if key not in written}

    def axis_text(self, id_: str, code: str, values: Item) -> str | None:
        found = {locale: self.converted(id_, code, data) for locale, data in self.entries(code, values)}
        value = found.get(self.default if self.attributes[code]["localizable"] else None)
        return value if isinstance(value, str) else None
