"""The limit of concurrent calls, the counters, and the faults a test can ask for."""

import threading

import pytest
import requests
from werkzeug.routing import Map

from local.demo_pim.faults import Fault
from local.demo_pim.generator import generate

UUIDS = "/api/rest/v1/products-uuid"


class Gate:
    """Stands in for sleep: lets a test see who waits, and lets them go."""

    def __init__(self):
        self.waiting = threading.Semaphore(0)
        self.open = threading.Event()

    def __call__(self, seconds):
        self.waiting.release()
        assert self.open.wait(10)


@pytest.mark.parametrize(("retry_after", "header"), [(7, "7"), (None, None)])
def test_the_fifth_concurrent_call_is_429(serve, retry_after, header):
    gate = Gate()
    caller = serve(latency_ms=5, sleep=gate, retry_after=retry_after)
    statuses = []
    authorization = dict(caller.session.headers)

    def call():
        statuses.append(requests.get(f"{caller.pim.url}{UUIDS}", headers=authorization, timeout=10).status_code)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert gate.waiting.acquire(timeout=10)
    fifth = caller.get("products-uuid")
    gate.open.set()
    for thread in threads:
        thread.join(10)
    assert (fifth.status_code, fifth.headers.get("Retry-After")) == (429, header)
    assert statuses == [200] * 4
    assert caller.get("products-uuid").status_code == 200
    stats = caller.pim.stats()
    assert (stats["throttled"], stats["max_concurrent"]) == (1, 4)


def test_calls_are_counted_by_endpoint(serve):
    caller = serve()
    caller.items("products-uuid", limit=7)
    caller.items("attributes/color/options")
    caller.items("attributes/size/options")
    caller.items("attributes/size/options")
    stats = requests.get(f"{caller.pim.url}/__control/stats", timeout=10).json()
    assert stats["calls"] == {
        "/api/oauth/v1/token": 1,
        UUIDS: 1,
        "/api/rest/v1/attributes/{attribute}/options": 3,
    }
    assert stats["items"] == 7 + 5 + 5 + 5
    assert (stats["token_calls"], stats["throttled"]) == (1, 0)
    assert stats["repeated"] == {"/api/rest/v1/attributes/size/options?limit=100": 2}
    assert caller.control("reset", None).ok
    assert caller.pim.stats()["total_calls"] == 0


def test_a_status_befalls_the_calls_it_is_asked_for(serve):
    caller = serve(faults=[Fault(UUIDS, "status", nth=(2, 3), status=503, headers={"Retry-After": "2"})])
    assert [caller.get("products-uuid").status_code for _ in range(4)] == [200, 503, 503, 200]
    assert caller.pim.faults.done() == [2]


def test_a_rule_ends_after_its_times_and_can_look_at_the_query(serve):
    caller = serve(faults=[Fault(UUIDS, "status", times=1, query="search_after", status=500)])
    assert caller.get("products-uuid").status_code == 200
    assert caller.get("products-uuid", search_after="a").status_code == 500
    assert caller.get("products-uuid", search_after="a").status_code == 200


def test_proxies_answer_in_html_and_garbage_is_no_json(serve):
    caller = serve(faults=[Fault("*/families", "html", nth=(1,)), Fault("*/families", "garbage", nth=(2,))])
    page = caller.get("families")
    assert (page.status_code, page.headers["Content-Type"].partition(";")[0]) == (502, "text/html")
    garbage = caller.get("families")
    assert garbage.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        garbage.json()


def test_a_connection_can_be_cut_before_and_during_an_answer(serve):
    caller = serve(faults=[Fault("*/families", "reset", nth=(1,)), Fault("*/families", "truncated", nth=(2,))])
    with pytest.raises(requests.ConnectionError):
        caller.get("families")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        caller.get("families")
    assert caller.items("families")


def test_a_slow_call_waits_in_its_slot(serve):
    waited: list[float] = []
    caller = serve(sleep=waited.append, faults=[Fault("*/families", "slow", seconds=12.5, times=1)])
    assert caller.items("families")
    assert waited == [12.5]


def test_cursors_can_be_made_to_misbehave(serve):
    caller = serve(generate(40))
    first = [item["uuid"] for item in caller.items("products-uuid", limit=10)]

    def after(cursor):
        return caller.get("products-uuid", pagination_type="search_after", search_after=cursor, limit=10)

    def uuids(response):
        return [item["uuid"] for item in response.json()["_embedded"]["items"]]

    caller.control("faults", [{"path": UUIDS, "action": "standing_cursor"}])
    assert uuids(after(first[-1])) == first
    caller.control("faults", [{"path": UUIDS, "action": "restart_on_made_up_cursor"}])
    assert uuids(after("8")) == first
    assert uuids(after(first[-1]))[0] > first[-1]
    caller.control("faults", [{"path": UUIDS, "action": "empty_on_made_up_cursor"}])
    assert uuids(after("8")) == []
    caller.control("faults", [{"path": UUIDS, "action": "refuse_made_up_cursor"}])
    assert after("8").status_code == 422
    caller.control("faults", [{"path": UUIDS, "action": "short_page", "nth": 1}])
    assert len(uuids(after(first[-1]))) == 9
    assert len(uuids(after(first[-1]))) == 10


def test_an_unknown_fault_is_refused_with_the_known_ones(serve):
    reply = serve().control("faults", [{"path": "*", "action": "explode"}])
    assert reply.status_code == 400
    assert "standing_cursor" in reply.json()["error"]


def test_templates_are_those_of_the_routes():
    from local.demo_pim.endpoints import routes, template

    rules = routes()
    Map(rules)
    assert "/api/rest/v1/media-files/{code}/download" in {template(rule) for rule in rules}
