"""The attribute job as a whole, in this process: what is written, counted, remembered and refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from lxml import etree

from akeneo_sfcc.errors import DataError
from akeneo_sfcc.sfcc.metadata import METADATA_NAMESPACE
from akeneo_sfcc.stages.build_metadata import build_metadata
from akeneo_sfcc.stages.committed_attributes import read_committed_attributes
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.storage.layout import RunLayout
from akeneo_sfcc.storage.sections import read_lines
from tests.fakes.in_process import Finished
from tests.fakes.in_process_attributes import METADATA, interrupt_attributes, read_pim, run_attributes
from tests.fakes.services import FakePim, FakeWorld, small_pim, world

NS = {"m": METADATA_NAMESPACE}


def definitions(finished: Finished) -> dict[str, tuple[str, list[str]]]:
    """Attribute id → its type and its values."""
    root = etree.fromstring(finished.files()[METADATA])
    return {
        str(one.attrib["attribute-id"]): (
            one.findtext("m:type", namespaces=NS) or "",
            [value.text or "" for value in one.iterfind(".//m:value", NS)],
        )
        for one in root.iterfind(".//m:attribute-definition", NS)
    }


def next_run(made: FakeWorld, name: str = "run-2") -> Finished:
    made.wait(3600)
    return run_attributes(made.services, name)


def notes(finished: Finished) -> list[str]:
    found: list[str] = finished.report()["notes"]
    return found


def replaced(pim: FakePim, code: str, **changes: Any) -> None:
    """Change an attribute of the PIM."""
    pim.lists["attributes"] = [{**one, **changes} if one["code"] == code else one for one in pim.lists["attributes"]]


def test_the_file_defines_every_attribute_with_all_its_options(sfcc_xsd: Callable[..., None]) -> None:
    finished = run_attributes(world().services)
    sfcc_xsd(finished.files()[METADATA], "metadata")
    assert definitions(finished) == {
        "akeneo_active": ("boolean", []),
        "akeneo_assetsData": ("text", []),
        "akeneo_color": ("enum-of-string", ["blue", "red"]),
        "akeneo_ean": ("string", []),
        "akeneo_name": ("string", []),
        "akeneo_picture": ("string", []),
        "akeneo_season": ("enum-of-string", ["summer"]),
        "akeneo_size": ("enum-of-string", ["s"]),
    }


def test_the_manifest_names_the_file_with_its_items() -> None:
    finished = run_attributes(world().services)
    (entry,) = orjson.loads(finished.files()["manifest.json"])["files"]
    assert (entry["path"], entry["size"]) == (METADATA, len(finished.files()[METADATA]))
    assert entry["items"] == {"attribute-definition": 8, "attribute-group": 1}


def test_every_attribute_and_option_is_accounted_for() -> None:
    pim = small_pim()
    pim.lists["attributes/color/options"] += [{"code": "red "}, {"code": "blue"}]
    pim.lists["attributes/season/options"] = [{"code": ""}, {"code": "\t"}]
    finished = run_attributes(world(pim, attributes={"exclude": ["ean"]}).services)
    counts = finished.report()["counts"]
    # sku, price, ean and season, which has no option SFCC takes, are not defined.
    assert counts["attribute"] == {
        "read": 9, "written": 5, "unchanged": 0, "merged": 0, "filtered": 4, "rejected": 0,
    }  # fmt: skip
    assert counts["option"] == {
        "read": 6, "written": 3, "unchanged": 0, "merged": 0, "filtered": 0, "rejected": 3,
    }  # fmt: skip
    assert sorted((one["kind"], one["id"], one["attribute"], one["reason"]) for one in finished.records()) == [
        ("attribute", "season", "season", "no_options"),
        ("option", "", "season", "bad_id"),
        ("option", "\t", "season", "bad_id"),
        ("option", "red ", "color", "bad_id"),
    ]


def test_ids_that_meet_types_nobody_knows_and_labels_are_reported() -> None:
    labels = {"en_US": "x" * 4001}
    attributes: list[dict[str, Any]] = [
        {"code": "a_b", "type": "pim_catalog_text", "labels": labels},
        {"code": "a__b", "type": "acme_stars"},
    ]
    pim = small_pim(attributes=attributes)
    pim.lists["families/shoes/variants"] = []
    finished = run_attributes(world(pim).services)
    assert definitions(finished).keys() == {"akeneo_aB", "akeneo_a_b", "akeneo_assetsData"}
    assert sorted((one["id"], one["reason"]) for one in finished.records()) == [
        ("a__b", "unknown_attribute_type"),
        ("a_b", "id_collision"),
        ("a_b", "text_cut"),
    ]


def test_two_runs_on_the_same_pim_write_the_same_bytes() -> None:
    made = world()
    first, second = run_attributes(made.services), next_run(made)
    assert first.files() == second.files()
    assert second.run.committed is not None
    assert notes(second) == []


def test_what_is_committed_is_kept_apart_from_the_product_jobs() -> None:
    made = world()
    run_attributes(made.services)
    commit = made.ledger.committed("attributes", "default")
    assert commit is not None
    assert commit.manifest.startswith("state/default/attributes/manifest/")
    assert made.ledger.committed("products", "default") is None


def test_a_dry_run_commits_nothing() -> None:
    made = world()
    run_attributes(made.services, dry_run=True)
    assert made.ledger.committed("attributes", "default") is None


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"localizable": False}, "string, localizable", "string"),
        ({"type": "pim_catalog_textarea"}, "string, localizable", "text, localizable"),
        ({"type": "pim_catalog_textarea", "wysiwyg_enabled": True}, "string, localizable", "html, localizable"),
    ],
)
def test_a_type_change_fails_the_run_before_anything_is_written(changes: dict[str, Any], old: str, new: str) -> None:
    made = world()
    run_attributes(made.services)
    replaced(made.pim, "name", **changes)
    made.wait(3600)
    run = read_pim(made.services, "run-2")
    with pytest.raises(DataError, match=f"akeneo_name would change from {old} to {new}, and lose all its values"):
        build_metadata(StageTask(run=run), made.services)
    assert list(made.store.list(RunLayout(run.job, run.run_id).exports)) == []


def test_a_simple_select_that_becomes_a_multi_select_is_a_type_change() -> None:
    made = world()
    run_attributes(made.services)
    replaced(made.pim, "color", type="pim_catalog_multiselect")
    with pytest.raises(DataError, match="from enum-of-string to enum-of-string, multi-select"):
        next_run(made)


def test_a_type_change_that_is_allowed_is_written_and_remembered() -> None:
    made = world()
    run_attributes(made.services)
    replaced(made.pim, "ean", type="pim_catalog_number", decimals_allowed=True)
    made.documents["default"]["attributes"] = {"allow_type_change": ["EAN"]}
    assert definitions(next_run(made))["akeneo_ean"] == ("double", [])
    made.documents["default"]["attributes"] = {}
    assert definitions(next_run(made, "run-3"))["akeneo_ean"] == ("double", [])


def test_what_left_the_pim_is_reported_once_and_never_deleted() -> None:
    made = world()
    run_attributes(made.services)
    made.pim.lists["attributes"] = [one for one in made.pim.lists["attributes"] if one["code"] != "ean"]
    made.pim.lists["attributes/color/options"] = [{"code": "blue"}, {"code": "green"}]
    second = next_run(made)
    assert notes(second) == [
        "options of akeneo_color (color) that left the PIM: red",
        "attribute akeneo_ean (ean) left the PIM; SFCC keeps its definition and its values",
    ]
    assert b'mode="delete"' not in second.files()[METADATA]
    assert "akeneo_ean" not in definitions(second)
    assert notes(next_run(made, "run-3")) == []


def test_an_attribute_that_is_excluded_now_is_reported_as_such() -> None:
    made = world()
    run_attributes(made.services)
    made.documents["default"]["attributes"] = {"exclude": ["ean"]}
    assert notes(next_run(made)) == [
        "attribute akeneo_ean (ean) is not defined under this id any more; SFCC keeps its definition and its values"
    ]


def test_a_configuration_that_ignores_what_left_gets_no_notes() -> None:
    made = world(deletions={"attributes": "ignore"})
    run_attributes(made.services)
    made.pim.lists["attributes/color/options"] = [{"code": "blue"}]
    assert notes(next_run(made)) == []


def test_an_attribute_that_comes_back_with_another_type_is_noticed() -> None:
    made = world()
    run_attributes(made.services)
    everything = made.pim.lists["attributes"]
    made.pim.lists["attributes"] = [one for one in everything if one["code"] != "ean"]
    next_run(made)
    made.pim.lists["attributes"] = everything
    replaced(made.pim, "ean", type="pim_catalog_date")
    with pytest.raises(DataError, match="akeneo_ean would change from string to date"):
        next_run(made, "run-3")


def test_the_groups_of_another_style_are_emptied() -> None:
    made = world(attributes={"groups": "pim"})
    run_attributes(made.services)
    made.documents["default"]["attributes"] = {"groups": "single"}
    root = etree.fromstring(next_run(made).files()[METADATA])
    sizes = {
        one.attrib["group-id"]: len(one.findall("m:attribute", NS))
        for one in root.iter(f"{{{METADATA_NAMESPACE}}}attribute-group")
    }
    assert sizes == {"akeneoAttributes": 8, "akeneo_base": 0, "akeneo_media": 0}


def test_the_groups_of_an_unfinished_delivery_are_emptied() -> None:
    made = world()
    run_attributes(made.services)
    made.documents["default"]["attributes"] = {"groups": "pim"}
    made.wait(3600)
    interrupt_attributes(made.services, "run-2")
    made.documents["default"]["attributes"] = {"groups": "single"}
    for name in ("run-3", "run-4"):
        root = etree.fromstring(next_run(made, name).files()[METADATA])
        groups = root.iter(f"{{{METADATA_NAMESPACE}}}attribute-group")
        sizes = {one.attrib["group-id"]: len(one.findall("m:attribute", NS)) for one in groups}
        assert sizes == {"akeneoAttributes": 8, "akeneo_base": 0, "akeneo_media": 0}


def test_a_type_that_an_unfinished_delivery_may_have_given_sfcc_is_noticed() -> None:
    made = world()
    run_attributes(made.services)
    before = made.pim.lists["attributes"]
    replaced(made.pim, "ean", type="pim_catalog_date")
    made.documents["default"]["attributes"] = {"allow_type_change": ["ean"]}
    made.wait(3600)
    interrupt_attributes(made.services, "run-2")
    made.pim.lists["attributes"] = before
    made.documents["default"]["attributes"] = {}
    with pytest.raises(DataError, match="akeneo_ean would change from date to string"):
        next_run(made, "run-3")


def test_options_that_only_an_unfinished_delivery_wrote_are_told_when_they_left() -> None:
    made = world()
    run_attributes(made.services)
    options = made.pim.lists["attributes/color/options"]
    made.pim.lists["attributes/color/options"] = [*options, {"code": "violet"}]
    made.wait(3600)
    interrupt_attributes(made.services, "run-2")
    made.pim.lists["attributes/color/options"] = options
    assert any("left the PIM: violet" in note for note in notes(next_run(made, "run-3")))


def test_the_state_holds_a_line_per_definition_by_id() -> None:
    made = world()
    finished = run_attributes(made.services)
    commit = made.ledger.committed("attributes", "default")
    assert commit is not None
    state = read_committed_attributes(made.store, commit.manifest)
    lines = list(state.lines(made.store))
    assert [line.id for line in lines] == sorted(definitions(finished))
    assert next(line.options for line in lines if line.code == "color") == ("blue", "red")


def test_a_damaged_state_is_a_data_error() -> None:
    made = world()
    run_attributes(made.services)
    commit = made.ledger.committed("attributes", "default")
    assert commit is not None
    key = orjson.loads(made.store.get(commit.manifest))["attributes"]
    assert len(list(read_lines(made.store, key))) == 8
    made.store.put(key, b"no gzip")
    with pytest.raises(DataError, match="damaged"):
        next_run(made)
    made.store.put(commit.manifest, b"{}")
    with pytest.raises(DataError, match="damaged"):
        next_run(made, "run-3")
