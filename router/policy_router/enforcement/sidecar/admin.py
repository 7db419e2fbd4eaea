"""The second address, for operators: what is counted. It is bound to this machine alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from policy_router.enforcement.asgi_messages import Receive, Scope, Send, raw
from policy_router.enforcement.sidecar.metrics import Metrics

_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Admin:
    """Answers `GET /metrics`, and nothing else."""

    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        del receive
        if scope["type"] != "http":
            return
        asked = (scope["method"], scope["path"])
        status, body = (200, self.metrics.text()) if asked == ("GET", "/metrics") else (404, b"")
        headers = raw((("content-type", _TEXT), ("content-length", str(len(body)))))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
