"""What a call's parameters do to an item: fewer values, added data, the identifier in place of the uuid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.demo_pim.completeness import completenesses
from local.demo_pim.items import Doc
from local.demo_pim.paging import flag
from local.demo_pim.replies import unprocessable
from local.demo_pim.store import Store

SELECTS = ("pim_catalog_simpleselect", "pim_catalog_multiselect")


@dataclass(frozen=True, slots=True)
class View:
    """How items of a call are shown."""

    attributes: frozenset[str] | None = None
    locales: frozenset[str] | None = None
    scope: str | None = None
    with_options: bool = False
    with_completenesses: bool = False
    with_quality_scores: bool = False
    with_position: bool = False
    by_identifier: bool = False
    with_uuid: bool = True

    @property
    def plain(self) -> bool:
        """Say whether items are shown as they are kept."""
        return self == View()


def product_view(store: Store, args: Mapping[str, str], *, by_identifier: bool, with_uuid: bool) -> View:
    """Read the parameters of a product or model list; raise ApiError 422 for what does not exist."""
    channels = store.docs("channels")
    scope = args.get("scope") or None
    if scope is not None and scope not in channels:
        raise unprocessable(f'Scope "{scope}" does not exist.')
    locales = frozenset(_split(args.get("locales")))
    active = active_locales(store)
    if unknown := sorted(locales - active):
        raise unprocessable(_missing("Locale", unknown, " or is not activated", " or are not activated"))
    if scope is not None:
        in_channel = frozenset(channels[scope]["locales"])
        if foreign := sorted(locales - in_channel):
            raise unprocessable(f'Locale "{foreign[0]}" is not activated for the scope "{scope}".')
        locales = locales or in_channel
    attributes = _split(args.get("attributes"))
    if unknown := sorted(set(attributes) - set(store.docs("attributes"))):
        raise unprocessable(_missing("Attribute", unknown))
    return View(
        attributes=frozenset(attributes) if attributes else None,
        # Every locale in use is no restriction: the items can be sent as they are kept.
        locales=None if locales >= active else locales or None,
        scope=scope,
        with_options=flag(args, "with_attribute_options"),
        with_completenesses=flag(args, "with_completenesses"),
        with_quality_scores=flag(args, "with_quality_scores"),
        by_identifier=by_identifier,
        with_uuid=with_uuid,
    )


def active_locales(store: Store) -> frozenset[str]:
    """Return the locales some channel uses."""
    return frozenset(locale for channel in store.docs("channels").values() for locale in channel["locales"])


def show(store: Store, doc: Doc, view: View) -> Doc:
    """Return the item as the call wants it; the given one may be changed."""
    if view.attributes is not None or view.locales is not None or view.scope is not None:
        doc["values"] = {
            code: kept
            for code, values in doc["values"].items()
            if (view.attributes is None or code in view.attributes)
            and (kept := [value for value in values if _shown(value, view)])
        }
    if view.with_options:
        _link_options(store, doc)
    if view.with_completenesses:
        doc["completenesses"] = completenesses(store, doc)
    if view.with_quality_scores:
        doc["quality_scores"] = [
            {"scope": channel, "locale": locale, "data": "A"}
            for channel, about in store.docs("channels").items()
            for locale in about["locales"]
        ]
    if view.by_identifier:
        doc = _by_identifier(store, doc, view.with_uuid)
    return doc


def _shown(value: Mapping[str, Any], view: View) -> bool:
    locale, scope = value["locale"], value["scope"]
    fits_locale = view.locales is None or locale is None or locale in view.locales
    return fits_locale and (view.scope is None or scope is None or scope == view.scope)


def _link_options(store: Store, doc: Doc) -> None:
    attributes = store.docs("attributes")
    for code, values in doc["values"].items():
        if attributes.get(code, {}).get("type") not in SELECTS:
            continue
        options = {option.lower(): about for option, about in store.docs(f"attributes/{code}/options").items()}

        def linked(option: str, options: Mapping[str, Doc] = options, attribute: str = code) -> Doc | None:
            about = options.get(option.lower())
            return about and {"attribute": attribute, "code": about["code"], "labels": about["labels"]}

        for value in values:
            data = value["data"]
            if isinstance(data, list):
                value["linked_data"] = {option: found for option in data if (found := linked(option))}
            elif data is not None and (found := linked(data)):
                value["linked_data"] = found


def _by_identifier(store: Store, doc: Doc, with_uuid: bool) -> Doc:
    """Show a product as `GET /products` does: targets are identifiers, null where a product has none."""
    identifier_of: Callable[[str], str | None] = lambda uuid: (  # noqa: E731
        store.identifier(store.products.doc(uuid)) if uuid in store.products else None
    )
    identifier = store.identifier(doc)
    uuid = doc.pop("uuid")
    shown = {"uuid": uuid, "identifier": identifier, **doc} if with_uuid else {"identifier": identifier, **doc}
    for targets in (shown.get("associations") or {}).values():
        targets["products"] = [identifier_of(target) for target in targets.get("products", ())]
    for targets in (shown.get("quantified_associations") or {}).values():
        targets["products"] = [
            {"identifier": identifier_of(row["uuid"]), "quantity": row["quantity"]}
            for row in targets.get("products", ())
        ]
    return shown


def _split(text: str | None) -> list[str]:
    return [part for part in (text or "").split(",") if part]


def _missing(what: str, codes: list[str], one: str = "", many: str = "") -> str:
    if len(codes) == 1:
        return f'{what} "{codes[0]}" does not exist{one}.'
    return f'{what}s "{", ".join(codes)}" do not exist{many}.'
