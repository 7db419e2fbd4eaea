"""The one way through: a call is read, decided, pinned and recorded, or it is refused."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Final
from uuid import uuid4

from policy_router.audit.log import FileLog, Log
from policy_router.audit.record import Decided, Occasion, Record, record_of
from policy_router.domain.snapshot import Snapshot
from policy_router.enforcement.answer import Answer, Forward, refuse
from policy_router.enforcement.denial import denial
from policy_router.enforcement.facts import Floor, joined
from policy_router.enforcement.keys import authorization
from policy_router.service.decision import Decision
from policy_router.service.pdp import PDP
from policy_router.wire.headers import first_of, upstream_headers
from policy_router.wire.http_call import Asked, HttpCall, read_call
from policy_router.wire.json_strict import DEFAULT_LIMITS, Limits, serialise
from policy_router.wire.pins import Terms, pin
from policy_router.wire.refusal import RefusalCode, Refused
from policy_router.wire.served import target

_LOGGER: Final = logging.getLogger("policy_router")
_COUNTS: Final = frozenset(str(count) for count in range(100))


@dataclass(frozen=True, slots=True)
class Gate:
    """What an enforcement point decides with: `point` names it in the records."""

    pdp: PDP
    log: Log
    point: str
    limits: Limits = field(default=DEFAULT_LIMITS)


def gate_for(point: str, pdp: PDP, log: Log | None = None, limits: Limits = DEFAULT_LIMITS) -> Gate:
    """The gate of an enforcement point; without `log` it records where the project says.

    Raises `ValueError` if the project says nothing about that: no record, no call.
    """
    return Gate(pdp, log or _log_of(pdp), point, limits)


def _log_of(pdp: PDP) -> Log:
    project = pdp.loaded.project
    if project is None or project.log is None:
        message = (
            "there is no log, and a call is only sent once its decision is recorded: "
            "name one in the project (`log: {file: ...}`), or pass one"
        )
        raise ValueError(message)
    return FileLog(project.log)


def admit(
    gate: Gate, call: HttpCall, floor: Floor | None, snapshot: Snapshot | None = None
) -> Answer:
    """What becomes of `call`, whose sender is known by `floor`; None: it must be known, and is not.

    `snapshot`: the one in force when the call came in and its sender was looked up; by default
    the one that is.

    Nothing is raised: a fault is a refusal. What is forwarded has been recorded before.
    """
    occasion = _occasion(gate, call, floor)
    answer, record = _judged(gate, call, floor, occasion, snapshot)
    try:
        gate.log.append(record)
    except Exception as error:  # noqa: BLE001 - whatever keeps a record from being kept
        _report("could not record a decision", error)
        return refuse(occasion.id, _fault(RefusalCode.NOT_RECORDED), call.spoken)
    return answer


def _occasion(gate: Gate, call: HttpCall, floor: Floor | None) -> Occasion:
    count = first_of(call.headers, "x-stainless-retry-count") or ""
    return Occasion(
        id=str(uuid4()),
        at=datetime.now(UTC),
        point=gate.point,
        caller=None if floor is None else floor.caller,
        body_bytes=len(call.body),
        retry=int(count) if count in _COUNTS else None,
    )


def _judged(
    gate: Gate,
    call: HttpCall,
    floor: Floor | None,
    occasion: Occasion,
    snapshot: Snapshot | None,
) -> tuple[Answer, Record]:
    decision = None
    try:
        asked, sender = read_call(call, gate.limits), _known(floor)
        facts = joined(sender, asked.call.facts, asked.declared)
        decision = gate.pdp.decide(facts, snapshot=snapshot)
        terms = decision.terms
        if terms is None:
            answer: Answer = denial(occasion.id, decision, sender, call.spoken)
        else:
            answer = _forward(occasion.id, call, asked, terms)
        return answer, _record(occasion, decision, None)
    except Refused as refused:
        return refuse(occasion.id, refused, call.spoken), _record(occasion, decision, refused)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing is sent
        _report("could not decide a call", error)
        fault = _fault(RefusalCode.UNDECIDED)
        return refuse(occasion.id, fault, call.spoken), _record(occasion, decision, fault)


def _known(floor: Floor | None) -> Floor:
    if floor is None:
        raise Refused(
            RefusalCode.UNKNOWN_CALLER,
            "the call carries no key of a caller that is known here",
            "send the caller's own key as `Authorization: Bearer ...`; a provider's key is none",
        )
    return floor


def _forward(decision_id: str, call: HttpCall, asked: Asked, terms: Terms) -> Forward:
    body = serialise(pin(asked.call, terms))
    operation = asked.call.operation
    return Forward(
        decision=decision_id,
        route=terms.route.id,
        requested=asked.call.model,
        url=target(operation, terms.gateway, terms.route, asked.call.query),
        headers=(
            *upstream_headers(call.headers, body, asked.headers),
            *authorization(terms.gateway, operation.dialect),
        ),
        body=body,
        dialect=operation.dialect,
    )


def _record(occasion: Occasion, decision: Decision | None, refused: Refused | None) -> Record:
    decided = None
    if decision is not None:
        decided = Decided(decision.snapshot, decision.facts, decision.determination)
    return record_of(occasion, decided, None if refused is None else refused.code.value)


def _report(what: str, error: Exception) -> None:
    """Tell the operator what fault it was and where; its words may hold what a caller sent."""
    frames = [f"{f.filename}:{f.lineno}" for f in extract_tb(error.__traceback__)]
    _LOGGER.error("%s: %s at %s", what, type(error).__name__, ", ".join(frames))


def _fault(code: RefusalCode) -> Refused:
    """A refusal for a reason that lies with us, and that a caller can do nothing about."""
    what = "recorded" if code is RefusalCode.NOT_RECORDED else "decided"
    return Refused(code, f"the call could not be {what}, so it was not sent", "tell the operator")
