"""The tests' own environment: the network is closed, SFCC's schemas really judge."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable
from pathlib import Path

import pytest


def test_a_connection_to_another_machine_is_refused_and_noted(network_attempts: list[str]) -> None:
    with pytest.raises(OSError, match="loopback addresses only"), socket.socket() as sock:
        sock.connect(("192.0.2.1", 80))
    assert network_attempts == ["socket.connect 192.0.2.1"]
    network_attempts.clear()


def test_a_name_of_another_machine_is_not_looked_up(network_attempts: list[str]) -> None:
    connection = http.client.HTTPConnection("pim.example", timeout=1)
    with pytest.raises(OSError, match="loopback addresses only"):
        connection.request("GET", "/")
    assert network_attempts == ["socket.getaddrinfo pim.example"]
    network_attempts.clear()


def test_this_machine_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
        server.accept()[0] as accepted,
    ):
        client.sendall(b"hello")
        assert accepted.recv(5) == b"hello"


CATALOG = (
    b'<catalog xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31" catalog-id="c">'
    b'<product product-id="p"><online-flag>%s</online-flag></product></catalog>'
)


def test_a_valid_catalogue_passes_the_schema(sfcc_xsd: Callable[..., None], tmp_path: Path) -> None:
    file = tmp_path / "20-products-000.xml"
    file.write_bytes(CATALOG % b"true")
    sfcc_xsd(file)


def test_an_invalid_catalogue_fails_the_test_that_shows_it(sfcc_xsd: Callable[..., None]) -> None:
    with pytest.raises(pytest.fail.Exception, match="online-flag"):
        sfcc_xsd(CATALOG % b"perhaps")
