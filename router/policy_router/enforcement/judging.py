"""What becomes of a call, and of every further attempt to send it: pure but for keys and clock."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from traceback import extract_tb
from typing import Any, Final, NamedTuple

from policy_router.audit.record import (
    FIRST,
    Attempt,
    Decided,
    Finding,
    Occasion,
    Outcome,
    Record,
    record_of,
)
from policy_router.domain.detection import Detected
from policy_router.domain.request import RequestFacts
from policy_router.domain.route import GatewayType
from policy_router.domain.snapshot import Snapshot
from policy_router.enforcement.answer import Forward, Reply, refuse
from policy_router.enforcement.apart import Apart, done, is_long
from policy_router.enforcement.detecting import detected_in
from policy_router.enforcement.facts import Floor, known_floor
from policy_router.enforcement.gate import Gate
from policy_router.enforcement.ids import new_id
from policy_router.enforcement.keys import authorization
from policy_router.enforcement.kinds import Kind, Told, decided
from policy_router.enforcement.observing import enforcement_in
from policy_router.enforcement.passed_over import none_left
from policy_router.service.decision import Decision
from policy_router.store.project import Loaded
from policy_router.wire.headers import Headers, first_of
from policy_router.wire.http_call import Asked, HttpCall, read_call
from policy_router.wire.json_strict import serialise
from policy_router.wire.opper import opper_headers
from policy_router.wire.pieces import Piece, pieces_of
from policy_router.wire.pins import Terms, check_examined
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.served import target

_COUNTS: Final = frozenset(str(count) for count in range(100))
_LOGGER: Final = logging.getLogger("policy_router")


@dataclass(slots=True)
class Case:
    """What of a call stays the same over its attempts: all but the instant of the decision.

    `asked`: None once the call is on its way, as what it says takes up more than its bytes do; for
    another attempt it is read again.
    """

    gate: Gate
    call: HttpCall
    occasion: Occasion
    loaded: Loaded
    asked: Asked | None
    facts: RequestFacts
    detected: Detected
    kind: Kind
    opper_tags: frozenset[str]

    @property
    def snapshot(self) -> Snapshot:
        """What it is decided from."""
        return self.loaded.snapshot


@dataclass(slots=True)
class _Taken:
    """What another attempt takes up while it is made; what it sends takes the last one's place.

    `take`: as of a call. Where there is no room for it, no further attempt is made.
    """

    take: Callable[[int], None] | None
    size: int = 0

    def more(self, size: int) -> None:
        """Take `size` bytes more, or so many fewer; raises `Refused` if there is no room."""
        if self.take is not None:
            self.take(size)
            self.size += size

    def give_back(self) -> None:
        """Hold nothing more of it."""
        self.more(-self.size)


class Admitted(NamedTuple):
    """A call that may be sent, once it is recorded; `case`: what a further attempt needs."""

    forward: Forward
    record: Record
    case: Case | None = None


class Turned(NamedTuple):
    """A call that is turned away, which is recorded too."""

    reply: Reply
    record: Record


Judging = Generator[Apart, Any, Admitted | Turned]
"""What becomes of a call, once what may take long has been done."""


def occasion_of(gate: Gate, call: HttpCall, floor: Floor | None) -> Occasion:
    """The occasion of a call that has just come in."""
    count = first_of(call.headers, "x-stainless-retry-count") or ""
    return Occasion(
        id=new_id(),
        at=datetime.now(UTC),
        point=gate.point,
        caller=None if floor is None else floor.caller,
        body_bytes=len(call.body),
        retry=int(count) if count in _COUNTS else None,
    )


def judge(
    gate: Gate, call: HttpCall, floor: Floor | None, occasion: Occasion, loaded: Loaded
) -> Judging:
    """What becomes of `call`; None as its `floor`: its sender must be known, and is not.

    Nothing is raised: a fault is a refusal. What may take long is done apart: to read a long call,
    to decide the first of its kind, to explain a denial that was not explained before, and to find
    what a permission rests on under documents that say something else since a moment ago.
    """
    long = floor is not None and is_long(gate, loaded, call)
    if long:
        case = yield from done(partial(_read, gate, call, floor, occasion, loaded))
    else:
        case = _read(gate, call, floor, occasion, loaded)
    if isinstance(case, Turned):
        return case
    if long or case.kind.is_new or not gate.pdp.is_at_hand(case.snapshot):
        return (yield from done(partial(_decided, case)))
    decision = _decide(case)
    if isinstance(decision, Turned):
        return decision
    if case.kind.is_put_into_words(decision, call.spoken):
        return _judged(case, decision)
    return (yield from done(partial(_judged, case, decision)))


def _decided(case: Case) -> Admitted | Turned:
    decision = _decide(case)
    return decision if isinstance(decision, Turned) else _judged(case, decision)


def _read(
    gate: Gate, call: HttpCall, floor: Floor | None, occasion: Occasion, loaded: Loaded
) -> Case | Turned:
    """What is asked for, and by whom."""
    try:
        return _case(gate, call, known_floor(floor), occasion, loaded)
    except Refused as refused:
        return turned_away(call, occasion, refused)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is sent
        return undecided(call, occasion, error)


def _decide(case: Case) -> Decision | Turned:
    try:
        return case.gate.pdp.decide(case.facts, snapshot=case.snapshot)
    except Refused as refused:
        return turned_away(case.call, case.occasion, refused)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is sent
        return undecided(case.call, case.occasion, error)


def _judged(case: Case, decision: Decision) -> Admitted | Turned:
    """What becomes of a call that has been decided."""
    try:
        if decision.permitted:
            return _sent(case, decision, FIRST)
        explained = case.kind.explained(decision, case.call.spoken)
        denied = explained.to(case.occasion.id, case.call.spoken)
        found = Finding(decided(decision, case.detected), told=denied.told)
        return Turned(denied.reply, record_of(case.occasion, found))
    except Refused as refused:
        return turned_away(case.call, case.occasion, refused, decided(decision, case.detected))
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is sent
        known = decided(decision, case.detected)
        return undecided(case.call, case.occasion, error, known)


def undecided(
    call: HttpCall, occasion: Occasion, error: Exception, known: Decided | None = None
) -> Turned:
    """A call that is turned away for a fault of ours, of which the operator is told."""
    report("could not decide a call", error)
    return turned_away(call, occasion, fault(RefusalCode.UNDECIDED), known)


def judge_again(
    case: Case, tried: Collection[str], after: Outcome
) -> Generator[Apart, Any, Admitted | None]:
    """The next attempt at a call whose last one came to nothing; None if there is none to make.

    It is decided again, from the same snapshot and facts, as of now; what is no longer permitted,
    or was `tried`, is passed over.
    """
    gate = case.gate
    if is_long(gate, case.loaded, case.call) or not gate.pdp.is_at_hand(case.snapshot):
        return (yield from done(partial(_next, case, tried, after)))
    return _next(case, tried, after)


def _next(case: Case, tried: Collection[str], after: Outcome) -> Admitted | None:
    taken = _Taken(case.call.take)
    try:
        decision = case.gate.pdp.decide(case.facts, snapshot=case.snapshot)
        if not set(decision.chain) - set(tried):
            return None
        again = replace(case.call, take=taken.more)
        case.asked = read_call(again, case.gate.limits)
        return _sent(case, decision, Attempt(len(tried) + 1, after=after), tried)
    except Refused:
        return None
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing more is sent
        report("could not decide a further attempt", error)
        return None
    finally:
        taken.give_back()


def _case(gate: Gate, call: HttpCall, sender: Floor, occasion: Occasion, loaded: Loaded) -> Case:
    asked = read_call(call, gate.limits)
    detected = detected_in(asked, gate.detectors_under(loaded), loaded)
    kind = gate.kinds.of(loaded).of(sender, asked, detected)
    facts = kind.facts_of(asked, detected)
    tags = enforcement_in(loaded).opper_tags
    return Case(gate, call, occasion, loaded, asked, facts, detected, kind, tags)


def _sent(
    case: Case, decision: Decision, attempt: Attempt, tried: Collection[str] = ()
) -> Admitted:
    """The call as it goes to the first route of the chain that can carry it.

    Raises `Refused`, with what stands in the way of each, if none can.
    """
    told, passed_over = case.kind.told_of(decision), list[tuple[str, Refused]]()
    asked, case.asked = case.asked, None
    assert asked is not None  # noqa: S101 - it is read for each attempt
    for route in decision.chain:
        if route in tried:
            continue
        try:
            forward, pieces = _forward(case, asked, told, told.terms_on(decision, route))
        except Refused as refused:
            # without where it was raised, which would hold all of the call until it is looked for
            passed_over.append((route, refused.with_traceback(None)))
            continue
        del asked  # what it says takes up more than what is sent, which is only now put together
        if pieces:
            forward = replace(forward, body=b"".join(pieces))
        over = tuple([(r, why.code.value) for r, why in passed_over])
        made = Attempt(attempt.number, route, over, attempt.after)
        record = told.record_of(case.occasion, decision, case.detected, made)
        return Admitted(forward, record, case)
    raise none_left(passed_over)


def _forward(case: Case, asked: Asked, told: Told, terms: Terms) -> tuple[Forward, list[Piece]]:
    """How the call goes out on `terms`, and the pieces of its body, if that is long."""
    decision = case.occasion.id
    operation = asked.call.operation
    check_examined(asked.call, terms)
    wanted = told.pinning_on(asked.call, terms).of(asked.call.body)
    pieces = pieces_of(wanted) if asked.long else []
    body = b"" if pieces else serialise(wanted)
    of_gateway: Headers = ()
    if terms.gateway.type is GatewayType.OPPER:
        of_gateway = opper_headers(case.call.headers, case.opper_tags, decision, new_id())
    forward = Forward(
        decision=decision,
        route=terms.route.id,
        requested=asked.call.model,
        url=target(operation, terms.gateway, terms.route, asked.call.query),
        headers=(
            *asked.headers,
            ("content-length", str(len(body) + sum(map(len, pieces)))),
            *of_gateway,
            *authorization(terms.gateway, operation.dialect, terms.route.id),
        ),
        body=body,
        dialect=operation.dialect,
    )
    return forward, pieces


def turned_away(
    call: HttpCall, occasion: Occasion, refused: Refused, known: Decided | None = None
) -> Turned:
    """A call that is refused, and its record."""
    record = record_of(occasion, Finding(known, refused.code.value))
    return Turned(refuse(occasion.id, refused, call.spoken), record)


def report(what: str, error: Exception) -> None:
    """Tell the operator what fault it was and where; its words may hold what a caller sent."""
    frames = [f"{f.filename}:{f.lineno}" for f in extract_tb(error.__traceback__)]
    _LOGGER.error("%s: %s at %s", what, type(error).__name__, ", ".join(frames))


def fault(code: RefusalCode) -> Refused:
    """A refusal for a reason that lies with us, and that a caller can do nothing about."""
    what = "recorded" if code is RefusalCode.NOT_RECORDED else "decided"
    return Refused(code, f"the call could not be {what}, so it was not sent", "tell the operator")
