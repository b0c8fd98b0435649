"""Ranges: how lists are cut, and that reading them gives every item once within the budget of calls."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from itertools import pairwise

import pytest

from akeneo_sfcc.akeneo.client import AkeneoClient, ItemQuery
from akeneo_sfcc.akeneo.ranges import (
    RangePlan,
    cut_positions,
    few_ranges,
    many_ranges,
    page_ranges,
    plan_ranges,
    probe_cursor,
    thinned,
    uuid_ranges,
)
from akeneo_sfcc.errors import TransientError
from tests.fakes.pim_http import PimHttp, Reply, Seen, error_reply, list_reply

QUERY = ItemQuery(by_uuid=True)


class ListedItems:
    """Answers like a list of the PIM: sorted by key, by page number up to 10,000 items, or behind a cursor."""

    def __init__(
        self, field: str, keys: list[str], *, made_up_cursors: str = "accepted", shuffled: bool = False
    ) -> None:
        self.field = field
        self.keys = sorted(keys)
        self.numbered = random.Random(1).sample(self.keys, len(keys)) if shuffled else self.keys
        self.made_up_cursors = made_up_cursors

    def __call__(self, seen: Seen) -> Reply:
        limit = int(seen.query["limit"])
        if seen.query["pagination_type"] == "page":
            page = int(seen.query["page"])
            if page * limit > 10_000:
                return error_reply(422, "You have reached the maximum number of pages")
            found = self.numbered[(page - 1) * limit : page * limit]
            return list_reply(*({self.field: key} for key in found), count=len(self.keys))
        after = seen.query.get("search_after", "")
        if after and after not in self.keys:
            if self.made_up_cursors == "refused":
                return error_reply(422, "Not a cursor.")
            if self.made_up_cursors == "ignored":
                after = ""
        found = [key for key in self.keys if key > after][:limit]
        return list_reply(*({self.field: key} for key in found))


def uuids(number: int) -> list[str]:
    chance = random.Random(7)
    return [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(number)]


def read(client: AkeneoClient, kind: str, plan: RangePlan) -> tuple[list[str], int]:
    """Read all ranges of a plan as a worker does; return the keys and the number of calls."""
    found: list[str] = []
    before = client.usage
    for part in plan.ranges:
        after, number = part.after, part.first_page
        while True:
            place = {"page": number} if part.method == "pages" else {"after": after}
            page = client.page(kind, QUERY, **place)  # type: ignore[arg-type]
            found += [key for key in page.keys if part.until is None or key <= part.until]
            beyond = part.until is not None and page.next_after is not None and page.next_after >= part.until
            number += 1
            if page.last or beyond or (part.method == "pages" and number > part.last_page):
                break
            after = page.next_after
    return found, (client.usage - before).calls


@pytest.mark.parametrize("count", [1, 99, 100, 1239, 4200, 9999, 10_000])
def test_a_short_list_is_cut_at_real_keys_without_overshoot(pim: PimHttp, client: AkeneoClient, count: int) -> None:
    keys = uuids(count)
    pim.script("products-uuid", ListedItems("uuid", keys, made_up_cursors="refused"))
    before = client.usage
    plan = plan_ranges(client, "product", QUERY, concurrency=4)
    planning = (client.usage - before).calls - 1  # without the login
    found, calls = read(client, "product", plan)
    assert found == sorted(keys)
    assert len(plan.ranges) == few_ranges(count, 100, 4)
    pages = -(-count // 100)
    # One call more where the last page is full or short by a few; counting is one, each cut one.
    assert calls <= pages + 1
    assert planning == len(plan.ranges)


def test_a_long_list_by_uuid_is_cut_evenly_within_the_budget(pim: PimHttp, client: AkeneoClient) -> None:
    keys = uuids(20_000)
    pim.script("products-uuid", ListedItems("uuid", keys))
    plan = plan_ranges(client, "product", QUERY, concurrency=4)
    assert (plan.method, len(plan.ranges), plan.count) == ("uuid", 4, 20_000)
    found, calls = read(client, "product", plan)
    assert found == sorted(keys)
    assert calls + 2 <= 1.05 * 200  # with the count and the probe


@pytest.mark.parametrize("cursors", ["refused", "ignored"])
def test_a_pim_that_wants_real_cursors_gets_some(pim: PimHttp, client: AkeneoClient, cursors: str) -> None:
    keys = uuids(12_000)
    pim.script("products-uuid", ListedItems("uuid", keys, made_up_cursors=cursors))
    plan = plan_ranges(client, "product", QUERY, concurrency=4)
    assert (plan.method, len(plan.ranges)) == ("keys", 4)
    assert read(client, "product", plan)[0] == sorted(keys)


def test_a_list_whose_cursor_and_length_both_forbid_cuts_is_read_serially(pim: PimHttp, client: AkeneoClient) -> None:
    pim.script("products-uuid", ListedItems("uuid", uuids(41_000), made_up_cursors="refused"))
    plan = plan_ranges(client, "product", QUERY, concurrency=4)
    assert (plan.method, len(plan.ranges)) == ("serial", 1)


def test_models_beyond_page_numbers_are_cut_at_the_keys_of_an_earlier_run(pim: PimHttp, client: AkeneoClient) -> None:
    keys = [f"model-{i:05d}" for i in range(45_000)]
    pim.script("product-models", ListedItems("code", keys))
    plan = plan_ranges(client, "model", QUERY, concurrency=4, known_keys=[key.upper() for key in keys[::50]])
    assert (plan.method, len(plan.ranges)) == ("known", 8)
    assert len(thinned(keys[::50], 8)) == 7
    sizes = [sum(1 for k in keys if (r.after or "") < k <= (r.until or "~")) for r in plan.ranges]
    assert sum(sizes) == 45_000
    assert max(sizes) < 1.1 * min(sizes)


def test_page_numbers_in_another_order_than_the_cursor_are_read_by_number(pim: PimHttp, client: AkeneoClient) -> None:
    pim.script("product-models", ListedItems("code", [f"m{i:04d}" for i in range(7000)], shuffled=True))
    plan = plan_ranges(client, "model", QUERY, concurrency=4)
    assert plan.method == "pages"
    assert [(r.first_page, r.last_page) for r in plan.ranges] == [(1, 17), (18, 35), (36, 52), (53, 100)]


def test_items_deleted_since_counting_leave_fewer_ranges(pim: PimHttp, client: AkeneoClient) -> None:
    left = ListedItems("uuid", uuids(3000))
    pim.script("products-uuid", list_reply({"uuid": "a"}, count=8000), left)
    plan = plan_ranges(client, "product", QUERY, concurrency=4)
    assert len(plan.ranges) == 2
    assert read(client, "product", plan)[0] == left.keys


def test_an_empty_list_has_no_ranges(pim: PimHttp, client: AkeneoClient) -> None:
    pim.script("product-models", list_reply(count=0))
    assert plan_ranges(client, "model", QUERY, concurrency=4) == RangePlan(0, "serial", ())


class TestProbe:
    def test_accepts_an_answer_above_the_boundary(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("products-uuid", list_reply({"uuid": "81000000-0000-4000-8000-000000000000"}))
        assert probe_cursor(client, QUERY)
        (request,) = pim.seen("products-uuid")
        assert (request.query["limit"], request.query["search_after"][:8]) == ("1", "80000000")

    @pytest.mark.parametrize(
        "answer",
        [
            list_reply({"uuid": "00000000-0000-4000-8000-000000000000"}),
            list_reply({"uuid": "80000000-0000-0000-0000-000000000000"}),
            list_reply(),
            error_reply(422, "no cursor"),
            error_reply(400, "no cursor"),
        ],
    )
    def test_refuses_any_other(self, pim: PimHttp, client: AkeneoClient, answer: Reply) -> None:
        pim.script("products-uuid", answer)
        assert not probe_cursor(client, QUERY)

    def test_a_pim_that_is_down_is_no_answer(self, pim: PimHttp, client: AkeneoClient) -> None:
        pim.script("products-uuid", error_reply(503, "down"))
        with pytest.raises(TransientError):
            probe_cursor(client, QUERY)


class TestCuts:
    @pytest.mark.parametrize("number", [1, 2, 3, 4, 24, 64])
    def test_uuid_ranges_cover_the_space_without_gap(self, number: int) -> None:
        ranges = uuid_ranges(number)
        assert len(ranges) == number
        assert (ranges[0][0], ranges[-1][1]) == (None, None)
        assert all(one[1] == two[0] for one, two in pairwise(ranges))
        cuts = [after for after, _ in ranges[1:]]
        assert cuts == sorted(cuts)  # type: ignore[type-var]
        assert all(str(uuid.UUID(cut)) == cut for cut in cuts)

    def test_four_uuid_ranges_begin_at_the_quarters(self) -> None:
        assert [(after or "")[:8] for after, _ in uuid_ranges(4)] == ["", "40000000", "80000000", "c0000000"]

    @pytest.mark.parametrize(
        ("count", "concurrency", "number"),
        [(50_000, 4, 12), (11_000, 4, 4), (1_000_000, 4, 64), (50_000, 1, 1), (50_000, 3, 12)],
    )
    def test_a_big_list_has_whole_rounds_of_ranges(self, count: int, concurrency: int, number: int) -> None:
        assert many_ranges(count, 100, concurrency) == number

    def test_cuts_stand_at_whole_pages_within_reach_of_page_numbers(self) -> None:
        assert cut_positions(8050, 100, 4) == (2000, 4000, 6000)
        assert cut_positions(20_000, 100, 4) == (5000, 10_000)
        assert cut_positions(50, 100, 4) == ()

    @pytest.mark.parametrize("count", [1, 99, 101, 1000, 9999])
    def test_page_ranges_cover_every_page_once(self, count: int) -> None:
        pages = [p for r in page_ranges(count, 4, 100) for p in range(r.first_page, r.last_page + 1)]
        assert pages == list(range(1, 101))


def test_small_pages_reach_as_far_as_the_pim_counts(make_client: Callable[..., AkeneoClient]) -> None:
    assert page_ranges(1000, 2, 10)[-1].last_page == 1000
