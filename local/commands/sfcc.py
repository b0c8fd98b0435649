"""`akeneo-sfcc sfcc serve` and `akeneo-sfcc sfcc-setup`: an SFCC to try things on, and what a real one needs once."""

from __future__ import annotations

import argparse
import re
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from akeneo_sfcc.delivery.permissions import (
    OCAPI_PLACE,
    SCAPI_SCOPES,
    WEBDAV_PLACE,
    ocapi_permissions,
    webdav_permissions,
)
from akeneo_sfcc.delivery.setup import SETUP_NAME, setup_archive
from akeneo_sfcc.errors import ConfigurationError
from local.commands.pim import port_number

if TYPE_CHECKING:
    from local.demo_sfcc.server import DemoSfcc

_LOCALE = re.compile(r"[a-z]{2}(?:_[A-Z]{2})?|default")
_NO_CLIENT = "YOUR_CLIENT_ID"


def add_parser(commands: Any) -> None:
    """Declare the commands."""
    parser = commands.add_parser("sfcc", help="the demo SFCC", description="An SFCC instance to try things on.")
    instances = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    serving = instances.add_parser("serve", help="serve a demo SFCC on 127.0.0.1 until interrupted")
    serving.add_argument("--port", type=port_number, default=8085, metavar="P", help="0: a free one")
    serving.add_argument("--folder", type=Path, metavar="DIR", help="where its files are kept, else a temporary one")
    serving.add_argument("--tls", action="store_true", help="speak TLS, with a certificate made for this server")
    serving.add_argument(
        "--locales", nargs="+", metavar="L", help="locales it knows besides the default one, as de_DE; else all"
    )
    serving.add_argument("--client-id", metavar="ID", help="of the API client, else SFCC_CLIENT_ID or demo_client")
    serving.add_argument("--client-secret", metavar="S", help="else SFCC_CLIENT_SECRET or demo_secret")
    serving.set_defaults(command=serve)
    setup = commands.add_parser(
        "sfcc-setup",
        help="write what Business Manager needs once",
        description="Write the jobs for Business Manager as a site archive, and print the permissions to grant.",
    )
    setup.add_argument("--site", required=True, metavar="ID", help="whose search indexes are rebuilt")
    setup.add_argument("--library", metavar="ID", help="a shared library that assets are imported into")
    setup.add_argument(
        "--folder", default="akeneo", metavar="F", help="the setting delivery.impex_folder (default: akeneo)"
    )
    setup.add_argument("--client-id", default=_NO_CLIENT, metavar="ID", help="of the API client of Account Manager")
    setup.add_argument(
        "--out", type=Path, default=Path(f"{SETUP_NAME}.zip"), metavar="FILE", help=f"must be called {SETUP_NAME}.zip"
    )
    setup.set_defaults(command=write_setup)


def serve(parsed: argparse.Namespace) -> int:
    """Serve until interrupted or terminated, which is how it ends well: temporary files are removed."""
    from local.served import LOOK_SECONDS

    stopped: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: stopped.append(number))
    sfcc = start(parsed)
    while not stopped:
        time.sleep(LOOK_SECONDS)
    sfcc.stop()
    return 0


def start(parsed: argparse.Namespace) -> DemoSfcc:
    """Start a demo SFCC, and print where it is and who may log in."""
    from local.demo_sfcc.page import PAGE
    from local.demo_sfcc.server import CONTROL, STATE, DemoSfcc
    from local.demo_sfcc.tokens import ApiClient

    known = ApiClient.from_environment()
    client = ApiClient(parsed.client_id or known.client_id, parsed.client_secret or known.secret)
    sfcc = DemoSfcc(
        parsed.folder, port=parsed.port, client=client, tls=parsed.tls, locales=_languages(parsed.locales)
    ).start()
    lines = [
        f"demo SFCC at {sfcc.url} (client id {client.client_id}, secret {client.secret})",
        f"what it holds: {sfcc.url}{PAGE} to look at, {sfcc.url}{STATE} as JSON",
        f"faults to ask for: POST {sfcc.url}{CONTROL}/faults and {sfcc.url}{CONTROL}/jobs",
        f"files: {sfcc.instance.share.folder}",
    ]
    if sfcc.certificate is not None:
        lines.append(f"certificate: {sfcc.certificate}")
    print("\n".join(lines), flush=True)
    return sfcc


def write_setup(parsed: argparse.Namespace) -> int:
    """Write the set-up archive and say what to do with it, step by step."""
    if parsed.out.name != f"{SETUP_NAME}.zip":
        raise ConfigurationError(
            f"--out: {parsed.out.name} must be called {SETUP_NAME}.zip: SFCC expects the folder inside to have its name"
        )
    archive = setup_archive(parsed.site, parsed.library, parsed.folder)
    parsed.out.parent.mkdir(parents=True, exist_ok=True)
    parsed.out.write_bytes(archive)
    libraries = [] if parsed.library is None else [parsed.library]
    print(
        "\n\n".join(
            (
                "1. Account Manager › API Client: add a client with the token endpoint authentication method "
                "client_secret_basic\n   and note its id and secret. Only if jobs are to be started by SCAPI "
                "(settings delivery.short_code and\n   delivery.tenant_id): give it the role Salesforce Commerce API "
                f"for the tenant, and these scopes:\n   {' '.join(SCAPI_SCOPES)}",
                f"2. {WEBDAV_PLACE}: add to the clients there",
                webdav_permissions(parsed.client_id, libraries),
                f"3. {OCAPI_PLACE}: add to the clients there",
                ocapi_permissions(parsed.client_id),
                "4. Business Manager › Administration › Site Development › Site Import & Export: upload and import\n"
                f"   {parsed.out}\n   It adds the jobs to Administration › Operations › Jobs and changes nothing else.",
            )
        )
    )
    if parsed.client_id == _NO_CLIENT:
        print(f"\nPut the client's id where {_NO_CLIENT} stands, or repeat with --client-id.")
    return 0


def _languages(locales: list[str] | None) -> list[str] | None:
    """Return locales as `xml:lang` writes them."""
    if locales is None:
        return None
    if wrong := [locale for locale in locales if not _LOCALE.fullmatch(locale)]:
        raise ConfigurationError([f"--locales: {one!r} is no locale of SFCC; allowed: de or de_DE" for one in wrong])
    return [locale.replace("_", "-") for locale in locales if locale != "default"]
