"""The servers of the measurement, each a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from bench.serving.upstream import MODEL

KEY: Final = "bench-key"
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_LISTENS: Final = re.compile(r"(?:running on|taking calls at) (http://127\.0\.0\.1:\d+)")

_PROJECT: Final = """
kind: project
id: bench
language: 1
packs: [{id: house, version: 1}]
documents: [documents.yaml]
registry: none
gateways: [near]
log: {folder: var/log}
detectors: {built_in: {not_personal: ["@company.example"]}}
"""

_DOCUMENTS: Final = """
kind: policy
id: house
language: 1
version: 1
title: Personal data stays in the EEA
rules:
  - id: in-the-eea
    title: the model runs in the EEA
    when: {{data: {{includes: personal}}}}
    require: {{inference_location: {{within: EEA}}}}
obligations:
  - id: keep-nothing
    when: {{data: {{includes: personal}}}}
    set: {{store: false}}
---
kind: caller
id: clinic
language: 1
key_sha256: "{key}"
facts: {{data: [health], regime: [eu_gdpr], purpose: letters, tenant: ward}}
---
kind: gateway
id: near
language: 1
title: The gateway
type: openai_compatible
base_url: {upstream}/v1
self_hosted: true
---
kind: provider
id: cloud
language: 1
title: A cloud
covers: [example/assistant]
sources:
  page: {{kind: provider_docs, basis: public_terms, reference: PAGE-1, read_on: 2026-01-01}}
claims:
  inference_location: {{value: [DE], source: page}}
---
kind: model
id: example/assistant
language: 1
title: Assistant
context_window: 1000000
max_output_tokens: 64000
features: [function_calling, structured_output]
---
kind: route
id: near:assistant
language: 1
model: example/assistant
gateway: near
provider: cloud
address: {model}
stage: ga
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    address: str
    process: int

    def processor_seconds(self) -> float:
        """What it has used of a processor so far, all threads, in user and system mode."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def upstream(folder: Path) -> Iterator[Server]:
    """The stand-in for a gateway."""
    with _uvicorn("bench.serving.upstream:app", folder, {}) as server:
        yield server


@contextmanager
def bare(folder: Path, to: Server) -> Iterator[Server]:
    """The server that only passes calls on."""
    with _uvicorn("bench.serving.bare:app", folder, {"BENCH_UPSTREAM": to.address}) as server:
        yield server


@contextmanager
def sidecar(folder: Path, to: Server) -> Iterator[Server]:
    """The sidecar, with a log on the disk and detectors."""
    (folder / "policy-router.yaml").write_text(_PROJECT, "utf-8")
    key = sha256(KEY.encode()).hexdigest()
    documents = _DOCUMENTS.format(key=key, upstream=to.address, model=MODEL)
    (folder / "documents.yaml").write_text(documents, "utf-8")
    command = ["-m", "policy_router", "serve", "--port", "0", "--admin-port", "0"]
    with _started("sidecar", [sys.executable, *command], folder, {}) as server:
        yield server


@contextmanager
def _uvicorn(app: str, folder: Path, more: Mapping[str, str]) -> Iterator[Server]:
    options = ["--port", "0", "--no-access-log", "--no-server-header", "--no-date-header"]
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
            raise RuntimeError(said.read_text("utf-8"))
        time.sleep(0.05)
