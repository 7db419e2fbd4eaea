"""The sidecar between the official SDKs and upstreams: nothing leaks, nothing is changed."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import anthropic
import httpx2
import openai
import pytest

from policy_router.audit.record import Record
from policy_router.log.kept import MemoryLog
from policy_router.service.pdp import PDP
from tests.fakes.speaking import ANSWER, DELTAS
from tests.patience import until
from tests.pep.conftest import Stage, Staged
from tests.pep.saying import RAISED, SAYING, SILENT, said_async
from tests.pep.serving import got
from tests.pep.sidecars import CHAT, Running, running
from tests.pep.world import ALLOWED, CANARY, DENIED, KEYS, UPSTREAM_KEY


@pytest.fixture
def direct(staged: Staged) -> Stage:
    """Gateways that are the providers' own interfaces, in every dialect."""
    return staged(kind="direct")


@pytest.fixture
def sidecar(direct: Stage) -> Iterator[Running]:
    with running(direct) as found:
        yield found


def _bytes_of(stage: Stage) -> bytes:
    """The body of the last answer as upstream sent it, without its head."""
    return b"".join(stage.near.sent).partition(b"\r\n\r\n")[2]


# Google's SDK is what inherits from it
@pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")
def test_asynchronous_clients_work_too(direct: Stage, sidecar: Running) -> None:
    assert asyncio.run(said_async(sidecar, ALLOWED)) == [ANSWER] * 7
    until(lambda: len(direct.outcomes) == 7)
    assert {r["ending"] for r in direct.outcomes} == {"complete"}


@pytest.mark.parametrize("name", SAYING)
def test_what_is_permitted_works_as_without_us(direct: Stage, sidecar: Running, name: str) -> None:
    assert SAYING[name](sidecar, ALLOWED) == ANSWER
    assert len(direct.near.requests) == len(direct.decisions) == 1
    assert direct.far.untouched
    assert UPSTREAM_KEY.encode() in direct.near.received
    assert KEYS["clinic"].encode() not in direct.near.received
    assert ALLOWED.encode() not in direct.near.received
    until(lambda: direct.outcomes)
    (outcome,) = direct.outcomes
    assert outcome["ending"] == "complete"
    standing = outcome["attestation"]["standing"]
    assert standing == ("unattested" if name in SILENT else "attested")


@pytest.mark.parametrize("name", SAYING)
def test_what_is_denied_is_each_sdks_own_error_once(
    direct: Stage, sidecar: Running, name: str
) -> None:
    with pytest.raises(RAISED[name]) as caught:
        SAYING[name](sidecar, DENIED)
    assert direct.untouched
    assert len(direct.log.records) == 1
    assert "near:allowed" in str(caught.value)
    assert CANARY not in f"{caught.value}{direct.log.records}"


def test_each_sdk_lists_what_may_be_asked_for(direct: Stage, sidecar: Running) -> None:
    assert {model.id for model in sidecar.openai().models.list()} == {ALLOWED}
    assert {model.id for model in sidecar.anthropic().models.list()} == {ALLOWED}
    google = sidecar.google()
    assert {model.name for model in google.models.list()} == {f"models/{ALLOWED}"}
    assert sidecar.openai().models.retrieve(ALLOWED).id == ALLOWED
    assert direct.untouched


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_the_answer_is_upstreams_byte_for_byte(
    direct: Stage, sidecar: Running, accepted: str
) -> None:
    direct.near.besides = (
        "x-request-id: req_1\r\nset-cookie: a=b\r\nalt-svc: h3\r\nx-policy-router-route: none\r\n"
    )
    headers = {"authorization": f"Bearer {sidecar.key}", "accept-encoding": accepted}
    url = f"{sidecar.address}/v1/chat/completions"
    with httpx2.stream("POST", url, headers=headers, json=CHAT) as answer:
        assert b"".join(answer.iter_raw()) == _bytes_of(direct)
    assert answer.headers.get("content-encoding", "identity") == accepted
    assert answer.headers["x-request-id"] == "req_1"
    assert answer.headers.get_list("x-policy-router-route") == ["near:allowed"]
    assert answer.headers["x-policy-router-requested"] == ALLOWED
    assert answer.headers["x-policy-router-decision"] == direct.decisions[0]["id"]
    assert not {"set-cookie", "alt-svc"} & set(answer.headers)


def test_a_stream_comes_event_by_event(direct: Stage, sidecar: Running) -> None:
    """Each event is here before the next one is sent."""
    direct.near.pause = threading.Event()
    headers = {"authorization": f"Bearer {sidecar.key}", "accept-encoding": "identity"}
    asked = {**CHAT, "stream": True}
    url = f"{sidecar.address}/v1/chat/completions"
    with httpx2.stream("POST", url, headers=headers, json=asked) as answer:
        pieces = answer.iter_raw()
        first = next(pieces)
        assert DELTAS[0].encode() in first
        assert DELTAS[1].encode() not in first
        direct.near.pause.set()
        rest = b"".join(pieces)
    assert rest.endswith(b"data: [DONE]\n\n")


def test_a_client_that_leaves_is_recorded_and_upstream_let_go(
    direct: Stage, sidecar: Running
) -> None:
    direct.near.pause = threading.Event()
    headers = {"authorization": f"Bearer {sidecar.key}"}
    asked = {**CHAT, "stream": True}
    url = f"{sidecar.address}/v1/chat/completions"
    with httpx2.stream("POST", url, headers=headers, json=asked) as answer:
        next(answer.iter_raw())
    until(lambda: direct.outcomes)
    assert direct.outcomes[0]["ending"] == "client_gone"
    until(lambda: sidecar.sidecar.state.calls == 0)
    direct.near.pause.set()


def test_a_client_that_leaves_before_the_answer_is_not_failed_over(staged: Staged) -> None:
    stage = staged(spare=True)
    stage.far.held = threading.Event()

    async def leave(sidecar: Running) -> None:
        url, headers = sidecar.address, {"authorization": f"Bearer {sidecar.key}"}
        async with httpx2.AsyncClient(base_url=url, headers=headers) as client:
            asking = asyncio.ensure_future(client.post("/v1/chat/completions", json=CHAT))
            await stage.far.reached()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    with running(stage) as sidecar:
        asyncio.run(leave(sidecar))
        until(lambda: stage.outcomes)
    stage.far.held.set()
    assert stage.outcomes[0]["ending"] == "client_gone"
    assert stage.near.untouched


def test_an_answer_that_breaks_off_breaks_off_here(direct: Stage, sidecar: Running) -> None:
    direct.near.cut = True
    with pytest.raises(httpx2.RemoteProtocolError):
        sidecar.post(json={**CHAT, "stream": True})
    until(lambda: direct.outcomes)
    assert direct.outcomes[0]["ending"] == "cut"


def test_the_next_route_answers_where_one_fails(staged: Staged) -> None:
    stage = staged(spare=True)
    stage.far.status = 503
    with running(stage) as sidecar:
        assert sidecar.post().headers["x-policy-router-route"] == "near:allowed"
    assert [r["attempt"]["route"] for r in stage.decisions] == ["far:allowed", "near:allowed"]


def test_so_it_does_where_one_is_silent_for_too_long(staged: Staged) -> None:
    stage = staged(spare=True)
    stage.far.held = threading.Event()
    with running(stage, silent=2) as sidecar:
        assert sidecar.post().headers["x-policy-router-route"] == "near:allowed"
    stage.far.held.set()
    assert stage.decisions[1]["attempt"]["after"]["ending"] == "timed_out"


def test_where_none_can_be_reached_it_says_so(direct: Stage, sidecar: Running) -> None:
    direct.near.silent = True
    answer = sidecar.post()
    assert answer.status_code == 502
    assert answer.json()["error"]["code"] == "upstream_unreachable"
    assert "x-should-retry" not in answer.headers


def test_upstreams_own_error_is_the_answer(direct: Stage, sidecar: Running) -> None:
    direct.near.status = 429
    with pytest.raises(openai.RateLimitError):
        sidecar.openai().chat.completions.create(**CHAT)
    with pytest.raises(anthropic.RateLimitError):
        sidecar.anthropic().messages.create(**CHAT, max_tokens=4)


def test_a_redirect_is_not_followed(direct: Stage, sidecar: Running) -> None:
    direct.near.status, direct.near.location = 307, direct.far.base_url
    answer = sidecar.post()
    assert answer.json()["error"]["code"] == "redirected"
    assert direct.far.untouched


@pytest.mark.parametrize("key", ["x", UPSTREAM_KEY, KEYS["clinic"][:-1], KEYS["clinic"].upper()])
def test_nobody_unknown_is_let_in(direct: Stage, sidecar: Running, key: str) -> None:
    answer = sidecar.post(headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 401
    assert direct.untouched
    assert [record["refused"] for record in direct.log.records] == ["unknown_caller"]


def test_two_keys_are_nobodys(direct: Stage, sidecar: Running) -> None:
    assert sidecar.post(headers={"x-api-key": KEYS["website"]}).status_code == 401
    assert direct.untouched


@pytest.mark.parametrize(
    "path",
    [
        "/chat/completions/",
        "/v1//chat/completions",
        "/v1/%63hat/completions",
        "/v1/CHAT/completions",
        "/v1/v1/chat/completions",
        "/v1/../v1/chat/completions",
        "/v1/chat/completions?model=maker/denied",
        "/v1/files",
        "/v1/responses/resp_1",
        "/v1beta/models/maker/denied%3AgenerateContent",
        "/openai/deployments/x/chat/completions",
        "/",
        "/metrics",
        "/healthz/",
    ],
)
def test_other_paths_are_refused(direct: Stage, sidecar: Running, path: str) -> None:
    """Sent as written, as clients tidy paths."""
    host = urlsplit(sidecar.address)
    lines = (
        f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {sidecar.key}\r\n"
        "content-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
    )
    with socket.create_connection((host.hostname or "", host.port or 0)) as connection:
        connection.sendall(lines.encode())
        status = connection.makefile("rb").readline()
    assert b" 403 " in status
    assert direct.untouched


class _Full(MemoryLog):
    """A log with no room."""

    def append(self, record: Record) -> None:
        raise OSError(28, "no space", record["id"])


def test_what_cannot_be_recorded_is_not_sent(direct: Stage) -> None:
    with running(direct, log=_Full()) as sidecar:
        answer = sidecar.post()
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "not_recorded")
    assert direct.untouched


def test_a_fault_of_ours_is_a_503_in_the_callers_dialect(
    direct: Stage, sidecar: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr("policy_router.enforcement.sidecar.app.exchange", fail)
    with pytest.raises(anthropic.ServiceUnavailableError) as caught:
        sidecar.anthropic().messages.create(**CHAT, max_tokens=4)
    assert "undecided" in str(caught.value)
    assert CANARY not in str(caught.value)
    monkeypatch.undo()
    monkeypatch.setattr(PDP, "decide", fail)
    assert sidecar.post().json()["error"]["code"] == "undecided"
    assert direct.untouched


def test_its_health_is_told_to_anyone(direct: Stage, sidecar: Running) -> None:
    assert got(f"{sidecar.address}/healthz").json() == {"status": "ok"}
    assert got(f"{sidecar.address}/readyz").status_code == 200
    sidecar.sidecar.state.stopping = True
    assert got(f"{sidecar.address}/healthz").status_code == 200
    assert got(f"{sidecar.address}/readyz").status_code == 503
    assert direct.log.records == []


def test_a_body_beyond_the_bound_is_refused(direct: Stage, sidecar: Running) -> None:
    answer = sidecar.post(content=b" " * (20 * 2**20 + 1))
    assert answer.status_code == 413
    assert direct.untouched


def test_many_streams_at_once_each_get_their_own(direct: Stage, sidecar: Running) -> None:
    said: list[str | None] = []
    threads = [
        threading.Thread(target=lambda: said.append(SAYING["chat stream"](sidecar, ALLOWED)))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert said == [ANSWER] * 20
    until(lambda: len(direct.outcomes) == 20)
    assert {r["ending"] for r in direct.outcomes} == {"complete"}


def test_a_reload_amid_calls_divides_them_cleanly(direct: Stage, sidecar: Running) -> None:
    """Each call has one snapshot: what it was decided from is what its record names."""
    file = direct.world.folder / "documents.yaml"
    good = file.read_text("utf-8")
    bad = good.replace("value: [DE]", "value: [US]")
    permits = {direct.pdp.snapshot.digests.registry: True}
    statuses: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: statuses.extend(sidecar.post().status_code for _ in range(8))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for text in (bad, good) * 3:
        file.write_text(text, "utf-8")
        permits[direct.pdp.reload().digests.registry] = text == good
    for thread in threads:
        thread.join(60)
    assert len(statuses) == 32
    assert set(statuses) <= {200, 403}
    for record in direct.decisions:
        assert record["admitted"] is permits[record["decision"]["digests"]["registry"]]
    assert statuses.count(200) == sum(r["admitted"] for r in direct.decisions)
