"""How any exception leaves a handler: as exactly one of the four names that Step Functions matches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError
from pydantic import BaseModel, ValidationError

from akeneo_sfcc.aws_errors import connector_error
from akeneo_sfcc.errors import ConfigurationError, ConnectorError, DataError, RunLockedError, TransientError

FOUR = (TransientError, ConfigurationError, DataError, RunLockedError)

_MOST_PROBLEMS = 20


def as_one_of_four(error: Exception) -> ConnectorError:
    """Return the error to raise: the nearest of the four, its message kept.

    An error nobody foresaw is a DataError that says so: retrying a defect helps no more than retrying bad data.
    """
    for kind in FOUR:
        if isinstance(error, kind):
            if type(error) is kind:
                return error
            if isinstance(error, ConfigurationError):
                return ConfigurationError(error.problems)
            return kind(str(error))
    if isinstance(error, ClientError):
        return _aws_error(error)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return ConfigurationError(str(error))
    if isinstance(error, BotoCoreError):
        return TransientError(str(error))
    return DataError(f"unexpected {type(error).__name__}: {error}")


def wrong_event(error: ValidationError, event: Any, model: type[BaseModel]) -> ConnectorError:
    """Return the error for an event that is no task: a ConfigurationError when what is wrong is a person's input."""
    errors = error.errors(include_url=False)
    if errors and all(each["loc"][:1] == ("input",) for each in errors):
        wanted = model.model_fields["input"].annotation
        known = (
            tuple(wanted.model_fields) if isinstance(wanted, type) and issubclass(wanted, BaseModel) else ()
        )
        return ConfigurationError([_input_problem(each, known) for each in errors[:_MOST_PROBLEMS]])
    found = f" (keys: {', '.join(sorted(map(str, event)))})" if isinstance(event, dict) else ""
    lines = [f"{_path(each['loc'])}: {each['msg']}" for each in errors[:_MOST_PROBLEMS]]
    return DataError(f"the event is no {model.__name__}{found}: {'; '.join(lines)}")


def _input_problem(error: Any, known: Sequence[str]) -> str:
    path = _path(error["loc"])
    if error["type"] == "extra_forbidden":
        allowed = f"; allowed: {', '.join(known)}" if len(error["loc"]) == 2 else ""
        return f"{path}: unknown key{allowed}"
    return f"{path}: {error['msg']}: value {error['input']!r}"


def _path(location: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in location) or "event"


def _aws_error(error: ClientError) -> ConnectorError:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    known = connector_error(code, status, f"AWS call {error.operation_name}")
    return known or DataError(f"unexpected {type(error).__name__}: {error}")
