"""The demo PIM itself: an HTTP server with the rules of the real API."""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cheroot.wsgi import Gateway_10
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as MethodNotAllowedError
from werkzeug.routing import Map
from werkzeug.wrappers import Request, Response

from local.demo_pim.control import Control
from local.demo_pim.edits import Editor
from local.demo_pim.encoding import at_address, encode
from local.demo_pim.endpoints import Answer, Call, Endpoints, routes, template
from local.demo_pim.faults import HTML_PAGE, Fault, Faults
from local.demo_pim.replies import ApiError
from local.demo_pim.store import Store
from local.demo_pim.tokens import Login, Tokens
from local.demo_pim.traffic import TooManyCallsError, Traffic
from local.served import Served

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

API = "/api/rest/v1"
TOKEN = "/api/oauth/v1/token"  # noqa: S105
CONTROL = "/__control"
REQUEST = "demo_pim.request"
"""Where the gateway leaves cheroot's own request, for faults that need the connection."""

NO_PAGE = "<html><head><title>404 Not Found</title></head><body><h1>Oops! An error occurred</h1></body></html>"

OPEN = (API, f"{API}/")
"""What may be called without a token."""


class DemoPim(Served):
    """A PIM on 127.0.0.1, in threads of this process."""

    def __init__(
        self,
        store: Store,
        *,
        port: int = 0,
        version: str = "7.0",
        login: Login | None = None,
        latency_ms: int = 0,
        concurrency: int = 4,
        retry_after: int | None = 1,
        expires_in: int = 3600,
        faults: Sequence[Fault] = (),
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Serve this store on a port (0: a free one), once started.

        `latency_ms` is how long each list call holds its slot; `concurrency` how many slots a connection has.
        """
        super().__init__(port=port, threads=16, queue=128)
        self.store = store
        self.login = login or Login()
        self.tokens = Tokens(self.login, expires_in=expires_in, clock=clock)
        self.traffic = Traffic(concurrency, retry_after)
        self.faults = Faults(faults)

        def now() -> datetime:
            return datetime.fromtimestamp(clock(), tz=UTC)

        self.editor = Editor(store, now)
        self._latency = latency_ms / 1000
        self._sleep = sleep
        self._endpoints = Endpoints(store, version, now)
        self._control = Control(self)
        self._map = Map(routes(), merge_slashes=False, redirect_defaults=False, strict_slashes=False)
        self._server.gateway = _Gateway
        self._server.keep_alive_conn_limit = 128

    def serve(self) -> None:
        """Start and stay until interrupted."""
        self.start()
        self.wait()

    def edit(self, *operations: dict[str, Any]) -> int:
        """Edit the catalogue; see `Editor.edit`."""
        return self.editor.edit(*operations)

    def stats(self) -> dict[str, Any]:
        """Return the counters; see `Traffic.stats`."""
        return self.traffic.stats()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a call (WSGI)."""
        request = Request(environ)
        path = request.path.replace("%2F", "/")
        query = environ.get("QUERY_STRING", "")
        if path.startswith(CONTROL):
            return self._control.answer(request, path)(environ, start_response)
        fault = self.faults.take(path, query)
        template = path if path == TOKEN else self._template(path)
        self.traffic.called(template, f"{path}?{query}" if query else path)
        if fault is not None and fault.action == "reset":
            _reset(environ)
            return []
        response, items = self._respond(request, path, fault)
        body = response.get_data()
        self.traffic.served(response.status_code, items, len(body))
        if fault is not None and fault.action == "truncated":
            return _truncated(environ, start_response, response, body)
        return response(environ, start_response)

    def _template(self, path: str) -> str:
        try:
            rule, _ = self._map.bind("").match(path, method="GET", return_rule=True)
        except HTTPException:
            return "unknown"
        return template(rule)

    def _respond(self, request: Request, path: str, fault: Fault | None) -> tuple[Response, int]:
        try:
            if fault is not None and (instant := _instant(fault)) is not None:
                return instant, 0
            if path == TOKEN:
                return self._give_token(request), 0
            if path in OPEN:
                return _json(self._endpoints.root(request.host_url.rstrip("/"))), 0
            if not path.startswith("/api/"):
                # Outside the API the PIM is a web page; its router looks at the path before anybody has to log in.
                return Response(NO_PAGE, 404, mimetype="text/html"), 0
            connection = self.tokens.connection(request.headers.get("Authorization"))
            with self.traffic.slot(connection):
                if fault is not None and fault.action == "slow":
                    self._sleep(fault.seconds)
                answer = self._answer(request, path, fault)
            return _sent(answer, request), answer.items
        except ApiError as error:
            response = _json(error.body(), error.status)
            if isinstance(error, TooManyCallsError) and error.retry_after is not None:
                response.headers["Retry-After"] = str(error.retry_after)
            return response, 0

    def _answer(self, request: Request, path: str, fault: Fault | None) -> Answer:
        try:
            name, parts = self._map.bind("").match(path, method=request.method)
        except MethodNotAllowedError:
            raise ApiError(
                405, f'No route found for "{request.method} {path}": Method Not Allowed (Allow: GET)'
            ) from None
        except HTTPException:
            raise ApiError(404, f'No route found for "{request.method} {path}"') from None
        accept = request.headers.get("Accept", "*/*")
        if not name.endswith("download") and "json" not in accept and "*/*" not in accept:
            raise ApiError(406, f'"{accept}" in "Accept" header is not valid. Only "application/json" is allowed.')
        call = Call(
            path=path.removeprefix(f"{API}/"),
            args=request.args.to_dict(),
            url=f"{request.host_url.rstrip('/')}{path}",
            parts={part: str(value) for part, value in parts.items()},
            fault=fault.action if fault is not None else None,
        )
        answer = self._endpoints.answer(name, call)
        if answer.is_list and self._latency:
            self._sleep(self._latency)
        return answer

    def _give_token(self, request: Request) -> Response:
        self.traffic.token_given()
        if request.method != "POST":
            raise ApiError(405, f'No route found for "{request.method} {TOKEN}": Method Not Allowed (Allow: POST)')
        if request.mimetype == "application/json":
            try:
                body = json.loads(request.get_data() or b"{}")
            except ValueError:
                raise ApiError(400, "Invalid json message received") from None
        else:
            body = request.form.to_dict()
        if not isinstance(body, dict):
            raise ApiError(400, "Invalid json message received")
        return _json(self.tokens.give(request.headers.get("Authorization"), body))


class _Gateway(Gateway_10):
    """Passes cheroot's request on to the application."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]  # cheroot's stub says None
        """Add the request to the environment."""
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        environ[REQUEST] = self.req
        return environ


def _json(body: Any, status: int = 200) -> Response:
    return Response(encode(body), status, mimetype="application/json")


def _sent(answer: Answer, request: Request) -> Response:
    body = answer.body
    if answer.mimetype == "application/json":
        body = at_address(body, f"{request.host_url.rstrip('/')}{API}")
    return Response(body, 200, mimetype=answer.mimetype)


def _instant(fault: Fault) -> Response | None:
    if fault.action == "status":
        status = fault.status or 503
        body = fault.body if fault.body is not None else encode({"code": status, "message": "A fault was asked for"})
        return Response(body, status, headers=dict(fault.headers), mimetype="application/json")
    if fault.action == "html":
        return Response(fault.body or HTML_PAGE, fault.status or 502, headers=dict(fault.headers), mimetype="text/html")
    if fault.action == "garbage":
        return Response(fault.body or '{"_embedded": {"items": [', 200, mimetype="application/json")
    return None


def _truncated(environ: WSGIEnvironment, start: StartResponse, response: Response, body: bytes) -> Iterator[bytes]:
    """Announce the whole body, send half of it and cut the connection."""
    response.headers["Content-Length"] = str(len(body))
    start(response.status, list(response.headers))
    yield body[: len(body) // 2]
    request = environ[REQUEST]
    request.close_connection = True
    request.conn.socket.shutdown(socket.SHUT_RDWR)


def _reset(environ: WSGIEnvironment) -> None:
    """End the connection with a TCP reset.

    Lingering for no time makes closing a reset. The server still uses the descriptor afterwards, so a closed pipe of
    its own takes the connection's place there.
    """
    request = environ[REQUEST]
    request.close_connection = True
    connection = request.conn.socket
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    near, far = socket.socketpair()
    with near, far:
        os.dup2(near.fileno(), connection.fileno())
