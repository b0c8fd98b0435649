"""moto's server on a free port of 127.0.0.1."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from cheroot.wsgi import Gateway_10
from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from local.served import Served

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_THREADS = 16
_running = threading.Lock()


class _Aws(Served):
    """moto behind a server that keeps connections open between requests; its own opens one for each."""

    def __init__(self) -> None:
        super().__init__(port=0, threads=_THREADS, queue=128)
        self._application = DomainDispatcherApplication(create_backend_app)
        self._server.gateway = _Gateway
        self._server.keep_alive_conn_limit = 256
        # A worker that was stopped leaves broken connections behind.
        setattr(self._server, "error_log", lambda *_, **__: None)  # noqa: B010 - a method, to mypy

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a call (WSGI)."""
        answer: Iterable[bytes] = self._application(environ, start_response)
        return answer


class _Gateway(Gateway_10):
    """Tells moto the address as it was sent: keys of objects are read from that."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]  # cheroot's stub says None
        """Add the address to the environment."""
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        environ["RAW_URI"] = environ["REQUEST_URI"]
        return environ


@contextmanager
def aws_server() -> Iterator[str]:
    """Serve an empty AWS until the block ends; yields its address.

    moto keeps everything in global variables, so a process has one at a time: RuntimeError for a second.
    """
    if not _running.acquire(blocking=False):
        raise RuntimeError("an embedded AWS runs in this process already")
    try:
        BackendDict.reset()
        try:
            with _Aws() as server:
                yield server.url
        finally:
            BackendDict.reset()
    finally:
        with suppress(RuntimeError):
            _running.release()
