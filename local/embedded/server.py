"""moto's server on a free port of 127.0.0.1."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

_running = threading.Lock()


class _QuietHandler(MotoRequestHandler):
    """Speaks HTTP/1.1, as AWS does; logs no request."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""

    def log_error(self, *args: object) -> None:
        """Log nothing: a worker that was stopped leaves broken connections behind."""


@contextmanager
def aws_server() -> Iterator[str]:
    """Serve an empty AWS until the block ends; yields its address.

    moto keeps everything in global variables, so a process has one at a time: RuntimeError for a second.
    """
    if not _running.acquire(blocking=False):
        raise RuntimeError("an embedded AWS runs in this process already")
    try:
        BackendDict.reset()
        server = make_server(
            "127.0.0.1",
            0,
            DomainDispatcherApplication(create_backend_app),
            threaded=True,
            request_handler=_QuietHandler,
        )
        server.daemon_threads = True  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True, name="aws")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            BackendDict.reset()
    finally:
        with suppress(RuntimeError):
            _running.release()
