"""A LiteLLM proxy as a process of its own, with the hook of the example in it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import httpx2
import yaml

from tests.fakes.upstream import Upstream
from tests.house.tree import ROOT
from tests.litellm_proxy.environment import made
from tests.patience import until
from tests.pep.world import recorded

EXAMPLE: Final = ROOT / "examples" / "litellm_proxy"
CLINIC, WEBSITE = "key-of-the-clinic", "key-of-the-website"
CANARY: Final = "the patient is called Zebulon Quist"
MASTER_KEY: Final = "sk-of-the-operator-0123456789abcdef"
_PATIENCE: Final = 300


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that runs in `folder`, and the upstreams of its deployments."""

    address: str
    folder: Path
    eu: Upstream
    us: Upstream
    client: httpx2.Client

    def post(
        self,
        path: str = "/v1/chat/completions",
        key: str | None = CLINIC,
        headers: dict[str, str] | None = None,
        **body: Any,  # noqa: ANN401 - any JSON
    ) -> httpx2.Response:
        """Call the proxy; a chat with `assistant` unless `body` says otherwise."""
        return self.send(body, path, key, headers)

    def send(
        self,
        body: Mapping[str, Any],
        path: str = "/v1/chat/completions",
        key: str | None = CLINIC,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """As `post`; a body may have any name in it."""
        asked = {"model": "assistant", **body}
        if path.endswith("/chat/completions"):
            asked.setdefault("messages", [{"role": "user", "content": CANARY}])
        known = {} if key is None else {"authorization": f"Bearer {key}"}
        said = {**known, **(headers or {})}
        return self.client.post(self.address + path, json=asked, headers=said)

    def records(self) -> list[dict[str, Any]]:
        """What has been recorded."""
        return recorded(self.folder / "var" / "log", "decision")

    def outcomes(self) -> list[dict[str, Any]]:
        """How calls ended that left."""
        return recorded(self.folder / "var" / "log", "outcome")

    @property
    def untouched(self) -> bool:
        """Whether no upstream was so much as connected to."""
        return self.eu.untouched and self.us.untouched

    def forget(self) -> None:
        """Forget what upstreams have received."""
        for upstream in (self.eu, self.us):
            upstream.forget()


@contextmanager
def running(
    folder: Path, eu: Upstream, us: Upstream, instead: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Proxy]:
    """Run a proxy on the example, copied into `folder`, with the files `instead` of its own."""
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
    for name, text in instead.items():
        (folder / name).write_text(text, "utf-8")
    port = _free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT / "router"),
        "EU_BASE": eu.base_url,
        "US_BASE": us.base_url,
        "EU_KEY": "key-of-the-eu-deployment",
        "US_KEY": "key-of-the-us-deployment",
        "LITELLM_MASTER_KEY": MASTER_KEY,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }
    command = [str(made()), "-c", "from litellm import run_server; run_server()"]
    command += ["--config", "config.yaml", "--host", "127.0.0.1", "--port", str(port)]
    said = (folder / "said.txt").open("wb")
    with (
        said,
        httpx2.Client(timeout=30) as client,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said) as process,
    ):
        try:
            proxy = Proxy(f"http://127.0.0.1:{port}", folder, eu, us, client)
            _await(proxy, process)
            until(lambda: _has_listed_models(proxy))
            yield proxy
        finally:
            process.terminate()


def _await(proxy: Proxy, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx2.get(f"{proxy.address}/health/liveliness").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.2)
    raise AssertionError((proxy.folder / "said.txt").read_text("utf-8"))


def _has_listed_models(proxy: Proxy) -> bool:
    """Whether it has asked what it asks by itself as it starts, once for each deployment."""
    deployments = yaml.safe_load((proxy.folder / "config.yaml").read_text("utf-8"))["model_list"]
    asked = [line for upstream in (proxy.eu, proxy.us) for line, _, _ in upstream.requests]
    return len(asked) == len(deployments)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
