"""Faults a test can ask for: what a real PIM, its proxy or the network does wrong now and then."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

Action = Literal[
    "status",  # answer with `status`, `body`, `headers`
    "html",  # answer with `status` (502 if not given) and a proxy's HTML page
    "garbage",  # 200 with something that is no JSON
    "truncated",  # announce the whole answer, send half of it, close
    "reset",  # reset the connection without an answer
    "slow",  # wait `seconds`, then answer as usual
    "standing_cursor",  # answer as if no cursor had been given
    "refuse_made_up_cursor",  # 422 for a cursor that is no item's key
    "restart_on_made_up_cursor",  # the first page for a cursor that is no item's key
    "empty_on_made_up_cursor",  # an empty page for a cursor that is no item's key
    "short_page",  # leave the last item of the page out
]

HTML_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule: what happens to which calls.

    `path` is a pattern of the request's path (`/api/rest/v1/products-uuid`, `*/options`); `query` a text its query
    must contain; `nth` counts the calls that match path and query, from 1 (None: every one); `times` ends the rule
    after that many effects.
    """

    path: str
    action: Action
    nth: tuple[int, ...] | None = None
    times: int | None = None
    query: str | None = None
    status: int | None = None
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.action not in get_args(Action):
            raise ValueError(f"fault action {self.action!r} is unknown; known are: {', '.join(get_args(Action))}")

    @classmethod
    def from_json(cls, rule: Mapping[str, Any]) -> Fault:
        """Read a rule of `POST /__control/faults`; `nth` may be a number or a list."""
        nth = rule.get("nth")
        numbers = None if nth is None else (nth,) if isinstance(nth, int) else tuple(nth)
        return cls(**{**rule, "nth": numbers})


class Faults:
    """The rules in force and how often each matched; safe to use from many threads."""

    def __init__(self, rules: Sequence[Fault] = ()) -> None:
        """Start with these rules."""
        self._lock = threading.Lock()
        self.set(rules)

    def set(self, rules: Sequence[Fault]) -> None:
        """Replace all rules and start counting anew."""
        with self._lock:
            self._rules = list(rules)
            self._matched = [0] * len(self._rules)
            self._done = [0] * len(self._rules)

    def take(self, path: str, query: str) -> Fault | None:
        """Return the fault that befalls this call, None if it is to be answered properly."""
        with self._lock:
            found = None
            for at, rule in enumerate(self._rules):
                if not fnmatchcase(path, rule.path) or (rule.query is not None and rule.query not in query):
                    continue
                self._matched[at] += 1
                due = rule.nth is None or self._matched[at] in rule.nth
                if found is None and due and (rule.times is None or self._done[at] < rule.times):
                    self._done[at] += 1
                    found = rule
            return found

    def done(self) -> list[int]:
        """Return how often each rule took effect, in the rules' order."""
        with self._lock:
            return list(self._done)
