"""The check of what was built finds what it is for."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.project.check_artifact import ARM64, Artifact, broken_imports, different_packages, foreign_binaries, main
from tests.project.check_artifact import too_large as find_too_large

TEMPLATE = """
Resources:
  StartRunFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: ../../functions/start_run}}
  ConnectorLayer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: ConnectorLayer}}
"""
APP = "import boto3, orjson\nfrom akeneo_sfcc.stages import start\n\nhandler = start.run\n"


def elf(machine: int) -> bytes:
    return b"\x7fELF" + bytes(14) + struct.pack("<H", machine)


@pytest.fixture
def artifact(tmp_path: Path) -> Artifact:
    """A sound build: one function, both layers, the host's packages, the runtime's boto3."""
    files: dict[str, bytes] = {
        ".aws-sam/build/template.yaml": TEMPLATE.encode(),
        "functions/start_run/app.py": APP.encode(),
        ".aws-sam/build/ConnectorLayer/python/akeneo_sfcc/__init__.py": b"",
        ".aws-sam/build/ConnectorLayer/python/akeneo_sfcc/stages/start.py": b"def run(event, context): ...\n",
        ".aws-sam/build/DependenciesLayer/python/orjson/orjson.cpython-313-aarch64-linux-gnu.so": elf(ARM64),
        ".aws-sam/build/DependenciesLayer/python/orjson-3.0.dist-info/RECORD": b"",
        "host/orjson/__init__.py": b"",
        "host/orjson-3.0.dist-info/RECORD": b"",
        "runtime/boto3/__init__.py": b"",
    }
    for name, body in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return Artifact(tmp_path / ".aws-sam" / "build", tmp_path / "host", tmp_path / "runtime")


def test_a_sound_build_passes(artifact: Artifact, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(artifact) == 0
    assert capsys.readouterr().out.startswith("1 functions can be imported")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("from akeneo_sfcc.stages import finish\n", "ImportError: cannot import name 'finish'"),
        ("import pandas\n", "No module named 'pandas'"),
        ("import pytest\n", "No module named 'pytest'"),
        ("handler = 1\n", "handler is not callable"),
        ("start = 1\n", "has no attribute 'handler'"),
    ],
)
def test_a_handler_that_the_artifact_cannot_import_is_named(artifact: Artifact, code: str, why: str) -> None:
    (artifact.functions()["StartRunFunction"] / "app.py").write_text(code)
    (problem,) = broken_imports(artifact)
    assert problem.startswith("StartRunFunction: cannot be imported: ")
    assert why in problem


def test_code_that_was_left_out_of_the_layer_is_not_taken_from_here(artifact: Artifact) -> None:
    (artifact.build / "ConnectorLayer" / "python" / "akeneo_sfcc" / "stages" / "start.py").unlink()
    assert list(broken_imports(artifact)) != []


def test_too_much_is_told(artifact: Artifact) -> None:
    assert find_too_large(artifact, most=10_000) == []
    (artifact.build / "DependenciesLayer" / "model.bin").write_bytes(bytes(10_000))
    (problem,) = find_too_large(artifact, most=10_000)
    assert "StartRunFunction" in problem
    assert "at most 10,000" in problem


def test_binaries_of_another_machine_or_python_are_told(artifact: Artifact) -> None:
    layer = artifact.build / "DependenciesLayer" / "python"
    (layer / "lxml.cpython-313-x86_64-linux-gnu.so").write_bytes(elf(62))
    (layer / "etree.cpython-311-aarch64-linux-gnu.so").write_bytes(elf(ARM64))
    assert len(foreign_binaries(artifact)) == 2


def test_the_check_imports_what_is_shipped(artifact: Artifact) -> None:
    assert different_packages(artifact) == []
    (artifact.host / "orjson-3.0.dist-info").rename(artifact.host / "orjson-3.1.dist-info")
    assert different_packages(artifact) == [
        "orjson-3.0: only in one of layer and check",
        "orjson-3.1: only in one of layer and check",
    ]


def test_a_build_of_nothing_does_not_pass(artifact: Artifact) -> None:
    (artifact.build / "template.yaml").write_text("Resources: {}\n")
    assert main(artifact) == 1
