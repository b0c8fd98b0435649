"""The jobs endpoints of OCAPI's Data API and of SCAPI."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson
from werkzeug.wrappers import Request, Response

from local.demo_sfcc.jobs import SITE_IMPORT, JobRefusedError, Jobs, described

OCAPI = re.compile(r"/s/-/dw/data/v(\d+)_(\d+)(/.+)")
SCAPI = re.compile(r"/operation/jobs/v1/organizations/f_ecom_([A-Za-z0-9]+_[A-Za-z0-9]+)(/.+)")
_EXECUTIONS = re.compile(r"/jobs/([^/]+)/executions(?:/([^/]+))?")
_SEARCHES = ("/job_execution_search", "/job-execution-search")


def ocapi_answer(jobs: Jobs, request: Request, version: str, path: str) -> Response:
    """Answer a call of OCAPI; path: below the version."""
    try:
        status, body = _answer(jobs, request, path)
    except JobRefusedError as error:
        fault = {"arguments": {}, "type": error.type, "message": str(error)}
        return _json({"_v": version, "fault": fault}, error.status)
    return _json({"_v": version, **body}, status)


def scapi_answer(jobs: Jobs, request: Request, path: str) -> Response:
    """Answer a call of SCAPI; path: below the organisation."""
    try:
        status, body = _answer(jobs, request, path)
    except JobRefusedError as error:
        return scapi_problem(error.status, error.type.removesuffix("Exception"), str(error))
    return _json(_camel(body), status)


def scapi_problem(status: int, type_: str, detail: str) -> Response:
    """Return a problem as SCAPI words it; type_: in CamelCase."""
    words = re.findall(r"[A-Z][a-z]*", type_)
    kind = "https://api.commercecloud.salesforce.com/documentation/error/v1/errors/" + "-".join(words).lower()
    return _json({"title": " ".join(words), "type": kind, "detail": detail}, status, "application/problem+json")


def _answer(jobs: Jobs, request: Request, path: str) -> tuple[int, dict[str, Any]]:
    if path in _SEARCHES and request.method == "POST":
        return 200, _search(jobs, _body(request))
    found = _EXECUTIONS.fullmatch(path)
    if found is None:
        raise JobRefusedError(404, "ResourcePathNotFoundException", f"No resource {path}")
    job_id, execution_id = found.groups()
    if execution_id is None and request.method == "POST":
        execution = jobs.start(job_id, _parameters(job_id, _body(request)))
        return 202, described(execution, False)
    if execution_id is not None and request.method == "GET":
        return 200, described(*jobs.look(job_id, execution_id))
    raise JobRefusedError(405, "MethodNotAllowedException", f"{request.method} is not allowed for {path}")


def _body(request: Request) -> dict[str, Any]:
    raw = request.get_data()
    try:
        found = orjson.loads(raw) if raw.strip() else {}
    except orjson.JSONDecodeError:
        raise JobRefusedError(400, "MalformedDocumentException", "The request's body is no JSON") from None
    if not isinstance(found, dict):
        raise JobRefusedError(400, "MalformedDocumentException", "The request's body is no object")
    return found


def _parameters(job_id: str, body: Mapping[str, Any]) -> dict[str, str]:
    known = {"parameters"}
    if job_id == SITE_IMPORT:
        known = {"parameters", "file_name", "mode"}
    elif job_id.startswith("sfcc-search-index-"):
        known = {"parameters", "site_scope"}
    for name in body:
        if name not in known:
            raise JobRefusedError(400, "UnknownPropertyException", f"Property '{name}' is not known")
    listed = body.get("parameters") or []
    if not isinstance(listed, list) or not all(isinstance(one, dict) and one.get("name") for one in listed):
        raise JobRefusedError(400, "InvalidParametersException", "parameters must be a list of names and values")
    found = {str(one["name"]): str(one.get("value", "")) for one in listed}
    if "file_name" in body:
        if body.get("mode", "merge") != "merge":
            raise JobRefusedError(400, "EnumConstraintViolationException", "mode must be merge")
        found["ImportFile"] = str(body["file_name"])
    if "site_scope" in body:
        found["SiteScope"] = orjson.dumps(body["site_scope"]).decode()
    return found


def _search(jobs: Jobs, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the running executions of the job a query names; the demo finds nothing but these."""
    hits = [described(one, False) for one in jobs.running(_job_of(body.get("query")))]
    return {"count": len(hits), "start": 0, "total": len(hits), "hits": hits}


def _job_of(query: Any) -> str | None:
    if isinstance(query, list):
        return next((found for one in query if (found := _job_of(one)) is not None), None)
    if not isinstance(query, dict):
        return None
    fields = query.get("fields")
    if isinstance(fields, list) and fields and fields[0] in ("job_id", "jobId"):
        return str((query.get("values") or [""])[0])
    return next((found for one in query.values() if (found := _job_of(one)) is not None), None)


def _json(body: Any, status: int, mimetype: str = "application/json") -> Response:
    return Response(orjson.dumps(body), status, mimetype=mimetype)


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {_camel_name(name): _camel(inner) for name, inner in value.items()}
    return [_camel(one) for one in value] if isinstance(value, list) else value


def _camel_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
