"""How complete products are: the share of their family's required attributes that have a value."""

from __future__ import annotations

from typing import Any

from local.demo_pim.items import Doc
from local.demo_pim.store import Store

EMPTY: tuple[Any, ...] = (None, "", [], {})


def completenesses(store: Store, product: Doc) -> list[dict[str, Any]]:
    """Return `[{"scope", "locale", "data": percent}]` for every channel and locale; empty without a family."""
    hint = store.products.hints(product["uuid"]).get("_completeness") if "uuid" in product else None
    if hint is not None:
        return list(hint)
    return [
        {"scope": channel, "locale": locale, "data": percent}
        for channel, about in store.docs("channels").items()
        for locale in about["locales"]
        if (percent := ratio(store, product, channel, locale)) is not None
    ]


def ratio(store: Store, product: Doc, channel: str, locale: str) -> int | None:
    """Return the percentage for one channel and locale, rounded down; None without a family."""
    family = store.docs("families").get(product.get("family") or "")
    if family is None:
        return None
    attributes = store.docs("attributes")
    required = [
        code
        for code in family["attribute_requirements"].get(channel, ())
        if (about := attributes.get(code)) and locale in (about.get("available_locales") or (locale,))
    ]
    if not required:
        return 100
    values = product["values"]
    filled = sum(
        any(
            value["data"] not in EMPTY and value["locale"] in (None, locale) and value["scope"] in (None, channel)
            for value in values.get(code, ())
        )
        for code in required
    )
    return filled * 100 // len(required)
