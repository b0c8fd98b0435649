"""What the PIM's answers raise; each is one of the product's four kinds."""

from __future__ import annotations

from akeneo_sfcc.errors import ConfigurationError, DataError, TransientError


class PimUnavailableError(TransientError):
    """The PIM did not give a usable answer, however often it was asked."""


class RefusedRequestError(ConfigurationError):
    """The PIM refused what was asked (400, 413, 414, 422): a parameter, and so a setting, is wrong."""


class ForbiddenError(ConfigurationError):
    """The connection lacks a permission (403)."""


class LoginError(ConfigurationError):
    """The PIM refused the credentials."""


class UnauthorizedError(LoginError):
    """The PIM refused an access token (401)."""


class WrongAddressError(ConfigurationError):
    """What answers at `pim.base_url` is not the PIM's API."""


class NotFoundError(DataError):
    """The PIM has no such resource, or hides it from this connection (404)."""
