"""Which PIM locale is written as which `xml:lang`, and in which order (docs/mapping.md section 1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from akeneo_sfcc.pim.model import Structure
from akeneo_sfcc.settings.problems import problem
from akeneo_sfcc.sfcc.limits import remove_forbidden

if TYPE_CHECKING:
    from akeneo_sfcc.settings import Settings

X_DEFAULT = "x-default"
# SFCC knows no other locales: an instance holds "default", "xx" and "xx_YY" (locales.xsd, LocaleID).
_TARGET = re.compile(r"x-default|[a-z]{2}(-[A-Z]{2})?")


def language_order(lang: str) -> tuple[int, str]:
    """Return the sort key of languages inside one attribute: none, x-default, then alphabetical."""
    return (0 if lang == "" else 1 if lang == X_DEFAULT else 2, lang)


class LocalePlan:
    """The run's locales and their targets.

    locales: PIM locales of the run, in the configuration's order. targets: PIM locale → `xml:lang`.
    default: the PIM locale whose values are `x-default`, or None. errors: what is wrong with the configuration;
    a plan with errors must not be used to write.
    """

    def __init__(self, settings: Settings, structure: Structure) -> None:
        """Work out all targets; never raises, see `errors`."""
        self.errors: list[str] = []
        known = {code.lower(): code for code in (*structure.channel.locales, *structure.locales)}
        wanted = settings.pim.locales or structure.channel.locales
        self.locales: tuple[str, ...] = tuple(dict.fromkeys(known.get(code.lower(), code) for code in wanted))
        self.targets: dict[str, str] = self._targets(settings.locales.map)
        self.default: str | None = self._default(settings.locales.default)
        self._check(settings.locales.site)
        own = sorted((lang, locale) for locale, lang in self.targets.items() if lang != X_DEFAULT)
        first = [(self.default, X_DEFAULT)] if self.default is not None else []
        self.outputs: tuple[tuple[str, str], ...] = (*first, *((locale, lang) for lang, locale in own))

    def outputs_of(self, available_locales: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Return `(PIM locale, xml:lang)` of everything a localizable attribute writes, in order.

        `available_locales` are the locales of a locale-specific attribute; empty for all.
        """
        available = {code.lower() for code in available_locales}
        return tuple(pair for pair in self.outputs if not available or pair[0].lower() in available)

    def exists_in_run(self, available_locales: Iterable[str]) -> bool:
        """Tell whether a locale-specific attribute belongs to any locale of the run."""
        return bool(self.outputs_of(available_locales)) or not self.locales

    def labels(self, labels: Mapping[str, str], code: str) -> list[tuple[str, str]]:
        """Return `(xml:lang, text)` of a label: x-default always (the code where there is none), then the others."""
        default = self._label(labels, self.default)
        result = [(X_DEFAULT, code if default is None else default)]
        for locale, lang in self.outputs:
            if lang != X_DEFAULT and (text := self._label(labels, locale)) is not None:
                result.append((lang, text))
        return result

    def label(self, labels: Mapping[str, str], code: str, locale: str | None) -> str:
        """Return the label in one PIM locale, or the code where there is none."""
        text = self._label(labels, locale)
        return code if text is None else text

    @staticmethod
    def _label(labels: Mapping[str, str], locale: str | None) -> str | None:
        text = labels.get(locale) if locale is not None else None
        text = remove_forbidden(text) if text else ""
        return text if text.strip() else None

    def _targets(self, overrides: Mapping[str, str]) -> dict[str, str]:
        by_code = {code.lower(): target for code, target in overrides.items()}
        return {code: by_code.get(code.lower(), code.replace("_", "-")) for code in self.locales}

    def _default(self, wanted: str | None) -> str | None:
        mapped = next((code for code, target in self.targets.items() if target == X_DEFAULT), None)
        if wanted is None or wanted == "first":
            return mapped or (self.locales[0] if wanted and self.locales else None)
        default = next((code for code in self.locales if code.lower() == wanted.lower()), None)
        if default is None:
            allowed = ", ".join((*self.locales, "first"))
            self.errors.append(problem("locales.default", "is not a locale of the run", wanted, f"{allowed} or null"))
        elif mapped is not None and mapped != default:
            what = f"contradicts locales.map, where {mapped} is {X_DEFAULT}"
            self.errors.append(problem("locales.default", what, wanted, f"{mapped} or first"))
        return default

    def _check(self, site: Iterable[str] | None) -> None:
        # SFCC writes its locales with an underscore in the site's preferences and with a hyphen in import files.
        allowed = None if site is None else {code.replace("_", "-") for code in site} | {X_DEFAULT}
        taken: dict[str, str] = {}
        for locale, target in self.targets.items():
            path = f"locales.map.{locale}"
            if not _TARGET.fullmatch(target):
                rule = f"{X_DEFAULT}, xx or xx-YY, such as fr-FR"
                self.errors.append(problem(path, "derives a locale SFCC does not take", target, rule))
            elif allowed is not None and target not in allowed:
                self.errors.append(problem(path, "leads outside locales.site", target, ", ".join(sorted(allowed))))
            if target in taken:
                what = f"has the same target as {taken[target]}"
                self.errors.append(problem(path, what, target, "a target of its own for each locale"))
            taken.setdefault(target, locale)
