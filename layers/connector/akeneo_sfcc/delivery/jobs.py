"""The two APIs that start jobs and tell how they end: OCAPI's Data API and SCAPI's jobs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import orjson

from akeneo_sfcc.delivery.auth import Authorised
from akeneo_sfcc.delivery.errors import (
    JobAlreadyRunningError,
    MissingJobError,
    NotGrantedError,
    RefusedRequestError,
    ScopeError,
)
from akeneo_sfcc.delivery.executions import Execution, JobRequest, execution
from akeneo_sfcc.delivery.permissions import ocapi_hint
from akeneo_sfcc.delivery.transport import Answer, Call
from akeneo_sfcc.errors import ConnectorError

_log = logging.getLogger(__name__)
Found = TypeVar("Found")


class JobsApi(Protocol):
    """What an API of jobs can do."""

    def start(self, request: JobRequest) -> Execution:
        """Start a job; JobAlreadyRunningError when it runs, MissingJobError when there is none."""

    def poll(self, job_id: str, execution_id: str) -> Execution:
        """Return how an execution stands."""

    def under_way(self, job_id: str) -> tuple[Execution, ...]:
        """Return the executions of a job that are not over."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the two APIs. root: address of its jobs; search: of its search for executions."""

    name: str
    root: str
    search: str
    job_field: str
    status_field: str
    states: tuple[str, ...]
    setting: str
    grant: str
    """What to grant; empty: OCAPI's resource, which depends on the call."""


def ocapi(instance: str, version: str) -> Dialect:
    """Return the Data API of an instance; version: `v25_6`."""
    root = f"{instance}/s/-/dw/data/{version}"
    states = ("RUNNING", "PENDING")
    return Dialect(
        "OCAPI", root, f"{root}/job_execution_search", "job_id", "status", states, "delivery.ocapi_version", ""
    )


def scapi(url: str, tenant_id: str) -> Dialect:
    """Return SCAPI's jobs of a tenant; url: `https://<short code>.api.commercecloud.salesforce.com`."""
    organisation = "f_ecom_" + tenant_id.removeprefix("f_ecom_")
    root = f"{url}/operation/jobs/v1/organizations/{organisation}"
    states = ("RUNNING", "PENDING")
    grant = "Grant the API client the scope sfcc.jobs.rw and its role the tenant, in Account Manager"
    return Dialect(
        "SCAPI", root, f"{root}/job-execution-search", "jobId", "status", states, "delivery.short_code", grant
    )


class HttpJobs:
    """Jobs through one of the two APIs."""

    def __init__(self, dialect: Dialect, calls: Authorised) -> None:
        """Take the API and who sends the calls."""
        self._dialect = dialect
        self._calls = calls

    def start(self, request: JobRequest) -> Execution:
        """Start a job, in the first form of the request that the instance understands."""
        path = f"/jobs/{quote(request.job_id, safe='')}/executions"
        refusals: list[ConnectorError] = []
        for body in request.bodies:
            answer = self._send("POST", path, body)
            if answer.status in (200, 201, 202):
                return execution(answer.json(), request.job_id)
            if _is_already_running(answer):
                raise JobAlreadyRunningError(f"job {request.job_id} is running already")
            refusals.append(self._refused("POST", path, answer, request.job_id))
            if answer.status != 400 or "JobExecutionException" in answer.message:  # the form was understood
                break
        raise refusals[0] if len(refusals) == 1 else RefusedRequestError("; then ".join(map(str, refusals)))

    def poll(self, job_id: str, execution_id: str) -> Execution:
        """Return how an execution stands."""
        path = f"/jobs/{quote(job_id, safe='')}/executions/{quote(execution_id, safe='')}"
        answer = self._send("GET", path)
        if answer.status != 200:
            raise self._refused("GET", path, answer, job_id)
        return execution(answer.json(), job_id)

    def under_way(self, job_id: str) -> tuple[Execution, ...]:
        """Return the executions of a job that are not over."""
        fields = self._dialect
        queries = [
            {"term_query": {"fields": [fields.job_field], "operator": "is", "values": [job_id]}},
            {"term_query": {"fields": [fields.status_field], "operator": "one_of", "values": list(fields.states)}},
        ]
        body: dict[str, Any] = {"query": {"bool_query": {"must": queries}}, "count": 25, "start": 0}
        if fields.name == "SCAPI":
            body = _camel(body)
            body["limit"], body["offset"] = body.pop("count"), body.pop("start")
        answer = self._call("POST", fields.search, body)
        if answer.status != 200:
            raise self._refused("POST", "/job_execution_search", answer, job_id)
        hits = answer.json().get("hits")
        found = [execution(hit, job_id) for hit in hits if isinstance(hit, Mapping)] if isinstance(hits, list) else []
        return tuple(one for one in found if not one.ended)

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        return self._call(method, self._dialect.root + path, body)

    def _call(self, method: str, url: str, body: Mapping[str, Any] | None) -> Answer:
        what = f"{method} {url.removeprefix(self._dialect.root)} ({self._dialect.name})"
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        data = None if body is None else orjson.dumps(body)
        return self._calls.send(Call(method, url, what, headers, data, self._dialect.setting))

    def _refused(self, method: str, path: str, answer: Answer, job_id: str) -> ConnectorError:
        api = self._dialect
        said = f"{api.name} answered {method} {path} with {answer.status}: {answer.message}"
        if answer.status in (401, 403):
            return NotGrantedError(f"{said}. {api.grant or ocapi_hint(path, method)}")
        if answer.status == 404 and "/executions/" not in path:
            return MissingJobError(
                f"{said}. The instance has no job {job_id}: import the set-up archive that "
                f"akeneo-sfcc sfcc-setup writes; if it is there, check {api.setting}"
            )
        return RefusedRequestError(said)


class PreferredJobs:
    """Jobs through the first API that lets the client in; the choice stays for the life of the process."""

    def __init__(self, apis: Sequence[JobsApi]) -> None:
        """Take the APIs, the preferred one first."""
        self._apis = list(apis)

    def start(self, request: JobRequest) -> Execution:
        """Start a job; where an API refuses the client nothing was started, so the next one may be asked."""
        return self._ask(lambda api: api.start(request))

    def poll(self, job_id: str, execution_id: str) -> Execution:
        """Return how an execution stands; executions are the same in all APIs."""
        return self._ask(lambda api: api.poll(job_id, execution_id))

    def under_way(self, job_id: str) -> tuple[Execution, ...]:
        """Return the executions of a job that are not over."""
        return self._ask(lambda api: api.under_way(job_id))

    def _ask(self, ask: Callable[[JobsApi], Found]) -> Found:
        while len(self._apis) > 1:
            try:
                return ask(self._apis[0])
            except (ScopeError, NotGrantedError) as error:
                self._give_up(error)
        return ask(self._apis[0])

    def _give_up(self, error: ConnectorError) -> None:
        _log.warning("going on with the next jobs API: %s", error)
        del self._apis[0]


def _is_already_running(answer: Answer) -> bool:
    said = answer.message.lower().replace(" ", "").replace("-", "")
    return answer.status in (400, 409) and "jobalreadyrunning" in said


def _camel(value: Any) -> Any:
    """Return a query with SCAPI's names: `term_query` → `termQuery`; values stay as they are."""
    if isinstance(value, dict):
        return {_camel_name(name): _camel(inner) for name, inner in value.items()}
    return [_camel(one) for one in value] if isinstance(value, list) else value


def _camel_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
