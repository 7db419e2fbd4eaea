"""Recorded calls as rows of a table: one for each attempt, flat, content-free like the records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from policy_router.audit.record_schemas import GROUNDS
from policy_router.audit.recorded import Call, Data
from policy_router.audit.replay import withheld_in
from policy_router.domain.vocabulary import LABEL_PREFIX

Row = dict[str, Any]

_SETS: Final = (
    "subjects",
    "subject_location",
    "features",
    "input_modalities",
    "output_modalities",
    "server_tools",
)
_SCALARS: Final = (
    "purpose",
    "lawful_basis",
    "special_condition",
    "decision_effect",
    "tenant",
    "project",
    "environment",
    "endpoint",
    "stateful",
    "streaming",
)


def rows_of(calls: Iterable[Call]) -> Iterator[Row]:
    """A row for each attempt of each call, in order; how the last one ended stands with it."""
    for call in calls:
        last = len(call.decisions) - 1
        for place, record in enumerate(call.decisions):
            outcome = call.outcome if place == last else _after(call.decisions[place + 1])
            found = {**_call(record), **_facts(record), **_decision(record)}
            yield {**found, **_rests_on(record), **_ended(outcome)}


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
        "subject": record.get("subject"),
        "observed": record["observed"],
        "admitted": record["admitted"],
        "refused": record["refused"],
        "body_bytes": record["body_bytes"],
        "version": record.get("version"),
        "route": record["attempt"]["route"],
    }


_NO_FACTS: Final[Data] = {
    "model": None,
    "sets": {},
    "scalars": {},
    "stand_ins": {},
    "seen": None,
    "without_declared": None,
}


def _facts(record: Data) -> Row:
    """The facts, in the columns from which `audit.proposal` reads them."""
    facts = record["facts"] or _NO_FACTS
    sets, scalars = facts["sets"], facts["scalars"]
    counted = {name: scalars.get(f"tokens.{name}") for name in ("input", "output")}
    labels = {n.removeprefix(LABEL_PREFIX): v for n, v in scalars.items() if _is_label(n)}
    return {
        **{name: sets.get(name, {"members": []})["members"] for name in ("data", "regime")},
        **{name: sets[name]["members"] if name in sets else None for name in _SETS},
        **{name: scalars.get(name) for name in _SCALARS},
        **{f"tokens_{name}": None if n is None else int(n) for name, n in counted.items()},
        "model": facts["model"],
        "labels": _json(labels) if labels else None,
        "gateway": record.get("gateway"),
        "seen": facts["seen"],
        "open": sorted(name for name, said in sets.items() if not said["settled"]),
        "withheld": list(withheld_in(record)) if record["facts"] else [],
        "without_declared": _without_declared(facts),
    }


def _is_label(name: str) -> bool:
    return name.startswith(LABEL_PREFIX)


def _without_declared(facts: Data) -> str | None:
    """What is otherwise without the caller's mere word, null what is not known then."""
    base = facts["without_declared"]
    if base is None:
        return None
    return _json({part: _otherwise(facts[part], base[part]) for part in ("sets", "scalars")})


def _otherwise(said: Data, base: Data) -> Data:
    names = sorted({*said, *base})
    return {name: base.get(name) for name in names if said.get(name) != base.get(name)}


def _json(data: Data) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=False)


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


def _rests_on(record: Data) -> Row:
    """What the permission of the attempt rests on; null: there was none, or nobody recorded it."""
    grounds = record.get("rests_on") or {}
    return {f"rests_on_{name}": grounds.get(name) for name in GROUNDS}


def _ended(outcome: Data | None) -> Row:
    said = None if outcome is None else outcome["attestation"]
    return {
        "ending": None if outcome is None else outcome["ending"],
        "status": None if outcome is None else outcome["status"],
        "attested": None if said is None else said["standing"],
    }
