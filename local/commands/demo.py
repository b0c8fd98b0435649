"""`akeneo-sfcc demo`: the jobs on the demo PIM, without any set-up."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.commands.connection import DEMO, configuration_name, read_configuration
from local.commands.progress import show_progress
from local.commands.run import TEMPLATE, check_out, tell

if TYPE_CHECKING:
    from local.demo_pim.server import DemoPim
    from local.embedded.aws import EmbeddedAws

DIFFERENTIAL = "3-1-Akeneo-Differential-Import-Products"
JOBS = ("1-Akeneo-Import-Attributes", "2-Akeneo-Import-Media-Assets-Pricebook", "3-2-Akeneo-Full-Import-Products")
CONFIGURATION = Path(__file__).resolve().parent.parent / "demo_configuration.json"


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "demo", help="run the jobs on the demo PIM", description="Run the jobs on the demo catalogue."
    )
    parser.add_argument(
        "--out", type=Path, default=Path(".demo/out"), metavar="DIR", help="where the files go, a folder a job"
    )
    parser.add_argument(
        "--state", type=Path, default=Path(".demo/state"), metavar="DIR", help="where the state is kept"
    )
    parser.set_defaults(command=demo)


def demo(parsed: argparse.Namespace) -> int:
    """Start the demo PIM, run each job, and say where the files are."""
    from local.demo_pim.commands import open_store
    from local.demo_pim.server import DemoPim
    from local.demo_pim.tokens import Login
    from local.embedded.aws import EmbeddedAws

    folders = {job: parsed.out / job for job in JOBS}
    for folder in (*folders.values(), parsed.out / DIFFERENTIAL):
        check_out(folder)
    name = configuration_name(CONFIGURATION)
    login = Login(DEMO["client_id"], DEMO["client_secret"], DEMO["username"], DEMO["password"])
    pim = DemoPim(open_store(None, None, 1), login=login)
    pim.start()
    try:
        document, _ = read_configuration(CONFIGURATION, pim.url)
        with EmbeddedAws(TEMPLATE, document, DEMO, parsed.state, name=name) as aws:
            for job, folder in folders.items():
                with show_progress() as listener:
                    outcome = aws.run(job, {"config": name}, listener)
                aws.export(job, outcome.run_id, folder, files=outcome.status == "SUCCEEDED")
                code = tell(outcome, folder)
                if code:
                    return code
            return _differential(aws, pim, name, parsed.out / DIFFERENTIAL) or _reports(folders)
    finally:
        pim.stop()


def _reports(folders: Mapping[str, Path]) -> int:
    for folder in folders.values():
        print(f"report: {folder / 'report.json'}")
    return 0


def _written(folder: Path) -> str:
    """Return what is in the files of catalogue elements, such as "2 product"."""
    items: Counter[str] = Counter()
    for file in json.loads((folder / "manifest.json").read_text())["files"]:
        items.update(file["items"])
    return ", ".join(f"{number} {name}" for name, number in sorted(items.items()))


def _differential(aws: EmbeddedAws, pim: DemoPim, name: str, folder: Path) -> int:
    """Take a product offline in the PIM, import what changed, and say what that was."""
    product = next(doc for doc in pim.store.products.docs() if doc["parent"])
    pim.edit({"op": "patch", "kind": "product", "key": product["uuid"], "set": {"enabled": not product["enabled"]}})
    with show_progress() as listener:
        outcome = aws.run(DIFFERENTIAL, {"config": name}, listener)
    aws.export(DIFFERENTIAL, outcome.run_id, folder, files=outcome.status == "SUCCEEDED")
    code = tell(outcome, folder)
    if code == 0:
        counts = json.loads((folder / "report.json").read_text())["counts"]
        products, models = counts.get("product", {}), counts.get("model", {})
        edited = pim.store.identifier(product) or product["uuid"]
        print(
            f"edited in the PIM: {edited}; the differential import read {products.get('read', 0)} products and "
            f"{models.get('read', 0)} models and wrote {_written(folder)}"
        )
    return code
