"""The sidecar on a loopback port, and clients of the SDKs pointed at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import anthropic
import httpx2
import openai
from google import genai
from google.genai import types

from policy_router.enforcement.gate import Gate
from policy_router.enforcement.sidecar.app import POINT, Sidecar
from policy_router.enforcement.sidecar.upstream import Patience
from policy_router.log.kept import Log
from tests.fakes.served import served
from tests.pep.conftest import Stage
from tests.pep.world import ALLOWED, KEYS

CHAT: dict[str, Any] = {"model": ALLOWED, "messages": [{"role": "user", "content": "hello"}]}


@dataclass(frozen=True, slots=True)
class Running:
    """A sidecar that runs: its app, its address, and clients of the caller with `key`."""

    sidecar: Sidecar
    address: str
    key: str = KEYS["clinic"]

    def async_openai(self) -> openai.AsyncOpenAI:
        """A client of OpenAI's SDK for event loops."""
        return openai.AsyncOpenAI(api_key=self.key, base_url=f"{self.address}/v1", max_retries=0)

    def async_anthropic(self) -> anthropic.AsyncAnthropic:
        """A client of Anthropic's SDK for event loops."""
        return anthropic.AsyncAnthropic(api_key=self.key, base_url=self.address, max_retries=0)

    def openai(self) -> openai.OpenAI:
        """A client of OpenAI's SDK."""
        return openai.OpenAI(api_key=self.key, base_url=f"{self.address}/v1", max_retries=0)

    def anthropic(self) -> anthropic.Anthropic:
        """A client of Anthropic's SDK."""
        return anthropic.Anthropic(api_key=self.key, base_url=self.address, max_retries=0)

    def google(self) -> genai.Client:
        """A client of Google's SDK."""
        options = types.HttpOptions(base_url=self.address)
        return genai.Client(api_key=self.key, http_options=options)

    def post(self, path: str = "/v1/chat/completions", **more: Any) -> httpx2.Response:  # noqa: ANN401
        """Send a call as plain HTTP; by default a chat that is permitted."""
        headers = {"authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        asked = {"timeout": 30, **more}
        if not {"content", "json"} & more.keys():
            asked["json"] = CHAT
        return httpx2.post(self.address + path, headers=headers, **asked)


@contextmanager
def running(stage: Stage, log: Log | None = None, silent: float = 30) -> Iterator[Running]:
    """Serve the project of `stage`, recording in its log."""
    gate = Gate(stage.pdp, log or stage.log, POINT)
    sidecar = Sidecar(gate, Patience(connect=2, silent=silent))
    with served(sidecar) as address:
        yield Running(sidecar, address)
