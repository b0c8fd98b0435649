"""What the commands know of configuration file, PIM and credentials."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from akeneo_sfcc.akeneo.client import AkeneoClient
from akeneo_sfcc.akeneo.credentials import Credentials
from akeneo_sfcc.delivery.auth import SfccCredentials
from akeneo_sfcc.delivery.client import Addresses, SfccClient
from akeneo_sfcc.errors import ConfigurationError
from akeneo_sfcc.settings import Settings, load_file

VARIABLES = {
    "client_id": "AKENEO_CLIENT_ID",
    "client_secret": "AKENEO_CLIENT_SECRET",
    "username": "AKENEO_USERNAME",
    "password": "AKENEO_PASSWORD",
}
"""The secret's keys and the environment variables that hold them locally."""

SFCC_VARIABLES = {"client_id": "SFCC_CLIENT_ID", "client_secret": "SFCC_CLIENT_SECRET"}
"""The same for SFCC's secret."""

DEMO = {"client_id": "demo_client", "client_secret": "demo_secret", "username": "demo", "password": "demo"}
"""The demo PIM's login."""

DEMO_SFCC = {"client_id": "demo_client", "client_secret": "demo_secret"}
"""The demo SFCC's API client."""


def add_connection(parser: argparse.ArgumentParser) -> None:
    """Declare the options that say which configuration and which PIM."""
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the configuration, a JSON file")
    parser.add_argument("--pim-url", metavar="URL", help="address of the PIM, instead of the configuration's")


def add_instance(parser: argparse.ArgumentParser) -> None:
    """Declare the option that says which SFCC instance."""
    parser.add_argument(
        "--sfcc-url",
        metavar="URL",
        help="deliver to the SFCC instance there, instead of the configuration's; by archives unless it says how",
    )


def read_configuration(path: Path, pim_url: str | None, sfcc_url: str | None = None) -> tuple[dict[str, Any], Settings]:
    """Return the document and the settings it makes; ConfigurationError names all that is wrong."""
    document = load_file(path)
    if pim_url is not None:
        _set(document, "pim", "base_url", pim_url)
    if sfcc_url is not None:
        _set(document, "delivery", "host", sfcc_url)
        if isinstance(document["delivery"], dict) and document["delivery"].get("mode", "none") == "none":
            document["delivery"]["mode"] = "site_archive"
    return document, Settings.parse(document)


def _set(document: dict[str, Any], name: str, key: str, value: str) -> None:
    section = document.setdefault(name, {})
    if isinstance(section, dict):
        section[key] = value


def configuration_name(path: Path) -> str:
    """Return the configuration's name, which is its scope: the file's stem, in the characters a name may have."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem).strip("-_")[:64]
    if not name:
        raise ConfigurationError(f"--config {path}: makes no name; allowed: a file name with letters or digits")
    return name


def read_credentials(base_url: str, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the PIM's credentials from the environment; ConfigurationError names the variables that are missing.

    The demo PIM's are the default, but only for a PIM on this machine and only when none is set.
    """
    return _credentials(VARIABLES, DEMO, base_url, environment, "the connection's credentials")


def read_sfcc_credentials(settings: Settings, environment: Mapping[str, str] = os.environ) -> dict[str, str] | None:
    """Return the API client of SFCC in the same way, None where nothing is delivered."""
    if settings.delivery.mode == "none" or settings.delivery.host is None:
        return None
    return _credentials(SFCC_VARIABLES, DEMO_SFCC, settings.delivery.host, environment, "the API client of SFCC")


def _credentials(
    variables: Mapping[str, str], demo: Mapping[str, str], url: str, environment: Mapping[str, str], what: str
) -> dict[str, str]:
    found = {key: environment.get(name, "") for key, name in variables.items()}
    missing = [variables[key] for key, value in found.items() if not value]
    if not missing:
        return found
    if len(missing) == len(variables) and is_loopback(url):
        return dict(demo)
    raise ConfigurationError(f"environment: {', '.join(missing)} not set; allowed: {what}")


def is_loopback(url: str) -> bool:
    """Tell whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def open_sfcc(settings: Settings) -> SfccClient | None:
    """Return a client of the configuration's SFCC instance, None where nothing is delivered."""
    found = read_sfcc_credentials(settings)
    if found is None or settings.delivery.host is None:
        return None
    return SfccClient(
        Addresses.of(settings.delivery.host, settings.delivery.short_code),
        SfccCredentials(found["client_id"], found["client_secret"]),
        ocapi_version=settings.delivery.ocapi_version,
        tenant_id=settings.delivery.tenant_id,
    )


def open_pim(settings: Settings) -> AkeneoClient:
    """Return a client of the configuration's PIM."""
    found = read_credentials(settings.pim.base_url)
    credentials = Credentials(found["client_id"], found["client_secret"], found["username"], found["password"])
    return AkeneoClient(settings.pim.base_url, credentials, max_concurrency=settings.pim.max_concurrency)
