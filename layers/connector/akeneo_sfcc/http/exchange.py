"""Two habits of requests and urllib3 that a client has to know."""

from __future__ import annotations

import requests


def as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave a request's headers alone, given to requests as `auth`.

    Without one, requests would replace an Authorization header by what a .netrc file holds for the host.
    """
    return request


def root_cause(error: BaseException) -> str:
    """Return what went wrong at the bottom of a chain of wrapped exceptions, in one line."""
    seen = {id(error)}
    while True:
        inside = [getattr(error, "reason", None), *reversed(error.args), error.__cause__, error.__context__]
        deeper = next((e for e in inside if isinstance(e, BaseException) and id(e) not in seen), None)
        if deeper is None:
            break
        error = deeper
        seen.add(id(error))
    text = str(error).strip()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
