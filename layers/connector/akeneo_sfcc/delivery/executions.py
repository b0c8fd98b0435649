"""Jobs of an instance and their executions, in one form whichever API told of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SITE_IMPORT = "sfcc-site-archive-import"
PRODUCT_INDEX = "sfcc-search-index-product-full-update"
"""System jobs; they need no set-up."""

_ENDED = frozenset({"finished", "aborted"})


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A job to start. bodies: forms of the same request, tried in turn while the instance does not understand one."""

    job_id: str
    bodies: tuple[Mapping[str, Any], ...] = ({},)
    file_name: str | None = None


def site_import(file_name: str) -> JobRequest:
    """Return the request that imports an archive of `Impex/src/instance`; file_name: with `.zip`.

    Support users' clients know the second form alone.
    """
    return JobRequest(
        SITE_IMPORT,
        (
            {"file_name": file_name, "mode": "merge"},
            {"parameters": [{"name": "ImportFile", "value": file_name}]},
        ),
        file_name,
    )


def product_index(site: str) -> JobRequest:
    """Return the request that rebuilds a site's product index; documents differ on its form."""
    return JobRequest(PRODUCT_INDEX, ({"site_scope": [site]}, {"site_scope": {"named_sites": [site]}}))


def own_job(job_id: str, parameters: Mapping[str, str]) -> JobRequest:
    """Return the request for a job of Business Manager with its job parameters."""
    listed = [{"name": name, "value": value} for name, value in parameters.items()]
    return JobRequest(job_id, ({"parameters": listed} if listed else {},))


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution of a job as last seen. log_path: below `Sites` by WebDAV, None if there is no log (yet)."""

    job_id: str
    id: str
    status: str
    exit_code: str = ""
    message: str = ""
    log_path: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def ended(self) -> bool:
        """Tell whether it is over, well or badly."""
        return self.status in _ENDED

    @property
    def failed(self) -> bool:
        """Tell whether SFCC says that it failed; not failed does not yet mean imported, the log tells."""
        return self.status == "aborted" or (self.ended and self.exit_code.upper() != "OK")

    def imports(self, file_name: str | None) -> bool:
        """Tell whether it imports this archive, as far as it shows its parameters."""
        return file_name is not None and ("ImportFile", file_name) in self.parameters


def execution(found: Mapping[str, Any], job_id: str = "") -> Execution:
    """Read a job execution document of OCAPI (snake_case) or SCAPI (camelCase)."""
    exit_status = _get(found, "exit_status", "exitStatus")
    exit_status = exit_status if isinstance(exit_status, Mapping) else {}
    steps = _get(found, "step_executions", "stepExecutions")
    log_path = str(_get(found, "log_file_path", "logFilePath") or "")
    there = _get(found, "is_log_file_existing", "isLogFileExisting")
    return Execution(
        job_id=str(_get(found, "job_id", "jobId") or job_id),
        id=str(found.get("id") or ""),
        status=str(_get(found, "execution_status", "executionStatus") or "unknown").lower(),
        exit_code=str(exit_status.get("code") or ""),
        message=_message(exit_status, steps if isinstance(steps, list) else []),
        log_path=_webdav_path(log_path) if log_path and there is not False else None,
        parameters=_parameters(found),
    )


def _message(exit_status: Mapping[str, Any], steps: list[Any]) -> str:
    said = [exit_status.get("message")]
    for step in steps:
        inner = _get(step, "exit_status", "exitStatus") if isinstance(step, Mapping) else None
        said.append(inner.get("message") if isinstance(inner, Mapping) else None)
    return "; ".join(dict.fromkeys(str(text) for text in said if text))


def _parameters(found: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    listed = found.get("parameters")
    if not isinstance(listed, list):
        return ()
    named = [one for one in listed if isinstance(one, Mapping)]
    return tuple((str(one.get("name")), str(one.get("value"))) for one in named)


def _webdav_path(path: str) -> str:
    return path.removeprefix("/").removeprefix("Sites/")


def _get(found: Mapping[str, Any], snake: str, camel: str) -> Any:
    return found[snake] if snake in found else found.get(camel)
