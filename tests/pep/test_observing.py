"""Observing: calls pass as they came, dated and recorded, and only while the project says so."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from typing import Any

import httpx2
import openai
import pytest

from examples.fastapi_app.app import create_app
from policy_router import PDP, DocumentErrors, load
from policy_router.domain.decision import Reason
from policy_router.enforcement.answer import Forward
from policy_router.enforcement.sidecar.connection import UpstreamError
from policy_router.enforcement.sidecar.metrics import Metrics
from policy_router.enforcement.sidecar.reloading import Reloading
from policy_router.enforcement.sidecar.upstream import Patience, pool, send
from policy_router.log.ledger import Ledger
from policy_router.report.observed import _TO_DO
from policy_router.wire.operation import Dialect
from policy_router.wire.refusal import RefusalCode, Refused
from tests.cli.running import run
from tests.fakes.served import served
from tests.fakes.speaking import ANSWER
from tests.pep.conftest import Stage, Staged
from tests.pep.sdk import MESSAGES, sync_client
from tests.pep.sidecars import CHAT, running
from tests.pep.test_records import RECORD
from tests.pep.test_transports import HEALTH
from tests.pep.world import ALLOWED, DENIED, KEYS, UPSTREAM_KEY, build


def until(days: int) -> str:
    day = (datetime.now(UTC) + timedelta(days=days)).date()
    return f"enforcement: {{mode: observe, until: {day}}}\n"


@pytest.fixture
def observing(staged: Staged) -> Stage:
    return staged(project=until(30))


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
@pytest.mark.parametrize("model", [ALLOWED, DENIED, "nobody/knows"])
def test_a_transport_lets_calls_pass_as_they_came(
    observing: Stage, library: str, model: str
) -> None:
    said: Any = {"model": model, "messages": MESSAGES, "unheard_of": 1}
    with sync_client(observing, library, key="the-programs-own", who=HEALTH) as client:
        base = f"{observing.far.base_url}/"
        raw = client.with_options(base_url=base).chat.completions.with_raw_response.create(
            model=model,
            messages=MESSAGES,
            extra_body={"unheard_of": 1},
            extra_headers={"X-Governance-Subjects": "patients"},
        )
    assert raw.parse().choices[0].message.content == ANSWER
    assert observing.far.body() == said
    assert observing.far.headers()["authorization"] == "Bearer the-programs-own"
    assert b"governance" not in observing.far.received.lower()
    assert observing.near.untouched
    assert raw.headers["x-policy-router-observed"] == "true"
    (record,) = observing.decisions
    assert (record["observed"], record["admitted"]) == (True, False)
    assert record["refused"] == "not_classified"


def test_the_record_says_what_would_have_become_of_it(observing: Stage) -> None:
    with sync_client(observing, "httpx2", who=HEALTH) as client:
        far = client.with_options(base_url=f"{observing.far.base_url}/").chat.completions
        far.create(model=DENIED, messages=MESSAGES)
        far.create(model=ALLOWED, messages=MESSAGES)
    denied, permitted = observing.decisions
    assert (denied["admitted"], denied["decision"]["reason"]) == (False, "no_compliant_route")
    assert (permitted["admitted"], permitted["decision"]["route"]) == (True, "near:allowed")
    assert [record["observed"] for record in observing.outcomes] == [True, True]


def test_a_proxying_app_passes_them_to_the_first_gateway(observing: Stage) -> None:
    with served(create_app(observing.pdp, observing.log)) as address, httpx2.Client() as http:
        client = openai.OpenAI(
            api_key=KEYS["clinic"], base_url=f"{address}/v1", http_client=http, max_retries=0
        )
        client.chat.completions.create(model=DENIED, messages=MESSAGES)
        with pytest.raises(openai.AuthenticationError):
            client.with_options(api_key="nobody").chat.completions.create(
                model=DENIED, messages=MESSAGES
            )
    assert observing.near.body()["model"] == DENIED
    assert observing.near.headers()["authorization"] == f"Bearer {UPSTREAM_KEY}"
    assert KEYS["clinic"].encode() not in observing.near.received
    assert len(observing.near.requests) == 1


@pytest.mark.parametrize("chunks", [1, 2, 50])
def test_the_sidecar_says_once_how_long_a_body_is(observing: Stage, chunks: int) -> None:
    """Whatever came in pieces: an upstream that does not know the end takes it for a call."""
    body = json.dumps({**CHAT, "user": "u" * 99}).encode()
    size = len(body) // chunks + 1
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    with running(observing) as sidecar:
        answers = [sidecar.post(content=iter(pieces)) for _ in range(3)]
        named = {
            "connection": "keep-alive, x-of-one",
            "x-of-one": "hop",
            "content-length": str(len(body)),
        }
        answers.append(sidecar.post(content=body, headers=named))
    assert [answer.status_code for answer in answers] == [200] * 4
    requests = observing.near.requests + observing.far.requests
    assert [sent for _, _, sent in requests] == [body] * 4
    for _, headers, _ in requests:
        assert headers["content-length"] == str(len(body))
        assert not {"transfer-encoding", "x-of-one"} & headers.keys()
    received = bytes(observing.near.received + observing.far.received).lower()
    assert received.count(b"content-length:") == 4


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v1/files/file-1"),
        ("POST", "/v1/files"),
        ("GET", "/v1/files"),
        ("GET", "/v1/key"),
        ("GET", "/v1/credits"),
        ("GET", "/v1/organization/costs"),
        ("POST", "/v1/organization/admin_api_keys"),
        ("POST", "/v1/models"),
        ("GET", "/v1/models/../files"),
        ("POST", "/v1/chat/completions?model=another"),
        ("POST", "/v1/messages"),
        ("GET", "/v1/chat/completions"),
    ],
)
def test_our_key_opens_nothing_but_governed_operations(
    observing: Stage, method: str, path: str
) -> None:
    """Observing lets calls to models pass; it lends nobody the account behind them."""
    with running(observing) as sidecar:
        headers = {"authorization": f"Bearer {sidecar.key}"}
        answer = httpx2.request(method, sidecar.address + path, headers=headers, json=CHAT)
    assert answer.status_code in {400, 403}
    assert "x-policy-router-observed" not in answer.headers
    assert observing.untouched
    assert [record["observed"] for record in observing.decisions] == [False]


def _declaring(name: str) -> bytes:
    body = json.dumps({**CHAT, "metadata": {"NAME": "health", "mine": "kept"}})
    return body.replace("NAME", name).encode()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "name", ["governance_data", "Governance_Purpose", "gov\\u0065rnance_data", "GOVERNANCE_x"]
)
def test_what_is_declared_to_us_goes_to_nobody_else(
    observing: Stage, name: str, packed: bool
) -> None:
    body, headers = _declaring(name), {"content-type": "application/json"}
    if packed:
        body, headers = gzip.compress(body, mtime=0), {**headers, "content-encoding": "gzip"}
    declared = {"x-governance-purpose": "letters", "X-Governance-Data-Subject": "somebody"}
    with running(observing) as sidecar:
        assert sidecar.post(content=body, headers={**headers, **declared}).status_code == 200
    assert observing.near.body() == {**CHAT, "metadata": {"mine": "kept"}}
    assert b"governance" not in observing.near.received.lower()
    assert "content-encoding" not in observing.near.headers()


@pytest.mark.parametrize("body", [b'{"model": "a", "Model": "b"}', b"{", b"[]", b"\xff"])
def test_what_cannot_be_looked_through_does_not_pass(observing: Stage, body: bytes) -> None:
    with running(observing) as sidecar:
        assert sidecar.post(content=body).status_code == 400
    assert observing.untouched
    assert [record["observed"] for record in observing.decisions] == [False]


@pytest.mark.parametrize("path", ["/v1/models", f"/v1/models/{DENIED}", "/v1/models?limit=5"])
def test_a_list_of_models_is_upstreams_while_calls_are(observing: Stage, path: str) -> None:
    observing.near.statuses.append(418)
    with running(observing) as sidecar:
        headers = {"authorization": f"Bearer {sidecar.key}"}
        answer = httpx2.get(sidecar.address + path, headers=headers)
        assert answer.status_code == 418
        assert httpx2.get(sidecar.address + path).status_code == 401
    ((line, sent, _),) = observing.near.requests
    assert line == f"GET {path} HTTP/1.1"
    assert sent["authorization"] == f"Bearer {UPSTREAM_KEY}"
    (record,) = observing.decisions
    assert (record["observed"], record["admitted"], record["decision"]) == (True, True, None)
    RECORD.validate(record)


def test_metrics_say_that_it_observes_until_it_does_not(staged: Staged) -> None:
    stage = staged(project=until(30))
    metrics = Metrics(lambda: 0, lambda: (stage.pdp.age, stage.pdp.oldest))
    clock = stage.pdp.now
    Reloading(stage.pdp, stage.log, metrics, frozenset()).tell()
    for days, said in ((0, 1.0), (31, 0.0)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(PDP, "now", lambda _, days=days: clock() + timedelta(days=days))
            text = metrics.text().decode()
        assert f"policy_router_observes {said}" in text
        assert f'observes="{str(bool(said)).lower()}"' in text


@pytest.mark.parametrize(
    "framing",
    [
        (),
        (("content-length", "1"),),
        (("content-length", "2"), ("content-length", "2")),
        (("content-length", "2"), ("transfer-encoding", "chunked")),
        (("Content-Length", "2"), ("content-length", "3")),
    ],
)
def test_nothing_goes_out_whose_end_is_in_doubt(
    observing: Stage, framing: tuple[tuple[str, str], ...]
) -> None:
    url = f"{observing.near.base_url}/chat/completions"
    forward = Forward("d-1", None, None, url, framing, b"{}", Dialect.OPENAI)

    async def sent() -> None:
        async with pool(Patience()) as made:
            await send(made, forward)

    with pytest.raises(UpstreamError):
        asyncio.run(sent())
    assert observing.near.untouched


def test_no_record_no_call(observing: Stage) -> None:
    with sync_client(observing, "httpx2", who=HEALTH, log=None) as client:
        rmtree(observing.world.folder / "var")
        (observing.world.folder / "var").write_text("a file where the folder should be")
        with pytest.raises(openai.InternalServerError):
            client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
    assert observing.untouched


def test_past_its_day_it_enforces(staged: Staged) -> None:
    stage = staged(project=until(-1))
    assert "PRJ417" in {found.code for found in stage.pdp.loaded.diagnostics}
    with (
        sync_client(stage, "httpx2", who=HEALTH) as client,
        pytest.raises(openai.PermissionDeniedError),
    ):
        client.chat.completions.create(model=DENIED, messages=MESSAGES)
    assert stage.untouched
    assert [record["observed"] for record in stage.decisions] == [False]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("enforcement: {mode: observe}\n", "SCH107"),
        ("enforcement: {until: 2026-12-01}\n", "SCH107"),
        ("enforcement: {mode: off}\n", "SCH102"),
    ],
)
def test_it_is_dated(tmp_path: Path, said: str, code: str) -> None:
    assert _refused(tmp_path, said) == [code]


def test_it_is_short(tmp_path: Path) -> None:
    assert _refused(tmp_path, until(91)) == ["PRJ416"]


def _refused(tmp_path: Path, said: str) -> list[str]:
    build(tmp_path)
    file = tmp_path / "policy-router.yaml"
    file.write_text(file.read_text("utf-8") + said, "utf-8")
    with pytest.raises(DocumentErrors) as caught:
        load(project=tmp_path)
    return [d.code for d in caught.value.diagnostics]


def test_it_is_loud(tmp_path: Path) -> None:
    world = build(tmp_path, project=until(90))
    told = [d for d in world.pdp.loaded.diagnostics if d.code == "PRJ418"]
    assert "every call passes" in told[0].message
    assert json.dumps(told[0].help)


def test_the_records_become_a_list_of_what_to_put_right_first(
    observing: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Ledger(observing.world.log)
    for model, times in ((ALLOWED, 2), (DENIED, 3), ("nobody/knows", 1)):
        with sync_client(observing, "httpx2", key=KEYS["clinic"], log=log) as client:
            here = client.with_options(base_url=f"{observing.near.base_url}/")
            for _ in range(times):
                here.chat.completions.create(model=model, messages=MESSAGES)
    monkeypatch.chdir(observing.world.folder)
    found = json.loads(run("audit --observed --format json").out)
    assert (found["calls"], found["refused"], found["never_decided"]) == (6, 4, 0)
    first, second = found["troubles"]
    assert first == {
        "reason": "no_compliant_route",
        "about": ["house/in-the-eea"],
        "calls": 3,
        "callers": ["clinic"],
    }
    assert (second["reason"], second["calls"]) == ("unknown_model", 1)
    text = " ".join(run("audit --observed").out.split())
    assert "enforcing would have refused 4" in text
    assert "3 clinic no route meets every" in text
    assert "(no_compliant_route): " in text
    assert run("audit --observed --format csv").lines[1].startswith("3,clinic,no_compliant_route")
    assert run("audit --observed --format markdown").out.count("| clinic |") == 2


def test_where_nothing_was_observed_the_list_says_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sync_client(stage, "httpx2", who=HEALTH, log=Ledger(stage.world.log)) as client:
        client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
    monkeypatch.chdir(stage.world.folder)
    assert "No call was observed" in run("audit --observed").out


def test_everything_that_would_be_refused_has_something_to_do() -> None:
    """What is not listed by itself lies with the program that calls."""
    assert set(Reason) <= set(_TO_DO)
    assert {code for code in RefusalCode if Refused(code, "x").status == 503} <= {
        *_TO_DO,
        RefusalCode.NOT_RECORDED,
        RefusalCode.BUSY,
    }
