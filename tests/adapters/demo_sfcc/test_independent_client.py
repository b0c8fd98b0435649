"""Salesforce's own command line imports an archive into the demo SFCC: what it takes for an instance is one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local.demo_sfcc.server import DemoSfcc
from tests.adapters.delivery.archives import one_product

PACKAGE = "sfcc-ci@2.13.0"


@pytest.fixture(scope="module")
def sfcc_ci(repo_root: Path) -> Path:
    """Install the command once per working copy; skips without npm or a registry, except in CI."""
    npm = shutil.which("npm")
    in_ci = bool(os.environ.get("CI"))
    if npm is None:
        assert not in_ci, "CI has to have npm"
        pytest.skip("npm is not present, so Salesforce's own client cannot be installed")
    folder = repo_root / ".pytest_cache" / PACKAGE
    command = folder / "node_modules" / ".bin" / "sfcc-ci"
    if not command.exists():
        folder.mkdir(parents=True, exist_ok=True)
        arguments = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
        for _ in range(3):  # a registry may stumble
            done = subprocess.run(arguments, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode == 0:
                break
        if done.returncode and not in_ci:
            pytest.skip(f"{PACKAGE} cannot be installed here: {done.stderr.strip()[-300:]}")
        assert done.returncode == 0, done.stderr
    return command


def test_salesforces_own_client_uploads_and_imports(sfcc_ci: Path, tmp_path: Path) -> None:
    archive = tmp_path / "shop.zip"
    archive.write_bytes(one_product())
    with DemoSfcc(tls=True) as sfcc:
        host = sfcc.url.removeprefix("https://")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "SFCC_LOGIN_URL": host,
            "NODE_EXTRA_CA_CERTS": str(sfcc.certificate),
        }

        def run(*arguments: str) -> str:
            done = subprocess.run(
                [sfcc_ci, *arguments],
                env=environment,
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        assert "Authentication succeeded" in run("client:auth", "demo_client", "demo_secret")
        assert "uploaded" in run("instance:upload", "shop.zip", "-i", host, "--selfsigned")
        ended = run("instance:import", "shop.zip", "-i", host, "--selfsigned", "--sync")
        assert "Status is: finished (OK)" in ended
        assert list(sfcc.state()["products"]) == ["A1"]
