"""The functions' environment variables, checked once at cold start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from akeneo_sfcc.errors import ConfigurationError


class Environment(BaseModel):
    """What the stack tells its functions.

    config_path: SSM path, `/<stack>/config`; a configuration's parameters are under `<config_path>/<name>/`.
    pim_secret_arn: secret with client_id, client_secret, username, password as JSON. sfcc_secret_arn: the same with
    client_id, client_secret. notify_success: of which runs that succeeded the topic is told: none, those with rejects
    or messages of SFCC, all. retry_scale: factor on the waits before a call to the PIM or to SFCC is tried again, 0 for
    none; for tests against servers that are made to fail.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    bucket_name: Annotated[str, Field(min_length=3)]
    table_name: Annotated[str, Field(min_length=3)]
    config_path: Annotated[str, Field(pattern=r"^/[A-Za-z0-9._/-]+[^/]$")]
    pim_secret_arn: Annotated[str, Field(pattern=r"^arn:[^:]+:secretsmanager:")]
    sfcc_secret_arn: Annotated[str, Field(pattern=r"^arn:[^:]+:secretsmanager:")]
    topic_arn: Annotated[str, Field(pattern=r"^arn:[^:]+:sns:")]
    notify_success: Literal["never", "rejects", "always"] = "rejects"
    retry_scale: Annotated[float, Field(ge=0, le=1)] = 1.0

    @classmethod
    def read(cls, variables: Mapping[str, str]) -> Self:
        """Take the variables; ConfigurationError names every one that is missing or wrong."""
        known = {name: variables[name.upper()] for name in cls.model_fields if name.upper() in variables}
        try:
            return cls.model_validate(known)
        except ValidationError as error:
            raise ConfigurationError(
                [f"environment variable {str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()]
            ) from error
