"""What a client sent to LiteLLM's proxy, as it came: looked at before LiteLLM acts on any of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from policy_router.enforcement.litellm_data import KEY_HEADER, OPERATIONS
from policy_router.wire.headers import lowered
from policy_router.wire.http_call import HttpCall, read_call
from policy_router.wire.json_strict import Limits
from policy_router.wire.operation import Dialect
from policy_router.wire.operations import listed_model
from policy_router.wire.refusal import RefusalCode, Refused

VERSION: Final = "/v1"
"""What the proxy lets its clients put before the path of an operation, or leave out."""

_PATHS: Final = frozenset(operation.path for operation in OPERATIONS.values())
_HEALTH: Final = frozenset(
    {"/health", "/health/liveliness", "/health/liveness", "/health/readiness"}
)
"""Questions about the proxy, which carry nothing of a client's."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request to the proxy. `path`: as LiteLLM routes by it. `headers`: raw, in their order."""

    method: str
    path: str
    query: str
    headers: Iterable[tuple[bytes, bytes]] = field(repr=False)
    body: bytes = field(repr=False)


def check_sent(sent: Sent, limits: Limits) -> None:
    """Refuse whatever is no governed call, no list of models and no question about its health.

    LiteLLM moves, merges and drops fields before any hook has a call, and may already have handed
    it on to a guardrail or a policy of its own by then; so a governed call is read here whole.
    """
    path = sent.path.removeprefix(VERSION)
    if sent.method == "GET" and (
        sent.path in _HEALTH or listed_model("GET", path, sent.query) is not None
    ):
        return
    if path not in _PATHS:
        raise Refused(
            RefusalCode.UNKNOWN_OPERATION,
            "this is no operation of the proxy's that policies govern",
            "governed are chat completions, responses and embeddings",
        )
    headers = tuple((n, v) for n, v in lowered(sent.headers) if n != KEY_HEADER)
    read_call(HttpCall(sent.method, path, sent.query, headers, sent.body, Dialect.OPENAI), limits)
