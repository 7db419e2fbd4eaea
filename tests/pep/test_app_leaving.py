"""An app behind the middleware whose client leaves: how its answer ended is recorded as it was."""

from __future__ import annotations

import asyncio
import json

import pytest

from policy_router.enforcement.asgi import PolicyMiddleware
from policy_router.enforcement.asgi_messages import Event, Receive, Scope, Send
from tests.pep.conftest import Stage, Staged
from tests.pep.sdk import MESSAGES
from tests.pep.world import ALLOWED, KEYS

BODY = json.dumps({"model": ALLOWED, "messages": MESSAGES, "stream": True}).encode()
FIRST = b'data: {"model": "at-near/allowed-2026"}\n\n'
LAST = b"data: [DONE]\n\n"
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/event-stream")],
}


def _part(piece: bytes) -> Event:
    return {"type": "http.response.body", "body": piece, "more_body": True}


SAID_NOTHING: list[Event] = []
BEGUN = [START]
SAID_SOME = [START, _part(FIRST)]
SAID_ALL = [START, _part(FIRST), _part(LAST)]
ENDED = [*SAID_ALL, {"type": "http.response.body", "body": b"", "more_body": False}]


def _serve(stage: Stage, says: list[Event], *, leaves: bool, fails: bool) -> int:
    """Run an app that says this, hears the client leave, and ends; how often it was run."""
    runs = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        runs.append(scope)
        assert (await receive())["type"] == "http.request"
        for event in says:
            await send(event)
        if leaves:
            assert (await receive())["type"] == "http.disconnect"
        if fails:
            raise RuntimeError("the app fails")

    arriving: list[Event] = [{"type": "http.request", "body": BODY, "more_body": False}]

    async def receive() -> Event:
        return arriving.pop() if arriving else {"type": "http.disconnect"}

    async def send(event: Event) -> None:
        del event

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/chat/completions",
        "query_string": b"",
        "headers": [
            (b"authorization", f"Bearer {KEYS['clinic']}".encode()),
            (b"content-type", b"application/json"),
        ],
    }
    governed = PolicyMiddleware(app, pdp=stage.pdp, log=stage.log)
    if fails:
        with pytest.raises(RuntimeError):
            asyncio.run(governed(scope, receive, send))
    else:
        asyncio.run(governed(scope, receive, send))
    return len(runs)


@pytest.mark.parametrize("project", ["", "enforcement: {contradicted: withhold}\n"])
@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize(
    ("says", "stays", "left"),
    [
        pytest.param(SAID_NOTHING, "broken", "client_gone", id="nothing"),
        pytest.param(BEGUN, "cut", "client_gone", id="begun"),
        pytest.param(SAID_SOME, "cut", "client_gone", id="some"),
        # clients of streams leave at the last event: what is left then is the end of the body
        pytest.param(SAID_ALL, "cut", "complete", id="all"),
        pytest.param(ENDED, "complete", "complete", id="ended"),
    ],
)
@pytest.mark.parametrize("leaves", [False, True])
def test_an_answer_ends_as_the_client_and_the_app_ended_it(
    staged: Staged,
    project: str,
    fails: bool,
    says: list[Event],
    stays: str,
    left: str,
    leaves: bool,
) -> None:
    stage = staged(project=project)
    _serve(stage, says, leaves=leaves, fails=fails)
    assert [record["ending"] for record in stage.outcomes] == [left if leaves else stays]


def test_nothing_more_is_sent_for_a_client_that_has_left(staged: Staged) -> None:
    stage = staged(spare=True)
    assert _serve(stage, SAID_NOTHING, leaves=False, fails=True) == 2
    assert _serve(stage, SAID_NOTHING, leaves=True, fails=True) == 1
