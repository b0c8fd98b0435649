"""Template and state machines as YAML, with CloudFormation's short forms (`!Ref`, `!GetAtt`) written out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from samtranslator.yaml_helper import intrinsics_multi_constructor

if TYPE_CHECKING:
    from yaml import SafeLoader as _Safe
else:
    # libyaml's, where PyYAML was built with it: the template takes a fifth of the time.
    _Safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):
    """A safe loader that knows the short forms, which no other one in the process has to."""


_Loader.add_multi_constructor("!", intrinsics_multi_constructor)


def read_yaml(path: Path) -> Any:
    """Return what a file holds; raises OSError and yaml.YAMLError."""
    return yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 - it is a safe loader
