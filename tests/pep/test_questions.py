"""The decision API: what it answers is what would become of the call, and nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator

from policy_router import Request
from policy_router.api.answering import DecisionApi
from policy_router.api.description import description
from policy_router.audit.record import Record
from policy_router.audit.schemas import schema_files
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.sidecar.app import POINT, Sidecar
from policy_router.log.kept import MemoryLog
from policy_router.service.pdp import PDP
from tests.fakes.served import served
from tests.pep.conftest import Stage
from tests.pep.serving import got
from tests.pep.sidecars import Running
from tests.pep.test_records import RECORD
from tests.pep.world import ALLOWED, CANARY, DENIED, KEYS

DECISION = Draft202012Validator(json.loads(schema_files()["decision.schema.json"]))


@pytest.fixture
def sidecar(stage: Stage) -> Iterator[Running]:
    gate = Gate(stage.pdp, stage.log, POINT)
    app = Sidecar(gate, questions=(DecisionApi(gate),))
    with served(app) as address:
        yield Running(app, address)


def _decide(sidecar: Running, asked: Any, **more: Any) -> httpx2.Response:  # noqa: ANN401
    return sidecar.post("/v1/decide", json=asked, **more)


def test_a_decision_is_recorded_and_then_given(stage: Stage, sidecar: Running) -> None:
    answer = _decide(sidecar, {"model": ALLOWED, "streaming": True, "tokens": {"output": 100}})
    assert answer.status_code == 200
    DECISION.validate(answer.json())
    assert (answer.json()["outcome"], answer.json()["route"]) == ("permitted", "near:allowed")
    (record,) = stage.log.records
    RECORD.validate(record)
    assert record["id"] == answer.headers["x-policy-router-decision"]
    assert (record["point"], record["caller"], record["admitted"]) == ("api", "clinic", True)
    assert record["facts"]["scalars"]["streaming"] is True
    assert record["decision"]["route"] == record["attempt"]["route"] == "near:allowed"
    assert stage.untouched


def test_it_is_what_the_library_decides(stage: Stage, sidecar: Running) -> None:
    """Of the caller's own facts, and what the call would show."""
    stated = Request(
        model=DENIED,
        data=["health"],
        regime=["eu_gdpr"],
        purpose="letters",
        tenant="ward",
        features=["function_calling"],
    )
    asked = {"model": DENIED, "features": ["function_calling"]}
    given = _decide(sidecar, asked).json()
    decided = stage.pdp.decide(stated)
    assert given["outcome"] == "denied"
    own = json.loads(decided.to_json())
    assert {k: v for k, v in given.items() if k != "at"} == {
        k: v for k, v in own.items() if k != "at"
    }


def test_declaring_only_adds(sidecar: Running) -> None:
    other = Running(sidecar.sidecar, sidecar.address, KEYS["website"])
    assert _decide(other, {"model": DENIED}).json()["outcome"] == "permitted"
    declared = _decide(other, {"model": DENIED, "data": ["health"]}).json()
    assert declared["outcome"] == "denied"
    by_header = _decide(other, {"model": DENIED}, headers={"x-governance-data": "health"})
    assert by_header.json()["outcome"] == "denied"
    assert _decide(sidecar, {"model": DENIED, "data": ["non_personal"]}).json()["route"] is None


def test_an_explanation_says_why_and_is_not_recorded(stage: Stage, sidecar: Running) -> None:
    answer = sidecar.post("/v1/explain", json={"model": DENIED})
    told = answer.json()
    assert told["decision"]["outcome"] == "denied"
    (route,) = told["routes"]
    assert route["route"] == "far:denied"
    assert "in-the-eea" in answer.text
    assert stage.log.records == []


def test_the_routes_a_caller_may_use(stage: Stage, sidecar: Running) -> None:
    def told(key: str, **headers: str) -> dict[str, Any]:
        said = {"authorization": f"Bearer {key}", **headers}
        answer: dict[str, Any] = got(f"{sidecar.address}/v1/routes", headers=said).json()
        return answer

    def asked(key: str, **headers: str) -> list[str]:
        return [route["id"] for route in told(key, **headers)["data"]]

    assert asked(KEYS["clinic"]) == ["near:allowed"]
    assert "far:denied" in asked(KEYS["website"])
    assert asked(KEYS["mailer"]) == []
    purpose = {"x-governance-purpose": "letters"}
    assert asked(KEYS["mailer"], **purpose) == ["near:allowed"]
    assert told(KEYS["mailer"])["reason"] == "facts_missing"
    assert told(KEYS["mailer"])["missing"] == ["purpose"]
    (route,) = told(KEYS["clinic"])["data"]
    assert route["base_url"] == stage.near.base_url
    assert route["address"] == "at-near/allowed-2026"
    assert stage.log.records == []


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"model": ALLOWED, "colour": "red"}, 400, "unknown_fact"),
        ({"model": ALLOWED, "data": ["helth"]}, 400, "unknown_fact"),
        ({"model": ALLOWED, "data": 5}, 400, "unknown_fact"),
        ({"model": ALLOWED, "tenant": "other"}, 403, "floor_fact"),
        ({"model": ALLOWED, "caller": "website"}, 403, "floor_fact"),
        ({"model": ALLOWED, "purpose": "another"}, 403, "contradicted_fact"),
        ({"model": ALLOWED, "messages": [{"role": "user", "content": CANARY}]}, 400, None),
        ([], 400, "invalid_body"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/decide", "/v1/explain"])
def test_what_is_no_question_is_refused(
    stage: Stage, sidecar: Running, path: str, asked: object, status: int, code: str | None
) -> None:
    answer = sidecar.post(path, json=asked)
    assert answer.status_code == status
    assert code in {None, answer.json()["error"]["code"]}
    assert CANARY not in answer.text
    assert stage.log.records == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"model": "a", "model": "b"}', "duplicate_key"),
        (b'{"model": "a"} x', "invalid_body"),
        (b"{" * 100, "invalid_body"),
        (b'{"model": "' + b"a" * 2**16 + b'"}', "body_too_large"),
    ],
)
def test_a_body_is_read_strictly(sidecar: Running, body: bytes, code: str) -> None:
    answer = sidecar.post("/v1/decide", content=body, headers={"content-type": "application/json"})
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize("path", ["/v1/decide", "/v1/explain"])
def test_nobody_unknown_is_answered(stage: Stage, sidecar: Running, path: str) -> None:
    stranger = Running(sidecar.sidecar, sidecar.address, "nobody's")
    assert stranger.post(path, json={"model": ALLOWED}).status_code == 401
    for listed in ("/v1/routes", "/v1/openapi.json"):
        assert got(sidecar.address + listed).status_code == 401
    assert stage.log.records == []


def test_parameters_in_the_address_are_refused(sidecar: Running) -> None:
    assert _decide(sidecar, {}).status_code == 200
    assert sidecar.post("/v1/decide?model=x", json={}).json()["error"]["code"] == "not_classified"


class _Full(MemoryLog):
    """A log with no room."""

    def append(self, record: Record) -> None:
        raise OSError(28, "no space", record["id"])


def test_what_cannot_be_recorded_or_decided_is_not_given(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(stage.pdp, _Full(), POINT)
    with served(Sidecar(gate, questions=(DecisionApi(gate),))) as address:
        running = Running(Sidecar(gate), address)
        answer = _decide(running, {"model": ALLOWED})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "not_recorded")

        def fail(*_: object, **__: object) -> None:
            raise KeyError(CANARY)

        monkeypatch.setattr(PDP, "decide", fail)
        answer = _decide(running, {"model": ALLOWED})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "undecided")


def test_the_description_is_openapi_and_its_references_lead_somewhere(sidecar: Running) -> None:
    answer = got(
        f"{sidecar.address}/v1/openapi.json", headers={"authorization": f"Bearer {sidecar.key}"}
    )
    told = answer.json()
    assert told == json.loads(description())
    assert told["openapi"].startswith("3.1.")
    for reference in _references(told):
        part: Any = told
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]
    asked = told["components"]["schemas"]["Request"]
    schema = Draft202012Validator({**told, "$ref": "#/components/schemas/Request"})
    assert asked
    assert schema.is_valid({"model": ALLOWED, "data": ["health"], "streaming": True})
    assert not schema.is_valid({"model": ALLOWED, "colour": "red"})


def test_every_question_is_described(sidecar: Running) -> None:
    """And what is described is answered."""
    for path, operations in json.loads(description())["paths"].items():
        for method in operations:
            headers = {"authorization": f"Bearer {sidecar.key}"}
            asked: dict[str, str] | None = {} if method == "post" else None
            url = sidecar.address + path
            answer = httpx2.request(method.upper(), url, headers=headers, json=asked, timeout=30)
            assert answer.status_code == 200, path


def _references(part: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(part, list):
        for each in part:
            yield from _references(each)
    elif isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from _references(each)
