"""Turns the API's JSON into the model's values.

Tolerant of what PIM versions differ in: PHP writes an empty object as `[]`, older versions lack keys, absent
things come as null. Not tolerant of an item without a key: that raises DataError, because it could not be
accounted for. Names follow https://api.akeneo.com/api-reference-index.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.pim.model import (
    AssociationType,
    Attribute,
    AttributeGroup,
    AttributeOption,
    Category,
    Channel,
    Family,
    FamilyVariant,
    Labels,
    MeasurementFamily,
    Product,
    ProductModel,
    Target,
    VariantAttributeSet,
)

Raw = Mapping[str, Any]

_NOTHING: Mapping[str, Any] = {}


def parse_product(raw: Raw, identifier_attribute: str | None = None) -> Product:
    """Return a product of `/products-uuid` or `/products`.

    identifier_attribute: code of the main identifier attribute; its value is the identifier where the item
    does not have one of its own (by uuid).
    """
    try:
        uuid = raw.get("uuid")
        values = raw.get("values") or _NOTHING
        if not isinstance(values, dict):
            raise _unreadable("product", raw, "values is no object")
        identifier = raw.get("identifier")
        if identifier is None and identifier_attribute is not None and identifier_attribute in values:
            identifier = _identifier(values[identifier_attribute])
        key = uuid.lower() if uuid else identifier
        if not key:
            raise _unreadable("product", raw, "neither uuid nor identifier")
        categories = raw.get("categories")
        return Product(
            key=key,
            identifier=identifier or None,
            enabled=raw.get("enabled") is not False,
            family=raw.get("family"),
            parent=raw.get("parent"),
            categories=tuple(categories) if categories else (),
            values=values,
            associations=_associations(raw),
        )
    except (AttributeError, TypeError, KeyError, ValueError, IndexError) as error:
        raise _unreadable("product", raw, str(error)) from error


def parse_product_model(raw: Raw) -> ProductModel:
    """Return a product model of `/product-models`."""
    try:
        values = raw.get("values") or _NOTHING
        if not isinstance(values, dict):
            raise _unreadable("product model", raw, "values is no object")
        categories = raw.get("categories")
        return ProductModel(
            code=_code(raw, "product model"),
            family=raw.get("family"),
            family_variant=raw.get("family_variant") or "",
            parent=raw.get("parent"),
            categories=tuple(categories) if categories else (),
            values=values,
            associations=_associations(raw),
        )
    except (AttributeError, TypeError, KeyError, ValueError, IndexError) as error:
        raise _unreadable("product model", raw, str(error)) from error


def attribute(raw: Raw) -> Attribute:
    """Return an attribute of `/attributes`."""
    return Attribute(
        code=_code(raw, "attribute"),
        type=_text(raw, "type") or "",
        group=_text(raw, "group") or "other",
        labels=_labels(raw),
        sort_order=_number(raw, "sort_order"),
        localizable=raw.get("localizable") is True,
        scopable=raw.get("scopable") is True,
        unique=raw.get("unique") is True,
        available_locales=_codes(raw, "available_locales"),
        metric_family=_text(raw, "metric_family"),
        default_metric_unit=_text(raw, "default_metric_unit"),
        decimals_allowed=_flag(raw, "decimals_allowed"),
        number_min=_limit(raw, "number_min"),
        number_max=_limit(raw, "number_max"),
        wysiwyg_enabled=raw.get("wysiwyg_enabled") is True,
        reference_data_name=_text(raw, "reference_data_name"),
        is_main_identifier=raw.get("is_main_identifier") is True,
    )


def attribute_option(raw: Raw) -> AttributeOption:
    """Return an option of `/attributes/{code}/options`; an empty code is kept, because the option can be rejected."""
    is_empty = isinstance(raw, dict) and raw.get("code") == ""
    code = "" if is_empty else _code(raw, "attribute option")
    return AttributeOption(code, _number(raw, "sort_order"), _labels(raw))


def attribute_group(raw: Raw) -> AttributeGroup:
    """Return a group of `/attribute-groups`."""
    return AttributeGroup(
        _code(raw, "attribute group"), _number(raw, "sort_order"), _labels(raw), _codes(raw, "attributes")
    )


def family(raw: Raw) -> Family:
    """Return a family of `/families`."""
    return Family(
        code=_code(raw, "family"),
        labels=_labels(raw),
        attributes=_codes(raw, "attributes"),
        attribute_as_label=_text(raw, "attribute_as_label"),
        attribute_as_image=_text(raw, "attribute_as_image"),
    )


def family_variant(raw: Raw, family: str) -> FamilyVariant:
    """Return a family variant of `/families/{family}/variants`, its levels in order."""
    code = _code(raw, "family variant")
    levels = raw.get("variant_attribute_sets")
    if not isinstance(levels, list) or not all(isinstance(level, dict) for level in levels):
        raise _unreadable("family variant", raw, "variant_attribute_sets is no list of levels")
    sets = [
        VariantAttributeSet(_number(level, "level"), _codes(level, "axes"), _codes(level, "attributes"))
        for level in levels
    ]
    return FamilyVariant(code, family, tuple(sorted(sets, key=lambda level: level.level)), _labels(raw))


def category(raw: Raw) -> Category:
    """Return a category of `/categories`."""
    return Category(_code(raw, "category"), _text(raw, "parent"), _labels(raw))


def channel(raw: Raw) -> Channel:
    """Return a channel of `/channels`."""
    return Channel(
        code=_code(raw, "channel"),
        locales=_codes(raw, "locales"),
        currencies=_codes(raw, "currencies"),
        category_tree=_text(raw, "category_tree") or "",
        labels=_labels(raw),
    )


def association_type(raw: Raw) -> AssociationType:
    """Return an association type of `/association-types`."""
    return AssociationType(
        code=_code(raw, "association type"),
        labels=_labels(raw),
        is_quantified=raw.get("is_quantified") is True,
        is_two_way=raw.get("is_two_way") is True,
    )


def measurement_family(raw: Raw) -> MeasurementFamily:
    """Return a measurement family of `/measurement-families`.

    The API's `convert_from_standard` holds the steps that take an amount of the unit to the standard unit.
    """
    code = _code(raw, "measurement family")
    units = raw.get("units") or {}
    if not isinstance(units, dict):
        raise _unreadable("measurement family", raw, "units is no object")
    try:
        return MeasurementFamily(
            code=code,
            standard_unit=str(raw.get("standard_unit_code") or ""),
            units={
                name: tuple((str(s["operator"]), str(s["value"])) for s in unit.get("convert_from_standard") or ())
                for name, unit in units.items()
            },
        )
    except (AttributeError, TypeError, KeyError) as error:
        raise _unreadable("measurement family", raw, f"a unit without its conversion ({error})") from error


def _identifier(entries: Any) -> str | None:
    for entry in entries:
        data = entry.get("data")
        if data is not None:
            # PIMs with generated identifiers send text; a number can only come from a careless proxy or test.
            return data if isinstance(data, str) else str(data)
    return None


def _associations(raw: Raw) -> Mapping[str, tuple[Target, ...]]:
    found: dict[str, tuple[Target, ...]] = {}
    plain = raw.get("associations")
    if plain:
        for code, entry in plain.items():
            # The API lists every type of the PIM for every item; nearly all are empty.
            if entry:
                products, models = entry.get("products"), entry.get("product_models")
                if products or models:
                    found[code] = _plain(products, models)
    quantified = raw.get("quantified_associations")
    if quantified:
        for code, entry in quantified.items():
            if entry:
                targets = _quantified(entry)
                if targets:
                    found[code] = found.get(code, ()) + targets
    return found


def _plain(products: Any, models: Any) -> tuple[Target, ...]:
    # A product without identifier stands as null where products are listed by identifier.
    targets = [Target(key) for key in products or () if key]
    targets += [Target(code, True) for code in models or () if code]
    return tuple(targets)


def _quantified(entry: Any) -> tuple[Target, ...]:
    targets = []
    for product in entry.get("products") or ():
        key = product.get("uuid") or product.get("identifier")
        if key:
            targets.append(Target(key, False, _quantity(product)))
    for model in entry.get("product_models") or ():
        # Documented as `code`; the PIM's own code writes `identifier`.
        key = model.get("identifier") or model.get("code")
        if key:
            targets.append(Target(key, True, _quantity(model)))
    return tuple(targets)


def _quantity(entry: Any) -> int | None:
    quantity = entry.get("quantity")
    return None if quantity is None else int(quantity)


def _code(raw: Any, kind: str) -> str:
    code = raw.get("code") if isinstance(raw, dict) else None
    if not isinstance(code, str) or not code:
        raise _unreadable(kind, raw, "no code")
    return code


def _labels(raw: Raw) -> Labels:
    labels = raw.get("labels")
    if not isinstance(labels, dict):
        return {}
    return {locale: text for locale, text in labels.items() if isinstance(text, str) and text}


def _codes(raw: Raw, name: str) -> tuple[str, ...]:
    codes = raw.get(name)
    # PHP writes a list with a gap in its numbering as an object.
    entries = codes.values() if isinstance(codes, dict) else codes if isinstance(codes, list) else ()
    return tuple(code for code in entries if isinstance(code, str))


def _text(raw: Raw, name: str) -> str | None:
    text = raw.get(name)
    return text if isinstance(text, str) and text else None


def _number(raw: Raw, name: str) -> int:
    number = raw.get(name)
    return number if isinstance(number, int) else 0


def _flag(raw: Raw, name: str) -> bool | None:
    flag = raw.get(name)
    return flag if isinstance(flag, bool) else None


def _limit(raw: Raw, name: str) -> str | None:
    limit = raw.get(name)
    return None if limit is None or limit == "" else str(limit)


def _unreadable(kind: str, raw: Any, why: str) -> DataError:
    name = next((raw[k] for k in ("uuid", "identifier", "code") if raw.get(k)), None) if isinstance(raw, dict) else None
    return DataError(f"the PIM sent a {kind} that cannot be read ({name or str(raw)[:100]!r}): {why}")
