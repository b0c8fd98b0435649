"""The manifest of the attribute job: its one file, no gates of products, no state of theirs."""

from __future__ import annotations

import orjson

from akeneo_sfcc.stages.build_metadata import METADATA_PATH, build_metadata
from akeneo_sfcc.stages.contracts import StageTask
from akeneo_sfcc.stages.write_manifest import write_manifest
from akeneo_sfcc.storage.layout import RunLayout
from tests.fakes.in_process_attributes import read_pim
from tests.fakes.services import world


def test_the_attribute_job_lists_its_file_and_leaves_the_state_of_products_alone() -> None:
    made = world()
    run = read_pim(made.services)
    build_metadata(StageTask(run=run), made.services)
    state = {key: made.store.get(key) for key in made.store.list("state/")}
    result = write_manifest(StageTask(run=run), made.services)
    assert result.counts == {"files": 1, "left": 0, "attribute-definition": 8, "attribute-group": 1}
    listed = orjson.loads(made.store.get(RunLayout(run.job, run.run_id).manifest))["files"]
    assert [entry["path"] for entry in listed] == [METADATA_PATH]
    assert {key: made.store.get(key) for key in made.store.list("state/")} == state
    assert all(key.startswith("state/default/attributes/") for key in state)
