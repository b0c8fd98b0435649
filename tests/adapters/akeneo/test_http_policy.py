"""Every row of the HTTP policy, on a real socket."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

import pytest
import requests
import urllib3

from akeneo_sfcc.akeneo.client import AkeneoClient, ItemQuery, RetryPolicy
from akeneo_sfcc.akeneo.errors import (
    ForbiddenError,
    LoginError,
    NotFoundError,
    PimUnavailableError,
    RefusedRequestError,
    UnauthorizedError,
    WrongAddressError,
)
from akeneo_sfcc.akeneo.policy import FAILURES, STATUSES, Action, failure_rule, retry_after, status_rule
from akeneo_sfcc.errors import ConfigurationError, DataError, TransientError
from tests.fakes.pim_http import TOKEN, PimHttp, Reply, error_reply, gzip_reply, json_reply, list_reply, token_reply

GOOD = list_reply({"code": "ecommerce"})
HTML = {"Content-Type": "text/html"}

FAULTS = {
    "reset": Reply(fault="reset"),
    "closed without an answer": Reply(fault="close"),
    "body shorter than announced": Reply(GOOD.body, cut=10),
    "chunked body without its end": Reply(GOOD.body, chunked_cut=True),
    "gzip body cut off": Reply(gzip_reply({"a": 1}).body[:-12], headers=gzip_reply({}).headers),
    "body that is not the gzip it says": Reply(b"no gzip at all", headers=gzip_reply({}).headers),
    "HTML page": Reply(b"<html>maintenance</html>", headers=HTML),
    "empty body": Reply(b""),
    "half a JSON document": Reply(GOOD.body[:-5]),
    "text that is not UTF-8": Reply(b'{"a": "\xff"}'),
}
RETRIED = (408, 425, 429, 500, 502, 503, 504, 599)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_broken_answer_is_asked_for_again(pim: PimHttp, client: AkeneoClient, fault: Reply) -> None:
    pim.script("channels", fault, GOOD)
    assert [item["code"] for item in client.items("channels")] == ["ecommerce"]
    assert not pim.unused
    assert client.usage.retries == 1


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_pim_that_keeps_breaking_is_a_transient_error(pim: PimHttp, client: AkeneoClient, fault: Reply) -> None:
    pim.script("channels", fault)
    with pytest.raises(TransientError, match=r"GET /api/rest/v1/channels in 7 tries; the last: "):
        list(client.items("channels"))
    assert len(pim.seen("channels")) == 7


@pytest.mark.parametrize("status", RETRIED)
def test_a_status_that_may_pass_is_retried(pim: PimHttp, client: AkeneoClient, status: int) -> None:
    pim.script("channels", Reply(b"<html>busy</html>", status, HTML), GOOD)
    assert len(list(client.items("channels"))) == 1
    assert client.usage.throttled == int(status == 429)
    pim.script("channels", error_reply(status, "come back later"))
    with pytest.raises(PimUnavailableError, match=rf"channels in 7 tries; the last: {status}, .*come back later"):
        list(client.items("channels"))


def test_a_slow_answer_is_given_up_and_asked_for_again(pim: PimHttp, make_client: Callable[..., AkeneoClient]) -> None:
    pim.script("channels", Reply(fault="stall"), GOOD)
    client = make_client(policy=RetryPolicy(read_timeout=0.2))
    assert len(list(client.items("channels"))) == 1


def test_a_pim_that_never_answered_is_told_soon(make_client: Callable[..., AkeneoClient]) -> None:
    client = make_client("http://127.0.0.1:1")
    with pytest.raises(TransientError, match=r"http://127\.0\.0\.1:1 .*POST /api/oauth/v1/token in 3 tries.*refused"):
        client.version()


def test_the_waits_double_with_full_jitter(
    pim: PimHttp, make_client: Callable[..., AkeneoClient], waits: list[float]
) -> None:
    pim.script("channels", error_reply(503, "down"))
    with pytest.raises(TransientError):
        list(make_client().items("channels"))
    assert waits == [1, 2, 4, 8, 16, 16]
    waits.clear()
    with pytest.raises(TransientError):
        list(make_client(jitter=0.25).items("channels"))
    assert waits == [0.25, 0.5, 1, 2, 4, 4]


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("15", 15.0),
        ("100000", 300.0),
        ("Sun, 09 Sep 2001 01:46:47 GMT", 7.0),  # the test's clock stands at 01:46:40
        ("Sun, 09 Sep 2001 01:46:30 GMT", 1.0),
        ("0", 1.0),
        ("-5", 1.0),
        ("soon", 1.0),
        ("", 1.0),
        ("Sun, 99 Foo 2001", 1.0),
    ],
)
def test_retry_after_is_obeyed_where_it_makes_sense(
    pim: PimHttp, client: AkeneoClient, waits: list[float], header: str, wait: float
) -> None:
    pim.script("channels", error_reply(429, "slow down", Retry_After=header), GOOD)
    list(client.items("channels"))
    assert waits == [wait]


def test_retry_after_without_a_zone_counts_as_something() -> None:
    assert retry_after(None, 0.0) is None
    assert retry_after("٣", 0.0) is None


EXPECTED: dict[int, tuple[type[Exception], str]] = {
    301: (WrongAddressError, r"pim\.base_url.*301, a redirect"),
    302: (WrongAddressError, r"pim\.base_url"),
    303: (WrongAddressError, r"pim\.base_url"),
    307: (WrongAddressError, r"pim\.base_url"),
    308: (WrongAddressError, r"pim\.base_url"),
    400: (RefusedRequestError, r"GET /channels with 400.*the PIM says no"),
    403: (ForbiddenError, r'the PIM says no.*"List channels"'),
    404: (NotFoundError, r"GET /channels with 404.*the PIM says no"),
    405: (WrongAddressError, r"pim\.base_url"),
    406: (WrongAddressError, r"pim\.base_url"),
    413: (RefusedRequestError, r"too large"),
    414: (RefusedRequestError, r"too long"),
    415: (WrongAddressError, r"pim\.base_url"),
    418: (DataError, r"418"),
    422: (RefusedRequestError, r"422"),
}


@pytest.mark.parametrize("status", EXPECTED)
def test_a_refusal_is_one_clear_error_at_once(pim: PimHttp, client: AkeneoClient, status: int) -> None:
    kind, says = EXPECTED[status]
    pim.script("channels", error_reply(status, "the PIM says no", Location="/elsewhere"))
    with pytest.raises(kind, match=says):
        list(client.items("channels"))
    assert len(pim.seen("channels")) == 1


def test_every_row_of_the_status_table_was_tried() -> None:
    assert set(STATUSES) <= {*EXPECTED, *RETRIED, 401}
    assert {s for s in STATUSES if status_rule(s).action is Action.RETRY} == {408, 425, 429}
    assert status_rule(700).action is Action.UNEXPECTED
    assert status_rule(204).action is Action.ACCEPT


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (requests.exceptions.InvalidProxyURL(), Action.UNEXPECTED),
        (requests.exceptions.InvalidURL(), Action.BAD_ADDRESS),
        (requests.exceptions.MissingSchema(), Action.BAD_ADDRESS),
        (requests.exceptions.InvalidSchema(), Action.BAD_ADDRESS),
        (requests.exceptions.TooManyRedirects(), Action.BAD_ADDRESS),
        (requests.exceptions.ConnectTimeout(), Action.RETRY),
        (requests.exceptions.ReadTimeout(), Action.RETRY),
        (requests.exceptions.ProxyError(), Action.RETRY),
        (requests.exceptions.SSLError(), Action.RETRY),
        (requests.exceptions.ConnectionError(), Action.RETRY),
        (requests.exceptions.ChunkedEncodingError(), Action.RETRY),
        (requests.exceptions.ContentDecodingError(), Action.RETRY),
        (requests.exceptions.RequestException(), Action.RETRY),
        (urllib3.exceptions.ProtocolError(), Action.RETRY),
        (OSError(), Action.RETRY),
    ],
)
def test_every_failed_exchange_has_its_row(error: Exception, action: Action) -> None:
    assert failure_rule(error).action is action


def test_no_row_is_hidden_by_a_more_general_one_above_it() -> None:
    for row, (kind, _) in enumerate(FAILURES):
        assert not any(issubclass(kind, above) for above, _ in FAILURES[:row]), kind


def test_a_programming_error_is_not_taken_for_a_network_fault() -> None:
    with pytest.raises(ZeroDivisionError):
        failure_rule(ZeroDivisionError())


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        ("products-uuid", "List products"),
        ("families/shoes/variants", "List family variants"),
        ("attributes/colour/options", "List attribute options"),
        ("system-information", "Overall Web API access"),
    ],
)
def test_a_missing_permission_is_named(pim: PimHttp, client: AkeneoClient, path: str, permission: str) -> None:
    pim.script(path, error_reply(403, "Access forbidden. You are not allowed to list this."))
    with pytest.raises(ForbiddenError, match=f'Access forbidden.*"{permission}"'):
        list(client.items(path))


@pytest.mark.parametrize(
    ("kind", "query", "message", "blamed"),
    [
        (
            "product",
            ItemQuery(search={"x": []}),
            'Filter on property "x" is not supported',
            "pim.product_filter.search",
        ),
        (
            "model",
            ItemQuery(search={"x": []}),
            "Search query parameter should be valid JSON.",
            "pim.product_model_filter.search",
        ),
        ("product", ItemQuery(scope="web"), 'Scope "web" does not exist.', "pim.product_filter.scope"),
        (
            "product",
            ItemQuery(search={"x": []}, locales=("xx",)),
            'Locale "xx" does not exist.',
            "pim.product_filter.locales",
        ),
        (
            "product",
            ItemQuery(attributes=("y",), scope="web"),
            'Attribute "y" does not exist.',
            "pim.product_filter.attributes",
        ),
        (
            "product",
            ItemQuery(search_locale="zz", scope="web"),
            'Locale "zz" does not exist.',
            "pim.product_filter.search_locale",
        ),
        ("product", ItemQuery(search={"x": []}), "You cannot request more than 100 items.", "pim.page_size"),
        (
            "product",
            ItemQuery(search={"x": []}, scope="web"),
            "No.",
            "pim.product_filter.search or pim.product_filter.scope",
        ),
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_question_names_the_setting(
    pim: PimHttp, client: AkeneoClient, kind: str, query: ItemQuery, message: str, blamed: str, status: int
) -> None:
    pim.script("system-information", json_reply({"version": "7.0.1", "edition": "CE"}))
    pim.script("products-uuid", error_reply(status, message))
    pim.script("product-models", error_reply(status, message))
    with pytest.raises(ConfigurationError) as caught:
        client.page(kind, query)  # type: ignore[arg-type]
    assert str(caught.value).startswith(f"{blamed}: the PIM answered GET /")
    assert message in str(caught.value)


def test_the_property_errors_of_a_refusal_are_told(pim: PimHttp, client: AkeneoClient) -> None:
    body = {"code": 422, "message": "Validation failed.", "errors": [{"property": "a", "message": "Too odd."}]}
    pim.script("channels", json_reply(body, 422))
    with pytest.raises(ConfigurationError, match=r"Validation failed\. Too odd\."):
        list(client.items("channels"))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "pim.example.com",
        "ftp://pim.example.com",
        "http://",
        "https://pim.example.com?x=1",
        "http://[bad",
        "http://h:port",
    ],
)
def test_an_address_that_cannot_be_one_is_refused_before_anything_is_sent(
    make_client: Callable[..., AkeneoClient], address: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"^pim\.base_url: .*allowed: http\(s\)://host"):
        make_client(address or " ")


def test_a_password_in_the_address_is_refused_and_not_repeated(make_client: Callable[..., AkeneoClient]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make_client("https://me:hidden@pim.example.com")
    assert "hidden" not in str(caught.value)


def test_an_address_that_is_no_pim_is_named(pim: PimHttp, client: AkeneoClient) -> None:
    pim.script(TOKEN, Reply(b"<html>not here</html>", 404, HTML))
    with pytest.raises(WrongAddressError, match=r"^pim\.base_url: http.* is not the address of an Akeneo PIM"):
        client.version()


@pytest.mark.parametrize("answer", [[], {"_embedded": {}}, {"_embedded": {"items": {}}}, "x", None])
def test_json_of_another_shape_is_a_data_error(pim: PimHttp, client: AkeneoClient, answer: object) -> None:
    pim.script("channels", json_reply(answer))
    with pytest.raises(DataError, match=r"GET /channels has no _embedded\.items"):
        list(client.items("channels"))


def test_no_secret_shows_in_errors_logs_or_representations(
    pim: PimHttp, make_client: Callable[..., AkeneoClient], caplog: pytest.LogCaptureFixture
) -> None:
    echo = "the-client-secret the-password access-1 refresh-1"
    pim.script("channels", error_reply(503, echo), error_reply(422, echo))
    pim.script("locales", error_reply(401, echo))
    pim.script("families", Reply(fault="reset"))
    pim.script(TOKEN, token_reply(), error_reply(422, echo))
    client = make_client()
    told = [repr(client), repr(client.usage)]
    with caplog.at_level(logging.DEBUG, logger="akeneo_sfcc"):
        for path in ("channels", "families", "locales"):
            with pytest.raises((ConfigurationError, TransientError)) as caught:
                list(client.items(path))
            told.append("".join(traceback.format_exception(caught.value)))
            told.append(repr(vars(caught.value)))
    told += [record.getMessage() for record in caplog.records]
    assert any("503" in text for text in told)
    for secret in echo.split():
        assert not any(secret in text for text in told), secret


class TestLogin:
    def test_logs_in_once_with_basic_authorization_and_json(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("channels", GOOD)
        list(client.items("channels"))
        list(client.items("channels"))
        (login,) = pim.seen(TOKEN)
        assert login.method == "POST"
        assert login.json == {"grant_type": "password", "username": "the-user", "password": "the-password"}
        assert login.headers["Content-Type"] == "application/json"
        assert login.headers["Authorization"] == "Basic dGhlLWNsaWVudC1pZDp0aGUtY2xpZW50LXNlY3JldA=="
        assert {r.headers["Authorization"] for r in pim.seen("channels")} == {"Bearer access-1"}
        assert {r.headers["Accept-Encoding"] for r in pim.requests} == {"gzip"}
        assert {r.headers["User-Agent"] for r in pim.requests} == {"akeneo-sfcc/0.1.0"}

    def test_an_expired_token_is_refreshed_and_the_call_replayed(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script(TOKEN, token_reply(), token_reply("access-2", "refresh-2"), token_reply("access-3", "refresh-3"))
        expired = error_reply(401, "The access token provided has expired.")
        pim.script("channels", expired, GOOD, expired, GOOD)
        list(client.items("channels"))
        list(client.items("channels"))
        assert [r.headers["Authorization"][-1] for r in pim.seen("channels")] == ["1", "2", "2", "3"]
        grants = [login.json for login in pim.seen(TOKEN)]
        assert [g.get("refresh_token") for g in grants] == [None, "refresh-1", "refresh-2"]

    @pytest.mark.parametrize("status", [400, 401, 422])
    def test_a_refused_refresh_falls_back_to_one_login(self, pim: PimHttp, client: AkeneoClient, status: int) -> None:
        pim.script(TOKEN, token_reply(), error_reply(status, "Refresh token has expired"), token_reply("access-9"))
        pim.script("channels", error_reply(401, "expired"), GOOD)
        assert len(list(client.items("channels"))) == 1
        assert [login.json["grant_type"] for login in pim.seen(TOKEN)] == ["password", "refresh_token", "password"]

    def test_a_refused_login_after_a_refused_refresh_is_the_end(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script(TOKEN, token_reply(), error_reply(422, "refresh token is bad"), error_reply(422, "bad"))
        pim.script("channels", error_reply(401, "expired"))
        with pytest.raises(LoginError):
            list(client.items("channels"))
        assert len(pim.seen(TOKEN)) == 3

    def test_a_new_token_that_is_refused_too_is_the_end(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("channels", error_reply(401, "Authentication is required"))
        with pytest.raises(UnauthorizedError, match="Authorization header is lost on the way"):
            list(client.items("channels"))
        assert len(pim.seen("channels")) == 2

    @pytest.mark.parametrize(
        ("message", "says"),
        [
            (
                'Parameter "client_id" is missing or does not match any client, or secret is invalid',
                "client id or secret is wrong",
            ),
            ("No user found for the given username and password", "username or password is wrong"),
            ("Nothing in particular", "client id or secret is wrong.*username or password is wrong"),
        ],
    )
    @pytest.mark.parametrize("status", [400, 401, 403, 422])
    def test_wrong_credentials_are_told_apart(
        self, pim: PimHttp, client: AkeneoClient, message: str, says: str, status: int
    ) -> None:
        pim.script(TOKEN, error_reply(status, message))
        with pytest.raises(LoginError, match=says):
            client.version()
        assert len(pim.seen(TOKEN)) == 1

    def test_login_is_retried_like_any_call(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script(TOKEN, error_reply(503, "down"), Reply(b"<html/>", headers=HTML), token_reply())
        pim.script("channels", GOOD)
        assert len(list(client.items("channels"))) == 1

    @pytest.mark.parametrize("answer", [{}, [], {"access_token": 5}])
    def test_a_login_without_token_is_a_data_error(self, pim: PimHttp, client: AkeneoClient, answer: object) -> None:
        pim.script(TOKEN, json_reply(answer))
        with pytest.raises(DataError, match="holds no access_token"):
            client.version()
