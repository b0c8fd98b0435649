"""What demo PIM and demo SFCC have in common: an application served on 127.0.0.1, in threads of this process."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server as WsgiServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


LOOK_SECONDS = 0.2
"""How long to wait before looking again: a signal that comes just before its thread begins to wait does not wake it."""


class Served(ABC):
    """An application that is its own server."""

    def __init__(self, *, port: int, threads: int, queue: int) -> None:
        """Serve on a port (0: a free one) once started; queue: connections that may wait for a thread."""
        self._server = WsgiServer(("127.0.0.1", port), self, numthreads=threads, request_queue_size=queue, timeout=120)
        self._server.expiration_interval = 0.05  # how long stopping takes, in seconds
        self._thread: threading.Thread | None = None
        self._scheme = "http"

    @abstractmethod
    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a call (WSGI)."""

    @property
    def url(self) -> str:
        """The address of everything, without a path."""
        return f"{self._scheme}://127.0.0.1:{self._server.bind_addr[1]}"

    def start(self) -> Self:
        """Accept calls from now on, in background threads."""
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve, name=type(self).__name__, daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Accept no more calls and close what is open."""
        self._server.stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def wait(self) -> None:
        """Stay until interrupted, then stop."""
        try:
            while self._thread is not None and self._thread.is_alive():
                self._thread.join(timeout=LOOK_SECONDS)
        except KeyboardInterrupt:
            self.stop()

    def speak_tls(self, certificate: Path, key: Path) -> None:
        """Speak TLS with this certificate, once started."""
        self._server.ssl_adapter = BuiltinSSLAdapter(str(certificate), str(key))
        self._scheme = "https"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
