"""`akeneo-sfcc demo`: the jobs on the demo PIM into the demo SFCC, without any set-up."""

from __future__ import annotations

import argparse
import json
import shutil
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.commands.connection import DEMO, DEMO_SFCC, configuration_name, read_configuration
from local.commands.progress import show_progress
from local.commands.run import TEMPLATE, out_folders, take_files, tell_all

if TYPE_CHECKING:
    from local.demo_pim.server import DemoPim
    from local.demo_sfcc.server import DemoSfcc

CATALOG = "0-Akeneo-Import-Catalog"
DIFFERENTIAL = "3-1-Akeneo-Differential-Import-Products"
CONFIGURATION = Path(__file__).resolve().parent.parent / "demo_configuration.json"
REPORT = "report.html"


def add_parser(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "demo",
        help="run the jobs on the demo PIM into the demo SFCC",
        description="Import the demo catalogue into a demo SFCC, edit a product, import what changed.",
    )
    parser.add_argument(
        "--out", type=Path, default=Path(".demo/out"), metavar="DIR", help="where the files go, a folder a job"
    )
    parser.add_argument(
        "--state", type=Path, default=Path(".demo/state"), metavar="DIR", help="where the state is kept"
    )
    parser.add_argument(
        "--shop", type=Path, default=Path(".demo/sfcc"), metavar="DIR", help="where the demo SFCC keeps its files"
    )
    parser.add_argument("--serve", action="store_true", help="go on serving the demo SFCC until interrupted")
    parser.set_defaults(command=demo)


def demo(parsed: argparse.Namespace) -> int:
    """Start the demo PIM and the demo SFCC, run the jobs, say what changed and where to look."""
    from local.demo_pim.commands import open_store
    from local.demo_pim.server import DemoPim
    from local.demo_pim.tokens import Login
    from local.demo_sfcc.server import DemoSfcc
    from local.embedded.aws import EmbeddedAws

    name = configuration_name(CONFIGURATION)
    login = Login(DEMO["client_id"], DEMO["client_secret"], DEMO["username"], DEMO["password"])
    # What the demo SFCC knows of an earlier demonstration went with its process; its files go now.
    shutil.rmtree(parsed.shop, ignore_errors=True)
    with ExitStack() as stack:
        pim = stack.enter_context(DemoPim(open_store(None, None, 1), login=login))
        sfcc = stack.enter_context(DemoSfcc(parsed.shop))
        document, _ = read_configuration(CONFIGURATION, pim.url, sfcc.url)
        with EmbeddedAws(TEMPLATE, document, DEMO, parsed.state, sfcc_credentials=DEMO_SFCC, name=name) as aws:
            jobs = aws.jobs_of(CATALOG)
            folders = out_folders(parsed.out, (*jobs, DIFFERENTIAL))
            print(f"report: {folders[jobs[-1]] / REPORT} (once the import is done)", flush=True)
            for job in (CATALOG, DIFFERENTIAL):
                edited = _edit(pim) if job == DIFFERENTIAL else ""
                started = aws.jobs_of(job) or (job,)
                into = {one: folders[one] for one in started}
                with show_progress() as listener:
                    outcome = aws.run(job, {"config": name}, listener)
                take_files(aws, outcome, into)
                code = tell_all(outcome, into, started)
                if code:
                    return code
        print(f"edited in the PIM: {edited}; the differential import {_summary(folders[DIFFERENTIAL])}")
        print(f"shop: {_page(sfcc, parsed.shop)} (what the demo SFCC holds now; --serve lets you search it)")
        if parsed.serve:
            print(f"served at {sfcc.url}/__page until interrupted", flush=True)
            sfcc.wait()
    return 0


def _edit(pim: DemoPim) -> str:
    """Take a variant offline or online in the PIM; return its identifier."""
    product = next(doc for doc in pim.store.products.docs() if doc["parent"])
    pim.edit({"op": "patch", "kind": "product", "key": product["uuid"], "set": {"enabled": not product["enabled"]}})
    return pim.store.identifier(product) or str(product["uuid"])


def _summary(folder: Path) -> str:
    """Return what a run read and what is in its files, such as "read 1 products … and wrote 2 product"."""
    counts = json.loads((folder / "report.json").read_text())["counts"]
    items: Counter[str] = Counter()
    for file in json.loads((folder / "manifest.json").read_text())["files"]:
        items.update(file["items"])
    read = " and ".join(f"{counts.get(kind, {}).get('read', 0)} {kind}s" for kind in ("product", "model"))
    written = ", ".join(f"{number} {name}" for name, number in sorted(items.items()))
    return f"read {read} and wrote {written}"


def _page(sfcc: DemoSfcc, folder: Path) -> Path:
    """Write what the demo SFCC holds as a page beside its files, to be opened without a server."""
    from local.demo_sfcc.page import FILES

    page = folder / "index.html"
    page.write_text(sfcc.instance.page({}).replace(f'"{FILES}', '"'), "utf-8")
    return page
