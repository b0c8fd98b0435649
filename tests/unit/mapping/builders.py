"""Small builders for mapping tests: a PIM in one channel and three locales, and what a mapper makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from lxml import etree

from akeneo_sfcc.mapping.placement import SIMPLE, Placement
from akeneo_sfcc.mapping.products import ProductMapper
from akeneo_sfcc.mapping.record import Issue, ItemRecord
from akeneo_sfcc.pim.model import (
    Attribute,
    AttributeGroup,
    AttributeOption,
    Category,
    Channel,
    Family,
    FamilyVariant,
    Product,
    ProductModel,
    Structure,
    Target,
    VariantAttributeSet,
)
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.sfcc.product_element import join_at_slots

NAMESPACE = "http://www.demandware.com/xml/impex/catalog/2006-10-31"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LOCALES = ("en_US", "de_DE", "fr_FR")
SKU = Attribute("sku", "pim_catalog_identifier", unique=True, is_main_identifier=True)


def settings(**sections: Any) -> Settings:
    """Settings of one master catalogue; sections replace the defaults."""
    document: dict[str, Any] = {
        "pim": {"base_url": "https://pim.example.com", "channel": "shop"},
        "master_catalogs": [{"id": "master"}],
    }
    for name, section in sections.items():
        document[name] = {**document[name], **section} if name == "pim" else section
    return Settings.parse(document)


def attribute(code: str, kind: str = "pim_catalog_text", **more: Any) -> Attribute:
    """An attribute; short kinds get their prefix."""
    return Attribute(code, kind if "_" in kind else f"pim_catalog_{kind}", **more)


def options(*codes: str, **labels: str) -> tuple[AttributeOption, ...]:
    """Options in this order; `labels` are the English ones."""
    return tuple(
        AttributeOption(code, index, {"en_US": labels[code]} if code in labels else {})
        for index, code in enumerate(codes)
    )


def structure(*attributes: Attribute, **more: Any) -> Structure:
    """A PIM with these attributes, an identifier, and a family "camera" that has them all."""
    known = {one.code: one for one in (SKU, *attributes)}
    base = Structure(
        channel=Channel("shop", LOCALES, ("EUR",), "tree"),
        locales=LOCALES,
        attributes=known,
        attribute_groups={"other": AttributeGroup("other")},
        families={"camera": Family("camera", attributes=tuple(known))},
        family_variants={},
        options={},
        categories=(Category("tree"), Category("leaf", "tree"), Category("other_tree"), Category("twig", "other_tree")),
        association_types={},
        measurement_families={},
    )
    return replace(base, **more)


def variant_family(*levels: tuple[Iterable[str], Iterable[str]]) -> dict[str, FamilyVariant]:
    """One family variant "by_axis"; a level is (axes, other attributes)."""
    sets = tuple(
        VariantAttributeSet(level, tuple(axes), (*axes, *others)) for level, (axes, others) in enumerate(levels, 1)
    )
    return {"by_axis": FamilyVariant("by_axis", "camera", sets)}


def value(data: Any, locale: str | None = None, scope: str | None = None) -> dict[str, Any]:
    """One value as the API sends it."""
    return {"locale": locale, "scope": scope, "data": data}


def values(**by_code: Any) -> dict[str, list[dict[str, Any]]]:
    """Values by attribute: data, a list of `value(...)`, or a dict locale → data."""
    result = {}
    for code, given in by_code.items():
        if isinstance(given, list) and given and isinstance(given[0], dict) and "data" in given[0]:
            result[code] = given
        elif isinstance(given, dict) and set(given) <= {*LOCALES, "it_IT"}:
            result[code] = [value(data, locale) for locale, data in given.items()]
        else:
            result[code] = [value(given)]
    return result


def product(key: str = "u1", *, identifier: str | None = "p1", **more: Any) -> Product:
    """A product; keywords that are no field of it are values."""
    fields = ("enabled", "family", "parent", "categories", "associations")
    given = {name: more.pop(name) for name in fields if name in more}
    base = Product(key, identifier, True, "camera", None, (), values(**more), {})
    return replace(base, **given)


def model(code: str = "m1", **more: Any) -> ProductModel:
    """A model of the family variant "by_axis"; keywords that are no field of it are values."""
    given = {name: more.pop(name) for name in ("parent", "categories", "associations") if name in more}
    return replace(ProductModel(code, "camera", "by_axis", None, (), values(**more), {}), **given)


def target(key: str, **more: Any) -> Target:
    """An associated item."""
    return Target(key, **more)


class Mapped:
    """One mapped item: its record, its issues, and its element taken apart."""

    def __init__(self, made: tuple[ItemRecord, list[Issue]]) -> None:
        self.record, self.issues = made
        self.element = parse(self.record.xml) if self.record.xml else None

    @property
    def reasons(self) -> list[tuple[str, str | None]]:
        """`(reason, attribute)` of every issue."""
        return [(issue.reason, issue.attribute) for issue in self.issues]

    def custom(self) -> list[tuple[str, str, Any]]:
        """`(id, language, text or list of values)` of the custom attributes, in document order."""
        assert self.element is not None
        return [
            (
                one.get("attribute-id") or "",
                one.get(LANG) or "",
                [child.text for child in one] if len(one) else one.text,
            )
            for one in self.element.iterfind("custom-attributes/custom-attribute")
        ]

    def text(self, attribute_id: str, lang: str = "") -> Any:
        """The value of one custom attribute; None if it is not there."""
        found = {(one, language): text for one, language, text in self.custom()}
        return found.get((attribute_id, lang))

    def system(self, tag: str) -> list[tuple[str, str | None]]:
        """`(language, text)` of all elements of a name."""
        assert self.element is not None
        return [(one.get(LANG) or "", one.text) for one in self.element.iter(tag)]


def parse(pieces: list[str]) -> etree._Element:
    """Parse a record's element."""
    return etree.fromstring(f'<_ xmlns:xsi="{XSI}">{join_at_slots(pieces)}</_>')[0]


def mapped(
    given: Product | ProductModel, pim: Structure, config: Settings | None = None, placement: Placement = SIMPLE
) -> Mapped:
    """Map one item."""
    mapper = ProductMapper(config or settings(), pim)
    return Mapped(mapper.map_product(given, placement) if isinstance(given, Product) else mapper.map_model(given))


def envelope(*pieces: list[str], fill: Mapping[str, str] | None = None) -> bytes:
    """A catalogue file with these products; slots of models are filled as the shards would."""
    slots = {"<online-flag/>": "<online-flag>true</online-flag>", "<images/>": "", "<variations/>": "<variations/>"}
    text = ""
    for one in pieces:
        xml = join_at_slots(one)
        for slot, filling in {**slots, **(fill or {})}.items():
            xml = xml.replace(slot, filling)
        text += xml
    head = f'<?xml version="1.0" encoding="UTF-8"?><catalog xmlns="{NAMESPACE}" xmlns:xsi="{XSI}" catalog-id="master">'
    return f"{head}{text}</catalog>".encode()


Validate = Callable[..., None]
