"""What the router writes follows the schemas it publishes."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from policy_router.audit.record import Decided, Finding, Occasion, record_of
from policy_router.audit.schemas import schema_files
from policy_router.engine.decide import Engine
from policy_router.engine.render import decision_data
from policy_router.service.decision import Decision
from policy_router.store.shipped import shipped_root
from tests.strategies.draws import rolled
from tests.strategies.worlds import World, any_world

SCHEMAS = {name: json.loads(text) for name, text in schema_files().items()}
DECISION = Draft202012Validator(SCHEMAS["decision.schema.json"])
RECORD = Draft202012Validator(SCHEMAS["record.schema.json"])


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


@given(rolled(any_world))
def test_decisions_and_records_follow_their_schemas(world: World) -> None:
    engine = Engine(world.snapshot)
    made = Decision(engine, engine.decide(world.facts, world.moment), world.facts)
    decided = made.determination
    DECISION.validate(decision_data(decided))
    occasion = Occasion("id", datetime(2026, 11, 22, tzinfo=UTC), "library", None, 12)
    found = Decided(world.snapshot, world.facts, decided, made.rests_on)
    RECORD.validate(dict(record_of(occasion, Finding(found))))


def test_a_decision_with_another_word_does_not() -> None:
    assert not DECISION.is_valid({"outcome": "maybe"})


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_shipped_schemas_are_these(name: str) -> None:
    shipped = shipped_root() / "schemas" / name
    assert shipped.read_text("utf-8") == schema_files()[name], "run: policy-router schema --write"
