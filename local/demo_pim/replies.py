"""Errors as the PIM's API words them."""

from __future__ import annotations

from typing import Any

DOCUMENTATION = "http://api.akeneo.com/api-reference.html"


class ApiError(Exception):
    """An answer other than 200: becomes `{"code", "message"}` with its status."""

    def __init__(self, status: int, message: str, *, documentation: str | None = None) -> None:
        """Take the status, the PIM's message and, where the PIM gives one, a link to its documentation."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.documentation = documentation

    def body(self) -> dict[str, Any]:
        """Return the JSON body."""
        body: dict[str, Any] = {"code": self.status, "message": self.message}
        if self.documentation is not None:
            body["_links"] = {"documentation": {"href": self.documentation}}
        return body


def unprocessable(message: str) -> ApiError:
    """Make the error of a request that is understood and wrong."""
    return ApiError(422, message)


def not_found(message: str) -> ApiError:
    """Make the error of a resource that does not exist."""
    return ApiError(404, message)
