"""The record of one decision: facts, categories, sizes and digests; never prompt, answer or key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from policy_router.audit.withheld import model_to_record, without_strange_words
from policy_router.domain.decision import Determination
from policy_router.domain.request import FactValue, RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.render import decision_data, instant

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Which call a record is about. `point`: the enforcement point; `retry`: the SDK's count."""

    id: str
    at: datetime
    point: str
    caller: str | None
    body_bytes: int
    retry: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about a call, on what facts, from which snapshot."""

    snapshot: Snapshot
    facts: RequestFacts
    determination: Determination


def record_of(
    occasion: Occasion, decided: Decided | None = None, refused: str | None = None
) -> Record:
    """The record of a call: decided, refused (`refused`: its code), or both.

    Of what a caller says it holds only words that the snapshot knows too.
    """
    permitted = decided is not None and decided.determination.permitted
    return {
        "id": occasion.id,
        "recorded_at": instant(occasion.at),
        "point": occasion.point,
        "caller": occasion.caller,
        "body_bytes": occasion.body_bytes,
        "retry": occasion.retry,
        "admitted": permitted and refused is None,
        "refused": refused,
        "facts": None if decided is None else _facts(decided),
        "decision": None if decided is None else _decision(decided),
    }


def _facts(decided: Decided) -> dict[str, Any]:
    return facts_data(without_strange_words(decided.snapshot, decided.facts))


def _decision(decided: Decided) -> dict[str, Any]:
    requested = model_to_record(decided.snapshot, decided.determination.requested)
    return {**decision_data(decided.determination), "requested": requested}


def facts_data(facts: RequestFacts) -> dict[str, Any]:
    """Facts as plain data; `without_declared` is what was known without the caller's word."""
    return {
        "model": facts.model,
        "sets": {
            name: {"members": sorted(fact.members), "settled": fact.settled}
            for name, fact in sorted(facts.sets.items())
        },
        "scalars": {name: _plain(value) for name, value in sorted(facts.scalars.items())},
        "declared": list(facts.declared),
        "without_declared": None if facts.base is None else facts_data(facts.base),
    }


def _plain(value: FactValue) -> str | bool:
    return str(value) if isinstance(value, Decimal) else value
