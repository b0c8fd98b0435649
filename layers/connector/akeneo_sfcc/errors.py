"""Every error of the product.

The tree is as rich as callers need; exactly four names leave a Lambda handler, because Step Functions matches
`ErrorEquals` against the class name alone: `TransientError` (retried by the state machine), `ConfigurationError`,
`DataError` (both fail the run) and `RunLockedError`. `runtime.handler` turns a subclass into the one of these it is.
"""

from __future__ import annotations

from collections.abc import Sequence


class ConnectorError(Exception):
    """The root of all errors this product raises on purpose."""


class TransientError(ConnectorError):
    """Something outside failed in a way that may pass: the same call can succeed later."""


class ConfigurationError(ConnectorError):
    """A setting, credential or permission is wrong: nothing works until a person changes it.

    `problems` names every one found, each with the setting's path, its value and what is allowed.
    """

    def __init__(self, problems: str | Sequence[str]) -> None:
        """Take one problem or all of them."""
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type[ConfigurationError], tuple[tuple[str, ...]]]:
        """Travel between processes whole."""
        return type(self), (self.problems,)


class DataError(ConnectorError):
    """What was read or written breaks a rule the run depends on: going on would do harm."""


class RunLockedError(ConnectorError):
    """Another execution holds the lock of this job family, or has overtaken this run."""
