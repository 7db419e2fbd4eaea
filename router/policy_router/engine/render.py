"""A decision as canonical JSON: sorted keys, no floats, equal bytes for equal input."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from policy_router.domain.decision import (
    AppliedObligation,
    Candidate,
    Detail,
    Determination,
    RuleVerdict,
    Used,
)


def decision_json(determination: Determination) -> str:
    """The decision as one line of JSON (schema `decision`)."""
    data = decision_data(determination)
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def decision_data(d: Determination) -> dict[str, Any]:
    """The decision as plain data."""
    return {
        "at": instant(d.at),
        "known_at": None if d.known_at is None else instant(d.known_at),
        "requested": d.requested,
        "outcome": d.outcome.value,
        "reason": None if d.reason is None else d.reason.value,
        "route": d.route,
        "chain": list(d.chain),
        "substituted": d.substituted,
        "obligations": [_obligation(o) for o in d.obligations],
        "monitor": [_verdict(v) for v in d.monitor],
        "warnings": [_detail(w) for w in d.warnings],
        "details": [_detail(w) for w in d.details],
        "missing": list(d.missing),
        "declared": list(d.declared),
        "candidates": [_candidate(c) for c in d.candidates],
        "digests": {"policies": d.digests.policies, "registry": d.digests.registry},
    }


def instant(value: datetime) -> str:
    """An instant as RFC 3339 in UTC, to the second unless it is finer."""
    u = value if value.tzinfo is UTC else value.astimezone(UTC)
    second = _to_the_second(u.year, u.month, u.day, u.hour, u.minute, u.second)
    return f"{second}.{u.microsecond:06}Z" if u.microsecond else f"{second}Z"


@lru_cache(maxsize=16)
def _to_the_second(*parts: int) -> str:
    """The same for all calls of a second, each of which has three instants or more."""
    return "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*parts)


def used_data(used: Used) -> dict[str, Any]:
    """What stands behind permissions, by id."""
    return {
        "agreements": list(used.agreements),
        "exceptions": list(used.exceptions),
        "signoffs": list(used.signoffs),
        "secondary_readings_of_law": list(used.law),
    }


def _candidate(c: Candidate) -> dict[str, Any]:
    return {
        "route": c.route,
        "permitted": c.permitted,
        "unsuitable": list(c.unsuitable),
        "verdicts": [_verdict(v) for v in c.verdicts],
    }


def _verdict(v: RuleVerdict) -> dict[str, Any]:
    data = {"policy": v.policy, "rule": v.rule, "mode": v.mode.value, "verdict": v.verdict.value}
    return data if v.exception is None else {**data, "exception": v.exception}


def _obligation(o: AppliedObligation) -> dict[str, Any]:
    values = {k: str(v) if isinstance(v, Decimal) else v for k, v in o.set}
    return {"policy": o.policy, "obligation": o.obligation, "set": values}


def _detail(d: Detail) -> dict[str, Any]:
    return {"about": d.about, "message": d.message}
