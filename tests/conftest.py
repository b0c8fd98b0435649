"""What every test may use: the repository, the material beside it, SFCC's schemas, a closed network."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from lxml import etree

# No test depends on how fast a machine is, or how busy.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent

_attempts: list[str] = []


class NetworkForbiddenError(OSError):
    """A test tried to reach something that is not this machine."""


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine; an empty name means it too."""
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _watch(event: str, args: tuple[Any, ...]) -> None:
    # An audit hook sees every connection of the process, whichever library makes it.
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        address = (args[0],)
    else:
        return
    if not isinstance(address, tuple) or address[0] is None:  # a Unix socket; "any host" of a listening one
        return
    host = address[0].decode() if isinstance(address[0], bytes) else str(address[0])
    if not is_loopback(host) and host not in ("0.0.0.0", "::"):
        _attempts.append(f"{event} {host}")
        raise NetworkForbiddenError(f"tests reach loopback addresses only, not {host}")


sys.addaudithook(_watch)


@pytest.fixture
def network_attempts() -> list[str]:
    """What the running test tried to reach outside this machine; a test that tries on purpose empties it."""
    return _attempts


@pytest.fixture(autouse=True)
def _no_network(network_attempts: list[str]) -> Iterator[None]:
    """Fail a test that tried to leave this machine, even when the code under test swallowed the refusal."""
    network_attempts.clear()
    yield
    tried = list(network_attempts)
    network_attempts.clear()
    if tried:
        pytest.fail("the test tried to reach the network: " + ", ".join(tried))


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The repository's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real input beside the repository (Akeneo's demo catalogue, …); skips without it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"real input is not present: {folder}")
    return folder


class SchemaFolder:
    """SFCC's import schemas, each compiled once; they are Salesforce's and not part of this repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._compiled: dict[str, etree.XMLSchema] = {}

    def schema(self, name: str) -> etree.XMLSchema:
        """Return `<name>.xsd`, compiled; its import of xml.xsd resolves in the same folder."""
        if name not in self._compiled:
            path = self.folder / f"{name}.xsd"
            assert path.is_file(), f"no schema {path}"
            self._compiled[name] = etree.XMLSchema(etree.parse(path, etree.XMLParser(no_network=True)))
        return self._compiled[name]

    def validate(self, document: bytes | Path, name: str | None = None) -> None:
        """Fail with the schema errors of an XML file; the root's namespace tells the schema unless named."""
        where = str(document) if isinstance(document, Path) else "document"
        parser = etree.XMLParser(no_network=True, huge_tree=True)
        root = etree.fromstring(document.read_bytes() if isinstance(document, Path) else document, parser)
        # http://www.demandware.com/xml/impex/catalog/2006-10-31 → catalog
        schema = self.schema(name or str(etree.QName(root).namespace).rstrip("/").split("/")[-2])
        if not schema.validate(root):
            log: Any = schema.error_log  # its stub does not say that it can be iterated
            errors = [f"{where}:{error.line}: {error.message}" for error in log][:20]
            pytest.fail("not valid against SFCC's schema:\n" + "\n".join(errors), pytrace=False)


@pytest.fixture(scope="session")
def sfcc_schemas() -> Path:
    """The folder of SFCC's own schemas: SFCC_XSD_DIR, else the one beside the repository; skips without them."""
    named = os.environ.get("SFCC_XSD_DIR")
    folder = Path(named) if named else ROOT.parent / "shared" / "data" / "sfcc-xsd"
    if not (folder / "catalog.xsd").is_file():
        pytest.skip(f"SFCC's schemas are not present: no catalog.xsd in {folder} (set SFCC_XSD_DIR)")
    return folder


@pytest.fixture(scope="session")
def sfcc_xsd(sfcc_schemas: Path) -> Callable[..., None]:
    """Validate a file or bytes against SFCC's own schema: `sfcc_xsd(path)`, `sfcc_xsd(data, "metadata")`."""
    return SchemaFolder(sfcc_schemas).validate
