"""Price books of the media job."""

from __future__ import annotations

import pytest
from lxml import etree

from akeneo_sfcc.errors import DataError
from local.demo_pim.server import DemoPim
from tests.e2e.media_jobs import EVERYTHING, Jobs, rows


def test_prices_are_written_for_everything_that_is_sold_and_for_no_master(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING, associations={"product_set": {"family": "looks", "association_type": "LOOK"}})
    media = jobs.media()
    euros = rows(media, "eur")
    assert list(euros) == sorted(euros, key=str.encode)
    assert euros["mug-enamel"] == "11.95"
    assert euros["summit-pack-30"] == "168.95"
    assert "summit-pack" not in euros, "a master"
    assert "look-alpine" not in euros, "a product set"
    assert "kit-weekend" in euros, "a bundle"
    assert [(r["reason"], r["id"], r["value"]) for r in media.records() if r["kind"] == "price"] == [
        ("bad_amount", "odd-values", "-1.00 USD")
    ]


def test_a_price_that_went_away_is_removed_by_this_jobs_own_state(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.media()
    jobs.change("mug-enamel", price=None)
    second = jobs.media(since_last_success=True)
    assert rows(second, "eur") == rows(second, "usd") == {"mug-enamel": "delete-all"}
    assert rows(jobs.media(since_last_success=True), "eur") == {}
    third = rows(jobs.media(), "eur")
    assert "mug-enamel" not in third
    assert len(third) > 70


def test_a_product_that_left_the_pim_loses_its_price(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.media()
    own_pim.edit({"op": "delete", "kind": "product", "key": "mug-enamel"})
    assert rows(jobs.media(), "eur")["mug-enamel"] == "delete-all"


def test_too_many_vanished_prices_stop_the_run(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.media()
    jobs.document["pim"]["product_filter"] = {"search": {"enabled": [{"operator": "=", "value": False}]}}
    with pytest.raises(DataError, match=r"deletions\.max_ratio: \d+ of \d+ products with a price"):
        jobs.media()


def test_a_currency_that_is_not_activated_any_more_is_taken_offline_once(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.media()
    own_pim.edit({"op": "patch", "kind": "channels", "key": "ecommerce", "set": {"currencies": ["EUR"]}})
    second = jobs.media()
    book = etree.fromstring(second.files()["pricebooks/akeneo-usd.xml"])
    assert (book.findtext(".//{*}online-flag"), rows(second, "usd")) == ("false", {})
    assert "prices in USD were left out: not activated on the channel" in second.report()["notes"]
    assert "pricebooks/akeneo-usd.xml" not in jobs.media().files()


def test_a_price_that_only_an_unfinished_delivery_wrote_is_removed(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.change("mug-enamel", price=None)
    assert "mug-enamel" not in rows(jobs.media(), "eur")
    jobs.change("mug-enamel", price=[{"amount": "5.00", "currency": "EUR"}])
    died = jobs.interrupted(since_last_success=True)
    jobs.change("mug-enamel", price=None)
    third = jobs.media(since_last_success=True)
    assert rows(third, "eur")["mug-enamel"] == "delete-all"
    assert "mug-enamel" not in rows(third, "usd")
    assert f"run {died.run_id} began to deliver and committed nothing: everything is read" in third.report()["notes"][0]
    assert "mug-enamel" not in rows(jobs.media(), "eur")


def test_prices_of_several_unfinished_deliveries_are_removed(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    for identifier in ("mug-enamel", "kit-weekend"):
        jobs.change(identifier, price=[{"amount": "5.00", "currency": "EUR"}])
        jobs.interrupted()
        jobs.change(identifier, price=None)
    euros = rows(jobs.media(), "eur")
    assert euros["mug-enamel"] == euros["kit-weekend"] == "delete-all"
    assert "delete-all" not in rows(jobs.media(), "eur").values()


def test_a_book_that_only_an_unfinished_delivery_put_online_is_taken_offline(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.interrupted()
    own_pim.edit({"op": "patch", "kind": "channels", "key": "ecommerce", "set": {"currencies": ["EUR"]}})
    book = etree.fromstring(jobs.media().files()["pricebooks/akeneo-usd.xml"])
    assert book.findtext(".//{*}online-flag") == "false"
    assert "pricebooks/akeneo-usd.xml" not in jobs.media().files()


def test_prices_of_an_unfinished_delivery_are_remembered_without_a_price_attribute(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.interrupted()
    attribute = jobs.document["pricebooks"].pop("attribute")
    assert rows(jobs.media(), "eur") == {}
    jobs.document["pricebooks"]["attribute"] = attribute
    jobs.change("mug-enamel", price=None)
    assert rows(jobs.media(), "eur")["mug-enamel"] == "delete-all"


def test_without_a_price_attribute_the_books_are_headers(own_pim: DemoPim) -> None:
    media = Jobs(own_pim, images={"source": "images"}).media()
    assert rows(media, "eur") == rows(media, "usd") == {}
