"""The demo SFCC itself: Account Manager, WebDAV and both jobs APIs at one address, and an instance behind them."""

from __future__ import annotations

import mimetypes
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from werkzeug.wrappers import Request, Response

from local.demo_pim.faults import HTML_PAGE, Fault, Faults
from local.demo_sfcc.certificate import make_certificate
from local.demo_sfcc.instance import Instance
from local.demo_sfcc.jobs import JobFault, Jobs, described
from local.demo_sfcc.jobs_api import OCAPI, SCAPI, ocapi_answer, scapi_answer, scapi_problem
from local.demo_sfcc.page import FILES, PAGE
from local.demo_sfcc.tokens import ApiClient, LoginRefusedError, Tokens
from local.demo_sfcc.webdav import WEBDAV
from local.served import Served

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TOKEN_PATHS = ("/dwsso/oauth2/access_token", "/dw/oauth2/access_token")
STATE = "/__state"
CONTROL = "/__control"
FAULTS = ("status", "html", "slow")
"""What calls can be made to suffer."""

TENANT = "demo_001"


class DemoSfcc(Served):
    """An SFCC instance on 127.0.0.1, in threads of this process.

    Faults of calls are `Fault` rules with the actions "status", "html" and "slow"; their `query` is looked for in
    `<method> <query string>`. Faults of jobs are `JobFault` rules.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        port: int = 0,
        client: ApiClient | None = None,
        tenant: str = TENANT,
        scapi: bool = True,
        tls: bool = False,
        locales: Iterable[str] | None = None,
        currencies: Iterable[str] | None = None,
        expires_in: int = 1800,
        faults: Sequence[Fault] = (),
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Serve an empty instance on a port (0: a free one), once started.

        folder: where its files are kept; None: in a temporary one. scapi: whether the client may have its scopes.
        tls: speak it, with a certificate made for this server (`certificate`). locales, currencies: those the instance
        knows, the former as `xml:lang` writes them; None: all.
        """
        super().__init__(port=port, threads=8, queue=64)
        self._temporary = tempfile.TemporaryDirectory(prefix="demo-sfcc-")
        self.client = client or ApiClient()
        self.locales = None if locales is None else frozenset((*locales, "x-default"))
        self.instance = Instance(folder or Path(self._temporary.name) / "instance", self.locales, currencies)
        self.jobs = Jobs(self.instance, clock)
        scopes = (f"SALESFORCE_COMMERCE_API:{tenant}", "sfcc.jobs", "sfcc.jobs.rw") if scapi else ()
        self.tokens = Tokens(self.client, scopes=scopes, expires_in=expires_in, clock=clock)
        self.faults = Faults(_known(faults))
        self.calls: Counter[str] = Counter()
        self._tenant = tenant
        self._sleep = sleep
        self.certificate: Path | None = None
        if tls:
            self.certificate, key = make_certificate(Path(self._temporary.name))
            self.speak_tls(self.certificate, key)

    def stop(self) -> None:
        """Accept no more calls, finish running jobs, remove temporary files."""
        super().stop()
        self.jobs.close()
        self._temporary.cleanup()

    def state(self) -> dict[str, Any]:
        """Return what the instance holds, its executions, what its imports said, and the calls so far."""
        executions = [described(one, one.is_over) for one in self.jobs.executions.values()]
        log = [str(entry) for entry in self.instance.importer.log]
        return {**self.instance.state(), "executions": executions, "log": log, "calls": dict(self.calls)}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a call (WSGI)."""
        request = Request(environ)
        if request.path.startswith(FILES):
            return self._file(request.path.removeprefix(FILES))(environ, start_response)
        if request.path.startswith((STATE, CONTROL, PAGE)):
            return self._control(request)(environ, start_response)
        self.calls[f"{request.method} {_kind(request.path)}"] += 1
        query = f"{request.method} {environ.get('QUERY_STRING', '')}"
        fault = self.faults.take(request.path, query)
        if fault is not None and fault.action in ("status", "html"):
            is_page = fault.action == "html"
            body = fault.body if fault.body is not None else HTML_PAGE if is_page else "A fault was asked for"
            headers = {"Content-Type": "text/html" if is_page else "text/plain", **fault.headers}
            answer = Response(body, fault.status or (502 if is_page else 503), headers=headers)
            return answer(environ, start_response)
        if fault is not None and fault.action == "slow":
            self._sleep(fault.seconds)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> WSGIApplication:
        path = request.path
        if path in TOKEN_PATHS and request.method == "POST":
            return self._token(request)
        scopes = self.tokens.scopes(request.headers.get("Authorization"))
        if scopes is None:
            return _unauthorised(path)
        if path == WEBDAV or path.startswith(f"{WEBDAV}/"):
            return self.instance.share
        if found := OCAPI.fullmatch(path):
            return ocapi_answer(self.jobs, request, f"{found[1]}.{found[2]}", found[3])
        found = SCAPI.fullmatch(path)
        return Response("", 404) if found is None else self._scapi(request, found[1], found[2], scopes)

    def _scapi(self, request: Request, tenant: str, path: str, scopes: frozenset[str]) -> Response:
        if tenant != self._tenant or not {f"SALESFORCE_COMMERCE_API:{tenant}", "sfcc.jobs.rw"} <= scopes:
            return scapi_problem(403, "Forbidden", "The token does not have the scopes for this resource")
        return scapi_answer(self.jobs, request, path)

    def _token(self, request: Request) -> Response:
        try:
            body = self.tokens.give(request.headers.get("Authorization"), request.form.to_dict())
        except LoginRefusedError as error:
            return _json(error.body, error.status)
        return _json(body)

    def _file(self, path: str) -> Response:
        """Return a file of a catalogue or library, for the page."""
        folder = self.instance.share.folder.resolve()
        found = (folder / path).resolve()
        if not any(found.is_relative_to(folder / kind) for kind in ("Catalogs", "Libraries")) or not found.is_file():
            return Response("", 404)
        return Response(found.read_bytes(), mimetype=mimetypes.guess_type(found.name)[0] or "application/octet-stream")

    def _control(self, request: Request) -> Response:
        """Answer `GET /__page` and `/__state`, `POST /__control/faults` and `jobs` (lists of rules) and `expire`."""
        try:
            rules = orjson.loads(request.get_data() or b"[]")
            match f"{request.method} {request.path}":
                case "GET /__page":
                    return Response(self.instance.page(request.args.to_dict()), mimetype="text/html")
                case "GET /__state":
                    return _json(self.state())
                case "POST /__control/faults":
                    self.faults.set(_known(Fault.from_json(rule) for rule in rules))
                case "POST /__control/jobs":
                    self.jobs.fail(*(JobFault(**rule) for rule in rules))
                case "POST /__control/expire":
                    self.tokens.expire()
                case other:
                    return _json({"error": f"no {other}"}, 404)
        except (orjson.JSONDecodeError, TypeError, ValueError) as error:
            return _json({"error": str(error)}, 400)
        return _json({"done": True})


def _known(rules: Iterable[Fault]) -> list[Fault]:
    """Return the rules; raise ValueError for one that would be ignored."""
    found = list(rules)
    for rule in found:
        if rule.action not in FAULTS:
            raise ValueError(f"fault action {rule.action!r} is not one of a demo SFCC: {', '.join(FAULTS)}")
    return found


def _kind(path: str) -> str:
    if path in TOKEN_PATHS:
        return "token"
    return next(
        (
            name
            for name, start in (("webdav", WEBDAV), ("ocapi", "/s/-/"), ("scapi", "/operation/"))
            if path.startswith(start)
        ),
        "other",
    )


def _unauthorised(path: str) -> Response:
    if found := OCAPI.fullmatch(path):
        fault = {"type": "InvalidAccessTokenException", "message": "Unauthorized request! The access token is invalid."}
        return _json({"_v": f"{found[1]}.{found[2]}", "fault": {"arguments": {}, **fault}}, 401)
    return Response("", 401, headers={"WWW-Authenticate": "Bearer"})


def _json(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, mimetype="application/json")
