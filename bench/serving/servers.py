"""The servers of the measurement, each a process of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.serving.project import KEY, NAME, write_project
from bench.serving.upstream import MODEL

_TOLD: Final = 2_000
_LISTENS: Final = re.compile(r"(?:running on|taking calls at) (http://127\.0\.0\.1:\d+)")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    address: str
    process: int

    def processor_seconds(self) -> float:
        """What it has used of a processor so far, all threads, in user and system mode.

        It is read from the process's own clock (`clock_getcpuclockid`), to the nanosecond.
        """
        return time.clock_gettime(~self.process << 3 | 2)


@contextmanager
def upstream(folder: Path) -> Iterator[Server]:
    """The stand-in for a gateway."""
    with _uvicorn("bench.serving.upstream:app", folder, {}) as server:
        yield server


@contextmanager
def bare(folder: Path, to: Server, client: str = "aiohttp") -> Iterator[Server]:
    """The server that only passes calls on, with aiohttp's client, or the sidecar's `own`."""
    options = {"BENCH_UPSTREAM": to.address, "BENCH_CLIENT": client}
    with _uvicorn("bench.serving.bare:app", folder, options) as server:
        yield server


@contextmanager
def sidecar(folder: Path, to: Server) -> Iterator[Server]:
    """The sidecar, with a log on the disk and detectors."""
    write_project(folder, to.address)
    command = ["-m", "policy_router", "serve", "--port", "0", "--admin-port", "0"]
    with _started("sidecar", [sys.executable, *command], folder, {}) as server:
        yield server


LITELLM: Final = Path(__file__).parents[2] / ".litellm-venv" / "bin" / "python"
"""The interpreter that has LiteLLM's proxy, where somebody has made one (`make test` does)."""

_LITELLM: Final = """
model_list:
  - model_name: {name}
    litellm_params: {{model: openai/{model}, api_base: {upstream}/v1, api_key: none}}
"""


@contextmanager
def litellm(folder: Path, to: Server) -> Iterator[Server]:
    """LiteLLM's proxy with one model, and nothing else of what it can do: no log, no one's keys."""
    config = _LITELLM.format(name=NAME, model=MODEL, upstream=to.address)
    (folder / "litellm.yaml").write_text(config, "utf-8")
    command = ["-c", "from litellm import run_server; run_server()", "--config", "litellm.yaml"]
    command += ["--host", "127.0.0.1", "--port", str(_free_port())]
    own = {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_MASTER_KEY": KEY,  # it does not start without
        "HOME": str(folder),
        "PYTHONPATH": "",
    }
    with _started("litellm", [str(LITELLM), *command], folder, own) as server:
        yield server


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def _uvicorn(app: str, folder: Path, more: Mapping[str, str]) -> Iterator[Server]:
    options = ["--port", "0", "--no-access-log", "--no-server-header", "--no-date-header"]
    options += ["--timeout-keep-alive", "75"]  # each is asked in turn, and left alone meanwhile
    command = [sys.executable, "-m", "uvicorn", app, *options]
    with _started(app.partition(":")[0], command, folder, more) as server:
        yield server


@contextmanager
def _started(
    name: str, command: list[str], folder: Path, more: Mapping[str, str]
) -> Iterator[Server]:
    said = folder / f"{name}.txt"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), **more}
    with said.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield Server(_address(process, said), process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _address(process: subprocess.Popen[bytes], said: Path) -> str:
    """Where the server listens, once it says so; raises `RuntimeError` if it ends instead."""
    while True:
        found = _LISTENS.search(said.read_text("utf-8"))
        if found is not None:
            return found[1]
        if process.poll() is not None:
            raise RuntimeError(said.read_text("utf-8")[-_TOLD:])
        time.sleep(0.05)
