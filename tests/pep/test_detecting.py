"""Detectors in front of calls: what a text shows is added to what its caller states."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import PermissionDeniedError

from policy_router import Request
from policy_router.audit.record import Record
from policy_router.domain.detection import Detected
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.enforcement import detecting
from policy_router.enforcement.answer import Forward, Reply
from policy_router.enforcement.detecting import DetectorMissing
from policy_router.enforcement.facts import floor_of
from policy_router.enforcement.gate import Gate, gate_for
from policy_router.enforcement.raised import raised
from policy_router.log.kept import MemoryLog
from policy_router.wire.http_call import HttpCall
from tests.pep.asking import Answer, admit
from tests.pep.conftest import Stage
from tests.pep.sdk import sync_client
from tests.pep.test_records import RECORD
from tests.pep.world import DENIED, KEY_VARIABLE, UPSTREAM_KEY, World, build

BUILT_IN = """detectors:
  built_in: {not_personal: ["@Company.example"]}
  characters: 1000
"""
MAIL = "Write to zebulon.quist@posten.se about the offer"
JSON = (("content-type", "application/json"),)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)


def _asked(world: World, content: object, gate: Gate | None = None) -> tuple[Answer, Record]:
    """What becomes of a call of the website, which states that its data are of nobody."""
    log = MemoryLog()
    gate = gate_for("test", world.pdp, log) if gate is None else Gate(world.pdp, log, "test")
    caller = world.pdp.loaded.callers["website"]
    body = json.dumps({"model": DENIED, "messages": [{"role": "user", "content": content}]})
    call = HttpCall("POST", "/chat/completions", "", JSON, body.encode())
    return admit(gate, call, floor_of(caller)), log.records[0]


@pytest.mark.parametrize(
    "content",
    [MAIL, [{"type": "text", "text": "An offer"}, {"type": "text", "text": MAIL}]],
    ids=["text", "parts"],
)
def test_what_a_text_shows_counts_whatever_its_caller_says(tmp_path: Path, content: object) -> None:
    assert isinstance(_asked(build(tmp_path), content)[0], Forward)
    answer, record = _asked(build(tmp_path, project=BUILT_IN), content)
    assert isinstance(answer, Reply)
    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (403, "no_compliant_route")
    assert record["detected"] == {"categories": ["personal"], "by": ["built-in"], "whole": True}
    assert record["facts"]["sets"]["data"] == {
        "members": ["non_personal", "personal"],
        "settled": True,
    }
    assert "quist" not in json.dumps(record) + answer.body.decode()


@pytest.mark.parametrize("text", ["An offer", "Write to Sales@company.example", ""])
def test_a_text_that_shows_nothing_changes_nothing(tmp_path: Path, text: str) -> None:
    answer, record = _asked(build(tmp_path, project=BUILT_IN), text)
    assert isinstance(answer, Forward)
    assert record["detected"] == {"categories": [], "by": [], "whole": True}


def test_what_is_beyond_the_bound_may_be_anything(tmp_path: Path) -> None:
    world = build(tmp_path, project=BUILT_IN)
    rest = 1000 - len(DENIED) - len("user")
    assert isinstance(_asked(world, "x" * rest)[0], Forward)
    answer, record = _asked(world, "x" * (rest + 1))
    assert isinstance(answer, Reply)
    assert record["detected"] == {"categories": [], "by": [], "whole": False}
    assert record["facts"]["sets"]["data"] == {"members": ["non_personal"], "settled": False}


def test_what_is_no_text_was_not_read(tmp_path: Path) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    content = [{"type": "text", "text": "An offer"}, image]
    assert isinstance(_asked(build(tmp_path), content)[0], Forward)
    answer, record = _asked(build(tmp_path, project=BUILT_IN), content)
    assert isinstance(answer, Reply)
    assert record["detected"] == {"categories": [], "by": [], "whole": False}
    assert record["facts"]["sets"]["data"] == {"members": ["non_personal"], "settled": False}


class _Fevers:
    name = "fevers"

    def categories(self, text: str) -> frozenset[str]:
        if "collapse" in text:
            raise ValueError(text)
        return frozenset({"health"} if "fever" in text else ())


def test_a_detector_of_the_program_reads_beside_the_projects(tmp_path: Path) -> None:
    world = build(tmp_path, project=BUILT_IN)
    log = MemoryLog()
    gate = gate_for("test", world.pdp, log, detectors=(_Fevers(),))
    caller = world.pdp.loaded.callers["website"]
    for text in ("a fever", f"a fever. {MAIL}", "a collapse"):
        body = json.dumps({"model": DENIED, "messages": [{"role": "user", "content": text}]})
        call = HttpCall("POST", "/chat/completions", "", JSON, body.encode())
        assert isinstance(admit(gate, call, floor_of(caller)), Reply)
    assert [record["detected"] for record in log.records] == [
        {"categories": ["health"], "by": ["fevers"], "whole": True},
        {"categories": ["health", "personal"], "by": ["built-in", "fevers"], "whole": True},
        {"categories": [], "by": [], "whole": False},
    ]


def test_a_detector_that_cannot_be_had_is_said_at_construction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = build(tmp_path, project=BUILT_IN)
    detecting._made.cache_clear()
    with monkeypatch.context() as without:
        without.setattr(detecting, "find_spec", lambda _: None)
        with pytest.raises(DetectorMissing, match=r"pip install '\.\[pii\]'"):
            gate_for("test", world.pdp, MemoryLog())
        answer, record = _asked(world, "An offer", Gate(world.pdp, MemoryLog(), "test"))
        assert isinstance(answer, Reply)
        assert (answer.status, record["refused"]) == (503, "undecided")
    assert isinstance(_asked(world, "An offer")[0], Forward)


def test_detectors_named_in_a_reloaded_project_read_from_then_on(tmp_path: Path) -> None:
    world = build(tmp_path)
    gate = gate_for("test", world.pdp, MemoryLog())
    assert isinstance(_asked(world, MAIL, gate)[0], Forward)
    build(tmp_path, project=BUILT_IN)
    world.pdp.reload()
    assert isinstance(_asked(world, MAIL, gate)[0], Reply)


def test_through_a_transport_what_was_seen_is_recorded_and_nothing_is_sent(stage: Stage) -> None:
    who = Request(data=["non_personal"], purpose="publishing")
    with sync_client(stage, "httpx2", who=who, detectors=(_Fevers(),)) as client:
        for text in ("the weather is fine", "a fever"):
            messages: Any = [{"role": "user", "content": text}]
            with nullcontext() if "fine" in text else pytest.raises(PermissionDeniedError):
                client.chat.completions.create(model=DENIED, messages=messages)
    fine, found = stage.decisions
    assert (fine["detected"]["categories"], found["detected"]["categories"]) == ([], ["health"])
    RECORD.validate(found)
    assert len(stage.far.requests) == 1


_WORDS = st.sampled_from(["personal", "health", "non_personal", "cardholder", "trade_secret"])
_SETS = st.builds(SetFact, st.frozensets(_WORDS), settled=st.booleans())
_FACTS = st.builds(
    lambda data: RequestFacts(sets={} if data is None else {"data": data}), st.none() | _SETS
)


@given(_FACTS, st.none() | _FACTS, st.frozensets(_WORDS), st.booleans())
def test_detecting_only_adds(
    facts: RequestFacts, base: RequestFacts | None, categories: frozenset[str], whole: bool
) -> None:
    stated = RequestFacts(facts.model, facts.sets, facts.scalars, base=base)
    shown = raised(stated, Detected(categories, ("any",), whole))
    assert shown.set_fact("data").members == stated.set_fact("data").members | categories
    assert shown.set_fact("data").settled <= stated.set_fact("data").settled
    assert base is None or shown.base == base
    if base is None and shown != stated:
        assert shown.base == stated
