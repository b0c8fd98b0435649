"""Tokens: one login for many calls, renewed in time and once when refused; secrets stay out of messages."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from akeneo_sfcc.delivery.auth import SfccCredentials
from akeneo_sfcc.delivery.client import SfccClient
from akeneo_sfcc.delivery.errors import InstanceUnavailableError, LoginError, NotGrantedError, WrongHostError
from local.demo_pim.faults import Fault
from local.demo_sfcc.server import DemoSfcc
from tests.adapters.delivery.conftest import Clock

FOLDER = "Impex/src/akeneo"


def test_one_login_serves_many_calls(sfcc: DemoSfcc, client: SfccClient) -> None:
    for _ in range(3):
        client.webdav.names(FOLDER)
    assert sfcc.tokens.given == 1


def test_a_token_is_renewed_before_it_runs_out(sfcc: DemoSfcc, client: SfccClient, clock: Clock) -> None:
    client.webdav.names(FOLDER)
    clock.seconds += 1800 - 30
    client.webdav.names(FOLDER)
    assert sfcc.tokens.given == 2
    assert sfcc.calls["PROPFIND webdav"] == 2


def test_a_refused_token_is_replaced_once(sfcc: DemoSfcc, client: SfccClient) -> None:
    client.webdav.names(FOLDER)
    sfcc.tokens.expire()
    assert client.webdav.names("Impex/src") == ("instance",)
    assert sfcc.tokens.given == 2


def test_a_refused_token_is_replaced_before_a_log_is_read(sfcc: DemoSfcc, client: SfccClient) -> None:
    (sfcc.instance.share.folder / "Logs" / "a.log").write_bytes(b"line")
    client.webdav.names(FOLDER)
    sfcc.tokens.expire()
    with client.webdav.open("Logs/a.log") as chunks:
        assert b"".join(chunks) == b"line"


def test_a_fresh_token_that_is_refused_ends_it(sfcc: DemoSfcc, client: SfccClient) -> None:
    sfcc.faults.set([Fault("*/webdav/*", "status", status=401)])
    with pytest.raises(NotGrantedError):
        client.webdav.names(FOLDER)
    assert sfcc.tokens.given == 2


def test_a_wrong_secret_names_the_credentials_and_not_their_values(make_client: Callable[..., SfccClient]) -> None:
    client = make_client(credentials=SfccCredentials("demo_client", "not-the-secret"))
    with pytest.raises(LoginError, match="SFCC_CLIENT_ID or SFCC_CLIENT_SECRET is wrong") as caught:
        client.webdav.names(FOLDER)
    assert "not-the-secret" not in str(caught.value)
    assert "not-the-secret" not in repr(SfccCredentials("demo_client", "not-the-secret"))


def test_a_secret_that_the_instance_echoes_is_blotted_out(
    sfcc: DemoSfcc, client: SfccClient, caplog: pytest.LogCaptureFixture
) -> None:
    body = '{"error":"invalid_client","error_description":"demo_secret is wrong"}'
    sfcc.faults.set([Fault("/dwsso/*", "status", status=401, body=body)])
    with caplog.at_level(logging.DEBUG, "akeneo_sfcc"), pytest.raises(LoginError, match=r"\*\*\* is wrong") as caught:
        client.webdav.names(FOLDER)
    assert "demo_secret" not in str(caught.value) + caplog.text


def test_a_login_is_tried_again(sfcc: DemoSfcc, client: SfccClient, waits: list[float]) -> None:
    sfcc.faults.set([Fault("/dwsso/*", "status", status=500, times=2)])
    client.webdav.names(FOLDER)
    assert waits == [1.0, 2.0]


def test_an_instance_that_never_answered_is_given_up_soon(sfcc: DemoSfcc, client: SfccClient) -> None:
    sfcc.faults.set([Fault("/dwsso/*", "status", status=500)])
    with pytest.raises(InstanceUnavailableError, match="the login at Account Manager in 3 tries"):
        client.webdav.names(FOLDER)


def test_a_redirect_means_another_host(sfcc: DemoSfcc, client: SfccClient) -> None:
    sfcc.faults.set([Fault("*/webdav/*", "status", status=302, headers={"Location": "https://shop.example/"})])
    with pytest.raises(WrongHostError, match=r"delivery\.host: .* redirect"):
        client.webdav.names(FOLDER)
