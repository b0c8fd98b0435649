"""What the PIM's refusals mean to the person who can put them right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from akeneo_sfcc.akeneo.errors import (
    ForbiddenError,
    NotFoundError,
    RefusedRequestError,
    UnauthorizedError,
    WrongAddressError,
)
from akeneo_sfcc.akeneo.policy import Action, status_rule
from akeneo_sfcc.errors import ConnectorError, DataError

_LONGEST_MESSAGE = 500

_PERMISSIONS: tuple[tuple[str, str], ...] = (
    ("products-uuid", "List products"),
    ("products", "List products"),
    ("product-models", "List products"),
    ("attribute-groups", "List attribute groups"),
    ("attributes", "List attributes"),
    ("families", "List families"),
    ("categories", "List categories"),
    ("channels", "List channels"),
    ("locales", "List locales"),
    ("currencies", "List currencies"),
    ("association-types", "List association types"),
    ("measurement-families", "List measurement families"),
    ("media-files", "List media files"),
    ("asset-families", "List asset families"),
    ("asset-media-files", "List assets"),
    ("reference-entities-media-files", "List reference entity records"),
    ("reference-entities", "List reference entities"),
)
_NESTED_PERMISSIONS: Mapping[tuple[str, str], str] = {
    ("attributes", "options"): "List attribute options",
    ("families", "variants"): "List family variants",
    ("asset-families", "assets"): "List assets",
    ("reference-entities", "records"): "List reference entity records",
}

_BLAME: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("limit", ("limit number", "request more than")),
    ("attributes", ("attribute",)),
    ("locales", ("locale",)),
    ("search_locale", ("locale",)),
    ("scope", ("scope", "channel")),
    ("search_scope", ("scope", "channel")),
    ("search", ("filter", "search", "operator", "property", "json", "object", "date", "criteria")),
)
"""Query parameter → words of the PIM's message that point at it."""


def message_of(body: bytes) -> str:
    """Return what the PIM says in an error body, cut short; a body that is not the API's says nothing."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "(an answer that is no JSON)" if body.strip() else "(an empty answer)"
    if not isinstance(answer, dict):
        return "(an answer without a message)"
    parts = [answer.get("message")]
    errors = answer.get("errors")
    parts += [error.get("message") for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    texts = [part.strip() for part in parts if isinstance(part, str) and part.strip()]
    return " ".join(dict.fromkeys(texts))[:_LONGEST_MESSAGE] or "(an answer without a message)"


def permission_for(path: str) -> str:
    """Return the name of the role permission (Web API permissions) that an endpoint needs."""
    segments = path.strip("/").split("/")
    nested = _NESTED_PERMISSIONS.get((segments[0], segments[-1])) if len(segments) > 2 else None
    return nested or dict(_PERMISSIONS).get(segments[0], "Overall Web API access")


def settings_at_fault(message: str, parameters: Mapping[str, Any], settings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the settings a refusal may be about: those the message points at, else all that shaped the request.

    parameters: the query parameters sent. settings: query parameter → the setting it came from.
    """
    sent = [name for name in settings if name in parameters]
    text = message.lower()
    named = [name for name, words in _BLAME if name in sent and any(word in text for word in words)]
    # The page size is checked before a run starts, so it is only to blame when the message says so.
    blamed = named or [name for name in sent if name != "limit"]
    return tuple(dict.fromkeys(settings[name] for name in blamed))


def refusal(
    status: int,
    message: str,
    *,
    path: str,
    parameters: Mapping[str, Any],
    settings: Mapping[str, str],
    base_url: str,
) -> ConnectorError:
    """Return the error for an answer of the API that is neither to be used nor to be asked for again.

    path: the endpoint below the API's root.
    """
    rule = status_rule(status)
    what = f"GET /{path.lstrip('/')}"
    said = f"the PIM answered {what} with {status}, {rule.says}: {message}"
    sentence = said.rstrip(".")
    error: ConnectorError = DataError(said)
    if rule.action is Action.REFRESH:
        error = UnauthorizedError(
            f"{sentence}. If this happens to a new token too, the Authorization header is lost on the way "
            "(a proxy or the web server strips it) or the connection's user was disabled"
        )
    elif rule.action is Action.FORBIDDEN:
        error = ForbiddenError(
            f"{sentence}. Grant the role of the connection's user the Web API permission "
            f'"{permission_for(path)}" (and "Overall Web API access")'
        )
    elif rule.action is Action.BAD_PARAMETER:
        blamed = settings_at_fault(message, parameters, settings)
        sent = ", ".join(sorted(parameters)) or "none"
        error = RefusedRequestError(
            f"{' or '.join(blamed)}: {said}" if blamed else f"{said} (query parameters: {sent})"
        )
    elif rule.action is Action.BAD_ADDRESS:
        error = WrongAddressError(
            f"pim.base_url: {base_url} answered {what} with {status}, {rule.says}; "
            "allowed: the address at which the PIM itself answers, without /api/rest/v1"
        )
    elif rule.action is Action.MISSING:
        error = NotFoundError(f"{sentence}. It does not exist in the PIM, or the connection may not see it")
    return error
