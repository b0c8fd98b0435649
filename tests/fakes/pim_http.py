"""A PIM made of scripted answers on a real local socket, for what only a socket can do: break, stall, lie."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "/api/oauth/v1/token"
API = "/api/rest/v1"


@dataclass(frozen=True)
class Seen:
    """One request as it arrived; query values are decoded, the path is as sent."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """One scripted answer.

    cut: bytes of the body that are sent although all are announced. fault: "reset" (TCP reset instead of an answer),
    "close" (closed without one), "stall" (nothing until the server stops).
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    cut: int | None = None
    chunked_cut: bool = False
    fault: str | None = None


def json_reply(value: Any, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(json.dumps(value).encode(), status, {"Content-Type": "application/json", **named})


def error_reply(status: int, message: str, **headers: str) -> Reply:
    return json_reply({"code": status, "message": message}, status, **headers)


def gzip_reply(value: Any) -> Reply:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return Reply(gzip.compress(json.dumps(value).encode()), headers=headers)


def list_reply(*items: Any, count: int | None = None) -> Reply:
    answer: dict[str, Any] = {"_links": {}, "_embedded": {"items": list(items)}}
    if count is not None:
        answer["items_count"] = count
    return json_reply(answer)


def token_reply(access: str = "access-1", refresh: str | None = "refresh-1") -> Reply:
    return json_reply({"access_token": access, "expires_in": 3600, "token_type": "bearer", "refresh_token": refresh})


Answer = Reply | Callable[[Seen], Reply]


class PimHttp:
    """Answers each path from its script, in order; the last answer of a script is repeated.

    `unused` are answers that nobody fetched: a test may demand there are none.
    """

    def __init__(self) -> None:
        self.requests: list[Seen] = []
        self.most_at_once = 0
        self._scripts: dict[str, deque[Answer]] = {}
        self._served: dict[str, int] = {}
        self._at_once = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.script(TOKEN, token_reply())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def script(self, path: str, *answers: Answer) -> None:
        """Set what a path answers; paths of the API may be given below its root."""
        self._scripts[path if path.startswith("/") else f"{API}/{path}"] = deque(answers)

    def seen(self, path: str) -> list[Seen]:
        full = path if path.startswith("/") else f"{API}/{path}"
        return [request for request in self.requests if request.path == full]

    @property
    def unused(self) -> dict[str, int]:
        left = {path: len(script) - 1 for path, script in self._scripts.items() if len(script) > 1}
        return left | {path: 1 for path in self._scripts if path not in self._served and path != TOKEN}

    def __enter__(self) -> PimHttp:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _next(self, seen: Seen) -> Reply:
        with self._lock:
            self.requests.append(seen)
            script = self._scripts.get(seen.path)
            if not script:
                return error_reply(404, f'No route found for "{seen.method} {seen.path}"')
            self._served[seen.path] = self._served.get(seen.path, 0) + 1
            answer = script.popleft() if len(script) > 1 else script[0]
        return answer if isinstance(answer, Reply) else answer(seen)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        pim = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *args: object) -> None:
                """Stay silent."""

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                parts = urlsplit(self.path)
                query = dict(parse_qsl(parts.query, keep_blank_values=True))
                body = self.rfile.read(length)
                with pim._lock:
                    pim._at_once += 1
                    pim.most_at_once = max(pim.most_at_once, pim._at_once)
                try:
                    self._answer(pim._next(Seen(self.command, parts.path, query, dict(self.headers.items()), body)))
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                finally:
                    with pim._lock:
                        pim._at_once -= 1

            do_POST = do_GET  # noqa: N815 - the name the base class calls

            def _answer(self, reply: Reply) -> None:
                if reply.fault is not None:
                    self.close_connection = True
                    if reply.fault == "stall":
                        pim._stopping.wait(30)
                    if reply.fault == "reset":
                        linger = struct.pack("ii", 1, 0)
                        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                        self.connection.close()
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.chunked_cut:
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(reply.body), reply.body))  # and no last chunk
                    self.close_connection = True
                    return
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body[: reply.cut])
                if reply.cut is not None:
                    self.close_connection = True

        return Handler
