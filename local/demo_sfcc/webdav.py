"""The WebDAV share of a demo instance: wsgidav over a folder, with SFCC's roots."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wsgidav.error_printer import ErrorPrinter
from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.request_resolver import RequestResolver
from wsgidav.wsgidav_app import WsgiDAVApp

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WEBDAV = "/on/demandware.servlet/webdav/Sites"
ROOTS = ("Impex", "Temp", "Cartridges", "Catalogs", "Libraries", "Static", "Logs", "Securitylogs", "Realmdata")
_WRITTEN = frozenset({"PUT", "MKCOL", "DELETE", "MOVE", "COPY", "POST", "PROPPATCH", "LOCK"})
_BY_NAME = {root.lower(): root for root in ROOTS}


class WebDavShare:
    """Answers calls below `Sites` from a folder; who may call is decided before."""

    def __init__(self, folder: Path) -> None:
        """Make the roots in this folder, and what always exists in Impex."""
        self.folder = folder
        for root in ROOTS:
            (folder / root).mkdir(parents=True, exist_ok=True)
        for below in ("src/instance", "log"):
            (folder / "Impex" / below).mkdir(parents=True, exist_ok=True)
        self._app: Any = WsgiDAVApp(
            {
                "provider_mapping": {"/": FilesystemProvider(str(folder), fs_opts={})},
                "middleware_stack": [ErrorPrinter, RequestResolver],
                "mount_path": WEBDAV,
                "http_authenticator": {"accept_basic": False, "accept_digest": True},
                "verbose": 0,
                "logging": {"enable": False},
                "lock_storage": None,
                "property_manager": None,
                "simple_dc": {"user_mapping": {"*": True}},
            }
        )

    def path(self, below: str) -> Path:
        """Return the file of a path below `Sites`; roots are found whatever their case."""
        root, _, rest = below.strip("/").partition("/")
        return self.folder / _BY_NAME.get(root.lower(), root) / rest

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a call (WSGI)."""
        below = environ["PATH_INFO"].removeprefix(WEBDAV).strip("/")
        root, slash, rest = below.partition("/")
        root = _BY_NAME.get(root.lower(), root)
        is_root = not rest or root not in ROOTS
        if environ["REQUEST_METHOD"] in _WRITTEN and is_root:
            start_response("403 Forbidden", [("Content-Length", "0")])
            return []
        environ = {
            **environ,
            "SCRIPT_NAME": WEBDAV,
            "PATH_INFO": f"/{root}{slash}{rest}",
            "wsgidav.auth.user_name": "api-client",
        }
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer
