"""What a refused call was told is what its record holds, and what `log show` says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policy_router.audit.recorded import Call
from policy_router.audit.schemas import schema_files
from policy_router.domain.decision import Reason
from policy_router.enforcement.answer import Reply
from policy_router.enforcement.facts import floor_of
from policy_router.enforcement.gate import Gate
from policy_router.log.kept import MemoryLog
from policy_router.report.recorded import call_lines
from policy_router.report.screen import Screen
from policy_router.wire.http_call import HttpCall
from tests.pep.asking import admit
from tests.pep.world import ALLOWED, DENIED, World, build

RECORD = Draft202012Validator(json.loads(schema_files()["record.schema.json"]))
WIDE = Screen(width=400, person=False)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return build(tmp_path)


def _denied(world: World, caller: str, **body: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the call was answered and what was recorded of it."""
    log = MemoryLog()
    sent = json.dumps({"messages": [], **body}).encode()
    call = HttpCall("POST", "/chat/completions", "", (), sent)
    floor = floor_of(world.pdp.loaded.callers[caller])
    answer = admit(Gate(world.pdp, log, "test"), call, floor)
    assert isinstance(answer, Reply)
    (record,) = log.records
    error: dict[str, Any] = json.loads(answer.body)["error"]
    return error, dict(record)


@pytest.mark.parametrize(
    ("reason", "caller", "body"),
    [
        (Reason.NO_COMPLIANT_ROUTE, "clinic", {"model": DENIED}),
        (Reason.FACTS_MISSING, "mailer", {"model": ALLOWED}),
        (Reason.UNKNOWN_MODEL, "clinic", {"model": "maker/alowed"}),
        (
            Reason.UNSUITABLE,
            "website",
            {"model": "maker/plain", "tools": [{"type": "function", "function": {"name": "f"}}]},
        ),
        (Reason.UNSUITABLE, "website", {"model": ALLOWED, "max_tokens": 10_000_000}),
    ],
)
def test_the_record_holds_what_the_caller_was_told(
    world: World, reason: Reason, caller: str, body: dict[str, Any]
) -> None:
    error, record = _denied(world, caller, **body)
    assert error["code"] == reason.value
    RECORD.validate(record)
    told = dict(record["told"])
    assert told.pop("message") == error["message"]
    answered = error["policy_router"]
    assert {**told, "decision": record["id"], "reason": reason.value} == answered
    shown = "\n".join(call_lines(Call((record,)), WIDE))
    for said in (error["message"], answered["help"], *answered["no_help"], *answered["changes"]):
        assert said in shown
    for said in answered["details"]:
        assert said in shown


def test_a_call_that_policies_did_not_refuse_was_told_nothing(world: World) -> None:
    error, record = _denied(world, "website", model=ALLOWED)
    assert error["code"] == "key_missing"
    assert record["told"] is None
    assert "The caller was told" not in "\n".join(call_lines(Call((record,)), WIDE))


def test_an_older_record_is_shown_without_it(world: World) -> None:
    _, record = _denied(world, "clinic", model=DENIED)
    del record["told"]
    assert "The caller was told" not in "\n".join(call_lines(Call((record,)), WIDE))
