"""A connection to an upstream is free for the next call as soon as its answer is out."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from policy_router.enforcement.gate import Gate
from policy_router.enforcement.sidecar.app import POINT, Sidecar
from policy_router.log.kept import MemoryLog
from tests.fakes.served import served
from tests.pep.sidecars import Running
from tests.pep.world import KEY_VARIABLE, UPSTREAM_KEY, build


class _Answering(BaseHTTPRequestHandler):
    """Answers every chat, and keeps its connections."""

    protocol_version = "HTTP/1.1"
    connections: ClassVar[list[int]] = []

    def setup(self) -> None:
        """One connection."""
        super().setup()
        self.connections.append(self.client_address[1])

    def do_POST(self) -> None:
        """One call."""
        self.rfile.read(int(self.headers["content-length"]))
        body = b'{"model": "allowed-2026"}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is told."""


class _Slowly(MemoryLog):
    """A log that takes its time with how calls ended."""

    waits = True

    def append(self, record: Mapping[str, Any]) -> None:
        """Keep `record`."""
        if record["kind"] == "outcome":
            time.sleep(0.2)
        super().append(record)


def test_a_connection_is_free_once_the_answer_is_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not once the record of how it ended is kept, for which nobody waits."""
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        world = build(tmp_path, f"http://127.0.0.1:{server.server_port}/v1")
        sidecar = Sidecar(Gate(world.pdp, _Slowly(), POINT))
        with served(sidecar) as address:
            for _ in range(5):
                assert Running(sidecar, address).post().status_code == 200
        server.shutdown()
    assert len(_Answering.connections) == 1
