"""Which answers and failures are tried again, and when."""

from __future__ import annotations

import pytest
import requests

from akeneo_sfcc.delivery.client import Addresses
from akeneo_sfcc.delivery.policy import RetryPolicy, failure, retried, retry_after


@pytest.mark.parametrize("status", [408, 423, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(status: int) -> None:
    assert retried(status)


@pytest.mark.parametrize("status", [200, 207, 400, 401, 403, 404, 405, 413, 501, 507])
def test_what_does_not_pass_is_not(status: int) -> None:
    assert retried(status) is None


def test_waits_double_up_to_a_limit_and_jitter_shortens_them() -> None:
    policy = RetryPolicy(first_delay=1.0, longest_delay=5.0)
    assert [policy.delay(retry, None, 1.0) for retry in (1, 2, 3, 4)] == [1.0, 2.0, 4.0, 5.0]
    assert policy.delay(2, None, 0.5) == 1.0


def test_the_instances_own_wish_counts_up_to_a_limit() -> None:
    policy = RetryPolicy(longest_retry_after=60.0)
    assert policy.delay(1, 20.0, 0.1) == 20.0
    assert policy.delay(1, 600.0, 0.1) == 60.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("7", 7.0), ("0", None), ("soon", None), ("Thu, 01 Jan 1970 00:01:40 GMT", 40.0)],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, now=60.0) == seconds


def test_a_broken_connection_is_tried_again_and_a_bug_is_not() -> None:
    assert failure(requests.ConnectionError())[0]
    assert not failure(requests.exceptions.InvalidURL())[0]
    with pytest.raises(ZeroDivisionError):
        failure(ZeroDivisionError())


def test_addresses_follow_from_the_settings() -> None:
    found = Addresses.of("dev01.example.com", "kv7kzm78")
    assert found.instance == "https://dev01.example.com"
    assert found.scapi == "https://kv7kzm78.api.commercecloud.salesforce.com"
    assert Addresses.of("dev01.example.com").scapi is None
