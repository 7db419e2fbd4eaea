"""Records of a call: facts, categories, sizes and digests; never prompt, answer or key.

A call has a record of its decision, one more for every further attempt, and one of how it ended;
all of them carry its id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from policy_router.audit.withheld import model_to_record, stand_ins, without_strange_words
from policy_router.domain.attestation import Attestation
from policy_router.domain.decision import Determination, Digests, Used
from policy_router.domain.detection import NOTHING_DETECTED, Detected
from policy_router.domain.release import VERSION
from policy_router.domain.request import FactValue, RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.render import decision_data, instant, used_data

Record = Mapping[str, Any]


class Kind(StrEnum):
    """What a record is about."""

    DECISION = "decision"
    OUTCOME = "outcome"
    LOAD = "load"
    NOT_REPLACED = "not_replaced"
    RETENTION = "retention"
    UNLINKED = "unlinked"


class Ending(StrEnum):
    """How an attempt to send a call ended."""

    COMPLETE = "complete"
    CUT = "cut"
    CLIENT_GONE = "client_gone"
    FAILED_OVER = "failed_over"
    REDIRECTED = "redirected"
    WITHHELD = "withheld"
    UNREACHED = "unreached"
    TIMED_OUT = "timed_out"
    BROKEN = "broken"
    STOPPED = "stopped"


class Occasion(NamedTuple):
    """Which call a record is about. `point`: the enforcement point; `retry`: the SDK's count.

    `observed`: the call passes whatever is decided, as the project only observes. `subject`: the
    pseudonym of the person whom it is about, if the caller names one.
    """

    id: str
    at: datetime
    point: str
    caller: str | None
    body_bytes: int
    retry: int | None = None
    observed: bool = False
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about a call, on what facts, from which snapshot.

    `rests_on`: finds what the permission of some routes rests on. `detected`: what detectors saw in
    its texts. `gateway`: the one it goes to in any case, so that
    only its routes counted. `build`: of the program that decided.
    """

    snapshot: Snapshot
    facts: RequestFacts
    determination: Determination
    rests_on: Callable[[Collection[str]], Used]
    detected: Detected = NOTHING_DETECTED
    gateway: str | None = None
    build: str | None = None


class Outcome(NamedTuple):
    """How one attempt ended. `status`: of the answer, None if none came.

    `answer_id`: what its upstream calls the answer. `resent`: it went out twice, as the connection
    it went out on first was closed before an answer.
    """

    route: str | None
    ending: Ending
    status: int | None = None
    attestation: Attestation | None = None
    answer_id: str | None = None
    resent: bool = False


class Attempt(NamedTuple):
    """An attempt to send a call: to which route, which were passed over, what went before.

    `passed_over`: permitted routes that cannot carry the call, with the code of the reason.
    """

    number: int = 1
    route: str | None = None
    passed_over: tuple[tuple[str, str], ...] = ()
    after: Outcome | None = None


FIRST = Attempt()


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about a call: a decision, a refusal (its code), or both.

    `told`: what a call that was denied was answered, beside the code. `lists`: it asks for a list
    of models, so there is nothing to decide on.
    """

    decided: Decided | None = None
    refused: str | None = None
    attempt: Attempt = field(default=FIRST)
    told: Mapping[str, Any] | None = None
    lists: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """Segments of a log that are removed: up to `through`, with the records before `first`.

    `root`: of the tree of those records, in hexadecimal.
    """

    through: int
    first: int
    root: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a snapshot takes the place of, and what no digest tells of the two.

    `callers`: ids of those that came, went, or have another key or other facts; `gateways`: of
    those that came, went, or are called at another address or with a key from elsewhere.
    """

    digests: Digests
    callers: tuple[str, ...]
    gateways: tuple[str, ...]


def record_of(occasion: Occasion, finding: Finding) -> Record:
    """The record of a call that was decided or refused.

    Of what a caller says it holds only words that the snapshot knows too.
    """
    decided, refused = finding.decided, finding.refused
    permitted = decided is not None and decided.determination.permitted
    return {
        "kind": Kind.DECISION.value,
        "id": occasion.id,
        "recorded_at": instant(occasion.at),
        "version": VERSION,
        "build": None if decided is None else decided.build,
        "point": occasion.point,
        "caller": occasion.caller,
        **({} if occasion.subject is None else {"subject": occasion.subject}),
        "body_bytes": occasion.body_bytes,
        "retry": occasion.retry,
        "observed": occasion.observed,
        "admitted": (permitted or finding.lists) and refused is None,
        "refused": refused,
        "attempt": _attempt(finding.attempt),
        "detected": None if decided is None else _detected(decided.detected),
        "gateway": None if decided is None else decided.gateway,
        "facts": None if decided is None else _facts(decided),
        "decision": None if decided is None else _decision(decided),
        "rests_on": _rests_on(finding),
        "told": None if finding.told is None else dict(finding.told),
    }


def _rests_on(finding: Finding) -> Record | None:
    decided = finding.decided
    if decided is None or finding.refused is not None or not decided.determination.permitted:
        return None
    return rests_on_data(decided.rests_on, finding.attempt.route, decided.determination)


def rests_on_data(
    find: Callable[[Collection[str]], Used], route: str | None, permission: Determination
) -> Record:
    """What the permission rests on to send a call by `route`, by id; None: by any that it names."""
    return used_data(find(permission.chain if route is None else (route,)))


def _detected(detected: Detected) -> Record:
    """What detectors saw; never the text they saw it in."""
    return {
        "categories": sorted(detected.categories),
        "by": list(detected.by),
        "whole": detected.whole,
    }


def outcome_record(occasion: Occasion, at: datetime, attempt: int, outcome: Outcome) -> Record:
    """The record of how the last attempt to send a call ended."""
    return {
        "kind": Kind.OUTCOME.value,
        "id": occasion.id,
        "recorded_at": instant(at),
        "point": occasion.point,
        "observed": occasion.observed,
        "attempt": attempt,
        **_outcome(outcome),
    }


def load_record(
    at: datetime, digests: Digests, replaced: Replaced | None, *, observed: bool
) -> Record:
    """The record of a snapshot put in force; `replaced`: what it takes the place of."""
    was = None if replaced is None else replaced.digests
    return {
        "kind": Kind.LOAD.value,
        "recorded_at": instant(at),
        "version": VERSION,
        "observed": observed,
        "before": None if was is None else was.policies,
        "before_registry": None if was is None else was.registry,
        "changed": None if replaced is None else _changed(replaced),
        "digests": {"policies": digests.policies, "registry": digests.registry},
    }


def _changed(replaced: Replaced) -> Record:
    return {"callers": list(replaced.callers), "gateways": list(replaced.gateways)}


def not_replaced_record(
    at: datetime, digests: Digests, until: datetime, codes: Iterable[str], *, outdated: bool
) -> Record:
    """The record of documents that stay in force, as what their files say cannot be.

    `until`: from when on nothing is decided from them; `outdated`: that this has come. `codes`: of
    what is wrong with what the files say.
    """
    return {
        "kind": Kind.NOT_REPLACED.value,
        "recorded_at": instant(at),
        "digests": {"policies": digests.policies, "registry": digests.registry},
        "until": instant(until),
        "outdated": outdated,
        "codes": sorted(set(codes)),
    }


def retention_record(at: datetime, before: datetime, gone: Gone) -> Record:
    """The record of segments that are about to be removed: all in them was kept `before`."""
    return {
        "kind": Kind.RETENTION.value,
        "recorded_at": instant(at),
        "version": VERSION,
        "before": instant(before),
        "through": gone.through,
        "first": gone.first,
        "root": gone.root,
    }


def unlinked_record(at: datetime) -> Record:
    """The record of a key that was destroyed: of whose pseudonym it does not say."""
    return {"kind": Kind.UNLINKED.value, "recorded_at": instant(at), "version": VERSION}


def _attempt(attempt: Attempt) -> dict[str, Any]:
    passed_over = [{"route": route, "refused": code} for route, code in attempt.passed_over]
    return {
        "number": attempt.number,
        "route": attempt.route,
        "passed_over": passed_over,
        "after": None if attempt.after is None else _outcome(attempt.after),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    attestation = outcome.attestation
    return {
        "route": outcome.route,
        "ending": outcome.ending.value,
        "status": outcome.status,
        "attestation": None if attestation is None else _attestation(attestation),
        **({} if outcome.answer_id is None else {"answer_id": outcome.answer_id}),
        **({"resent": True} if outcome.resent else {}),
    }


def _attestation(attestation: Attestation) -> dict[str, Any]:
    said = attestation.said
    return {
        "standing": attestation.standing.value,
        "model": said.model,
        "provider": said.provider,
        "place": said.place,
        "contradicts": list(attestation.contradicts),
    }


def _facts(decided: Decided) -> dict[str, Any]:
    clean = without_strange_words(decided.snapshot, decided.facts)
    return facts_data(decided.snapshot, decided.facts, clean)


def _decision(decided: Decided) -> dict[str, Any]:
    requested = model_to_record(decided.snapshot, decided.determination.requested)
    return {**decision_data(decided.determination), "requested": requested}


def facts_data(snapshot: Snapshot, said: RequestFacts, clean: RequestFacts) -> dict[str, Any]:
    """What was `said` as plain data, `clean` of words that `snapshot` does not know.

    `stand_ins`: what is decided alike in place of what is withheld. `without_declared`: what was
    known without the caller's word.
    """
    base = None
    if said.base is not None and clean.base is not None:
        base = facts_data(snapshot, said.base, clean.base)
    return {
        "model": clean.model,
        "sets": {
            name: {"members": sorted(fact.members), "settled": fact.settled}
            for name, fact in sorted(clean.sets.items())
        },
        "scalars": {name: _plain(value) for name, value in sorted(clean.scalars.items())},
        "stand_ins": stand_ins(snapshot, said, clean),
        "declared": list(clean.declared),
        "seen": clean.seen,
        "without_declared": base,
    }


def _plain(value: FactValue) -> str | bool:
    return str(value) if isinstance(value, Decimal) else value
