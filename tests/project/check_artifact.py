"""Check what `sam build` made: sizes, binaries, and that every handler can be imported from it alone.

The layer of dependencies is built for Lambda (arm64, Python 3.13), which this machine may not be. Its binaries are
looked at, and the same pinned versions are installed a second time for this machine to import with.
"""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.project.rules.machines import FUNCTION_TYPE, load_yaml

MOST_BYTES = 250 * 1024 * 1024
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: function and layers, unzipped."""

ARM64 = 183
"""The machine in an ELF file's head: EM_AARCH64."""

IMPORT = """
import importlib.util, json, sys
sys.path[:0] = json.loads(sys.argv[1])
spec = importlib.util.spec_from_file_location("app", sys.argv[2])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
assert callable(module.handler), "handler is not callable"
foreign = [path for name, part in sys.modules.items() if name.startswith("akeneo_sfcc")
           for path in [getattr(part, "__file__", None)] if path and not path.startswith(sys.argv[3])]
assert not foreign, f"imported from elsewhere: {foreign}"
"""


@dataclass(frozen=True)
class Artifact:
    """What was built, and what stands for the Lambda runtime here.

    build: `.aws-sam/build`. host: the dependencies layer's packages, installed for this machine. runtime: a folder
    with what Lambda brings itself.
    """

    build: Path
    host: Path
    runtime: Path

    @property
    def layers(self) -> list[Path]:
        return [self.build / "ConnectorLayer", self.build / "DependenciesLayer"]

    def functions(self) -> dict[str, Path]:
        """Return the functions' folders as the built template names them."""
        found = load_yaml(self.build / "template.yaml")["Resources"]
        return {
            name: (self.build / resource["Properties"]["CodeUri"]).resolve()
            for name, resource in found.items()
            if resource["Type"] == FUNCTION_TYPE
        }


def size(*folders: Path) -> int:
    """Return the bytes of all files below folders."""
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())


def too_large(artifact: Artifact, most: int = MOST_BYTES) -> list[str]:
    """Report functions that are larger with their layers than Lambda takes."""
    layers = size(*artifact.layers)
    return [
        f"{name}: {layers + size(folder):,} bytes with its layers, at most {most:,}"
        for name, folder in artifact.functions().items()
        if layers + size(folder) > most
    ]


def foreign_binaries(artifact: Artifact) -> list[str]:
    """Report binaries of the layer that are not for arm64, or for another Python than Lambda's."""
    problems = []
    for path in sorted(artifact.layers[1].rglob("*.so*")):
        head = path.read_bytes()[:20]
        where = path.relative_to(artifact.build)
        if head[:4] != b"\x7fELF" or struct.unpack("<H", head[18:20])[0] != ARM64:
            problems.append(f"{where}: is not for arm64")
        version = re.search(r"\.cpython-(\d+)", path.name)
        if version and version[1] != "313":
            problems.append(f"{where}: is for another Python than 3.13")
    return problems


def distributions(folder: Path) -> set[str]:
    """Return the packages installed in a folder, as name and version."""
    return {path.name.removesuffix(".dist-info").lower() for path in folder.glob("*.dist-info")}


def different_packages(artifact: Artifact) -> list[str]:
    """Report packages that the layer has and the import check does not, or the other way round."""
    shipped = distributions(artifact.layers[1] / "python")
    return [f"{name}: only in one of layer and check" for name in sorted(shipped ^ distributions(artifact.host))] or (
        [] if shipped else ["DependenciesLayer: holds no packages"]
    )


def broken_imports(artifact: Artifact) -> Iterator[str]:
    """Report handlers that a clean interpreter cannot import from what was built."""
    code = artifact.build / "ConnectorLayer" / "python"
    for name, folder in artifact.functions().items():
        paths = [str(folder), str(code), str(artifact.host), str(artifact.runtime)]
        # -I -S: neither this folder nor the environment nor site-packages.
        command = [sys.executable, "-I", "-S", "-B", "-c", IMPORT, json.dumps(paths), str(folder / "app.py"), str(code)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if ended.returncode:
            yield f"{name}: cannot be imported: {ended.stderr.strip().splitlines()[-1][:500]}"


def main(artifact: Artifact) -> int:
    """Print what is wrong with the build; return the process's exit status."""
    functions = artifact.functions()
    problems = [] if functions else ["no function was built"]
    problems += [*too_large(artifact), *foreign_binaries(artifact), *different_packages(artifact)]
    problems += broken_imports(artifact)
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201 - a command's output
    if not problems:
        layers = size(*artifact.layers) / 2**20
        print(f"{len(functions)} functions can be imported; their layers have {layers:.0f} MiB")  # noqa: T201
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Artifact(*(Path(each).resolve() for each in sys.argv[1:4]))))
