"""A demo PIM on a real socket, and someone who calls it."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
import requests

from local.demo_pim.demo_catalogue import demo_store
from local.demo_pim.server import DemoPim
from local.demo_pim.store import Store

LOGIN = ("demo_client", "demo_secret")
PASSWORD = {"grant_type": "password", "username": "demo", "password": "demo"}


class Caller:
    """Calls one demo PIM as an API client would."""

    def __init__(self, pim: DemoPim) -> None:
        self.pim = pim
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {self.token(PASSWORD).json()['access_token']}"

    def token(self, body: dict[str, str], login: tuple[str, str] | None = LOGIN) -> requests.Response:
        return requests.post(f"{self.pim.url}/api/oauth/v1/token", json=body, auth=login, timeout=10)

    def get(self, path: str, search: Any = None, **params: Any) -> requests.Response:
        if search is not None:
            params["search"] = search if isinstance(search, str) else orjson.dumps(search).decode()
        return self.session.get(f"{self.pim.url}/api/rest/v1/{path}", params=params, timeout=10)

    def items(self, path: str, search: Any = None, **params: Any) -> list[dict[str, Any]]:
        response = self.get(path, search, **{"limit": 100, **params})
        assert response.status_code == 200, response.text
        items: list[dict[str, Any]] = response.json()["_embedded"]["items"]
        return items

    def refusal(self, path: str, search: Any = None, **params: Any) -> tuple[int, str]:
        response = self.get(path, search, **params)
        assert response.json()["code"] == response.status_code
        return response.status_code, response.json()["message"]

    def follow(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Go through a list by its own `next` links."""
        address = self.get(path, **params).url
        while True:
            body = self.session.get(address, timeout=10).json()
            yield body
            if "next" not in body["_links"]:
                return
            address = body["_links"]["next"]["href"]

    def control(self, name: str, body: Any) -> requests.Response:
        return requests.post(f"{self.pim.url}/__control/{name}", json=body, timeout=10)


def parameters(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@pytest.fixture
def serve() -> Iterator[Callable[..., Caller]]:
    """Start a demo PIM with a store (the demo shop unless given) and hand out a caller."""
    callers: list[Caller] = []

    def start(store: Store | None = None, **settings: Any) -> Caller:
        pim = DemoPim(store or demo_store(), **settings).start()
        callers.append(Caller(pim))
        return callers[-1]

    yield start
    for caller in callers:
        caller.session.close()
        caller.pim.stop()
