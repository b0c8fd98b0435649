"""`akeneo-sfcc demo`: the jobs on the demo PIM, without any set-up."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from local.commands.connection import DEMO, configuration_name, read_configuration
from local.commands.progress import show_progress
from local.commands.run import TEMPLATE, check_out, tell

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
    for folder in folders.values():
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
    finally:
        pim.stop()
    for folder in folders.values():
        print(f"report: {folder / 'report.json'}")
    return 0
