"""The exchange as a dialogue: what it asks for, what it is told, and what it then asks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from policy_router import PDP, Request
from policy_router.audit.record import Ending, Record
from policy_router.enforcement.apart import Apart
from policy_router.enforcement.context import as_floor
from policy_router.enforcement.exchange import (
    FAILS_OVER,
    Came,
    Deliver,
    Ended,
    Finished,
    Head,
    Hold,
    Keep,
    Send,
    advance,
    exchange,
)
from policy_router.enforcement.gate import Gate
from policy_router.log.kept import MemoryLog
from policy_router.wire.headers import Headers
from policy_router.wire.http_call import HttpCall
from tests.pep.test_records import OUTCOME, RECORD
from tests.pep.world import ALLOWED, CANARY, KEY_VARIABLE, UPSTREAM_KEY, World, build

Worlds = Callable[..., World]
FLOOR = as_floor(Request(data=["health"], regime=["eu_gdpr"], purpose="letters"))
BODY = {"model": ALLOWED, "messages": [{"role": "user", "content": CANARY}]}
CALL = HttpCall("POST", "/chat/completions", "", (), json.dumps(BODY).encode())
JSON = (("content-type", "application/json"),)
OK = Head(200, JSON)
EVENTS = (("content-type", "text/event-stream"),)
MESSAGE = b"""event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_stop
data: {"type":"message_stop"   }

"""
RESPONSE = b"""event: response.output_text.done
data: {"type":"response.output_text.done"}

event: response.%s
data: {"response":{"output":[{"content":[{"type":"output_text","text":"At some length."}]}]}}

"""


@dataclass
class Dialogue:
    """The other side of an exchange."""

    world: World
    log: MemoryLog = field(default_factory=MemoryLog)

    def __post_init__(self) -> None:
        gate = Gate(self.world.pdp, self.log, "test")
        self._steps = exchange(gate, CALL, FLOOR, self.world.pdp.loaded)

    def hear(self, came: Came = None) -> Send | Hold | Deliver | Finished:
        """Tell it what came, and return what it asks for next."""
        return advance(self._steps, self.log, came)

    def sent(self, came: Came = None) -> str:
        """Tell it what came, and return the route it sends the call to next."""
        step = self.hear(came)
        assert isinstance(step, Send)
        assert step.forward.route is not None
        return step.forward.route

    @property
    def attempts(self) -> list[dict[str, Any]]:
        return [r["attempt"] for r in self.log.records if r["kind"] == "decision"]

    @property
    def outcome(self) -> dict[str, Any]:
        (found,) = [record for record in self.log.records if record["kind"] == "outcome"]
        return found


@pytest.fixture
def worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worlds:
    """A world with two routes for the allowed model."""
    monkeypatch.setenv(KEY_VARIABLE, UPSTREAM_KEY)
    return lambda **settings: build(tmp_path, spare=True, **settings)


@pytest.fixture
def dialogue(worlds: Worlds) -> Dialogue:
    return Dialogue(worlds())


def _valid(log: MemoryLog) -> None:
    ids = {record["id"] for record in log.records}
    assert len(ids) == 1
    for record in log.records:
        (RECORD if record["kind"] == "decision" else OUTCOME).validate(record)
    assert CANARY not in json.dumps(log.records)


def test_recorded_then_sent_then_delivered_then_how_it_ended(dialogue: Dialogue) -> None:
    assert dialogue.sent() == "far:allowed"
    assert len(dialogue.log.records) == 1
    step = dialogue.hear(OK)
    assert isinstance(step, Deliver)
    step.witness.feed(b'{"model": "at-far/allowed-2026"}')
    assert dialogue.hear(Ended(Ending.COMPLETE)) == Finished(None)
    assert dialogue.outcome["attestation"]["standing"] == "attested"
    assert (dialogue.outcome["ending"], dialogue.outcome["status"]) == ("complete", 200)
    _valid(dialogue.log)


@pytest.mark.parametrize("status", sorted(FAILS_OVER))
def test_what_speaks_of_the_upstream_goes_on_to_the_next_route(
    dialogue: Dialogue, status: int
) -> None:
    assert dialogue.sent() == "far:allowed"
    assert dialogue.sent(Head(status, ())) == "near:allowed"
    assert [a["number"] for a in dialogue.attempts] == [1, 2]
    after = dialogue.attempts[1]["after"]
    assert (after["route"], after["ending"], after["status"]) == (
        "far:allowed",
        "failed_over",
        status,
    )
    assert isinstance(dialogue.hear(OK), Deliver)
    dialogue.hear(Ended(Ending.COMPLETE))
    assert (dialogue.outcome["attempt"], dialogue.outcome["route"]) == (2, "near:allowed")
    _valid(dialogue.log)


@pytest.mark.parametrize("how", [Ending.UNREACHED, Ending.TIMED_OUT, Ending.BROKEN])
def test_so_does_what_got_no_answer(dialogue: Dialogue, how: Ending) -> None:
    dialogue.sent()
    assert dialogue.sent(Ended(how)) == "near:allowed"
    step = dialogue.hear(Ended(how))
    assert isinstance(step, Finished)
    assert step.reply is not None
    assert step.reply.failure is how
    assert step.reply.status == (504 if how is Ending.TIMED_OUT else 502)
    assert "x-should-retry" not in dict(step.reply.headers)
    assert dialogue.outcome["ending"] == how.value
    _valid(dialogue.log)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 413, 415, 422, 501])
def test_what_speaks_of_the_call_is_the_answer(dialogue: Dialogue, status: int) -> None:
    dialogue.sent()
    assert isinstance(dialogue.hear(Head(status, ())), Deliver)


def test_the_last_upstreams_own_error_is_the_answer(dialogue: Dialogue) -> None:
    dialogue.sent()
    dialogue.sent(Head(503, ()))
    step = dialogue.hear(Head(500, ()))
    assert isinstance(step, Deliver)
    assert step.forward.route == "near:allowed"


def test_nothing_more_is_sent_once_the_client_is_gone(dialogue: Dialogue) -> None:
    dialogue.sent()
    assert isinstance(dialogue.hear(Ended(Ending.CLIENT_GONE)), Finished)
    assert dialogue.outcome["ending"] == "client_gone"


@pytest.mark.parametrize(
    ("headers", "passed", "how"),
    [
        (EVENTS, b"data: {}\n\ndata: [DONE]\n\n", "complete"),
        (EVENTS, b"data: {}\n\n", "client_gone"),
        (EVENTS, MESSAGE, "complete"),
        (EVENTS, MESSAGE.replace(b"\n", b"\r\n"), "complete"),
        (EVENTS, MESSAGE[:-1], "client_gone"),
        (EVENTS, MESSAGE.replace(b"_stop\n", b"_delta\n"), "client_gone"),
        (EVENTS, MESSAGE + b"event: ping\ndata: {}\n\n", "client_gone"),
        (EVENTS, b'event: a\ndata: {"t": "\\nevent: message_stop\\n"}\n\n', "client_gone"),
        *((EVENTS, RESPONSE % how, "complete") for how in (b"completed", b"incomplete", b"failed")),
        (EVENTS, RESPONSE % b"in_progress", "client_gone"),
        (EVENTS, (RESPONSE % b"completed")[:-9], "client_gone"),
        ((*JSON, ("content-length", "2")), b"{}", "complete"),
        ((*JSON, ("content-length", "3")), b"{}", "client_gone"),
        (JSON, b"{}", "client_gone"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 90, 1_000])
def test_a_client_that_has_all_of_an_answer_need_not_wait_for_its_end(
    dialogue: Dialogue, headers: Headers, passed: bytes, how: str, size: int
) -> None:
    """Clients of streams hang up at the last event; whether we saw the end before is chance."""
    dialogue.sent()
    step = dialogue.hear(Head(200, headers))
    assert isinstance(step, Deliver)
    for at in range(0, len(passed), size):
        step.witness.feed(passed[at : at + size])
    assert dialogue.hear(Ended(Ending.CLIENT_GONE)) == Finished(None)
    assert dialogue.outcome["ending"] == how


def test_a_redirect_is_neither_followed_nor_failed_over(dialogue: Dialogue) -> None:
    dialogue.sent()
    step = dialogue.hear(Head(307, ()))
    assert isinstance(step, Finished)
    assert step.reply is not None
    assert step.reply.status == 502
    assert dialogue.outcome["ending"] == "redirected"


def test_every_attempt_is_decided_again(
    dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no longer permitted when its turn comes is not tried."""
    dialogue.sent()
    decide = PDP.decide

    def later(self: PDP, request: Any, **more: Any) -> Any:  # noqa: ANN401
        decision = decide(self, request, **more)
        object.__setattr__(decision.ruling, "chain", ("far:allowed",))
        return decision

    monkeypatch.setattr(PDP, "decide", later)
    assert isinstance(dialogue.hear(Head(503, ())), Deliver)


def test_a_fault_while_deciding_again_sends_nothing_more(
    dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError(CANARY)

    dialogue.sent()
    monkeypatch.setattr(PDP, "decide", fail)
    assert isinstance(dialogue.hear(Head(503, ())), Deliver)


class _Full(MemoryLog):
    """A log that is full after so many records."""

    room = 1

    def append(self, record: Record) -> None:
        if len(self.records) >= self.room:
            raise OSError("no space")
        super().append(record)


def test_a_further_attempt_that_cannot_be_recorded_is_not_sent(
    worlds: Worlds,
) -> None:
    dialogue = Dialogue(worlds(), _Full())
    dialogue.sent()
    step = dialogue.hear(Head(503, ()))
    assert isinstance(step, Finished)
    assert step.reply is not None
    assert json.loads(step.reply.body)["error"]["code"] == "not_recorded"


def test_an_end_that_cannot_be_recorded_does_not_spoil_the_answer(
    worlds: Worlds,
) -> None:
    dialogue = Dialogue(worlds(), _Full())
    dialogue.sent()
    assert isinstance(dialogue.hear(OK), Deliver)
    assert dialogue.hear(Ended(Ending.COMPLETE)) == Finished(None)


def test_a_route_that_cannot_carry_the_call_is_passed_over(worlds: Worlds) -> None:
    world: World = worlds()
    file = world.folder / "documents.yaml"
    text = file.read_text("utf-8")
    assert "title: The far gateway\ntype: openai_compatible" in text
    text = text.replace(
        "title: The far gateway\ntype: openai_compatible", "title: The far gateway\ntype: azure"
    )
    file.write_text(text, "utf-8")
    world.pdp.reload()
    dialogue = Dialogue(world)
    assert dialogue.sent() == "near:allowed"
    (attempt,) = dialogue.attempts
    assert attempt["passed_over"] == [{"route": "far:allowed", "refused": "gateway_unsupported"}]
    assert isinstance(dialogue.hear(Head(503, ())), Deliver)


WITHHOLD = "enforcement: {contradicted: withhold}\n"


def test_an_answer_of_another_model_is_a_recorded_violation(dialogue: Dialogue) -> None:
    dialogue.sent()
    step = dialogue.hear(OK)
    assert isinstance(step, Deliver)
    step.witness.feed(b'{"model": "denied-2026"}')
    dialogue.hear(Ended(Ending.COMPLETE))
    attestation = dialogue.outcome["attestation"]
    assert attestation["standing"] == "contradicted"
    assert attestation["model"] == "denied-2026"


@pytest.mark.parametrize(
    ("said", "goes_out"),
    [
        (b'{"model": "maker/denied"}', False),
        (b'{"model": "denied-2026-01-01"}', False),
        (b'{"model": "at-far/denied-2026", "provider": "x"}', False),
        (b'{"model": "allowed-2026", "provider": "The denied provider"}', False),
        (b'{"model": "allowed-2026"}', True),
        (b'{"model": "whatever"}', True),
        (b"{}", True),
        (b"nothing that could be read", True),
    ],
)
def test_by_policy_it_is_withheld(worlds: Worlds, said: bytes, goes_out: bool) -> None:
    dialogue = Dialogue(worlds(project=WITHHOLD))
    dialogue.sent()
    step = dialogue.hear(OK)
    assert isinstance(step, Hold)
    step.witness.feed(said)
    step = dialogue.hear()
    if goes_out:
        assert isinstance(step, Deliver)
        return
    assert isinstance(step, Finished)
    assert step.reply is not None
    assert json.loads(step.reply.body)["error"]["code"] == "contradicted_answer"
    assert dialogue.outcome["ending"] == "withheld"
    assert dialogue.outcome["attestation"]["contradicts"]
    _valid(dialogue.log)


def test_an_answer_that_breaks_off_while_it_is_held_back_is_none(
    worlds: Worlds,
) -> None:
    dialogue = Dialogue(worlds(project=WITHHOLD))
    dialogue.sent()
    assert isinstance(dialogue.hear(OK), Hold)
    step = dialogue.hear(Ended(Ending.BROKEN))
    assert isinstance(step, Finished)
    assert step.reply is not None
    assert step.reply.status == 502


def test_whatever_is_asked_for_first_is_to_be_recorded(worlds: Worlds) -> None:
    world = worlds()
    steps = exchange(Gate(world.pdp, MemoryLog(), "test"), CALL, FLOOR, world.pdp.loaded)
    step = next(steps)
    while isinstance(step, Apart):
        step.work()
        step = steps.send(None)
    assert isinstance(step, Keep)
