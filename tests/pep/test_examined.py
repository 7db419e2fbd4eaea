"""What no policy looked at is not done: kept answers and third parties, under shipped packs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_router import PDP, Request, load
from policy_router.enforcement.answer import Forward, Reply
from policy_router.enforcement.context import as_floor
from policy_router.enforcement.gate import Gate
from policy_router.log.kept import MemoryLog
from policy_router.wire.http_call import HttpCall
from policy_router.wire.refusal import RefusalCode, Refused
from tests.pep.asking import Answer, admit
from tests.pep.world import ALLOWED, KEY_VARIABLE, build

MODEL = "opper:openai/o4-mini"
PUBLIC = {"data": ["non_personal"]}
SEARCHES: Any = {"web_search_options": {}}
KEEPS: Any = {"store": True}


@pytest.fixture(scope="module")
def residency() -> PDP:
    return load(packs=["eu-residency"])


@pytest.fixture(scope="module")
def gdpr() -> PDP:
    return load(packs=["gdpr"])


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("OPPER_API_KEY", KEY_VARIABLE):
        monkeypatch.setenv(variable, "none")


def _sent(pdp: PDP, model: str = MODEL, **more: object) -> Answer:
    body = json.dumps({"model": model, "messages": [], **more}).encode()
    call = HttpCall("POST", "/chat/completions", "", (), body)
    return admit(Gate(pdp, MemoryLog(), "test"), call, as_floor(Request(**PUBLIC)))  # type: ignore[arg-type]


def _code(answer: Answer) -> str | None:
    return json.loads(answer.body)["error"]["code"] if isinstance(answer, Reply) else None


@pytest.mark.parametrize("pack", ["residency", "gdpr"])
def test_a_plain_call_passes(pack: str, request: pytest.FixtureRequest) -> None:
    assert isinstance(_sent(request.getfixturevalue(pack)), Forward)
    assert isinstance(_sent(request.getfixturevalue(pack), store=False), Forward)


def test_a_pack_without_obligations_has_looked_at_neither(residency: PDP) -> None:
    assert _code(_sent(residency, **KEEPS)) == "keeps_state"
    assert _code(_sent(residency, **SEARCHES)) == "third_party"


def test_gdpr_looks_at_tools_and_lets_public_text_use_them(gdpr: PDP) -> None:
    answer = _sent(gdpr, **SEARCHES)
    assert isinstance(answer, Forward)
    assert json.loads(answer.body)["web_search_options"] == {}


def test_gdpr_decides_nothing_about_keeping_public_text(gdpr: PDP) -> None:
    assert _code(_sent(gdpr, **KEEPS)) == "keeps_state"


def _applied(pdp: PDP, body: dict[str, Any], **facts: Any) -> RefusalCode | None:  # noqa: ANN401
    decision = pdp.decide(Request(model=MODEL, **PUBLIC, **facts))  # type: ignore[arg-type]
    try:
        decision.apply({"messages": [], **body})
    except Refused as refused:
        return refused.code
    return None


def test_apply_refuses_the_same(residency: PDP, gdpr: PDP) -> None:
    for pdp, code in ((residency, RefusalCode.THIRD_PARTY), (gdpr, None)):
        assert _applied(pdp, SEARCHES, server_tools=["web_search"]) is code
        assert _applied(pdp, KEEPS, stateful=True) is RefusalCode.KEEPS_STATE
        assert _applied(pdp, {}) is None


def test_apply_refuses_a_longer_answer_than_was_asked_about(gdpr: PDP) -> None:
    assert _applied(gdpr, {"max_tokens": 10}, tokens_output=10) is None
    assert _applied(gdpr, {"max_tokens": 10}, tokens_output=9) is RefusalCode.NOT_DECIDED


@pytest.mark.parametrize(
    ("claimed", "is_asked"),
    [("granted", True), ("default", True), ("available", False), (None, False)],
)
def test_openrouter_is_asked_for_what_is_claimed(
    tmp_path: Path,
    claimed: str | None,
    is_asked: bool,
) -> None:
    world = build(tmp_path, kind="openrouter")
    if claimed is not None:
        file, claims = tmp_path / "documents.yaml", "claims:\n"
        said = f"{claims}  zero_data_retention: {{value: {claimed}, source: page}}\n"
        file.write_text(file.read_text("utf-8").replace(claims, said), "utf-8")
        world.pdp.reload()
    answer = _sent(world.pdp, ALLOWED)
    assert isinstance(answer, Forward)
    only = {"only": ["allowed-slug"], "allow_fallbacks": False, "data_collection": "deny"}
    assert json.loads(answer.body)["provider"] == ({**only, "zdr": True} if is_asked else only)
