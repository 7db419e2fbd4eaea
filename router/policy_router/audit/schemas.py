"""JSON Schemas of what the router writes: decisions, records, and what a change turns."""

from __future__ import annotations

import json
from typing import Final

from policy_router.audit.causes import Effect
from policy_router.audit.changes import Fate
from policy_router.audit.matrix import Standing as Audited
from policy_router.audit.record_schemas import digests_schema, record_schemas, rests_on_schema
from policy_router.audit.schema_parts import (
    INSTANT,
    TEXT,
    TEXT_OR_NULL,
    TRUTH,
    Schema,
    choice_of,
    list_of,
    object_of,
    or_null,
)
from policy_router.domain.decision import Outcome, Reason, Verdict

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_files() -> dict[str, str]:
    """Text of the schemas by the name of their file."""
    schemas = {
        **record_schemas(),
        "alerts": _alerts(),
        "audit": _audit(),
        "policy-diff": _policy_diff(),
    }
    return {
        f"{name}.schema.json": json.dumps(
            {"$schema": _DIALECT, **schema}, indent=2, ensure_ascii=False
        )
        + "\n"
        for name, schema in sorted(schemas.items())
    }


def _policy_diff() -> Schema:
    difference = object_of(
        {
            "fate": choice_of(Fate),
            "kind": TEXT,
            "id": TEXT,
            "what": TEXT_OR_NULL,
            "old": TEXT_OR_NULL,
            "new": TEXT_OR_NULL,
        }
    )
    values = {"type": "object", "additionalProperties": TEXT}
    outlook = object_of(
        {
            "outcome": choice_of(Outcome),
            "reason": or_null(choice_of(Reason)),
            "rules": list_of(object_of({"rule": TEXT, "verdict": choice_of(Verdict)})),
            "exceptions": list_of(TEXT),
            "signoffs": list_of(TEXT),
            "obligations": list_of(object_of({"obligation": TEXT, "set": values})),
        }
    )
    change = object_of(
        {
            "effect": choice_of(Effect),
            "scenarios": list_of(TEXT),
            "routes": list_of(TEXT),
            "before": or_null(outlook),
            "after": or_null(outlook),
            "alone": list_of(difference),
            "together": list_of(difference),
        }
    )
    return object_of(
        {
            "at": INSTANT,
            "known_at": or_null(INSTANT),
            "old": digests_schema(),
            "new": digests_schema(),
            "scenarios": list_of(TEXT),
            "changes": list_of(change),
            "differences": list_of(difference),
            "limits": TEXT,
        },
        title="What a change of documents turns, and what did it",
    )


def _audit() -> Schema:
    cell = object_of(
        {
            "scenario": TEXT,
            "route": TEXT,
            "standing": choice_of(Audited),
            "reason": or_null(choice_of(Reason)),
            **{
                name: list_of(TEXT)
                for name in (
                    "obligations",
                    "failed_rules",
                    "unknown_rules",
                    "failed",
                    "unknown",
                    "facts",
                )
            },
            "watched_unknown": list_of(TEXT),
            "exceptions": list_of(TEXT),
            "signoffs": list_of(TEXT),
            "until": or_null(INSTANT),
        }
    )
    amounts = object_of({standing.value: {"type": "integer", "minimum": 0} for standing in Audited})
    return object_of(
        {
            "sentences": list_of(TEXT),
            "at": INSTANT,
            "known_at": or_null(INSTANT),
            "policies": list_of(TEXT),
            "digests": digests_schema(),
            "counts": {"type": "object", "additionalProperties": amounts},
            "cells": list_of(cell),
            "rests_on": rests_on_schema(),
            "limits": TEXT,
        },
        title="What may go where, as `audit` saves it for `audit --baseline`",
    )


def _alerts() -> Schema:
    alert = object_of(
        {
            "code": TEXT,
            "scenarios": list_of(TEXT),
            "routes": list_of(TEXT),
            "what": TEXT,
            "because": TEXT,
            "to_do": TEXT,
            "place": TEXT,
        }
    )
    condition = object_of(
        {
            "condition": TEXT,
            "found": {"type": "integer", "minimum": 0},
            "fails": TRUTH,
            "alerts": list_of(alert),
        }
    )
    return object_of(
        {
            "at": INSTANT,
            "digests": digests_schema(),
            "baseline": or_null(object_of({"at": INSTANT, "digests": digests_schema()})),
            "fails": TRUTH,
            "conditions": list_of(condition),
            "limits": TEXT,
        },
        title="What became worse since a saved audit, or soon will",
    )
