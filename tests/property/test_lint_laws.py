"""What lint says holds by the definition, and what it is silent about does something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod
from typing import NamedTuple

from policy_router.audit.lint.findings import Finding, Flaw
from policy_router.audit.lint.reading import values
from policy_router.audit.lint.requests import MOST_REQUESTS, Sample, sample_of, samples
from policy_router.audit.lint.rules import Examined, examined, rule_findings
from policy_router.audit.lint.scenarios import scenario_findings
from policy_router.audit.lint.signoffs import signoff_findings
from policy_router.audit.lint.whole import in_use
from policy_router.compiler.bind import Bound
from policy_router.domain.claim import Moment
from policy_router.domain.decision import RuleVerdict, Verdict
from policy_router.domain.organisation import Scenario
from policy_router.domain.policy import Policy, Rule
from policy_router.domain.request import RequestFacts
from policy_router.domain.snapshot import Snapshot
from policy_router.engine.question import Question
from policy_router.engine.reference import decide, excepts, question, verdict
from tests.property.proving import Effect, law
from tests.small import HERE
from tests.strategies.draws import Dice
from tests.strategies.requests import any_request
from tests.strategies.worlds import World, any_world

_REQUESTS = 12


class Linted(NamedTuple):
    """A world, its routes in use, and requests that are stated by whoever may say so."""

    world: World
    bound: Bound
    requests: tuple[RequestFacts, ...]

    def __repr__(self) -> str:
        return f"Linted({self.world}, {self.requests})"


def linted(dice: Dice) -> Linted:
    """Draw a world to lint, and requests."""
    world = any_world(dice)
    drawn = (world.facts, *(any_request(dice) for _ in range(_REQUESTS)))
    bound = in_use(world.snapshot, world.moment)
    return Linted(world, bound, tuple(replace(f, base=None, model=None) for f in drawn))


def rules(bound: Bound) -> Iterator[tuple[Policy, Rule]]:
    for policy in bound.snapshot.policies.policies:
        for rule in policy.rules:
            yield policy, rule


def named(bound: Bound, name: str) -> tuple[Policy, Rule]:
    return next((p, r) for p, r in rules(bound) if f"{p.id}/{r.id}" == name)


def applies(q: Question, policy: Policy, rule: Rule) -> bool:
    return q.may_apply(policy.scope).known_true and q.may_apply(rule.when).known_true


def verdicts(q: Question, policy: Policy, rule: Rule, bound: Bound) -> list[RuleVerdict]:
    return [verdict(q, policy, rule, route) for route in bound.routes]


@law(linted, tested=0.9, seen=0.9, times=2)
def test_every_way_in_which_a_rule_takes_a_request_was_tried(case: Linted) -> Effect:
    _, bound, requests = case
    for found in examined(bound):
        if found.too_many:
            counts = (len(values(found.of, name)) for name in found.of.facts)
            assert prod(counts) > MOST_REQUESTS
        elif not found.of.rule.costs:
            tried = {_taken(sample) for sample in samples(found.of)}
            for facts in requests:
                assert _taken(sample_of(found.of, facts, bound.full)) in tried
    return Effect.SEEN


def _taken(sample: Sample) -> tuple[object, ...]:
    """All that a rule makes of a request."""
    exceptions = tuple(sample.excepted(e) for e in sample.of.rule.exceptions)
    return sample.applies, sample.may_apply, sample.met, exceptions


@law(linted, tested=0.9, seen=0.3, times=2)
def test_a_rule_that_is_not_spoken_of_applies_and_lets_a_route_pass(case: Linted) -> Effect:
    world, bound, _ = case
    if not bound.routes:
        return Effect.NONE
    spoken = Effect.TESTED
    for found in examined(bound):
        policy, rule = named(bound, found.name)
        said = {f.flaw for f in rule_findings(found)}
        spoken = Effect.SEEN if said else spoken
        if Flaw.TOO_MANY in said:
            continue
        assert (found.fires is None) is (Flaw.NEVER_APPLIES in said)
        if found.fires is not None:
            assert applies(_question(world, found.fires), policy, rule)
            assert (found.passes is None) is (Flaw.NO_ROUTE_PASSES in said)
        if found.passes is not None:
            facts, route = found.passes
            q = _question(world, facts)
            assert applies(q, policy, rule)
            assert verdict(q, policy, rule, bound.snapshot.registry.routes[route]).verdict.allows
        _does_except(world, found, policy, rule)
    return spoken


def _does_except(world: World, found: Examined, policy: Policy, rule: Rule) -> None:
    for name, (facts, route) in found.excepted.items():
        q = _question(world, facts)
        there = world.snapshot.registry.routes[route]
        assert verdict(q, policy, rule, there).verdict is Verdict.EXCEPTED
        granted = next(e for e in world.snapshot.policies.exceptions if e.id == name)
        assert excepts(q, granted, rule, there)


@law(linted, tested=0.9, seen=0.3, times=2)
def test_what_is_said_of_a_rule_holds_of_every_request(case: Linted) -> Effect:
    world, bound, requests = case
    if not bound.routes:
        return Effect.NONE
    spoken = Effect.TESTED
    for found in examined(bound):
        policy, rule = named(bound, found.name)
        for finding in rule_findings(found):
            if finding.flaw is not Flaw.TOO_MANY:
                spoken = Effect.SEEN
                _holds(world, bound, (policy, rule), finding, requests)
    return spoken


def _holds(
    world: World,
    bound: Bound,
    of: tuple[Policy, Rule],
    finding: Finding,
    requests: Sequence[RequestFacts],
) -> None:
    policy, rule = of
    witness = () if finding.witness is None else (finding.witness,)
    for facts in (*requests, *witness):
        q = _question(world, facts)
        match finding.flaw:
            case Flaw.NEVER_APPLIES:
                assert not applies(q, policy, rule)
            case Flaw.NO_ROUTE_PASSES:
                here = applies(q, policy, rule)
                assert here or facts is not finding.witness
                assert not here or not any(
                    v.verdict.allows for v in verdicts(q, policy, rule, bound)
                )
            case _:
                granted = next(
                    e for e in world.snapshot.policies.exceptions if e.id == finding.about
                )
                assert q.surely(granted.when).known_true or facts is not finding.witness
                assert not any(
                    excepts(q, granted, rule, route)
                    for route in bound.routes
                    if verdict(q, policy, rule, route).verdict is Verdict.EXCEPTED
                )


@law(linted, tested=0.3, seen=0.05, times=2)
def test_without_a_sign_off_that_is_spoken_of_every_verdict_is_the_same(case: Linted) -> Effect:
    world, bound, requests = case
    spoken = [f for f in signoff_findings(bound) if f.flaw is Flaw.SIGNOFF_IDLE]
    for finding in spoken:
        registry = bound.snapshot.registry
        rest = tuple(s for s in registry.signoffs if s.id != finding.about)
        without = replace(bound.snapshot, registry=replace(registry, signoffs=rest))
        for facts in requests:
            before = question(bound.snapshot, facts, world.moment)
            after = question(without, facts, world.moment)
            for policy, rule in rules(bound):
                assert verdicts(before, policy, rule, bound) == verdicts(after, policy, rule, bound)
    if spoken:
        return Effect.SEEN
    return Effect.TESTED if bound.snapshot.registry.signoffs else Effect.NONE


@law(linted, tested=0.9, seen=0.3, times=1)
def test_a_scenario_is_spoken_of_if_and_only_if_no_route_may_carry_it(case: Linted) -> Effect:
    world, bound, requests = case
    routes = [route.id for route in bound.routes]
    told = [Scenario(f"s{n}", "", "", facts, HERE) for n, facts in enumerate(requests[:3])]
    found = {f.about for f in scenario_findings(world.snapshot, told, routes, world.moment)}
    shut = {s.id for s in told if not _carried(world.snapshot, s, routes, world.moment)}
    assert found == shut
    return Effect.SEEN if shut else Effect.TESTED


def _carried(snapshot: Snapshot, scenario: Scenario, routes: Sequence[str], moment: Moment) -> bool:
    return any(
        decide(snapshot, replace(scenario.request, model=route), moment).permitted
        for route in routes
    )


def _question(world: World, facts: RequestFacts) -> Question:
    return question(world.snapshot, facts, world.moment)
