"""The kinds of value a setting can have; each refuses with what is wrong and what is allowed."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Hashable
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator

from akeneo_sfcc.settings.document import JsonTextError, decode
from akeneo_sfcc.settings.system_attributes import SYSTEM_ATTRIBUTES

MAX_ID = 256
"""SFCC's limit for ids of catalogues, view types and price books (its import schemas)."""

LINK_TYPES = (
    "cross-sell",
    "replacement",
    "up-sell",
    "accessory",
    "spare-part",
    "newer-version",
    "alt-orderunit",
    "other",
)
"""The product-link types of SFCC's catalogue schema."""

LOCALE_TARGET = re.compile(r"x-default|[a-z]{2}(-[A-Z]{2})?")
LOCALE_TARGET_RULE = "x-default, xx or xx-YY, such as fr-FR"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PATH = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?")

Entries = TypeVar("Entries", bound=tuple[Hashable, ...])
Value = TypeVar("Value")


class WrongValueError(ValueError):
    """A value that does not fit: what is wrong with it, and what is allowed instead.

    secret: the value must not be repeated in a message.
    """

    def __init__(self, what: str, allowed: str, *, secret: bool = False) -> None:
        """Take both halves of the message."""
        self.what, self.allowed, self.secret = what, allowed, secret
        super().__init__(what)


def text(allowed: str, maximum: int = MAX_ID, pattern: str | None = None) -> BeforeValidator:
    """Accept a text without surrounding white space or control characters that matches `pattern` whole."""

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise WrongValueError("is not a text", allowed)
        if not value.strip():
            raise WrongValueError("is empty", allowed)
        if value != value.strip():
            raise WrongValueError("has white space around it", allowed)
        if _CONTROL.search(value):
            raise WrongValueError("has a control character in it", allowed)
        if not _is_unicode(value):
            raise WrongValueError("has half a character in it", allowed)
        if len(value) > maximum:
            raise WrongValueError(f"is longer than {maximum} characters", allowed)
        if pattern is not None and not re.fullmatch(pattern, value):
            raise WrongValueError("does not fit", allowed)
        return value

    return BeforeValidator(check)


def _is_unicode(value: str) -> bool:
    # JSON can spell half of a surrogate pair, which no file can hold.
    return not any("\ud800" <= char <= "\udfff" for char in value)


def whole(low: int, high: int | None = None) -> BeforeValidator:
    """Accept a whole number in the range, both ends included."""
    allowed = f"a whole number from {low} to {high}" if high is not None else f"a whole number from {low}"

    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise WrongValueError("is not a whole number", allowed)
        if value < low or (high is not None and value > high):
            raise WrongValueError("is out of range", allowed)
        return value

    return BeforeValidator(check)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongValueError("is not a boolean", "true or false")
    return value


def _ratio(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise WrongValueError("is not a number", "a number from 0 to 1")
    if not 0 <= value <= 1:
        raise WrongValueError("is out of range", "a number from 0 to 1")
    return float(value)


def _unique(entries: Entries) -> Entries:
    doubles = sorted({str(entry) for entry in entries if entries.count(entry) > 1})
    if doubles:
        raise WrongValueError(f"names {', '.join(doubles)} more than once", "each entry once")
    return entries


def _some(entries: Entries) -> Entries:
    if not entries:
        raise WrongValueError("is an empty list", "at least one entry")
    return entries


def _separate(mapping: dict[str, Value]) -> dict[str, Value]:
    seen: dict[str, str] = {}
    for code in mapping:
        # The PIM joins codes without regard to case, so these two would be one thing with two targets.
        other = seen.setdefault(code.lower(), code)
        if other != code:
            raise WrongValueError(f"names {other} and {code}, which are one code to the PIM", "each code once")
    return mapping


def json_text(value: Any) -> Any:
    """Return the value of JSON given as text, anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        return decode(value)
    except JsonTextError as error:
        raise WrongValueError(str(error), "a JSON object, or the same as text") from error


def unwrapped(key: str) -> BeforeValidator:
    """Accept the cartridge's own form too: the value under this single key, as JSON or as text of it."""

    def unwrap(value: Any) -> Any:
        value = json_text(value)
        if isinstance(value, dict) and len(value) == 1 and isinstance(value.get(key), dict | list):
            return value[key]
        return value

    return BeforeValidator(unwrap)


def _web_address(value: Any) -> str:
    allowed = "an https:// address (http:// for this machine only) without user, query and fragment"
    if not isinstance(value, str):
        raise WrongValueError("is not a text", allowed)
    if value != value.strip() or _CONTROL.search(value) or " " in value:
        raise WrongValueError("has white space in it", allowed)
    try:
        parts = urlsplit(value)
        host = parts.hostname
        _ = parts.port
    except ValueError as error:
        raise WrongValueError("is not an address", allowed) from error
    if parts.scheme not in ("http", "https") or not host:
        raise WrongValueError("is not an http or https address", allowed, secret="@" in value)
    if parts.username is not None or parts.password is not None:
        raise WrongValueError("has credentials in it", allowed, secret=True)
    if parts.query or parts.fragment:
        raise WrongValueError("has a query or fragment", allowed)
    if parts.scheme == "http" and not _is_loopback(host):
        raise WrongValueError("would send credentials unencrypted", allowed)
    return value.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host(value: Any) -> str:
    if isinstance(value, str) and "://" in value:
        return _web_address(value)
    if not isinstance(value, str) or not _HOST.fullmatch(value):
        raise WrongValueError("is not a host name", "a host name, with a port if need be, or an https:// address")
    return value


def _time_zone(value: Any) -> str:
    allowed = "an IANA time zone name, such as UTC or Europe/Paris"
    if not isinstance(value, str) or not value:
        raise WrongValueError("is not a time zone", allowed)
    if value == "UTC":
        return value
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # a folder such as "Europe" is an OSError
        raise WrongValueError("is not a time zone", allowed) from error
    return value


def choice_or_attribute(*choices: str) -> BeforeValidator:
    """Accept one of the words, or `attribute:<code>`."""
    allowed = f"{', '.join(choices)} or attribute:<code>"

    def check(value: Any) -> str:
        if isinstance(value, str):
            prefix, colon, code = value.partition(":")
            if value in choices or (prefix == "attribute" and colon and code and code == code.strip()):
                return value
        raise WrongValueError("is not a choice", allowed)

    return BeforeValidator(check)


def folder(allowed: str, *, may_be_empty: bool = False) -> BeforeValidator:
    """Accept a relative folder path of harmless characters."""

    def check(value: Any) -> str:
        if value == "" and may_be_empty:
            return ""
        fits = isinstance(value, str) and len(value) <= MAX_ID and _PATH.fullmatch(value)
        if not fits or any(part in (".", "..") for part in value.split("/")):
            raise WrongValueError("is not a folder path", allowed)
        return str(value)

    return BeforeValidator(check)


def _prefix(value: Any) -> str:
    # Storefront code reads product.custom.<id>, so an id has to be a name in JavaScript.
    if not isinstance(value, str) or not re.fullmatch(r"([A-Za-z_][A-Za-z0-9_]{0,63})?", value):
        raise WrongValueError("does not fit", "at most 64 letters, digits and '_', not starting with a digit; or empty")
    return value


def _system_attribute(value: Any) -> str:
    allowed = f"one of {', '.join(SYSTEM_ATTRIBUTES.values())}"
    if not isinstance(value, str):
        raise WrongValueError("is not a text", allowed)
    if value.lower() not in SYSTEM_ATTRIBUTES:
        raise WrongValueError("is not a system attribute that can be written", allowed)
    return SYSTEM_ATTRIBUTES[value.lower()]


def _link_type(value: Any) -> str:
    if value not in LINK_TYPES:
        raise WrongValueError("is not a product-link type", f"one of {', '.join(LINK_TYPES)}")
    return str(value)


def _condition(value: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(value.get("operator"), str) or not value["operator"]:
        raise WrongValueError("has no operator", 'an object such as {"operator": "IN", "value": ["shoes"]}')
    return value


_FOLDER_RULE = "letters, digits, '.', '_', '-' in parts joined by '/'"


def _site_locale(given: Any) -> Any:
    """Read a locale as a site's preferences write it (`fr_FR`, `default`) or as import files do (`fr-FR`)."""
    if not isinstance(given, str):
        return given
    return "x-default" if given == "default" else given.replace("_", "-")


Flag = Annotated[bool, BeforeValidator(_flag)]
Ratio = Annotated[float, BeforeValidator(_ratio)]
Code = Annotated[str, text("a code without white space around it")]
Codes = Annotated[tuple[Code, ...], AfterValidator(_unique)]
SomeCodes = Annotated[Codes, AfterValidator(_some)]
CatalogId = Annotated[
    str,
    # The id is a folder of the site archive, so it cannot hold what a path gives a meaning.
    text("1 to 256 characters without '/', '\\' and white space around them", pattern=r"(?!\.{1,2}$)[^/\\]+"),
]
LocaleTarget = Annotated[str, text(LOCALE_TARGET_RULE, pattern=LOCALE_TARGET.pattern)]
SiteLocale = Annotated[LocaleTarget, BeforeValidator(_site_locale)]
SiteLocales = Annotated[tuple[SiteLocale, ...], AfterValidator(_unique), AfterValidator(_some)]
LocaleMap = Annotated[dict[Code, LocaleTarget], AfterValidator(_separate)]
AttributeId = Annotated[str, text("an SFCC attribute id: 1 to 256 characters without '|'", pattern=r"[^|]+")]
SystemAttribute = Annotated[str, BeforeValidator(_system_attribute)]
LinkType = Annotated[str, BeforeValidator(_link_type)]
SystemMapping = Annotated[dict[Code, SystemAttribute], unwrapped("matching"), AfterValidator(_separate)]
CustomMapping = Annotated[dict[Code, AttributeId], unwrapped("matching"), AfterValidator(_separate)]
RecommendationTypes = Annotated[dict[Code, Annotated[int, whole(1)]], unwrapped("matching"), AfterValidator(_separate)]
LinkTypes = Annotated[dict[Code, LinkType], unwrapped("matching"), AfterValidator(_separate)]
ViewType = Annotated[str, text("a view type of 1 to 256 characters")]
ViewTypes = Annotated[tuple[ViewType, ...], unwrapped("view-types"), AfterValidator(_unique), AfterValidator(_some)]
LinkViewTypes = Annotated[dict[Code, ViewType], unwrapped("matching"), AfterValidator(_separate)]
Condition = Annotated[dict[str, Any], AfterValidator(_condition)]
Search = Annotated[dict[Code, Annotated[tuple[Condition, ...], AfterValidator(_some)]], BeforeValidator(json_text)]
WebAddress = Annotated[str, BeforeValidator(_web_address)]
Host = Annotated[str, BeforeValidator(_host)]
Prefix = Annotated[str, BeforeValidator(_prefix)]
TimeZone = Annotated[str, BeforeValidator(_time_zone)]
FolderPath = Annotated[str, folder(_FOLDER_RULE)]
OptionalFolderPath = Annotated[str, folder(f"empty, or {_FOLDER_RULE}", may_be_empty=True)]
