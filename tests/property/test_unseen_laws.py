"""The law of forward-auth: what passes unseen would have passed whatever it turned out to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from policy_router.domain.decision import Reason
from policy_router.domain.policy import PolicySet
from policy_router.domain.request import RequestFacts, SetFact
from policy_router.enforcement.facts import Floor, joined
from policy_router.enforcement.forward_auth import leaks, unseen_facts
from policy_router.engine.decide import Engine
from policy_router.engine.reference import decide
from policy_router.service.decision import Decision
from tests.property.proving import Effect, law
from tests.strategies.draws import Dice, chance, pick
from tests.strategies.requests import Call, call
from tests.strategies.words import GATEWAYS
from tests.strategies.worlds import World, any_world

CALLS = 4
NO_MATTER_OF_LAW = (Reason.UNSUITABLE, Reason.RETIRED, Reason.NOT_REACHABLE)
"""Why a route may be out of the question that policies do not forbid."""
ABOUT_ROUTES = (Reason.NO_COMPLIANT_ROUTE, Reason.FACTS_MISSING)
"""What may be said of a model that only the routes of other gateways could serve."""


@dataclass(frozen=True, slots=True)
class Case:
    """A proxy's question about a caller, and calls it may turn out to be about."""

    world: World
    gateway: str
    caller: Call
    shown: tuple[RequestFacts, ...]

    @property
    def floor(self) -> Floor:
        """What is certain of the caller."""
        return Floor(self.caller.floor, self.caller.may_declare, "caller")

    def unseen(self) -> Decision:
        """The decision about the call that is not seen."""
        engine = Engine(self.world.snapshot).at_gateway(self.gateway)
        facts = unseen_facts(self.floor, self.caller.declared)
        return Decision(engine, engine.decide(facts, self.world.moment), facts)

    def seen(self) -> Iterator[RequestFacts]:
        """The same call, as it may turn out to be."""
        for shown in self.shown:
            yield joined(self.floor, shown, self.caller.declared)


def _ruled_out(shown: RequestFacts) -> RequestFacts:
    """A call as it is for a gateway that keeps no state and hands nothing on."""
    sets = {**shown.sets, "server_tools": SetFact(settled=True)}
    return replace(shown, sets=sets, scalars={**shown.scalars, "stateful": False})


def _policies(dice: Dice, drawn: PolicySet) -> PolicySet:
    """Those drawn, mostly without obligations: one that sets something lets nothing pass unseen."""
    if chance(dice, 1, 8):
        return drawn
    kept = tuple(
        replace(p, obligations=tuple(o for o in p.obligations if not o.set)) for p in drawn.policies
    )
    return replace(drawn, policies=kept)


def asked(dice: Dice) -> Case:
    world = any_world(dice)
    snapshot = replace(world.snapshot, policies=_policies(dice, world.snapshot.policies))
    gateway = pick(dice, GATEWAYS)
    caller = call(dice)
    routes = [r for r in snapshot.registry.routes.values() if r.gateway == gateway]
    shown = tuple(
        replace(_ruled_out(call(dice).shown), model=pick(dice, (route.id, route.model)))
        for route in routes
        for _ in range(CALLS)
    )
    return Case(replace(world, snapshot=snapshot), gateway, caller, shown)


@law(asked, tested=0.05)
def test_what_passes_unseen_would_have_passed_seen(case: Case) -> Effect:
    decision = case.unseen()
    if not decision.permitted or list(leaks(decision, case.gateway)):
        return Effect.NONE
    tested = Effect.NONE
    routes = case.world.snapshot.registry.routes
    for facts in case.seen():
        found = decide(case.world.snapshot, facts, case.world.moment)
        here = [
            candidate
            for candidate in found.candidates
            if routes[candidate.route].gateway == case.gateway and not candidate.unsuitable
        ]
        assert all(candidate.permitted for candidate in here), found
        elsewhere = not here and facts.model not in routes and found.reason in ABOUT_ROUTES
        assert found.permitted or found.reason in NO_MATTER_OF_LAW or elsewhere, found
        assert not any(duty.set for duty in found.obligations)
        tested = Effect.TESTED if here else tested
    return tested
