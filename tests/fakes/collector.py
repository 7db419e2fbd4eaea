"""A collector of OpenTelemetry on a loopback port, that keeps every log record it is sent."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Collector:
    """What came in; `status` is what it answers, with `said` as `content_type`.

    `authorized`: as whom requests came.
    `elsewhere`: where an answer sends the caller. What is got by GET is a page to log in at.
    """

    port: int = 0
    status: int = 200
    said: bytes = b""
    content_type: str = "application/x-protobuf"
    elsewhere: str | None = None
    bodies: list[bytes] = field(default_factory=list)
    authorized: list[str | None] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def events(self) -> list[Any]:
        """The log records, in order."""
        from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (  # noqa: PLC0415 - an extra
            ExportLogsServiceRequest,
        )

        asked = [ExportLogsServiceRequest.FromString(body) for body in self.bodies]
        scopes = [s for one in asked for r in one.resource_logs for s in r.scope_logs]
        return [event for scope in scopes for event in scope.log_records]


@contextmanager
def collecting() -> Iterator[Collector]:
    """Serve one."""
    found = Collector()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            found.authorized.append(self.headers.get("authorization"))
            if found.status == 200:
                found.bodies.append(body)
            self.send_response(found.status)
            if found.elsewhere is not None:
                self.send_header("location", found.elsewhere)
            self._say(found.said, found.content_type)

        def do_GET(self) -> None:
            self.send_response(200)
            self._say(b"<html>Log in</html>", "text/html")

        def _say(self, said: bytes, content_type: str) -> None:
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
