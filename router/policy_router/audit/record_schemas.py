"""JSON Schemas of decisions and of the records in a log."""

from __future__ import annotations

from typing import Final

from policy_router.audit.record import Ending, Kind
from policy_router.audit.schema_parts import (
    COUNT_OR_NULL,
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
from policy_router.domain.attestation import Standing
from policy_router.domain.decision import Outcome, Reason, Verdict
from policy_router.domain.policy import Mode

GROUNDS: Final = ("agreements", "exceptions", "signoffs", "secondary_readings_of_law")
"""What a permission may rest on: lists of ids under these names, in this order."""

_PSEUDONYM: Final[Schema] = {"type": "string", "pattern": "^p-[0-9a-f]{32}$"}


def record_schemas() -> dict[str, Schema]:
    """The schemas by the name of what they are of."""
    return {
        "decision": _decision(),
        "load": _load(),
        "not_replaced": _not_replaced(),
        "outcome": _outcome(),
        "record": _record(),
        "retention": _retention(),
        "unlinked": _unlinked(),
    }


def _decision() -> Schema:
    verdict = object_of(
        {
            "policy": TEXT,
            "rule": TEXT,
            "mode": choice_of(Mode),
            "verdict": choice_of(Verdict),
            "exception": TEXT,
        },
        optional=("exception",),
    )
    detail = object_of({"about": TEXT, "message": TEXT})
    values = {
        "type": "object",
        "additionalProperties": {"type": ["string", "boolean", "integer", "null"]},
    }
    candidate = object_of(
        {
            "route": TEXT,
            "permitted": TRUTH,
            "unsuitable": list_of(TEXT),
            "verdicts": list_of(verdict),
        }
    )
    return object_of(
        {
            "at": INSTANT,
            "known_at": or_null(INSTANT),
            "requested": TEXT_OR_NULL,
            "outcome": choice_of(Outcome),
            "reason": or_null(choice_of(Reason)),
            "route": TEXT_OR_NULL,
            "chain": list_of(TEXT),
            "substituted": TRUTH,
            "obligations": list_of(object_of({"policy": TEXT, "obligation": TEXT, "set": values})),
            "monitor": list_of(verdict),
            "warnings": list_of(detail),
            "details": list_of(detail),
            "missing": list_of(TEXT),
            "declared": list_of(TEXT),
            "candidates": list_of(candidate),
            "digests": digests_schema(),
        },
        title="A decision about one request",
    )


def digests_schema() -> Schema:
    """The digests of a snapshot."""
    return object_of({"policies": TEXT, "registry": TEXT})


def rests_on_schema() -> Schema:
    """What stands behind permissions, by id."""
    return object_of({name: list_of(TEXT) for name in GROUNDS})


def _facts() -> Schema:
    members = object_of({"members": list_of(TEXT), "settled": TRUTH})
    return object_of(
        {
            "model": TEXT_OR_NULL,
            "sets": {"type": "object", "additionalProperties": members},
            "scalars": {"type": "object", "additionalProperties": {"type": ["string", "boolean"]}},
            "stand_ins": {"type": "object", "additionalProperties": TEXT},
            "declared": list_of(TEXT),
            "seen": TRUTH,
            "without_declared": or_null({"$ref": "#/$defs/facts"}),
        },
        title="The facts of a request",
    )


def _detected() -> Schema:
    return object_of(
        {"categories": list_of(TEXT), "by": list_of(TEXT), "whole": TRUTH},
        title="What detectors saw in the texts of the call, and whether they read all of them",
    )


def _ended() -> Schema:
    attestation = object_of(
        {
            "standing": choice_of(Standing),
            "model": TEXT_OR_NULL,
            "provider": TEXT_OR_NULL,
            "place": TEXT_OR_NULL,
            "contradicts": list_of(TEXT),
        },
        title="What the answer says of who gave it",
    )
    return {
        "route": TEXT_OR_NULL,
        "ending": choice_of(Ending),
        "status": COUNT_OR_NULL,
        "attestation": or_null(attestation),
        "answer_id": TEXT,
        "resent": {"const": True},
    }


_AT_TIMES: Final = ("answer_id", "resent")
"""What is said of an ending only where there is something to say."""


def _attempt() -> Schema:
    return object_of(
        {
            "number": {"type": "integer", "minimum": 1},
            "route": TEXT_OR_NULL,
            "passed_over": list_of(object_of({"route": TEXT, "refused": TEXT})),
            "after": or_null(object_of(_ended(), optional=_AT_TIMES)),
        },
        title="Which attempt to send the call it is, and what came of the one before",
    )


_PLACE: Final[Schema] = {"n": {"type": "integer", "minimum": 0}, "after": TEXT}
"""What a log adds to a record: its number, and the hash of the line before."""


def _kept(properties: Schema, title: str, optional: tuple[str, ...] = ()) -> Schema:
    return object_of({**properties, **_PLACE}, optional=(*_PLACE, *optional), title=title)


def _outcome() -> Schema:
    return _kept(
        {
            "kind": {"const": Kind.OUTCOME.value},
            "id": TEXT,
            "recorded_at": INSTANT,
            "point": TEXT,
            "observed": TRUTH,
            "attempt": {"type": "integer", "minimum": 1},
            **_ended(),
        },
        title="How the sending of a call ended",
        optional=_AT_TIMES,
    )


def _load() -> Schema:
    return _kept(
        {
            "kind": {"const": Kind.LOAD.value},
            "recorded_at": INSTANT,
            "version": TEXT,
            "observed": TRUTH,
            "before": TEXT_OR_NULL,
            "before_registry": TEXT_OR_NULL,
            "changed": or_null(object_of({"callers": list_of(TEXT), "gateways": list_of(TEXT)})),
            "digests": digests_schema(),
        },
        title="A snapshot put in force, the digests of the policies and of the registry that it "
        "replaces, and which callers and gateways are not what they were",
    )


def _not_replaced() -> Schema:
    return _kept(
        {
            "kind": {"const": Kind.NOT_REPLACED.value},
            "recorded_at": INSTANT,
            "digests": digests_schema(),
            "until": INSTANT,
            "outdated": TRUTH,
            "codes": list_of(TEXT),
        },
        title="Documents that stay in force, as what their files say cannot be put in force",
    )


def _retention() -> Schema:
    return _kept(
        {
            "kind": {"const": Kind.RETENTION.value},
            "recorded_at": INSTANT,
            "version": TEXT,
            "before": INSTANT,
            "through": {"type": "integer", "minimum": 1},
            "first": {"type": "integer", "minimum": 1},
            "root": TEXT,
        },
        title="Segments of the log removed as all in them was kept before an instant",
    )


def _unlinked() -> Schema:
    return _kept(
        {"kind": {"const": Kind.UNLINKED.value}, "recorded_at": INSTANT, "version": TEXT},
        title="The key of a person's pseudonym was destroyed",
    )


def _record() -> Schema:
    record = _kept(
        {
            "kind": {"const": Kind.DECISION.value},
            "id": TEXT,
            "recorded_at": INSTANT,
            "version": TEXT,
            "point": TEXT,
            "caller": TEXT_OR_NULL,
            "body_bytes": {"type": "integer", "minimum": 0},
            "retry": COUNT_OR_NULL,
            "observed": TRUTH,
            "admitted": TRUTH,
            "refused": TEXT_OR_NULL,
            "attempt": _attempt(),
            "detected": or_null(_detected()),
            "gateway": TEXT_OR_NULL,
            "facts": or_null({"$ref": "#/$defs/facts"}),
            "decision": or_null({"$ref": "#/$defs/decision"}),
            "told": or_null(_told()),
        },
        title="The record of one call: no prompt, no answer, no key",
    )
    properties = {**record["properties"], "subject": _PSEUDONYM, "build": TEXT_OR_NULL}
    properties["rests_on"] = or_null(rests_on_schema())  # records of earlier versions have none
    named = {"decision": _decision(), "facts": _facts()}
    return {**record, "properties": properties, "$defs": named}


def _told() -> Schema:
    requirement = object_of(
        {
            "policy": TEXT,
            "rule": TEXT,
            "title": TEXT,
            "cites": list_of(TEXT),
            "stricter_than_law": TRUTH,
        }
    )
    return object_of(
        {
            "message": TEXT,
            "details": list_of(TEXT),
            "missing": list_of(TEXT),
            "requirement": or_null(requirement),
            "no_help": list_of(TEXT),
            "alternative": or_null(object_of({"route": TEXT, "model": TEXT})),
            "changes": list_of(TEXT),
            "help": TEXT,
        },
        title="What a call that was denied was answered, beside the code",
    )
