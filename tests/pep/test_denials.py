"""What a refused developer reads: every missing fact with its step, and no advice that is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_router import Request
from policy_router.domain.organisation import Caller
from policy_router.enforcement.answer import Reply
from policy_router.enforcement.context import as_floor
from policy_router.enforcement.facts import NOBODY, Floor, floor_of
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.missing import advice
from policy_router.log.kept import MemoryLog
from policy_router.wire.http_call import HttpCall
from tests.pep.asking import admit
from tests.pep.world import ALLOWED, DENIED, World, build


@pytest.fixture
def world(tmp_path: Path) -> World:
    return build(tmp_path)


def _told(world: World, floor: Floor, **more: object) -> dict[str, Any]:
    body = json.dumps({"model": ALLOWED, "messages": [], **more}).encode()
    call = HttpCall("POST", "/chat/completions", "", (), body)
    answer = admit(Gate(world.pdp, MemoryLog(), "test"), call, floor)
    assert isinstance(answer, Reply)
    error: dict[str, Any] = json.loads(answer.body)["error"]
    return error


def test_a_missing_fact_that_the_caller_may_declare_names_its_header(world: World) -> None:
    error = _told(world, floor_of(world.pdp.loaded.callers["mailer"]))
    assert error["code"] == "facts_missing"
    assert error["message"] == (
        f"`{ALLOWED}` may not carry this request: `purpose` is not known: needed by "
        "house/with-a-purpose; for `purpose` send the header `X-Governance-Purpose`"
    )
    assert error["policy_router"]["requirement"]["rule"] == "with-a-purpose"
    assert error["policy_router"]["details"] == [
        "`purpose` is not known: needed by house/with-a-purpose"
    ]


def test_every_missing_fact_is_named(world: World) -> None:
    file = world.folder / "documents.yaml"
    needs = "needs: [purpose, lawful_basis, special_condition]"
    file.write_text(file.read_text("utf-8").replace("needs: [purpose]", needs), "utf-8")
    world.pdp.reload()
    message = _told(world, floor_of(world.pdp.loaded.callers["mailer"]))["message"]
    for fact in ("lawful_basis", "purpose", "special_condition"):
        assert f"`{fact}` is not known: needed by house/with-a-purpose; " in message
    for fact, header in (
        ("lawful_basis", "Lawful-Basis"),
        ("special_condition", "Special-Condition"),
    ):
        assert (
            f"for `{fact}` have the facts of caller `mailer` completed, or the name listed under "
            f"`may_declare` in its document and the header `X-Governance-{header}` sent"
        ) in message
    assert "; for `purpose` send the header `X-Governance-Purpose`" in message


CALLER = Floor(caller="desk", may_declare=frozenset({"lawful_basis", "subject_location"}))
PROGRAM = Floor(as_floor(Request(data=["health"])).facts)


@pytest.mark.parametrize(
    ("floor", "fact", "step"),
    [
        (CALLER, "lawful_basis", "send the header `X-Governance-Lawful-Basis`"),
        (CALLER, "subject_location", "send the header `X-Governance-Subject-Location`"),
        (CALLER, "purpose", "listed under `may_declare` in its document"),
        (CALLER, "tenant", "for `tenant` have the facts of caller `desk` completed"),
        (CALLER, "labels.team", "for `labels.team` have the facts of caller `desk` completed"),
        (CALLER, "tokens.output", "send `max_completion_tokens`"),
        (CALLER, "tokens.input", "have the program that makes the call state it"),
        (PROGRAM, "purpose", "have the program that makes the call state it"),
        (NOBODY, "purpose", "send the key of a caller"),
    ],
)
def test_who_settles_a_fact(floor: Floor, fact: str, step: str) -> None:
    assert step in advice([fact], floor)


def _with_card(world: World, line: str, instead: str) -> None:
    """Change a line of every model's card, and read the documents again."""
    file = world.folder / "documents.yaml"
    text = file.read_text("utf-8")
    assert line in text
    file.write_text(text.replace(line, instead), "utf-8")
    world.pdp.reload()


def test_an_answer_longer_than_is_known_to_be_possible(world: World) -> None:
    _with_card(world, "max_output_tokens: 64000\n", "")
    error = _told(world, as_floor(Request(data=["non_personal"])), max_tokens=50, n=2)
    assert error["code"] == "unsuitable"
    assert "near:allowed: 100 output tokens: the limit is not known" in error["message"]
    assert error["policy_router"]["help"].startswith("leave out what the details name")


def test_a_call_that_does_not_surely_fit_is_not_sent(world: World) -> None:
    """Its tokens are bounded by its bytes, so that context and price limits bite."""
    _with_card(world, "context_window: 1000000", "context_window: 300")
    sender, said = (
        as_floor(Request(data=["non_personal"])),
        [{"role": "user", "content": "x" * 300}],
    )
    error = _told(world, sender, messages=said)
    assert error["code"] == "unsuitable"
    assert "near:allowed:" in error["message"]
    assert _told(world, sender)["code"] == "key_missing"


def test_help_offers_only_what_there_is(world: World) -> None:
    clinic = floor_of(world.pdp.loaded.callers["clinic"])
    offered = _told(world, clinic, model=DENIED)["policy_router"]
    assert offered["alternative"] is not None
    assert "use what is permitted instead" in offered["help"]
    file = world.folder / "documents.yaml"
    file.write_text(file.read_text("utf-8").replace("within: EEA", "within: [JP]"), "utf-8")
    world.pdp.reload()
    nothing = _told(world, floor_of(world.pdp.loaded.callers["clinic"]))["policy_router"]
    assert nothing["alternative"] is None
    assert "instead" not in nothing["help"]


_ASSESSED = """
---
kind: policy
id: assessed
language: 1
version: 1
title: Somebody assessed it
rules:
  - id: health-assessed
    title: an impact assessment covers it
    when: {data: {includes: personal}}
    require: {signoff: {includes: dpia}}
---
kind: signoff
id: dpia-health
language: 1
type: dpia
status: approved
covers: {routes: ["near:*"], data: [health], purposes: ["*"], tenants: ["*"]}
from: 2026-01-01
until: 2099-12-31
recorded_on: 2026-01-02
by: data protection officer
reference: DPIA-1
"""


def test_what_is_declared_beyond_a_sign_off_is_said_with_the_sign_off(world: World) -> None:
    """A caller of personal data declares health; the judgement is of health alone."""
    file = world.folder / "documents.yaml"
    file.write_text(file.read_text("utf-8") + _ASSESSED, "utf-8")
    project = world.folder / "policy-router.yaml"
    text = project.read_text("utf-8")
    named = text.replace("version: 1}", "version: 1}, {id: assessed, version: 1}", 1)
    assert named != text
    project.write_text(named, "utf-8")
    world.pdp.reload()
    body = json.dumps({"model": ALLOWED, "messages": []}).encode()
    declared = (("x-governance-data", "health"), ("x-governance-purpose", "letters"))
    call = HttpCall("POST", "/chat/completions", "", declared, body)
    mailer = floor_of(world.pdp.loaded.callers["mailer"])
    answer = admit(Gate(world.pdp, MemoryLog(), "test"), call, mailer)
    assert isinstance(answer, Reply)
    error = json.loads(answer.body)["error"]
    said = (
        "sign-off `dpia-health` does not count here: covers only the data health, not personal "
        "(ordinary personal data): that is certain of every call of this caller"
    )
    assert said in error["message"]
    assert error["policy_router"]["no_help"] == [said]
    assert "a caller whose document states no data but health" in error["policy_router"]["help"]
    clinic = floor_of(world.pdp.loaded.callers["clinic"])
    assert _told(world, clinic)["code"] == "key_missing"  # permitted, and sent on


def test_a_name_that_is_no_models_is_not_repeated(world: World) -> None:
    error = _told(world, floor_of(world.pdp.loaded.callers["clinic"]), model="canary/9")
    assert error["code"] == "unknown_model"
    assert "canary" not in json.dumps(error)
    assert error["message"] == (
        "no model, alias or route on file is called what the call names; "
        "permitted instead: `near:allowed`; "
        "name a model exactly as `GET /v1/models` lists it for this key; "
        "if it lists none, ask whoever keeps the policies"
    )


@pytest.mark.parametrize(
    "name", ["allowed", "maker/alowed", "Maker/Allowed", "other-maker/allowed", "maker_allowed"]
)
def test_a_name_that_is_nearly_one_is_told_the_nearest(world: World, name: str) -> None:
    """Only what the same call may use: `maker/denied` is on file too, and helps nobody."""
    error = _told(world, floor_of(world.pdp.loaded.callers["clinic"]), model=name)
    assert error["code"] == "unknown_model"
    near = "the nearest that this call may use: `maker/allowed`"
    assert near in error["message"]
    assert "maker/denied" not in json.dumps(error)
    alternative = {"route": "near:allowed", "model": "maker/allowed"}
    assert error["policy_router"]["alternative"] == alternative


def test_what_the_call_may_not_use_is_not_suggested(world: World) -> None:
    error = _told(world, floor_of(world.pdp.loaded.callers["clinic"]), model="maker/denyed")
    assert "maker/denied" not in json.dumps(error)
    free = _told(world, floor_of(world.pdp.loaded.callers["website"]), model="maker/denyed")
    assert "`maker/denied`" in free["message"]


def test_a_name_too_long_to_compare_is_answered_all_the_same(world: World) -> None:
    name = "maker/allowed" + "x" * 187
    error = _told(world, floor_of(world.pdp.loaded.callers["clinic"]), model=name)
    assert "nearest" not in error["message"]


@pytest.mark.parametrize(
    ("path", "body", "listed"),
    [
        ("/chat/completions", {"model": "allowed", "messages": []}, "`GET /v1/models`"),
        (
            "/v1/messages",
            {"model": "allowed", "max_tokens": 5, "messages": [{"role": "user", "content": "x"}]},
            "`GET /v1/models`",
        ),
        (
            "/v1beta/models/allowed:generateContent",
            {"contents": [{"parts": [{"text": "x"}]}]},
            "`GET /v1beta/models`",
        ),
    ],
)
def test_each_dialect_says_where_the_names_are(
    world: World, path: str, body: dict[str, Any], listed: str
) -> None:
    json_body = (("content-type", "application/json"),)
    call = HttpCall("POST", path, "", json_body, json.dumps(body).encode())
    answer = admit(Gate(world.pdp, MemoryLog(), "test"), call, floor_of(_website(world)))
    assert isinstance(answer, Reply)
    assert answer.status == 403
    error = json.loads(answer.body)["error"]
    assert "may use: `maker/allowed`" in error["message"]
    assert f"name a model exactly as {listed} lists it for this key" in error["message"]


def _website(world: World) -> Caller:
    return world.pdp.loaded.callers["website"]
