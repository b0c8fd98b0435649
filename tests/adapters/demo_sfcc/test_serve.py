"""`akeneo-sfcc sfcc serve`: what it prints is true."""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from local.cli import main
from local.commands import sfcc
from local.demo_sfcc.server import DemoSfcc
from tests.adapters.delivery.archives import one_product
from tests.adapters.demo_sfcc.conftest import Caller


@contextmanager
def serving(*arguments: str) -> Iterator[DemoSfcc]:
    parser = argparse.ArgumentParser()
    sfcc.add_parser(parser.add_subparsers())
    server = sfcc.start(parser.parse_args(["sfcc", "serve", "--port", "0", *arguments]))
    try:
        yield server
    finally:
        server.stop()


def test_it_prints_where_it_is_and_who_may_log_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving("--folder", str(tmp_path), "--client-id", "me", "--client-secret", "own") as server:
        said = capsys.readouterr().out
        assert f"demo SFCC at {server.url} (client id me, secret own)" in said
        for address in re.findall(r"http://[^ ,]+/__(?:page|state)", said):
            assert requests.get(address, timeout=10).status_code == 200
        address = f"{server.url}/dwsso/oauth2/access_token"
        form = {"grant_type": "client_credentials"}
        assert requests.post(address, data=form, auth=("me", "own"), timeout=10).status_code == 200
    assert (tmp_path / "Impex" / "src" / "instance").is_dir()


def test_the_usual_login_is_the_demos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SFCC_CLIENT_ID", raising=False)
    monkeypatch.delenv("SFCC_CLIENT_SECRET", raising=False)
    with serving() as server:
        assert Caller(server).run("shop", one_product())["exit_status"]["code"] == "OK"


def test_it_speaks_tls_and_says_whose_certificate_to_trust(capsys: pytest.CaptureFixture[str]) -> None:
    with serving("--tls") as server:
        (certificate,) = re.findall(r"certificate: (.+)", capsys.readouterr().out)
        assert requests.get(f"{server.url}/__state", verify=certificate, timeout=10).status_code == 200


def test_locales_are_those_of_business_manager(capsys: pytest.CaptureFixture[str]) -> None:
    with serving("--locales", "de_DE", "fr", "default") as server:
        assert server.locales == frozenset({"de-DE", "fr", "x-default"})
    assert main(["sfcc", "serve", "--locales", "de-DE"]) == 2
    assert "--locales: 'de-DE' is no locale of SFCC" in capsys.readouterr().err


def test_terminated_it_ends_well_and_removes_its_files() -> None:
    command = [str(Path(sys.executable).with_name("akeneo-sfcc")), "sfcc", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            folder = next(line for line in process.stdout if line.startswith("files: ")).removeprefix("files: ").strip()
            assert Path(folder).is_dir()
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()
    assert not Path(folder).exists()
