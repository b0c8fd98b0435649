"""The rules that bind several settings together; each names the settings it reads.

A rule is skipped when one of its settings is already known to be wrong: its verdict would rest on a stand-in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from akeneo_sfcc.settings.problems import problem
from akeneo_sfcc.settings.values import LOCALE_TARGET, LOCALE_TARGET_RULE

if TYPE_CHECKING:
    from akeneo_sfcc.settings.model import Settings

FIRST = "first"
X_DEFAULT = "x-default"


@dataclass(frozen=True, slots=True)
class Rule:
    """A check over several settings; a problem at, above or below one it `reads` skips it."""

    reads: tuple[str, ...]
    check: Callable[[Settings], Iterator[str]]


def _locale_targets(settings: Settings) -> Iterator[str]:
    """Every target, mapped or derived, is a locale SFCC knows, and no two locales share one."""
    locales = settings.locales
    known = dict.fromkeys((*(settings.pim.locales or ()), *locales.map))
    owner: dict[str, str] = {}
    for locale in known:
        target = locales.target(locale)
        path = f"locales.map.{locale}"
        if not LOCALE_TARGET.fullmatch(target):
            yield problem(path, "derives a locale SFCC does not take", target, LOCALE_TARGET_RULE)
        elif locales.site is not None and target not in (*locales.site, X_DEFAULT):
            yield problem(path, "leads outside locales.site", target, ", ".join((*locales.site, X_DEFAULT)))
        other = owner.setdefault(target, locale)
        if other != locale:
            yield problem(path, f"has the same target as {other}", target, "a target of its own for each locale")


def _default_locale(settings: Settings) -> Iterator[str]:
    """The default is one of the locales read, and agrees with a locale mapped to x-default."""
    default, read = settings.locales.default, settings.pim.locales
    if default in (None, FIRST):
        return
    if read is not None and default not in read:
        yield problem("locales.default", "is not in pim.locales", default, ", ".join((*read, FIRST)) + " or null")
    for locale, target in settings.locales.map.items():
        if target == X_DEFAULT and locale != default:
            yield problem(
                "locales.default",
                f"contradicts locales.map, where {locale} is {X_DEFAULT}",
                default,
                f"{locale} or {FIRST}",
            )


def _filter_scope(settings: Settings) -> Iterator[str]:
    channel = settings.pim.channel
    for name, found in (
        ("product_filter", settings.pim.product_filter.scope),
        ("product_model_filter", settings.pim.product_model_filter.scope),
    ):
        if found not in (None, channel):
            yield problem(f"pim.{name}.scope", "is not the channel", found, f"{channel}, or no scope")


def _one_target(settings: Settings) -> Iterator[str]:
    system = {code.lower(): target for code, target in settings.attributes.system_mapping.items()}
    for code, target in settings.attributes.custom_mapping.items():
        if code.lower() in system:
            yield problem(
                f"attributes.custom_mapping.{code}",
                f"is mapped to {system[code.lower()]} in system_mapping too",
                target,
                "one target for each PIM attribute",
            )


def _online_flag(settings: Settings) -> Iterator[str]:
    online = settings.products.online
    mapped = [code for code, target in settings.attributes.system_mapping.items() if target == "onlineFlag"]
    if not mapped or online == "status":
        return
    own = settings.products.online_attribute
    # The left side may be in the cartridge's form, which only the PIM's attributes can resolve.
    if own is None or all(_bare(code) != _bare(own) for code in mapped):
        yield problem(
            "products.online",
            f"contradicts attributes.system_mapping, where {', '.join(mapped)} is onlineFlag",
            online,
            "status, or the same attribute",
        )


def _bare(code: str) -> str:
    return code.lower().removeprefix("akeneo_").replace("_", "")


def _master_catalogs(settings: Settings) -> Iterator[str]:
    yield from _unique_ids("master_catalogs", [catalog.id for catalog in settings.master_catalogs])
    defaults = [catalog.id for catalog in settings.master_catalogs if catalog.default]
    if len(defaults) > 1:
        yield problem("master_catalogs", "has several defaults", defaults, "at most one entry with default true")


def _storefront_catalogs(settings: Settings) -> Iterator[str]:
    yield from _unique_ids("storefront_catalogs", [catalog.id for catalog in settings.storefront_catalogs])


def _unique_ids(path: str, ids: list[str]) -> Iterator[str]:
    for index, catalog in enumerate(ids):
        if catalog in ids[:index]:
            yield problem(f"{path}[{index}].id", "is there already", catalog, "each catalogue once")


def _set_or_bundle(settings: Settings) -> Iterator[str]:
    product_set, bundle = settings.associations.product_set, settings.associations.bundle
    if product_set and bundle and product_set.family.lower() == bundle.family.lower():
        yield problem(
            "associations.bundle.family",
            "is the family of product_set",
            bundle.family,
            "another family, a product is a set or a bundle",
        )


def _external_location(settings: Settings) -> Iterator[str]:
    if settings.images.media == "media_link" and settings.images.external_location is None:
        yield problem(
            "images.external_location",
            "is needed for images.import media_link",
            None,
            "the catalogue's own address",
        )


def _delivery_host(settings: Settings) -> Iterator[str]:
    if settings.delivery.mode != "none" and settings.delivery.host is None:
        yield problem(
            "delivery.host",
            f"is needed for delivery.mode {settings.delivery.mode}",
            None,
            "the instance's host name",
        )


def _scapi(settings: Settings) -> Iterator[str]:
    delivery = settings.delivery
    if (delivery.short_code is None) != (delivery.tenant_id is None):
        lacking = "short_code" if delivery.short_code is None else "tenant_id"
        yield problem(
            f"delivery.{lacking}",
            "is missing beside the other",
            None,
            "short_code and tenant_id, both or neither",
        )


RULES = (
    Rule(("pim.locales", "locales.map", "locales.site"), _locale_targets),
    Rule(("pim.locales", "locales.map", "locales.default"), _default_locale),
    Rule(("pim.channel", "pim.product_filter", "pim.product_model_filter"), _filter_scope),
    Rule(("attributes.system_mapping", "attributes.custom_mapping"), _one_target),
    Rule(("products.online", "attributes.system_mapping"), _online_flag),
    Rule(("master_catalogs",), _master_catalogs),
    Rule(("storefront_catalogs",), _storefront_catalogs),
    Rule(("associations.product_set", "associations.bundle"), _set_or_bundle),
    Rule(("images.import", "images.external_location"), _external_location),
    Rule(("delivery.mode", "delivery.host"), _delivery_host),
    Rule(("delivery.short_code", "delivery.tenant_id"), _scapi),
)
