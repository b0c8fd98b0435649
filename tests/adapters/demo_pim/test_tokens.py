"""Who may call, for how long, and what the PIM says to others."""

import pytest
import requests

PASSWORD = {"grant_type": "password", "username": "demo", "password": "demo"}
BAD_CLIENT = 'Parameter "client_id" is missing or does not match any client, or secret is invalid'


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_token_is_given_for_json_and_for_form(serve):
    caller = serve(expires_in=120)
    form = requests.post(
        f"{caller.pim.url}/api/oauth/v1/token", data=PASSWORD, auth=("demo_client", "demo_secret"), timeout=10
    )
    for reply in (caller.token(PASSWORD), form):
        body = reply.json()
        assert (reply.status_code, body["expires_in"], body["token_type"], body["scope"]) == (200, 120, "bearer", None)
        assert body["access_token"] != body["refresh_token"]


@pytest.mark.parametrize("login", [("demo_client", "wrong"), ("other", "demo_secret"), None])
def test_a_wrong_client_is_told_so(serve, login):
    reply = serve().token(PASSWORD, login)
    assert (reply.status_code, reply.json()) == (422, {"code": 422, "message": BAD_CLIENT})


def test_a_wrong_user_is_told_so(serve):
    reply = serve().token({**PASSWORD, "password": "wrong"})
    assert (reply.status_code, reply.json()["message"]) == (422, "No user found for the given username and password")


def test_an_unknown_grant_is_refused(serve):
    assert serve().token({"grant_type": "magic"}).status_code == 422


def test_a_refresh_token_works_once_and_gives_another(serve):
    caller = serve()
    first = caller.token(PASSWORD).json()["refresh_token"]
    second = caller.token({"grant_type": "refresh_token", "refresh_token": first}).json()["refresh_token"]
    assert caller.token({"grant_type": "refresh_token", "refresh_token": first}).status_code == 422
    assert caller.token({"grant_type": "refresh_token", "refresh_token": second}).status_code == 200


def test_calls_without_a_token_with_a_wrong_one_and_with_an_old_one_are_401(serve):
    clock = Clock()
    caller = serve(clock=clock, expires_in=60)
    assert caller.get("channels").status_code == 200
    clock.now += 60
    assert caller.refusal("channels") == (401, "The access token provided has expired.")
    caller.session.headers["Authorization"] = "Bearer nonsense"
    assert caller.refusal("channels") == (401, "The access token provided is invalid.")
    del caller.session.headers["Authorization"]
    assert caller.refusal("channels") == (401, "Authentication is required")


def test_the_root_is_open_and_lists_the_routes(serve):
    caller = serve()
    del caller.session.headers["Authorization"]
    routes = {route["route"] for route in caller.get("").json()["routes"].values()}
    assert {"/api/rest/v1/products-uuid", "/api/rest/v1/attributes/{attribute}/options"} <= routes
