"""How any exception leaves a handler: as exactly one of the four names that Step Functions matches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError
from pydantic import BaseModel, ValidationError

from akeneo_sfcc.errors import ConfigurationError, ConnectorError, DataError, RunLockedError, TransientError

_PASSING = frozenset(
    {
        "InternalServerError",
        "InternalServiceError",
        "InternalServiceErrorException",
        "KMSThrottlingException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TooManyUpdates",
    }
)
_FOR_A_PERSON = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "DecryptionFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "NotFound",
        "ParameterNotFound",
        "ResourceNotFoundException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""Error codes of the services the runtime calls itself: Parameter Store, Secrets Manager, Step Functions, SNS."""

FOUR: tuple[type[ConnectorError], ...] = (TransientError, ConfigurationError, DataError, RunLockedError)

_MOST_PROBLEMS = 20


def as_one_of_four(error: Exception) -> ConnectorError:
    """Return the error to raise: the nearest of the four, its message kept.

    An error nobody foresaw is a DataError that says so: a defect goes away by itself no more than bad data does.
    """
    for kind in FOUR:
        if isinstance(error, kind):
            return error if type(error) is kind else _plain(error, kind)
    return _aws_error(error) or DataError(f"unexpected {type(error).__name__}: {error}")


def wrong_event(error: ValidationError, event: Any, model: type[BaseModel]) -> ConnectorError:
    """Return the error for an event that is no task: a ConfigurationError when only a person's input is wrong."""
    errors = error.errors(include_url=False)
    if errors and all(each["loc"][:1] == ("input",) for each in errors):
        wanted = model.model_fields["input"].annotation
        known = input_keys(wanted) if isinstance(wanted, type) and issubclass(wanted, BaseModel) else ()
        return ConfigurationError([_input_problem(each, known) for each in errors[:_MOST_PROBLEMS]])
    found = f" (keys: {', '.join(sorted(map(str, event)))})" if isinstance(event, dict) else ""
    lines = [f"{_path(each['loc'])}: {each['msg']}" for each in errors[:_MOST_PROBLEMS]]
    return DataError(f"the event is no {model.__name__}{found}: {'; '.join(lines)}")


def input_keys(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the keys people give; one with an alias is written by another state machine."""
    return tuple(name for name, field in model.model_fields.items() if field.alias is None)


def _input_problem(error: Any, known: Sequence[str]) -> str:
    path = _path(error["loc"])
    if error["type"] == "extra_forbidden":
        allowed = f"; allowed: {', '.join(known)}" if len(error["loc"]) == 2 else ""
        return f"{path}: unknown key{allowed}"
    return f"{path}: {error['msg']}: value {error['input']!r}"


def _path(location: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in location) or "event"


def _plain(error: ConnectorError, kind: type[ConnectorError]) -> ConnectorError:
    if isinstance(error, ConfigurationError):
        return ConfigurationError(error.problems)
    return kind(str(error))


def _aws_error(error: Exception) -> ConnectorError | None:
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        what = f"AWS call {error.operation_name}: {error}"
        if code in _PASSING or status >= 500 or status == 429:
            return TransientError(what)
        return ConfigurationError(what) if code in _FOR_A_PERSON or status in (401, 403) else None
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return ConfigurationError(str(error))
    return TransientError(str(error)) if isinstance(error, BotoCoreError) else None
