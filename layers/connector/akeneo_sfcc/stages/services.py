"""The collaborators a stage is given: nothing is made inside a stage, so tests pass fakes here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.delivery.client import SfccClient
from akeneo_sfcc.runs.ledger import RunLedger
from akeneo_sfcc.settings import Settings
from akeneo_sfcc.storage.objects import ObjectStore


@dataclass(frozen=True, slots=True)
class FailedItem:
    """Why an item made its map fail, which the execution itself does not tell; item: its input as JSON."""

    error: str
    cause: str
    item: str


@dataclass(frozen=True)
class Services:
    """Everything outside that a stage may touch.

    settings: configuration name → the validated settings. pim, sfcc: settings → a client of that PIM or that instance,
    logged in on first use and kept for the process. now: the current time, UTC. remaining: seconds until the function
    is stopped. executions: execution ARN → its status (RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, or None if
    unknown). failed_item: execution ARN → the item that failed first in the last of its maps, None if there is none;
    raises the kinds of ConnectorError. publish: subject and text of a message to people. tell_success: of which runs
    that succeeded one is published. page_link: key of an object → its address in the console. measure: job, and
    numbers of a whole run by name. log: message and fields of a line of the log. kept: what a warm process keeps from
    one invocation to the next, name → (key of the immutable object it was made from, the thing made).
    """

    store: ObjectStore
    ledger: RunLedger
    settings: Callable[[str], Settings]
    pim: Callable[[Settings], AkeneoClient]
    sfcc: Callable[[Settings], SfccClient]
    now: Callable[[], datetime]
    remaining: Callable[[], float]
    executions: Callable[[str], str | None]
    failed_item: Callable[[str], FailedItem | None]
    publish: Callable[[str, str], None]
    tell_success: Literal["never", "rejects", "always"]
    page_link: Callable[[str], str]
    measure: Callable[[str, Mapping[str, float]], None]
    log: Callable[[str, Mapping[str, Any]], None]
    kept: dict[str, tuple[str, object]] = field(default_factory=dict)
