"""What the API client has to be granted, as the texts Business Manager takes and as hints for errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

SCAPI_SCOPES = ("sfcc.jobs.rw",)
OCAPI_PLACE = "Business Manager › Administration › Site Development › Open Commerce API Settings › Data API, Global"
WEBDAV_PLACE = "Business Manager › Administration › Organization › WebDAV Client Permissions"

_EXECUTIONS = "/jobs/*/executions"
_RESOURCES: tuple[tuple[str, str], ...] = (
    (_EXECUTIONS, "post"),
    (f"{_EXECUTIONS}/*", "get"),
    ("/job_execution_search", "post"),
)


def ocapi_permissions(client_id: str, version: str = "v25_6") -> str:
    """Return the OCAPI Data API settings that let the client run jobs, as JSON text; version: as in addresses."""
    resources = [_resource(path, method) for path, method in _RESOURCES]
    document = {
        "_v": version.removeprefix("v").replace("_", "."),
        "clients": [{"client_id": client_id, "resources": resources}],
    }
    return _text(document)


def webdav_permissions(client_id: str, libraries: Sequence[str] = ()) -> str:
    """Return the WebDAV client permissions that let the client deliver and read logs, as JSON text.

    libraries: shared libraries whose files it may write. Paths of one client may not overlap.
    """
    paths = [("/impex", "read_write"), ("/logs", "read")]
    paths += [(f"/libraries/{library}", "read_write") for library in libraries]
    return _text(
        {
            "clients": [
                {
                    "client_id": client_id,
                    "permissions": [{"path": path, "operations": [operation]} for path, operation in paths],
                }
            ]
        }
    )


def scapi_scopes(tenant_id: str) -> str:
    """Return the scopes of a token for SCAPI's jobs, separated by spaces; tenant_id: with or without `f_ecom_`."""
    return " ".join((f"SALESFORCE_COMMERCE_API:{tenant_id.removeprefix('f_ecom_')}", *SCAPI_SCOPES))


def ocapi_hint(path: str, method: str) -> str:
    """Return what to grant in OCAPI for one endpoint; path: below the Data API's root."""
    if path.endswith("_search"):
        wanted = "/job_execution_search"
    else:
        wanted = f"{_EXECUTIONS}/*" if method.lower() == "get" else _EXECUTIONS
    return f"Grant it in {OCAPI_PLACE}: {orjson.dumps(_resource(wanted, method.lower())).decode()}"


def webdav_hint(path: str, *, write: bool) -> str:
    """Return what to grant in WebDAV for one path below `Sites`; what is uploaded to is only looked at first."""
    root = path.strip("/").partition("/")[0].lower()
    grant = {"path": f"/{root}", "operations": ["read_write" if write or root == "impex" else "read"]}
    return f"Grant it in {WEBDAV_PLACE}: {orjson.dumps(grant).decode()}"


def _resource(path: str, method: str) -> dict[str, Any]:
    return {"resource_id": path, "methods": [method], "read_attributes": "(**)", "write_attributes": "(**)"}


def _text(document: dict[str, Any]) -> str:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
