"""JSON Schemas of what the router writes: decisions, records, and what a change turns."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any, Final

from policy_router.audit.causes import Effect
from policy_router.audit.changes import Fate
from policy_router.audit.matrix import Standing as Audited
from policy_router.audit.record import Ending, Kind
from policy_router.domain.attestation import Standing
from policy_router.domain.decision import Outcome, Reason, Verdict
from policy_router.domain.policy import Mode

Schema = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[Schema] = {"type": "string"}
_TEXT_OR_NULL: Final[Schema] = {"type": ["string", "null"]}
_COUNT_OR_NULL: Final[Schema] = {"type": ["integer", "null"], "minimum": 0}
_INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
_TRUTH: Final[Schema] = {"type": "boolean"}
_NULL: Final[Schema] = {"type": "null"}


def schema_files() -> dict[str, str]:
    """Text of the schemas by the name of their file."""
    schemas = {
        "alerts": _alerts(),
        "audit": _audit(),
        "decision": _decision(),
        "load": _load(),
        "not_replaced": _not_replaced(),
        "outcome": _outcome(),
        "policy-diff": _policy_diff(),
        "record": _record(),
        "retention": _retention(),
    }
    return {
        f"{name}.schema.json": json.dumps(
            {"$schema": _DIALECT, **schema}, indent=2, ensure_ascii=False
        )
        + "\n"
        for name, schema in schemas.items()
    }


def _object(properties: Schema, *, optional: tuple[str, ...] = (), title: str = "") -> Schema:
    required = sorted(name for name in properties if name not in optional)
    named = {"title": title} if title else {}
    closed = {"additionalProperties": False, "required": required}
    return {**named, "type": "object", "properties": properties, **closed}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _choice(values: type[StrEnum]) -> Schema:
    return {"enum": [value.value for value in values]}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, _NULL]}


def _decision() -> Schema:
    verdict = _object(
        {
            "policy": _TEXT,
            "rule": _TEXT,
            "mode": _choice(Mode),
            "verdict": _choice(Verdict),
            "exception": _TEXT,
        },
        optional=("exception",),
    )
    detail = _object({"about": _TEXT, "message": _TEXT})
    values = {
        "type": "object",
        "additionalProperties": {"type": ["string", "boolean", "integer", "null"]},
    }
    candidate = _object(
        {
            "route": _TEXT,
            "permitted": _TRUTH,
            "unsuitable": _list(_TEXT),
            "verdicts": _list(verdict),
        }
    )
    return _object(
        {
            "at": _INSTANT,
            "known_at": _or_null(_INSTANT),
            "requested": _TEXT_OR_NULL,
            "outcome": _choice(Outcome),
            "reason": _or_null(_choice(Reason)),
            "route": _TEXT_OR_NULL,
            "chain": _list(_TEXT),
            "substituted": _TRUTH,
            "obligations": _list(_object({"policy": _TEXT, "obligation": _TEXT, "set": values})),
            "monitor": _list(verdict),
            "warnings": _list(detail),
            "details": _list(detail),
            "missing": _list(_TEXT),
            "declared": _list(_TEXT),
            "candidates": _list(candidate),
            "digests": _digests(),
        },
        title="A decision about one request",
    )


def _digests() -> Schema:
    return _object({"policies": _TEXT, "registry": _TEXT})


def _facts() -> Schema:
    members = _object({"members": _list(_TEXT), "settled": _TRUTH})
    return _object(
        {
            "model": _TEXT_OR_NULL,
            "sets": {"type": "object", "additionalProperties": members},
            "scalars": {"type": "object", "additionalProperties": {"type": ["string", "boolean"]}},
            "stand_ins": {"type": "object", "additionalProperties": _TEXT},
            "declared": _list(_TEXT),
            "seen": _TRUTH,
            "without_declared": _or_null({"$ref": "#/$defs/facts"}),
        },
        title="The facts of a request",
    )


def _detected() -> Schema:
    return _object(
        {"categories": _list(_TEXT), "by": _list(_TEXT), "whole": _TRUTH},
        title="What detectors saw in the texts of the call, and whether they read all of them",
    )


def _ended() -> Schema:
    attestation = _object(
        {
            "standing": _choice(Standing),
            "model": _TEXT_OR_NULL,
            "provider": _TEXT_OR_NULL,
            "place": _TEXT_OR_NULL,
            "contradicts": _list(_TEXT),
        },
        title="What the answer says of who gave it",
    )
    return {
        "route": _TEXT_OR_NULL,
        "ending": _choice(Ending),
        "status": _COUNT_OR_NULL,
        "attestation": _or_null(attestation),
    }


def _attempt() -> Schema:
    return _object(
        {
            "number": {"type": "integer", "minimum": 1},
            "route": _TEXT_OR_NULL,
            "passed_over": _list(_object({"route": _TEXT, "refused": _TEXT})),
            "after": _or_null(_object(_ended())),
        },
        title="Which attempt to send the call it is, and what came of the one before",
    )


_PLACE: Final[Schema] = {"n": {"type": "integer", "minimum": 0}, "after": _TEXT}
"""What a log adds to a record: its number, and the hash of the line before."""


def _kept(properties: Schema, title: str) -> Schema:
    return _object({**properties, **_PLACE}, optional=tuple(_PLACE), title=title)


def _outcome() -> Schema:
    return _kept(
        {
            "kind": {"const": Kind.OUTCOME.value},
            "id": _TEXT,
            "recorded_at": _INSTANT,
            "point": _TEXT,
            "observed": _TRUTH,
            "attempt": {"type": "integer", "minimum": 1},
            **_ended(),
        },
        title="How the sending of a call ended",
    )


def _load() -> Schema:
    return _kept(
        {
            "kind": {"const": Kind.LOAD.value},
            "recorded_at": _INSTANT,
            "version": _TEXT,
            "observed": _TRUTH,
            "before": _TEXT_OR_NULL,
            "digests": _digests(),
        },
        title="A snapshot put in force, and the digest of the policies it replaces",
    )


def _not_replaced() -> Schema:
    return _kept(
        {
            "kind": {"const": Kind.NOT_REPLACED.value},
            "recorded_at": _INSTANT,
            "digests": _digests(),
            "until": _INSTANT,
            "outdated": _TRUTH,
            "codes": _list(_TEXT),
        },
        title="Documents that stay in force, as what their files say cannot be put in force",
    )


def _retention() -> Schema:
    return _kept(
        {
            "kind": {"const": Kind.RETENTION.value},
            "recorded_at": _INSTANT,
            "version": _TEXT,
            "before": _INSTANT,
            "through": {"type": "integer", "minimum": 1},
            "first": {"type": "integer", "minimum": 1},
            "root": _TEXT,
        },
        title="Segments of the log removed as all in them was kept before an instant",
    )


def _record() -> Schema:
    record = _kept(
        {
            "kind": {"const": Kind.DECISION.value},
            "id": _TEXT,
            "recorded_at": _INSTANT,
            "version": _TEXT,
            "point": _TEXT,
            "caller": _TEXT_OR_NULL,
            "body_bytes": {"type": "integer", "minimum": 0},
            "retry": _COUNT_OR_NULL,
            "observed": _TRUTH,
            "admitted": _TRUTH,
            "refused": _TEXT_OR_NULL,
            "attempt": _attempt(),
            "detected": _or_null(_detected()),
            "gateway": _TEXT_OR_NULL,
            "facts": _or_null({"$ref": "#/$defs/facts"}),
            "decision": _or_null({"$ref": "#/$defs/decision"}),
        },
        title="The record of one call: no prompt, no answer, no key",
    )
    return {**record, "$defs": {"decision": _decision(), "facts": _facts()}}


def _policy_diff() -> Schema:
    difference = _object(
        {
            "fate": _choice(Fate),
            "kind": _TEXT,
            "id": _TEXT,
            "what": _TEXT_OR_NULL,
            "old": _TEXT_OR_NULL,
            "new": _TEXT_OR_NULL,
        }
    )
    values = {"type": "object", "additionalProperties": _TEXT}
    outlook = _object(
        {
            "outcome": _choice(Outcome),
            "reason": _or_null(_choice(Reason)),
            "obligations": _list(_object({"obligation": _TEXT, "set": values})),
        }
    )
    change = _object(
        {
            "effect": _choice(Effect),
            "scenarios": _list(_TEXT),
            "routes": _list(_TEXT),
            "before": _or_null(outlook),
            "after": _or_null(outlook),
            "alone": _list(difference),
            "together": _list(difference),
        }
    )
    return _object(
        {
            "at": _INSTANT,
            "known_at": _or_null(_INSTANT),
            "old": _digests(),
            "new": _digests(),
            "scenarios": _list(_TEXT),
            "changes": _list(change),
            "differences": _list(difference),
            "limits": _TEXT,
        },
        title="What a change of documents turns, and what did it",
    )


def _audit() -> Schema:
    cell = _object(
        {
            "scenario": _TEXT,
            "route": _TEXT,
            "standing": _choice(Audited),
            "reason": _or_null(_choice(Reason)),
            **{
                name: _list(_TEXT)
                for name in ("failed_rules", "unknown_rules", "failed", "unknown", "facts")
            },
            "watched_unknown": _list(_TEXT),
        }
    )
    amounts = _object({standing.value: {"type": "integer", "minimum": 0} for standing in Audited})
    rests_on = ("agreements", "exceptions", "signoffs", "secondary_readings_of_law")
    return _object(
        {
            "sentences": _list(_TEXT),
            "at": _INSTANT,
            "known_at": _or_null(_INSTANT),
            "policies": _list(_TEXT),
            "digests": _digests(),
            "counts": {"type": "object", "additionalProperties": amounts},
            "cells": _list(cell),
            "rests_on": _object({name: _list(_TEXT) for name in rests_on}),
            "limits": _TEXT,
        },
        title="What may go where, as `audit` saves it for `audit --baseline`",
    )


def _alerts() -> Schema:
    alert = _object(
        {
            "code": _TEXT,
            "scenarios": _list(_TEXT),
            "routes": _list(_TEXT),
            "because": _TEXT,
            "to_do": _TEXT,
            "place": _TEXT,
        }
    )
    condition = _object(
        {
            "condition": _TEXT,
            "found": {"type": "integer", "minimum": 0},
            "fails": _TRUTH,
            "alerts": _list(alert),
        }
    )
    return _object(
        {
            "at": _INSTANT,
            "digests": _digests(),
            "baseline": _or_null(_object({"at": _INSTANT, "digests": _digests()})),
            "fails": _TRUTH,
            "conditions": _list(condition),
            "limits": _TEXT,
        },
        title="What became worse since a saved audit, or soon will",
    )
