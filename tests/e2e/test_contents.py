"""Every item of both catalogues says what docs/mapping.md says it must, in many configurations."""

from __future__ import annotations

from typing import Any

import pytest

from local.demo_pim.server import DemoPim
from tests.e2e.comparison import Validate, compare, validate
from tests.e2e.configurations import DEMO, GENERATED, ICECAT
from tests.e2e.exported import Export
from tests.e2e.imports import Importer
from tests.e2e.oracle import Oracle
from tests.e2e.random_configurations import random_configuration
from tests.e2e.snapshots import Snapshot
from tests.fakes.in_process import Finished


@pytest.mark.parametrize("document", ICECAT.values(), ids=ICECAT.keys())
def test_the_icecat_catalogue_is_written_as_the_contract_says(
    document: dict[str, Any], icecat: Snapshot, icecat_pim: DemoPim, sfcc_xsd: Validate
) -> None:
    finished = Importer(icecat_pim, document).run()
    compare(finished, Oracle(icecat, document).expect(), document)
    validate(finished, sfcc_xsd)


@pytest.mark.parametrize("document", DEMO.values(), ids=DEMO.keys())
def test_the_demo_catalogue_is_written_as_the_contract_says(
    document: dict[str, Any], demo: Snapshot, demo_pim: DemoPim, sfcc_xsd: Validate
) -> None:
    finished = Importer(demo_pim, document).run()
    compare(finished, Oracle(demo, document).expect(), document)
    validate(finished, sfcc_xsd)


@pytest.mark.parametrize("document", GENERATED.values(), ids=GENERATED.keys())
def test_a_generated_catalogue_is_written_as_the_contract_says(
    document: dict[str, Any], generated: Snapshot, generated_pim: DemoPim, sfcc_xsd: Validate
) -> None:
    finished = Importer(generated_pim, document).run()
    compare(finished, Oracle(generated, document).expect(), document)
    validate(finished, sfcc_xsd)


@pytest.mark.parametrize("seed", range(8))
def test_the_demo_catalogue_is_right_in_any_configuration(
    seed: int, demo: Snapshot, demo_pim: DemoPim, sfcc_xsd: Validate
) -> None:
    document = random_configuration(seed, demo)
    finished = Importer(demo_pim, document).run()
    compare(finished, Oracle(demo, document).expect(), document)
    validate(finished, sfcc_xsd)


@pytest.mark.parametrize("seed", range(100, 103))
def test_a_generated_catalogue_is_right_in_any_configuration(
    seed: int, generated: Snapshot, generated_pim: DemoPim, sfcc_xsd: Validate
) -> None:
    document = random_configuration(seed, generated)
    finished = Importer(generated_pim, document).run()
    compare(finished, Oracle(generated, document).expect(), document)
    validate(finished, sfcc_xsd)


TAMPERED = {
    "a value": ("20-products", b">Firefly 400 Headlamp</", b">Firefly 40 Headlamp</"),
    "a language": ("20-products", b'akeneo_name" xml:lang="fr-FR">Lampe', b'akeneo_name" xml:lang="it-IT">Lampe'),
    "a flag": ("20-products", b"<online-flag>true</", b"<online-flag>false</"),
    "a variant": ("30-masters", b'<variant product-id="granite-mid-41"/>', b""),
    "an axis value": (
        "30-masters",
        b'<variation-attribute-value value="eu_41">',
        b'<variation-attribute-value value="eu_14">',
    ),
    "an assignment": ("40-assignments", b'product-id="lamp-400"', b'product-id="lamp-4000"'),
    "a position": ("10-categories", b"<position>3</", b"<position>30</"),
    "a recommendation": ("50-recommendations", b'target-id="mat-air"', b'target-id="mat-water"'),
}


@pytest.mark.parametrize(("kind", "right", "wrong"), TAMPERED.values(), ids=TAMPERED.keys())
def test_the_comparison_notices(kind: str, right: bytes, wrong: bytes, demo: Snapshot, untouched: Finished) -> None:
    document = DEMO["recommendations, sets and bundles"]
    files = untouched.files()
    (path,) = (path for path in files if path.rpartition("/")[2].startswith(kind))
    assert right in files[path]
    export = Export({**files, path: files[path].replace(right, wrong, 1)})
    with pytest.raises(AssertionError, match="differences"):
        compare(untouched, Oracle(demo, document).expect(), document, export)


@pytest.fixture(scope="module")
def untouched(demo_pim: DemoPim) -> Finished:
    return Importer(demo_pim, DEMO["recommendations, sets and bundles"]).run()
