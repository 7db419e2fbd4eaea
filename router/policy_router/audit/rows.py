"""Recorded calls as rows of a table: one for each attempt, flat, content-free like the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from policy_router.audit.recorded import Call, Data

Row = dict[str, Any]


def rows_of(calls: Iterable[Call]) -> Iterator[Row]:
    """A row for each attempt of each call, in order; how the last one ended stands with it."""
    for call in calls:
        last = len(call.decisions) - 1
        for place, record in enumerate(call.decisions):
            outcome = call.outcome if place == last else _after(call.decisions[place + 1])
            yield {**_call(record), **_facts(record), **_decision(record), **_ended(outcome)}


def _after(following: Data) -> Data | None:
    """How an attempt ended, as the next one says."""
    found: Data | None = following["attempt"]["after"]
    return found


def _call(record: Data) -> Row:
    return {
        "at": datetime.fromisoformat(record["recorded_at"]),
        "id": record["id"],
        "attempt": record["attempt"]["number"],
        "point": record["point"],
        "caller": record["caller"],
        "observed": record["observed"],
        "admitted": record["admitted"],
        "refused": record["refused"],
        "body_bytes": record["body_bytes"],
        "version": record.get("version"),
        "route": record["attempt"]["route"],
    }


def _facts(record: Data) -> Row:
    facts = record["facts"] or {"sets": {}, "scalars": {}}
    sets, scalars = facts["sets"], facts["scalars"]
    named = {name: scalars.get(name) for name in ("purpose", "tenant", "project", "environment")}
    counted = {name: scalars.get(f"tokens.{name}") for name in ("input", "output")}
    return {
        **{name: sets.get(name, {"members": []})["members"] for name in ("data", "regime")},
        **named,
        **{f"tokens_{name}": None if n is None else int(n) for name, n in counted.items()},
    }


def _decision(record: Data) -> Row:
    decision = record["decision"]
    if decision is None:
        names = ("requested", "outcome", "reason", "policies", "registry")
        return {**dict.fromkeys(names), "missing": [], "candidates": None}
    return {
        **{name: decision[name] for name in ("requested", "outcome", "reason", "missing")},
        **{name: decision["digests"][name] for name in ("policies", "registry")},
        "candidates": len(decision["candidates"]),
    }


def _ended(outcome: Data | None) -> Row:
    said = None if outcome is None else outcome["attestation"]
    return {
        "ending": None if outcome is None else outcome["ending"],
        "status": None if outcome is None else outcome["status"],
        "attested": None if said is None else said["standing"],
    }
