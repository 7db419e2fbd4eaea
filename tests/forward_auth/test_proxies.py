"""Real nginx and Caddy that ask before they let a call through: what leaves them, what does not."""

from __future__ import annotations

import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import openai
import pytest

from tests.fakes.speaking import DELTAS
from tests.fakes.upstream import ANSWER, serving
from tests.forward_auth.proxies import (
    ABROAD,
    CANARY,
    CHAT,
    CLINIC,
    CLOUD_KEY,
    HERE,
    HOUSE_KEY,
    PROXIES,
    PUBLISHED,
    WEBSITE,
    Proxy,
    running,
    staged,
)
from tests.pep.serving import serving_process
from tests.pep.test_records import RECORD

ASKED = '{"model": "assistant", "messages": []}'

pytestmark = [
    pytest.mark.packaging,
    pytest.mark.xdist_group("proxies"),
    pytest.mark.skipif(
        HERE not in PUBLISHED, reason=f"no wheels of nginx and Caddy are published for {HERE}"
    ),
]


@contextmanager
def _started(name: str, folder: Path) -> Iterator[Proxy]:
    staged(folder)
    with (
        serving() as house,
        serving() as cloud,
        serving_process(folder) as sidecar,
        running(name, folder, sidecar, house, cloud) as found,
    ):
        yield found


@pytest.fixture(scope="module", params=PROXIES)
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    with _started(request.param, tmp_path_factory.mktemp("proxy")) as found:
        yield found


@pytest.fixture
def proxy(shared: Proxy) -> Proxy:
    shared.forget()
    return shared


@pytest.fixture(params=PROXIES)
def doomed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Proxy]:
    """One that a test may break."""
    with _started(request.param, tmp_path) as found:
        yield found


def _refused(proxy: Proxy, answer: httpx2.Response, code: str, status: int = 403) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["x-policy-router-code"] == code
    assert answer.json()["error"]["code"] == code
    assert CANARY not in answer.text
    record = proxy.records()[-1]
    RECORD.validate(record)
    assert (record["point"], record["admitted"]) == ("forward_auth", False)
    assert record["id"] == answer.headers["x-policy-router-decision"]
    assert proxy.untouched


def test_what_may_pass_passes_as_it_came_with_the_gateways_key(proxy: Proxy) -> None:
    answer = proxy.post(
        headers={
            "x-secret": "of-the-client",
            "cookie": "session=1",
            "x-governance-subjects": "patients",
            "accept": "application/json",
        },
        temperature=0,
    )
    assert answer.json()["choices"][0]["message"]["content"] == ANSWER
    assert proxy.house.sent[-1].endswith(answer.content)
    (request,) = proxy.house.requests
    assert request[0].startswith("POST /v1/chat/completions HTTP/")
    assert proxy.house.body() == {
        "model": "assistant",
        "messages": [{"role": "user", "content": CANARY}],
        "temperature": 0,
    }
    sent = proxy.house.headers()
    assert (sent["authorization"], sent["accept"]) == (f"Bearer {HOUSE_KEY}", "application/json")
    for secret in (CLINIC, "of-the-client", "session=1", "governance", "policy-router"):
        assert secret.encode() not in bytes(proxy.house.received).lower(), secret
    assert proxy.cloud.untouched
    record = proxy.records()[-1]
    assert (record["caller"], record["admitted"]) == ("clinic", True)
    assert record["id"] == answer.headers["x-policy-router-decision"]
    assert "x-policy-router-code" not in answer.headers


def test_each_gateway_gets_its_own_key(proxy: Proxy) -> None:
    assert proxy.post(ABROAD, WEBSITE, model="writer").status_code == 200
    assert proxy.cloud.headers()["authorization"] == f"Bearer {CLOUD_KEY}"
    assert WEBSITE.encode() not in proxy.cloud.received
    assert proxy.house.untouched


def test_streams_pass_event_by_event(proxy: Proxy) -> None:
    proxy.house.pause = threading.Event()
    with openai.OpenAI(
        api_key=CLINIC, base_url=f"{proxy.address}/house/v1", max_retries=0
    ) as client:
        stream = client.chat.completions.create(
            model="assistant", messages=[{"role": "user", "content": CANARY}], stream=True
        )
        first = next(stream)
        assert not proxy.house.pause.is_set()
        proxy.house.pause.set()
        rest = [first, *stream]
    said = [chunk.choices[0].delta.content or "" for chunk in rest if chunk.choices]
    assert "".join(said) == "".join(DELTAS)


def test_a_gateway_part_of_which_is_denied_gets_nothing(proxy: Proxy) -> None:
    """Whichever model is named: which one it is, is not seen."""
    for model in ("writer", "assistant"):
        _refused(proxy, proxy.post(ABROAD, model=model), "body_unseen")


def test_nobody_known_gets_anywhere(proxy: Proxy) -> None:
    for key in (None, "nobody", HOUSE_KEY):
        _refused(proxy, proxy.post(key=key), "unknown_caller", 401)


def test_the_sdk_raises_its_own_error_once(proxy: Proxy) -> None:
    before = len(proxy.records())
    client = openai.OpenAI(api_key=CLINIC, base_url=f"{proxy.address}/cloud/v1")
    with client, pytest.raises(openai.PermissionDeniedError) as caught:
        client.chat.completions.create(model="writer", messages=[])
    assert caught.value.code == "body_unseen"
    assert len(proxy.records()) == before + 1
    assert proxy.untouched


@pytest.mark.parametrize(
    "headers",
    [
        {"x-litellm-tags": "us"},
        {"x-governance-tenant": "ward"},
        {"x-governance-data": "no such thing"},
    ],
)
def test_headers_that_are_refused_elsewhere_are_refused_here(
    proxy: Proxy, headers: dict[str, str]
) -> None:
    answer = proxy.post(headers=headers)
    assert answer.status_code == 403
    assert proxy.records()[-1]["refused"] == answer.headers["x-policy-router-code"]
    assert proxy.untouched


@pytest.mark.parametrize(
    "path",
    [
        "/v1/chat/completions",
        "/house/v1/files",
        "/house/v1/chat/completions/../../files",
        "/house/v1/chat/completions%2f..%2ffiles",
        "/authorize",
        "/house/",
    ],
)
def test_what_has_no_address_leads_nowhere(proxy: Proxy, path: str) -> None:
    assert _raw(proxy, "POST", path).startswith(b"HTTP/1.1 404")
    assert proxy.untouched


def test_a_query_is_not_passed_on(proxy: Proxy) -> None:
    assert proxy.post(f"{CHAT}?model=writer&gateway=cloud").status_code == 200
    assert proxy.house.requests[0][0].split()[1] == "/v1/chat/completions"


@pytest.mark.parametrize("path", [CHAT.upper(), CHAT.replace("chat", "Chat")])
def test_an_address_in_another_case_is_none(proxy: Proxy, path: str) -> None:
    assert proxy.post(path).status_code == 404
    assert proxy.untouched


def test_a_body_is_bounded(doomed: Proxy) -> None:
    doomed.house.status = 500  # Caddy sends what it has read by then, and breaks off
    with suppress(httpx2.TransportError):
        assert doomed.post(padding="x" * (21 * 2**20)).status_code in {413, 502}
    assert all(len(body) <= 20 * 2**20 for _, _, body in doomed.house.requests)


def test_a_packed_call_is_refused_and_answers_are_not_packed(proxy: Proxy) -> None:
    assert proxy.post(headers={"content-encoding": "gzip"}).status_code == 415
    assert proxy.untouched
    assert proxy.post(headers={"accept-encoding": "gzip"}).status_code == 200
    assert "gzip" not in proxy.house.headers().get("accept-encoding", "")


def test_no_connection_becomes_a_websocket(proxy: Proxy) -> None:
    """Caddy shows the sidecar what the client wants, nginx does without it."""
    more = (
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    )
    status = _raw(proxy, "GET", CHAT, more).split()[1]
    if proxy.name == "caddy":
        assert (status, proxy.untouched) == (b"403", True)
    else:
        assert (status, "upgrade" in proxy.house.headers()) == (b"200", False)


def test_without_the_sidecar_nothing_passes(doomed: Proxy) -> None:
    doomed.sidecar.told(signal.SIGKILL)
    doomed.sidecar.ended()
    answer = doomed.post()
    assert answer.status_code == {"nginx": 500, "caddy": 502}[doomed.name]
    assert doomed.untouched


def test_a_sidecar_that_does_not_answer_lets_nothing_pass(doomed: Proxy) -> None:
    doomed.sidecar.told(signal.SIGSTOP)
    with pytest.raises(httpx2.TimeoutException):
        httpx2.post(doomed.address + CHAT, json={}, timeout=1)
    assert doomed.untouched
    doomed.sidecar.told(signal.SIGCONT)


def test_what_cannot_be_recorded_does_not_pass(doomed: Proxy) -> None:
    log = doomed.folder / "var"
    shutil.rmtree(log)
    log.write_text("a file where the folder should be")
    answer = doomed.post()
    assert answer.status_code == {"nginx": 500, "caddy": 503}[doomed.name]
    assert answer.headers["x-policy-router-code"] == "not_recorded"
    assert doomed.untouched


def test_a_contract_that_ends_ends_it_at_once(doomed: Proxy) -> None:
    assert doomed.post().status_code == 200
    routes = doomed.folder / "routes.yaml"
    text = routes.read_text("utf-8")
    routes.write_text(text.replace("{value: [DE], source", "{value: [DE, US], source"), "utf-8")
    doomed.sidecar.told(signal.SIGHUP)
    _until_refused(doomed)
    assert doomed.records()[-1]["decision"]["reason"] == "no_compliant_route"


def _until_refused(proxy: Proxy) -> None:
    for _ in range(100):
        if proxy.post().status_code == 403:
            return
    raise AssertionError("documents were not read again")


def _raw(proxy: Proxy, method: str, path: str, more: str = "") -> bytes:
    """The answer to a request that no client library has tidied."""
    there = urlsplit(proxy.address)
    with socket.create_connection((there.hostname or "", there.port or 0), 10) as connection:
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {CLINIC}\r\n"
        size = f"Content-Length: {len(ASKED)}\r\n\r\n"
        connection.sendall(f"{head}{more}{size}{ASKED}".encode())
        return connection.recv(65536)
