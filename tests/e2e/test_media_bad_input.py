"""Binaries that are gone, broken, lying or named to deceive: left out, told of, and nothing else harmed."""

from __future__ import annotations

import pytest

from akeneo_sfcc.errors import TransientError
from local.demo_pim.faults import Fault
from local.demo_pim.server import DemoPim
from tests.e2e.media_jobs import EVERYTHING, Jobs, binaries, missing, picture_of, shown_paths


def test_a_media_code_that_is_gone_is_left_out_everywhere_and_not_asked_for_again(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    code = picture_of(jobs, "mug-enamel")
    own_pim.faults.set([Fault(f"*/media-files/{code}/download", "status", status=404)])
    first = jobs.media()
    assert missing(first) == [("image", code, "gone from the PIM")]
    products = jobs.products()
    assert shown_paths(products) == binaries(first).keys()
    assert f"akeneo/{code}" not in shown_paths(products)
    again = jobs.media()
    assert own_pim.faults.done() == [1]
    assert missing(again) == [("image", code, "gone from the PIM, as an earlier run found")]
    own_pim.faults.set([])
    assert missing(jobs.media(force_full=True)) == []


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("*/download", "truncated"), "broken off after "),
        (Fault("*/download", "status", status=200, body="<html>", headers={"X": "y"}), "of type application/json"),
        (Fault("*/download", "html", status=200), "of type text/html, the PIM says image/png"),
    ],
)
def test_a_binary_that_is_not_what_the_pim_says_is_tried_again_and_left_out(
    own_pim: DemoPim, fault: Fault, says: str
) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    code = picture_of(jobs, "mug-enamel")
    bad = Fault(**{**{name: getattr(fault, name) for name in fault.__slots__}, "path": f"*/{code}/download"})
    own_pim.faults.set([bad])
    first = jobs.media()
    ((kind, id_, value),) = missing(first)
    assert (kind, id_) == ("image", code)
    assert value.startswith(says)
    assert own_pim.faults.done() == [3]
    assert not [key for key in jobs.world.store.objects if key == f"media/{code}"], "nothing half is left"
    own_pim.faults.set([])
    second = jobs.media()
    assert missing(second) == []
    assert f"akeneo/{code}" in binaries(second)


def test_a_binary_of_another_size_than_the_pim_says_is_left_out(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    code = picture_of(jobs, "mug-enamel")
    about = own_pim.store.lists["media-files"].doc(code)
    own_pim.edit({"op": "patch", "kind": "media-files", "key": code, "set": {"size": about["size"] + 1}})
    first = jobs.media()
    assert missing(first) == [("image", code, f"{about['size']} bytes, the PIM says {about['size'] + 1}")]
    assert f"media/{code}" not in jobs.world.store.objects


@pytest.mark.parametrize(
    "code", ["../../products-uuid", "/etc/passwd", "a//b.png", "a/./b.png", "a\x00b.png", "a\\b.png"]
)
def test_a_code_that_plays_tricks_is_never_asked_for(own_pim: DemoPim, code: str) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    jobs.change("mug-enamel", picture=code)
    media = jobs.media()
    assert [(kind, value) for kind, _, value in missing(media)] == [("image", "no name a file can have")]
    assert all(not key.endswith("passwd") and ".." not in key for key in jobs.world.store.objects)
    assert shown_paths(jobs.products()) == binaries(media).keys()


def test_names_sfcc_would_refuse_are_made_plain(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    found = binaries(jobs.media())
    assert "akeneo/a/s/s/e/banner_en_US.png" in found, "the PIM's name has a blank"
    assert all(set(path) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-") for path in found)


def test_an_interrupted_transfer_is_taken_up_where_it_stood(own_pim: DemoPim) -> None:
    jobs = Jobs(own_pim, **EVERYTHING)
    codes = sorted(own_pim.store.lists["media-files"].keys)
    own_pim.faults.set([Fault(f"*/media-files/{codes[-1]}/download", "status", status=503)])
    with pytest.raises(TransientError):
        jobs.media()
    sent = jobs.downloads()
    own_pim.faults.set([])
    media = jobs.media()
    assert len(binaries(media)) == 62
    stored = len([key for key in jobs.world.store.objects if key.startswith("media/")])
    assert stored == 62
    assert jobs.downloads() - sent < 62, "what was stored is not sent again"
