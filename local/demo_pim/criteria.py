"""The `search` parameter: what it may look like, and the words of the PIM when it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from local.demo_pim.replies import ApiError, unprocessable


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition; `locales` is for the operators that take several."""

    field: str
    operator: str
    value: Any = None
    locale: str | None = None
    scope: str | None = None
    locales: tuple[str, ...] = ()

    def unsupported(self) -> ApiError:
        """Make the error of a field or operator the PIM does not know."""
        return unprocessable(
            f'Filter on property "{self.field}" is not supported or does not support operator "{self.operator}"'
        )

    def wrong_value(self, expected: str) -> ApiError:
        """Make the error of a value of the wrong kind."""
        return unprocessable(f'Property "{self.field}" expects {expected} as data, "{_shown(self.value)}" given.')

    def codes(self) -> tuple[str, ...]:
        """Return the value as a list of codes, lower-cased."""
        if not isinstance(self.value, list) or not all(isinstance(code, str) for code in self.value):
            raise self.wrong_value("an array")
        return tuple(code.lower() for code in self.value)

    def text(self) -> str:
        """Return the value as a text."""
        if not isinstance(self.value, str):
            raise self.wrong_value("a string")
        return self.value

    def truth(self) -> bool:
        """Return the value as a boolean."""
        if not isinstance(self.value, bool):
            raise self.wrong_value("a boolean")
        return self.value

    def times(self, count: int) -> tuple[datetime, ...]:
        """Return the value as that many times, read as UTC (`YYYY-MM-DD hh:mm:ss`)."""
        texts = [self.value] if count == 1 else self.value
        if not isinstance(texts, list) or len(texts) != count:
            raise self.wrong_value(
                'an array with valid data, should contain 2 strings with the format "yyyy-mm-dd H:i:s"'
            )
        return tuple(self._time(text) for text in texts)

    def _time(self, text: Any) -> datetime:
        try:
            return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        except (TypeError, ValueError):
            raise self.wrong_value('a string with the format "yyyy-mm-dd H:i:s"') from None


def read_search(
    text: str | None, *, bad_json: int, locale: str | None = None, scope: str | None = None
) -> list[Criterion]:
    """Parse a `search` parameter; `bad_json` is the status for what is no JSON object.

    `locale` and `scope` are the call's `search_locale` and `search_scope`, for criteria that name none.
    """
    if not text:
        return []
    try:
        search = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise ApiError(bad_json, "Search query parameter should be valid JSON.") from None
    if search == []:
        return []
    if not isinstance(search, dict):
        raise ApiError(bad_json, "Search query parameter should be valid JSON.")
    return list(_criteria(search, locale, scope))


def _criteria(search: dict[str, Any], locale: str | None, scope: str | None) -> Iterator[Criterion]:
    for field, conditions in search.items():
        if not isinstance(conditions, list) or not all(isinstance(one, dict) for one in conditions):
            raise unprocessable(
                f'Structure of filter "{field}" should respect this structure: '
                f'{{"{field}":[{{"operator": "my_operator", "value": "my_value"}}]}}'
            )
        for condition in conditions:
            if "operator" not in condition:
                raise unprocessable(f'Operator is missing for the property "{field}".')
            yield Criterion(
                field=field,
                operator=str(condition["operator"]),
                value=condition.get("value"),
                locale=condition.get("locale", locale),
                scope=condition.get("scope", scope),
                locales=tuple(condition.get("locales") or ()),
            )


def parse_time(text: str) -> datetime:
    """Parse a payload's ISO 8601 time."""
    return datetime.fromisoformat(text)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
