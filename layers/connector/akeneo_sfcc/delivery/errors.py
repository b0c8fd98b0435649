"""What the SFCC instance's answers raise; each is one of the product's four kinds."""

from __future__ import annotations

from akeneo_sfcc.errors import ConfigurationError, DataError, TransientError


class InstanceUnavailableError(TransientError):
    """The instance did not give a usable answer, however often it was asked."""


class UploadError(TransientError):
    """A file on the instance has not the size that was sent."""


class JobAlreadyRunningError(TransientError):
    """Another execution of the same job is running; SFCC runs one at a time."""


class LoginError(ConfigurationError):
    """Account Manager refused the API client."""


class ScopeError(LoginError):
    """Account Manager does not grant the API client a scope that was asked for."""


class NotGrantedError(ConfigurationError):
    """The API client lacks a permission on the instance (401 with a fresh token, 403)."""


class WrongHostError(ConfigurationError):
    """What answers at `delivery.host` is not an SFCC instance."""


class MissingJobError(ConfigurationError):
    """The instance has no such job."""


class RefusedUploadError(ConfigurationError):
    """The instance takes no more, or nothing of this size (413, 507)."""


class MissingFileError(DataError):
    """A file that has to be on the instance is not."""


class RefusedRequestError(DataError):
    """The instance refused what was asked."""
