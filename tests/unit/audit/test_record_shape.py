"""Our reader of record schemas and `jsonschema` judge alike whatever both of them judge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from policy_router.audit.record_schemas import record_schemas
from policy_router.audit.record_shape import is_shaped
from policy_router.log.reading import records_in
from tests.house.tree import ROOT

_ODD: Final[tuple[Any, ...]] = (None, True, 0, 1, -1, 1.5, "", "x", [], [1], {}, {"x": 1})
_ONLY_OURS: Final = {"scalars", "recorded_at", "at", "known_at", "before"}
"""Parts that more is asked of than a validator looks at: numbers among facts, and instants."""

Path = tuple[str | int, ...]


def _open(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """A schema that lets pass what it does not name."""
    match schema:
        case dict():
            return {n: _open(v) for n, v in schema.items() if (n, v) != (_MORE, False)}
        case list():
            return [_open(each) for each in schema]
        case _:
            return schema


_MORE: Final = "additionalProperties"
_SAMPLES: Final = {
    record["kind"]: record
    for folder in sorted({file.parent for file in (ROOT / "tests/cases/records").rglob("*.jsonl")})
    for record in records_in(folder)
}
_VALIDATORS: Final = {
    schema["properties"]["kind"]["const"]: Draft202012Validator(_open(schema))
    for schema in record_schemas().values()
    if "kind" in schema["properties"]
}
_KINDS: Final = sorted(_SAMPLES.keys() & _VALIDATORS.keys())


def _places(value: object, here: Path = ()) -> Iterator[Path]:
    parts = dict(enumerate(value)) if isinstance(value, list) else value
    for name, part in parts.items() if isinstance(parts, dict) else ():
        if name not in _ONLY_OURS:
            yield (*here, name)
            yield from _places(part, (*here, name))


def _changed(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The record with each part of it left out, or something odd in its place."""
    for *way, last in (place for place in _places(record) if place != ("kind",)):
        for odd in (*_ODD, ...):
            found = inside = deepcopy(record)
            for name in way:
                inside = inside[name]  # type: ignore[index]
            if odd is ...:
                del inside[last]  # type: ignore[arg-type]
            else:
                inside[last] = odd  # type: ignore[index]
            yield found


def test_there_are_records_to_try() -> None:
    assert "decision" in _KINDS


@pytest.mark.parametrize("kind", _KINDS)
def test_both_judge_alike(kind: str) -> None:
    record, validator = _SAMPLES[kind], _VALIDATORS[kind]
    assert is_shaped(record)
    later = {**record, "of_a_later_version": {"any": ["thing"]}}
    assert is_shaped(later)
    judged = set()
    for changed in _changed(json.loads(json.dumps(record))):
        is_valid = validator.is_valid(changed)
        assert is_shaped(changed) == is_valid, changed
        judged.add(is_valid)
    assert judged == {True, False}
