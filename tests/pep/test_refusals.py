"""Whatever is refused, at whichever point: upstream has seen no byte, no answer has content."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import httpx2
import pytest

from policy_router.enforcement import httpx2_transport, httpx_transport
from policy_router.enforcement.asgi import PolicyMiddleware
from policy_router.log.kept import MemoryLog
from policy_router.wire.json_strict import Limits
from tests.pep.conftest import Stage
from tests.pep.world import ALLOWED, CANARY, DENIED, KEYS, UPSTREAM_KEY

SAID: Any = [{"role": "user", "content": CANARY}]
BASE: Any = {"model": ALLOWED, "messages": SAID}
TEXT = json.dumps(BASE)
IMAGE: Any = {"type": "image_url", "image_url": {"url": "https://evil.example/a.png"}}


@dataclass(frozen=True, slots=True)
class Sent:
    """A request, and how it must be refused."""

    status: int
    code: str
    body: bytes = TEXT.encode()
    caller: str = "clinic"
    method: str = "POST"
    path: str = "/chat/completions"
    headers: Mapping[str, str] = field(default_factory=dict)


def _with(status: int, code: str, caller: str = "clinic", **more: Any) -> Sent:  # noqa: ANN401
    return Sent(status, code, json.dumps({**BASE, **more}).encode(), caller)


def _text(status: int, code: str, text: str) -> Sent:
    return Sent(status, code, text.encode())


def _header(status: int, code: str, name: str, value: str, caller: str = "clinic") -> Sent:
    return Sent(status, code, caller=caller, headers={name: value})


REFUSED: Final[dict[str, Sent]] = {
    # decided by policy
    "denied route": _with(403, "no_compliant_route", model=DENIED),
    "denied pin": _with(403, "no_compliant_route", model="far:denied"),
    "unknown model": _with(403, "unknown_model", model="maker/unheard-of"),
    "suffix is no match": _with(403, "unknown_model", model=f"{ALLOWED}:online"),
    "case is no match": _with(403, "unknown_model", model=ALLOWED.upper()),
    "prefix is no match": _with(403, "unknown_model", model="allowed"),
    "address is no name": _with(403, "unknown_model", model="at-near/allowed-2026"),
    "obligation": _with(403, "obligation", web_search_options={}),
    "facts missing": _with(403, "facts_missing", caller="mailer"),
    "unsuitable": _with(
        403, "unsuitable", caller="website", model="maker/plain", reasoning_effort="high"
    ),
    # bytes that parsers read differently
    "duplicate model": _text(400, "duplicate_key", TEXT[:-1] + f', "model": "{DENIED}"}}'),
    "duplicate in capitals": _text(400, "duplicate_key", TEXT[:-1] + f', "MODEL": "{DENIED}"}}'),
    "duplicate escaped": _text(400, "duplicate_key", TEXT[:-1] + f', "\\u006dodel": "{DENIED}"}}'),
    "duplicate further in": _text(
        400, "duplicate_key", TEXT.replace('"role"', '"role": "user", "role"')
    ),
    "trailing data": _text(400, "invalid_body", TEXT + TEXT),
    "not a number": _text(400, "invalid_body", TEXT[:-1] + ', "temperature": NaN}'),
    "cut short": _text(400, "invalid_body", TEXT[:-1]),
    "byte order mark": _text(400, "invalid_body", "\ufeff" + TEXT),
    "other encoding": Sent(400, "invalid_body", TEXT.encode("utf-16")),
    "half a character": _text(400, "invalid_body", TEXT[:-1] + ', "user": "\\ud800"}'),
    "nested deeply": _text(400, "invalid_body", TEXT[:-1] + ', "x": ' + "[" * 90 + "]" * 90 + "}"),
    "no body": _text(400, "invalid_body", ""),
    "not an object": _text(400, "invalid_body", "[]"),
    "too large": Sent(413, "body_too_large", TEXT.encode() + b" " * 5000),
    "bomb": Sent(
        413,
        "body_too_large",
        gzip.compress(b" " * 1_000_000, mtime=0),
        headers={"Content-Encoding": "gzip"},
    ),
    "unknown encoding": _header(415, "unsupported_media", "Content-Encoding", "compress"),
    "encoded twice": _header(415, "unsupported_media", "Content-Encoding", "gzip, gzip"),
    "not the encoding": _header(400, "invalid_body", "Content-Encoding", "gzip"),
    "other media": _header(415, "unsupported_media", "Content-Type", "multipart/form-data"),
    # second mentions of a model, and other targets
    "models": _with(403, "second_model", models=[ALLOWED, DENIED]),
    "fallbacks": _with(403, "second_model", fallbacks=[{"model": DENIED}]),
    "fallback models": _with(403, "second_model", fallback_models=[DENIED]),
    "provider": _with(403, "second_model", provider={"order": ["x"]}),
    "moderation": _with(403, "second_model", moderation={"model": DENIED}),
    "extra body": _with(403, "second_model", extra_body={"model": DENIED}),
    "api base": _with(403, "second_model", api_base="https://evil.example"),
    "model in the query": Sent(403, "second_model", path=f"/chat/completions?model={DENIED}"),
    "query": Sent(403, "not_classified", path="/chat/completions?api-version=1"),
    "model in a header": _header(403, "steering_header", "X-Model", DENIED),
    "target in a header": _header(403, "steering_header", "X-Target-URL", "https://evil.example"),
    "beta header": _header(403, "steering_header", "OpenAI-Beta", "assistants=v2"),
    "other verb": _header(403, "steering_header", "X-HTTP-Method-Override", "GET"),
    # state, third parties, and what nobody has looked at
    "kept answer": _with(403, "keeps_state", previous_response_id="resp_1"),
    "kept for a day": _with(403, "keeps_state", prompt_cache_retention="24h"),
    "kept file": _with(
        403,
        "keeps_state",
        messages=[{"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]}],
    ),
    "fetched image": _with(403, "third_party", messages=[{"role": "user", "content": [IMAGE]}]),
    "plugins": _with(403, "third_party", plugins=[{"id": "web"}]),
    "unknown parameter": _with(403, "not_classified", unheard_of=CANARY),
    "unknown tool": _with(403, "not_classified", tools=[{"type": "mcp", "server_url": CANARY}]),
    "unknown part": _with(
        403, "not_classified", messages=[{"role": "user", "content": [{"type": CANARY}]}]
    ),
    "dear tier": _with(403, "changes_price", service_tier="priority"),
    "name of another alphabet": _with(400, "invalid_model_name", model="m\u0430ker/allowed"),
    "name with a space": _with(400, "invalid_model_name", model=f"{ALLOWED} {CANARY}"),
    "no model": _text(400, "invalid_parameter", json.dumps({"messages": SAID})),
    "wrong type": _with(400, "invalid_parameter", temperature=CANARY),
    "other operation": Sent(403, "keeps_state", path="/responses/resp_1"),
    "other verb of it": Sent(403, "keeps_state", method="GET"),
    "unknown operation": Sent(403, "unknown_operation", path="/unheard/of"),
    "encoded path": Sent(403, "unknown_operation", path="/%63hat/completions"),
    # facts
    "says who it is": _header(403, "floor_fact", "X-Governance-Tenant", "ward", "website"),
    "says so in metadata": _with(403, "floor_fact", metadata={"governance_tenant": "ward"}),
    "contradicts": _header(403, "contradicted_fact", "X-Governance-Purpose", "publishing"),
    "unknown fact": _header(400, "unknown_fact", "X-Governance-Model", DENIED),
    "unknown value": _header(400, "unknown_fact", "X-Governance-Data", CANARY),
    "declared so much": Sent(
        403,
        "no_compliant_route",
        json.dumps({**BASE, "model": DENIED}).encode(),
        "website",
        headers={"X-Governance-Data": "health"},
    ),
}

Post = Callable[[Stage, MemoryLog, Sent, str], tuple[int, Mapping[str, str], bytes]]
LIMITS = Limits(size=4000)


def _headers(sent: Sent, key: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {key}",
        "X-Stainless-Retry-Count": "0",
        **sent.headers,
    }


def _through_httpx(stage: Stage, log: MemoryLog, sent: Sent, key: str) -> Any:  # noqa: ANN401
    transport = httpx_transport.PolicyTransport(stage.pdp, log=log, limits=LIMITS)
    with httpx.Client(transport=transport) as client:
        address = f"https://api.openai.com/v1{sent.path}"
        answer = client.request(
            sent.method, address, content=sent.body, headers=_headers(sent, key)
        )
    return answer.status_code, answer.headers, answer.content


def _through_httpx2(stage: Stage, log: MemoryLog, sent: Sent, key: str) -> Any:  # noqa: ANN401
    async def ask() -> Any:  # noqa: ANN401
        transport = httpx2_transport.AsyncPolicyTransport(stage.pdp, log=log, limits=LIMITS)
        async with httpx2.AsyncClient(transport=transport) as client:
            address = f"https://api.openai.com/v1{sent.path}"
            return await client.request(
                sent.method, address, content=sent.body, headers=_headers(sent, key)
            )

    answer = asyncio.run(ask())
    return answer.status_code, answer.headers, answer.content


def _through_asgi(stage: Stage, log: MemoryLog, sent: Sent, key: str) -> Any:  # noqa: ANN401
    async def inner(*_: object) -> None:
        raise AssertionError("the app was reached")

    async def ask() -> httpx.Response:
        app = PolicyMiddleware(inner, pdp=stage.pdp, log=log, limits=LIMITS)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://app.example") as client:
            address = httpx.URL(f"http://app.example/v1{sent.path}")
            return await client.request(
                sent.method, address, content=sent.body, headers=_headers(sent, key)
            )

    answer = asyncio.run(ask())
    return answer.status_code, answer.headers, answer.content


@pytest.mark.parametrize("post", [_through_httpx, _through_httpx2, _through_asgi])
def test_every_refusal(stage: Stage, caplog: pytest.LogCaptureFixture, post: Post) -> None:
    caplog.set_level(logging.DEBUG)
    for name, sent in REFUSED.items():
        log = MemoryLog()
        status, headers, body = post(stage, log, sent, KEYS[sent.caller])
        error = json.loads(body)["error"]
        assert (status, error["code"]) == (sent.status, sent.code), name
        assert stage.untouched, name
        assert set(error) == {"message", "type", "code", "param", "policy_router"}, name
        assert headers["x-should-retry"] == "false", name
        (record,) = log.records
        assert error["policy_router"]["decision"] == record["id"], name
        assert headers["x-policy-router-decision"] == record["id"], name
        assert record["admitted"] is False, name
        for secret in (CANARY, KEYS[sent.caller], UPSTREAM_KEY):
            assert secret not in f"{body!r}{record}{dict(headers)}", name
    for secret in (CANARY, UPSTREAM_KEY, *KEYS.values()):
        assert secret not in caplog.text


def test_the_call_they_are_made_of_would_have_been_sent(stage: Stage) -> None:
    for number, post in enumerate((_through_httpx, _through_httpx2)):
        status, _, _ = post(stage, stage.log, Sent(200, ""), KEYS["clinic"])
        assert status == 200
        assert len(stage.near.requests) == number + 1


def test_a_gzipped_call_is_sent_plain(stage: Stage) -> None:
    zipped = Sent(
        200, "", gzip.compress(TEXT.encode(), mtime=0), headers={"Content-Encoding": "gzip"}
    )
    assert _through_httpx(stage, stage.log, zipped, KEYS["clinic"])[0] == 200
    assert stage.near.body()["messages"] == SAID
    assert "content-encoding" not in stage.near.headers()
