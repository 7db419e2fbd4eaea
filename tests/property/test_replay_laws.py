"""The laws of replay: what a record holds is all that deciding again takes, to the byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any

from policy_router.audit.record import Decided, Finding, Occasion, record_of, rests_on_data
from policy_router.audit.replay import again_data, asked_in, canonical, facts_of
from policy_router.domain import policy
from policy_router.domain.claim import Moment
from policy_router.domain.request import RequestFacts
from policy_router.engine.decide import Engine
from policy_router.log.line import packed
from policy_router.service.decision import Decision
from tests.property.proving import Effect, law
from tests.strategies.draws import Dice, chance, pick, several
from tests.strategies.words import GATEWAYS
from tests.strategies.worlds import World, any_world

OCCASION = Occasion("id", datetime(2026, 11, 22, tzinfo=UTC), "test", "caller", 1)
SETS = ("data", "regime", "subjects")
STRANGE = ("support-x", "x-hiring", "supper", "unknown purpose, 7 characters", "…", "hi", "m0/x")
PATTERNS = ("*", "sup*", "*ing", "s*p*", "u*", "*…*", "hi", "m*", "support-x")


@dataclass(frozen=True, slots=True)
class Case:
    """A call that was decided, at a gateway that its body does not choose or at any."""

    world: World
    gateway: str | None

    def record(self) -> dict[str, Any]:
        """What a log gives back of it."""
        found = self._decision(self.world.facts, self.world.moment, self.gateway)
        decided = Decided(
            found.snapshot, found.asked, found.determination, found.rests_on, gateway=self.gateway
        )
        kept: dict[str, Any] = json.loads(packed(record_of(OCCASION, Finding(decided))))
        return kept

    def again(self, record: dict[str, Any]) -> dict[str, Any]:
        """The decision on what the record says was asked, and what a permission rests on."""
        asked = asked_in(record)
        found = self._decision(asked.facts, asked.moment, asked.gateway)
        rests_on = None
        if found.permitted:
            rests_on = rests_on_data(found.rests_on, None, found.determination)
        return {**again_data(record, found.determination), "rests_on": rests_on}

    def _decision(self, facts: RequestFacts, moment: Moment, gateway: str | None) -> Decision:
        engine = Engine(self.world.snapshot)
        engine = engine if gateway is None else engine.at_gateway(gateway)
        return Decision(engine, engine.decide(facts, moment), facts)


def _plain(dice: Dice) -> Case:
    world = any_world(dice)
    facts = replace(world.facts, seen=chance(dice, 3, 4))
    gateway = pick(dice, GATEWAYS) if chance(dice, 1, 4) else None
    return Case(replace(world, facts=facts), gateway)


def _strange(dice: Dice) -> Case:
    """A world whose policies ask of words by patterns, and whose caller says strange ones."""
    case = _plain(dice)
    world = case.world
    names = ("purpose", "labels.team", "requested.model")

    def patterned(test: policy.Test) -> policy.Test:
        if test.subject in names and chance(dice, 3, 4):
            return replace(test, names=several(dice, PATTERNS, 2))
        if test.subject in SETS and chance(dice, 1, 2):
            words = several(dice, PATTERNS, 2)
            return policy.Test("purpose", policy.Matcher.IS, words, None, test.span)
        return test

    policies = _each_test(world.snapshot.policies, patterned)
    snapshot = replace(world.snapshot, policies=policies)
    said = {name: pick(dice, STRANGE) for name in ("purpose", "labels.team") if chance(dice, 2, 3)}
    base = world.facts.base or world.facts
    facts = RequestFacts(
        model=pick(dice, STRANGE) if chance(dice, 1, 8) else world.facts.model,
        sets=world.facts.sets,
        scalars={**world.facts.scalars, **said},
        declared=tuple(sorted({*world.facts.declared, *said})),
        base=base if chance(dice, 1, 2) else None,
    )
    return Case(replace(world, snapshot=snapshot, facts=facts), case.gateway)


def _each_test(value: Any, change: Callable[[policy.Test], policy.Test]) -> Any:  # noqa: ANN401 - any part of a policy
    if isinstance(value, policy.Test):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_each_test(each, change) for each in value)
    if not is_dataclass(value):
        return value
    parts = {f.name: _each_test(getattr(value, f.name), change) for f in fields(value)}
    return replace(value, **parts)  # type: ignore[type-var]


def _replays(case: Case) -> dict[str, Any]:
    record = case.record()
    assert canonical(case.again(record)) == canonical(_recorded(record))
    return record


def _recorded(record: dict[str, Any]) -> dict[str, Any]:
    return {**record["decision"], "rests_on": record["rests_on"]}


@law(_plain, tested=0.5)
def test_a_decision_comes_out_the_same_from_its_record(case: Case) -> Effect:
    record = _replays(case)
    assert facts_of(record["facts"]) == case.world.facts or _withheld(record["facts"])
    return Effect.TESTED if record["decision"]["candidates"] else Effect.NONE


@law(_strange, tested=0.6, seen=0.01)
def test_and_so_it_does_where_words_are_withheld(case: Case) -> Effect:
    record = _replays(case)
    if not _withheld(record["facts"]):
        return Effect.NONE
    return Effect.SEEN if _matter(case, record) else Effect.TESTED


def _withheld(facts: dict[str, Any]) -> bool:
    base = facts["without_declared"]
    return bool(facts["stand_ins"]) or (base is not None and _withheld(base))


def _matter(case: Case, record: dict[str, Any]) -> bool:
    """Whether the decision would be another one, if what is withheld stood for itself."""
    plain = json.loads(json.dumps(record["facts"]))
    for facts in (plain, plain["without_declared"] or {}):
        facts["stand_ins"] = {}
    other = case.again({**record, "facts": plain})
    return canonical(other) != canonical(_recorded(record))
