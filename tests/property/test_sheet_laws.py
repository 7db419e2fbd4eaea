"""Laws about what a card of a model tells: of data and prices nothing else than decisions know."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import count

from policy_router.audit.sheet import HANDLING, sheet
from policy_router.domain.claim import Gap
from policy_router.domain.request import RequestFacts
from policy_router.registry.prices import price
from policy_router.registry.speaking import knowledge
from policy_router.registry.standpoint import Standpoint
from tests.property.proving import Effect, law
from tests.strategies.changes import with_claims, with_registry
from tests.strategies.draws import Dice
from tests.strategies.worlds import World, any_world


def written_world(dice: Dice) -> World:
    """A world in which each claim stands at a place of its own, as in documents."""
    world, lines = any_world(dice), count(1)
    return with_registry(
        world,
        with_claims(
            world.snapshot.registry,
            lambda claims: tuple(
                replace(c, span=replace(c.span, line=next(lines))) for c in claims
            ),
        ),
    )


@law(written_world, tested=0.15, seen=0.02)
def test_what_a_card_tells_is_what_decisions_know_and_a_conflict_is_told_as_one(
    world: World,
) -> Effect:
    registry = world.snapshot.registry
    view, conflicts, told = Standpoint(registry, world.moment), 0, 0
    for name in sorted(registry.models):
        routes = tuple(r for r in registry.routes.values() if r.model == name)
        for offer in sheet(world.snapshot, name, routes, world.moment).offers:
            for hop in offer.hops:
                for attribute in HANDLING:
                    known = knowledge(view, offer.route, hop, attribute)
                    found = offer.claims.get((hop, attribute))
                    value = None if found is None or found.gap is not None else found.value
                    assert value == known.value
                    assert (found is None) == (known.gap is Gap.ABSENT)
                    assert found is None or found.gap == known.gap
                    is_torn = known.gap is Gap.CONFLICT
                    assert not is_torn or offer.against[hop, attribute]
                    conflicts, told = conflicts + is_torn, told + (found is not None)
    if conflicts:
        return Effect.SEEN
    return Effect.TESTED if told else Effect.NONE


def sent(tokens: int) -> RequestFacts:
    """A call that sends so many tokens."""
    return RequestFacts(scalars={"tokens.input": Decimal(tokens)})


@law(any_world, tested=0.3, seen=0.05)
def test_a_price_on_a_card_is_a_figure_of_its_document_and_what_calls_of_that_size_pay(
    world: World,
) -> Effect:
    registry, at, told, tiered = world.snapshot.registry, world.moment.at, 0, 0
    for route in registry.routes.values():
        (offer,) = sheet(world.snapshot, route.model, (route,), world.moment).offers
        tables = [table for table in route.prices if table.holds(at)]
        for meter, found in (("input", offer.input), ("output", offer.output)):
            dearest = price(route, meter, RequestFacts(), at)
            assert (found is None) == (dearest is None)
            if found is None or dearest is None:
                continue
            assert found.base in [dict(table.amounts).get(meter) for table in tables]
            steps = [(-1, found.base), *found.tiers]
            for bound, amount in steps:
                paid = price(route, meter, sent(bound + 1), at)
                assert paid is not None
                assert (paid.amount, paid.currency) == (amount, found.currency)
            assert max(amount for _, amount in steps) == dearest.amount
            assert set(found.sources) <= {table.evidence for table in tables}
            told, tiered = told + 1, tiered + bool(found.tiers)
    if tiered:
        return Effect.SEEN
    return Effect.TESTED if told else Effect.NONE
