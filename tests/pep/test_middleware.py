"""FastAPI apps behind the middleware: proxied calls, and calls that the app makes itself."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import httpx
import httpx2
import openai
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse

from examples.fastapi_app.app import create_app
from policy_router import Request as Facts
from policy_router import load
from policy_router.enforcement.asgi import PolicyMiddleware, forward_of
from policy_router.enforcement.asgi_messages import below_prefix
from policy_router.log.kept import MemoryLog
from policy_router.wire.json_strict import Limits
from tests.fakes.served import served
from tests.fakes.upstream import ANSWER
from tests.pep.conftest import Stage, Staged
from tests.pep.sdk import MESSAGES
from tests.pep.world import ALLOWED, CANARY, DENIED, KEYS, UPSTREAM_KEY


@pytest.fixture
def address(stage: Stage) -> Iterator[str]:
    """Serve the example app, deciding with the project of the stage."""
    with served(create_app(stage.pdp)) as running:
        yield running


def _records(stage: Stage) -> list[dict[str, Any]]:
    return stage.world.records("decision")


def _client(address: str, caller: str) -> openai.OpenAI:
    http = httpx2.Client()
    key = KEYS.get(caller, caller)
    return openai.OpenAI(api_key=key, base_url=f"{address}/v1", http_client=http)


def test_a_proxied_call_is_pinned_and_answered(stage: Stage, address: str) -> None:
    with _client(address, "clinic") as client:
        raw = client.chat.completions.with_raw_response.create(
            model=ALLOWED, messages=MESSAGES, extra_headers={"X-Governance-Subjects": "patients"}
        )
    assert raw.parse().choices[0].message.content == ANSWER
    assert raw.headers["x-policy-router-route"] == "near:allowed"
    assert stage.near.body()["model"] == "at-near/allowed-2026"
    assert stage.near.body()["store"] is False
    assert stage.near.headers()["authorization"] == f"Bearer {UPSTREAM_KEY}"
    assert KEYS["clinic"].encode() not in stage.near.received
    assert b"governance" not in stage.near.received.lower()
    assert [r["caller"] for r in _records(stage)] == ["clinic"]


def test_a_proxied_stream_passes(stage: Stage, address: str) -> None:
    with _client(address, "clinic") as client:
        stream = client.chat.completions.create(model=ALLOWED, messages=MESSAGES, stream=True)
        assert "".join(c.choices[0].delta.content or "" for c in stream) == ANSWER
    assert len(stage.near.requests) == 1


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br, zstd", "br", "identity", ""])
@pytest.mark.parametrize("status", [200, 404, 429])
def test_a_proxied_answer_says_how_it_is_packed_and_when_to_come_again(
    staged: Staged, accepted: str, status: int
) -> None:
    stage = staged(kind="direct")
    for upstream in (stage.near, stage.far):
        upstream.status, upstream.besides = status, "retry-after: 7\r\nset-cookie: a=b\r\n"
    with served(create_app(stage.pdp)) as address:
        answer = httpx2.post(
            f"{address}/v1/chat/completions",
            headers={"authorization": f"Bearer {KEYS['clinic']}", "accept-encoding": accepted},
            json={"model": ALLOWED, "messages": MESSAGES},
        )
    assert answer.status_code == status
    assert answer.headers["retry-after"] == "7"
    assert "set-cookie" not in answer.headers
    assert answer.headers.get("content-encoding") == ("gzip" if "gzip" in accepted else None)
    assert "error" in answer.json() if status != 200 else ANSWER in answer.text


def test_a_proxied_call_is_refused(stage: Stage, address: str) -> None:
    with _client(address, "clinic") as client, pytest.raises(openai.PermissionDeniedError) as no:
        client.chat.completions.create(model=DENIED, messages=[{"role": "user", "content": CANARY}])
    assert no.value.code == "no_compliant_route"
    assert stage.untouched
    assert len(_records(stage)) == 1
    assert CANARY not in stage.world.written


def test_without_a_known_key_nothing_is_proxied(stage: Stage, address: str) -> None:
    for key in ("nobodys-key", UPSTREAM_KEY):
        with _client(address, key) as client, pytest.raises(openai.AuthenticationError):
            client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
    assert stage.untouched


def test_the_caller_cannot_say_who_it_is(stage: Stage, address: str) -> None:
    for header in ("X-Governance-Tenant", "X-Governance-Caller", "X-Governance-Environment"):
        with (
            _client(address, "website") as client,
            pytest.raises(openai.PermissionDeniedError) as no,
        ):
            client.chat.completions.create(
                model=DENIED, messages=MESSAGES, extra_headers={header: "website"}
            )
        assert no.value.code == "floor_fact"
    assert stage.untouched


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/chat/completions"),
        ("POST", "/v1/chat/completions/"),
        ("POST", "/v1/chat/completions?model=maker/denied"),
        ("POST", "/v1//chat/completions"),
        ("POST", "//v1/chat/completions"),
        ("POST", "/V1/chat/completions"),
        ("POST", "/v1/chat%2fcompletions"),
        ("POST", "/%76%31/chat/completions"),
        ("POST", "/v1;x/chat/completions"),
        ("POST", "/v1;x=y;z/chat/completions"),
        ("POST", "/v1%3Bx/chat/completions"),
        ("POST", "/x/..;y/v1/chat/completions"),
        ("POST", "/v1%00/chat/completions"),
        ("POST", "/%00v1/chat/completions"),
        ("POST", "/v%091/chat/completions"),
        ("POST", "/v1%20/chat/completions"),
        ("POST", "/v1./chat/completions"),
        ("POST", "/v%E2%80%8B1/chat/completions"),
        ("POST", "/%EF%BD%961/chat/completions"),
        ("POST", "/%EF%BC%8Fv1/chat/completions"),
        ("POST", "/v1/%63hat/completions"),
        ("POST", "/v1/responses"),
        ("GET", "/v1/models/x?model=y"),
        ("DELETE", "/v1/files/1"),
        ("OPTIONS", "/v1/anything"),
        ("POST", "/v1"),
    ],
)
def test_other_operations_below_the_prefix_are_refused(
    stage: Stage, address: str, method: str, path: str
) -> None:
    body = json.dumps({"model": ALLOWED, "messages": MESSAGES}).encode()
    headers = {"Authorization": f"Bearer {KEYS['clinic']}", "Content-Type": "application/json"}
    with httpx.Client() as client:
        answer = client.request(method, httpx.URL(address + path), content=body, headers=headers)
    assert answer.status_code == 403
    assert stage.untouched


def test_the_apps_own_calls_are_put_to_the_policies(stage: Stage, address: str) -> None:
    with httpx.Client(base_url=address) as client:
        for caller, model, status in (
            ("clinic", ALLOWED, 200),
            ("clinic", DENIED, 403),
            ("website", DENIED, 200),
            ("nobody", ALLOWED, 403),
        ):
            answer = client.post(
                "/letters",
                json={"notes": CANARY, "model": model},
                headers={"Authorization": f"Bearer {KEYS.get(caller, caller)}"},
            )
            assert answer.status_code == status, (caller, answer.text)
    assert (len(stage.near.requests), len(stage.far.requests)) == (1, 1)
    assert [r["caller"] for r in _records(stage)] == ["clinic", "clinic", "website", None]
    assert CANARY not in stage.world.written


def _app(stage: Stage, log: MemoryLog, **settings: Any) -> FastAPI:  # noqa: ANN401
    app = FastAPI()

    @app.post("/v1/chat/completions")
    async def seen(request: Request) -> dict[str, Any]:
        forward = forward_of(request.scope)
        body = await request.body()
        return {"headers": dict(request.headers), "same": body == forward.body, "url": forward.url}

    @app.post("/away/chat/completions")
    async def away() -> RedirectResponse:
        return RedirectResponse("https://evil.example/")

    app.add_middleware(PolicyMiddleware, pdp=stage.pdp, log=log, **settings)
    return app


def _post(app: FastAPI, path: str, body: bytes, **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://app.example") as client:
            return await client.post(path, content=body, headers=headers)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("raw", "path", "root", "below"),
    [
        (b"/v1/chat/completions", "/v1/chat/completions", "", "/chat/completions"),
        (None, "/v1/chat/completions", "", "/chat/completions"),
        (b"/v1", "/v1", "", ""),
        (b"/api/v1/x", "/api/v1/x", "/api", "/x"),
        (b"/v1/x", "/v1/x", "/api", "/x"),
        (b"/v1beta/x", "/v1beta/x", "", None),
        (b"/letters", "/letters", "", None),
        (b"/letters/v1", "/letters/v1", "", None),
        # what some reader could take for a path below the prefix is none that anyone knows
        (b"/letters", "/v1/chat/completions", "", "//letters"),
        (b"/v1/chat/completions", "/letters", "", "//v1/chat/completions"),
        (b"/letters/../v1/x", "/letters/../v1/x", "", "//letters/../v1/x"),
        (b"/%2576%2531/x", "/%76%31/x", "", "//%2576%2531/x"),
        (b"\\v1\\x", "\\v1\\x", "", "/\\v1\\x"),
    ],
)
def test_which_paths_are_below_the_prefix(
    raw: bytes | None, path: str, root: str, below: str | None
) -> None:
    assert below_prefix({"raw_path": raw, "path": path, "root_path": root}, "/v1") == below


BODY = json.dumps({"model": ALLOWED, "messages": MESSAGES}).encode()
KEY = f"Bearer {KEYS['clinic']}"


def test_the_app_sees_what_is_decided_and_nothing_else(stage: Stage) -> None:
    app = _app(stage, stage.log)
    seen = _post(
        app, "/v1/chat/completions", BODY, authorization=KEY, cookie="a=b", traceparent="00-1"
    ).json()
    assert seen["same"] is True
    assert seen["url"] == f"{stage.near.base_url}/chat/completions"
    assert set(seen["headers"]) <= {
        "accept",
        "accept-encoding",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    }


def test_a_redirect_does_not_leave_the_app(stage: Stage) -> None:
    answer = _post(
        _app(stage, stage.log, prefix="/away"), "/away/chat/completions", BODY, authorization=KEY
    )
    assert answer.status_code == 502
    assert "location" not in answer.headers
    assert answer.json()["error"]["code"] == "redirected"


def test_a_body_beyond_the_bound_is_not_read_to_its_end(stage: Stage) -> None:
    app = _app(stage, stage.log, limits=Limits(size=len(BODY)))
    assert _post(app, "/v1/chat/completions", BODY, authorization=KEY).status_code == 200
    assert _post(app, "/v1/chat/completions", BODY + b" ", authorization=KEY).status_code == 413
    assert [r["refused"] for r in stage.decisions] == [None, "body_too_large"]


def test_a_program_can_say_itself_who_calls(stage: Stage) -> None:
    clinic = Facts(data=["health"], regime=["eu_gdpr"], purpose="letters", caller="desk")
    app = _app(stage, stage.log, who=lambda _: clinic)
    assert _post(app, "/v1/chat/completions", BODY).status_code == 200
    denied = json.dumps({"model": DENIED, "messages": MESSAGES}).encode()
    assert _post(app, "/v1/chat/completions", denied).status_code == 403
    assert [r["caller"] for r in stage.decisions] == ["desk", "desk"]


async def _start(app: FastAPI) -> None:
    events = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> dict[str, str]:
        return events.pop(0)

    async def send(event: MutableMapping[str, Any]) -> None:
        assert not event["type"].endswith("failed"), event

    await app({"type": "lifespan", "state": {}}, receive, send)


def test_an_app_where_nothing_is_decided_is_warned_about(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "policy_router")
    asyncio.run(_start(_app(stage, stage.log)))
    assert caplog.messages == []
    idle = FastAPI()
    idle.add_middleware(PolicyMiddleware, pdp=stage.pdp, log=stage.log)
    asyncio.run(_start(idle))
    assert ["policies decide nothing here" in message for message in caplog.messages] == [True]


@pytest.mark.parametrize(
    ("path", "idle"),
    [
        ("/{rest:path}", False),
        ("/{version}/chat/completions", False),
        ("/v1/{rest:path}", False),
        ("/v1", False),
        ("/letters/{name}", True),
        ("/v2/{rest:path}", True),
        ("/", True),
    ],
)
@pytest.mark.parametrize("mounted", [False, True])
def test_only_an_app_that_serves_nothing_below_the_prefix_is_warned_about(
    stage: Stage, caplog: pytest.LogCaptureFixture, path: str, idle: bool, mounted: bool
) -> None:
    caplog.set_level(logging.WARNING, "policy_router")
    app = FastAPI(openapi_url=None)
    inner = FastAPI(openapi_url=None) if mounted else app

    @inner.post(path)
    async def seen() -> None: ...

    if mounted:
        app.mount("/", inner)
    app.add_middleware(PolicyMiddleware, pdp=stage.pdp, log=stage.log)
    asyncio.run(_start(app))
    assert bool(caplog.messages) is (idle and not mounted)


def test_a_websocket_below_the_prefix_is_closed(stage: Stage) -> None:
    sent: list[Any] = []

    async def run() -> None:
        async def receive() -> dict[str, str]:
            return {"type": "websocket.connect"}

        async def send(event: MutableMapping[str, Any]) -> None:
            sent.append(event)

        scope = {"type": "websocket", "path": "/v1/realtime", "headers": [], "query_string": b""}
        await _app(stage, stage.log)(scope, receive, send)

    asyncio.run(run())
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_no_log_no_middleware(tmp_path: Path, stage: Stage) -> None:
    del tmp_path
    project = stage.world.folder / "policy-router.yaml"
    project.write_text(project.read_text("utf-8").replace("log:", "# log:"), "utf-8")
    without = load(project=stage.world.folder)
    with pytest.raises(ValueError, match="no log"):
        PolicyMiddleware(FastAPI(), pdp=without)
