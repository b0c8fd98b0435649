"""A configuration's way from its file into Parameter Store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from akeneo_sfcc.runtime.configuration import read_document
from local.cli import main

DOCUMENT: dict[str, Any] = {
    "pim": {"base_url": "https://pim.example.com", "channel": "ecommerce"},
    "master_catalogs": [{"id": "master"}],
    "storefront_catalogs": [{"id": "shop"}],
}


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    with mock_aws():
        yield boto3.client("ssm", region_name="eu-central-1")


def configure(folder: Path, document: Any, *options: str) -> int:
    (folder / "b2b.json").write_text(json.dumps(document))
    return main(["configure", "--config", str(folder / "b2b.json"), "--region", "eu-central-1", *options])


def names(ssm: Any) -> list[str]:
    return sorted(each["Name"] for each in ssm.describe_parameters()["Parameters"])


def test_what_is_put_is_what_the_functions_read(ssm: Any, tmp_path: Path) -> None:
    large = {**DOCUMENT, "attributes": {"custom_mapping": {f"attribute_{n}": f"custom{n}" for n in range(600)}}}
    assert configure(tmp_path, large, "--stack", "shop") == 0
    assert read_document(ssm, "/shop/config", "b2b") == large
    assert any(name.startswith("/shop/config/b2b/attributes/custom_mapping/") for name in names(ssm))


def test_what_the_file_no_longer_has_goes_and_what_is_equal_stays(
    ssm: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert configure(tmp_path, {**DOCUMENT, "products": {"online": "status"}}) == 0
    capsys.readouterr()
    changed = {**DOCUMENT, "pim": {**DOCUMENT["pim"], "channel": "print"}}
    assert configure(tmp_path, changed) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        "put /akeneo-sfcc/config/b2b/pim",
        "deleted /akeneo-sfcc/config/b2b/products",
    ]
    assert read_document(ssm, "/akeneo-sfcc/config", "b2b") == changed


def test_other_configurations_are_left_alone(ssm: Any, tmp_path: Path) -> None:
    ssm.put_parameter(Name="/akeneo-sfcc/config/b2c/pim", Value="{}", Type="String")
    assert configure(tmp_path, DOCUMENT) == 0
    assert "/akeneo-sfcc/config/b2c/pim" in names(ssm)


def test_a_wrong_configuration_is_not_put(ssm: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert configure(tmp_path, {**DOCUMENT, "pim": {"base_url": "https://pim.example.com", "chanel": "x"}}) == 2
    assert "pim.chanel: is not a setting" in capsys.readouterr().err
    assert names(ssm) == []


def test_a_dry_run_says_what_it_would_do_and_asks_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert configure(tmp_path, DOCUMENT, "--dry-run") == 0
    assert capsys.readouterr().out.splitlines()[0] == "would put /akeneo-sfcc/config/b2b/pim (60 bytes)"


def test_missing_credentials_are_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    assert configure(tmp_path, DOCUMENT) == 2
    assert "Unable to locate credentials" in capsys.readouterr().err
