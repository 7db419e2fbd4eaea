"""What a proxy is told that asks about a call and does not show its body."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from policy_router.audit.record import Record
from policy_router.enforcement.callers import caller_of
from policy_router.enforcement.facts import floor_of
from policy_router.enforcement.forward_auth import ForwardAuth
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.sidecar.app import POINT, Sidecar
from policy_router.wire.http_call import HttpCall
from tests.fakes.served import served
from tests.pep.conftest import Stage, Staged
from tests.pep.test_records import RECORD
from tests.pep.world import CANARY, KEYS

STATED = "{only_routes_on_file: true, keeps_no_state: true, hands_nothing_on: true}"
FREE = (
    ("set: {store: false}\n    ", ""),
    ("covers: [maker/allowed]", "covers: [maker/allowed, maker/plain]"),
)
"""Edits after which personal data may go to every route of the near gateway as they are."""
ASKED_ABOUT = f"enforcement: {{forward_auth: {{near: {STATED}, far: {STATED}}}}}\n"


@dataclass(frozen=True, slots=True)
class Asking:
    """A proxy that asks the sidecar."""

    address: str

    def __call__(
        self,
        key: str | None = KEYS["website"],
        query: str = "?gateway=near",
        method: str = "GET",
        **headers: str,
    ) -> httpx2.Response:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            said.setdefault("authorization", f"Bearer {key}")
        url = f"{self.address}/v1/authorize{query}"
        return httpx2.request(method, url, headers=said, timeout=30)


@contextmanager
def asking(stage: Stage, log: Any = None) -> Iterator[Asking]:  # noqa: ANN401 - any log
    gate = Gate(stage.pdp, log or stage.log, POINT)
    with served(Sidecar(gate, questions=(ForwardAuth(gate),))) as address:
        yield Asking(address)


@pytest.fixture
def stage(staged: Staged) -> Stage:
    return staged(project=ASKED_ABOUT)


@pytest.fixture
def proxy(stage: Stage) -> Iterator[Asking]:
    with asking(stage) as found:
        yield found


def _edited(stage: Stage, *edits: tuple[str, str]) -> None:
    """Put other documents in force."""
    file = stage.world.folder / "documents.yaml"
    text = file.read_text("utf-8")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    stage.pdp.reload()


def _refused(stage: Stage, answer: httpx2.Response, code: str, status: int = 403) -> dict[str, Any]:
    """The refusal, which nginx reads off the headers, Caddy passes on, and the record holds."""
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()["error"]
    assert answer.headers["x-policy-router-code"] == told["code"] == code
    assert answer.headers["x-should-retry"] == "false"
    record = stage.log.records[-1]
    RECORD.validate(record)
    assert record["admitted"] is False
    assert record["id"] == answer.headers["x-policy-router-decision"]
    decision = record["decision"] or {"reason": None}
    assert code in {record["refused"], decision["reason"]}
    assert stage.untouched
    return told


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("gateway", ["near", "far"])
def test_what_may_go_wherever_it_asks_passes(
    stage: Stage, proxy: Asking, method: str, gateway: str
) -> None:
    answer = proxy(query=f"?gateway={gateway}", method=method)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["x-policy-router-gateway"] == gateway
    (record,) = stage.log.records
    RECORD.validate(record)
    assert record["id"] == answer.headers["x-policy-router-decision"]
    assert (record["point"], record["caller"], record["admitted"]) == (
        "forward_auth",
        "website",
        True,
    )
    routes = {"near": ["near:allowed", "near:plain"], "far": ["far:denied"]}[gateway]
    assert sorted(record["decision"]["chain"]) == routes
    assert record["attempt"]["route"] is None
    assert stage.untouched


@pytest.mark.parametrize("header", ["authorization", "x-api-key", "x-goog-api-key"])
def test_a_key_is_found_where_each_sdk_puts_it(proxy: Asking, header: str) -> None:
    name = header.replace("-", "_")
    value = KEYS["website"] if header != "authorization" else f"Bearer {KEYS['website']}"
    assert proxy(key=None, **{name: value}).status_code == 204


def test_nobody_known_does_not_pass(stage: Stage, proxy: Asking) -> None:
    for key in (None, "nobody"):
        _refused(stage, proxy(key=key), "unknown_caller", 401)


@pytest.mark.parametrize(
    "query",
    ["", "?gateway=", "?near", "?gateway=elsewhere", "?gateway=near&gateway=far", "?g=near"],
)
def test_a_gateway_of_which_nothing_is_stated_lets_nothing_pass(
    stage: Stage, proxy: Asking, query: str
) -> None:
    told = _refused(stage, proxy(query=query), "body_unseen")
    assert "sidecar" in told["message"]
    assert "forward_auth" in told["message"]


def test_without_a_statement_nothing_passes(staged: Staged) -> None:
    stage = staged()
    with asking(stage) as proxy:
        _refused(stage, proxy(), "body_unseen")


def test_an_obligation_that_would_be_done_to_the_body_lets_nothing_pass(
    stage: Stage, proxy: Asking
) -> None:
    told = _refused(stage, proxy(key=KEYS["clinic"]), "body_unseen")
    assert "`house/keep-nothing` sets something in it" in told["message"]
    _edited(stage, *FREE)
    assert proxy(key=KEYS["clinic"]).status_code == 204
    refusal = "server_tools: {includes_any: [web_search]}"
    _edited(stage, (refusal, "features: {includes_any: [reasoning]}"))
    told = _refused(stage, proxy(key=KEYS["clinic"]), "body_unseen")
    assert "`house/keep-nothing` refuses calls for what is in them" in told["message"]


def test_a_model_that_searches_unasked_lets_nothing_pass(stage: Stage, proxy: Asking) -> None:
    title = "title: The allowed model"
    _edited(stage, (title, f"{title}\nunasked_tools: [web_search]"))
    told = _refused(stage, proxy(), "body_unseen")
    assert "`near:allowed`, whose model uses tools, asked for or not" in told["message"]


PATH = "/v1/messages"
TOLD = (
    {"x_original_uri": f"{PATH}?beta=true"},
    {"x_original_url": f"https://llm.example:8080{PATH}?beta=true", "x_original_method": "POST"},
    {"x_forwarded_uri": PATH, "x_forwarded_method": "POST", "x_original_method": "POST"},
    {"x_forwarded_uri": PATH, "x_original_url": f"http://llm{PATH}"},
)


@pytest.mark.parametrize("told", TOLD, ids=str)
def test_a_proxy_may_tell_of_the_call_in_its_own_headers(
    proxy: Asking, told: dict[str, str]
) -> None:
    assert proxy(**told).status_code == 204
    refused = proxy(key=KEYS["clinic"], **told)
    assert refused.json()["type"] == "error"  # as Anthropic's SDK reads it


@pytest.mark.parametrize(
    "told",
    [
        {"x_original_uri": "/v1/messages", "x_forwarded_uri": "/v1/files"},
        {"x_original_uri": "/v1/messages", "x_original_url": "https://llm.example/v1/messages?a"},
        {"x_original_uri": "/v1/messages?a", "x_forwarded_uri": "/v1/messages?b"},
        {"x_original_method": "POST", "x_forwarded_method": "DELETE"},
    ],
    ids=str,
)
def test_a_call_that_is_told_of_in_two_ways_does_not_pass(
    stage: Stage, proxy: Asking, told: dict[str, str]
) -> None:
    said = _refused(stage, proxy(**told), "steering_header")
    for name in told:
        assert f"`{name.replace('_', '-')}`" in said["message"]


@pytest.mark.parametrize("name", ["x_rewrite_url", "x_http_method_override", "x_target_url"])
def test_headers_that_tell_of_no_call_steer_beside_those_that_do(
    stage: Stage, proxy: Asking, name: str
) -> None:
    answer = proxy(x_original_uri="/v1/chat/completions", **{name: "/v1/files"})
    _refused(stage, answer, "steering_header")


LISTED = """stage: ga
sources:
  list: {{kind: provider_docs, basis: public_terms, reference: PAGE-2, read_on: 2026-01-01}}
prices: [{{currency: USD, source: list, input: 1.00, output: {output}}}]
"""


def _capped(stage: Stage, rule: str, output: str = "8.00") -> None:
    """Put a further rule in force, and a price of output on every route."""
    priced = ("stage: ga\n", LISTED.format(output=output))
    _edited(stage, priced, ("rules:\n", f"rules:\n  - id: capped\n    {rule}\n"))


@pytest.mark.parametrize(
    ("rule", "passes"),
    [
        ("require: {price.output: {at_most: 20}}", False),
        ("require: {price.input: {below: 20}}", False),
        ("require: {any: [{price.output: {at_most: 20}}, {gateway: near}]}", False),
        ("mode: monitor\n    require: {price.output: {at_most: 20}}", True),
        ("when: {data: {includes: health}}\n    require: {price.output: {at_most: 1}}", True),
        ("require: {gateway: near}", True),
    ],
)
def test_a_bound_on_prices_may_be_broken_by_a_tier_that_is_not_seen(
    stage: Stage, proxy: Asking, rule: str, passes: bool
) -> None:
    """The listed price is the least that the call may cost: the sidecar reads which tier it is."""
    _capped(stage, rule)
    if passes:
        assert proxy().status_code == 204
        return
    told = _refused(stage, proxy(), "body_unseen")
    assert "`house/capped` bounds prices, and a dearer tier" in told["message"]


def test_a_price_that_is_too_high_by_itself_is_the_policies_to_refuse(
    stage: Stage, proxy: Asking
) -> None:
    _capped(stage, "require: {price.output: {at_most: 20}}", "30.00")
    _refused(stage, proxy(), "no_compliant_route")


def test_one_route_that_is_denied_lets_nothing_pass(staged: Staged) -> None:
    """Although a call that names another would pass the sidecar."""
    stage = staged(spare=True, project=ASKED_ABOUT)
    _edited(stage, *FREE)
    with asking(stage) as proxy:
        assert proxy(key=KEYS["clinic"]).status_code == 204
        told = _refused(stage, proxy(key=KEYS["clinic"], query="?gateway=far"), "body_unseen")
        assert "`far:denied` is not permitted" in told["message"]
        _edited(stage, ("id: far:denied", "id: far:late"), ("stage: ga", "stage: retired"))
        told = _refused(stage, proxy(key=KEYS["clinic"], query="?gateway=far"), "retired")


def test_a_retired_route_has_to_be_permitted_too(staged: Staged) -> None:
    stage = staged(spare=True, project=ASKED_ABOUT)
    late = "address: at-far/denied-2026\nstage: ga"
    _edited(stage, *FREE, (late, late.replace("ga", "retired")))
    with asking(stage) as proxy:
        told = _refused(stage, proxy(key=KEYS["clinic"], query="?gateway=far"), "body_unseen")
        assert "`far:denied` is not permitted" in told["message"]


def test_where_no_route_is_permitted_it_says_at_which_rule(stage: Stage, proxy: Asking) -> None:
    _edited(stage, *FREE)
    asked = proxy(key=KEYS["clinic"], query="?gateway=far", x_forwarded_uri="/v1/messages?x=1")
    assert (asked.status_code, asked.json()["type"]) == (403, "error")
    assert asked.json()["policy_router"]["requirement"]["rule"] == "in-the-eea"
    told = _refused(stage, proxy(key=KEYS["clinic"], query="?gateway=far"), "no_compliant_route")
    assert told["message"].startswith("no route may carry this request")


def test_a_gateway_without_routes_lets_nothing_pass(stage: Stage, proxy: Asking) -> None:
    _edited(stage, ("gateway: far\nprovider", "gateway: near\nprovider"))
    told = _refused(stage, proxy(query="?gateway=far"), "body_unseen")
    assert "no route behind gateway `far` is on file" in told["message"]


def test_a_route_that_nothing_keeps_a_call_to_lets_nothing_pass(
    stage: Stage, proxy: Asking
) -> None:
    title = "title: The denied provider\n"
    _edited(stage, (title, f"{title}unpinned: a provider is picked for each call\n"))
    told = _refused(stage, proxy(query="?gateway=far"), "body_unseen")
    assert "nothing keeps that to its provider" in told["message"]


def test_what_is_declared_only_adds(stage: Stage, proxy: Asking) -> None:
    _refused(stage, proxy(x_governance_data="health"), "body_unseen")
    mailer = KEYS["mailer"]
    _edited(stage, *FREE)
    told = _refused(stage, proxy(key=mailer), "facts_missing")
    assert "X-Governance-Purpose" in told["message"]
    assert proxy(key=mailer, x_governance_purpose="letters").status_code == 204
    _refused(stage, proxy(x_governance_tenant="ward"), "floor_fact")
    _refused(stage, proxy(x_governance_mood="good"), "unknown_fact")


def test_a_fact_that_only_the_call_shows_is_not_asked_for(stage: Stage, proxy: Asking) -> None:
    needed = "needs: [tokens.output]\n    require"
    _edited(
        stage,
        ("needs: [purpose]\n    require", needed),
        ("when: {data: {includes: personal}}\n    needs", "when: {}\n    needs"),
    )
    told = _refused(stage, proxy(), "body_unseen")
    assert "`tokens.output`" in told["message"]


def test_where_texts_would_be_read_unread_ones_may_hold_anything(staged: Staged) -> None:
    stage = staged(project=f"{ASKED_ABOUT}detectors: {{built_in: {{}}}}\n")
    with asking(stage) as proxy:
        _refused(stage, proxy(), "body_unseen")
    assert stage.log.records[-1]["detected"]["whole"] is False


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"x_litellm_tags": "us"}, "steering_header"),
        ({"anthropic_beta": "code-execution-2025-08-25"}, "steering_header"),
    ],
)
def test_headers_that_could_choose_let_nothing_pass(
    stage: Stage, proxy: Asking, headers: dict[str, str], code: str
) -> None:
    _refused(stage, proxy(**headers), code)


def test_a_call_that_would_become_a_websocket_does_not_pass(stage: Stage) -> None:
    headers = (("authorization", f"Bearer {KEYS['website']}"), ("upgrade", "WebSocket"))
    call = HttpCall("GET", "/authorize", "gateway=near", headers, b"")
    caller = caller_of(headers, stage.pdp.loaded.callers.values())
    assert caller is not None
    gate = Gate(stage.pdp, stage.log, POINT)
    reply = ForwardAuth(gate).answer(call, floor_of(caller), stage.pdp.loaded)
    assert (reply.status, stage.log.records[-1]["refused"]) == (403, "unknown_operation")


def test_no_record_no_call(stage: Stage) -> None:
    class Full:
        def append(self, record: Record) -> None:
            raise OSError(28, "no space", str(record)[:0])

    with asking(stage, Full()) as proxy:
        answer = proxy()
        assert answer.status_code == 503
        assert answer.headers["x-policy-router-code"] == "not_recorded"


def test_a_fault_of_ours_lets_nothing_pass(
    stage: Stage, proxy: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policy_router.enforcement.forward_auth.leaks", _broken)
    _refused(stage, proxy(), "undecided", 503)


def _broken(*_: object) -> Iterator[str]:
    raise RuntimeError(CANARY)


def test_while_a_project_observes_all_of_a_known_caller_passes(staged: Staged) -> None:
    until = (datetime.now(UTC) + timedelta(days=30)).date()
    observing = f"enforcement: {{mode: observe, until: {until}}}\n"
    stage = staged(project=observing)
    with asking(stage) as proxy:
        answer = proxy(key=KEYS["clinic"])
        assert (answer.status_code, answer.headers["x-policy-router-observed"]) == (204, "true")
        (record,) = stage.log.records
        assert (record["observed"], record["admitted"]) == (True, False)
        assert record["refused"] == "body_unseen"
        _refused(stage, proxy(key="nobody"), "unknown_caller", 401)


def test_it_asks_for_the_project_in_force(stage: Stage, proxy: Asking, tmp_path: Path) -> None:
    assert proxy().status_code == 204
    file = tmp_path / "policy-router.yaml"
    file.write_text(file.read_text("utf-8").replace(ASKED_ABOUT, ""), "utf-8")
    stage.pdp.reload()
    _refused(stage, proxy(), "body_unseen")
