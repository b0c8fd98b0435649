"""The control interface: what a test or a person asks of a running demo PIM from outside.

`GET /__control/stats`, `POST /__control/reset` (counters), `POST /__control/faults` (a list of rules, see
`Fault`), `POST /__control/edit` (a list of operations, see `Editor.edit`), `POST /__control/expire` (all tokens;
`{"refresh": true}`: refresh tokens too).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from werkzeug.wrappers import Request, Response

from local.demo_pim.edits import EditError
from local.demo_pim.faults import Fault

if TYPE_CHECKING:
    from local.demo_pim.server import DemoPim


class Control:
    """Answers calls of the control interface."""

    def __init__(self, pim: DemoPim) -> None:
        """Control this PIM."""
        self._pim = pim

    def answer(self, request: Request, path: str) -> Response:
        """Do what the call asks; 400 with the reason if it cannot be done."""
        name = path.removeprefix("/__control/")
        try:
            body = orjson.loads(request.get_data() or b"null")
            found = self._do(f"{request.method} {name}", body)
        except (EditError, orjson.JSONDecodeError, TypeError, ValueError, KeyError) as error:
            return Response(orjson.dumps({"error": f"{error}"}), 400, mimetype="application/json")
        if found is None:
            return Response(orjson.dumps({"error": f"no control {name!r}"}), 404, mimetype="application/json")
        return Response(orjson.dumps(found), 200, mimetype="application/json")

    def _do(self, what: str, body: Any) -> dict[str, Any] | None:
        if what == "GET stats":
            return {**self._pim.stats(), "faults": self._pim.faults.done()}
        if what == "POST reset":
            self._pim.traffic.reset()
            return {"reset": True}
        if what == "POST faults":
            self._pim.faults.set([Fault.from_json(rule) for rule in body])
            return {"rules": len(body)}
        if what == "POST edit":
            operations = body if isinstance(body, list) else [body]
            return {"written": self._pim.edit(*operations)}
        if what == "POST expire":
            self._pim.tokens.revoke(refresh_too=bool(body and body.get("refresh")))
            return {"expired": True}
        return None
